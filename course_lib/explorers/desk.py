"""The training desk: training that can be watched, steered, paused and stopped; curves of the last runs; the doctor.

sliders --settings--> digit_run.train --every step--> TrainingRun --20 times a second--> the picture, the mission
Play, Pause, Stop, Reset --> live.Driver                    '------when it ends--------> diagnosis.diagnose
"""

from __future__ import annotations

import html
from collections.abc import Iterator
from typing import Any

import ipywidgets as widgets

from course_lib import plots
from course_lib.diagnosis import diagnose
from course_lib.explorers.desk_missions import GOAL, DivergeAndReach, View
from course_lib.explorers.digit_run import TrainingRun, train, training_digits
from course_lib.explorers.learner_step import EPOCHS, SCHEDULES, Functions, Settings
from course_lib.explorers.live import Driver, State
from course_lib.explorers.shell import Explorer, LearnerError, choice, slider

PACE = 0.3  # seconds for an epoch: a run takes six, so that there is something to steer
KEPT = 4  # runs whose curves are shown
COLOURS = (plots.BLUE, plots.ORANGE, "#9a5b8c", "#8a6d00")  # of the runs in turn; green is the goal
LOSSES = (1e-4, 1e3)
ENDED: tuple[State, ...] = ("done", "stopped", "failed")


class TrainingDesk(Explorer):
    children: tuple[widgets.Widget, ...]
    mission: DivergeAndReach

    name = "training_desk"
    caption = (
        "Left: the training loss, the mean of each fifth of an epoch. Right: the accuracy on 287 validation digits "
        f"after each epoch, with a dotted line at {GOAL:.0%}. Both axes are stretched. The last {KEPT} runs lie over "
        "each other. All start from the same random numbers, and an epoch is slowed down to a third of a second."
    )

    def __init__(self, functions: Functions) -> None:
        self.functions, self.data = functions, training_digits()
        self.runs = [TrainingRun(1, 32)]
        self._kept: tuple[TrainingRun, ...] | None = None  # the earlier runs that are in the picture
        self.driver = Driver(self._train, self._show_run, due=lambda run: PACE * run.epochs)
        lr = {"base": 10, "min": -4, "max": 1, "step": 0.1, "readout_format": ".2g", "description": "learning rate"}
        controls = {
            "lr": slider(widgets.FloatLogSlider, 0.003162, **lr),
            "mu": slider(widgets.SelectionSlider, options=(0, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99), description="momentum"),
            "batch_size": slider(
                widgets.SelectionSlider, options=(4, 8, 16, 32, 64, 128, 256), value=32, description="batch size"
            ),
            "hidden": slider(
                widgets.SelectionSlider, options=(2, 4, 8, 16, 32, 64, 128), value=32, description="hidden units"
            ),
            "schedule": choice(SCHEDULES),
        }
        self.buttons = {
            name: widgets.Button(description=name, layout=widgets.Layout(width="auto"))
            for name in ("Play", "Pause", "Stop", "Reset", "Ask the doctor")
        }
        self.buttons["Play"].button_style = "primary"
        self.status, self.doctor = widgets.HTML(), widgets.HTML()
        self.status.add_class("course-status")
        super().__init__(plots.panels([1, 1.1], height=3.7), controls, DivergeAndReach())
        row = widgets.HBox([*self.buttons.values(), self.status], layout=widgets.Layout(flex_flow="row wrap"))
        at = self.children.index(self.picture)
        self.children = (*self.children[:at], row, *self.children[at : at + 3], self.doctor, *self.children[at + 3 :])
        for name, pressed in {
            "Play": self._play, "Pause": self.driver.pause, "Stop": self.driver.stop, "Reset": self._reset,
            "Ask the doctor": self._ask,
        }.items():  # fmt: skip
            self.buttons[name].on_click(lambda _, pressed=pressed: pressed())
        self.driver.play_to_the_end()  # a first run, for something to look at

    # What the buttons do

    def _play(self) -> None:
        if self.driver.run.state in ENDED:
            self._new_run()
        self.driver.play()

    def _reset(self) -> None:
        self._new_run()
        self.driver.reset()

    def _new_run(self) -> None:
        with self._lock:
            self.runs = [*self.runs, TrainingRun(self.runs[-1].number + 1, 0)][-KEPT:]
            self.doctor.value = ""

    def _ask(self) -> None:
        run = self.runs[-1]
        diagnosis = diagnose(run.record)
        texts = [f"<b>{html.escape(f.name)}.</b> {html.escape(f'{f.evidence} {f.remedy}')}" for f in diagnosis.findings]
        lines = [f"The training doctor on run {run.number}:", *(texts or [html.escape(diagnosis.clear)])]
        self.doctor.value = f'<div class="course-line" role="status">{"<br>".join(lines)}</div>'

    # The run

    def _train(self) -> Iterator[TrainingRun]:
        run = self.runs[-1]
        run.hidden = int(self.controls["hidden"].value)
        yield from train(run, self.data, self.functions, self._settings)

    def _settings(self) -> Settings:
        lr, mu, batch_size, schedule = (self.controls[name].value for name in ("lr", "mu", "batch_size", "schedule"))
        return Settings(float(lr), float(mu), int(batch_size), str(schedule))

    def _show_run(self) -> None:
        state = self.driver.run.state
        under_way = state in ("running", "paused")
        for name, useful in {
            "Play": state != "running", "Pause": state == "running", "Stop": under_way, "Reset": state != "ready",
            "Ask the doctor": under_way,
        }.items():  # fmt: skip
            self.buttons[name].disabled = not useful
        self._redraw()  # which never takes the place of an answer to a slider
        if state in ("done", "stopped") and not self.doctor.value:
            self._ask()

    def _moved(self, change: Any) -> None:
        with self.driver.held():
            super()._moved(change)

    # What Explorer asks for

    def look(self, **_: Any) -> View:
        (*earlier, run), played = self.runs, self.driver.run
        hidden = int(self.controls["hidden"].value)
        self.status.value = html.escape(_status(run, played.state, hidden))
        if played.error is not None:
            if isinstance(played.error, LearnerError):
                raise LearnerError(str(played.error))
            kind = type(played.error).__name__
            raise LearnerError(f"The desk itself has stopped, and not your code: {kind}: {played.error}")
        return View(run, tuple(earlier), self._settings(), hidden, over=played.state in ENDED)

    def draw_frame(self) -> None:
        losses, accuracies = self.axes
        plots.loss_frame(EPOCHS, *LOSSES, xlabel="epoch", ax=losses)
        plots.accuracy_frame(EPOCHS, goal=GOAL, ax=accuracies)
        self._kept = None

    def draw(self, numbers: View) -> None:
        losses, accuracies = self.axes
        if self._kept != numbers.earlier:
            self.picture.keep(lambda: self._draw_earlier(numbers.earlier))
            self._kept = numbers.earlier
        self._draw_run(numbers.run, width=2.2)
        plots.note(_settings_text(numbers), ax=losses)
        plots.note(_score_text(numbers.run), colour=_colour(numbers.run), ax=accuracies)

    def _draw_earlier(self, runs: tuple[TrainingRun, ...]) -> None:
        for run in runs:
            self._draw_run(run, width=1)
        plots.run_names({run.text(): _colour(run) for run in runs if run.losses}, ax=self.axes[1])

    def _draw_run(self, run: TrainingRun, *, width: float) -> None:
        losses, accuracies = self.axes
        plots.loss_line(*run.curve(), colour=_colour(run), width=width, ax=losses)
        done = [(epochs, accuracy) for epochs, _, accuracy in run.validation]
        if done:
            plots.accuracy_line(*zip(*done, strict=True), colour=_colour(run), width=width, ax=accuracies)

    def describe(self, numbers: View) -> str:
        return f"{_settings_text(numbers)}, {numbers.hidden} hidden units. {_score_text(numbers.run)}."


