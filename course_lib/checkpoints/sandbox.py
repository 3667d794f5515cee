"""Running a learner's function where it can do no harm.

    parent                            child (a fork of the kernel)
      |--- fork ----------------------->|  calls function(*copy of case) for each case
      |<-- one Observation per case ----|  sends what came of it, as bytes
      |--- SIGKILL after LIMIT -------->|  even a loop that swallows every exception ends

The child starts as an exact copy of the kernel, so the function finds everything it uses, and nothing it does comes
back: no print, no warning, no random state, no changed global. Where forking is not safe (macOS, Windows) the same
work is done on a thread, and a watchdog raises an exception inside it when the time is up.
"""

from __future__ import annotations

import contextlib
import copy
import ctypes
import gc
import inspect
import io
import linecache
import os
import random
import select
import signal
import struct
import sys
import threading
import time
import traceback
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import CodeType
from typing import Any

import numpy as np

from course_lib.checkpoints.changes import Change, changes, hold
from course_lib.checkpoints.exercise import Case, Function, Setup
from course_lib.checkpoints.values import MisfitError, decode, encode, plain

LIMIT = 4.0  # seconds for all cases together; they take a few milliseconds, and an import inside a function more
SPARE_MEMORY = 2 * 2**30  # bytes that the child may add to what the kernel uses
CAN_FORK = sys.platform == "linux"
judged = ""  # the exercise that is being judged: `mine` does not lend it then


@dataclass(frozen=True)
class Crash:
    """An exception that the learner's function raised.

    `line` is the line of the function itself, and `line_number` counts from its `def`. If that line called another
    function of the notebook, which raised, `inner_function` and `inner_line` tell where.
    """

    kind: str
    message: str
    line: str = ""
    line_number: int = 0
    inner_function: str = ""
    inner_line: str = ""


@dataclass(frozen=True)
class Observation:
    """What one call did.

    The plain value it returned, or how it crashed, or why the experiment could not go on with what it returned; what it
    changed of its arguments; the random generators it drew nothing from; NumPy's first warning.
    """

    value: Any = None
    crash: Crash | None = None
    misfit: str = ""
    changed: tuple[Change, ...] = ()
    unused: tuple[str, ...] = ()
    warned: str = ""


@dataclass(frozen=True)
class Run:
    """The observations of the cases that came to an end, and why there are no more of them."""

    observations: tuple[Observation, ...]
    timed_out: bool = False
    died: bool = False


def run(function: Function, cases: Sequence[Case], setup: Setup) -> Run:
    """Try `function` on a copy of each case, safely, and tell what it did. Where no child will do, on a thread."""
    start = time.monotonic()
    if CAN_FORK:
        with contextlib.suppress(StuckError):
            return _run_forked(function, cases, setup, patience=1.0)
    return _run_watched(function, cases, setup, start + LIMIT - time.monotonic())


def run_apart(function: Function, cases: Sequence[Case], setup: Setup) -> Run:
    """The same for the function of a stranger: never in this process, whatever comes of it. Needs a fork."""
    try:
        return _run_forked(function, cases, setup, patience=LIMIT)
    except StuckError:
        return Run((), timed_out=True)


def observe(function: Function, case: Case, setup: Setup) -> Observation:
    """One experiment with `function`, in this process, on a copy of `case`."""
    arguments, parameters = copy.deepcopy(case), setup.parameters
    held = [hold(argument) for argument in arguments]
    value, crash, misfit = None, None, ""
    with warnings.catch_warnings(record=True) as caught, np.errstate(all="warn", under="ignore"):
        warnings.simplefilter("always")
        try:
            value = plain(setup.experiment(function, *arguments))
        except TimeUpError:
            raise
        except MisfitError as error:
            misfit = str(error)
        except BaseException as error:  # SystemExit and KeyboardInterrupt are the learner's too
            crash = _crash(error, function)
    warned = next((str(each.message) for each in caught if issubclass(each.category, RuntimeWarning)), "")
    changed = tuple(
        change
        for name, now, before, entries in zip(parameters, arguments, case, held, strict=False)
        if name not in setup.changes
        for change in changes(name, now, before, entries)
    )
    unused = tuple(
        name
        for name, now, before in zip(parameters, arguments, case, strict=False)
        if isinstance(before, np.random.Generator) and _untouched(now, before)
    )
    return Observation(value, crash, misfit, changed, unused, warned)


def _untouched(now: np.random.Generator, before: np.random.Generator) -> bool:
    """Nothing was drawn from the generator, and it has spawned no other."""
    spawned = [getattr(each.bit_generator.seed_seq, "n_children_spawned", 0) for each in (now, before)]
    return now.bit_generator.state == before.bit_generator.state and spawned[0] == spawned[1]


# ---- where it crashed -----------------------------------------------------------------------------------------------


def _crash(error: BaseException, function: Function) -> Crash:
    code = code_of(function)
    own_globals = getattr(inspect.unwrap(function), "__globals__", None)
    try:
        message = str(error).strip()[:500].encode("utf-8", "replace").decode()
    except Exception:
        message = ""
    line, line_number, inner_function, inner_line = "", 0, "", ""
    for frame, number in traceback.walk_tb(error.__traceback__):
        text = linecache.getline(frame.f_code.co_filename, number).strip()
        if frame.f_code is code:
            line, line_number = text, number - frame.f_code.co_firstlineno + 1
            inner_function, inner_line = "", ""
        elif own_globals is not None and frame.f_globals is own_globals:
            inner_function, inner_line = frame.f_code.co_name, text
    if inner_function.startswith("<"):  # a comprehension or a lambda stands in the line already
        inner_function, inner_line = "", ""
    return Crash(type(error).__name__, message, line, line_number, inner_function, inner_line)


