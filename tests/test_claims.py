"""python -m course_lib claims: the five write-ups, what each run of theirs gives, and the table of it all.

Most of it runs on the 8x8 digits, which take MNIST's place in the configurations: the same settings, in milliseconds.
"""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from real_data import needs_real_data

from course_lib import claims
from course_lib.claims import WRITE_UPS, results
from course_lib.claims.results import Result, Row, in_words
from course_lib.claims.runs import largest_gradient_error, train
from course_lib.claims.writeups import CONFIGS, Cell, Claim
from course_lib.data import DataError, Dataset, load
from course_lib.nn import Dense, Network, ReLU, mlp
from course_lib.nn.config import Config, load_config

RNG = np.random.default_rng


@pytest.fixture(scope="module")
def digits() -> Dataset:
    return load("digits")


@pytest.fixture
def on_digits(digits: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claims, "load", lambda name: digits)


# ---- the write-ups


@pytest.mark.parametrize("name", WRITE_UPS)
def test_every_cell_of_every_claim_names_a_number_of_a_run(name: str, digits: Dataset) -> None:
    write_up, numbers = WRITE_UPS[name], vars(train(Config(hidden=(4,), epochs=1), digits))
    for claim in write_up.claims:
        assert len(claim.cells) == len(write_up.columns)
        assert {cell.quantity for cell in claim.cells} <= set(numbers)
        assert all(cell.config(7).seed == 7 for cell in claim.cells)


def test_every_configuration_is_used_and_is_the_network_it_should_be() -> None:
    used = {cell.file for write_up in WRITE_UPS.values() for claim in write_up.claims for cell in claim.cells}
    assert used == {path.stem for path in CONFIGS.glob("*.yaml")}
    widths = {"s0": (256, 128), "s1": (128,), "s2": (128,), "s3-as-printed": (400,), "s3-mended": (400,)}
    widths |= {"s4-128": (128,), "s4-64": (64,)}
    for file, hidden in widths.items():
        config = load_config(CONFIGS / f"{file}.yaml")
        assert config.hidden == hidden and config.dataset == ("fashion-mnist" if file.startswith("s4") else "mnist")
    network = load_config(CONFIGS / "s1.yaml").make_network(784, 10, RNG(0))
    assert sum(p.value.size for p in network.parameters) == 101_770


def test_the_report_as_printed_and_mended_differ_in_one_line() -> None:
    printed, mended = (load_config(CONFIGS / f"s3-{form}.yaml") for form in ("as-printed", "mended"))
    assert replace(printed, optimizer="sgd") == mended and printed.optimizer == "unscaled-shrink"
    schedule = printed.make_schedule(50_000)
    assert [schedule(step) for step in (0, 4999, 5000, 10_000)] == pytest.approx([1e-4, 1e-4, 5e-5, 2.5e-5])


@pytest.mark.parametrize(
    ("at_least", "at_most", "value", "reached"),
    [(0.95, None, 0.95, True), (0.95, None, 0.94, False), (None, 300, 301, False), (None, 300, 2, True),
     (1, 3, 2, True), (1, 3, 4, False), (None, None, 0.5, None), (0.95, None, float("nan"), False)],
)  # fmt: skip
def test_a_claim_is_reached_within_its_bounds(
    at_least: float | None, at_most: float | None, value: float, reached: bool | None
) -> None:
    assert Claim("accuracy", "as they say", (), at_least, at_most).reached(value) is reached


# ---- a run


def test_a_run_trains_and_measures_the_images_it_should(digits: Dataset) -> None:
    epochs: list[int] = []
    config = Config(hidden=(32,), momentum=0.9, lr=0.05, epochs=8, batch_size=32)
    run = train(config, digits, lambda progress: epochs.append(progress.epoch))
    assert epochs == list(range(1, 9))
    assert run.train_accuracy > 0.98 and 0.93 < run.test_accuracy <= run.train_accuracy
    assert run.first_loss > np.log(10) and run.gradient_error < 1e-6 and run.seconds > 0
    assert train(config, digits).test_accuracy == run.test_accuracy  # the seed decides
    rolled = replace(digits, y_test=np.roll(digits.y_test, 1))
    assert train(config, rolled).test_accuracy < 0.3


