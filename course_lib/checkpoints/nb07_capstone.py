"""Notebook 7: the exercise of the capstone, and the mistakes that are made in it."""

from __future__ import annotations

from typing import Any

import numpy as np

from course_lib.checkpoints.exercise import Case, Exercise, Function
from course_lib.nn import functional
from course_lib.nn.arrays import Array, Params

PREDICT = "07#3. From logits to an answer"


def reference(X: Array, params: Params) -> Array:
    """The class with the largest logit for each row of X: (N, D) -> (N,)."""
    logits, _ = functional.mlp_forward(X, params)
    labels: Array = logits.argmax(axis=1)
    return labels


def _cases() -> list[Case]:
    def case(seed: int, N: int, D: int, H: int, C: int, dtype: type = np.float64, shift: float = 0.0) -> Case:
        rng = np.random.default_rng(seed)
        shapes = {"W1": (D, H), "b1": (H,), "W2": (H, C), "b2": (C,)}
        params: Params = {name: rng.standard_normal(shape).astype(dtype) for name, shape in shapes.items()}
        params["b2"] += dtype(shift)  # below 0: all logits are negative, and the largest is the nearest to 0
        return rng.standard_normal((N, D)).astype(dtype), params

    by_hand: Case = (
        np.array([[2.0], [-1.0]]),
        {
            "W1": np.array([[1.0, -1.0]]),
            "b1": np.array([0.0, 1.0]),
            "W2": np.array([[1.0, 0.0, 2.0], [2.0, -1.0, 0.0]]),
            "b2": np.array([0.5, 1.0, -0.5]),
        },
    )
    X, params = case(5, 12, 4, 6, 5)
    params["b1"][0] = -1e6
    far_from_zero: Case = (1000 * X, params)  # hidden units far below 0 and far above it: nothing but the ReLU will do
    return [
        by_hand,
        case(1, 6, 3, 5, 4),
        case(2, 9, 4, 7, 5, shift=-1000.0),
        case(3, 12, 5, 6, 10, np.float32),
        case(4, 60, 3, 6, 8, shift=-4.0),
        far_from_zero,
    ]


predict = Exercise(
    "predict",
    reference=reference,
    cases=_cases,
    sizes=lambda X, params: {"N": len(X), "D": X.shape[1], "H": len(params["b1"]), "C": len(params["b2"])},
    hints=(
        "The network's answer for an image is the class with the largest logit. Which of your functions gives logits?",
        "`mine.mlp_forward(X, params)` returns two things, the logits (N, C) and the cache. For each row of the logits "
        "you want the *place* of the largest number, which `argmax` gives; along which axis?",
        "Nearly the code: `logits, cache = mine.mlp_forward(X, params)`, then return `logits.argmax(axis=...)`.",
    ),
)


def _logits(X: Array, params: Params) -> Array:
    return functional.mlp_forward(X, params)[0]


@predict.misconception("returns the logits", see=PREDICT)
def _(X: Array, params: Params) -> Any:
    """**These are the logits, a score for every class.** An answer is one class: the place of the largest score in its
    row."""
    return _logits(X, params)


@predict.misconception("returns the probabilities", see=PREDICT)
def _(X: Array, params: Params) -> Any:
    """**These are probabilities, one for each class.** An answer is one class for each image: the place of the largest
    probability. (The softmax keeps the order, so the logits alone would do.)"""
    return functional.softmax(_logits(X, params))


@predict.misconception("the largest logit instead of its place", see=PREDICT)
def _(X: Array, params: Params) -> Any:
    """**This is how large the largest logit is, not where it stands.** `max` gives the number, `argmax` its place, and
    the place is the class."""
    return _logits(X, params).max(axis=1)


@predict.misconception("the largest of each column", see=PREDICT)
def _(X: Array, params: Params) -> Any:
    """**You looked down the columns.** For each class you found the image with the largest logit. Wanted is for each
    image, a row, the class: axis=1."""
    return _logits(X, params).argmax(axis=0)


@predict.misconception("one place in the whole array", see=PREDICT)
def _(X: Array, params: Params) -> Any:
    """**Without an axis, `argmax` searches the whole array** and gives one place in it. Give it the axis along which
    the classes lie."""
    return int(_logits(X, params).argmax())


@predict.misconception("the smallest logit", see=PREDICT)
def _(X: Array, params: Params) -> Any:
    """**This is the least likely class of each image.** Wanted is the place of the largest logit."""
    return _logits(X, params).argmin(axis=1)


@predict.misconception("the largest size, without the sign", see=PREDICT)
def _(X: Array, params: Params) -> Any:
    """**A logit of -9 speaks against its class, however large it looks without its sign.** Compare the logits as they
    are."""
    return np.abs(_logits(X, params)).argmax(axis=1)


