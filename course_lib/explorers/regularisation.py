"""L2 from nothing to too much: networks that learn a hundred images, ten of which have a wrong label.

    for each lam in LAMS    train, by the learner's l2_gradient -> losses, accuracies, W1
    the slider moves        look one of them up: the loss on training and validation images, the weights, what it knows

The networks are trained when the cell runs, in a second or two all together, so that the slider answers at once.
"""

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import ipywidgets as widgets
import numpy as np
from numpy.typing import NDArray

from course_lib import plots
from course_lib.data import Dataset, load
from course_lib.explorers.shell import Array, Explorer, Line, Mission, call, slider
from course_lib.nn import functional, initializers, optimizers

LAMS = (0.0, 0.001, 0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.3)
HIDDEN, EPOCHS, LR = 64, 600, 0.5
TRAINING, VALIDATION, WRONG = 100, 400, 10
SHOWN = 30  # units whose weights are drawn
SMALL = 0.05  # weights up to this size are drawn as nearly 0
SMALL_GAP = 0.1
SAME, SMALLER, LARGER = "At the same lam", "At a smaller lam", "At a larger lam"
QUESTION = (
    "Predict first: some lam gives the lowest validation loss. Where will the gap between training and validation loss "
    "be smallest?"
)

Params = dict[str, Array]
Labels = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Images:
    """Training images with their labels, those of `wrong` on purpose false; the true labels; validation images."""

    X: Array
    y: Labels
    y_true: Labels
    wrong: Labels
    X_val: Array
    y_val: Labels


def hundred_images(digits: Dataset) -> Images:
    """The first hundred training images, ten of them with a wrong label, and the four hundred after them."""
    X, y_true = digits.X_train[:TRAINING].astype(float), digits.y_train[:TRAINING]
    after = slice(TRAINING, TRAINING + VALIDATION)
    rng = np.random.default_rng(2)
    wrong = rng.choice(TRAINING, WRONG, replace=False)
    y = y_true.copy()
    y[wrong] = (y_true[wrong] + rng.integers(1, 10, WRONG)) % 10
    return Images(X, y, y_true, wrong, digits.X_train[after].astype(float), digits.y_train[after])


def train(images: Images, lam: float, l2_gradient: Callable[..., Any]) -> Params:
    """EPOCHS steps of gradient descent on all images at once, the penalty's part by `l2_gradient`."""
    rng = np.random.default_rng(0)
    D, C = images.X.shape[1], 10
    params = {
        "W1": initializers.he_init(D, HIDDEN, rng),
        "b1": np.zeros(HIDDEN),
        "W2": initializers.he_init(HIDDEN, C, rng),
        "b2": np.zeros(C),
    }
    for _ in range(EPOCHS):
        logits, cache = functional.mlp_forward(images.X, params)
        dlogits = functional.softmax_cross_entropy_backward(logits, images.y)
        grads = functional.mlp_backward(dlogits, params, cache)
        optimizers.sgd_step(params, gradients_by(l2_gradient, params, grads, lam), LR)
    return params


def gradients_by(l2_gradient: Callable[..., Any], params: Params, grads: Params, lam: float) -> Params:
    """What the learner's l2_gradient returns, as a dict of finite arrays in the shapes of `params`, or LearnerError."""

    @functools.wraps(l2_gradient)
    def in_one_row(params: Params, grads: Params, lam: Any) -> Array:
        new = l2_gradient(params, grads, float(lam))
        return np.concatenate([np.ravel(new[name]) for name in params])

    row = call(in_one_row, params, grads, lam, shape=(sum(array.size for array in params.values()),))
    ends = np.cumsum([array.size for array in params.values()])[:-1]
    parts = zip(params.items(), np.split(row, ends), strict=True)
    return {name: part.reshape(array.shape) for (name, array), part in parts}


@dataclass(frozen=True, eq=False)
class Trained:
    """A network that was trained with one lam."""

    lam: float
    train_loss: float
    val_loss: float
    train_accuracy: float
    val_accuracy: float
    by_heart: int  # of the images with a wrong label, those for which the network gives this wrong label
    W1: Array

    @property
    def gap(self) -> float:
        return self.val_loss - self.train_loss


def measure(images: Images, lam: float, params: Params) -> Trained:
    logits, _ = functional.mlp_forward(images.X, params)
    logits_val, _ = functional.mlp_forward(images.X_val, params)
    return Trained(
        lam,
        functional.cross_entropy(logits, images.y),
        functional.cross_entropy(logits_val, images.y_val),
        functional.accuracy(logits, images.y),
        functional.accuracy(logits_val, images.y_val),
        int(np.sum(logits.argmax(axis=1)[images.wrong] == images.y[images.wrong])),
        params["W1"],
    )


@dataclass(frozen=True, eq=False)
class View:
    """The networks, which of them have been looked at, and which one is now."""

    networks: Sequence[Trained]
    seen: frozenset[int]
    at: int

    @property
    def now(self) -> Trained:
        return self.networks[self.at]

    @property
    def best(self) -> int:
        """Where the validation loss is lowest."""
        return int(np.argmin([network.val_loss for network in self.networks]))


