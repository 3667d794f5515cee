"""The drawing explorer without a page: its network, its words, its mission, and ten digits in four handwritings."""

from __future__ import annotations

import base64
import io
import time
from typing import Any

import numpy as np
import pytest
from handwriting import DRAWINGS, inked
from numpy.typing import NDArray
from PIL import Image

from course_lib import explorers
from course_lib.data import Dataset, load
from course_lib.explorers.drawing import (
    Answer,
    DrawADigit,
    ReadAndFool,
    digits_reader,
    jiggled,
    percent,
    train_reader,
    what_it_thinks,
)
from course_lib.explorers.drawing_preprocessing import digits_pixels

USUAL = ["round", "school", "slanted and small"]
UNUSUAL = "foot and straight leg"  # hardly anybody in the data writes 1 with a foot, or 9 with a straight leg


@pytest.fixture(scope="module")
def digits() -> Dataset:
    return load("digits")


@pytest.fixture(scope="module")
def trained() -> DrawADigit:
    return explorers.draw_a_digit()


@pytest.fixture
def explorer(trained: DrawADigit) -> DrawADigit:
    """The trained explorer with a blank pad and its mission ahead."""
    trained.pad.set(np.zeros((8, 8)))
    trained.mission = ReadAndFool(trained.format.tip)
    trained._say(trained.mission.line)
    return trained


# ---- the network ----


class Fixed:
    """In place of a Generator: `uniform` gives what it is told, in turn."""

    def __init__(self, *values: Any) -> None:
        self.values = list(values)

    def uniform(self, low: float, high: float, shape: tuple[int, ...]) -> NDArray[np.float64]:
        return np.broadcast_to(np.asarray(self.values.pop(0), float), shape)


def test_jiggling_by_nothing_changes_nothing(digits: Dataset) -> None:
    X = digits.X_train[:20]
    np.testing.assert_allclose(jiggled(X, Fixed(0, 0)), X, atol=1e-6)


def test_jiggling_moves_and_stretches() -> None:
    image = np.zeros((1, 8, 8), np.float32)
    image[0, 2, 3] = 1
    moved = jiggled(image.reshape(1, 64), Fixed(0, [[-1], [0.5]])).reshape(8, 8)  # new (r, c) is old (r - 1, c + .5)
    wanted = np.zeros((8, 8))
    wanted[3, [2, 3]] = 0.5
    np.testing.assert_allclose(moved, wanted, atol=1e-6)
    row = np.zeros((1, 8, 8), np.float32)
    row[0, :, 2:6] = 1
    wider = jiggled(row.reshape(1, 64), Fixed([[0, 0], [0, -0.2]], 0)).reshape(8, 8)
    assert wider[4].sum() == pytest.approx(5, abs=0.2) and wider[4, 3] == 1


def test_jiggled_images_are_alike_and_each_different(digits: Dataset) -> None:
    X = np.repeat(digits.X_train[:1], 50, axis=0)
    J = jiggled(X, np.random.default_rng(0))
    assert J.dtype == np.float32 and J.shape == X.shape and J.min() >= 0 and J.max() <= 1
    assert len(np.unique(J, axis=0)) == 50
    other = abs(digits.X_train[digits.y_train != digits.y_train[0]] - X[0]).mean(axis=1).min()
    assert np.median(abs(J - X).mean(axis=1)) < 1.5 * other


def test_training_is_repeatable(digits: Dataset) -> None:
    X, y = digits.X_train[:200], digits.y_train[:200]
    first, second = (train_reader(X, y, rng=np.random.default_rng(3)) for _ in range(2))
    for name, value in first.named_parameters().items():
        np.testing.assert_array_equal(value, second.named_parameters()[name])


def test_every_learner_gets_the_same_network(trained: DrawADigit, digits: Dataset) -> None:
    np.testing.assert_array_equal(explorers.draw_a_digit().read(digits.X_test), trained.read(digits.X_test))


def test_it_trains_within_two_seconds_and_reads_digits_it_never_saw(digits: Dataset) -> None:
    seconds = []
    for _ in range(2):  # a busy machine may spoil one
        start = time.perf_counter()
        network = train_reader(digits.X_train, digits.y_train, rng=np.random.default_rng(0))
        seconds.append(time.perf_counter() - start)
    assert min(seconds) < 2
    assert (network.predict(digits.X_test) == digits.y_test).mean() > 0.97


