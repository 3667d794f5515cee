"""Where trials run: processes of our own, or an executor that somebody else made.

    run_in_processes    processes.py
    run_by              any concurrent.futures.Executor

A trial may take its process down with it: out of memory, or a crash in a library. A pool cannot say which trial it was,
so those that were under way are tried again, each alone; the one that does it again is the failed one.
"""

import os
import time
from collections.abc import Generator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Executor, Future, wait

from course_lib.nn.threads import one_blas_thread

from .log import Trial
from .processes import Evaluate, SweepError, evaluate_here, processes
from .searches import Settings

Task = tuple[Settings, int]
DIED = "its process died, each time it was tried"


def run_trial(evaluate: Evaluate, config: Settings, seed: int) -> Trial:
    """Call evaluate(config, seed) with one BLAS thread. Whatever it raises is the reason of a failed trial.

    Except a SweepError: that is nobody's fault but the machine's, and the whole sweep stops.
    """
    start = time.perf_counter()
    try:
        with one_blas_thread():
            found = evaluate(dict(config), seed)
        scores = found if isinstance(found, Mapping) else {"score": found}
        return Trial(config, seed, scores, time.perf_counter() - start)
    except SweepError:
        raise
    except (Exception, SystemExit) as error:
        return Trial(config, seed, {}, time.perf_counter() - start, f"{type(error).__name__}: {error}")


def run_by(executor: Executor, evaluate: Evaluate, tasks: Sequence[Task]) -> Generator[Trial, None, None]:
    """The trials of the tasks, as they finish. Raises SweepError if the executor cannot run them."""
    for task, answer in _answers(executor, evaluate, tasks, at_once=len(tasks)):
        if isinstance(answer, Trial):
            yield answer
        elif type(answer).__name__ == "KilledWorker":  # dask's, when a task has taken several workers down
            yield Trial(*task, reason=DIED)
        elif isinstance(answer, SweepError):
            raise answer
        else:
            raise SweepError(f"The executor cannot run the trials: {type(answer).__name__}: {answer}")


def run_in_processes(
    evaluate: Evaluate, tasks: Sequence[Task], workers: int | None = None
) -> Generator[Trial, None, None]:
    """The trials of the tasks, as they finish, from so many processes; as many as there are processors by default."""
    workers = workers or min(os.cpu_count() or 1, 61)  # Windows allows no more
    left = list(tasks)
    while left:
        under_way = []
        with processes(evaluate, min(workers, len(left))) as pool:
            # One more than there are processes, so that none has to wait for its next trial.
            for task, answer in _answers(pool, evaluate_here, list(left), at_once=workers + 1):
                if isinstance(answer, Trial):
                    left.remove(task)
                    yield answer
                elif isinstance(answer, BrokenExecutor):
                    under_way.append(task)
                elif isinstance(answer, SweepError):
                    raise answer
                else:
                    raise SweepError(f"A trial cannot be handed to a process: {answer}")
        for task in under_way:
            with processes(evaluate, 1) as pool:
                [(_, answer)] = _answers(pool, evaluate_here, [task], at_once=1)
            left.remove(task)
            yield answer if isinstance(answer, Trial) else Trial(*task, reason=DIED)


def _answers(
    executor: Executor, evaluate: Evaluate, tasks: Sequence[Task], at_once: int
) -> Generator[tuple[Task, Trial | BaseException], None, None]:
    """Each task with its trial, or with what went wrong in the executor, as they finish; so many are under way at once.

    A process pool that is broken takes no further tasks: they are left out.
    """
    waiting = list(reversed(tasks))
    running: dict[Future[Trial], Task] = {}
    try:
        while waiting or running:
            while waiting and len(running) < at_once:
                try:
                    running[executor.submit(run_trial, evaluate, *waiting[-1])] = waiting[-1]
                    waiting.pop()
                except BrokenExecutor:
                    waiting.clear()
            done = wait(running, return_when=FIRST_COMPLETED).done
            for future in [each for each in running if each in done]:  # a set has no order
                error = CancelledError("cancelled") if future.cancelled() else future.exception()
                yield running.pop(future), error or future.result()
    finally:
        for future in running:
            future.cancel()