DYING = {"lam": 0.02, "decay_epochs": 2.0, "epochs": 30, "hidden": (100,)}  # on digits, an epoch has few steps


def test_the_best_epoch_is_chosen_on_validation_images_alone(digits: Dataset) -> None:
    config = Cell("s3-as-printed", changes=DYING).config(0)
    run = train(config, digits)
    assert run.test_accuracy > run.last_test_accuracy + 0.3
    without = train(replace(config, validation=0.0), digits)
    assert without.test_accuracy == without.last_test_accuracy < 0.5
    # Other labels on the test images change what is measured, and not which epoch is the best.
    rolled = replace(digits, y_test=np.roll(digits.y_test, 1))
    assert train(config, rolled).train_accuracy == run.train_accuracy


def test_the_reports_weights_die_as_printed_and_live_when_mended(digits: Dataset) -> None:
    printed, mended = (train(Cell(f"s3-{form}", changes=DYING).config(0), digits) for form in ("as-printed", "mended"))
    assert printed.last_test_accuracy < 0.5 < 0.8 < mended.last_test_accuracy


def test_a_run_that_diverges_is_measured_as_it_stands(digits: Dataset) -> None:
    run = train(Config(hidden=(8,), lr=1e30, epochs=2), digits)
    assert 0 < run.test_accuracy < 0.2


class WrongReLU(ReLU):
    def backward(self, dout: np.ndarray) -> np.ndarray:
        return dout.copy()  # no mask


def test_the_gradient_error_tells_a_right_backprop_from_a_wrong_one() -> None:
    X, y = RNG(0).normal(size=(8, 20)), RNG(1).integers(0, 3, 8)
    assert largest_gradient_error(mlp((20, 16, 12, 3), rng=RNG(2)), X, y) < 1e-6
    wrong = Network([Dense(20, 16, rng=RNG(2)), WrongReLU(), Dense(16, 3, rng=RNG(3))])
    assert largest_gradient_error(wrong, X, y) > 1e-2


# ---- the table


def test_medians_of_seeds_in_the_unit_of_their_quantity() -> None:
    assert in_words("test_accuracy", [0.971, 0.98, 0.975]) == "97.5% (97.1% to 98.0%)"
    assert in_words("test_accuracy", [0.971]) == "97.1%"
    assert in_words("seconds", [1.04, 2.06, 1.5]) == "1.5 s (1.0 s to 2.1 s)"
    assert in_words("gradient_error", [2e-9]) == "2e-09" and in_words("first_loss", [2.30258]) == "2.3026"


