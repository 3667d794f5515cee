"""The tuning desk: five settings, a budget of trainings, an experiment log, and the mission.

sliders --Train--> Driver --epoch by epoch--> the curve moves        the sliders answer meanwhile
                             '--at the end--> ExperimentLog, a file: nothing is lost by a restart
log --> parallel coordinates, a table of the best by two settings; "Best so far" puts the sliders back
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import ipywidgets as widgets
import numpy as np

from course_lib import journal, plots
from course_lib.explorers.live import Driver
from course_lib.explorers.shell import Explorer, LearnerError, choice, slider
from course_lib.explorers.tuning_space import SPACE, START, Config, random_config, text
from course_lib.explorers.tuning_trials import (
    BUDGET,
    EPOCHS,
    SCORE,
    STOPPED,
    GoodOrLucky,
    Parts,
    Progress,
    View,
    cell,
    cells,
    standard_accuracy,
    training,
)
from course_lib.tuning import ExperimentLog, Trial
from course_lib.tuning.log import LogError, best

SEEDS = 10
PACE = 0.03  # seconds from epoch to epoch, at least: so that the eye can follow
LOWEST = 0.6  # of the curve's axis


class TuningDesk(Explorer):
    children: tuple[widgets.Widget, ...]

    name = "tuning_desk"
    caption = (
        "Above: each line is a training, from its settings to its accuracy on the validation part; the darker, the "
        "better, the best in orange, dotted if it failed. The dashed line is where the sliders stand. Below: the best "
        "accuracy for each pair of two settings, in percent, and the accuracy after each epoch of the last training."
    )

    def __init__(self, parts: Parts, sample_log_uniform: Callable[..., Any]) -> None:
        self.parts, self.sample_log_uniform = parts, sample_log_uniform
        self.standard = standard_accuracy(parts)
        self.rng = np.random.default_rng()  # not seeded: after a restart "At random" should not repeat itself
        self.experiments = ExperimentLog(self._files()[-1])
        self.trials, self.damage = self._known()
        self.progress: Progress | None = None
        self._wanted = (START, 0)  # what the next training is to be
        self._setting = False  # while several sliders are put somewhere at once
        self._kept: tuple[str, tuple[Trial, ...]] | None = None  # the trials that are kept in the picture
        self.driver = Driver(self._work, self._moved_on, due=lambda now: PACE * len(now.accuracies))
        controls = {
            name: slider(
                widgets.SelectionSlider,
                options=[(text(value), value) for value in setting.values],
                value=START[name],
                description=setting.label,
            )
            for name, setting in SPACE.items()
        }
        controls["seed"] = slider(widgets.IntSlider, 0, max=SEEDS - 1, description="seed")
        across = [(f"table of lr and {name}", name) for name in SPACE if name != "lr"]
        controls["across"] = choice(across, value="hidden")
        self.buttons = {
            "train": widgets.Button(description="Train", button_style="primary"),
            "stop": widgets.Button(description="Stop"),
            "random": widgets.Button(description="At random"),
            "best": widgets.Button(description="Best so far"),
            "again": widgets.Button(description="Begin again"),
        }
        self.budget = widgets.HTML()
        axes = plots.rows_of_panels([[1], [1.75, 1]], heights=[1, 1.1], height=6.0)
        super().__init__(axes, controls, self._mission(), frame_needs=["across"])
        row = widgets.HBox([*self.buttons.values(), self.budget], layout=widgets.Layout(flex_flow="row wrap"))
        at = self.children.index(self.picture)
        self.children = (*self.children[:at], row, *self.children[at:])
        presses = {
            "train": self._train,
            "stop": self._stop,
            "random": self._at_random,
            "best": self._to_the_best,
            "again": self._begin_again,
        }
        for name, press in presses.items():
            self.buttons[name].on_click(lambda _, press=press: self._pressed(press))
        self._label()

    @property
    def best(self) -> Config | None:
        """The config with the highest accuracy so far."""
        found = best(self.trials, SCORE)
        return None if found is None else dict(found.config)

    def _mission(self) -> GoodOrLucky:
        return GoodOrLucky(self.standard, len(self.parts[3]))

    # The log: a file for each budget, and for each split, since accuracies on other images do not compare

    def _files(self) -> list[Path]:
        """The logs of this split, oldest first; where there is none, the first to be."""
        X, y, X_val, y_val = self.parts
        split = zlib.crc32(np.ascontiguousarray(X_val).tobytes() + np.ascontiguousarray(y_val).tobytes())
        first = journal.beside_progress(f"tuning-desk-{split:08x}-001.jsonl")
        return sorted(first.parent.glob(f"tuning-desk-{split:08x}-*.jsonl")) or [first]

    def _known(self) -> tuple[tuple[Trial, ...], str]:
        """The trials in the log, and a sentence about what cannot be read."""
        try:
            found = self.experiments.read()
        except LogError as error:
            return (), str(error)
        known = (trial for trial in found.entries if set(trial.config) == set(SPACE))
        fits = (t for t in known if all(t.config[name] in setting.values for name, setting in SPACE.items()))
        return tuple(fits), found.damage

    def _keep(self, trial: Trial) -> None:
        self.trials = (*self.trials, trial)
        try:
            self.experiments.append(trial)
        except LogError as error:
            raise LearnerError(f"This training counts here, but it will be forgotten at a restart. {error}") from None

    # The buttons

    def _pressed(self, press: Callable[[], None]) -> None:
        with self._lock:
            try:
                press()
            except LearnerError as error:
                self._say(self.mission.line.text, str(error), "error", self.mission.line.done)
            self._label()

    def _train(self) -> None:
        now = self._view()
        if now.running or now.left == 0:
            return
        for number, trial in enumerate(self.trials, start=1):
            if (trial.config, trial.seed) == (now.config, now.seed):
                came = f"{trial.scores[SCORE]:.1%}" if trial.status == "done" else "it failed"
                remark = f"Training {number} was exactly this: {came}. The same settings and seed give the same again."
                self._say(self.mission.line.text, remark, "remark", self.mission.line.done)
                return
        self._wanted = now.config, now.seed
        self.driver.play()

    def _stop(self) -> None:
        if self.driver.run.state == "running":
            done = len(self.progress.accuracies) if self.progress else 0
            self.driver.stop()
            self._keep(Trial(*self._wanted, reason=f"{STOPPED} after {done} epochs"))
            self._moved(None)

    def _at_random(self) -> None:
        if self.driver.run.state != "running" and self._view().left:
            self._set(random_config(self.sample_log_uniform, self.rng))
            self._train()

    def _to_the_best(self) -> None:
        found = best(self.trials, SCORE)
        if found is not None:
            self._set({**found.config, "seed": found.seed})

    def _begin_again(self) -> None:
        if self.driver.run.state != "running":
            last = self._files()[-1]
            number = int(last.stem[-3:]) + last.exists()
            self.experiments = ExperimentLog(last.with_name(f"{last.stem[:-3]}{number:03}.jsonl"))
            self.trials, self.damage, self.progress, self.mission = (), "", None, self._mission()
            self._moved(None)

    def _set(self, settings: Config) -> None:
        """Move the sliders, and draw once."""
        self._setting = True
        try:
            for name, value in settings.items():
                self.controls[name].value = value
        finally:
            self._setting = False
        self._moved(None)

    def _label(self) -> None:
        """Which buttons can be pressed, and what is left of the budget."""
        now = self._view()
        for name, possible in {
            "train": not now.running and now.left > 0,
            "stop": now.running,
            "random": not now.running and now.left > 0,
            "best": now.best is not None,
            "again": not now.running and bool(now.trials),
        }.items():
            self.buttons[name].disabled = not possible
        said = f"Best: {now.best.scores[SCORE]:.1%}." if now.best else ""
        line = f"{now.left} of {BUDGET} trainings left. {said} {self.damage}"
        self.budget.value = f'<div class="course-caption" role="status">{line}</div>'

    # A training

    def _work(self) -> Iterator[Progress]:
        self.progress = Progress(*self._wanted)
        for now in training(self.parts, *self._wanted):
            self.progress = now
            yield now
        with self._lock:
            if self.driver.run.state == "running":  # and was not stopped on another thread meanwhile
                self._keep(self.progress.trial)

    def _moved_on(self) -> None:
        self._moved(None)
        if self.driver.run.error is not None:
            self._say(self.mission.line.text, str(self.driver.run.error), "error", self.mission.line.done)
        self._label()

    # What Explorer asks for

    def _moved(self, change: Any) -> None:
        if not self._setting:
            with self.driver.held():
                super()._moved(change)

    def _view(self) -> View:
        settings = {name: control.value for name, control in self.controls.items()}
        return self.look(**settings)

    def look(self, *, seed: int, across: str, **config: float) -> View:
        running = self.driver.run.state == "running"
        return View(config, seed, across, self.trials, len(self.parts[3]), self.progress, running)

    def draw_frame(self, *, across: str) -> None:
        self._kept = None
        lines, table, curve = self.axes
        plots.parallel_frame(AXES, ax=lines)
        lr, other = SPACE["lr"], SPACE[across]
        plots.table_frame(lr.labels, other.labels, xlabel=lr.label, ylabel=other.label, ax=table)
        plots.epochs_frame(EPOCHS, lowest=LOWEST, ylabel="accuracy (validation)", ax=curve)

    def draw(self, numbers: View) -> None:
        lines, table, curve = self.axes
        if self._kept != (numbers.across, numbers.trials):
            self.picture.keep(lambda: self._draw_trials(numbers))
            self._kept = numbers.across, numbers.trials
        plots.parallel_marker(self._marker(numbers), ax=lines)
        plots.table_cursor(*cell(numbers.config, numbers.across), ax=table)
        if numbers.progress is not None:
            plots.epochs_curve(numbers.progress.accuracies, ax=curve)
            plots.note(numbers.progress.told, ax=curve)

    def _draw_trials(self, numbers: View) -> None:
        lines, table, _ = self.axes
        shares = [trial.scores.get(SCORE, math.nan) for trial in numbers.trials]
        heights = [_heights(trial.config, share) for trial, share in zip(numbers.trials, shares, strict=True)]
        plots.parallel_lines(np.reshape(heights, (-1, len(SPACE) + 1)), shares, ax=lines)
        plots.parallel_labels(AXES, ax=lines)
        plots.table_cells(cells(numbers.trials, numbers.across), ax=table)

    def _marker(self, numbers: View) -> list[float]:
        """Where the sliders stand; while exactly that is trained, how far it is too."""
        now = numbers.progress
        trained = now is not None and now.accuracies and (now.config, now.seed) == (numbers.config, numbers.seed)
        heights = _heights(numbers.config, now.accuracies[-1] if now and trained else math.nan)
        return heights if trained else heights[:-1]

    def describe(self, numbers: View) -> str:
        settings = ", ".join(f"{SPACE[name].label} {text(value)}" for name, value in numbers.config.items())
        said = f", the best with {numbers.best.scores[SCORE]:.1%}" if numbers.best else ""
        now = "" if numbers.progress is None else f" The last one: {numbers.progress.told}."
        return (
            f"The sliders stand at {settings}, seed {numbers.seed}. {len(numbers.trials)} trainings so far{said}.{now}"
        )


def _height(accuracy: float) -> float:
    """Where an accuracy lies on its axis."""
    return float(plots.sharpness(accuracy) / plots.sharpness(0.993))


AXES = {
    **{setting.label: setting.ticks for setting in SPACE.values()},
    "accuracy": [(_height(share), f"{share:.0%}") for share in (0.0, 0.5, 0.8, 0.9, 0.95, 0.97, 0.98, 0.99)],
}


def _heights(config: Config, accuracy: float) -> list[float]:
    """A trial as a line from axis to axis; one that failed ends at the bottom."""
    return [
        *(SPACE[name].height(config[name]) for name in SPACE),
        _height(accuracy) if math.isfinite(accuracy) else 0.0,
    ]
