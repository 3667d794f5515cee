"""Images as tiles, and a network as a layered graph."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from .style import BLUE, GREY, INK, in_course_style, own_axes


@in_course_style
def image_grid(
    images: ArrayLike, *, titles: Sequence[str] | None = None, columns: int = 8, ax: Axes | None = None
) -> Axes:
    """N images as tiles of one picture, dark ink for large values: (N, rows, columns of pixels), or (N, D) if square.

    titles: one for each image, written over it; columns: at most so many in a row.
    """
    images = np.asarray(images, float)
    if images.ndim == 2:
        side = round(images.shape[1] ** 0.5)
        images = images.reshape(len(images), side, side)
    N, height, width = images.shape
    if titles is not None and len(titles) != N:
        raise ValueError(f"Give one title for each of the {N} images, not {len(titles)}.")
    rows = -(-N // columns)
    columns = -(-N // rows)  # ten images: five and five, not eight and two
    gap, head = max(1, width // 8), 0 if titles is None else -(-height // 4)
    tiles = np.full((rows * (head + height + gap) - gap, columns * (width + gap) - gap), np.nan)  # NaN is left white
    ax = ax or own_axes(0.95 * columns, 0.95 * columns * tiles.shape[0] / tiles.shape[1])
    for n, image in enumerate(images):
        top, left = (n // columns) * (head + height + gap) + head, (n % columns) * (width + gap)
        tiles[top : top + height, left : left + width] = image
        if titles is not None:
            ax.text(left + width / 2 - 0.5, top - 0.7, titles[n], ha="center", va="bottom", fontsize=10)
    ax.imshow(tiles, interpolation="nearest")
    ax.set_axis_off()
    return ax


@in_course_style
def network_diagram(
    sizes: Sequence[int], *, names: Sequence[str] | None = None, most: int = 8, ax: Axes | None = None
) -> Axes:
    """A layered graph: a circle for each unit and a line for each weight; a layer of over `most` units is abridged.

    names: one for each layer, "inputs", "hidden", "logits" and so on; the number of units is written under them.
    """
    names = names or ["inputs", *["hidden"] * (len(sizes) - 2), "logits"]
    tallest = min(max(sizes), most)
    ax = ax or own_axes(1.6 + 1.9 * (len(sizes) - 1), 0.9 + 0.36 * tallest)
    heights = []
    for size in sizes:
        y = (min(size, most) - 1) / 2 - np.arange(min(size, most))
        heights.append(y if size <= most else np.delete(y, most // 2))  # the gap holds three dots
    for x, (left, right) in enumerate(zip(heights[:-1], heights[1:], strict=True)):
        for a in left:
            ax.plot([x, x + 1], np.stack([np.full(len(right), a), right]), color=GREY, linewidth=0.5, alpha=0.6)
    for x, (size, y, name) in enumerate(zip(sizes, heights, names, strict=True)):
        ax.scatter(np.full(len(y), x), y, s=150, color="white", edgecolors=BLUE, linewidths=1.6, zorder=3)
        if size > most:
            gap = (most - 1) / 2 - most // 2
            ax.scatter([x] * 3, [gap - 0.25, gap, gap + 0.25], s=6, color=INK, zorder=3)
        ax.text(x, -(tallest + 0.4) / 2, f"{name}\n{size}", ha="center", va="top")
    ax.set(xlim=(-0.5, len(sizes) - 0.5), ylim=(-tallest / 2 - 1.6, tallest / 2))
    ax.set_axis_off()
    return ax
