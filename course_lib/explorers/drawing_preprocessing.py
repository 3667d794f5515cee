"""From ink on the pad to the 64 numbers of scikit-learn's digits: the steps by which that data set was made.

    drawing --crop--> ink alone --scale--> 20 x 32 pixels --thin or thicken--> --straighten--> 32 x 32 bits
            --count the inked pixels of each 4 x 4 block--> 8 x 8 numbers from 0 to 16

A network knows only images like those it learned from. Of MNIST's test images, simply averaged down to 8 x 8, the
network of drawing.py reads two in five; brought to 8 x 8 by the steps below, more than four in five.

Sources: the data set's own description for the blocks (E. Alpaydin and C. Kaynak, 1998; `load_digits().DESCR`), and the
NIST Form-Based Handprint Recognition System for the rest (Garris et al., NISTIR 5469, 1994), by which its authors had
their forms read. The data agrees: in all 1,797 digits the first and the last row hold ink, in 98 of 100 the ink is
between 256 and 400 pixels, and the left edges of the first and the last row are less than 1 pixel of 32 apart.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Bits = NDArray[np.bool_]

FRAME = 32  # the bitmap's side
WIDTH = 20  # a digit is made this wide and FRAME tall
STRETCH = 2.0  # the most that one side is enlarged more than the other, or a straight 1 would become a solid block


def digits_pixels(ink: ArrayLike) -> NDArray[np.float32] | None:
    """The (64,) values in [0, 1] that the data set would hold for this drawing, in steps of 1/16; None for a blank pad.

    ink: (S, S), 0 where there is none, larger where there is more; soft edges count as ink from half the darkest on.
    """
    ink = np.asarray(ink, dtype=np.float32)
    if ink.ndim != 2:
        raise ValueError(f"A drawing is an array of rows and columns; got shape {ink.shape}. Reshape it first.")
    if not ink.any():
        return None
    bits = straighten(even_stroke(scale_to_frame(crop(ink / ink.max()))))
    blocks: NDArray[np.int64] = bits.reshape(8, 4, 8, 4).sum(axis=(1, 3))  # (8, 8), 0..16
    return blocks.reshape(64).astype(np.float32) / np.float32(16)


def crop(ink: NDArray[np.float32]) -> NDArray[np.float32]:
    """The smallest rectangle that holds all ink of at least half strength."""
    rows, columns = np.nonzero(ink >= 0.5)
    return ink[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]


def scale_to_frame(ink: NDArray[np.float32]) -> Bits:
    """(FRAME, FRAME) bits with the ink stretched to WIDTH x FRAME pixels, in the middle.

    The proportions of the drawing are lost, as in the data, but for the limit STRETCH.
    """
    height, width = ink.shape
    new_height = max(1, min(FRAME, round(STRETCH * WIDTH * height / width)))
    new_width = max(1, min(WIDTH, round(STRETCH * FRAME * width / height)))
    scaled = averaging(height, new_height) @ ink @ averaging(width, new_width).T
    top, left = (FRAME - new_height) // 2, (FRAME - new_width) // 2
    frame = np.zeros((FRAME, FRAME), dtype=bool)
    frame[top : top + new_height, left : left + new_width] = scaled >= 0.5
    return frame


def averaging(old: int, new: int) -> NDArray[np.float64]:
    """(new, old): row i averages the old pixels that the new pixel i covers, each by the part of it that is covered."""
    edges = np.linspace(0, old, new + 1)
    pixels = np.arange(old)
    covered: NDArray[np.float64] = np.minimum(edges[1:, None], pixels + 1) - np.maximum(edges[:-1, None], pixels)
    return covered.clip(min=0) * new / old


def even_stroke(bits: Bits) -> Bits:
    """Strokes of about one width: where there is little ink it grows by a pixel all round, where there is much it
    shrinks, and twice where there is very little or very much."""
    inked = bits.sum()
    for limit in (256, 108):
        bits = _thicken(bits) if inked < limit else bits
    for limit in (412, 560):
        bits = ~_thicken(~bits, outside=True) if inked > limit else bits
    return bits


def _thicken(bits: Bits, outside: bool = False) -> Bits:
    """Every bit that is set or has a set neighbour above, below, left or right."""
    padded = np.pad(bits, 1, constant_values=outside)
    across = padded[1:-1, :-2] | padded[1:-1, 2:]
    return bits | across | padded[:-2, 1:-1] | padded[2:, 1:-1]


def straighten(bits: Bits) -> Bits:
    """Shift each row sideways so that the left edges near the top and near the bottom stand above each other.

    The first and last two rows are passed over, as too ragged to measure a slant by.
    """
    inked = np.flatnonzero(bits.any(axis=1))
    top, bottom = inked[0] + 2, inked[-1] - 2
    if bottom <= top or not (bits[top].any() and bits[bottom].any()):
        return bits
    slant = (int(bits[top].argmax()) - int(bits[bottom].argmax())) / (bottom - top)
    straight = np.zeros_like(bits)
    for row in range(FRAME):
        shift = round((row - FRAME // 2) * slant)
        columns = np.flatnonzero(bits[row]) + shift
        straight[row, columns[(columns >= 0) & (columns < FRAME)]] = True  # what leaves the frame is lost, as it was
    return straight
