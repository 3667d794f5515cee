"""Ten digits in four hands, as strokes to be drawn with a mouse, and what they look like on the pad."""

import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Strokes = list[list[list[float]]]  # lists of points [x, y], from 0 to 100

# hand -> digit -> strokes
DRAWINGS: dict[str, dict[str, Strokes]] = json.loads(
    Path(__file__).with_name("drawings.json").read_text(encoding="utf-8")
)


def inked(strokes: Strokes) -> NDArray[np.float64]:
    """The strokes as the pad would show them: (112, 112) in [0, 1]."""
    y, x = (np.mgrid[:112, :112] + 0.5) / 1.12
    distance = np.full((112, 112), np.inf)
    for stroke in strokes:
        points = np.array(stroke, float)
        for start, step in zip(points[:-1], np.diff(points, axis=0), strict=True):
            along = ((x - start[0]) * step[0] + (y - start[1]) * step[1]) / (step @ step)
            along = along.clip(0, 1)
            distance = np.minimum(distance, np.hypot(x - start[0] - along * step[0], y - start[1] - along * step[1]))
    return np.clip((3.6 - distance) * 1.12 + 0.5, 0, 1)
