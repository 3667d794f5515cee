"""What the configurations of the course reach on test images, in how much processor time, and what they should reach.

Every run is a process of its own, `python -m course_lib train`, and its time is all of it: imports, images, training.
The settings were chosen on validation images; the test images only measure.
"""

import re
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from course_lib.nn.config import Config, load_config

ROOT = Path(__file__).parents[2]
RUN = """
import sys, time
from course_lib.training_command import main
code = main(sys.argv[1:])
print("seconds", time.process_time())
sys.exit(code)
"""


@dataclass(frozen=True)
class Bar:
    """A configuration, how it is run, and its bar: this accuracy in percent, in so many seconds of processor time."""

    config: str
    accuracy: float
    seconds: float
    summary: Callable[[Sequence[float]], float] = statistics.median
    seeds: int = 3
    changes: dict[str, Any] = field(default_factory=dict)

    def configs(self) -> list[Config]:
        settings = replace(load_config(ROOT / "course_lib" / "configs" / f"{self.config}.yaml"), **self.changes)
        return [replace(settings, seed=seed) for seed in range(self.seeds)]

    def __str__(self) -> str:
        return f"{self.config}, {self.summary.__name__} of {self.seeds} {'splits' if self.changes else 'seeds'}"


BARS = (
    Bar("digits", 97.5, 5, statistics.mean, 10, {"test": 0.2}),  # each seed divides all 1,797 images anew
    Bar("mnist", 98.0, 5, statistics.mean),
    Bar("mnist-deep", 98.5, 60),
    Bar("mnist-best", 98.8, 300),
    Bar("fashion-mnist", 90.0, 120),
)


def measure(config: Config) -> tuple[float, float]:
    """(test accuracy in percent, seconds of processor time with everything) of one run."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "config.yaml")
        path.write_text(config.to_yaml(), encoding="utf-8")
        command = [sys.executable, "-c", RUN, str(path), "--out", str(Path(folder, "model.npz"))]
        result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if result.returncode != 0:
        raise SystemExit(result.stderr.strip())
    accuracy = re.search(r"On the test images: accuracy ([\d.]+)%", result.stdout)
    seconds = re.search(r"^seconds ([\d.]+)$", result.stdout, flags=re.MULTILINE)
    assert accuracy and seconds
    return float(accuracy[1]), float(seconds[1])


def show(bars: Sequence[Bar] = BARS) -> None:
    """Measure, and print a line for each of them as it is done."""
    print(f"{'configuration':<34}{'test accuracy':>14}{'bar':>8}{'seconds':>10}{'bar':>6}   lowest to highest")
    for bar in bars:
        accuracies, seconds = zip(*map(measure, bar.configs()), strict=True)
        reached, took = bar.summary(accuracies), bar.summary(seconds)
        missed = "" if reached >= bar.accuracy and took <= bar.seconds else "   missed"
        print(
            f"{bar!s:<34}{reached:>13.2f}%{bar.accuracy:>7.1f}%{took:>10.1f}{bar.seconds:>6.0f}"
            f"   {min(accuracies):.2f} to {max(accuracies):.2f}{missed}",
            flush=True,
        )
