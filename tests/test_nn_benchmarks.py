"""python -m course_lib bench runs, compares, and names what it leaves out."""

import os
import re
import subprocess
import sys
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from course_lib import speed
from tests.benchmarks import accuracy, sweep
from tests.benchmarks.__main__ import main
from tests.benchmarks.peers import PEERS
from tests.benchmarks.workloads import WORKLOADS

ROOT = Path(__file__).parents[1]


def test_digits_beside_the_products_and_who_is_absent_by_name(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.benchmarks", "E", "A", "--rounds", "1"]
    command += ["--peers", "course_lib", "products", "JAX"]
    environment = os.environ | {"COURSE_DATA": str(tmp_path)}  # no MNIST in there
    result = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)
    assert result.returncode == 0, result.stderr
    assert re.search(r"Python [\d.]+; \d+ processors, one thread on one of them each; openblas for \w+", result.stdout)
    ratios = dict(re.findall(r"^    (\w+) +[\d.]+ s +([\d.]+)$", result.stdout, flags=re.MULTILINE))
    assert float(ratios["course_lib"]) == 1 and 0 < float(ratios["products"]) < 1
    if find_spec("jax") is None:
        assert "JAX is skipped: jax is not installed." in result.stdout
    assert re.search(r"course_lib is skipped: .*COURSE_DATA", result.stdout)


def test_record_keeps_what_was_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(speed, "RECORD", tmp_path / "speed.json")
    assert main(["E", "--rounds", "1", "--peers", "course_lib", "products"]) == 0
    assert not (tmp_path / "speed.json").exists()  # not asked for
    assert main(["E", "--rounds", "1", "--peers", "course_lib", "products", "--record"]) == 0
    table = speed.recorded()
    assert list(table.workloads) == ["E"] and table.workloads["E"].what == str(WORKLOADS["E"])
    printed = dict(re.findall(r"^    (\w+) +([\d.]+) s", capsys.readouterr().out, flags=re.MULTILINE))  # the last ones
    assert {name: f"{seconds:.4f}" for name, seconds in table.workloads["E"].seconds.items()} == printed
    assert "One thread each, one round." in table.made and re.search(r"\d{4}-\d\d-\d\d", table.made)


@pytest.mark.parametrize("arguments", [["A", "--rounds", "0"], ["sweep", "--rounds", "-1"]])
def test_no_rounds_are_refused_before_anything_is_measured(
    arguments: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweep, "show", lambda rounds: pytest.fail("it measured something"))
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert f"--rounds must be at least 1, not {arguments[-1]}" in capsys.readouterr().err


@pytest.mark.parametrize("name", [name for name in PEERS if name != "products"])
def test_a_peer_really_trains(name: str) -> None:
    workload = WORKLOADS["E"]
    X, y = workload.data()
    try:
        trainer = PEERS[name](workload, X, y)
    except ImportError as error:
        pytest.skip(f"{error.name} is not installed")
    trainer.run()
    assert np.mean(trainer.predict(X) == y) > 0.98


def test_an_unknown_workload_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["Q"])
    assert "there is no workload Q; there are A, B, C, D, E" in capsys.readouterr().err


def test_the_accuracy_of_digits_in_ten_splits_and_a_bar_that_is_missed(capsys: pytest.CaptureFixture[str]) -> None:
    digits = accuracy.BARS[0]
    assert [config.seed for config in digits.configs()] == list(range(10))
    assert all(config.test == 0.2 and config.dataset == "digits" for config in digits.configs())
    accuracy.show([replace(digits, seeds=2, seconds=60), replace(digits, seeds=1, accuracy=100.0, seconds=60)])
    _, reached, missed = capsys.readouterr().out.splitlines()
    numbers = re.fullmatch(
        r"digits, mean of 2 splits +([\d.]+)% +97.5% +([\d.]+) +60   ([\d.]+) to ([\d.]+)(   missed)?", reached
    )
    assert numbers
    mean, seconds, low, high = map(float, numbers.groups()[:4])
    assert 94 < low < high <= 100 and mean == pytest.approx((low + high) / 2, abs=0.01) and seconds > 0
    assert (numbers[5] is None) == (mean >= 97.5)
    assert missed.endswith("missed")


def test_every_configuration_of_the_course_has_a_bar() -> None:
    configs = {path.stem for path in (ROOT / "course_lib" / "configs").glob("*.yaml")}
    assert {bar.config for bar in accuracy.BARS} == configs
