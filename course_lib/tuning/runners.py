"""Where trials run: processes of our own, or an executor that somebody else made.

    with runner(evaluate, workers=2, executor=None) as run:
        for trial in run(tasks): ...                            in the order in which they finish

A trial may take its process down with it: out of memory, or a crash in a library. A pool cannot say which trial it was,
so those that were under way are tried again, each alone; the one that does it again is the failed one.
"""

import copy
import functools
import os
import time
from collections import deque
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Executor, Future, wait
from contextlib import ExitStack, contextmanager

from course_lib.nn.threads import one_blas_thread

from .log import Trial
from .processes import Evaluate, SweepError, evaluate_here, processes
from .searches import Settings

Task = tuple[Settings, int]
Run = Callable[[Sequence[Task]], Generator[Trial, None, None]]
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


@contextmanager
def runner(evaluate: Evaluate, workers: int | None, executor: Executor | None) -> Iterator[Run]:
    """A function that makes trials of tasks: by the executor, or else in so many processes of our own."""
    if executor is not None:
        yield functools.partial(_run_by, executor, evaluate)
        return
    with ExitStack() as stack:
        yield _OwnProcesses(evaluate, workers or processors(), stack).run


def processors() -> int:
    """How many this process may use; 61 at most, since Windows allows no larger pool."""
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return min(count or 1, 61)


def _run_by(executor: Executor, evaluate: Evaluate, tasks: Sequence[Task]) -> Generator[Trial, None, None]:
    for task, answer in _answers(executor, evaluate, tasks, at_once=len(tasks)):
        if type(answer).__name__ == "KilledWorker":  # dask's, when a task has taken several workers down
            answer = Trial(*task, reason=DIED)
        yield _trial(answer, "The executor cannot run the trials")


class _OwnProcesses:
    """A pool that is started when there is something to do, kept for more, and replaced when it is broken."""

    def __init__(self, evaluate: Evaluate, workers: int, stack: ExitStack) -> None:
        self.evaluate, self.workers, self.stack = evaluate, workers, stack
        self.pool: Executor | None = None

    def run(self, tasks: Sequence[Task]) -> Generator[Trial, None, None]:
        left = list(tasks)
        while left:
            if self.pool is None:
                self.pool = self.stack.enter_context(processes(self.evaluate, min(self.workers, len(left))))
            under_way = []
            # One more than there are processes, so that none has to wait for its next trial.
            for task, answer in _answers(self.pool, evaluate_here, left, at_once=self.workers + 1):
                left = [each for each in left if each is not task]
                if isinstance(answer, BrokenExecutor):
                    self.pool = None
                    under_way.append(task)
                else:
                    yield _trial(answer, "A trial cannot be handed to a process")
            for task in under_way:
                with processes(self.evaluate, 1) as pool:
                    [(_, answer)] = _answers(pool, evaluate_here, [task], at_once=1)
                yield answer if isinstance(answer, Trial) else Trial(*task, reason=DIED)


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
                gone = CancelledError("a trial was given up; perhaps the cluster is gone")
                failure = gone if future.cancelled() else future.exception()
                yield running.pop(future), failure or future.result()
    finally:
        for future in running:
            future.cancel()


def _trial(answer: Trial | BaseException, trouble: str) -> Trial:
    """The answer, if it is a trial. Raises SweepError if the executor had a trouble."""
    if isinstance(answer, Trial):
        return answer
    raise answer if isinstance(answer, SweepError) else SweepError(f"{trouble}: {type(answer).__name__}: {answer}")
