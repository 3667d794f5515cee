"""A sealed test set: it can be looked at, and every look is counted.

    sealed = SealedTestSet(X_test, y_test, name="digits")
    del X_test, y_test                      # from now on there is one way to the test images

    sealed.evaluate(predict)                First look at the test set "digits": accuracy 96.9% on 360 images. ...
    sealed                                  the test set "digits": 360 images, looked at once

A test set gives an honest number as long as nothing was chosen by it. Nobody can forbid you to look twice, so the
seal does not: it remembers, in sealed.jsonl beside the progress file, across restarts. Another SealedTestSet of the
same name goes on with the same count.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from course_lib import journal

Images = NDArray[np.floating[Any]]
Labels = NDArray[np.integer[Any]]


class SealedTestSet:
    """Test images X (N, D) and labels y (N,), kept away until they are asked for."""

    def __init__(self, X: Images, y: Labels, name: str) -> None:
        if len(X) != len(y) or len(y) == 0:
            raise ValueError(f"X and y must be as many images and labels, at least one, not {len(X)} and {len(y)}.")
        self._X, self._y, self.name = np.array(X), np.array(y), name

    @property
    def looks(self) -> int:
        """How often this test set has been looked at, in this session and all before."""
        return self._looks().entries.count(self.name)

    def evaluate(self, predict: Callable[[Images], ArrayLike]) -> float:
        """The accuracy of `predict` on the test images. This is a look: it is counted, and said.

        predict(X) gives a label for each row of X (N, D): shape (N,), whole numbers. X comes as it was put in, so
        standardising it, with the statistics of the training images, is up to `predict`. Raises ValueError, and
        counts nothing, if `predict` returns anything else.
        """
        labels = np.asarray(predict(self._X.copy()))
        self._check(labels)
        accuracy = float(np.mean(labels == self._y))
        uncertainty = math.sqrt(accuracy * (1 - accuracy) / len(self._y))  # standard deviation of a mean of N yes or no
        self._count(f"accuracy {accuracy:.1%} on {len(self._y)} images, give or take {uncertainty:.1%}", accuracy)
        return accuracy

    def open(self) -> tuple[Images, Labels]:
        """The images and labels themselves, for example to draw the worst mistakes. This is a look, too."""
        self._count(f"all {len(self._y)} images and labels")
        return self._X.copy(), self._y.copy()

    def __repr__(self) -> str:
        looks = self.looks
        often = {0: "not looked at yet", 1: "looked at once", 2: "looked at twice"}.get(
            looks, f"looked at {looks} times"
        )
        return f'the test set "{self.name}": {len(self._y)} images, {often}'

    def _check(self, labels: NDArray[Any]) -> None:
        if labels.shape != self._y.shape:
            hint = " These look like logits: add .argmax(axis=1)." if labels.ndim == 2 else ""
            raise ValueError(
                f"predict must return one label for each of the {len(self._y)} images, shape {self._y.shape}, but "
                f"returned shape {labels.shape}.{hint} The seal was not broken."
            )
        if labels.dtype.kind not in "iuf" or (labels != np.round(labels)).any():
            raise ValueError(
                f"predict must return labels, whole numbers such as {self._y[0]}, but returned {labels.dtype} such as "
                f"{labels[0]!r}. The seal was not broken."
            )

    def _count(self, seen: str, accuracy: float | None = None) -> None:
        """Write the look down, then say it."""
        look, trouble = self.looks + 1, self._looks().damage
        try:
            journal.append(journal.beside_progress("sealed.jsonl"), {"test_set": self.name, "accuracy": accuracy})
        except OSError as error:
            trouble = f"The look could not be written down ({error}), so the next one will not know of it."
        if look == 1:
            text = f'First look at the test set "{self.name}": {seen}.'
        else:
            text = (
                f'Look {look} at the test set "{self.name}": {seen}. '
                "If an earlier look helped you to choose anything, this number flatters you."
            )
        print(f"{text} {trouble}".rstrip())

    def _looks(self) -> journal.Journal[str]:
        """The names of the test sets that were looked at. (A file that cannot be opened is reported by `_count`.)"""
        file = journal.beside_progress("sealed.jsonl")
        try:
            return journal.read(file, lambda entry: str(entry["test_set"]))
        except OSError:
            return journal.Journal(file)
