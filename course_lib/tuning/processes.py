"""A pool of processes that hold one function, start quickly, and never outlive us.

    this process  ---- evaluate, once, as a parcel ---->  process 1   evaluate_here(config, seed), again and again
                  ---- a pipe in which nothing comes -->  process 2
                                                          ...

The pipe is a lifeline: we hold its only writing end. When we close it, or die, every process reads the end of the pipe
and ends itself, in the middle of a trial if need be.
"""

import functools
import multiprocessing
import os
import pickle
import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import BrokenExecutor, Executor, ProcessPoolExecutor
from contextlib import contextmanager
from typing import Any

import cloudpickle

from .searches import Settings

Evaluate = Callable[[Settings, int], float | Mapping[str, float]]


class SweepError(Exception):
    """The trials cannot be run. The sentence says why."""


@contextmanager
def processes(evaluate: Evaluate, workers: int) -> Iterator[Executor]:
    """So many processes, ready for evaluate_here. Whatever interrupts the block ends them at once.

    Raises SweepError if they cannot be made ready.
    """
    try:
        parcel = cloudpickle.dumps(evaluate)  # by value what stands in a notebook, by name what can be imported
    except Exception as error:
        raise SweepError(f"{evaluate} cannot be sent to another process: {error}") from None
    context = multiprocessing.get_context("spawn")  # the same on every system, and safe beside threads
    lifeline, our_end = context.Pipe(duplex=False)
    pool = ProcessPoolExecutor(workers, context, initializer=_begin, initargs=(lifeline, parcel))
    try:
        _wait_until_ready(pool, workers)
        yield pool
    except BaseException:
        our_end.close()
        raise
    finally:
        pool.shutdown(cancel_futures=True)
        our_end.close()
        lifeline.close()


def _wait_until_ready(pool: Executor, workers: int) -> None:
    try:
        for ready in [pool.submit(_unpack) for _ in range(workers)]:
            ready.result()
    except BrokenExecutor:
        raise SweepError(
            'The processes could not start. In a script, put what it does under `if __name__ == "__main__":`.'
        ) from None
    except Exception as error:
        raise SweepError(f"A process cannot unpack what it is to do: {type(error).__name__}: {error}") from None


# ---- in the other process --------------------------------------------------------------------------------------------

_parcel = b""


def evaluate_here(config: Settings, seed: int) -> float | Mapping[str, float]:
    """What the process is there for."""
    return _evaluate()(config, seed)


def _begin(lifeline: Any, parcel: bytes) -> None:
    global _parcel
    _parcel = parcel
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal tells us all, and the process that we hang on decides
    threading.Thread(target=_end_with, args=(lifeline,), daemon=True).start()


def _end_with(lifeline: Any) -> None:  # a Connection, or what Windows has in its place
    try:
        lifeline.recv_bytes()
    finally:
        os._exit(1)


@functools.cache
def _evaluate() -> Evaluate:
    evaluate: Evaluate = pickle.loads(_parcel)
    return evaluate


def _unpack() -> None:
    _evaluate()
