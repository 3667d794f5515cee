"""python -m course_lib tune: a plan carried out, interrupted, gone on with; on a cluster that loses a worker."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from course_lib.nn.config import parse
from course_lib.tuning.log import ExperimentLog
from course_lib.tuning_command import main

ROOT = Path(__file__).parents[1]
SMALL = """
epochs: 2
hidden: [16]
batch_size: 64
search:
  method: grid
  lr: [0.003, 0.1, 1e30]
  momentum: [0, 0.9]
"""
SLOW = """
epochs: 40
batch_size: 16
search:
  method: random
  trials: 8
  lr: {log_uniform: [0.01, 0.1]}
"""


def plan(tmp_path: Path, text: str) -> str:
    path = tmp_path / "plan.yaml"
    path.write_text(text)
    return str(path)


def rows(log: Path) -> list[dict[str, Any]]:
    """What the log holds. The last line may be on its way."""
    lines = log.read_text().splitlines(keepends=True) if log.exists() else []
    return [json.loads(line) for line in lines if line.endswith("\n")]


def scores(log: Path) -> dict[str, dict[str, float]]:
    """Setting -> scores. Every trial is there once."""
    found = {trial.key: dict(trial.scores) for trial in ExperimentLog(log).trials()}
    assert len(found) == len(rows(log))
    return found


def test_a_grid_ends_with_a_table_the_failures_and_the_best(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "progress.jsonl"))
    path = plan(tmp_path, SMALL)
    assert main([path, "--workers", "2"]) == 0
    text = capsys.readouterr().out
    log = tmp_path / "sweeps" / "plan.jsonl"
    assert "6 settings, 1 seed(s) each." in text and str(log) in text and len(rows(log)) == 6
    assert len(re.findall(r"Failed: lr 1e\+30, momentum 0(\.9)?\. DivergenceError: Training diverged", text)) == 2
    table = re.findall(r"^ *([\d.]+) +([\d.]+) +([\d.]+)%", text, flags=re.MULTILINE)
    assert len(table) == 4 and [float(row[2]) for row in table] == sorted(
        (float(row[2]) for row in table), reverse=True
    )
    best = text.partition("The best, as lines of a configuration:")[2]
    assert {"lr": float(table[0][0]), "momentum": float(table[0][1])} == yaml.safe_load(best)
    assert parse(best).lr == 0.1
    # Once more: nothing is repeated, and the end is the same.
    assert main([path, "--workers", "1"]) == 0
    again = capsys.readouterr().out
    assert "It holds 6 trials; those of this plan are not repeated." in again and len(rows(log)) == 6
    assert again.partition("val_accuracy")[2] == text.partition("val_accuracy")[2]


def test_halving_shows_those_that_lasted_longest_first(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = "epochs: 1\nsearch:\n  method: halving\n  trials: 5\n  lr: {log_uniform: [0.001, 0.3]}\n"
    log = tmp_path / "log.jsonl"
    assert main([plan(tmp_path, text), "--workers", "1", "--log", str(log)]) == 0
    assert [row["config"]["epochs"] for row in rows(log)] == [1] * 5 + [2] * 2
    table = re.findall(r"^ *([\d.]+) +(\d+) +([\d.]+)%", capsys.readouterr().out, flags=re.MULTILINE)
    assert [int(epochs) for _, epochs, _ in table] == [2, 2, 1, 1, 1]
    assert len({lr for lr, _, _ in table}) == 5


def test_several_seeds_give_a_mean_and_a_spread(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = "epochs: 1\nsearch:\n  method: grid\n  lr: [0.05]\n  seed: [0, 1, 2]\n"
    log = tmp_path / "log.jsonl"
    assert main([plan(tmp_path, text), "--workers", "1", "--log", str(log)]) == 0
    accuracies = [row["scores"]["val_accuracy"] for row in rows(log)]
    assert [row["seed"] for row in rows(log)] == [0, 1, 2] and len(set(accuracies)) > 1
    mean = sum(accuracies) / 3
    spread = (sum((a - mean) ** 2 for a in accuracies) / 2) ** 0.5
    assert f"{mean:.2%} +- {spread:.2%}" in capsys.readouterr().out


def test_mistakes_are_one_sentence_and_no_traceback(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = str(tmp_path / "log.jsonl")
    assert main([plan(tmp_path, SMALL.replace("momentum", "momentun")), "--log", log]) == 1
    assert "plan.yaml, line 8: there is no setting 'momentun'; did you mean momentum?" in capsys.readouterr().err
    (tmp_path / "file").write_text("")
    assert main([plan(tmp_path, SMALL), "--log", str(tmp_path / "file" / "log.jsonl")]) == 1
    assert "choose another file" in capsys.readouterr().err
    assert main([plan(tmp_path, SMALL.replace("[0.003, 0.1, 1e30]", "[1e30]")), "--workers", "1", "--log", log]) == 1
    assert "No trial has come to a good end" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main([plan(tmp_path, SMALL), "--workers", "0"])
    assert "there must be at least 1, not 0" in capsys.readouterr().err


# ---- interrupted -----------------------------------------------------------------------------------------------------


@pytest.fixture
def start() -> Iterator[Callable[[str, Path], subprocess.Popen[str]]]:
    """Starts the command in a process group of its own, as a terminal does; what is left of it ends with the test."""
    code = "import sys; from course_lib.tuning_command import main; sys.exit(main(sys.argv[1:]))"
    started: list[subprocess.Popen[str]] = []

    def start(path: str, log: Path) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", code, path, "--workers", "2", "--log", str(log)]
        pipe = subprocess.PIPE
        process = subprocess.Popen(command, cwd=ROOT, stdout=pipe, stderr=pipe, text=True, start_new_session=True)
        started.append(process)
        return process

    yield start
    for process in started:
        if not group_is_gone(process.pid):
            os.killpg(process.pid, signal.SIGKILL)


def wait_until(condition: Any, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it takes too long"
        time.sleep(0.02)


def group_is_gone(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return True
    return False


@pytest.mark.skipif(not hasattr(os, "killpg"), reason="this system has no process groups to send Ctrl-C to")
def test_ctrl_c_ends_all_processes_and_the_same_command_goes_on(tmp_path: Path, start: Any) -> None:
    path, unbroken, broken = plan(tmp_path, SLOW), tmp_path / "unbroken.jsonl", tmp_path / "broken.jsonl"
    process = start(path, broken)
    wait_until(lambda: len(rows(broken)) >= 3)
    os.killpg(process.pid, signal.SIGINT)  # a terminal sends it to all of them
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130 and "the same command goes on" in errors and "Traceback" not in errors
    wait_until(lambda: group_is_gone(process.pid))
    assert 3 <= len(rows(broken)) < 8
    assert main([path, "--workers", "2", "--log", str(broken)]) == 0
    assert main([path, "--workers", "1", "--log", str(unbroken)]) == 0
    assert scores(broken) == scores(unbroken) and len(scores(unbroken)) == 8


@pytest.mark.skipif(not hasattr(os, "killpg"), reason="this system has no process groups to send Ctrl-C to")
def test_ctrl_c_does_not_wait_for_trials_that_take_minutes(tmp_path: Path, start: Any) -> None:
    text = "search:\n  method: grid\n  epochs: [1, 100000]\n  lr: [0.01, 0.02]\n"
    log = tmp_path / "log.jsonl"
    process = start(plan(tmp_path, text), log)
    wait_until(lambda: len(rows(log)) == 2)  # from here on the long ones are under way
    time.sleep(0.2)
    os.killpg(process.pid, signal.SIGINT)
    process.communicate(timeout=30)
    assert process.returncode == 130
    wait_until(lambda: group_is_gone(process.pid), seconds=10)


@pytest.mark.skipif(not hasattr(os, "killpg"), reason="this system has no process groups")
def test_processes_do_not_outlive_a_command_that_is_killed(tmp_path: Path, start: Any) -> None:
    log = tmp_path / "log.jsonl"
    process = start(plan(tmp_path, SLOW), log)
    wait_until(lambda: len(rows(log)) >= 1)
    process.kill()
    process.communicate(timeout=60)
    wait_until(lambda: group_is_gone(process.pid), seconds=5)


# ---- on a cluster ----------------------------------------------------------------------------------------------------


def test_a_cluster_that_loses_a_worker_makes_every_trial_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    distributed = pytest.importorskip("distributed", reason='dask is not installed: pip install -e ".[dask]"')
    path, log, local = plan(tmp_path, SLOW), tmp_path / "log.jsonl", tmp_path / "local.jsonl"
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        distributed.Client(cluster) as client,
    ):
        processes = client.run(os.getpid)
        assert len(set(processes.values()) - {os.getpid()}) == 2

        def kill_one() -> None:
            wait_until(lambda: len(rows(log)) >= 2)
            busy = next(address for address, keys in client.processing().items() if keys)
            os.kill(processes[busy], signal.SIGTERM if os.name == "nt" else signal.SIGKILL)
            killed.append(busy)

        killed: list[str] = []
        killer = threading.Thread(target=kill_one)
        killer.start()
        assert main([path, "--dask", cluster.scheduler_address, "--log", str(log)]) == 0
        killer.join()
        assert len(killed) == 1
    assert main([path, "--workers", "1", "--log", str(local)]) == 0
    assert scores(log) == scores(local) and len(scores(log)) == 8


def test_a_cluster_that_is_not_there_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("distributed", reason='dask is not installed: pip install -e ".[dask]"')
    assert main([plan(tmp_path, SMALL), "--dask", "nonsense", "--log", str(tmp_path / "log.jsonl")]) == 1
    assert "There is no dask scheduler at nonsense" in capsys.readouterr().err


def test_without_dask_the_sentence_says_what_to_install(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert main([plan(tmp_path, SMALL), "--dask", "tcp://127.0.0.1:1", "--log", str(tmp_path / "log.jsonl")]) == 1
    assert 'pip install -e ".[dask]"' in capsys.readouterr().err
