"""From ink to MNIST's pixels: size, place, grey edges, and the same steps on MNIST's own images."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from real_data import needs_real_data

from course_lib.data import load
from course_lib.explorers.mnist_preprocessing import centre, fit_into_box, mnist_pixels


def image_of(ink: NDArray[np.float32]) -> NDArray[np.float32]:
    pixels = mnist_pixels(ink)
    assert pixels is not None and pixels.shape == (784,) and pixels.dtype == np.float32
    return pixels.reshape(28, 28)


def box(image: NDArray[np.float32]) -> tuple[int, int]:
    """The height and width of the ink."""
    rows, columns = np.nonzero(image)
    return int(np.ptp(rows)) + 1, int(np.ptp(columns)) + 1


def angle(side: int = 112) -> NDArray[np.float32]:
    """An L: 40 tall, 24 wide, strokes of 8."""
    ink = np.zeros((side, side), np.float32)
    ink[10:50, 20:28] = 1
    ink[42:50, 20:44] = 1
    return ink


def test_a_blank_pad_has_no_pixels() -> None:
    assert mnist_pixels(np.zeros((112, 112))) is None


def test_a_row_of_pixels_is_no_drawing() -> None:
    with pytest.raises(ValueError, match="rows and columns; got shape"):
        mnist_pixels(np.ones(784))


def test_the_longer_side_comes_to_20_pixels_and_the_proportions_stay() -> None:
    assert box(image_of(angle())) == (20, 12)
    assert box(image_of(angle().T)) == (12, 20)


def test_neither_place_nor_size_nor_strength_makes_a_difference() -> None:
    moved, large = np.roll(angle(), (31, 40), axis=(0, 1)), np.kron(angle(), np.ones((3, 3), np.float32))
    for other in (moved, large, 0.4 * angle()):
        np.testing.assert_allclose(image_of(other), image_of(angle()), atol=1e-6)


def test_edges_become_grey_and_ink_is_kept() -> None:
    ink = np.ones((30, 30), np.float32)
    ink[:, 14] = 0  # a gap of one pixel, which is two thirds of a new one
    boxed = fit_into_box(ink)
    assert boxed.shape == (20, 20) and len(np.unique(boxed.round(4))) > 1
    assert boxed.mean() == pytest.approx(ink.mean(), abs=1e-6)


def test_the_centre_of_mass_comes_to_the_middle() -> None:
    rows, columns = np.indices((28, 28))
    for ink in (angle(), angle().T, angle()[::-1], angle()[:, ::-1]):
        image = image_of(ink)
        middle = np.array([(image * rows).sum(), (image * columns).sum()]) / image.sum()
        assert np.abs(middle - 14).max() <= 0.5  # whole pixels come no closer


def test_lopsided_ink_stays_inside() -> None:
    ink = np.zeros((20, 20), np.float32)
    ink[:, 0] = 1
    ink[0, 19] = 0.01
    image = centre(ink)
    assert image.sum() == pytest.approx(ink.sum()) and image.shape == (28, 28)


@pytest.mark.parametrize("shape", [(1, 1), (1, 90), (90, 1), (112, 112)])
def test_dots_lines_and_a_full_pad_have_pixels_too(shape: tuple[int, int]) -> None:
    image = image_of(np.ones(shape, np.float32))
    assert max(box(image)) == 20 and image.max() == pytest.approx(1)


@needs_real_data
def test_mnists_own_images_are_as_the_docstring_says() -> None:
    """Nearly all have 20 pixels on the longer side, and centring their ink again moves hardly any."""
    images = load("mnist").X_test[:300].reshape(-1, 28, 28)
    assert np.mean([max(box(image)) == 20 for image in images]) > 0.95

    def ink(image: NDArray[np.float32]) -> NDArray[np.float32]:
        rows, columns = np.nonzero(image)
        return image[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]

    assert np.mean([np.array_equal(centre(ink(image)), image) for image in images]) > 0.9
