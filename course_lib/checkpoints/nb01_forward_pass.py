"""Notebook 1: the exercises of the forward pass, and the mistakes that are made in them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from course_lib.checkpoints.exercise import Case, Exercise
from course_lib.nn import functional

Array = np.ndarray
Params = dict[str, Array]

STANDARDISE = "01#2. Standardise the inputs"
LINEAR = "01#3. A layer of linear units"
RELU = "01#4. The bend: ReLU"
SIGMOID = "01#5. A smooth bend: sigmoid"
SOFTMAX = "01#6. From scores to probabilities: softmax"
CROSS_ENTROPY = "01#7. How wrong the network is: cross-entropy"
MLP = "01#8. The whole forward pass"
ACCURACY = "01#9. How often it is right: accuracy"


def _normal(seed: int, *shape: int, scale: float = 1.0, dtype: type = np.float64) -> Array:
    return (scale * np.random.default_rng(seed).standard_normal(shape)).astype(dtype)


# ---- standardize ----------------------------------------------------------------------------------------------------


def _standardize_cases() -> list[Case]:
    pixels = np.random.default_rng(3).integers(0, 256, (9, 4)).astype(np.float32)
    return [
        (np.array([[0.0, 2.0], [2.0, 6.0]]), np.array([[3.0, 8.0]])),
        (np.array([[1.0, 5.0], [3.0, 5.0], [8.0, 5.0]]), np.array([[3.0, 5.0], [1.0, 5.0]])),
        (_normal(1, 6, 3) * [1.0, 10.0, 0.1] + [0.0, 5.0, 0.2], _normal(2, 4, 3) * [1.0, 10.0, 0.1]),
        (pixels, pixels[:5] + 1),
        (_normal(4, 5, 7, dtype=np.float32), _normal(5, 2, 7, dtype=np.float32)),
    ]


standardize = Exercise(
    "standardize",
    reference=functional.standardize,
    cases=_standardize_cases,
    sizes=lambda X_train, X: {"N": len(X_train), "D": X.shape[1]},
    hints=(
        "Each column of X_train is one feature. How many means do you need, and which axis must the mean run along?",
        "`X_train.mean(axis=0)` and `X_train.std(axis=0)` have shape (D,), and (N, D) minus (D,) works column by "
        "column. Both come from X_train, even when X is another array. A constant feature has std 0: `np.where` gives "
        "the result 0 there, and a number to divide by that is not 0.",
        "Nearly the code: `mean, std = ..., ...`, `constant = std == 0`, then return `np.where(constant, 0, ...) / "
        "np.where(constant, 1, ...)`.",
    ),
)


def _scaled(X: Array, shift: Array, scale: Array) -> Array:
    scaled: Array = (X - shift) / np.where(scale == 0, 1, scale)
    return scaled


@standardize.misconception("measures X instead of X_train", see=STANDARDISE)
def _(right: Callable[..., Array], X_train: Array, X: Array) -> Any:
    """**Mean and std must come from X_train.** You measured X itself. Then every batch of new images would be
    scaled differently, and the network would learn something about the images that it is to be tested on."""
    return right(X, X)


@standardize.misconception("one mean and std for the whole array", see=STANDARDISE)
def _(X_train: Array, X: Array) -> Any:
    """**Each feature needs its own mean and std.** You took one number over the whole array. Look at the axis of
    your mean: one number for each column is wanted."""
    return _scaled(X, np.asarray(X_train.mean()), np.asarray(X_train.std()))


@standardize.misconception("one mean and std for each example", see=STANDARDISE)
def _(X_train: Array, X: Array) -> Any:
    """**You measured each row; each column is wanted.** A row is one image, a column is one feature over all
    images, and features are what should become comparable."""
    return _scaled(X, X.mean(axis=1, keepdims=True), X.std(axis=1, keepdims=True))


@standardize.misconception("divides by the variance", see=STANDARDISE)
def _(X_train: Array, X: Array) -> Any:
    """**You divide by the variance.** The standard deviation is its square root, and it has the unit of X, so that
    the quotient has none."""
    return _scaled(X, X_train.mean(axis=0), X_train.var(axis=0))


@standardize.misconception("std that divides by N - 1", see=STANDARDISE)
def _(X_train: Array, X: Array) -> Any:
    """**Your std divides by N - 1.** That is the estimate for a sample (ddof=1). The course divides by N, as
    `np.std` does when it is not told otherwise."""
    return _scaled(X, X_train.mean(axis=0), X_train.std(axis=0, ddof=1))


@standardize.misconception("divides by 0 for a constant feature", see=STANDARDISE)
def _(X_train: Array, X: Array) -> Any:
    """**A constant feature has std 0, and 0 / 0 is nan.** Some pixels at the edge are always empty. Such a feature
    says nothing and should become 0: look after it before you divide."""
    mean, std = X_train.mean(axis=0), X_train.std(axis=0)
    return (X - mean) / std


@standardize.misconception("leaves a constant feature as it was", see=STANDARDISE)
def _(X_train: Array, X: Array) -> Any:
    """**A constant feature should become 0.** You left it as it was; the mean must come off it too."""
    std = X_train.std(axis=0)
    return np.where(std > 0, _scaled(X, X_train.mean(axis=0), std), X)


@standardize.misconception("only subtracts the mean", see=STANDARDISE)
def _(X_train: Array, X: Array) -> Any:
    """**The mean is gone, but the spread is still there.** Divide by the standard deviation of each feature as
    well."""
    return X - X_train.mean(axis=0)


@standardize.misconception("scales from smallest to largest", see=STANDARDISE)
def _(X_train: Array, X: Array) -> Any:
    """**This is min-max scaling**: it maps each feature to the range 0 to 1. Standardising maps it to mean 0 and
    standard deviation 1."""
    low, high = X_train.min(axis=0), X_train.max(axis=0)
    return _scaled(X, low, high - low)


# ---- linear_forward -------------------------------------------------------------------------------------------------


def _linear_cases() -> list[Case]:
    return [
        (np.array([[1.0, 2.0, 0.0]]), np.array([[1.0], [-1.0], [3.0]]), np.array([0.5])),
        (np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[1.0, -1.0], [0.0, 2.0]]), np.array([0.5, -0.25])),
        (_normal(1, 3, 4), _normal(2, 4, 2), _normal(3, 2)),
        (_normal(4, 5, 2), _normal(5, 2, 6), _normal(6, 6)),
        (_normal(7, 2, 3), _normal(8, 3, 3), _normal(9, 3)),
        (_normal(7, 4, 3, dtype=np.float32), _normal(8, 3, 5, dtype=np.float32), _normal(9, 5, dtype=np.float32)),
    ]


linear_forward = Exercise(
    "linear_forward",
    reference=functional.linear_forward,
    cases=_linear_cases,
    sizes=lambda X, W, b: {"N": len(X), "D": X.shape[1], "H": len(b)},
    hints=(
        "Write the three shapes under one another: X (N, D), W (D, H), b (H,). Which product of X and W has the shape "
        "(N, H)?",
        "`@` is the matrix product. NumPy adds a vector of shape (H,) to every row of a matrix of shape (N, H) by "
        "itself.",
        "Nearly the code: return `X @ ...` plus b.",
    ),
)


@linear_forward.misconception("leaves out the bias", see=LINEAR)
def _(right: Callable[..., Array], X: Array, W: Array, b: Array) -> Any:
    """**The bias is missing.** The product is right; add b to every row of it."""
    return right(X, W, np.zeros_like(b))


@linear_forward.misconception("subtracts the bias", see=LINEAR)
def _(right: Callable[..., Array], X: Array, W: Array, b: Array) -> Any:
    """**The bias has the wrong sign.** Z = X W + b: it is added."""
    return right(X, W, -b)


@linear_forward.misconception("transposes the weights", see=LINEAR)
def _(right: Callable[..., Array], X: Array, W: Array, b: Array) -> Any:
    """**W does not need transposing.** In this course W has shape (D, H): X (N, D) times W (D, H) fits as it is."""
    return right(X, W.T, b)


@linear_forward.misconception("multiplies in the other order", see=LINEAR)
def _(X: Array, W: Array, b: Array) -> Any:
    """**The order of the product matters.** You computed W @ X. Rows of X are examples, so X stands on the left: X
    @ W."""
    return W @ X + b


@linear_forward.misconception("multiplies element by element", see=LINEAR)
def _(X: Array, W: Array, b: Array) -> Any:
    """**`*` multiplies element by element.** Each unit needs a sum over all features: the matrix product is `@`."""
    return X * W + b


@linear_forward.misconception("adds the bias to the columns", see=LINEAR)
def _(right: Callable[..., Array], X: Array, W: Array, b: Array) -> Any:
    """**The bias belongs to the units, not to the examples.** b has one number for each column of Z; you added it
    along the rows."""
    return right(X, W, np.zeros_like(b)) + b[:, None]


# ---- relu -----------------------------------------------------------------------------------------------------------


def _pre_activation_cases() -> list[Case]:
    return [
        (np.array([[-2.0, 0.0, 3.0]]),),
        (np.array([[0.5, 1.5], [-0.5, 2.0]]),),
        (_normal(1, 4, 3),),
        (_normal(2, 2, 5, scale=10.0),),
        (_normal(3, 3, 4, dtype=np.float32),),
        (np.array([[-1e-3, -0.0, 1e-3, 2e-3]]),),
        (np.array([[-1e4, 1e4, 5.0, -5.0]]),),
    ]


relu = Exercise(
    "relu",
    reference=functional.relu,
    cases=_pre_activation_cases,
    sizes=lambda Z: {"N": len(Z), "H": Z.shape[1]},
    hints=(
        "What should come out for -2, for 0 and for 3? Each element is treated on its own.",
        "You need the larger of two numbers, element by element. Python's `max` compares whole arrays; NumPy has a "
        "function that compares two arrays element by element.",
        "Nearly the code: return `np.maximum(Z, ...)`.",
    ),
)


@relu.misconception("takes the absolute value", see=RELU)
def _(Z: Array) -> Any:
    """**Negative numbers should become 0, not positive.** You return their absolute value."""
    return np.abs(Z)


@relu.misconception("keeps the negative part", see=RELU)
def _(Z: Array) -> Any:
    """**The wrong half was kept.** What is negative should become 0, what is positive should pass unchanged."""
    return np.minimum(Z, 0)


@relu.misconception("returns the slope", see=RELU)
def _(Z: Array) -> Any:
    """**This is the slope of ReLU**: 1 where Z is positive, 0 elsewhere. The value is Z itself where Z is positive.
    (The slope comes in notebook 2.)"""
    return (Z > 0).astype(Z.dtype)


@relu.misconception("lets a little of the negative part through", see=RELU)
def _(Z: Array) -> Any:
    """**This is the leaky ReLU**, which keeps a hundredth of the negative part. The plain one makes it exactly 0."""
    return np.where(Z > 0, Z, 0.01 * Z).astype(Z.dtype)


@relu.misconception("cuts off at 1", see=RELU)
def _(Z: Array) -> Any:
    """**Large numbers should pass unchanged.** You cut them off at 1; ReLU has no upper limit."""
    return np.clip(Z, 0, 1)


@relu.misconception("the largest of each column", see=RELU)
def _(Z: Array) -> Any:
    """**`np.max(Z, 0)` looks for the largest number of each column**: the 0 in it is an axis. `np.maximum(Z, 0)`
    compares each element with 0."""
    return np.max(Z, 0)


@relu.misconception("shifts instead of cutting", see=RELU)
def _(Z: Array) -> Any:
    """**You took the smallest element off everything.** Each element is on its own: compare it with 0 and nothing
    else."""
    return Z - Z.min()


# ---- sigmoid --------------------------------------------------------------------------------------------------------


def _sigmoid_cases() -> list[Case]:
    return [
        (np.array([[0.0, 2.0]]),),
        (np.array([[-1.0], [1.0], [3.0]]),),
        (_normal(1, 4, 3),),
        (_normal(2, 2, 5, dtype=np.float32),),
        (np.array([[-1000.0, 1000.0, -50.0, 20.0]]),),
        (np.array([[-100.0, 100.0, 0.5]], dtype=np.float32),),
    ]


sigmoid = Exercise(
    "sigmoid",
    reference=functional.sigmoid,
    cases=_sigmoid_cases,
    sizes=lambda Z: {"N": len(Z), "H": Z.shape[1]},
    hints=(
        "Try the formula 1 / (1 + exp(-z)) at z = 1000 and at z = -1000. At which one does the computer complain, and "
        "why?",
        "For z >= 0 use 1 / (1 + exp(-z)), for z < 0 use exp(z) / (1 + exp(z)). In both, exp only sees numbers that "
        "are 0 or negative: -|z|.",
        "Nearly the code: `E = np.exp(-np.abs(Z))`, then return `np.where(Z >= 0, 1, E) / (1 + ...)`.",
    ),
)


@sigmoid.misconception("falls instead of rising", see=SIGMOID)
def _(right: Callable[..., Array], Z: Array) -> Any:
    """**Your curve is mirrored.** It should rise from 0 to 1; yours falls from 1 to 0. Look at the sign inside exp."""
    return right(-Z)


@sigmoid.misconception("exp(Z) / (1 + exp(Z)) for large Z too", see=SIGMOID)
def _(Z: Array) -> Any:
    """**Right for small numbers, nan for large ones.** exp(1000) is too large for the computer, and infinity
    divided by infinity is nan. Use this form where Z is negative, and 1 / (1 + exp(-Z)) elsewhere."""
    return np.exp(Z) / (1 + np.exp(Z))


@sigmoid.misconception("the same for negative numbers", see=SIGMOID)
def _(right: Callable[..., Array], Z: Array) -> Any:
    """**Negative numbers come out as if they were positive.** The sigmoid of a negative number is below one half. 1
    / (1 + E) with E = exp(-|Z|) is right where Z >= 0; elsewhere it is E / (1 + E)."""
    return right(np.abs(Z))


@sigmoid.misconception("returns the slope", see=SIGMOID)
def _(right: Callable[..., Array], Z: Array) -> Any:
    """**This is the slope of the sigmoid**, A (1 - A). The value is A itself. (The slope comes in notebook 2.)"""
    A = right(Z)
    return A * (1 - A)


@sigmoid.misconception("takes tanh", see=SIGMOID)
def _(Z: Array) -> Any:
    """**This is tanh**, which runs from -1 to 1. The sigmoid runs from 0 to 1, and sigmoid(0) is one half."""
    return np.tanh(Z)


@sigmoid.misconception("leaves out the 1 in the denominator", see=SIGMOID)
def _(Z: Array) -> Any:
    """**The 1 in the denominator is missing.** 1 / exp(-Z) is just exp(Z), which grows without limit; 1 + exp(-Z)
    keeps it below 1."""
    return 1 / np.exp(-Z)


@sigmoid.misconception("1 minus exp(-Z) in the denominator", see=SIGMOID)
def _(Z: Array) -> Any:
    """**A minus stands where a plus belongs.** The denominator is 1 + exp(-Z); with a minus it is 0 at Z = 0."""
    return 1 / (1 - np.exp(-Z))


# ---- softmax --------------------------------------------------------------------------------------------------------


def _logits() -> list[Array]:
    return [
        np.array([[0.0, 1.0]]),
        np.array([[0.0, 1.0, 2.0], [3.0, 3.0, 1.0]]),
        _normal(1, 4, 3),
        _normal(2, 3, 5, scale=4.0),
        _normal(3, 5, 2, dtype=np.float32),
        _normal(4, 3, 3),
        np.array([[500.0, 0.0, 499.0]]),
        np.array([[1000.0, 0.0, -1000.0]]),
        np.array([[1000.0, 999.0], [0.0, 1.0]]),
        np.array([[120.0, 0.0, 119.0], [-500.0, -501.0, -500.0]], dtype=np.float32),
    ]


softmax = Exercise(
    "softmax",
    reference=functional.softmax,
    cases=lambda: [(Z,) for Z in _logits()],
    sizes=lambda Z: {"N": len(Z), "C": Z.shape[1]},
    hints=(
        "Two steps: make everything positive, then divide so that each row adds up to 1. Along which axis does a row "
        "add up?",
        "Adding the same number to a whole row changes no probability. Take the row's largest logit off first: then "
        "the largest exponent is 0 and exp cannot overflow. `keepdims=True` keeps a column of shape (N, 1), which fits "
        "to Z.",
        "Nearly the code: `E = np.exp(Z - Z.max(axis=1, keepdims=True))`, then divide E by its sum along the same "
        "axis.",
    ),
)


@softmax.misconception("normalises the whole array, not each row", see=SOFTMAX)
def _(right: Callable[..., Array], Z: Array) -> Any:
    """**Each row needs its own sum.** All your probabilities together add up to 1; each row should. Look at the
    axis of your sum."""
    return right(Z.reshape(1, -1)).reshape(Z.shape)


@softmax.misconception("normalises the whole array, not each row", see=SOFTMAX)
def _(Z: Array) -> Any:
    """**Each row needs its own sum.** All your probabilities together add up to 1; each row should. Look at the
    axis of your sum."""
    E = np.exp(Z - Z.max(axis=1, keepdims=True))
    return E / E.sum()


@softmax.misconception("adds the largest logit instead of taking it off", see=SOFTMAX)
def _(Z: Array) -> Any:
    """**The largest logit was added; it must come off.** Adding a number changes no probability on paper, but exp
    of twice the largest logit overflows even sooner. Z minus its row's largest logit has 0 as its largest
    number."""
    E = np.exp(Z + Z.max(axis=1, keepdims=True))
    return E / E.sum(axis=1, keepdims=True)


@softmax.misconception("a shift for each column", see=SOFTMAX)
def _(Z: Array) -> Any:
    """**The shift belongs to the row.** You took the largest logit of each *column* off. That changes the
    differences inside a row, and with them the probabilities. Look at the axis of your max."""
    E = np.exp(Z - Z.max(axis=0))
    return E / E.sum(axis=1, keepdims=True)


@softmax.misconception("normalises each column", see=SOFTMAX)
def _(right: Callable[..., Array], Z: Array) -> Any:
    """**Your columns add up to 1; your rows should.** A row is one image. Look at the axis of your sum: `axis=1`
    runs along a row."""
    return right(Z.T).T


@softmax.misconception("no shift, so that exp overflows", see=SOFTMAX)
def _(Z: Array) -> Any:
    """**Right for small logits, nan for large ones.** exp(1000) is too large for the computer, and infinity divided
    by infinity is nan. Take the largest logit of each row off that row first: no probability changes."""
    E = np.exp(Z)
    return E / E.sum(axis=1, keepdims=True)


@softmax.misconception("one shift for all rows", see=SOFTMAX)
def _(Z: Array) -> Any:
    """**Each row needs its own shift.** You took the largest logit of the whole array off every row. A row far
    below it becomes exp(-1000) = 0 everywhere, and 0 / 0 is nan."""
    E = np.exp(Z - Z.max())
    return E / E.sum(axis=1, keepdims=True)


@softmax.misconception("divides without taking exp", see=SOFTMAX)
def _(Z: Array) -> Any:
    """**The exponential is missing.** Dividing the logits by their sum gives negative probabilities as soon as a
    logit is negative. Take exp first."""
    return Z / Z.sum(axis=1, keepdims=True)


@softmax.misconception("returns the logarithm", see=SOFTMAX)
def _(right: Callable[..., Array], Z: Array) -> Any:
    """**You return the logarithm of the probabilities.** They are right inside it; leave out the last log."""
    return np.log(right(Z))


@softmax.misconception("exp without dividing", see=SOFTMAX)
def _(Z: Array) -> Any:
    """**Positive, but the rows do not add up to 1 yet.** Divide each row by its sum."""
    return np.exp(Z - Z.max(axis=1, keepdims=True))


@softmax.misconception("takes the sigmoid of each logit", see=SOFTMAX)
def _(Z: Array) -> Any:
    """**This is the sigmoid of each logit on its own.** Every number lies between 0 and 1, but a row does not add
    up to 1. The classes must share one sum."""
    return functional.sigmoid(Z)


# ---- cross_entropy --------------------------------------------------------------------------------------------------


def _labelled_logits() -> list[Case]:
    labels: list[list[int]] = [
        [1],
        [0, 2],
        [2, 0, 1, 1],
        [4, 0, 2],
        [1, 1, 0, 1, 0],
        [2, 0, 0],
        [2],
        [2],
        [1, 0],
        [2, 1],
    ]
    cases: list[Case] = [(Z, np.array(y)) for Z, y in zip(_logits(), labels, strict=True)]
    return [
        *cases,
        (_normal(5, 6, 4, scale=2.0), np.array([3, 1, 0, 2, 2, 3], dtype=np.uint8)),
        (np.array([[0.0, 1000.0], [-1000.0, 3.0]]), np.array([0, 1])),
    ]


cross_entropy = Exercise(
    "cross_entropy",
    reference=functional.cross_entropy,
    cases=_labelled_logits,
    sizes=lambda logits, y: {"N": len(y), "C": logits.shape[1]},
    hints=(
        "For one example the loss is -log of the probability that its own class got. Put the formula of softmax into "
        "it: what is the log of a quotient?",
        "-log P[n, y[n]] = log(sum over k of exp(Z[n, k])) - Z[n, y[n]]. Take each row's largest logit off first, as "
        "in softmax. `Z[np.arange(N), y]` picks one number from each row.",
        "Nearly the code: `Z = logits - logits.max(axis=1, keepdims=True)`, `log_sum = np.log(np.exp(Z).sum(axis=1))`, "
        "then return the mean of `log_sum - Z[np.arange(len(y)), y]`.",
    ),
)


def _log_probabilities(logits: Array) -> Array:
    Z = logits - logits.max(axis=1, keepdims=True)
    log_p: Array = Z - np.log(np.exp(Z).sum(axis=1, keepdims=True))
    return log_p


@cross_entropy.misconception("adds up instead of averaging", see=CROSS_ENTROPY)
def _(right: Callable[..., float], logits: Array, y: Array) -> float:
    """**This is the sum over the batch; the mean is wanted.** With the mean, the loss and its gradient do not grow
    with the batch size."""
    return right(logits, y) * len(y)


@cross_entropy.misconception("averages over examples and classes", see=CROSS_ENTROPY)
def _(right: Callable[..., float], logits: Array, y: Array) -> float:
    """**Too small by exactly C, the number of classes.** Each example has one term in the loss, the one of its own
    class: divide by N alone."""
    return float(right(logits, y) / logits.shape[1])


@cross_entropy.misconception("leaves out the minus", see=CROSS_ENTROPY)
def _(right: Callable[..., float], logits: Array, y: Array) -> float:
    """**The sign is flipped.** The log of a probability is negative; the loss is minus that, so that 0 is best and
    more is worse."""
    return -right(logits, y)


@cross_entropy.misconception("log of a probability that has become 0", see=CROSS_ENTROPY)
def _(logits: Array, y: Array) -> float:
    """**Right for small logits, infinite for large ones.** A probability of exp(-1000) is 0 for the computer, and
    log(0) is minus infinity. Work with the logits: log(sum of exp) minus the logit of the class."""
    return float(-np.mean(np.log(functional.softmax(logits)[np.arange(len(y)), y])))


@cross_entropy.misconception("log of a probability that has become 0", see=CROSS_ENTROPY)
def _(logits: Array, y: Array) -> Any:
    """**Right for small logits, nan for large ones.** A probability of exp(-1000) is 0 for the computer, log(0) is
    minus infinity, and 0 times infinity is nan. Work with the logits: log(sum of exp) minus the logit of the
    class."""
    return -np.sum(np.eye(logits.shape[1])[y] * np.log(functional.softmax(logits))) / len(y)


@cross_entropy.misconception("shifts the sum, but not the logit of the label", see=CROSS_ENTROPY)
def _(logits: Array, y: Array) -> Any:
    """**The shift must come off the label's logit too.** You took the largest logit off inside the sum only. Both
    terms fall by it, so the difference stays: use the shifted Z in both."""
    Z = logits - logits.max(axis=1, keepdims=True)
    return np.mean(np.log(np.exp(Z).sum(axis=1)) - logits[np.arange(len(y)), y])


@cross_entropy.misconception("one shift for all rows", see=CROSS_ENTROPY)
def _(logits: Array, y: Array) -> Any:
    """**Each row needs its own shift.** You took the largest logit of the whole array off. In a row far below it
    every exp becomes 0, and log(0) is minus infinity."""
    Z = logits - logits.max()
    return np.mean(np.log(np.exp(Z).sum(axis=1)) - Z[np.arange(len(y)), y])


@cross_entropy.misconception("one sum for all rows", see=CROSS_ENTROPY)
def _(logits: Array, y: Array) -> Any:
    """**Each row needs its own sum.** You added exp up over the whole array. Every example has its own log-sum-exp:
    sum along `axis=1`."""
    m = logits.max()
    return np.mean(m + np.log(np.exp(logits - m).sum()) - logits[np.arange(len(y)), y])


@cross_entropy.misconception("log of the sum of exp without a shift", see=CROSS_ENTROPY)
def _(logits: Array, y: Array) -> float:
    """**Right for small logits, infinite for large ones.** exp(1000) is too large for the computer. Take the
    largest logit of each row off that row first: the loss does not change."""
    picked = logits[np.arange(len(y)), y]
    return float(np.mean(np.log(np.exp(logits).sum(axis=1)) - picked))


def _with_a_floor(floor: float, cut: bool) -> None:
    """The same mistake with another number is the same mistake."""

    @cross_entropy.misconception("log of a clipped probability", see=CROSS_ENTROPY)
    def _(logits: Array, y: Array) -> float:
        """**Right until a probability is very small, then cut off.** A small number added or a clip keeps log from
        becoming infinite, but the loss of a confident mistake is then too small and its gradient is lost. Work
        with the logits instead: nothing has to be clipped."""
        P = functional.softmax(logits)
        P = np.clip(P, floor, 1 - floor) if cut else P + floor
        return float(-np.mean(np.log(P[np.arange(len(y)), y])))


for _floor in (
    np.finfo(np.float64).eps,
    np.finfo(np.float64).tiny,
    1e-300,
    1e-100,
    1e-30,
    1e-20,
    1e-16,
    1e-15,
    1e-12,
    1e-10,
    1e-9,
    1e-8,
    1e-7,
    1e-6,
):
    for _cut in (True, False):
        _with_a_floor(float(_floor), _cut)


@cross_entropy.misconception("picks every label from every row", see=CROSS_ENTROPY)
def _(logits: Array, y: Array) -> float:
    """**`[:, y]` picks every label from every row**, N times N numbers. One number from each row is wanted: give
    the row numbers as well, `[np.arange(N), y]`."""
    return float(-np.mean(_log_probabilities(logits)[:, y]))


@cross_entropy.misconception("takes the logits for probabilities", see=CROSS_ENTROPY)
def _(logits: Array, y: Array) -> float:
    """**Logits are not probabilities yet.** You took the log of a logit, which may be negative. The softmax belongs
    inside."""
    return float(-np.mean(np.log(logits[np.arange(len(y)), y])))


@cross_entropy.misconception("logarithm to base 2", see=CROSS_ENTROPY)
def _(right: Callable[..., float], logits: Array, y: Array) -> float:
    """**You measure in bits.** The logarithm to base 2 makes everything 1.4427 times larger; the course uses the
    natural one, `np.log`, whose slope is simplest."""
    return right(logits, y) / float(np.log(2))


@cross_entropy.misconception("logarithm to base 10", see=CROSS_ENTROPY)
def _(right: Callable[..., float], logits: Array, y: Array) -> float:
    """**This is the logarithm to base 10.** The course uses the natural one, `np.log`, whose slope is simplest."""
    return right(logits, y) / float(np.log(10))


# ---- mlp_forward ----------------------------------------------------------------------------------------------------


def _params(seed: int, D: int, H: int, C: int, dtype: type = np.float64) -> Params:
    return {
        "W1": _normal(seed, D, H, dtype=dtype),
        "b1": _normal(seed + 1, H, dtype=dtype),
        "W2": _normal(seed + 2, H, C, dtype=dtype),
        "b2": _normal(seed + 3, C, dtype=dtype),
    }


def _mlp_cases() -> list[Case]:
    small = {
        "W1": np.array([[2.0, 1.0, -1.0]]),
        "b1": np.array([0.0, -4.0, 1.0]),
        "W2": np.array([[1.0, 0.0], [3.0, 1.0], [2.0, -1.0]]),
        "b2": np.array([0.5, -0.5]),
    }
    return [
        (np.array([[2.0]]), small),
        (_normal(1, 3, 4), _params(2, 4, 5, 2)),
        (_normal(6, 5, 2), _params(7, 2, 3, 4)),
        (_normal(11, 2, 3, dtype=np.float32), _params(12, 3, 6, 3, np.float32)),
        (_normal(16, 4, 3, scale=100.0), _params(17, 3, 4, 3)),
    ]


mlp_forward = Exercise(
    "mlp_forward",
    reference=functional.mlp_forward,
    cases=_mlp_cases,
    returns=("logits", "cache"),
    sizes=lambda X, params: {"N": len(X), "D": X.shape[1], "H": len(params["b1"]), "C": len(params["b2"])},
    hints=(
        "Three steps: a linear layer, the bend, another linear layer. You have written each of them already.",
        "Name each step and keep it: Z1, then A1, then logits. The cache is a dict with X, Z1 and A1, because the way "
        "back in notebook 2 needs them. After the last layer there is no ReLU and no softmax.",
        'Nearly the code: `Z1 = linear_forward(X, params["W1"], params["b1"])`, `A1 = relu(Z1)`, one more '
        "linear_forward for the logits, "
        'then return logits and `{"X": X, "Z1": Z1, "A1": A1}`.',
    ),
)


def _mlp(X: Array, p: Params, bend: Callable[[Array], Array], last: Callable[[Array], Array]) -> tuple[Array, Params]:
    Z1 = functional.linear_forward(X, p["W1"], p["b1"])
    A1 = bend(Z1)
    return last(functional.linear_forward(A1, p["W2"], p["b2"])), {"X": X, "Z1": Z1, "A1": A1}


def _same(Z: Array) -> Array:
    return Z


@mlp_forward.misconception("no bend between the layers", see=MLP)
def _(X: Array, params: Params) -> Any:
    """**The ReLU between the layers is missing.** Without it the two layers are one: a product of matrices is a
    matrix."""
    return _mlp(X, params, _same, _same)


@mlp_forward.misconception("ReLU after the last layer", see=MLP)
def _(right: Callable[..., Any], X: Array, params: Params) -> Any:
    """**No ReLU after the last layer.** Logits may be negative; cutting them off throws away how unlikely a class
    is."""
    logits, cache = right(X, params)
    return functional.relu(logits), cache


@mlp_forward.misconception("returns probabilities instead of logits", see=MLP)
def _(right: Callable[..., Any], X: Array, params: Params) -> Any:
    """**These are probabilities; the logits are wanted.** The loss takes the softmax in itself, where it can be
    done safely."""
    logits, cache = right(X, params)
    return functional.softmax(logits), cache


@mlp_forward.misconception("leaves out b1", see=MLP)
def _(right: Callable[..., Any], X: Array, params: Params) -> Any:
    """**The bias of the first layer is missing.** Z1 = X W1 + b1."""
    return right(X, {**params, "b1": np.zeros_like(params["b1"])})


@mlp_forward.misconception("leaves out b2", see=MLP)
def _(right: Callable[..., Any], X: Array, params: Params) -> Any:
    """**The bias of the second layer is missing.** logits = A1 W2 + b2."""
    return right(X, {**params, "b2": np.zeros_like(params["b2"])})


@mlp_forward.misconception("sigmoid instead of ReLU", see=MLP)
def _(X: Array, params: Params) -> Any:
    """**The hidden layer has a sigmoid.** The network of this course bends with ReLU."""
    return _mlp(X, params, functional.sigmoid, _same)


@mlp_forward.misconception("keeps A1 where Z1 belongs", see=MLP)
def _(right: Callable[..., Any], X: Array, params: Params) -> Any:
    """**The logits are right, but the cache holds A1 under the name Z1.** Z1 is what comes before the ReLU. If the
    ReLU wrote into Z1, Z1 is lost: let it make a new array."""
    logits, cache = right(X, params)
    return logits, {**cache, "Z1": functional.relu(cache["Z1"])}


@mlp_forward.misconception("keeps Z1 where A1 belongs", see=MLP)
def _(right: Callable[..., Any], X: Array, params: Params) -> Any:
    """**The logits are right, but the cache holds Z1 under the name A1.** A1 is what comes after the ReLU."""
    logits, cache = right(X, params)
    return logits, {**cache, "A1": cache["Z1"]}


# ---- accuracy -------------------------------------------------------------------------------------------------------


def _accuracy_cases() -> list[Case]:
    return [
        (np.array([[0.2, 1.0], [0.1, 0.4]]), np.array([1, 1])),
        (np.array([[2.0, 0.1, 1.0], [3.0, 0.5, 1.5], [0.3, 4.0, 0.0]]), np.array([0, 2, 1])),
        (_normal(1, 5, 3), np.array([0, 2, 1, 1, 2])),
        (_normal(2, 8, 4), np.array([3, 1, 0, 2, 2, 3, 1, 0], dtype=np.uint8)),
        (_normal(3, 7, 2, dtype=np.float32), np.array([1, 0, 0, 1, 1, 0, 1])),
        (-np.abs(_normal(4, 6, 3)) - 1, np.array([0, 1, 2, 0, 1, 2])),
        (np.array([[5.0, 1.0], [1.0, 2.0], [3.0, 0.0]]), np.array([0, 1, 0])),
        (np.array([[1000.0, 2000.0], [-2000.0, -1000.0], [0.1, 0.2]]), np.array([1, 1, 1])),
    ]


accuracy = Exercise(
    "accuracy",
    reference=functional.accuracy,
    cases=_accuracy_cases,
    sizes=lambda logits, y: {"N": len(y), "C": logits.shape[1]},
    hints=(
        "The network's answer for a row is the class with the largest logit. For what fraction of the rows is that the "
        "label?",
        "`argmax` gives the place of the largest number; along which axis? Comparing two arrays with `==` gives True "
        "and False, and their mean is the fraction of True.",
        "Nearly the code: return `float(np.mean(logits.argmax(axis=1) == ...))`.",
    ),
)


@accuracy.misconception("counts instead of taking the fraction", see=ACCURACY)
def _(right: Callable[..., float], logits: Array, y: Array) -> float:
    """**You return how many are right; the fraction is wanted.** Divide by the number of examples, or take the
    mean."""
    return right(logits, y) * len(y)


@accuracy.misconception("gives per cent", see=ACCURACY)
def _(right: Callable[..., float], logits: Array, y: Array) -> float:
    """**Exactly 100 times too large.** A fraction between 0 and 1 is wanted, not per cent."""
    return right(logits, y) * 100


@accuracy.misconception("gives the error rate", see=ACCURACY)
def _(right: Callable[..., float], logits: Array, y: Array) -> float:
    """**This is the fraction of mistakes.** The accuracy is the fraction that is right: 1 minus that."""
    return 1 - right(logits, y)


@accuracy.misconception("looks for the largest in each column", see=ACCURACY)
def _(logits: Array, y: Array) -> float:
    """**You looked down the columns.** Each row is one example: its answer is the place of the largest logit along
    `axis=1`."""
    return float(np.mean(logits.argmax(axis=0) == y))


@accuracy.misconception("compares the largest logit itself", see=ACCURACY)
def _(logits: Array, y: Array) -> float:
    """**You compare a logit with a label.** `max` gives the largest number; its place is the class: `argmax`."""
    return float(np.mean(logits.max(axis=1) == y))


@accuracy.misconception("takes the smallest logit", see=ACCURACY)
def _(right: Callable[..., float], logits: Array, y: Array) -> float:
    """**You took the class with the smallest logit.** The largest one is the network's answer."""
    return right(-logits, y)


@accuracy.misconception("one answer for the whole batch", see=ACCURACY)
def _(logits: Array, y: Array) -> float:
    """**`argmax` without an axis gives one place for the whole array.** Each row needs its own answer: `axis=1`."""
    return float(np.mean(logits.argmax() == y))
