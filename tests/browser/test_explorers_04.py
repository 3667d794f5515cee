"""The explorers of notebook 4 in a real page: how quick they answer, also while they train; missions; looks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from harness import Lab, Notebook, assert_quick, assert_slider_quick, button, line, press, push, shots, slider
from playwright.sync_api import Browser, Locator, expect

Opened = tuple[Notebook, Locator]
# Milliseconds from a click on the button to the status that begins with this word.
CLICK = """([button, status, word]) => new Promise(done => {
  const begin = performance.now();
  const changes = new MutationObserver(() => {
    if (!status.textContent.startsWith(word)) return;
    changes.disconnect();
    done(performance.now() - begin);
  });
  changes.observe(status, { subtree: true, childList: true, characterData: true });
  button.click();
})"""

# Times from a key press to the frame that shows another learning rate, whoever has drawn it: the slider's answer, or
# the training, which may have come first with the same picture.
WATCH = """picture => {
  const painted = () => new Promise(done => requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => done(performance.now());
    channel.port2.postMessage(0);
  }));
  const shown = () => picture.title.split(",")[0];
  const watch = window.watch = { times: [] };
  let pressed = 0, before = shown();
  const press = event => { pressed = event.timeStamp; };
  window.addEventListener("keydown", press, true);
  const changes = new MutationObserver(async () => {
    if (shown() === before) return;
    before = shown();
    const since = pressed;
    try { await picture.decode(); } catch { }  // a newer picture took its place
    watch.times.push(await painted() - since);
  });
  changes.observe(picture, { attributes: true, attributeFilter: ["title"] });
  watch.stop = () => { changes.disconnect(); window.removeEventListener("keydown", press, true); return watch.times; };
}"""

# A step that takes its time: with batches of 4 a run computes for more than ten seconds without a pause.
BUSY = """
import time
from course_lib.nn import optimizers
def busy_step(params, grads, lr):
    end = time.perf_counter() + 0.002
    while time.perf_counter() < end:
        pass
    optimizers.sgd_step(params, grads, lr)
"""
CELLS = [
    f"from course_lib import explorers\n{BUSY}", "explorers.loss_valley()", "explorers.training_desk()",
    "explorers.training_desk(sgd_step=busy_step)",
]  # fmt: skip


@pytest.fixture(scope="module")
def explorers(browser: Browser, either_lab: Lab) -> Iterator[Notebook]:
    notebook = Notebook(browser, either_lab, CELLS)
    notebook.run_all()
    yield notebook
    notebook.close()


# ---- the loss valley -----------------------------------------------------------------------------


def test_the_loss_valley_answers_quickly(explorers: Notebook) -> None:
    cell = explorers.cell("explorers.loss_valley")
    button(cell, "Both at once").click()
    handle, picture = slider(cell, "learning rate"), cell.locator("img.widget-image")
    assert_slider_quick(explorers, handle, picture, "loss_valley")


def test_the_mission_of_the_loss_valley_by_keys(open_explorer: Callable[..., Opened]) -> None:
    notebook, cell = open_explorer("loss_valley()")
    shots(notebook, "valley-question", "loss_valley")
    push(button(cell, "Across it, where it is steep"))
    expect(line(cell, 1)).to_contain_text("find the largest learning rate")
    lr, mu = slider(cell, "learning rate"), slider(cell, "momentum")
    press(lr, "ArrowRight", 30)  # 0.05 -> 0.2
    expect(line(cell, 2)).to_contain_text("neither comes down nor flies apart")
    press(lr, "ArrowRight")
    expect(line(cell, 2)).to_contain_text("It flies apart")
    shots(notebook, "valley-apart", "loss_valley")
    press(lr, "ArrowLeft", 2)
    expect(line(cell, 1)).to_contain_text("at 0.205 it flies apart, across the valley, as you predicted")
    shots(notebook, "valley-limit", "loss_valley")
    press(mu, "ArrowRight", 10)
    expect(line(cell, 1)).to_contain_text("Done: down in")
    shots(notebook, "valley-done", "loss_valley")
    press(slider(cell, "batch noise"), "ArrowRight", 8)
    seen = re.compile(r"^Learning rate 0\.195, momentum 0\.50, noise 2\.00: second half: 1\.\d+ from the bottom")
    expect(cell.get_by_role("img")).to_have_attribute("title", seen)
    shots(notebook, "valley-noise", "loss_valley")


# ---- the training desk ---------------------------------------------------------------------------


def status(cell: Locator) -> Locator:
    return cell.locator(".course-status .widget-html-content")


def epoch(cell: Locator) -> float:
    """How far the run is, as the picture says."""
    found = re.search(r"epoch ([\d.]+)", cell.get_by_role("img").get_attribute("title") or "")
    return float(found[1]) if found else 0.0


def settings(cell: Locator, begin: str) -> None:
    """Wait until the sliders' last values have come to the kernel, and so into the picture."""
    expect(cell.get_by_role("img")).to_have_attribute("title", re.compile(f"^{re.escape(begin)}"))


