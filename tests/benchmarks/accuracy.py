"""What accuracy the configurations of the course reach, and in how much processor time: median of three seeds."""

import re
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
SEEDS = (0, 1, 2)
RUN = """
import sys, time
from course_lib.training_command import main
code = main(sys.argv[1:])
print("seconds", time.process_time())
sys.exit(code)
"""


def measure(config: Path, seed: int) -> tuple[float, float]:
    """(test accuracy in percent, seconds of processor time with everything) of one run."""
    text = re.sub(r"^seed: .*$", f"seed: {seed}", config.read_text(encoding="utf-8"), flags=re.MULTILINE)
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, config.name)
        copy.write_text(text, encoding="utf-8")
        command = [sys.executable, "-c", RUN, str(copy), "--out", str(Path(folder, "model.npz"))]
        result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if result.returncode != 0:
        raise SystemExit(f"{config.name}: {result.stderr.strip()}")
    accuracy = re.search(r"On the test images: accuracy ([\d.]+)%", result.stdout)
    seconds = re.search(r"^seconds ([\d.]+)$", result.stdout, flags=re.MULTILINE)
    assert accuracy and seconds
    return float(accuracy[1]), float(seconds[1])


def show() -> None:
    print(f"{'configuration':<22}{'test accuracy':>14}{'seconds':>9}   median of {len(SEEDS)} seeds")
    for config in sorted((ROOT / "course_lib" / "configs").glob("*.yaml")):
        accuracies, seconds = zip(*(measure(config, seed) for seed in SEEDS), strict=True)
        spread = f"{min(accuracies):.2f} to {max(accuracies):.2f}"
        print(
            f"{config.name:<22}{statistics.median(accuracies):>13.2f}%{statistics.median(seconds):>9.1f}   {spread}",
            flush=True,
        )
