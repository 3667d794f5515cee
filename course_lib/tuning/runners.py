"""Where trials run: processes of our own, or an executor that somebody else made.

    run_in_processes    processes.py
    run_by              any concurrent.futures.Executor

A trial may take its process down with it: out of memory, or a crash in a library. A pool cannot say which trial it was,
so those that were under way are tried again, each alone; the one that does it again is the failed one.
"""

import copy
import os
import time
from collections import deque
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
            found = evaluate(copy.deepcopy(config), seed)
        scores = found if isinstance(found, Mapping) else {"score": found}
        return Trial(config, seed, scores, time.perf_counter() - start)
    except SweepError:
        raise
    except (Exception, SystemExit) as error:
        return Trial(config, seed, {}, time.perf_counter() - start, f"{type(error).__name__}: {error}")


def run_by(executor: Executor, evaluate: Evaluate, tasks: Sequence[Task]) -> Generator[Trial, None, None]:
    """The trials of the tasks, as they finish. Raises SweepError if the executor cannot run them."""
    for task, answer in _answers(executor, evaluate, tasks, at_once=len(tasks)):
        if type(answer).__name__ == "KilledWorker":  # dask's, when a task has taken several workers down
            answer = Trial(*task, reason=DIED)
        yield _trial(answer, "The executor cannot run the trials")


def run_in_processes(
    evaluate: Evaluate, tasks: Sequence[Task], workers: int | None = None
) -> Generator[Trial, None, None]:
    """The trials of the tasks, as they finish, from so many processes; as many as there are processors by default."""
    workers = workers or processors()
    left = list(tasks)
    while left:
        under_way = []
        with processes(evaluate, min(workers, len(left))) as pool:
            # One more than there are processes, so that none has to wait for its next trial.
            for task, answer in _answers(pool, evaluate_here, left, at_once=workers + 1):
                if isinstance(answer, BrokenExecutor):
                    under_way.append(task)
                    continue
                left = [each for each in left if each is not task]
                yield _trial(answer, "A trial cannot be handed to a process")
        for task in under_way:
            left = [each for each in left if each is not task]
            with processes(evaluate, 1) as pool:
                [(_, answer)] = _answers(pool, evaluate_here, [task], at_once=1)
            yield answer if isinstance(answer, Trial) else Trial(*task, reason=DIED)


def processors() -> int:
    """How many this process may use; 61 at most, since Windows allows no larger pool."""
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return min(count or 1, 61)


def _answers(
    executor: Executor, evaluate: Evaluate, tasks: Sequence[Task], at_once: int
) -> Generator[tuple[Task, Trial | BaseException], None, None]:
    """Each task with its trial, or with what went wrong in the executor, as they finish; so many are under way at once.

    After the first task that the executor does not take, the others are left out.
    """
    waiting = deque(tasks)
    running: dict[Future[Trial], Task] = {}
    try:
        while waiting or running:
            while waiting and len(running) < at_once:
                task = waiting.popleft()
                try:
                    running[executor.submit(run_trial, evaluate, *task)] = task
                except RuntimeError as error:  # it is broken, or shut down
                    waiting.clear()
                    yield task, error
            done = wait(running, return_when=FIRST_COMPLETED).done
            for future in [each for each in running if each in done]:  # a set has no order
                failure = CancelledError("cancelled") if future.cancelled() else future.exception()
                yield running.pop(future), failure or future.result()
    finally:
        for future in running:
            future.cancel()


def _trial(answer: Trial | BaseException, trouble: str) -> Trial:
    """The answer, if it is a trial. Raises SweepError if the executor had a trouble."""
    if isinstance(answer, Trial):
        return answer
    raise answer if isinstance(answer, SweepError) else SweepError(f"{trouble}: {type(answer).__name__}: {answer}")