def wait_for_epoch(notebook: Notebook, cell: Locator, at_least: float) -> None:
    for _ in range(300):
        if epoch(cell) >= at_least:
            return
        notebook.page.wait_for_timeout(50)
    raise AssertionError(f"epoch {epoch(cell)} instead of {at_least}: {status(cell).inner_text()}")


def waits_for_a_key(notebook: Notebook, handle: Locator, picture: Locator, presses: int) -> list[float]:
    """Milliseconds from an arrow key on the slider of the learning rate to the picture with the new one."""
    picture.evaluate(WATCH)
    handle.focus()
    for count in range(1, presses + 1):
        notebook.page.keyboard.press("ArrowRight" if (count - 1) % 10 < 5 else "ArrowLeft")
        notebook.page.wait_for_function("count => watch.times.length === count", arg=count, polling=20)
        notebook.page.wait_for_timeout(250)
    times: list[float] = notebook.page.evaluate("() => watch.stop()")
    return times[4:]  # without those of the warm-up


def test_the_training_desk_answers_quickly(explorers: Notebook) -> None:
    cell = explorers.cell("explorers.training_desk()")
    handle, picture = slider(cell, "learning rate"), cell.locator("img.widget-image")
    assert_slider_quick(explorers, handle, picture, "training_desk at rest")


