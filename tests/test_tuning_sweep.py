"""Sweeps: every trial is a row, whatever it does, once; on threads, on processes, and on an executor that fails."""

import json
import math
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from threadpoolctl import threadpool_info

from course_lib.nn.config import Config
from course_lib.tuning import ExperimentLog, Trial
from course_lib.tuning.networks import train_and_validate
from course_lib.tuning.processes import SweepError
from course_lib.tuning.searches import successive_halving
from course_lib.tuning.sweep import halving, ranked, sweep

ROOT = Path(__file__).parents[1]
Settings = dict[str, Any]
CONFIGS = [{"x": x} for x in range(6)]


@pytest.fixture
def threads():
    with ThreadPoolExecutor(2) as executor:
        yield executor


@pytest.fixture
def log(tmp_path: Path) -> ExperimentLog:
    return ExperimentLog(tmp_path / "log.jsonl")


def rows(log: ExperimentLog) -> list[tuple[int, int]]:
    """(x, seed) of every row, in the order of the file."""
    return [(trial.config["x"], trial.seed) for trial in log.trials()]


# ---- results ---------------------------------------------------------------------------------------------------------


def test_results_come_in_the_order_of_the_configs_with_a_trial_for_each_seed(threads: Executor) -> None:
    def evaluate(config: Settings, seed: int) -> float:
        time.sleep(0.01 * (5 - config["x"]))  # the last ones finish first
        return config["x"] + 0.1 * seed

    results = sweep(evaluate, CONFIGS, seeds=(1, 3), executor=threads)
    assert [result.config for result in results] == CONFIGS
    scores = [trial.scores["score"] for result in results for trial in result.trials]
    assert scores == pytest.approx([x + luck for x in range(6) for luck in (0.1, 0.3)])
    assert results[2].mean("score") == pytest.approx(2.2) and results[2].spread("score") == pytest.approx(0.1 * 2**0.5)
    assert [result.config["x"] for result in ranked(results, "score")] == [5, 4, 3, 2, 1, 0]
    assert all(trial.seconds > 0.005 for trial in results[0].trials)
    with pytest.raises(LookupError, match="There is no score 'accuracy'; there are score"):
        results[0].mean("accuracy")


def test_one_and_two_processes_train_the_same_networks() -> None:
    base = Config(epochs=3, batch_size=64, momentum=0.9, hidden=(16,))
    configs = [{**vars(base), "lr": lr, "hidden": hidden} for lr in (0.02, 0.1) for hidden in ((8,), (16,))]
    for config in configs:
        del config["seed"]
    scores = []
    for workers in (1, 2):
        results = sweep(train_and_validate, configs, seeds=(0, 1), workers=workers)
        scores.append([dict(trial.scores) for result in results for trial in result.trials])
    assert scores[0] == scores[1]
    assert len({score["val_loss"] for score in scores[0]}) == 8 and all(s["val_accuracy"] > 0.5 for s in scores[0])


def test_a_process_has_one_blas_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        monkeypatch.setenv(name, "2")  # what it would have otherwise

    def threads_of_blas(config: Settings, seed: int) -> float:
        import numpy  # noqa: F401 - brings BLAS

        threads = [info["num_threads"] for info in threadpool_info() if info["user_api"] == "blas"]
        return float(max(threads, default=1))  # Apple's Accelerate does not tell

    assert sweep(threads_of_blas, CONFIGS[:1], workers=1)[0].mean("score") == 1


def test_the_same_trial_twice_is_made_once(threads: Executor, log: ExperimentLog) -> None:
    results = sweep(lambda c, seed: 1.0, [{"x": 1}, {"x": 2}, {"x": 1}], executor=threads, log=log)
    assert len(results) == 3 and sorted(rows(log)) == [(1, 0), (2, 0)]


# ---- trials that fail ------------------------------------------------------------------------------------------------


def test_a_trial_that_fails_is_a_row_with_its_reason_and_the_others_go_on(
    threads: Executor, log: ExperimentLog
) -> None:
    def evaluate(config: Settings, seed: int) -> Any:
        return [
            lambda: 0.5,
            lambda: 1 // 0,
            lambda: math.nan,
            lambda: {"val_accuracy": 0.5, "val_loss": math.inf},
            lambda: sys.exit("enough"),
            lambda: "nonsense",
        ][config["x"]]()

    results = sweep(evaluate, CONFIGS, executor=threads, log=log)
    assert [result.reason for result in results] == [
        "",
        "ZeroDivisionError: integer division or modulo by zero",
        "score is nan",
        "val_loss is inf",
        "SystemExit: enough",
        "TypeError: must be real number, not str",
    ]
    assert sorted(rows(log)) == [(x, 0) for x in range(6)]
    assert [result.config["x"] for result in ranked(results, "score")][0] == 0
    assert math.isnan(results[1].mean("score"))


