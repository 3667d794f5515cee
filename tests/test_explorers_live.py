"""The driver of live training: short turns, few pictures, buttons on any thread, no error lost, nothing left behind."""

from __future__ import annotations

import asyncio
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from course_lib.explorers.live import PATIENCE, PICTURES, WORK, Driver
from course_lib.explorers.shell import LearnerError, by_learner


def count(to: int | None = None, seconds: float = 0.0) -> Callable[[], Iterator[int]]:
    """A generator function: 1, 2, 3, ..., each after so many seconds of work."""

    def numbers() -> Iterator[int]:
        n = 0
        while n != to:
            n += 1
            time.sleep(seconds)
            yield n

    return numbers


class Shown:
    """What a page would have shown: (seconds, state, newest) of each picture."""

    def __init__(self, make: Callable[[], Iterator[Any]], seconds: float = 0.0, **settings: Any) -> None:
        self.pictures: list[tuple[float, str, Any]] = []
        self.seconds = seconds
        self.driver = Driver(make, self.show, **settings)

    def show(self) -> None:
        self.pictures.append((time.perf_counter(), self.driver.run.state, self.driver.run.newest))
        time.sleep(self.seconds)

    @property
    def last(self) -> tuple[str, Any]:
        return self.pictures[-1][1:]


async def until(condition: Callable[[], bool]) -> None:
    """Let the loop run until the condition holds; TimeoutError after five seconds."""
    async with asyncio.timeout(5):
        while not condition():
            await asyncio.sleep(0.001)


async def finished(driver: Driver) -> None:
    assert driver.task is not None
    async with asyncio.timeout(5):
        await asyncio.wrap_future(driver.task)


# ---- a whole run ---------------------------------------------------------------------------------


def test_without_a_loop_play_works_to_the_end() -> None:
    page = Shown(count(1000))
    page.driver.play()
    assert [picture[1:] for picture in page.pictures] == [("running", None), ("done", 1000)]
    page.driver.play()
    assert page.last == ("done", 1000)


def test_on_a_loop_too_a_run_can_be_played_to_its_end_at_once() -> None:
    async def scenario() -> None:
        page = Shown(count(1000))
        page.driver.play_to_the_end()
        assert page.last == ("done", 1000)

    asyncio.run(scenario())


def test_on_a_loop_play_returns_at_once_and_the_last_item_is_shown() -> None:
    async def scenario() -> None:
        page = Shown(count(100, seconds=0.002))
        page.driver.play()
        assert page.last == ("running", None)
        await finished(page.driver)
        assert page.last == ("done", 100)

    asyncio.run(scenario())


