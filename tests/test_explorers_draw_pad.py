"""The pad's Python side: bytes from the page become an image, and an image becomes bytes for the page."""

from __future__ import annotations

import numpy as np
import pytest

from course_lib.explorers.draw_pad import SIDE, DrawPad


def test_the_page_sends_a_memoryview() -> None:
    pad = DrawPad()
    levels = np.zeros((SIDE, SIDE), np.uint8)
    levels[3, 5] = 255
    levels[7, 9] = 51
    pad._handle_custom_msg({}, [memoryview(levels.tobytes())])  # what ipywidgets does with a message
    assert pad.image.dtype == np.float32 and pad.image.shape == (SIDE, SIDE)
    assert pad.image[3, 5] == 1 and pad.image[7, 9] == np.float32(0.2) and pad.image.sum() == np.float32(1.2)


def test_a_new_pad_is_black() -> None:
    assert not DrawPad().image.any()


@pytest.mark.parametrize("side", [8, 28, 112])
def test_an_image_is_enlarged_to_fill_the_pad(side: int) -> None:
    pad = DrawPad()
    image = np.random.default_rng(0).integers(0, 256, (side, side)) / 255
    pad.set(image)
    times = SIDE // side
    np.testing.assert_allclose(pad.image[::times, ::times], image, atol=1e-6)
    np.testing.assert_array_equal(pad.image[times - 1 :: times, times - 1 :: times], pad.image[::times, ::times])


def test_observers_hear_of_every_change_and_of_nothing_else() -> None:
    pad = DrawPad()
    heard = []
    pad.observe(lambda change: heard.append(pad.image.sum()), "ink")
    image = np.zeros((28, 28))
    pad.set(image)
    assert heard == []
    image[2, 2] = 1
    pad.set(image)
    pad.set(image)
    assert heard == [16]


@pytest.mark.parametrize("image", [np.zeros((8, 9)), np.zeros(64), np.zeros((30, 30)), np.zeros((0, 0)), 3.0])
def test_an_image_that_does_not_fit_is_refused(image: object) -> None:
    with pytest.raises(ValueError, match=r"square image whose side divides 112.*got shape"):
        DrawPad().set(image)


@pytest.mark.parametrize("value", [1.01, -0.1, 255.0, np.nan])
def test_values_outside_0_to_1_are_refused(value: float) -> None:
    pad = DrawPad()
    with pytest.raises(ValueError, match="values from 0 .black. to 1 .white."):
        pad.set(np.full((8, 8), value))
    assert not pad.image.any()


def test_its_text_is_the_same_every_time() -> None:
    assert repr(DrawPad()) == repr(DrawPad()) == "DrawPad()"
