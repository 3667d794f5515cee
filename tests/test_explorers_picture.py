"""A blitted picture is the picture, and its PNG holds its pixels."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from course_lib import plots
from course_lib.explorers.picture import PACKET, Picture, more_than_a_packet, png


def pixels(file: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(file)).convert("RGB"))


def test_png_keeps_every_pixel() -> None:
    random = np.random.default_rng(0).integers(0, 256, (7, 5, 3), dtype=np.uint8)
    assert np.array_equal(pixels(png(random)), random)


def test_a_file_longer_than_a_packet_shows_the_same() -> None:
    random = np.random.default_rng(0).integers(0, 256, (7, 5, 3), dtype=np.uint8)
    longer = more_than_a_packet(png(random))
    assert len(longer) > PACKET
    assert np.array_equal(pixels(longer), random)
    large = png(np.random.default_rng(0).integers(0, 256, (200, 200, 3), dtype=np.uint8))
    assert len(more_than_a_packet(large)) < len(large) + 20


def test_blitting_gives_what_a_full_drawing_gives() -> None:
    def still() -> None:
        plots.probability_frame(3, ax=picture.axes[0])

    def move() -> None:
        plots.probability_bars([0.1, 0.7, 0.2], ax=picture.axes[0])
        plots.note("three classes", ax=picture.axes[0])

    picture = Picture(plots.panels([1, 1]))
    picture.frame(still)
    picture.show(lambda: plots.probability_bars([0.9, 0.05, 0.05], ax=picture.axes[0]), "an older picture")
    picture.show(move, "the new picture")
    blitted = pixels(picture.value)

    picture.axes[0].get_figure().set_layout_engine("none")  # keeps the axes where they are
    picture.frame(lambda: (still(), move()))
    picture.show(lambda: None, "drawn as a whole")
    difference = np.abs(blitted.astype(int) - pixels(picture.value))
    assert difference.max() < 32  # a spine is drawn twice, so its soft edge is a little darker
    assert (difference.max(axis=2) > 0).mean() < 0.002
    assert len(np.unique(blitted)) > 10  # it is not blank


def test_what_moves_is_taken_away_again() -> None:
    picture = Picture(plots.panels([1]))
    picture.frame(lambda: plots.plane_frame((0, 1, 0, 1), ax=picture.axes[0]))
    before, limits = len(picture.axes[0].get_children()), picture.axes[0].get_xlim()
    picture.show(lambda: None, "nothing")
    empty = pixels(picture.value)
    picture.show(lambda: plots.point(0.3, 0.5, ax=picture.axes[0]), "a point")
    assert not np.array_equal(pixels(picture.value), empty)
    assert len(picture.axes[0].get_children()) == before
    assert picture.axes[0].get_xlim() == limits
    picture.show(lambda: None, "nothing")
    assert np.array_equal(pixels(picture.value), empty)
    assert picture.tooltip == "nothing"


def test_what_is_kept_stays_under_what_moves_until_the_next() -> None:
    picture = Picture(plots.panels([1]))
    ax = picture.axes[0]
    picture.frame(lambda: plots.plane_frame((0, 1, 0, 1), ax=ax))
    picture.show(lambda: None, "nothing")
    empty = pixels(picture.value)
    picture.keep(lambda: plots.point(0.3, 0.5, ax=ax))
    picture.show(lambda: None, "kept")
    kept = pixels(picture.value)
    picture.show(lambda: plots.point(0.7, 0.2, ax=ax), "another")
    assert not np.array_equal(pixels(picture.value), kept)
    picture.show(lambda: None, "kept")
    assert np.array_equal(pixels(picture.value), kept) and not np.array_equal(kept, empty)
    picture.show(lambda: picture.keep(lambda: None), "kept while it is shown")
    assert np.array_equal(pixels(picture.value), empty)
    picture.keep(lambda: plots.point(0.3, 0.5, ax=ax))
    picture.frame(lambda: plots.plane_frame((0, 1, 0, 1), ax=ax))
    picture.show(lambda: None, "a new frame")
    assert np.array_equal(pixels(picture.value), empty)