def _colour(run: TrainingRun) -> str:
    return COLOURS[run.number % len(COLOURS)]


def _settings_text(now: View) -> str:
    chosen = now.settings
    words = f"lr {chosen.lr:.2g}, momentum {chosen.mu:g}, batch {chosen.batch_size}"
    if chosen.schedule == "constant":
        return words
    return f"{words}, {chosen.schedule}"


def _score_text(run: TrainingRun) -> str:
    if not run.losses:
        return f"run {run.number}"
    loss = f"run {run.number}, epoch {run.epochs:.1f}: loss {run.curve()[1][-1]:.2g}"
    return f"{loss}, {run.validation[-1][2]:.1%} right" if run.validation else loss


def _status(run: TrainingRun, state: State, hidden: int) -> str:
    """What the run is doing, and which of the settings has to wait."""
    epoch = min(int(run.epochs) + 1, EPOCHS)
    if state in ("running", "paused"):
        words = f"Epoch {epoch} of {EPOCHS}." if state == "running" else f"Paused in epoch {epoch}."
        return f"{words} {hidden} hidden units come with the next reset." if run.hidden not in (0, hidden) else words
    if state == "done":
        finite = run.record.broken is None
        return f"All {EPOCHS} epochs are done." if finite else "The numbers are no longer finite: the run has ended."
    if state == "stopped":
        return f"Stopped in epoch {epoch}."
    return "An error has ended the run." if state == "failed" else f"New weights, {hidden} hidden units: press Play."