def test_a_trial_that_takes_its_process_down_is_found_out_and_no_other_pays_for_it(log: ExperimentLog) -> None:
    def evaluate(config: Settings, seed: int) -> float:
        if config["x"] == 2:
            os._exit(3)
        time.sleep(0.05)
        return float(config["x"])

    results = sweep(evaluate, CONFIGS, workers=2, log=log)
    assert [result.reason for result in results] == ["", "", "its process died, each time it was tried", "", "", ""]
    assert [trial.scores.get("score") for result in results for trial in result.trials] == [0, 1, None, 3, 4, 5]
    assert sorted(rows(log)) == [(x, 0) for x in range(6)]


def test_a_process_that_dies_once_costs_no_trial(log: ExperimentLog, tmp_path: Path) -> None:
    def evaluate(config: Settings, seed: int) -> float:
        if config["x"] == 1 and not (tmp_path / "tried").exists():
            (tmp_path / "tried").write_text("")
            os._exit(3)
        return float(config["x"])

    results = sweep(evaluate, CONFIGS[:3], workers=2, log=log)
    assert [result.mean("score") for result in results] == [0, 1, 2]
    assert sorted(rows(log)) == [(0, 0), (1, 0), (2, 0)]


# ---- going on --------------------------------------------------------------------------------------------------------


def test_a_sweep_goes_on_with_what_its_log_lacks(threads: Executor, log: ExperimentLog) -> None:
    tried = []

    def evaluate(config: Settings, seed: int) -> float:
        tried.append((config["x"], seed))
        return math.nan if config["x"] == 1 else float(config["x"])

    configs = [{"x": x, "hidden": (x, x)} for x in range(4)]
    first = sweep(evaluate, configs[:3], executor=threads, log=log)
    whole = sweep(evaluate, configs, executor=threads, log=log)
    assert sorted(tried) == [(0, 0), (1, 0), (2, 0), (3, 0)]  # the failed one is finished, too
    assert whole[:3] == [_rounded(result) for result in first] and whole[1].reason == "score is nan"
    assert whole[0].config["hidden"] == (0, 0)
    sweep(evaluate, configs, seeds=(0, 1), executor=threads, log=log)
    assert sorted(tried[4:]) == [(0, 1), (1, 1), (2, 1), (3, 1)]


def _rounded(result: Any) -> Any:
    """As the log keeps it, with milliseconds."""
    trials = [Trial(t.config, t.seed, t.scores, round(t.seconds, 3), t.reason) for t in result.trials]
    return type(result)(result.config, tuple(trials))


def test_only_the_trial_of_a_damaged_line_is_repeated(threads: Executor, log: ExperimentLog) -> None:
    tried = []

    def evaluate(config: Settings, seed: int) -> float:
        tried.append(config["x"])
        return 0.0

    sweep(evaluate, CONFIGS, executor=threads, log=log)
    lines = log.file.read_text().splitlines()
    lost = json.loads(lines[-1])["config"]["x"]
    log.file.write_text("\n".join([*lines[:-1], lines[-1][:25]]))  # a crash in the middle of the last line
    tried.clear()
    sweep(evaluate, CONFIGS, executor=threads, log=log)
    assert tried == [lost]
    assert sorted(rows(log)) == [(x, 0) for x in range(6)] and log.read().damaged_lines == (6,)


def test_the_progress_bar_knows_what_is_done_already(threads: Executor, log: ExperimentLog) -> None:
    calls = []

    def bar(trials: Any, *, total: int, initial: int) -> Any:
        calls.append((total, initial))
        return trials

    for count in (2, 6):
        sweep(lambda c, s: 0.0, CONFIGS[:count], executor=threads, log=log, progress_bar=bar)
    assert calls == [(2, 0), (6, 2)]


# ---- successive halving ----------------------------------------------------------------------------------------------


def test_halving_ends_with_the_winner_of_the_serial_one_and_its_log_is_reused(
    threads: Executor, log: ExperimentLog
) -> None:
    def score(config: Settings, epochs: float) -> float:
        return math.nan if config["x"] == 7 else -abs(config["x"] - 3.2) / epochs + 0.01 * epochs

    def evaluate(config: Settings, seed: int) -> dict[str, float]:
        return {"val_accuracy": score(config, config["epochs"])}

    configs = [{"x": x, "epochs": 2} for x in range(9)]
    rounds = halving(evaluate, configs, by="val_accuracy", executor=threads, log=log)
    assert [len(results) for results in rounds] == [9, 4, 2]
    assert [{result.config["epochs"] for result in results} for results in rounds] == [{2}, {4}, {8}]
    winner = ranked(rounds[-1], "val_accuracy")[0].config["x"]
    assert winner == successive_halving(score, [{"x": x} for x in range(9)], 2)["x"] == 3
    assert all(result.config["x"] != 7 for results in rounds[1:] for result in results)
    count = len(log.trials())
    assert count == 15
    again = halving(evaluate, configs, by="val_accuracy", executor=threads, log=log)
    assert len(log.trials()) == count
    assert [[r.config for r in results] for results in again] == [[r.config for r in results] for results in rounds]


# ---- what stops a sweep ----------------------------------------------------------------------------------------------


