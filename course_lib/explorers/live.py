"""Long work in small pieces, so that the page stays alive: a generator, driven on the kernel's event loop.

    make() -> generator --next, next, next--> newest    for at most 20 ms, then the kernel may answer messages
                                  |---------> show()    at most 20 times a second, and whenever the state changes

                             end of the generator
    ready --play--> running ----------------------> done        from done, stopped and failed play begins a new run
                    | ^   '--- an error ----------> failed
              pause v | play
                   paused ---- stop, also here ---> stopped

Buttons may be pressed on any thread: they only set what is read between two pieces of work, and the work itself stays
on the loop that was running when the driver was made. Where there is none (a script, a test) play works to the end
before it returns. While nobody plays nothing waits on the loop, so nbclient and nbval have nothing to wait for. An
error ends a run and is kept, and so does an endless loop after four seconds.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Literal

from course_lib.explorers.shell import LearnerError

State = Literal["ready", "running", "paused", "done", "stopped", "failed"]

WORK = 0.02  # seconds at a time
PICTURES = 20  # a second, at the most
LATE = 0.1  # seconds that a run may catch up with its clock
PATIENCE = 0.001  # seconds that threads which carry messages wait for ours; Python's default is five times as long
LIMIT = 4.0  # seconds for one item, which takes milliseconds: enough for an import inside a function


@contextlib.contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """TimeoutError in whatever runs inside for longer, such as an endless loop, which would freeze the kernel.

    By a signal, so it needs the main thread, where kernels have their loop, and there is none on Windows.
    """
    if not hasattr(signal, "SIGALRM") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def ring(*_: object) -> None:
        raise TimeoutError(f"it had run for {seconds:g} seconds. Is there a loop that does not end?")

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds, seconds)  # again and again: the loop may swallow an exception
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@dataclass
class Run:
    """What a run has come to: its state, the last thing it yielded, the error that ended it, and the work left."""

    state: State = "ready"
    newest: Any = None
    error: Exception | None = None
    work: Iterator[Any] | None = None


class Driver:
    """Drives one run after another; `run` is the newest.

    make: a generator function that yields often, every few milliseconds at least; each run calls it anew. show: draws
    what `run` has come to. due: at which second of playing an item should be there; the work waits for it, so that
    people can follow.
    """

    def __init__(
        self,
        make: Callable[[], Iterator[Any]],
        show: Callable[[], None],
        *,
        due: Callable[[Any], float] | None = None,
    ) -> None:
        self.make, self.show, self.due = make, show, due
        self.run = Run()
        self.task: Future[None] | None = None  # of the last play, so that a test can wait for it
        self._plays = 0
        self._holds: list[None] = []  # one for each thread inside `held`: appending needs no lock
        try:
            self._loop: asyncio.AbstractEventLoop | None = asyncio.get_running_loop()
        except RuntimeError:
            self._loop = None

    # The buttons

    def play(self) -> None:
        """Begin a run, or go on with the one that is paused."""
        if self.run.state == "running":
            return
        if self._loop is None:
            self.play_to_the_end()
            return
        self._begin()
        self.task = asyncio.run_coroutine_threadsafe(self._drive(self.run, self._plays), self._loop)

    def play_to_the_end(self) -> None:
        """The same, and return when it is over: for tests, and for what a cell should show once it has run."""
        self._begin()
        while self.run.state == "running":
            self._next(self.run)
        self.show()

    def _begin(self) -> None:
        if self.run.state != "paused":
            self.run = Run()
        self.run.state = "running"
        self._plays += 1
        self.show()

    def pause(self) -> None:
        """Halt the run where it is."""
        if self.run.state == "running":
            self.run.state = "paused"
            self.show()

    def stop(self) -> None:
        """End the run for good; what it has come to stays."""
        if self.run.state in ("running", "paused"):
            self.run.state = "stopped"
            self.show()

    def reset(self) -> None:
        """Forget the run, and be ready for a new one."""
        self.run = Run()
        self.show()

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Inside, the work waits: who answers a slider on another thread should not have to share the processor."""
        self._holds.append(None)
        try:
            yield
        finally:
            self._holds.pop()

    # The work

    async def _drive(self, run: Run, play: int) -> None:
        def mine() -> bool:  # not if it was forgotten, or paused and played again: then somebody else drives
            return run is self.run and run.state == "running" and play == self._plays

        now = shown = time.perf_counter()
        start = now - self._due(run)  # when the run would have begun, had it never been paused
        cost = wait = 0.0
        try:
            while mine():
                await asyncio.sleep(wait)  # messages are answered
                now = time.perf_counter()
                if self._holds:
                    wait = 0.001
                elif now - shown > max(1 / PICTURES, 2 * cost):  # pictures that take long must leave time for the work
                    self.show()
                    shown = time.perf_counter()
                    cost, wait = shown - now, 0.0
                else:
                    start = max(start, now - LATE - self._due(run))
                    wait = self._work(run, mine, start)
            if run is self.run and play == self._plays:
                self.show()
        except Exception as error:  # of show: an error in a task is seen nowhere
            self._fail(run, error)

    def _work(self, run: Run, mine: Callable[[], bool], start: float) -> float:
        """Take items until the time is up or one comes before it is due; returns the seconds to wait."""
        begun, patience = time.perf_counter(), sys.getswitchinterval()
        sys.setswitchinterval(PATIENCE)
        try:
            while mine() and not self._holds and (now := time.perf_counter()) - begun < WORK:
                if (early := start + self._due(run) - now) > 0:
                    return min(early, WORK)  # not longer, so that Stop is heard
                self._next(run)
        finally:
            sys.setswitchinterval(patience)
        return 0.0

    def _due(self, run: Run) -> float:
        return 0.0 if self.due is None or run.newest is None else self.due(run.newest)

    def _next(self, run: Run) -> None:
        try:
            with time_limit(LIMIT):
                run.work = run.work or self.make()
                run.newest = next(run.work)
        except StopIteration:
            run.state = "done"
        except KeyboardInterrupt:  # in a task it would end the kernel
            run.state = "stopped"
        except Exception as error:
            self._fail(run, error)

    def _fail(self, run: Run, error: Exception) -> None:
        run.state, run.error = "failed", error
        if not isinstance(error, LearnerError):  # theirs is shown as a sentence; ours must not get lost
            traceback.print_exception(error)
