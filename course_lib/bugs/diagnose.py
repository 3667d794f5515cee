"""What the examinations mean: which symptoms are healed, and what was right before and is not now.

Each symptom has a test of its own that none of the other four mistakes can disturb:

    walks uphill              dL/dW2 points the other way; the hidden layer's mask and the biases have no part in it
    silent units learn        for one image, the columns of silent units in dL/dW1 must be 0, whatever sign the rest has
    biases lag behind         input 0 and hidden unit 0 are always 1, so row 0 of dW must equal db, right or wrong
    shrink at the wrong rate  `step` with gradients of 0
    come apart                `minibatches` of images that carry their number
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from course_lib.bugs import examinations as ex
from course_lib.checkpoints.values import MisfitError, close, fit, listed
from course_lib.nn import functional
from course_lib.nn.arrays import Array, Params
from course_lib.nn.gradient_check import relative_error

Readings = Mapping[str, Sequence[Any]]
"""What each call of a method gave, by the method's name."""


@dataclass(frozen=True)
class Diagnosis:
    """`healed` has a truth value for each symptom, by its name; `half_healed` says what is better already in one that
    is left; `new_mistakes` are sentences.
    """

    healed: Mapping[str, bool]
    half_healed: Mapping[str, str]
    new_mistakes: tuple[str, ...]
    losses: Array
    gradient_errors: Mapping[str, float]


def read(method: str, seen: Sequence[ex.Seen]) -> list[Any]:
    """What an examination saw of `method`, in the form that it should have. Raises MisfitError if it has not."""
    if method == "minibatches":
        return [_order(value) for value, _ in seen]
    try:
        return [fit(value, _FORMS[method]) for value, _ in seen]
    except MisfitError as misfit:
        raise MisfitError(f"**`{method}` answers in another form than before.** {misfit}") from None


_FORMS = {
    "forward": np.zeros((ex.N, ex.C)),
    "loss": 0.0,
    "backward": ex.NO_GRADS,
    "step": ex.NO_GRADS,
    "train": np.zeros(ex.EPOCHS + 1),
}


def diagnose(readings: Readings, changed: Mapping[str, Sequence[str]]) -> Diagnosis:
    """Judge what all examinations saw; `changed` has, for each method, the places of its arguments that it changed."""
    gradients = _Gradients(readings["backward"])
    steps, orders, (losses,) = readings["step"], readings["minibatches"], readings["train"]
    healed = {
        "walks uphill": gradients.points_downhill,
        "silent units learn": gradients.spares_silent_units,
        "biases lag behind": all(gradients.biases_keep_up(0).values()),
        "weights shrink at the wrong rate": _shrinks_right(steps),
        "images and labels come apart": all(order.is_together for order in orders),
    }
    new_mistakes = [
        *(_changes(method, places) for method, places in changed.items() if places),
        *(_forward_mistakes(readings["forward"][0]) or [*_loss_mistakes(*readings["loss"]), *gradients.mistakes()]),
        *_step_mistakes(steps),
        *_minibatch_mistakes(orders),
    ]
    if all(healed.values()) and not new_mistakes and not losses[-1] < losses[0] / 2:
        new_mistakes.append(_DOES_NOT_LEARN)
    return Diagnosis(healed, _half_healed(gradients), tuple(new_mistakes), losses, gradients.errors())


def _half_healed(gradients: _Gradients) -> dict[str, str]:
    match list(gradients.biases_keep_up(0).values()):
        case [True, False]:
            return {"biases lag behind": "In the first layer they do by now; b2 is still behind."}
        case [False, True]:
            return {"biases lag behind": "In the second layer they do by now; b1 is still behind."}
    return {}


def _changes(method: str, places: Sequence[str]) -> str:
    what = listed(dict.fromkeys(f"`{place}`" for place in places))
    return (
        f"**This was right before: the arguments of `{method}`.** It now changes {what}, and whoever called it still "
        "needs what was there."
    )


# ---- forward and loss -----------------------------------------------------------------------------------------------


def _forward_mistakes(logits: Array) -> list[str]:
    if close(logits, functional.mlp_forward(ex.X, ex.PARAMS)[0]):
        return []
    return ["**This was right before: the logits.** `forward` now gives other numbers than it should."]


def _loss_mistakes(without_penalty: float, with_penalty: float) -> list[str]:
    mistakes = []
    loss = functional.cross_entropy(functional.mlp_forward(ex.X, ex.PARAMS)[0], ex.Y)
    if not close(np.asarray(without_penalty), np.asarray(loss)):
        mistakes.append("**This was right before: the cross-entropy.** `loss` with lam = 0 now gives another number.")
    penalty = functional.l2_penalty(ex.PARAMS, ex.LAM)
    if not close(np.asarray(with_penalty - without_penalty), np.asarray(penalty)):
        mistakes.append(
            "**This was right before: the penalty.** It is (lam / 2) times the sum of the squares of all weights, "
            "without the biases, and `loss` now adds another number."
        )
    return mistakes


# ---- backward -------------------------------------------------------------------------------------------------------