def code_of(function: Function) -> CodeType | None:
    """The code object of a Python function, under its decorators; None for anything else that can be called."""
    return getattr(inspect.unwrap(function), "__code__", None)


def source_of(function: Function) -> str:
    """The source of a Python function, "" where it is not to be had."""
    try:
        return inspect.getsource(function)
    except (OSError, TypeError):
        return ""


# ---- quiet ----------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Prints, warnings, NumPy's error state and the global random states do not leak from the block."""
    numpy_state, python_state = np.random.get_state(), random.getstate()
    with (
        warnings.catch_warnings(),
        np.errstate(all="ignore"),
        contextlib.redirect_stdout(io.StringIO()),
        contextlib.redirect_stderr(io.StringIO()),
    ):
        warnings.simplefilter("ignore")
        try:
            yield
        finally:
            np.random.set_state(numpy_state)
            random.setstate(python_state)


# ---- in a forked child ----------------------------------------------------------------------------------------------


class StuckError(Exception):
    """There is no child, or it waits for what will never come, such as a lock that another thread held in the fork."""


def _run_forked(function: Function, cases: Sequence[Case], setup: Setup, patience: float) -> Run:
    """Raises StuckError if there can be no child, or if it has done nothing at all in the first `patience` seconds."""
    reading, writing = os.pipe()
    start = time.monotonic()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # of threads and fork; a stuck child is noticed below
            pid = os.fork()
    except OSError:  # no more processes
        os.close(reading)
        os.close(writing)
        raise StuckError from None
    if pid == 0:
        os.close(reading)
        _child(function, cases, setup, writing)
    os.close(writing)
    try:
        observations, timed_out = _receive(reading, len(cases), start + LIMIT, patience, pid)
    finally:
        os.close(reading)
        for end in (os.killpg, os.kill):  # the processes it may have started, then itself if it is not that far yet
            with contextlib.suppress(ProcessLookupError, PermissionError):
                end(pid, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, 0)
    return Run(observations, timed_out, died=not timed_out and len(observations) < len(cases))


def _child(function: Function, cases: Sequence[Case], setup: Setup, writing: int) -> None:
    """Never returns: the rest of the kernel's program must not run twice."""
    try:
        os.setsid()
        own_pid = os.getpid()
        gc.disable()  # collecting the kernel's objects here could close its sockets
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent is interrupted, and ends us
        _limit_memory()
        nowhere = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(nowhere, stream)

        def work() -> None:
            for case in cases:
                observation = observe(function, case, setup)
                if os.getpid() == own_pid:  # and not a process that the function has started
                    _send(writing, observation)

        with quiet():
            # On a thread of its own: there the function's callers are not the judge's, who knows what is wanted.
            thread = threading.Thread(target=work)
            thread.start()
            thread.join()
    finally:
        os._exit(0)


def _limit_memory() -> None:
    import resource  # not on Windows

    with open("/proc/self/statm") as statm:
        used = int(statm.read().split()[0]) * resource.getpagesize()
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    wanted = used + SPARE_MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard))


def _send(writing: int, observation: Observation) -> None:
    data = encode({**vars(observation), "crash": observation.crash and vars(observation.crash)})
    message = memoryview(struct.pack("!Q", len(data)) + data)
    while message:
        message = message[os.write(writing, message) :]


def _receive(
    reading: int, count: int, deadline: float, patience: float, pid: int
) -> tuple[tuple[Observation, ...], bool]:
    """The observations that arrive before the deadline, and whether it passed. What cannot be read ends the run.

    Raises StuckError when the child has been silent for `patience` seconds and done nothing in them.
    """
    observations: list[Observation] = []
    data = bytearray()
    while len(observations) < count:
        seconds_left = deadline - time.monotonic()
        if seconds_left <= 0:
            return tuple(observations), True
        if not select.select([reading], [], [], min(patience, seconds_left))[0]:
            if not observations and _processor_time(pid) < 0.1:
                raise StuckError
            continue
        chunk = os.read(reading, 1 << 20)
        if not chunk:
            break
        data += chunk
        while len(data) >= 8 and len(data) >= 8 + (size := struct.unpack("!Q", data[:8])[0]):
            try:
                fields = decode(bytes(data[8 : 8 + size]))
                fields["crash"] = fields["crash"] and Crash(**fields["crash"])
                fields["changed"] = tuple(Change(*each) for each in fields["changed"])
                observation = Observation(**fields)
            except Exception:  # the learner's function wrote into the pipe
                return tuple(observations), False
            observations.append(observation)
            del data[: 8 + size]
    return tuple(observations[:count]), False


def _processor_time(pid: int) -> float:
    """Seconds that a process has computed so far."""
    with open(f"/proc/{pid}/stat") as stat:
        fields = stat.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


# ---- on a watched thread --------------------------------------------------------------------------------------------


class TimeUpError(BaseException):
    """Raised inside the learner's code by the watchdog."""


def _run_watched(function: Function, cases: Sequence[Case], setup: Setup, limit: float) -> Run:
    observations: list[Observation] = []

    def work() -> None:
        with contextlib.suppress(TimeUpError):
            for case in cases:
                observations.append(observe(function, case, setup))

    thread = threading.Thread(target=work, daemon=True)
    with quiet():
        thread.start()
        thread.join(limit)
        timed_out = thread.is_alive()
        give_up = time.monotonic() + 1.0
        while thread.is_alive() and time.monotonic() < give_up:  # `except:` may swallow the first ones
            ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident or 0), ctypes.py_object(TimeUpError))
            thread.join(0.05)
    return Run(tuple(observations), timed_out, died=not timed_out and len(observations) < len(cases))
