"""A pad to draw on, with the mouse, a pen or a finger: white ink on black, as in MNIST.

    pointer in the page  ->  ink on the canvas (draw_pad.js, at once)
                         ->  DrawPad.ink, 112 x 112 grey levels, at most once a frame  ->  pad.observe(..., "ink")

112 = 8 x 14 = 4 x 28, so an image of the digits (8 x 8) or of MNIST (28 x 28) fits into the pad exactly.
"""

from __future__ import annotations

from pathlib import Path

import anywidget
import numpy as np
import traitlets
from numpy.typing import ArrayLike, NDArray

SIDE = 112


class DrawPad(anywidget.AnyWidget):
    """The pad. Backspace or Ctrl+Z takes back a stroke, Escape clears; both have a button too.

    ink: the grey levels as SIDE * SIDE bytes, row by row; observe it to follow the drawing.
    """

    _esm = Path(__file__).with_name("draw_pad.js")
    _css = Path(__file__).with_name("drawing.css")

    # CBytes, not Bytes: the page's message hands over a memoryview. No echo: the page knows what it has drawn.
    ink = traitlets.CBytes(bytes(SIDE * SIDE)).tag(sync=True, echo_update=False)

    def __init__(self) -> None:
        super().__init__()
        self.on_msg(lambda _pad, _content, buffers: self.set_state({"ink": buffers[0]}))  # and nothing is sent back

    @property
    def image(self) -> NDArray[np.float32]:
        """The drawing, (SIDE, SIDE) float32: 0 is black paper, 1 is white ink."""
        return np.frombuffer(self.ink, np.uint8).reshape(SIDE, SIDE).astype(np.float32) / np.float32(255)

    def set(self, image: ArrayLike) -> None:
        """Put a square image with values in [0, 1] on the pad; its side must divide 112 (8 and 28 do).

        ValueError if it is not square, does not fit, or holds other values.
        """
        levels = np.asarray(image, dtype=float)
        if levels.ndim != 2 or levels.shape[0] != levels.shape[1] or not levels.size or SIDE % levels.shape[0]:
            raise ValueError(
                f"The pad takes a square image whose side divides {SIDE}, such as (8, 8) or (28, 28); "
                f"got shape {levels.shape}. Reshape it first: image.reshape(8, 8)."
            )
        if not (levels.min() >= 0 and levels.max() <= 1):  # also false for nan
            raise ValueError(
                f"The pad takes values from 0 (black) to 1 (white); got values from {levels.min():g} to "
                f"{levels.max():g}. Divide by the largest possible value first."
            )
        times = SIDE // len(levels)
        self.ink = np.kron(np.rint(levels * 255), np.ones((times, times))).astype(np.uint8).tobytes()

    def __repr__(self) -> str:  # without an address, so that a notebook's output stays the same
        return "DrawPad()"