class BestAndNoGap(Mission):
    """Predict where the gap is smallest, find the best lam, then close the gap, and see what that is worth."""

    line = Line("Mission: predict first; then the slider is yours.")
    answer = ""
    best: Trained | None = None

    def predict(self, answer: str) -> Line:
        self.answer = answer
        return Line(
            "Mission: find the lam with the lowest validation loss. Where you have been stays in the left picture."
        )

    def see(self, numbers: View) -> Line:
        if not self.answer:
            return self.line
        now, best = numbers.now, numbers.networks[numbers.best]
        if self.best is None:
            if numbers.at == numbers.best:
                self.best = now
                return Line(self._closing(), self._why(now))
            return Line(self.line.text, self._not_best(now, best, numbers))
        if now.gap < SMALL_GAP:
            return Line(self._done(now), done=True)
        return Line(self._closing(), self._still_a_gap(now))

    def _why(self, now: Trained) -> str:
        return (
            f"That is it: validation loss {now.val_loss:.2f}. With less L2 the network learns the accidents of its "
            "hundred images, with more it cannot even learn what they have in common."
        )

    def _closing(self) -> str:
        return (
            "Mission, second half: close the gap. Find a lam at which training and validation loss lie less than "
            f"{SMALL_GAP} apart, and look how good that network is."
        )

    def _not_best(self, now: Trained, best: Trained, numbers: View) -> str:
        if len(numbers.seen) == 1 or now.val_loss > best.val_loss + 0.15:
            return ""
        side = "smaller" if now.lam > best.lam else "larger"
        return f"Nearly: {now.val_loss:.2f} here, and {best.val_loss:.2f} is possible. Try a {side} lam."

    def _still_a_gap(self, now: Trained) -> str:
        return f"Nearly: the gap is {now.gap:.2f}." if now.gap < 2 * SMALL_GAP else ""

    def _done(self, now: Trained) -> str:
        assert self.best is not None
        side = LARGER if now.lam > self.best.lam else SMALLER
        verdict = "as you predicted" if self.answer == side else f"you predicted {self.answer.lower()}"
        return (
            f"Done: the gap is {now.gap:.2f} {side.lower()}, {now.lam:g} ({verdict}). But the validation loss is "
            f"{now.val_loss:.2f} there, against {self.best.val_loss:.2f}, and even of its own training images the "
            f"network gets only {now.train_accuracy:.0%} right. Whoever has learnt nothing has no gap: that is "
            "under-fitting. Compare validation losses, not gaps."
        )


class WeightDecay(Explorer):
    name = "weight_decay"
    caption = (
        "A network with 64 hidden units, trained on 100 digits, ten of which have a wrong label, with L2 of strength "
        f"lam. Left: the loss on these and on 400 other digits. Middle: its first weights; those within {SMALL} of 0 "
        "are orange. Right: the weights of thirty of its units, each over the pixels that it looks at, red for and "
        "blue against; above them, for how many of the ten the network gives the wrong label."
    )
    mission: BestAndNoGap

    def __init__(self, l2_gradient: Callable[..., Any]) -> None:
        self.l2_gradient = l2_gradient
        self.images = hundred_images(load("digits"))
        self.seen: frozenset[int] = frozenset()
        options = [(f"{lam:g}", at) for at, lam in enumerate(LAMS)]
        controls = {"at": slider(widgets.SelectionSlider, options=options, value=0, description="lam")}
        question = (QUESTION, (SMALLER, SAME, LARGER))
        super().__init__(plots.panels([1.25, 1, 1.25], height=3.5), controls, BestAndNoGap(), question=question)

    @functools.cached_property
    def networks(self) -> list[Trained]:
        """Trained when they are first asked for; a LearnerError keeps them from being kept."""
        return [measure(self.images, lam, train(self.images, lam, self.l2_gradient)) for lam in LAMS]

    def look(self, *, at: int) -> View:
        networks = self.networks
        self.seen |= {at}
        return View(networks, self.seen, at)

    def draw_frame(self) -> None:
        losses, weights, pictures = self.axes
        plots.weight_images(np.zeros((self.images.X.shape[1], SHOWN)), columns=6, ax=pictures)
        plots.penalty_frame(LAMS, highest=2.5, ax=losses)
        plots.histogram_frame(-0.6, 0.6, xlabel="weight in W1", ylabel="share of the weights", ax=weights)

    def draw(self, numbers: View) -> None:
        losses, weights, pictures = self.axes
        now, seen = numbers.now, sorted(numbers.seen)
        train_losses = [numbers.networks[at].train_loss for at in seen]
        val_losses = [numbers.networks[at].val_loss for at in seen]
        plots.penalty_curves(seen, train_losses, val_losses, here=numbers.at, ax=losses)
        plots.note(f"gap {now.gap:.2f}", ax=losses)
        plots.histogram(now.W1, -0.6, 0.6, stressed=np.abs(now.W1) < SMALL, ax=weights)
        plots.note(f"{np.mean(np.abs(now.W1) < SMALL):.0%} nearly 0", ax=weights)
        plots.weight_images(now.W1[:, :SHOWN], limit=0.6, columns=6, ax=pictures)
        plots.note(f"wrong labels given: {now.by_heart} of {WRONG}", ax=pictures)

    def describe(self, numbers: View) -> str:
        now = numbers.now
        return (
            f"At lam = {now.lam:g} the loss is {now.train_loss:.2f} on the training images and {now.val_loss:.2f} on "
            f"the validation images; accuracy {now.train_accuracy:.0%} and {now.val_accuracy:.0%}. Of the first "
            f"weights, {np.mean(np.abs(now.W1) < SMALL):.0%} are nearly 0, and it gives {now.by_heart} of the {WRONG} "
            "wrong labels."
        )