class Failing(Executor):
    """Answers the first tasks, and then every one with an error."""

    def __init__(self, good: int, error: BaseException | None) -> None:
        self.good, self.error = good, error

    def submit(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        self.good -= 1
        if self.good >= 0:
            future.set_result(function(*args, **kwargs))
        elif self.error is None:
            future.cancel()
            future.set_running_or_notify_cancel()
        else:
            future.set_exception(self.error)
        return future


@pytest.mark.parametrize(
    ("error", "complaint"),
    [(ModuleNotFoundError("No module named 'course_lib'"), "ModuleNotFoundError: No module"), (None, "CancelledError")],
)
def test_an_executor_that_fails_stops_the_sweep_and_what_is_finished_is_kept(
    error: BaseException | None, complaint: str, log: ExperimentLog
) -> None:
    with pytest.raises(SweepError, match=f"The executor cannot run the trials: {complaint}"):
        sweep(lambda c, seed: 1.0, CONFIGS, executor=Failing(2, error), log=log)
    assert len(log.trials()) <= 2
    sweep(lambda c, seed: 1.0, CONFIGS, executor=Failing(6, None), log=log)
    assert sorted(rows(log)) == [(x, 0) for x in range(6)]


def test_an_executor_that_takes_no_tasks_stops_the_sweep(log: ExperimentLog) -> None:
    closed = ThreadPoolExecutor(1)
    closed.shutdown()
    with pytest.raises(SweepError, match="The executor cannot run the trials: RuntimeError: cannot schedule"):
        sweep(lambda c, seed: 1.0, CONFIGS, executor=closed, log=log)


def test_an_evaluate_that_changes_its_config_changes_no_row(threads: Executor, log: ExperimentLog) -> None:
    def evaluate(config: Settings, seed: int) -> float:
        config["hidden"].append(3)
        return float(config.pop("x"))

    configs = [{"x": x, "hidden": [8]} for x in range(3)]
    results = sweep(evaluate, configs, executor=threads, log=log)
    assert configs == [{"x": x, "hidden": [8]} for x in range(3)] == [result.config for result in results]
    assert sorted((trial.config for trial in log.trials()), key=lambda config: config["x"]) == configs


def test_a_task_that_kills_the_workers_of_a_cluster_is_a_failed_trial() -> None:
    class KilledWorker(Exception):  # noqa: N818 - as dask calls it
        pass

    results = sweep(lambda c, seed: 1.0, CONFIGS, executor=Failing(5, KilledWorker("...")))
    assert [result.reason for result in results] == [""] * 5 + ["its process died, each time it was tried"]


def test_what_is_nobodys_fault_is_no_row(log: ExperimentLog, threads: Executor) -> None:
    def evaluate(config: Settings, seed: int) -> float:
        raise SweepError("The images are not there.")

    for where in ({"executor": threads}, {"workers": 1}):
        with pytest.raises(SweepError, match="The images are not there."):
            sweep(evaluate, CONFIGS, log=log, **where)  # type: ignore[arg-type]
    assert log.trials() == ()


def test_images_that_cannot_be_had_stop_the_sweep(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    settings = {name: value for name, value in vars(Config(dataset="mnist")).items() if name != "seed"}
    with pytest.raises(SweepError, match="COURSE_DATA is set, but there is no"):
        train_and_validate(settings, 0)


class Explosive:
    """Can be packed, but not unpacked."""

    def __reduce__(self) -> Any:
        return (int, ("not a number",))

    def __call__(self, config: Settings, seed: int) -> float:
        return 0.0


def test_what_cannot_be_sent_to_a_process_is_said_before_anything_is_tried(log: ExperimentLog) -> None:
    lock = threading.Lock()
    with pytest.raises(SweepError, match="cannot be sent to another process"):
        sweep(lambda c, seed: float(lock.locked()), CONFIGS, workers=1, log=log)
    with pytest.raises(SweepError, match="A process cannot unpack what it is to do: ValueError"):
        sweep(Explosive(), CONFIGS, workers=1, log=log)
    with pytest.raises(SweepError, match="cannot be handed to a process: TypeError: stays here"):
        sweep(lambda c, seed: 0.0, [{"x": 1, "y": Unsendable(2)}], workers=1)
    assert log.trials() == ()


class Unsendable(int):
    def __reduce__(self) -> Any:
        raise TypeError("stays here")


SCRIPT = """
from course_lib.tuning.sweep import sweep

def evaluate(config, seed):
    return float(config["x"])

print([result.mean("score") for result in sweep(evaluate, [{"x": 1}, {"x": 2}], workers=2)])
"""


def test_a_function_of_a_session_goes_to_processes_and_an_unguarded_script_is_told(tmp_path: Path) -> None:
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", SCRIPT]
    session = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    assert session.stdout == "[1.0, 2.0]\n"
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    result = subprocess.run([sys.executable, script], env=environment, capture_output=True, text=True)
    assert result.returncode != 0 and 'put what it does under `if __name__ == "__main__":`' in result.stderr
    script.write_text(SCRIPT.replace("\nprint", '\nif __name__ == "__main__":\n    print'))
    result = subprocess.run([sys.executable, script], env=environment, capture_output=True, text=True, check=True)
    assert result.stdout == "[1.0, 2.0]\n"