@pytest.mark.usefixtures("on_digits")
def test_the_command_trains_each_network_once_a_seed_and_prints_claims_beside_numbers(
    digits: Dataset, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    trained: list[Config] = []

    def counted(config: Config, *others: object) -> object:
        trained.append(config)
        return train(config, *others)  # type: ignore[arg-type]

    monkeypatch.setattr(claims, "train", counted)
    assert claims.main(["s1", "S4", "--seeds", "2"]) == 0
    assert len(trained) == len(set(trained)) == 12  # S1 needs two trainings, S4 four: each with two seeds
    assert {config.seed for config in trained} == {0, 1}
    text = capsys.readouterr().out
    for name in ("S1", "S4"):
        for claim in WRITE_UPS[name].claims:
            assert re.search(rf"^\| {re.escape(claim.what)} +\| {re.escape(claim.claimed)} +\| \d", text, re.MULTILINE)
    row = next(line for line in text.splitlines() if line.startswith("| training accuracy"))
    measured = [float(number) / 100 for number in re.findall(r"([\d.]+)%", row)[1:]]
    low, high = sorted(train(Cell("s1").config(seed), digits).train_accuracy for seed in (0, 1))
    assert measured == pytest.approx([(low + high) / 2, low, high], abs=6e-4)
    assert "What was wrong in it:" in text and "Medians of 2 seeds" in text and "S0" not in text


def test_the_table_is_markdown_and_says_what_is_reached() -> None:
    rows = [
        Row("training accuracy", "> 98%", [("train_accuracy", [0.99])], True, 1.23),
        Row("first loss", "2.3026", [("first_loss", [2.5])], False, 1.0),
    ]
    lines = str(Result("S1", "some day", 1, rows)).splitlines()
    table = [line for line in lines if line.startswith("|")]
    assert len({len(line) for line in table}) == 1 and {line.count("|") for line in table} == {6}
    assert re.fullmatch(r"\| training accuracy \| > 98% +\| 99\.0% +\| yes +\| 1\.2 s +\|", table[2])
    assert re.fullmatch(r"\| first loss +\| 2\.3026 +\| 2\.5000 +\| no +\| 1\.0 s +\|", table[3])
    assert max(map(len, lines)) <= 120


def test_results_are_kept_and_those_not_measured_again_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(results, "RECORD", tmp_path / "measured.json")
    assert results.recorded() == {}
    one = Result("S4", "then", 1, [Row("a", "b", [("test_accuracy", [0.87654321])], True, 2.0)])
    other = Result("S0", "then", 3, [Row("a", "b", [("test_accuracy", [0.1, 0.2, 0.3])], None, 2.0)])
    results.record(one)
    results.record(other)
    results.record(replace(one, made="now"))
    assert list(results.recorded()) == ["S0", "S4"]
    assert results.recorded()["S4"].made == "now" and str(results.recorded()["S0"]) == str(other)


@pytest.mark.usefixtures("on_digits")
def test_only_record_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(results, "RECORD", tmp_path / "measured.json")
    assert claims.main(["S1", "--seeds", "1"]) == 0 and not results.RECORD.exists()
    assert claims.main(["S1", "--seeds", "1", "--record"]) == 0
    assert results.recorded()["S1"].seeds == 1


# ---- the table in the repository


def test_the_recorded_results_are_those_of_the_claims_as_they_stand_now() -> None:
    recorded = claims.recorded()
    assert list(recorded) == list(WRITE_UPS)
    for name, result in recorded.items():
        assert result.seeds == 3
        for row, claim in zip(result.rows, WRITE_UPS[name].claims, strict=True):
            assert (row.what, row.claimed) == (claim.what, claim.claimed)
            assert [quantity for quantity, _ in row.measured] == [cell.quantity for cell in claim.cells]
            assert row.reached is claim.reached(float(np.median(row.measured[0][1])))


# ---- mistakes, and the real images


def test_without_the_images_one_sentence(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    assert claims.main(["S1"]) == 1
    shown = capsys.readouterr()
    assert shown.out == "" and shown.err.count("\n") == 1 and "put the official files of mnist into" in shown.err


def test_what_is_missing_is_told_before_anything_is_trained(
    digits: Dataset, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_fashion(name: str) -> Dataset:
        if name == "fashion-mnist":
            raise DataError("Fashion-MNIST is not here.")
        return digits

    monkeypatch.setattr(claims, "load", no_fashion)
    assert claims.main(["S1", "S4"]) == 1
    assert capsys.readouterr() == ("", "Fashion-MNIST is not here.\n")


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [(["S9"], "there is no write-up S9; there are S0, S1, S2, S3, S4"), (["--seeds", "0"], "at least 1, not 0")],
)
def test_arguments_that_make_no_sense(arguments: list[str], complaint: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        claims.main(arguments)
    assert complaint in capsys.readouterr().err


@needs_real_data
def test_the_hands_on_project_on_real_mnist() -> None:
    run = train(Cell("s1").config(0), load("mnist"))
    assert run.train_accuracy > 0.98 and run.test_accuracy > 0.97 and run.gradient_error < 1e-6
    assert run.seconds < 30  # a few seconds on a quiet machine; the claim is five minutes


@needs_real_data
def test_the_report_falls_on_real_mnist_as_printed_and_not_when_mended() -> None:
    mnist, settings = load("mnist"), {"hidden": (100,), "epochs": 4}
    printed, mended = (
        train(Cell(f"s3-{form}", changes=settings).config(0), mnist) for form in ("as-printed", "mended")
    )
    assert printed.last_test_accuracy < printed.test_accuracy - 0.02
    assert mended.last_test_accuracy > printed.last_test_accuracy + 0.05
