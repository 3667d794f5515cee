"""A Matplotlib figure in the page, redrawn quickly.

frame(draw)    clear the axes, draw what stays (axes, labels, reference curves), keep the pixels      about 150 ms
keep(draw)     draw on the frame what changes seldom, keep the pixels of both
show(draw)     put those pixels back, draw on top what moves ("blitting"), send it as a PNG            about 20 ms
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Sequence
from typing import Any

import ipywidgets as widgets
import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from numpy.typing import NDArray
from traitlets import Unicode

from course_lib import plots

WIDTH = "840px"
PACKET = 65_483  # bytes that fit into one packet between two programs on one Linux machine


def png(pixels: NDArray[np.uint8]) -> bytes:
    """Pixels (rows, columns, 3 or more), of which red, green and blue come first, as a PNG file.

    Unfiltered and at compression level 1: for flat drawings that is as small as what Pillow writes, which tries five
    filters for each row, and four times as quick. Source: the PNG specification, https://www.w3.org/TR/png-3/
    """
    rows, columns, _ = pixels.shape
    filtered = np.zeros((rows, 1 + 3 * columns), np.uint8)  # a row begins with the number of its filter: 0, none
    colours = filtered[:, 1:].reshape(rows, columns, 3)  # a view
    for c in range(3):  # three long copies are eight times as quick as many short ones
        colours[..., c] = pixels[..., c]
    header = struct.pack(">IIBBBBB", columns, rows, 8, 2, 0, 0, 0)  # 8 bits a channel, colour type 2: RGB
    chunks = _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(filtered.data, 1)) + _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


def more_than_a_packet(file: bytes) -> bytes:
    """The same PNG, made longer than PACKET if it is not, by a chunk that every viewer skips.

    The server sends "busy" and then the picture. Without TCP_NODELAY a part-filled packet waits until the one before is
    acknowledged, up to 40 ms, and a full one does not: longer pictures arrive sooner. Measured with JupyterLab 4.6 on
    Linux, in a drag: 52 ms instead of 93.
    """
    end = _chunk(b"IEND", b"")
    return file.removesuffix(end) + _chunk(b"paDd", bytes(max(0, PACKET - len(file)))) + end


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


class Picture(widgets.Image):  # type: ignore[misc]  # ipywidgets has no types
    """The widget: `value` is the PNG, `tooltip` the same in words, which a screen reader reads and a mouse sees.

    file: the picture that is shown, as a PNG file.
    """

    description = Unicode("").tag(sync=True)  # without it the page cannot show an image's tooltip

    def __init__(self, axes: Sequence[Axes]) -> None:
        super().__init__(format="png", layout=widgets.Layout(width=WIDTH, max_width="100%", margin="4px 0"))
        self.add_class("course-picture")
        self.axes = list(axes)
        self._canvas: Any = axes[0].figure.canvas
        self._frame: Any = None  # pixels: the frame
        self._background: Any = None  # and with what is kept on it
        self.file = b""

    def frame(self, draw: Callable[[], None]) -> None:
        """Clear the axes and let `draw` fill them with what stays."""
        with plots.course_style():
            for ax in self.axes:
                ax.clear()
            draw()
            for ax in self.axes:
                ax.autoscale(False)
            self._canvas.draw()  # in the style: ticks and grid lines are made as they are drawn
        self._frame = self._background = self._canvas.copy_from_bbox(self._canvas.figure.bbox)

    def keep(self, draw: Callable[[], None]) -> None:
        """From now on the artists that `draw` adds to the axes lie on the frame, until the next `keep` or `frame`."""
        self._paint(draw, on_the_frame=True)
        self._background = self._canvas.copy_from_bbox(self._canvas.figure.bbox)

    def show(self, draw: Callable[[], None], words: str) -> None:
        """The frame, and on it the artists that `draw` adds to the axes; `words` say what there is to see."""
        self._paint(draw)
        for ax in self.axes:
            if ax.axison:
                for spine in ax.spines.values():  # a filled region has painted over them
                    self._draw(spine)
        self.file = png(np.asarray(self._canvas.buffer_rgba()))
        with self.hold_sync():  # one message to the page
            self.value = more_than_a_packet(self.file)
            self.tooltip = words

    def _paint(self, draw: Callable[[], None], *, on_the_frame: bool = False) -> None:
        """Put the pixels back, and on them the artists that `draw` adds to the axes, which are then taken away."""
        staying = {id(artist) for ax in self.axes for artist in ax.get_children()}
        with plots.course_style():
            draw()
        moving = [artist for ax in self.axes for artist in ax.get_children() if id(artist) not in staying]
        self._canvas.restore_region(self._frame if on_the_frame else self._background)  # `draw` may have called `keep`
        for artist in sorted(moving, key=Artist.get_zorder):
            self._draw(artist)
            artist.remove()

    def _draw(self, artist: Artist) -> None:
        if artist.axes is not None:
            artist.axes.draw_artist(artist)