def test_the_line_about_training_is_true(trained: DrawADigit, digits: Dataset) -> None:
    right = (np.argmax(trained.read(digits.X_test), axis=1) == digits.y_test).mean()
    assert trained.words.startswith("Trained on 1,437 digits in ")
    assert trained.words.endswith(f"right on {right:.1%} of 360 digits that it never saw.")


# ---- drawings ----


@pytest.mark.parametrize("style", DRAWINGS)
def test_drawn_digits_are_read(explorer: DrawADigit, style: str) -> None:
    read = ""
    for strokes in DRAWINGS[style].values():
        explorer.pad.ink = np.rint(inked(strokes) * 255).astype(np.uint8).tobytes()
        read += str(np.argmax(explorer.reading.probabilities))
    print(f"\n{style}: {read}")
    right = sum(a == b for a, b in zip(read, "0123456789", strict=True))
    assert right >= (9 if style in USUAL else 7)


def test_a_1_with_a_foot_is_worth_a_try(explorer: DrawADigit) -> None:
    explorer.pad.ink = np.rint(inked(DRAWINGS[UNUSUAL]["1"]) * 255).astype(np.uint8).tobytes()
    assert np.argmax(explorer.reading.probabilities) != 1


# ---- what is shown ----


def test_the_reading_follows_the_pad(explorer: DrawADigit, digits: Dataset) -> None:
    n = int(np.flatnonzero(digits.y_test == 4)[0])
    explorer.pad.set(digits.X_test[n].reshape(8, 8))
    reading = explorer.reading
    assert len(reading.probabilities) == 10 and sum(reading.probabilities) == pytest.approx(1, abs=1e-5)
    assert np.argmax(reading.probabilities) == 4 and "as 4" in reading.sentence and reading.asking
    wanted = digits_pixels(explorer.pad.image)
    assert wanted is not None and list(reading.pixels) == np.rint(wanted * 255).tolist() and max(reading.pixels) > 127
    explorer.pad.set(np.zeros((8, 8)))
    assert reading.probabilities == [] and reading.pixels == bytes(64) and not reading.asking
    assert reading.sentence.startswith("Draw a digit")


@pytest.mark.parametrize(
    ("largest", "second", "words"),
    [
        (0.999, 0.001, ["as 7", "more than 99% sure"]),
        (0.957, 0.04, ["as 7", "is 95% sure"]),
        (0.8999, 0.05, ["as 7", "only 89% sure", "is 2, with 5%"]),
        (0.45, 0.44, ["cannot decide", "7, with 45%", "2, with 44%"]),
    ],
)
def test_the_sentence_says_what_and_how_sure(largest: float, second: float, words: list[str]) -> None:
    P = np.full(10, (1 - largest - second) / 8)
    P[7], P[2] = largest, second
    sentence = what_it_thinks(P)
    assert all(word in sentence for word in words), sentence


def test_nothing_is_certain() -> None:
    assert percent(1.0) == percent(0.9951) == "more than 99%" and percent(0.99) == "99%" and percent(0.0) == "0%"


# ---- the mission ----


def answer(meant: int, read: int, p: float, most_alike: int = 3) -> Answer:
    P = np.full(10, (1 - p) / 9, np.float32)
    P[read] = p
    return Answer(P, meant, most_alike)


def test_read_then_fooled_is_done() -> None:
    mission = ReadAndFool("Try a 7.")
    assert mission.line.text.startswith("Mission: draw a digit that it reads right") and not mission.line.done
    line = mission.see(answer(5, 5, 0.956))
    assert line.text.startswith("Mission, second half") and line.text.endswith("cannot. Try a 7.")
    assert "95% sure" in line.remark and not line.done
    line = mission.see(answer(1, 7, 0.6))
    assert line.done and line.text.startswith("Done") and "fooled" in line.remark and "It read 7" in line.remark


def test_fooled_then_read_is_done_too() -> None:
    mission = ReadAndFool("Try a 7.")
    line = mission.see(answer(1, 7, 0.6))
    assert line.text.startswith("Mission, first half") and not line.done
    assert mission.see(answer(5, 5, 0.91)).done


def test_right_but_not_sure_is_a_near_miss() -> None:
    mission = ReadAndFool("Try a 7.")
    P = np.array([0, 0, 0.1, 0, 0, 0, 0, 0, 0.9, 0], np.float32)
    line = mission.see(Answer(P, 8, 8))
    assert line.text.startswith("Mission: ") and "only 89% sure" in line.remark and "belong to 2" in line.remark