def test_sliders_and_stop_keep_up_while_it_trains_without_a_pause(explorers: Notebook) -> None:
    cell = explorers.cell("busy_step)")
    handle, picture = slider(cell, "learning rate"), cell.locator("img.widget-image")
    press(handle, "Home")  # so small a learning rate that nothing overflows
    press(slider(cell, "batch size"), "Home")
    times: dict[str, list[float]] = {"key": [], "stop": []}
    for _ in range(3):
        button(cell, "Play").click()
        wait_for_epoch(explorers, cell, 0.2)
        waits = sorted(waits_for_a_key(explorers, handle, picture, presses=20))
        times["key"].append(waits[int(0.95 * len(waits))])
        stop = [button(cell, "Stop").element_handle(), status(cell).element_handle(), "Stopped"]
        times["stop"].append(explorers.page.evaluate(CLICK, stop))
        median, key, stopped = waits[len(waits) // 2], times["key"][-1], times["stop"][-1]
        print(f"\ntraining_desk at full speed\n  key  median {median:.0f} ms, p95 {key:.0f} ms; stop {stopped:.0f} ms")
    assert_quick(times, {"key": 100, "stop": 100})


def test_a_run_is_watched_steered_paused_and_stopped(open_explorer: Callable[..., Opened]) -> None:
    notebook, cell = open_explorer("training_desk()")
    shots(notebook, "desk-opened", "training_desk")
    expect(status(cell)).to_have_text("All 20 epochs are done.")
    expect(button(cell, "Pause")).to_be_disabled()
    push(button(cell, "Play"))
    wait_for_epoch(notebook, cell, 1)
    press(slider(cell, "learning rate"), "ArrowRight", 10)
    settings(cell, "lr 0.032, momentum 0, batch 32, 32 hidden units. run 2, ")
    press(slider(cell, "hidden units"), "ArrowRight")
    expect(status(cell)).to_contain_text("64 hidden units come with the next reset.")
    push(button(cell, "Pause"))
    expect(status(cell)).to_contain_text("Paused in epoch")
    notebook.page.wait_for_timeout(200)
    here = epoch(cell)
    shots(notebook, "desk-paused", "training_desk")
    assert epoch(cell) == here
    assert notebook.kernel("print('alive')") == "alive"
    push(button(cell, "Play"))
    wait_for_epoch(notebook, cell, here + 1)
    push(button(cell, "Stop"))
    expect(status(cell)).to_contain_text("Stopped in epoch")
    expect(cell).to_contain_text("The training doctor on run 2:")
    push(button(cell, "Reset"))
    expect(status(cell)).to_have_text("New weights, 64 hidden units: press Play.")


def test_both_missions_of_the_desk_by_keys(open_explorer: Callable[..., Opened]) -> None:
    notebook, cell = open_explorer("training_desk()")
    lr, mu, batch = (slider(cell, label) for label in ("learning rate", "momentum", "batch size"))
    press(lr, "ArrowRight", 30)
    settings(cell, "lr 3.2, ")
    push(button(cell, "Play"))
    expect(line(cell, 1)).to_contain_text("What else makes a step longer?")
    shots(notebook, "desk-diverged", "training_desk")
    press(lr, "Home")
    press(lr, "ArrowRight", 25)
    press(mu, "End")
    press(batch, "Home")
    settings(cell, "lr 0.032, momentum 0.99, batch 4, ")
    push(button(cell, "Reset"))  # on a slow page the run has reached its end, and there is nothing to stop
    push(button(cell, "Play"))
    expect(line(cell)).to_contain_text("First mission done")
    push(button(cell, "Reset"))
    press(mu, "Home")
    press(lr, "ArrowRight", 10)
    press(batch, "ArrowRight", 3)
    press(slider(cell, "hidden units"), "ArrowRight")
    push(button(cell, "cosine decay"))
    settings(cell, "lr 0.32, momentum 0, batch 32, cosine decay, 64 hidden units")
    push(button(cell, "Play"))
    expect(line(cell)).to_contain_text("Second mission done")
    expect(line(cell)).to_have_class("course-line done")
    expect(status(cell)).to_have_text("All 20 epochs are done.")
    shots(notebook, "desk-done", "training_desk")


BROKEN = """
from course_lib.nn import optimizers
def sgd_step(params, grads, lr):
    if lr > 0.01:
        return params["W3"]
    optimizers.sgd_step(params, grads, lr)
def cosine_decay(lr, step, total):
    while True:
        step = step + 1
"""


def test_an_error_while_it_trains_is_a_sentence_and_an_endless_loop_is_ended(
    open_explorer: Callable[..., Opened],
) -> None:
    notebook, cell = open_explorer("training_desk(sgd_step=sgd_step, cosine_decay=cosine_decay)", BROKEN)
    push(button(cell, "Play"))
    wait_for_epoch(notebook, cell, 1)
    press(slider(cell, "learning rate"), "ArrowRight", 10)
    expect(cell.locator(".course-line.error")).to_have_text(
        "Your sgd_step stopped at its line 'return params[\"W3\"]': KeyError: 'W3'"
    )
    expect(status(cell)).to_have_text("An error has ended the run.")
    shots(notebook, "desk-error", "training_desk")
    push(button(cell, "cosine decay"))
    push(button(cell, "Play"))
    expect(cell.locator(".course-line.error")).to_contain_text("Is there a loop that does not end?")
    assert notebook.kernel("print('alive')") == "alive"
    push(button(cell, "constant"))
    press(slider(cell, "learning rate"), "ArrowLeft", 10)
    notebook.page.wait_for_timeout(1000)  # the picture stays as it is after an error, so nothing tells
    push(button(cell, "Play"))
    wait_for_epoch(notebook, cell, 1)
    expect(cell.locator(".course-line.error")).to_have_count(0)


def test_another_cell_runs_while_the_desk_trains(open_notebook: Callable[..., Notebook]) -> None:
    notebook = open_notebook([*CELLS[:1], "explorers.training_desk()", "total = sum(range(1000))\ntotal"])
    notebook.run_all()
    cell = notebook.cell("training_desk")
    button(cell, "Play").click()
    wait_for_epoch(notebook, cell, 1)
    notebook.run("total =")
    assert "499500" in notebook.text("total =")
    here = epoch(cell)
    wait_for_epoch(notebook, cell, here + 1)
