"""Notebook 2: the exercises of the way back, and the mistakes that are made in them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from course_lib.checkpoints.exercise import Case, Exercise
from course_lib.nn import functional

Array = np.ndarray
Params = dict[str, Array]

GRAPH = "02#2. Numbers that flow back"
LINEAR = "02#3. Back through a linear layer"
ACTIVATIONS = "02#4. Back through the bends"
LOSS = "02#5. Back through softmax and cross-entropy"
MLP = "02#6. The whole way back"


def _normal(seed: int, *shape: int, scale: float = 1.0, dtype: type = np.float64) -> Array:
    return (scale * np.random.default_rng(seed).standard_normal(shape)).astype(dtype)


# ---- add_backward and multiply_backward -----------------------------------------------------------------------------


add_backward = Exercise(
    "add_backward",
    reference=functional.add_backward,
    cases=lambda: [(2.0,), (-0.5,), (1.0,), (3.25,)],
    returns=("dx", "dy"),
    hints=(
        "If x grows by a little, by how much does x + y grow?",
        "The slope of x + y with respect to x is 1, and with respect to y it is 1 too. The chain rule multiplies each "
        "of them with dout.",
        "Nearly the code: return `dout * 1` twice, as a pair.",
    ),
)


@add_backward.misconception("shares the gradient out", see=GRAPH)
def _(dout: float) -> Any:
    """**A gradient is not shared out.** You gave each input half of it. Both inputs move the sum with slope 1, so
    both get all of dout."""
    return dout / 2, dout / 2


@add_backward.misconception("leaves out dout", see=GRAPH)
def _(dout: float) -> Any:
    """**The local slope alone is not enough.** 1 is the slope of this node; the chain rule multiplies it with what
    arrives from the side of the loss, dout."""
    return 1.0, 1.0


@add_backward.misconception("leaves out dout for one input", see=GRAPH)
def _(dout: float) -> Any:
    """**dy is the local slope alone.** 1 is the slope of this node; the chain rule multiplies it with dout, for y as
    well as for x."""
    return dout, 1.0


@add_backward.misconception("leaves out dout for one input", see=GRAPH)
def _(dout: float) -> Any:
    """**dx is the local slope alone.** 1 is the slope of this node; the chain rule multiplies it with dout, for x as
    well as for y."""
    return 1.0, dout


@add_backward.misconception("subtracts for y", see=GRAPH)
def _(dout: float) -> Any:
    """**The sign of dy is that of a difference.** For x - y it would be right; this node adds."""
    return dout, -dout


@add_backward.misconception("gives y nothing", see=GRAPH)
def _(dout: float) -> Any:
    """**y has a slope as well.** Only x got the gradient; y moves the sum just as much."""
    return dout, 0.0


multiply_backward = Exercise(
    "multiply_backward",
    reference=functional.multiply_backward,
    cases=lambda: [(1.0, 2.0, 3.0), (-0.5, 4.0, -1.5), (2.0, 0.25, 3.0), (3.0, -2.0, 0.5)],
    returns=("dx", "dy"),
    hints=(
        "Hold y fixed. If x grows by a little, x y grows by y times that little. So what is the slope with respect to "
        "x?",
        "Each input's slope is the other input. The chain rule multiplies it with dout.",
        "Nearly the code: return `dout * y` and the same with the other one.",
    ),
)


@multiply_backward.misconception("each input keeps its own factor", see=GRAPH)
def _(dout: float, x: float, y: float) -> Any:
    """**The factors have changed places.** The slope of x y with respect to x is y: each input gets the *other*
    one."""
    return dout * x, dout * y


@multiply_backward.misconception("leaves out dout", see=GRAPH)
def _(dout: float, x: float, y: float) -> Any:
    """**The local slopes are right, but dout is missing.** The chain rule multiplies them with what arrives from the
    side of the loss."""
    return y, x


@multiply_backward.misconception("hands dout on as it is", see=GRAPH)
def _(dout: float, x: float, y: float) -> Any:
    """**Both inputs got dout as it came.** That is the way back through an addition, whose slopes are 1. The slope of
    x y with respect to x is y, and with respect to y it is x."""
    return dout, dout


@multiply_backward.misconception("takes the product for both", see=GRAPH)
def _(dout: float, x: float, y: float) -> Any:
    """**That is dout times the value x y.** The value is what flows forward; backward each input needs the slope,
    which is the other input."""
    return dout * x * y, dout * x * y


@multiply_backward.misconception("adds dout instead of multiplying", see=GRAPH)
def _(dout: float, x: float, y: float) -> Any:
    """**The chain rule multiplies slopes.** You added dout to them."""
    return dout + y, dout + x


# ---- linear_backward ------------------------------------------------------------------------------------------------


def _linear_cases() -> list[Case]:
    small = (np.array([[1.0, -2.0]]), np.array([[3.0]]), np.array([[0.5, 2.0]]))
    square = (_normal(1, 3, 3), _normal(2, 3, 3), _normal(3, 3, 3))
    return [
        small,
        (_normal(4, 2, 3), _normal(5, 2, 4), _normal(6, 4, 3)),
        square,
        (_normal(7, 5, 2), _normal(8, 5, 3), _normal(9, 3, 2)),
        (_normal(1, 4, 6, dtype=np.float32), _normal(2, 4, 3, dtype=np.float32), _normal(3, 3, 6, dtype=np.float32)),
    ]


linear_backward = Exercise(
    "linear_backward",
    reference=functional.linear_backward,
    cases=_linear_cases,
    returns=("dX", "dW", "db"),
    sizes=lambda dZ, X, W: {"N": len(X), "D": len(W), "H": W.shape[1]},
    points=2,
    hints=(
        "Each gradient has the shape of what it belongs to. Write down the shapes of dZ, X and W, and see which "
        "products have the shape of X, and of W.",
        "dX (N, D) can only be dZ (N, H) times W turned round; dW (D, H) can only be X turned round times dZ. Every "
        "row of Z got the same b, so db adds up the rows.",
        "Nearly the code: `dZ @ W.T`, `X.T @ ...`, `dZ.sum(axis=...)`.",
    ),
)


@linear_backward.misconception("takes the mean over the batch again", see=LINEAR)
def _(right: Callable[..., Any], dZ: Array, X: Array, W: Array) -> Any:
    """**dW and db are exactly N times too small.** The mean over the batch is inside dZ already, from the loss: divide
    once."""
    dX, dW, db = right(dZ, X, W)
    return dX, dW / len(X), db / len(X)


@linear_backward.misconception("takes the mean for dW alone", see=LINEAR)
def _(right: Callable[..., Any], dZ: Array, X: Array, W: Array) -> Any:
    """**dW is exactly N times too small.** The mean over the batch is inside dZ already, from the loss: divide once."""
    dX, dW, db = right(dZ, X, W)
    return dX, dW / len(X), db


@linear_backward.misconception("takes the mean for db alone", see=LINEAR)
def _(right: Callable[..., Any], dZ: Array, X: Array, W: Array) -> Any:
    """**db is exactly N times too small.** The rows of dZ are added up, not averaged: the mean is inside dZ already."""
    dX, dW, db = right(dZ, X, W)
    return dX, dW, db / len(X)


@linear_backward.misconception("db is added up once for each input", see=LINEAR)
def _(right: Callable[..., Any], dZ: Array, X: Array, W: Array) -> Any:
    """**db is exactly D times too large.** That happens when it is added up inside the loop over the inputs d. b_h is
    used once for each example, however many inputs there are, so `db[h] += dZ[n, h]` belongs outside that loop."""
    dX, dW, db = right(dZ, X, W)
    return dX, dW, db * len(W)


@linear_backward.misconception("dW transposed", see=LINEAR)
def _(right: Callable[..., Any], dZ: Array, X: Array, W: Array) -> Any:
    """**dW has rows and columns exchanged.** It has the shape of W, (D, H): X.T @ dZ, not dZ.T @ X."""
    dX, dW, db = right(dZ, X, W)
    return dX, dW.T, db


@linear_backward.misconception("dW without a transpose", see=LINEAR)
def _(dZ: Array, X: Array, W: Array) -> Any:
    """**The transpose in dW is missing.** X @ dZ only works when N happens to equal D, and then it adds up the
    wrong things. Each weight needs a sum over the examples: X.T @ dZ."""
    return dZ @ W.T, X @ dZ, dZ.sum(axis=0)


@linear_backward.misconception("dX without a transpose", see=LINEAR)
def _(dZ: Array, X: Array, W: Array) -> Any:
    """**The transpose in dX is missing.** dZ @ W only works when D happens to equal H. Each input needs a sum over
    the units: dZ @ W.T."""
    return dZ @ W, X.T @ dZ, dZ.sum(axis=0)


@linear_backward.misconception("db added up along the rows", see=LINEAR)
def _(right: Callable[..., Any], dZ: Array, X: Array, W: Array) -> Any:
    """**db has one number for each example; each unit needs one.** Add up over the examples: `axis=0`."""
    dX, dW, _ = right(dZ, X, W)
    return dX, dW, dZ.sum(axis=1)


@linear_backward.misconception("db keeps a dimension", see=LINEAR)
def _(right: Callable[..., Any], dZ: Array, X: Array, W: Array) -> Any:
    """**db has the shape (1, H); b has the shape (H,).** Leave out `keepdims`, so that the gradient has the shape
    of what it belongs to."""
    dX, dW, db = right(dZ, X, W)
    return dX, dW, db[None, :]


@linear_backward.misconception("db added up over everything", see=LINEAR)
def _(right: Callable[..., Any], dZ: Array, X: Array, W: Array) -> Any:
    """**db became a single number.** Each unit has its own bias, so each column of dZ has its own sum: `axis=0`."""
    dX, dW, _ = right(dZ, X, W)
    return dX, dW, dZ.sum()


@linear_backward.misconception("the sign is flipped everywhere", see=LINEAR)
def _(right: Callable[..., Any], dZ: Array, X: Array, W: Array) -> Any:
    """**All three have the wrong sign.** A gradient says where the loss grows; the minus comes later, in the step
    of SGD."""
    dX, dW, db = right(dZ, X, W)
    return -dX, -dW, -db


# ---- relu_backward --------------------------------------------------------------------------------------------------


def _relu_cases() -> list[Case]:
    return [
        (np.array([[5.0, -6.0, 7.0]]), np.array([[-2.0, 0.0, 3.0]])),
        (np.array([[1.0, -1.0], [-2.0, 2.0]]), np.array([[0.5, 1.5], [-0.5, 2.0]])),
        (_normal(1, 4, 3), _normal(2, 4, 3)),
        (_normal(3, 3, 5, dtype=np.float32), _normal(4, 3, 5, scale=10.0, dtype=np.float32)),
        (_normal(5, 5, 2), np.round(_normal(6, 5, 2))),
        (np.array([[1.0, -2.0, 3.0, 4.0]]), np.array([[1e-3, 2e-3, -1e-3, 0.0]])),
    ]


relu_backward = Exercise(
    "relu_backward",
    reference=functional.relu_backward,
    cases=_relu_cases,
    sizes=lambda dA, Z: {"N": len(Z), "H": Z.shape[1]},
    hints=(
        "What is the slope of ReLU where Z is positive, and where it is negative?",
        "The gradient passes where Z > 0 and is 0 elsewhere. `Z > 0` gives True and False, which count as 1 and 0 in a "
        "product.",
        "Nearly the code: return `dA * (...)`.",
    ),
)


@relu_backward.misconception("lets the gradient pass at 0", see=ACTIVATIONS)
def _(dA: Array, Z: Array) -> Any:
    """**At Z = 0 exactly, the course takes the slope 0.** You let the gradient pass there (`>=`, or a test for `<
    0`). A unit that is silent should not learn from being silent."""
    return dA * (Z >= 0)


@relu_backward.misconception("takes the mask from dA", see=ACTIVATIONS)
def _(dA: Array, Z: Array) -> Any:
    """**The mask comes from the wrong array.** Whether a unit was active is decided by Z on the way forward, not by
    the sign of the gradient."""
    return dA * (dA > 0)


@relu_backward.misconception("returns the mask alone", see=ACTIVATIONS)
def _(dA: Array, Z: Array) -> Any:
    """**That is the local slope.** The chain rule multiplies it with what arrives from the side of the loss: dA times
    the mask."""
    return (Z > 0).astype(dA.dtype)


@relu_backward.misconception("the mask is inverted", see=ACTIVATIONS)
def _(dA: Array, Z: Array) -> Any:
    """**The gradient passes where it should stop.** It passes where Z is positive, for there ReLU has the slope 1."""
    return dA * (Z < 0)


@relu_backward.misconception("returns what ReLU gives forward", see=ACTIVATIONS)
def _(dA: Array, Z: Array) -> Any:
    """**That is the ReLU itself, on the way forward.** Z only decides where the gradient passes. What passes is dA."""
    return np.maximum(Z, 0)


@relu_backward.misconception("takes the sign of Z for the slope", see=ACTIVATIONS)
def _(dA: Array, Z: Array) -> Any:
    """**Where Z is negative you turn the gradient round.** np.sign(Z) is -1 there; the slope of ReLU is 0, so nothing
    passes."""
    return dA * np.sign(Z)


@relu_backward.misconception("compares after multiplying", see=ACTIVATIONS)
def _(dA: Array, Z: Array) -> Any:
    """**You return True and False.** A comparison comes last in Python: `dA * Z > 0` is `(dA * Z) > 0`. The mask needs
    parentheses: `dA * (Z > 0)`."""
    return (dA * Z > 0).astype(dA.dtype)


@relu_backward.misconception("multiplies with Z", see=ACTIVATIONS)
def _(dA: Array, Z: Array) -> Any:
    """**You multiplied with the value of ReLU; its slope is wanted.** Where Z is positive the slope is 1, however
    large Z is."""
    return dA * np.maximum(Z, 0)


@relu_backward.misconception("changes nothing", see=ACTIVATIONS)
def _(dA: Array, Z: Array) -> Any:
    """**Nothing was stopped.** Where Z is not positive, the output of ReLU does not move, so no gradient comes
    through there."""
    return dA.copy()


# ---- sigmoid_backward -----------------------------------------------------------------------------------------------


def _sigmoid_cases() -> list[Case]:
    return [
        (np.array([[2.0, -4.0]]), np.array([[0.5, 0.25]])),
        (np.array([[1.0], [3.0], [-2.0]]), np.array([[0.9], [0.1], [0.6]])),
        (_normal(1, 4, 3), functional.sigmoid(_normal(2, 4, 3))),
        (_normal(3, 2, 5, dtype=np.float32), functional.sigmoid(_normal(4, 2, 5, dtype=np.float32))),
        (np.array([[1.0, 1.0]]), np.array([[0.0, 1.0]])),
    ]


sigmoid_backward = Exercise(
    "sigmoid_backward",
    reference=functional.sigmoid_backward,
    cases=_sigmoid_cases,
    sizes=lambda dA, A: {"N": len(A), "H": A.shape[1]},
    hints=(
        "The slope of the sigmoid can be written with its value A alone. Which expression was it?",
        "The slope is A (1 - A), and A is what you are given: no exponential is needed any more.",
        "Nearly the code: return `dA * A * (...)`.",
    ),
)


@sigmoid_backward.misconception("takes A for Z", see=ACTIVATIONS)
def _(dA: Array, A: Array) -> Any:
    """**The sigmoid was applied once more.** What comes in is A, the value of the sigmoid already: use A (1 - A) as
    it stands."""
    S = functional.sigmoid(A)
    return dA * S * (1 - S)


@sigmoid_backward.misconception("leaves out 1 - A", see=ACTIVATIONS)
def _(dA: Array, A: Array) -> Any:
    """**The factor 1 - A is missing.** The slope is A (1 - A): small at both ends, largest in the middle."""
    return dA * A


@sigmoid_backward.misconception("leaves out A", see=ACTIVATIONS)
def _(dA: Array, A: Array) -> Any:
    """**The factor A is missing.** The slope is A (1 - A): small at both ends, largest in the middle."""
    return dA * (1 - A)


@sigmoid_backward.misconception("leaves out dA", see=ACTIVATIONS)
def _(dA: Array, A: Array) -> Any:
    """**That is the local slope.** The chain rule multiplies it with what arrives from the side of the loss, dA."""
    return A * (1 - A)


@sigmoid_backward.misconception("the slope of tanh", see=ACTIVATIONS)
def _(dA: Array, A: Array) -> Any:
    """**1 - A² is the slope of tanh.** For the sigmoid it is A (1 - A)."""
    return dA * (1 - A**2)


# ---- softmax_cross_entropy_backward ---------------------------------------------------------------------------------


def _loss_cases() -> list[Case]:
    return [
        (np.array([[0.0, 1.0]]), np.array([0])),
        (np.array([[0.0, 1.0, 2.0], [3.0, 3.0, 1.0]]), np.array([0, 2])),
        (_normal(1, 4, 3), np.array([2, 0, 1, 1])),
        (_normal(2, 3, 5, scale=3.0), np.array([4, 0, 2], dtype=np.uint8)),
        (_normal(3, 5, 2, dtype=np.float32), np.array([1, 1, 0, 1, 0])),
        (_normal(4, 3, 3), np.array([2, 0, 0])),
        (np.array([[1000.0, 0.0, -1000.0], [0.0, 1.0, 2.0]]), np.array([1, 2])),
    ]


softmax_cross_entropy_backward = Exercise(
    "softmax_cross_entropy_backward",
    reference=functional.softmax_cross_entropy_backward,
    cases=_loss_cases,
    sizes=lambda logits, y: {"N": len(y), "C": logits.shape[1]},
    hints=(
        "The result is short: what the network says, minus what is true, and one more factor that comes from the mean.",
        "Take P = softmax(logits). In each row subtract 1 in the column of the label, that is P minus one_hot(y). The "
        "loss is a mean over N examples, so divide by N.",
        "Nearly the code: `P = mine.softmax(logits)`, `P[np.arange(len(y)), y] -= 1`, return P divided by ...",
    ),
)


@softmax_cross_entropy_backward.misconception("leaves out the mean over the batch", see=LOSS)
def _(right: Callable[..., Array], logits: Array, y: Array) -> Any:
    """**dlogits is exactly N times too large, on every batch size.** The loss is the mean over the batch, so its
    gradient carries a factor 1/N. This is the one place where it enters."""
    return right(logits, y) * len(y)


@softmax_cross_entropy_backward.misconception("takes the mean twice", see=LOSS)
def _(right: Callable[..., Array], logits: Array, y: Array) -> Any:
    """**dlogits is exactly N times too small.** You divided by N twice; the mean enters once."""
    return right(logits, y) / len(y)


@softmax_cross_entropy_backward.misconception("averages over examples and classes", see=LOSS)
def _(right: Callable[..., Array], logits: Array, y: Array) -> Any:
    """**dlogits is exactly C times too small, C being the number of classes.** The loss is a mean over N examples, not
    over N times C numbers."""
    return right(logits, y) / logits.shape[1]


@softmax_cross_entropy_backward.misconception("divides by C instead of N", see=LOSS)
def _(right: Callable[..., Array], logits: Array, y: Array) -> Any:
    """**You divide by C, the number of classes.** The loss is the mean over the N examples, so its gradient is divided
    by N: `len(y)`, the number of rows."""
    return right(logits, y) * len(y) / logits.shape[1]


@softmax_cross_entropy_backward.misconception("divides the label alone by N", see=LOSS)
def _(logits: Array, y: Array) -> Any:
    """**Only one_hot(y) is divided by N.** A division comes before a subtraction: put the difference in parentheses,
    (P - Y) / N."""
    P = functional.softmax(logits)
    P[np.arange(len(y)), y] -= 1 / len(y)
    return P


@softmax_cross_entropy_backward.misconception("y minus P", see=LOSS)
def _(right: Callable[..., Array], logits: Array, y: Array) -> Any:
    """**The sign is flipped.** It is P minus one_hot(y). The loss grows when a wrong class gets a larger logit, so
    that gradient is positive. (Printed write-ups have this the wrong way round, too.)"""
    return -right(logits, y)


@softmax_cross_entropy_backward.misconception("forgets the label", see=LOSS)
def _(logits: Array, y: Array) -> Any:
    """**The label has no effect.** You return P / N. In the column of the label 1 must be taken off, or the network
    would push every class down."""
    return functional.softmax(logits) / len(y)


@softmax_cross_entropy_backward.misconception("takes 1 off in every row", see=LOSS)
def _(logits: Array, y: Array) -> Any:
    """**`P[:, y] -= 1` takes 1 off in all rows.** Each row has one label: `P[np.arange(N), y]`."""
    P = functional.softmax(logits)
    P[:, y] -= 1
    return P / len(y)


@softmax_cross_entropy_backward.misconception("takes 1 off whole rows", see=LOSS)
def _(logits: Array, y: Array) -> Any:
    """**`P[y]` is a row of P, the one with the number y.** The label says which column it is, and every row has its
    own: `P[np.arange(N), y]`."""
    P = functional.softmax(logits)
    P[y] -= 1
    return P / len(y)


@softmax_cross_entropy_backward.misconception("subtracts the labels themselves", see=LOSS)
def _(logits: Array, y: Array) -> Any:
    """**y holds the numbers of the classes.** What comes off P is one_hot(y): 1 in the column of the label, and 0
    elsewhere."""
    return (functional.softmax(logits) - y) / len(y)


@softmax_cross_entropy_backward.misconception("softmax over the whole array", see=LOSS)
def _(logits: Array, y: Array) -> Any:
    """**The softmax inside runs over the whole array.** Each row is its own image and needs its own sum."""
    P = functional.softmax(logits.reshape(1, -1)).reshape(logits.shape)
    P[np.arange(len(y)), y] -= 1
    return P / len(y)


@softmax_cross_entropy_backward.misconception("no shift, so that exp overflows", see=LOSS)
def _(logits: Array, y: Array) -> Any:
    """**Right for small logits, nan for large ones.** The exp inside needs the shift by each row's largest logit:
    use your softmax."""
    E = np.exp(logits)
    P = E / E.sum(axis=1, keepdims=True)
    P[np.arange(len(y)), y] -= 1
    return P / len(y)


@softmax_cross_entropy_backward.misconception("uses the logits instead of the probabilities", see=LOSS)
def _(logits: Array, y: Array) -> Any:
    """**The softmax is missing.** You subtracted from the logits themselves; it is the probabilities minus
    one_hot(y)."""
    Z = logits.copy()
    Z[np.arange(len(y)), y] -= 1
    return Z / len(y)


# ---- mlp_backward ---------------------------------------------------------------------------------------------------


def _mlp_case_on_paper() -> Case:
    """Small whole numbers, to be worked through by hand: one image, and one of three hidden units is silent."""
    params = {
        "W1": np.array([[1.0, -1.0, 2.0], [0.0, 1.0, -1.0]]),
        "b1": np.array([0.0, 1.0, -1.0]),
        "W2": np.array([[1.0, -1.0], [2.0, 0.0], [1.0, 3.0]]),
        "b2": np.array([0.0, 1.0]),
    }
    _, cache = functional.mlp_forward(np.array([[1.0, 2.0]]), params)
    return np.array([[1.0, -2.0]]), params, cache


def _mlp_case(seed: int, N: int, D: int, H: int, C: int, dtype: type = np.float64, whole: bool = False) -> Case:
    """Any dlogits will do: the way back is linear in it. Whole numbers give pre-activations of exactly 0."""
    shapes = {"W1": (D, H), "b1": (H,), "W2": (H, C), "b2": (C,)}
    params = {name: _normal(seed + i, *shape, dtype=dtype) for i, (name, shape) in enumerate(shapes.items())}
    X = _normal(seed + 4, N, D, dtype=dtype)
    if whole:
        X, params["W1"], params["b1"] = np.round(X), np.round(params["W1"]), np.round(params["b1"])
    _, cache = functional.mlp_forward(X, params)
    return _normal(seed + 5, N, C, dtype=dtype), params, cache


mlp_backward = Exercise(
    "mlp_backward",
    reference=functional.mlp_backward,
    returns=("grads",),
    cases=lambda: [
        _mlp_case_on_paper(),
        _mlp_case(10, 3, 4, 5, 2),
        _mlp_case(20, 5, 3, 3, 4),
        _mlp_case(30, 2, 3, 6, 3, np.float32),
        _mlp_case(40, 6, 2, 4, 3, whole=True),
    ],
    sizes=lambda dlogits, params, cache: {
        "N": len(dlogits),
        "D": len(params["W1"]),
        "H": len(params["W2"]),
        "C": dlogits.shape[1],
    },
    instead="`backward` only returns gradients; the step comes later.",
    points=2,
    hints=(
        "Read mlp_forward from its last line to its first. Each line has its backward function, and you have written "
        "them all.",
        "linear_backward for the output layer: its input was A1 and its weights W2. Then relu_backward, with Z1 from "
        "the cache. Then linear_backward for the hidden layer: its input was X.",
        'Nearly the code: `dA1, dW2, db2 = mine.linear_backward(dlogits, cache["A1"], params["W2"])`, '
        "`dZ1 = mine.relu_backward(dA1, cache[...])`, "
        "`_, dW1, db1 = mine.linear_backward(dZ1, ...)`, return the four in a dict.",
    ),
)


def _with_mask(mask: Callable[[Params, Array], Array], dlogits: Array, params: Params, cache: Params) -> Params:
    """The way back with another mask for the ReLU."""
    return _through(lambda dA1: dA1 * mask(cache, dA1), dlogits, params, cache)


def _through(relu_backward: Callable[[Array], Array], dlogits: Array, params: Params, cache: Params) -> Params:
    """The way back with dZ1 = relu_backward(dA1)."""
    dZ1 = relu_backward(dlogits @ params["W2"].T)
    return {
        "W1": cache["X"].T @ dZ1,
        "b1": dZ1.sum(axis=0),
        "W2": cache["A1"].T @ dlogits,
        "b2": dlogits.sum(axis=0),
    }


@mlp_backward.misconception("forgets the ReLU", see=MLP)
def _(dlogits: Array, params: Params, cache: Params) -> Any:
    """**The ReLU stops nothing on the way back.** Either it is missing, or its mask is true everywhere, as A1 >= 0
    is. Units that were silent (Z1 not positive) get no gradient."""
    return _with_mask(lambda cache, dA1: np.ones_like(cache["Z1"]), dlogits, params, cache)


@mlp_backward.misconception("lets the gradient pass at 0", see=MLP)
def _(dlogits: Array, params: Params, cache: Params) -> Any:
    """**Where Z1 is exactly 0, the gradient must stop.** You let it pass there: the mask is Z1 > 0."""
    return _with_mask(lambda cache, dA1: cache["Z1"] >= 0, dlogits, params, cache)


@mlp_backward.misconception("takes the ReLU's mask from the input", see=MLP)
def _(dlogits: Array, params: Params, cache: Params) -> Any:
    """**The mask comes from the wrong array.** ReLU was applied to Z1, so Z1 decides which units were active. You
    used X, the input of the layer before."""
    return _with_mask(lambda cache, dA1: cache["X"] > 0, dlogits, params, cache)


@mlp_backward.misconception("takes the ReLU's mask from the gradient", see=MLP)
def _(dlogits: Array, params: Params, cache: Params) -> Any:
    """**The mask comes from the wrong array.** Z1 decides which units were active, not the sign of the gradient."""
    return _with_mask(lambda cache, dA1: dA1 > 0, dlogits, params, cache)


@mlp_backward.misconception("hands relu_backward its arguments in the other order", see=MLP)
def _(dlogits: Array, params: Params, cache: Params) -> Any:
    """**dA1 and Z1 have changed places.** `relu_backward(dA, Z)` lets its first argument pass where the second is
    positive: first the gradient dA1, then Z1."""
    return _through(lambda dA1: cache["Z1"] * (dA1 > 0), dlogits, params, cache)


@mlp_backward.misconception("goes back through a sigmoid", see=MLP)
def _(dlogits: Array, params: Params, cache: Params) -> Any:
    """**The hidden layer has a ReLU.** A1 (1 - A1) is the slope of the sigmoid; `mlp_forward` never called one."""
    return _through(lambda dA1: dA1 * cache["A1"] * (1 - cache["A1"]), dlogits, params, cache)


@mlp_backward.misconception("db1 from before the ReLU", see=MLP)
def _(right: Callable[..., Params], dlogits: Array, params: Params, cache: Params) -> Any:
    """**db1 comes from dZ1, behind the mask; yours comes from dA1.** A silent unit must not get a gradient for its bias
    either."""
    return {**right(dlogits, params, cache), "b1": (dlogits @ params["W2"].T).sum(axis=0)}


@mlp_backward.misconception("dW1 from before the ReLU", see=MLP)
def _(right: Callable[..., Params], dlogits: Array, params: Params, cache: Params) -> Any:
    """**dW1 comes from dZ1, behind the mask; yours comes from dA1.** A silent unit must not get a gradient for its
    weights either."""
    return {**right(dlogits, params, cache), "W1": cache["X"].T @ (dlogits @ params["W2"].T)}


@mlp_backward.misconception("calls the gradients dW1 and db1", see=MLP)
def _(right: Callable[..., Params], dlogits: Array, params: Params, cache: Params) -> Any:
    """**The keys are those of params, without the d.** Then `grads[name]` is the gradient of `params[name]`, and one
    loop serves all of them."""
    return {f"d{name}": grad for name, grad in right(dlogits, params, cache).items()}


@mlp_backward.misconception("uses Z1 where A1 belongs", see=MLP)
def _(right: Callable[..., Params], dlogits: Array, params: Params, cache: Params) -> Any:
    """**dW2 comes from the input of the second layer, and that is A1.** You used Z1, from before the ReLU."""
    return {**right(dlogits, params, cache), "W2": cache["Z1"].T @ dlogits}


@mlp_backward.misconception("takes the mean over the batch again", see=MLP)
def _(right: Callable[..., Params], dlogits: Array, params: Params, cache: Params) -> Any:
    """**All gradients are exactly N times too small.** The mean over the batch is inside dlogits already: divide
    nowhere else."""
    return {name: grad / len(dlogits) for name, grad in right(dlogits, params, cache).items()}


@mlp_backward.misconception("averages the bias gradients", see=MLP)
def _(right: Callable[..., Params], dlogits: Array, params: Params, cache: Params) -> Any:
    """**db1 and db2 are exactly N times too small.** The rows are added up, not averaged: the mean is inside dlogits
    already."""
    grads = right(dlogits, params, cache)
    return {**grads, "b1": grads["b1"] / len(dlogits), "b2": grads["b2"] / len(dlogits)}