def test_why_it_was_fooled_depends_on_the_nearest_image() -> None:
    alike, different = (ReadAndFool("Try a 7.").see(answer(1, 7, 0.99, most_alike)).remark for most_alike in (1, 2))
    assert "does show 1" in alike and "borders" in alike
    assert "shows 2" in different and "borders" not in different


def test_pressing_the_digit_meant(explorer: DrawADigit, digits: Dataset) -> None:
    P = np.asarray(explorer.read(digits.X_test))
    right, clear = P.argmax(axis=1) == digits.y_test, P.max(axis=1) > 0.999
    n = int(np.flatnonzero(right & clear)[0])
    explorer.answer(3)  # nothing is drawn yet
    assert explorer.reading.remark == ""
    explorer.pad.set(digits.X_test[n].reshape(8, 8))
    explorer.reading._handle_custom_msg({"meant": int(digits.y_test[n])}, [])  # what the page sends
    assert explorer.mission.read and not explorer.mission.fooled and not explorer.reading.asking
    explorer.answer((int(digits.y_test[n]) + 1) % 10)  # a second press for the same drawing does not count
    assert not explorer.mission.fooled
    explorer.pad.set(np.zeros((8, 8)))
    assert explorer.reading.remark == "" and explorer.reading.mission.startswith("Mission, second half")


def test_the_nearest_image_is_the_nearest(explorer: DrawADigit, digits: Dataset) -> None:
    heard: list[Answer] = []
    explorer.mission.see = lambda numbers: heard.append(numbers) or explorer.mission.line  # type: ignore[method-assign]
    explorer.pad.ink = np.rint(inked(DRAWINGS["round"]["6"]) * 255).astype(np.uint8).tobytes()
    explorer.answer(6)
    pixels = np.frombuffer(explorer.reading.pixels, np.uint8) / 255
    distances = [float(np.linalg.norm(x - pixels)) for x in digits.X_train]
    assert heard[0].meant == 6 and heard[0].most_alike == digits.y_train[np.argmin(distances)]


# ---- without a page ----


def test_a_picture_and_a_caption_stand_in(trained: DrawADigit) -> None:
    bundle = trained._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert bundle["text/plain"] == repr(trained) and "8 × 8 pixels" in repr(trained) and "0x" not in repr(trained)
    picture = Image.open(io.BytesIO(base64.b64decode(bundle["image/png"])))
    assert picture.size[0] > 800 and len(picture.convert("RGB").getcolors(2**24)) > 20


# ---- a network of the learner's own ----


def test_a_network_of_ones_own_reads_images_like_those_it_learned_from(digits: Dataset) -> None:
    X, y = np.zeros((20, 784), np.float32), np.arange(20) % 10
    images = Dataset("mnist", X, y, X, y, (28, 28), digits.class_names)
    given: list[NDArray[Any]] = []

    def read(X: NDArray[Any]) -> NDArray[Any]:
        given.append(X)
        return np.eye(10)[[3]] * 0.91 + 0.009

    own = explorers.draw_a_digit(read, images)
    own.pad.ink = np.rint(inked(DRAWINGS["round"]["6"]) * 255).astype(np.uint8).tobytes()
    assert given[-1].shape == (1, 784) and 0.9 < given[-1].max() <= 1
    assert list(own.reading.pixels) == np.rint(given[-1][0] * 255).tolist()
    assert own.reading.sentence.startswith("It reads your drawing as 3") and "28 × 28" in repr(own)


@pytest.mark.parametrize(
    ("read", "says"),
    [
        (lambda X: np.full((1, 10), 0.3), "add up to 3.000"),
        (lambda X: np.zeros(10), "shape (1, 10)"),
        (lambda X: X @ np.zeros((3, 10)), "stopped"),
    ],
)
def test_a_reader_that_cannot_be_used_is_a_sentence(digits: Dataset, read: Any, says: str) -> None:
    own = DrawADigit(read, digits)
    own.pad.ink = np.rint(inked(DRAWINGS["round"]["6"]) * 255).astype(np.uint8).tobytes()
    assert says in own.reading.sentence and own.reading.probabilities == [] and not own.reading.asking


def test_other_images_than_digits_cannot_be_drawn(digits: Dataset) -> None:
    X, y = np.zeros((3, 12), np.float32), np.zeros(3, np.int64)
    with pytest.raises(ValueError, match="not of shoes"):
        DrawADigit(digits_reader(digits)[0], Dataset("shoes", X, y, X, y, (3, 4), digits.class_names))
