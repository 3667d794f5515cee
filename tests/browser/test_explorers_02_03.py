"""The explorers of notebooks 2 and 3 in a real page: how quick they answer, their keys, their missions, their looks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from harness import Lab, Latency, Notebook, assert_quick, assert_slider_quick, button, line, push, shots
from playwright.sync_api import Browser, Locator, expect

NAMES = ("backprop_stepper", "shape_puzzle", "predict_sign", "v_curve")
CELLS = ["from course_lib import explorers", *(f"explorers.{name}()" for name in NAMES)]

# Times from a key press to the frame in which a text of the element, or of what is in it, has changed.
WATCH = """element => {
  const painted = () => new Promise(done => requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => done(performance.now());
    channel.port2.postMessage(0);
  }));
  const watch = window.watch = { pressed: 0, times: [] };
  const press = event => { watch.pressed = event.timeStamp; };
  window.addEventListener("keydown", press, true);
  const changes = new MutationObserver(async () => {
    const { pressed } = watch;
    watch.pressed = 0;
    if (pressed) watch.times.push(await painted() - pressed);
  });
  changes.observe(element, { subtree: true, childList: true, characterData: true });
  watch.stop = () => { changes.disconnect(); window.removeEventListener("keydown", press, true); return watch.times; };
}"""


def text_latency(notebook: Notebook, focus: Locator, watched: Locator, keys: list[str], *, pause: int) -> Latency:
    """From a key press on `focus` to the frame with another text in `watched`, with a pause (ms) after each."""
    watched.evaluate(WATCH)
    focus.focus()
    for count, key in enumerate(keys, start=1):
        notebook.page.keyboard.press(key)
        notebook.page.wait_for_function("count => watch.times.length === count", arg=count, polling=20)
        notebook.page.wait_for_timeout(pause)
    times = tuple(notebook.page.evaluate("() => watch.stop()"))[4:]  # without those of the warm-up
    return Latency(times, 0, len(times), sum(times) / 1000)


def handle(cell: Locator) -> Locator:
    return cell.locator(".noUi-handle").last


# ---- how quick -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def explorers(browser: Browser, either_lab: Lab) -> Iterator[Notebook]:
    notebook = Notebook(browser, either_lab, CELLS)
    notebook.run_all()
    yield notebook
    notebook.close()


def test_a_step_takes_a_frame_and_a_slider_little_more(explorers: Notebook) -> None:
    cell = explorers.cell("explorers.backprop_stepper")
    told, numbers = cell.locator(".course-told"), cell.locator(".course-stepper svg")
    p95: dict[str, list[float]] = {"step": [], "slider": []}
    for _ in range(3):
        keys = (["ArrowRight"] * 12 + ["ArrowLeft"] * 12) * 2
        cell.locator(".course-dot").first.click()
        step = text_latency(explorers, button(cell, "Next"), told, keys, pause=0)
        cell.locator(".course-dot").last.click()
        keys = (["ArrowRight"] * 5 + ["ArrowLeft"] * 5) * 3
        slider = text_latency(explorers, cell.get_by_label("b1[1]", exact=True), numbers, keys, pause=250)
        print(f"\nbackprop_stepper\n  step   {step}\n  slider {slider}")
        p95["step"].append(step.p95)
        p95["slider"].append(slider.p95)
    assert_quick(p95, {"step": 34, "slider": 70})  # 34: two frames, as a key may come just after one has begun


def test_the_step_of_the_v_curve_answers_quickly(explorers: Notebook) -> None:
    cell = explorers.cell("explorers.v_curve")
    picture = cell.locator("img.widget-image")
    assert_slider_quick(explorers, handle(cell), picture, "v_curve")


# ---- the backprop stepper ------------------------------------------------------------------------


def shown(cell: Locator) -> list[str]:
    """The numbers in the graph."""
    return [text for text in cell.locator(".course-number").all_text_contents() if text]


def heading(cell: Locator) -> Locator:
    return cell.locator(".course-told-where")


def test_the_stepper_goes_by_keys_and_lights_everything_up_together(
    open_explorer: Callable[..., tuple[Notebook, Locator]],
) -> None:
    notebook, cell = open_explorer("backprop_stepper()")
    keyboard = notebook.page.keyboard
    root = cell.locator(".course-stepper")
    size = root.bounding_box()
    assert len(shown(cell)) == 4 + 2 + 6 + 3 + 6 + 2  # X, y, weights and biases
    button(cell, "Next").focus()
    for step, (code, node, numbers) in enumerate(
        [("Z1 = linear_forward(X, W1, b1)", "linear", 6), ("A1 = relu(Z1)", "ReLU", 6),
         ("logits = linear_forward(A1, W2, b2)", "linear", 4), ("P = softmax(logits)", "loss", 4),
         ("L = cross_entropy(logits, y)", "loss", 1),
         ("dlogits = softmax_cross_entropy_backward(logits, y)", "loss", 5),
         ("dA1, dW2, db2 = linear_backward(dlogits, A1, W2)", "linear", 6),
         ("dA1, dW2, db2 = linear_backward(dlogits, A1, W2)", "linear", 2),
         ("dA1, dW2, db2 = linear_backward(dlogits, A1, W2)", "linear", 6),
         ("dZ1 = relu_backward(dA1, Z1)", "ReLU", 6), ("_, dW1, db1 = linear_backward(dZ1, X, W1)", "linear", 6),
         ("_, dW1, db1 = linear_backward(dZ1, X, W1)", "linear", 3)], start=1,
    ):  # fmt: skip
        before = len(shown(cell))
        keyboard.press("ArrowRight")
        direction = "forward" if step <= 5 else "backward"
        expect(heading(cell)).to_have_text(f"Step {step} of 12, {direction}")
        expect(cell.locator(".course-program .course-active")).to_have_text(code)
        expect(cell.locator(".course-node.course-active")).to_have_text(node)
        assert len(shown(cell)) == before + numbers
        assert cell.locator(".course-current").count() == numbers - (step == 6)  # dL = 1 comes with dlogits
        assert cell.locator(".course-chosen").count() == 1 and cell.locator(".course-used").count() > 0
        assert root.bounding_box() == size
    keyboard.press("ArrowRight")
    expect(heading(cell)).to_have_text("Step 12 of 12, backward")
    keyboard.press("Home")
    expect(heading(cell)).to_have_text("12 steps")
    assert root.bounding_box() == size and len(shown(cell)) == 23
    keyboard.press("End")
    keyboard.press("ArrowLeft")
    expect(heading(cell)).to_have_text("Step 11 of 12, backward")
    assert notebook.kernel("print('alive')") == "alive"
    assert notebook.page.locator(".jp-Cell").count() == 2  # no key became a command of JupyterLab


def test_another_number_of_a_step_is_worked_out_by_keys_or_by_a_click(
    open_explorer: Callable[..., tuple[Notebook, Locator]],
) -> None:
    notebook, cell = open_explorer("backprop_stepper()")
    keyboard, told = notebook.page.keyboard, cell.locator(".course-told-sum")
    button(cell, "Next").click()
    expect(told).to_have_text("Z1[0, 0] = 1.00 × 0.50 + 2.00 × 0.25 + 0 = 1.00")
    keyboard.press("ArrowDown")
    expect(told).to_contain_text("Z1[0, 1] = ")
    keyboard.press("ArrowUp")
    keyboard.press("ArrowUp")
    expect(told).to_contain_text("Z1[1, 2] = ")
    cell.locator(".course-pick").nth(3).click()
    expect(told).to_contain_text("Z1[1, 0] = ")
    cell.locator(".course-dot").nth(10).click()
    expect(told).to_contain_text("dZ1[0, 0] = ")
    keyboard.press("ArrowRight")  # the keys follow a click
    expect(told).to_contain_text("dW1[0, 0] = ")


def test_the_step_is_kept_when_the_same_explorer_is_shown_again(
    open_explorer: Callable[..., tuple[Notebook, Locator]], open_notebook: Callable[..., Notebook]
) -> None:
    notebook = open_notebook(
        ["from course_lib import explorers\nkept = explorers.backprop_stepper()", "kept  # here", "kept"]
    )
    notebook.run_all()
    first, second = notebook.cell("kept  # here"), notebook.page.locator(".jp-NotebookPanel .jp-Cell").last
    first.locator(".course-dot").nth(4).click()
    expect(heading(second)).to_have_text("Step 4 of 12, forward")
    notebook.run("kept  # here")
    expect(heading(notebook.cell("kept  # here"))).to_have_text("Step 4 of 12, forward")


def test_the_mission_of_the_stepper_by_keys(open_explorer: Callable[..., tuple[Notebook, Locator]]) -> None:
    notebook, cell = open_explorer("backprop_stepper()")
    shots(notebook, "stepper-given", "backprop_stepper")
    button(cell, "Next").click()
    for step in (3, 5, 6, 7, 10):
        cell.locator(".course-dot").nth(step).click()
        shots(notebook, f"stepper-{step}", "backprop_stepper")
    slider = cell.get_by_label("b1[1]", exact=True)
    slider.focus()
    notebook.page.keyboard.press("Home")  # b1[1] = -2
    expect(line(cell)).to_contain_text("Why?")
    shots(notebook, "stepper-why", "backprop_stepper")
    push(button(cell, "Both of its inputs are 0"))
    expect(line(cell, 1)).to_contain_text("none is 0")
    push(button(cell, "Its ReLU is closed for both examples"))
    expect(line(cell)).to_contain_text("Done")
    button(cell, "Last").click()
    shots(notebook, "stepper-done", "backprop_stepper")


def test_a_function_that_stops_leaves_the_stepper_with_one_line(
    open_explorer: Callable[..., tuple[Notebook, Locator]],
) -> None:
    setup = "def relu(Z):\n    return Z.wrong"
    notebook, cell = open_explorer("backprop_stepper(relu=relu)", setup)
    expect(cell.locator(".course-line.error")).to_have_text(
        re.compile("^Your relu stopped at its line 'return Z.wrong'")
    )
    button(cell, "Next").click()
    expect(heading(cell)).to_have_text("12 steps")
    assert shown(cell) == []
    shots(notebook, "stepper-error", "backprop_stepper")


# ---- the shape puzzle ----------------------------------------------------------------------------


def test_the_shape_puzzle_by_keys(open_explorer: Callable[..., tuple[Notebook, Locator]]) -> None:
    notebook, cell = open_explorer("shape_puzzle()")
    turn = {"X": 0, "dZ": 1, "W": 2}

    def press(name: str) -> None:
        push(button(cell, name))

    def press_t(tile: str) -> None:
        push(cell.get_by_role("button", name="T", exact=True).nth(turn[tile]))

    shots(notebook, "puzzle-1", "shape_puzzle")
    press("X (N, D)")
    press("dZ (N, H)")
    expect(line(cell, 1)).to_contain_text("cannot be multiplied")
    shots(notebook, "puzzle-1-no", "shape_puzzle")
    press_t("dZ")
    press("dZᵀ (H, N)")
    press("X (N, D)")
    expect(line(cell, 1)).to_contain_text("the transpose")
    shots(notebook, "puzzle-1-transpose", "shape_puzzle")
    press_t("dZ")
    press_t("X")
    press("Xᵀ (D, N)")
    press("dZ (N, H)")
    expect(line(cell)).to_contain_text("Round 1 of 4 is solved")
    press("Next round")
    expect(line(cell)).to_contain_text("Round 2 of 4")
    press_t("W")
    press("dZ (N, H)")
    press("Wᵀ (H, D)")
    expect(line(cell)).to_contain_text("Round 2 of 4 is solved")
    press("Next round")
    expect(line(cell)).to_contain_text("Round 3 of 4")
    press("W (D, H)")
    press("sum over axis 0")
    expect(line(cell, 1)).to_contain_text("b does not go through W")
    shots(notebook, "puzzle-3-no", "shape_puzzle")
    press("dZ (N, H)")
    press("sum over axis 0")
    expect(line(cell)).to_contain_text("Round 3 of 4 is solved")
    press("Next round")
    expect(line(cell)).to_contain_text("Round 4 of 4")
    press("X (2, 2)")
    press("dZ (2, 2)")
    expect(line(cell, 1)).to_contain_text("was measured as")
    shots(notebook, "puzzle-4-no", "shape_puzzle")
    press_t("X")
    expect(line(cell)).to_contain_text("Done")
    shots(notebook, "puzzle-done", "shape_puzzle")


# ---- predict the sign ----------------------------------------------------------------------------


def test_predict_the_sign_by_keys(open_explorer: Callable[..., tuple[Notebook, Locator]]) -> None:
    notebook, cell = open_explorer("predict_sign()")
    shots(notebook, "sign-1", "predict_sign")
    for number in range(1, 8):
        expect(line(cell)).to_contain_text(f"Round {number} of 7. ")
        expect(line(cell)).to_contain_text("What does the loss do?")
        expect(button(cell, "Next round" if number < 7 else "Again, with new networks")).to_be_disabled()
        push(button(cell, "It goes up"))
        expect(line(cell)).to_contain_text("predicted")
        expect(button(cell, "It goes up")).to_be_disabled()
        shots(notebook, f"sign-{number}-answer", "predict_sign")
        if number < 7:
            push(button(cell, "Next round"))
    expect(line(cell, 1)).to_contain_text("All rounds are played")
    push(button(cell, "Again, with new networks"))
    expect(line(cell)).to_contain_text("Round 1 of 7. ")


# ---- the V-curve ---------------------------------------------------------------------------------


def test_the_mission_of_the_v_curve_by_keys(open_explorer: Callable[..., tuple[Notebook, Locator]]) -> None:
    notebook, cell = open_explorer("v_curve()")
    keyboard = notebook.page.keyboard
    shots(notebook, "v-1", "v_curve")
    handle(cell).focus()
    for _ in range(15):  # 1e-1 -> 1.8e-5
        keyboard.press("ArrowLeft")
    expect(line(cell)).to_contain_text("second half")
    shots(notebook, "v-best", "v_curve")
    push(button(cell, "ReLU"))
    push(button(cell, "64 examples"))
    handle(cell).focus()
    for _ in range(8):  # -> 1.8e-3
        keyboard.press("ArrowRight")
    expect(line(cell, 1)).to_contain_text("Nearly: a kink is crossed")
    shots(notebook, "v-kink", "v_curve")
    for _ in range(3):  # -> 1e-2
        keyboard.press("ArrowRight")
    expect(line(cell)).to_contain_text("Done")
    shots(notebook, "v-done", "v_curve")
    push(button(cell, "float32"))
    push(button(cell, "one-sided"))
    push(button(cell, "sigmoid"))
    expect(cell.get_by_role("img")).to_have_attribute("title", re.compile("^sigmoid, float32, one-sided"))
    shots(notebook, "v-float32", "v_curve")
