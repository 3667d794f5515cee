"""python -m course_lib train: from a YAML file to a saved network."""

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from real_data import needs_real_data

from course_lib import training_command
from course_lib.data import load as load_data
from course_lib.nn import Network, evaluate
from course_lib.nn.config import load_config
from course_lib.nn.history import Progress
from course_lib.nn.resume import run_state
from course_lib.nn.run import DivergenceError, Training
from course_lib.nn.storage import load, load_extra, save
from course_lib.preparation import divide, start
from course_lib.training_command import main

ROOT = Path(__file__).parents[1]
CONFIGS = ROOT / "course_lib" / "configs"
SMALL = "dataset: digits\nhidden: [16]\nepochs: 3\nbatch_size: 32\nmomentum: 0.9\nlr: 0.05\n"


def config(tmp_path: Path, text: str = SMALL) -> str:
    path = tmp_path / "run.yaml"
    path.write_text(text)
    return str(path)


def test_it_trains_saves_and_tells(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "model.npz"
    assert main([config(tmp_path), "--out", str(out)]) == 0
    text = capsys.readouterr().out
    assert "epoch 3/3: loss" in text and "validation: loss" in text and "all epochs done" in text
    told = float(re.search(r"On the test images: accuracy ([\d.]+)%", text)[1]) / 100  # type: ignore[index]
    digits = load_data("digits")
    assert evaluate(load(out), digits.X_test, digits.y_test)[1] == pytest.approx(told, abs=1e-4)  # raw pixels go in
    assert told > 0.85
    extra = load_extra(out)
    assert len(extra["history/val_loss"]) == 3 and "hidden:" in str(extra["config"]) and "position" not in extra


@pytest.mark.parametrize("standardize", ["none", "all", "pixels"])
def test_the_saved_network_takes_pixels_as_they_come(standardize: str, tmp_path: Path) -> None:
    out = tmp_path / "model.npz"
    assert main([config(tmp_path, SMALL + f"standardize: {standardize}\nvalidation: 0\n"), "--out", str(out)]) == 0
    digits = load_data("digits")
    front = load(out).layers[0]
    Z = front.forward(digits.X_train)
    if standardize == "none":
        np.testing.assert_array_equal(Z, digits.X_train)
    elif standardize == "all":
        assert Z.mean() == pytest.approx(0, abs=1e-3) and Z.std() == pytest.approx(1, rel=1e-3)
    else:
        varies = digits.X_train.std(axis=0) > 0
        np.testing.assert_allclose(Z.std(axis=0), varies, atol=1e-3)
    assert evaluate(load(out), digits.X_test, digits.y_test)[1] > 0.85


def test_ctrl_c_keeps_the_best_and_resume_ends_where_an_unbroken_run_ends(tmp_path: Path) -> None:
    text = (
        SMALL.replace("epochs: 3", "epochs: 60")
        + "dropout: [0.1, 0.2]\nbatch_norm: true\nschedule: cosine\nlam: 1e-4\n"
    )
    path, unbroken, broken = config(tmp_path, text), tmp_path / "unbroken.npz", tmp_path / "broken.npz"
    assert main([path, "--out", str(unbroken)]) == 0
    code = "import sys; from course_lib.training_command import main; sys.exit(main(sys.argv[1:]))"
    command = [sys.executable, "-u", "-c", code, path, "--out", str(broken)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout
    for line in process.stdout:
        if line.startswith("epoch 5/60"):
            break
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130 and "holds the best network so far" in errors and "Traceback" not in errors
    digits = load_data("digits")
    assert evaluate(load(broken), digits.X_test, digits.y_test)[1] > 0.5
    assert main([path, "--out", str(broken), "--resume"]) == 0
    one, other = load(unbroken).named_parameters(), load(broken).named_parameters()
    for name, value in one.items():
        np.testing.assert_array_equal(value, other[name], err_msg=name)
    np.testing.assert_array_equal(load_extra(unbroken)["history/train_loss"], load_extra(broken)["history/train_loss"])


def test_mistakes_are_one_sentence_and_no_traceback(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = str(tmp_path / "model.npz")
    assert main([config(tmp_path, "epoch: 3\n"), "--out", out]) == 1
    assert "line 1: there is no setting 'epoch'; did you mean epochs?" in capsys.readouterr().err
    assert main([str(tmp_path / "none.yaml"), "--out", out]) == 1
    assert capsys.readouterr().err.startswith(f"There is no file {tmp_path / 'none.yaml'}: correct the name")
    assert main([config(tmp_path, ""), "--out", out]) == 1
    assert "run.yaml is empty: write settings" in capsys.readouterr().err
    assert main([config(tmp_path), "--out", out, "--resume"]) == 1
    assert "There is no file" in capsys.readouterr().err
    assert main([config(tmp_path, SMALL.replace("lr: 0.05", "lr: 1e30")), "--out", out]) == 1
    assert re.fullmatch(r"Training diverged at step .*gradient\.\n", capsys.readouterr().err)
    assert main([config(tmp_path, "hidden: [1000000, 1000000]\n"), "--out", out]) == 1
    assert "There is not enough memory: make hidden or batch_size smaller" in capsys.readouterr().err
    assert main([config(tmp_path, SMALL + "validation: 0.0001\n"), "--out", out]) == 1
    assert "is not a single one: make it larger" in capsys.readouterr().err
    assert not Path(out).exists()
    falling = SMALL + "schedule: exponential\ndecay_factor: 0.000001\ndecay_epochs: 0.01\n"
    assert main([config(tmp_path, falling), "--out", out]) == 1
    told = capsys.readouterr().err
    assert "The learning rate must be above 0" in told and told.endswith("model.npz holds the best network so far.\n")


def interrupted(*_: object) -> None:
    raise KeyboardInterrupt


def test_a_place_that_cannot_be_written_is_noticed_before_anything_else(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training_command, "load", lambda name: pytest.fail("the images are not to be loaded"))
    path = config(tmp_path)
    assert main([path, "--out", str(tmp_path / "no" / "model.npz")]) == 1
    assert "cannot be written" in capsys.readouterr().err
    for more in ([], ["--resume"]):
        assert main([path, "--out", str(tmp_path), *more]) == 1
        assert "is a folder, so no network can be saved there" in capsys.readouterr().err
    assert [file.name for file in tmp_path.iterdir()] == ["run.yaml"]


def test_after_divergence_the_best_network_so_far_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    epochs_left = Training.epochs_left

    def two_epochs(training: Training, every: int) -> Iterator[Progress]:
        for progress in epochs_left(training, every):
            yield progress
            if progress.end_of_epoch and progress.epoch == 2:
                raise DivergenceError("It diverged.")

    monkeypatch.setattr(Training, "epochs_left", two_epochs)
    out = tmp_path / "model.npz"
    assert main([config(tmp_path), "--out", str(out)]) == 1
    assert capsys.readouterr().err.endswith(f"It diverged. {out} holds the best network so far.\n")


def test_ctrl_c_says_what_there_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path, out = config(tmp_path), tmp_path / "model.npz"
    with monkeypatch.context() as m:
        m.setattr(training_command, "load", interrupted)
        assert main([path, "--out", str(out)]) == 130
        assert capsys.readouterr().err == "\nInterrupted. No epoch was finished, so nothing is saved.\n"
        out.write_text("something else")
        assert main([path, "--out", str(out), "--resume"]) == 1  # there is nothing to go on with: said at once
        assert "is damaged, or was not saved by this course" in capsys.readouterr().err
    out.unlink()
    with monkeypatch.context() as m:
        m.setattr(training_command, "evaluate", interrupted)  # the test images
        assert main([path, "--out", str(out)]) == 130
        told = f"Interrupted. {out} holds the finished network; the same command with --resume goes on."
        assert told in capsys.readouterr().err
    before = out.read_bytes()
    assert main([path, "--out", str(out), "--resume"]) == 0
    told = capsys.readouterr().out
    assert "is finished" in told and re.search(r"On the test images: accuracy [89]\d", told)
    assert out.read_bytes() == before


def test_a_run_of_another_course_or_a_damaged_one_does_not_go_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, out = config(tmp_path), tmp_path / "model.npz"
    settings = load_config(path)
    rng = np.random.default_rng(0)
    images = divide(load_data("digits"), settings, rng)
    training = start(settings, images, rng)
    next(training.epochs_left())
    whole = Network([images.standardize, *training.network.layers])
    for name, value, complaint in (
        ("rng", "[1]", "model.npz is damaged"),
        ("history/lr", 0.5, "model.npz is damaged"),
        ("config", "learn: 3", f"the settings in {out}, line 1: there is no setting 'learn'"),
    ):
        save(out, whole, {"config": settings.to_yaml(), **run_state(training), name: value})
        assert main([path, "--out", str(out), "--resume"]) == 1
        assert complaint in capsys.readouterr().err


def test_a_model_is_not_overwritten_and_only_its_own_run_goes_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "model.npz"
    assert main([config(tmp_path), "--out", str(out)]) == 0
    before = out.read_bytes()
    assert main([config(tmp_path), "--out", str(out)]) == 1
    assert "add --resume" in capsys.readouterr().err
    assert main([config(tmp_path, SMALL.replace("[16]", "[17]")), "--out", str(out), "--resume"]) == 1
    assert "other settings (hidden)" in capsys.readouterr().err
    assert out.read_bytes() == before


def test_digits_reach_97_5_percent_in_the_mean_of_ten_stratified_splits() -> None:
    digits, accuracies = load_data("digits"), []
    for seed in range(10):
        settings, rng = replace(load_config(CONFIGS / "digits.yaml"), test=0.2), np.random.default_rng(seed)
        images = divide(digits, settings, rng)
        training = start(settings, images, rng)
        for _ in training.epochs_left():
            pass
        X_test = images.standardize.forward(images.X_test)
        accuracies.append(evaluate(training.network, X_test, images.y_test)[1])
    assert np.mean(accuracies) >= 0.975, accuracies


@needs_real_data
def test_mnist_in_ten_epochs_98_percent_5_seconds_and_600_megabytes(tmp_path: Path) -> None:
    code = """
import resource, sys
from course_lib.preparation import divide, start
from course_lib.training_command import main
main(sys.argv[1:])
used = resource.getrusage(resource.RUSAGE_SELF)
# ru_maxrss would still hold the peak of the tests that started this process; VmHWM is its own.
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(peak.split()[1], used.ru_utime + used.ru_stime)
"""
    out = tmp_path / "model.npz"
    command = [sys.executable, "-c", code, str(CONFIGS / "mnist.yaml"), "--out", str(out)]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=120)
    memory, seconds = map(float, result.stdout.splitlines()[-1].split())
    accuracy = float(re.search(r"On the test images: accuracy ([\d.]+)%", result.stdout)[1])  # type: ignore[index]
    assert accuracy > 97.8  # the mean of the seeds is above 98
    assert memory < 600_000 and seconds < 15  # loading and a busy machine included
