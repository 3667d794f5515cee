"""From ink on the pad to the 784 numbers of an MNIST image: the steps by which that data set was made.

    drawing --crop--> ink alone --fit_into_box--> 20 pixels on its longer side, grey at the edges
            --centre--> 28 x 28, the centre of its mass in the middle

A network knows only images like those it learned from: a digit that is too large, too thin or off the middle is
something new to it.

Source: Y. LeCun, C. Cortes, C. J. C. Burges, The MNIST database of handwritten digits: "size normalized to fit in a
20x20 pixel box while preserving their aspect ratio", with "grey levels as a result of the anti-aliasing", and centred
"by computing the center of mass of the pixels, and translating the image so as to position this point at the center".
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from course_lib.explorers.drawing_preprocessing import averaging, crop

Floats = NDArray[np.float32]

SIDE, BOX = 28, 20  # pixels of the image, and of the box that the digit is fitted into


def mnist_pixels(ink: ArrayLike) -> Floats | None:
    """The (784,) values in [0, 1] that MNIST would hold for this drawing; None for a blank pad.

    ink: (S, S), 0 where there is none, larger where there is more.
    """
    ink = np.asarray(ink, dtype=np.float32)
    if ink.ndim != 2:
        raise ValueError(f"A drawing is an array of rows and columns; got shape {ink.shape}. Reshape it first.")
    if not ink.any():
        return None
    return centre(fit_into_box(crop(ink / ink.max()))).reshape(SIDE * SIDE)


def fit_into_box(ink: Floats) -> Floats:
    """The ink (h, w) with its longer side brought to BOX pixels, the proportions kept: (BOX, .) or (., BOX).

    A new pixel is the mean of the old ones that it covers, so edges become grey.
    """
    height, width = ink.shape
    scale = BOX / max(height, width)
    new_height, new_width = max(1, round(scale * height)), max(1, round(scale * width))
    boxed: NDArray[np.float64] = averaging(height, new_height) @ ink @ averaging(width, new_width).T
    return boxed.astype(np.float32)


def centre(ink: Floats) -> Floats:
    """The ink (h, w) on an empty (SIDE, SIDE) image, moved by whole pixels until its centre of mass is in the middle.

    Centre of mass: the mean of the rows and the mean of the columns, each pixel counted as often as it has ink. The
    middle is row 14, column 14, counted from 0: in all of MNIST the centre is within half a pixel of it. The ink stays
    inside the image, however uneven it is.
    """
    height, width = ink.shape
    mass = ink.sum()
    row, column = ink.sum(axis=1) @ np.arange(height) / mass, ink.sum(axis=0) @ np.arange(width) / mass
    top = int(np.clip(round(SIDE / 2 - row), 0, SIDE - height))
    left = int(np.clip(round(SIDE / 2 - column), 0, SIDE - width))
    image = np.zeros((SIDE, SIDE), np.float32)
    image[top : top + height, left : left + width] = ink
    return image