def test_the_loop_is_never_held_for_long_and_pictures_are_few() -> None:
    async def scenario() -> None:
        page = Shown(count(400, seconds=0.001), seconds=0.005)
        turns, last = [], time.perf_counter()
        page.driver.play()
        start = time.perf_counter()
        while page.driver.run.state == "running":
            await asyncio.sleep(0)
            turns.append(time.perf_counter() - last)
            last = time.perf_counter()
        assert sorted(turns)[len(turns) // 2] < 2.5 * WORK
        assert 2 <= len(page.pictures) <= PICTURES * (time.perf_counter() - start) + 3

    asyncio.run(scenario())


def test_pictures_that_take_long_leave_time_for_the_work() -> None:
    async def scenario() -> None:
        page = Shown(count(), seconds=0.1)
        page.driver.play()
        start = time.perf_counter()
        await until(lambda: len(page.pictures) > 4)
        assert len(page.pictures) * 0.1 < 0.6 * (time.perf_counter() - start)
        page.driver.stop()

    asyncio.run(scenario())


def test_items_wait_until_they_are_due() -> None:
    async def scenario() -> None:
        page = Shown(count(20), due=lambda n: n / 50)
        start = time.perf_counter()
        page.driver.play()
        await finished(page.driver)
        assert time.perf_counter() - start > 19 / 50

    asyncio.run(scenario())


def test_what_was_missed_is_not_caught_up_with() -> None:
    async def scenario() -> None:
        page = Shown(count(), due=lambda n: n / 100)
        page.driver.play()
        await until(lambda: page.driver.run.newest is not None)
        time.sleep(0.5)  # a cell runs meanwhile
        before = page.driver.run.newest
        await asyncio.sleep(0.05)
        assert page.driver.run.newest - before < 30
        page.driver.stop()

    asyncio.run(scenario())


# ---- the buttons ---------------------------------------------------------------------------------


def test_pause_halts_and_play_goes_on() -> None:
    async def scenario() -> None:
        page = Shown(count(60, seconds=0.001))
        page.driver.play()
        await until(lambda: page.driver.run.newest is not None)
        page.driver.pause()
        await finished(page.driver)
        state, here = page.last
        assert state == "paused" and here < 60
        await asyncio.sleep(0.03)
        assert page.driver.run.newest == here
        page.driver.play()
        await finished(page.driver)
        assert page.last == ("done", 60)
        assert page.driver.run.newest == 60

    asyncio.run(scenario())


def test_stop_ends_the_run_and_play_begins_another() -> None:
    async def scenario() -> None:
        begun = []

        def numbers() -> Iterator[int]:
            begun.append("run")
            yield from count(seconds=0.001)()

        page = Shown(numbers)
        page.driver.play()
        await until(lambda: page.driver.run.newest is not None)
        first = page.driver.run
        page.driver.stop()
        assert page.last[0] == "stopped"
        await finished(page.driver)
        here = first.newest
        page.driver.pause()  # nothing to pause
        page.driver.play()
        await until(lambda: page.driver.run.newest is not None)
        assert (first.state, first.newest) == ("stopped", here) and page.driver.run is not first
        assert begun == ["run", "run"]
        page.driver.stop()

    asyncio.run(scenario())


def test_a_paused_run_can_be_stopped_or_forgotten() -> None:
    async def scenario() -> None:
        page = Shown(count())
        page.driver.play()
        await until(lambda: page.driver.run.newest is not None)
        page.driver.pause()
        page.driver.stop()
        assert page.last[0] == "stopped"
        page.driver.reset()
        assert page.last == ("ready", None)

    asyncio.run(scenario())


def test_a_run_that_is_forgotten_while_it_runs_does_no_more_work() -> None:
    async def scenario() -> None:
        made: list[int] = []

        def numbers() -> Iterator[int]:
            while True:
                made.append(1)
                yield len(made)

        page = Shown(numbers)
        page.driver.play()
        await until(lambda: bool(made))
        page.driver.reset()
        await finished(page.driver)
        done = len(made)
        await asyncio.sleep(0.03)
        assert len(made) == done and page.last == ("ready", None)

    asyncio.run(scenario())


def test_buttons_may_be_pressed_on_another_thread_and_the_work_stays_on_the_loop() -> None:
    async def scenario() -> None:
        threads = set()

        def numbers() -> Iterator[int]:
            while True:
                threads.add(threading.current_thread())
                yield 1

        page = Shown(numbers)
        for press in (page.driver.play, page.driver.pause, page.driver.play, page.driver.play):
            await asyncio.to_thread(press)
        await until(lambda: bool(threads))
        await asyncio.to_thread(page.driver.stop)
        await finished(page.driver)
        assert threads == {threading.current_thread()}

    asyncio.run(scenario())


def test_a_hasty_finger_leaves_one_driver() -> None:
    async def scenario() -> None:
        page = Shown(count(30, seconds=0.001))
        for _ in range(5):
            page.driver.play()
            page.driver.pause()
        page.driver.play()
        await finished(page.driver)
        assert page.driver.run.newest == 30  # no number was taken by somebody else
        await asyncio.sleep(0.01)
        assert [task for task in asyncio.all_tasks() if task is not asyncio.current_task()] == []

    asyncio.run(scenario())


def test_the_work_waits_while_somebody_answers() -> None:
    async def scenario() -> None:
        page = Shown(count())
        page.driver.play()
        await until(lambda: page.driver.run.newest is not None)
        with page.driver.held():
            await asyncio.sleep(0)  # what is under way comes to its end
            here, pictures = page.driver.run.newest, len(page.pictures)
            await asyncio.sleep(0.1)
            assert (page.driver.run.newest, len(page.pictures)) == (here, pictures)
            with page.driver.held():
                pass
            await asyncio.sleep(0.05)
            assert page.driver.run.newest == here
        await until(lambda: page.driver.run.newest > here)
        page.driver.stop()

    asyncio.run(scenario())


def test_other_threads_come_sooner_to_their_turn_while_we_work() -> None:
    async def scenario() -> None:
        page = Shown(lambda: iter([sys.getswitchinterval()]))
        page.driver.play()
        await finished(page.driver)
        assert page.driver.run.newest == pytest.approx(PATIENCE)

    before = sys.getswitchinterval()
    asyncio.run(scenario())
    assert sys.getswitchinterval() == before > PATIENCE


def test_stop_is_heard_while_the_work_is_held() -> None:
    async def scenario() -> None:
        page = Shown(count())
        page.driver.play()
        with page.driver.held():
            page.driver.stop()
            await finished(page.driver)
        assert page.last[0] == "stopped"

    asyncio.run(scenario())


def test_nothing_waits_on_the_loop_before_play() -> None:
    async def scenario() -> None:
        Shown(count())
        await asyncio.sleep(0)
        assert len(asyncio.all_tasks()) == 1

    asyncio.run(scenario())


# ---- errors --------------------------------------------------------------------------------------


def failing(error: BaseException) -> Callable[[], Iterator[int]]:
    def numbers() -> Iterator[int]:
        yield 1
        raise error

    return numbers


@pytest.mark.parametrize("on_a_loop", [True, False])
def test_an_error_of_the_learner_ends_the_run_and_is_kept(on_a_loop: bool, capsys: pytest.CaptureFixture[str]) -> None:
    error = LearnerError("Your sgd_step stopped.")

    async def scenario() -> None:
        page = Shown(failing(error))
        page.driver.play()
        await finished(page.driver)
        assert page.last == ("failed", 1) and page.driver.run.error is error

    if on_a_loop:
        asyncio.run(scenario())
    else:
        page = Shown(failing(error))
        page.driver.play()
        assert page.last == ("failed", 1) and page.driver.run.error is error
    assert capsys.readouterr().err == ""


def test_an_error_of_the_course_is_printed_too(capsys: pytest.CaptureFixture[str]) -> None:
    page = Shown(failing(ZeroDivisionError("ours")))
    page.driver.play()
    assert page.driver.run.state == "failed" and "ZeroDivisionError: ours" in capsys.readouterr().err


def test_an_error_while_beginning_counts_as_one_of_the_run() -> None:
    def cannot() -> Iterator[int]:
        raise LearnerError("no")

    page = Shown(cannot)
    page.driver.play()
    assert page.last == ("failed", None)


def test_an_error_of_the_picture_is_printed_and_ends_the_run(capsys: pytest.CaptureFixture[str]) -> None:
    class Torn(Shown):
        def show(self) -> None:
            if self.driver.run.newest:
                raise RuntimeError("no picture")

    async def scenario() -> None:
        page = Torn(count(seconds=0.001))
        page.driver.play()
        await finished(page.driver)
        assert page.driver.run.state == "failed"

    asyncio.run(scenario())
    assert "RuntimeError: no picture" in capsys.readouterr().err


@pytest.mark.skipif(not hasattr(signal, "SIGALRM"), reason="without signals an endless loop cannot be ended")
@pytest.mark.parametrize("on_a_loop", [True, False])
def test_an_endless_loop_is_ended(on_a_loop: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("course_lib.explorers.live.LIMIT", 0.1)

    def stubborn() -> None:
        while True:
            try:
                while True:
                    pass
            except ValueError:
                pass

    def numbers() -> Iterator[int]:
        yield 1
        with by_learner(stubborn):
            stubborn()

    async def scenario() -> None:
        page = Shown(numbers)
        page.driver.play()
        await finished(page.driver)
        assert page.last == ("failed", 1)
        told = str(page.driver.run.error)
        assert told.startswith("Your stubborn stopped at its line ")
        assert told.endswith("TimeoutError: it had run for 0.1 seconds. Is there a loop that does not end?")

    if on_a_loop:
        asyncio.run(scenario())
    else:
        page = Shown(numbers)
        page.driver.play()
        assert page.last == ("failed", 1)
    assert signal.getsignal(signal.SIGALRM) == signal.SIG_DFL
    time.sleep(0.12)  # no alarm is left


def test_a_slow_run_is_not_an_endless_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("course_lib.explorers.live.LIMIT", 0.2)
    page = Shown(count(6, seconds=0.05))
    page.driver.play()
    assert page.last == ("done", 6)


def test_an_interrupt_stops_the_run_and_not_the_loop() -> None:
    async def scenario() -> None:
        page = Shown(failing(KeyboardInterrupt()))
        page.driver.play()
        await finished(page.driver)
        assert page.last == ("stopped", 1)

    asyncio.run(scenario())
