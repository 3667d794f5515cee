"""Images as tiles, and a network as a layered graph."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike

from .style import BLUE, GREY, INK, Array, in_course_style, own_axes


@in_course_style
def image_grid(
    images: ArrayLike, *, titles: Sequence[str] | None = None, columns: int = 8, ax: Axes | None = None
) -> Axes:
    """N images as tiles of one picture, dark ink for large values: (N, rows, columns of pixels), or (N, D) if square.

    titles: one for each image, written over it; columns: at most so many in a row.
    """
    images = _square(images)
    N, height, width = images.shape
    if titles is not None and len(titles) != N:
        raise ValueError(f"Give one title for each of the {N} images, not {len(titles)}.")
    head = 0 if titles is None else -(-height // 4)
    tiles, corners = _tiles(images, columns, head)
    columns = len({left for _, left in corners})
    ax = ax or own_axes(0.95 * columns, 0.95 * columns * tiles.shape[0] / tiles.shape[1])
    if titles is not None:
        for title, (top, left) in zip(titles, corners, strict=True):
            ax.text(left + width / 2 - 0.5, top - 0.7, title, ha="center", va="bottom", fontsize=10)
    ax.imshow(tiles, interpolation="nearest")
    ax.set_axis_off()
    return ax


@in_course_style
def weight_images(W: ArrayLike, *, limit: float | None = None, columns: int = 8, ax: Axes | None = None) -> Axes:
    """The weights W (D, H) of each unit as an image of the pixels that they belong to, if D is a square.

    Red pixels speak for the unit, blue ones against it, white ones do not matter. limit: the size of a weight that has
    the full colour, otherwise that of the largest one.
    """
    images = _square(np.asarray(W, float).T)
    limit = limit or float(np.abs(images).max()) or 1.0
    tiles, corners = _tiles(images, columns, 0)
    columns = len({left for _, left in corners})
    ax = ax or own_axes(0.6 * columns, 0.6 * columns * tiles.shape[0] / tiles.shape[1])
    ax.imshow(tiles, cmap="RdBu_r", vmin=-limit, vmax=limit, interpolation="nearest")
    ax.set_axis_off()
    return ax


@in_course_style
def image_stages(stages: Mapping[str, ArrayLike], *, ax: Axes | None = None) -> Axes:
    """What becomes of an image: pixels (rows, columns) for each name, beside one another and equally tall."""
    ax = ax or own_axes(2.3 * len(stages), 2.6)
    left = 0.0
    for name, image in stages.items():
        pixels = np.asarray(image, float)
        width = pixels.shape[1] / pixels.shape[0]
        ax.imshow(pixels, extent=(left, left + width, 0, 1), vmin=0, interpolation="nearest")
        ax.add_patch(Rectangle((left, 0), width, 1, fill=False, edgecolor=GREY, linewidth=0.8))
        ax.text(left + width / 2, 1.04, name, ha="center", va="bottom", fontsize=10)
        left += width + 0.3
    ax.set(xlim=(-0.05, left - 0.25), ylim=(-0.02, 1.2))
    ax.set_axis_off()
    return ax


def _square(images: ArrayLike) -> Array:
    """(N, rows, columns of pixels), from that or from (N, D)."""
    images = np.asarray(images, float)
    if images.ndim == 2:
        side = round(images.shape[1] ** 0.5)
        images = images.reshape(len(images), side, side)
    return images


def _tiles(images: Array, columns: int, head: int) -> tuple[Array, list[tuple[int, int]]]:
    """One picture of all images, at most so many in a row, `head` rows of pixels free above each; and the (top, left)
    of each. What belongs to no image is NaN, which is left white."""
    N, height, width = images.shape
    rows = -(-N // columns)
    columns = -(-N // rows)  # ten images: five and five, not eight and two
    gap = max(1, width // 8)
    tiles = np.full((rows * (head + height + gap) - gap, columns * (width + gap) - gap), np.nan)
    corners = [((n // columns) * (head + height + gap) + head, (n % columns) * (width + gap)) for n in range(N)]
    for image, (top, left) in zip(images, corners, strict=True):
        tiles[top : top + height, left : left + width] = image
    return tiles, corners


@in_course_style
def network_diagram(sizes: Sequence[int], *, ax: Axes | None = None) -> Axes:
    """A layered graph: a circle for each unit and a line for each weight; a layer of over 8 units is abridged.

    Under each layer stands what it is, "inputs", "hidden" or "logits", and how many units it has.
    """
    most = 8
    names = ["inputs", *["hidden"] * (len(sizes) - 2), "logits"]
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