@predict.misconception("the largest hidden unit", see=PREDICT)
def _(X: Array, params: Params) -> Any:
    """**These are places in the hidden layer.** A1 comes out of the ReLU; the classes are the columns of the logits,
    one layer on."""
    return functional.mlp_forward(X, params)[1]["A1"].argmax(axis=1)


@predict.misconception("softmax over the batch", see=PREDICT)
def _(X: Array, params: Params) -> Any:
    """**Your softmax runs down the columns, over the images of the batch.** Then an answer depends on which other
    images were asked about. Each row is on its own: axis=1. Or leave the softmax out, since it keeps the order."""
    Z = _logits(X, params)
    E = np.exp(Z - Z.max(axis=0))
    return (E / E.sum(axis=0)).argmax(axis=1)


@predict.misconception("no shift, so that exp gives 0", see=PREDICT)
def _(X: Array, params: Params) -> Any:
    """**Where all logits are far below 0, every exp is 0**, and a softmax without a shift is 0 / 0. Then the answer is
    always 0. The softmax keeps the order, so leave it out: the largest logit is enough. (`mine.softmax` has the
    shift.)"""
    E = np.exp(_logits(X, params))
    return (E / E.sum(axis=1, keepdims=True)).argmax(axis=1)


@predict.misconception("no ReLU", see=PREDICT)
def _(X: Array, params: Params) -> Any:
    """**The ReLU between the two layers is missing**, so this is another network than the one that was trained. Use
    `mine.mlp_forward`, which has everything."""
    Z1 = functional.linear_forward(X, params["W1"], params["b1"])
    return functional.linear_forward(Z1, params["W2"], params["b2"]).argmax(axis=1)


@predict.misconception("negative logits never win", see=PREDICT)
def _(X: Array, params: Params) -> Any:
    """**Where all logits are negative, you always answer 0.** A ReLU behind the last layer does that, and so does a
    search for the largest that begins at 0. Take the largest logit as it is, however small."""
    return np.maximum(_logits(X, params), 0).argmax(axis=1)


@predict.misconception("no biases in the hidden layer", see=PREDICT)
def _(right: Function, X: Array, params: Params) -> Any:
    """**b1 is missing.** The network learned it, and without it the hidden layer gives other numbers. Use
    `mine.mlp_forward`, which has everything."""
    return right(X, {**params, "b1": np.zeros_like(params["b1"])})


@predict.misconception("no biases in the output layer", see=PREDICT)
def _(right: Function, X: Array, params: Params) -> Any:
    """**b2 is missing.** The network learned it, and it can change which logit is the largest."""
    return right(X, {**params, "b2": np.zeros_like(params["b2"])})


@predict.misconception("counts classes from 1", see=PREDICT)
def _(X: Array, params: Params) -> Any:
    """**All your answers are one too large.** Labels count from 0, and so does `argmax`."""
    return _logits(X, params).argmax(axis=1) + 1


@predict.misconception("one-hot rows", see=PREDICT)
def _(X: Array, params: Params) -> Any:
    """**These are rows with a 1 in them.** Wanted is the number of the class itself: the place of that 1."""
    Z = _logits(X, params)
    return np.eye(Z.shape[1])[Z.argmax(axis=1)]


@predict.misconception("one-hot rows of ten", see=PREDICT)
def _(X: Array, params: Params) -> Any:
    """**These are rows of ten with a 1 in them.** Wanted is the number of the class itself, the place of that 1. And
    not every network has ten classes."""
    return np.eye(10)[_logits(X, params).argmax(axis=1)]


@predict.misconception("rounded probabilities", see=PREDICT)
def _(X: Array, params: Params) -> Any:
    """**Which probabilities are above one half? That is another question.** There may be none in a row. Wanted is one
    class for each image, that of the largest, however small it is."""
    return np.round(functional.softmax(_logits(X, params)))


@predict.misconception("a column of labels", see=PREDICT)
def _(X: Array, params: Params) -> Any:
    """**The labels are right, but they stand in a column, (N, 1).** Compared with y (N,), each would be compared with
    each: broadcasting. Leave keepdims out."""
    return _logits(X, params).argmax(axis=1, keepdims=True)


@predict.misconception("standardises X again", see=PREDICT)
def _(X: Array, params: Params) -> Any:
    """**X comes standardised; you do it again, with the statistics of these few images.** Then an answer depends on
    which other images were asked about. Give X to the network as it is."""
    return _logits((X - X.mean()) / X.std(), params).argmax(axis=1)


@predict.misconception("standardises X again", see=PREDICT)
def _(X: Array, params: Params) -> Any:
    """**X comes standardised; you do it again, feature by feature, with the statistics of these few images.** Then an
    answer depends on which other images were asked about. Give X to the network as it is."""
    return _logits(functional.standardize(X, X), params).argmax(axis=1)


EXERCISES = (predict,)
