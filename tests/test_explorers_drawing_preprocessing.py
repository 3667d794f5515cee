"""From ink to 64 numbers: each step, the whole on real handwriting, and what its docstring says of the data."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from real_data import needs_real_data
from sklearn.datasets import load_digits
from sklearn.neighbors import KNeighborsClassifier

from course_lib.data import load
from course_lib.explorers.drawing_preprocessing import (
    FRAME,
    crop,
    digits_pixels,
    even_stroke,
    scale_to_frame,
    straighten,
)


def disc_and_bar() -> NDArray[np.float32]:
    """A drawing without symmetry, with soft edges, in the middle of a pad of 112 x 112."""
    row, column = np.mgrid[:112, :112]
    disc = 14 - np.hypot(row - 45, column - 50)
    bar = 5 - np.maximum(abs(column - 62) * 1.0, abs(row - 60) - 18)
    return np.clip(np.maximum(disc, bar), 0, 1).astype(np.float32)


def pixels_of(ink: NDArray[np.float32]) -> NDArray[np.float32]:
    pixels = digits_pixels(ink)
    assert pixels is not None
    return pixels


# ---- the whole ----


def test_the_result_is_64_counts_of_16() -> None:
    pixels = pixels_of(disc_and_bar())
    assert pixels.shape == (64,) and pixels.dtype == np.float32
    assert pixels.min() == 0 and 0 < pixels.max() <= 1
    np.testing.assert_array_equal(pixels * 16, np.rint(pixels * 16))


def test_a_blank_pad_has_no_pixels() -> None:
    assert digits_pixels(np.zeros((112, 112))) is None


def test_where_on_the_pad_makes_no_difference() -> None:
    ink = disc_and_bar()
    for move in ((20, 0), (-25, 31), (7, -20)):
        np.testing.assert_array_equal(pixels_of(np.roll(ink, move, axis=(0, 1))), pixels_of(ink))


def test_neither_strength_nor_resolution_makes_a_difference() -> None:
    ink = disc_and_bar()
    np.testing.assert_array_equal(pixels_of(ink / 4), pixels_of(ink))
    np.testing.assert_array_equal(pixels_of(np.kron(ink, np.ones((3, 3), np.float32))), pixels_of(ink))


def test_soft_edges_make_little_difference() -> None:
    ink = disc_and_bar()
    sharp, soft = pixels_of((ink > 0.5).astype(np.float32)), pixels_of(ink)
    softer = pixels_of(sum(np.roll(ink, step, axis=(0, 1)) for step in ((0, 0), (0, 1), (1, 0), (1, 1))) / 4)
    assert abs(sharp - soft).max() <= 3 / 16 and abs(softer - soft).max() <= 4 / 16


@pytest.mark.parametrize("box", [(50, 50, 1, 1), (0, 0, 112, 112), (0, 55, 112, 2), (55, 0, 2, 112), (111, 111, 1, 1)])
def test_dots_lines_and_a_full_pad_have_pixels_too(box: tuple[int, int, int, int]) -> None:
    row, column, height, width = box
    ink = np.zeros((112, 112), np.float32)
    ink[row : row + height, column : column + width] = 1
    assert pixels_of(ink).any()


def test_a_row_of_pixels_is_no_drawing() -> None:
    with pytest.raises(ValueError, match=r"rows and columns; got shape \(64,\)"):
        digits_pixels(np.ones(64))


# ---- each step ----


def test_crop_keeps_the_rectangle_of_the_ink() -> None:
    ink = np.zeros((20, 30), np.float32)
    ink[4, 7] = ink[9, 11] = 1
    ink[2, 2] = 0.4  # less than half
    assert crop(ink).shape == (6, 5) and crop(ink)[0, 0] == 1 and crop(ink)[5, 4] == 1


@pytest.mark.parametrize(
    ("shape", "rows", "columns"),
    [
        ((80, 50), (0, 32), (6, 26)),
        ((40, 80), (6, 26), (6, 26)),
        ((90, 9), (0, 32), (13, 19)),
        ((6, 60), (14, 18), (6, 26)),
    ],
)
def test_the_frame_is_filled_20_wide_and_32_tall_unless_that_stretches_too_much(
    shape: tuple[int, int], rows: tuple[int, int], columns: tuple[int, int]
) -> None:
    wanted = np.zeros((FRAME, FRAME), bool)
    wanted[slice(*rows), slice(*columns)] = True
    np.testing.assert_array_equal(scale_to_frame(np.ones(shape, np.float32)), wanted)


def test_scaling_keeps_areas() -> None:
    ink = np.zeros((64, 40), np.float32)
    ink[:32, :10] = 1  # an eighth, at the top left
    frame = scale_to_frame(ink)
    assert frame.sum() == FRAME * 20 / 8 and frame[:16, 6:11].all()


@pytest.mark.parametrize(
    ("height", "width", "after"),
    [
        (20, 5, 24 * 9 - 4 * 3),  # 100 bits: grown twice, which leaves out three bits at each corner
        (20, 10, 22 * 12 - 4 * 1),  # 200: once
        (20, 16, 20 * 16),  # 320: as it is
        (25, 17, 23 * 15),  # 425: shrunk once
        (29, 20, 25 * 16),  # 580: twice
    ],
)
def test_strokes_come_to_about_one_width(height: int, width: int, after: int) -> None:
    bits = np.zeros((FRAME, FRAME), bool)
    bits[2 : 2 + height, 6 : 6 + width] = True
    assert even_stroke(bits).sum() == after


def test_ink_at_the_edge_is_worn_away_too() -> None:
    bits = np.zeros((FRAME, FRAME), bool)
    bits[:, 6:20] = True  # 448 bits
    assert even_stroke(bits).sum() == 30 * 12


@pytest.mark.parametrize("slant", [-0.5, -0.2, 0.3, 0.6])
def test_a_slanted_stroke_becomes_upright(slant: float) -> None:
    bits = np.zeros((FRAME, FRAME), bool)
    for row in range(FRAME):
        left = round(13 + slant * (row - 16))
        bits[row, left : left + 4] = True
    straight = straighten(bits)
    assert (abs(straight.argmax(axis=1) - 13) <= 1).all() and straight.sum() == bits.sum()


def test_an_upright_stroke_stays() -> None:
    bits = np.zeros((FRAME, FRAME), bool)
    bits[:, 12:16] = True
    np.testing.assert_array_equal(straighten(bits), bits)


def test_ragged_ends_are_not_taken_for_a_slant() -> None:
    bits = np.zeros((FRAME, FRAME), bool)
    bits[:, 12:16] = bits[:2, 5:12] = bits[-2:, 9:12] = True
    np.testing.assert_array_equal(straighten(bits), bits)


# ---- real handwriting ----


def test_the_data_is_as_the_docstring_says() -> None:
    images = load_digits().images  # (1797, 8, 8), 0..16
    ink = images.sum(axis=(1, 2))
    assert images[:, [0, 7]].any(axis=2).all()
    assert 0.975 < ((ink >= 256) & (ink <= 400)).mean() < 0.985

    def left_edge(rows: NDArray[np.float64]) -> NDArray[np.float64]:
        first = (rows > 0).argmax(axis=1)  # the block with the edge; the fuller it is, the further left the edge
        return 4 * (first + 1) - rows[np.arange(len(rows)), first] / 4

    apart = left_edge(images[:, 0]) - left_edge(images[:, 7])
    assert np.sqrt((apart**2).mean()) < 1


@needs_real_data
def test_other_peoples_handwriting_becomes_readable() -> None:
    digits, mnist = load("digits"), load("mnist")
    images, y = mnist.X_test[:600].reshape(-1, 28, 28), mnist.y_test[:600]
    reader = KNeighborsClassifier(3).fit(digits.X_train, digits.y_train)
    averaged = np.kron(images, np.ones((2, 2))).reshape(-1, 8, 7, 8, 7).mean(axis=(2, 4)).reshape(-1, 64)
    prepared = np.stack([pixels_of(np.kron(image, np.ones((4, 4)))) for image in images])
    plain, ours = reader.score(averaged, y), reader.score(prepared, y)
    print(f"\nMNIST read by digits: {plain:.1%} averaged down, {ours:.1%} prepared")
    assert plain < 0.5 and ours > 0.78
