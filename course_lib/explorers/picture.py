"""A Matplotlib figure in the page, redrawn quickly.

frame(draw)    clear the axes, draw what stays (axes, labels, reference curves), keep the pixels      about 150 ms
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


def png(pixels: NDArray[np.uint8]) -> bytes:
    """Pixels (rows, columns, 3) as a PNG file, unfiltered and at compression level 1.

    For flat drawings that is as small as what Pillow writes, which tries five filters for each row, and four times as
    quick. Source: the PNG specification, https://www.w3.org/TR/png-3/
    """
    rows, columns, _ = pixels.shape
    filtered = np.zeros((rows, 1 + 3 * columns), np.uint8)  # a row begins with the number of its filter: 0, none
    filtered[:, 1:] = pixels.reshape(rows, -1)
    header = struct.pack(">IIBBBBB", columns, rows, 8, 2, 0, 0, 0)  # 8 bits a channel, colour type 2: RGB
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(filtered.data, 1)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )


class Picture(widgets.Image):  # type: ignore[misc]  # ipywidgets has no types
    """The widget: `value` is the PNG, `tooltip` the same in words, which a screen reader reads and a mouse sees."""

    description = Unicode("").tag(sync=True)  # without it the page cannot show an image's tooltip

    def __init__(self, axes: Sequence[Axes]) -> None:
        super().__init__(format="png", layout=widgets.Layout(width=WIDTH, max_width="100%", margin="4px 0"))
        self.add_class("course-picture")
        self.axes = list(axes)
        self._canvas: Any = axes[0].figure.canvas
        self._background: Any = None

    def frame(self, draw: Callable[[], None]) -> None:
        """Clear the axes and let `draw` fill them with what stays."""
        with plots.course_style():
            for ax in self.axes:
                ax.clear()
            draw()
            for ax in self.axes:
                ax.autoscale(False)
            self._canvas.draw()  # in the style: ticks and grid lines are made as they are drawn
        self._background = self._canvas.copy_from_bbox(self._canvas.figure.bbox)

    def show(self, draw: Callable[[], None], words: str) -> None:
        """The frame, and on it the artists that `draw` adds to the axes; `words` say what there is to see."""
        staying = {id(artist) for ax in self.axes for artist in ax.get_children()}
        with plots.course_style():
            draw()
        moving = [artist for ax in self.axes for artist in ax.get_children() if id(artist) not in staying]
        self._canvas.restore_region(self._background)
        for artist in sorted(moving, key=Artist.get_zorder):
            self._draw(artist)
            artist.remove()
        for ax in self.axes:
            if ax.axison:
                for spine in ax.spines.values():  # a filled region has painted over them
                    self._draw(spine)
        with self.hold_sync():  # one message to the page
            self.value = png(np.asarray(self._canvas.buffer_rgba())[..., :3])
            self.tooltip = words

    def _draw(self, artist: Artist) -> None:
        if artist.axes is not None:
            artist.axes.draw_artist(artist)