class _Gradients:
    """The gradients of all batches beside the right ones: batch 0 is the whole of X, batch n + 1 is image n alone."""

    def __init__(self, batches: Sequence[Params]) -> None:
        self.batches = batches
        self.inputs = [(ex.X, ex.Y), *((ex.X[n : n + 1], ex.Y[n : n + 1]) for n in range(ex.N))]
        self.truths = [_truth(*each, masked=True) for each in self.inputs]
        self.points_downhill = float(np.sum(batches[0]["W2"] * self.truths[0]["W2"])) > 0
        self.spares_silent_units = self._spares_silent_units()

    def _spares_silent_units(self) -> bool:
        fires = functional.mlp_forward(ex.X, ex.PARAMS)[1]["Z1"] > 0
        columns = [np.abs(gradients["W1"]).max(axis=0) for gradients in self.batches[1:]]
        return bool(np.max(np.where(fires, 0, columns)) == 0 and np.max(columns) > 0)

    def biases_keep_up(self, batch: int) -> dict[str, bool]:
        """Whether row 0 of each weight gradient equals the bias gradient: its input is always 1."""
        grads = self.batches[batch]
        return {bias: close(grads[bias], grads[weights][0]) for bias, weights in (("b1", "W1"), ("b2", "W2"))}

    def mistakes(self) -> list[str]:
        """What is wrong beyond the symptoms: the weights' gradients as they should be with the mistakes that are left,
        and the biases for an image alone, where mean and sum are the same."""
        sign = 1 if self.points_downhill else -1
        wrong: set[str] = set()
        for grads, inputs in zip(self.batches, self.inputs, strict=True):
            expected = _truth(*inputs, masked=self.spares_silent_units)
            wrong |= {name for name in ("W1", "W2") if not close(grads[name], sign * expected[name])}
        if not wrong and not all(all(self.biases_keep_up(n + 1).values()) for n in range(ex.N)):
            return [
                "**This was right before: a batch of one image.** For it, the gradients of the biases are now wrong."
            ]
        if not wrong:
            return []
        return [
            f"**This was right before, apart from the symptoms: the gradient of {' and '.join(sorted(wrong))}.** Its "
            "numbers are others now. Compare them with a numerical gradient, for one image and for several."
        ]

    def errors(self) -> dict[str, float]:
        """The relative error of each gradient of the whole batch."""
        return {name: relative_error(self.batches[0][name], truth) for name, truth in self.truths[0].items()}


def _truth(X: Array, y: Array, masked: bool) -> Params:
    """The right gradients; without the mask of the ReLU, those of the patient as it came."""
    logits, cache = functional.mlp_forward(X, ex.PARAMS)
    dlogits = functional.softmax_cross_entropy_backward(logits, y)
    if not masked:
        cache["Z1"] = np.ones_like(cache["Z1"])
    return functional.mlp_backward(dlogits, ex.PARAMS, cache)


# ---- step -----------------------------------------------------------------------------------------------------------


def _shrinks_right(steps: Sequence[Params]) -> bool:
    return all(
        close(step[name], (1 - lr * lam) * ex.PARAMS[name])
        for step, (lr, lam) in zip(steps, ex.SHRINKING, strict=False)
        for name in ("W1", "W2")
    )


def _step_mistakes(steps: Sequence[Params]) -> list[str]:
    mistakes = []
    *shrinking, moving = steps
    if not all(close(step[name], ex.PARAMS[name]) for step in shrinking for name in ("b1", "b2")):
        mistakes.append(
            "**This was right before: the biases have no penalty.** With gradients of 0, `step` must leave them alone."
        )
    if not all(close(moving[name], ex.PARAMS[name] - ex.LR * ex.GRADS[name]) for name in ex.PARAMS):
        mistakes.append(
            "**This was right before: the step itself.** With lam = 0, `step` takes lr times the gradient off each "
            "parameter; it now does something else."
        )
    return mistakes


# ---- minibatches and train ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Order:
    """The numbers that the images and the labels of all batches carry, and how large the batches are."""

    images: tuple[int, ...]
    labels: tuple[int, ...]
    sizes: tuple[int, ...]

    @property
    def is_together(self) -> bool:
        return self.images == self.labels

    @property
    def is_complete(self) -> bool:
        everyone = list(range(ex.IMAGES))
        return sorted(self.images) == everyone and sorted(self.labels) == everyone


def _order(batches: Any) -> _Order:
    misfit = MisfitError(
        "**`minibatches` answers in another form than before.** It gives one pair (X, y) after the other, with as many "
        "labels as images."
    )
    if not isinstance(batches, list):
        raise misfit
    images: list[int] = []
    labels: list[int] = []
    sizes = []
    for batch in batches:
        if not isinstance(batch, (tuple, list)) or len(batch) != 2:
            raise misfit
        X, y = np.asarray(batch[0]), np.asarray(batch[1])
        if X.ndim != 2 or X.shape[1] != 2 or y.shape != (len(X),):
            raise misfit
        images += [int(number) for number in X[:, 0]]
        labels += [int(number) for number in y]
        sizes.append(len(X))
    return _Order(tuple(images), tuple(labels), tuple(sizes))


def _minibatch_mistakes(orders: Sequence[_Order]) -> list[str]:
    unshuffled = tuple(range(ex.IMAGES))
    if not all(order.is_complete for order in orders):
        return [
            f"**This was right before: every example comes once.** Of {ex.IMAGES} images, `minibatches` now leaves "
            "some out or gives some twice. The last batch may be smaller, but it must come."
        ]
    if any(order.sizes != (3, 3, 1) for order in orders):
        return [
            f"**This was right before: the size of the batches.** {ex.IMAGES} images, {ex.BATCH_SIZE} a batch, are "
            "batches of 3, 3 and 1."
        ]
    if all(order.images == unshuffled for order in orders):
        return ["**This was right before: the images come in a new order.** They now come as they were given."]
    if orders[0].images == orders[1].images:
        return [
            "**This was right before: the order comes from `rng`.** Two different generators now give the same order, "
            "so each epoch would be like the one before."
        ]
    return []


_DOES_NOT_LEARN = (
    "**This was right before: the training.** Each part is healthy on its own, but `train` does not bring the loss "
    "down. Does it use every batch, and does each step use the gradient of its own batch?"
)
