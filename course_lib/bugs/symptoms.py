"""The five symptoms of the patient: what shows each of them, and what helps. None of these texts looks at the source.

A symptom is healed when the behaviour is right, in whatever way the learner mended it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Symptom:
    """`ill` and `healed` say what was seen, `observe` is the next thing to look at, `hints` are told when asked for."""

    name: str
    ill: str
    healed: str
    observe: str
    hints: tuple[str, str]


SYMPTOMS = (
    Symptom(
        "walks uphill",
        ill="**Still ill: it walks uphill.** A small step against its gradient makes the loss larger.",
        healed="**Healed: it walks downhill.** A small step against its gradient makes the loss smaller.",
        observe="Take `grads` from `backward` and a numerical gradient of W2, and divide the one by the other, element "
        "by element. What is the quotient?",
        hints=(
            "The quotient is -1 everywhere, so look where the first gradient is made: `dlogits` in `backward`. For the "
            "right class it should be negative, because raising that logit makes the loss smaller.",
            "The line is `dlogits = (P - Y) / len(y)`. P - Y is what you derived in notebook 2, and Y - P is its "
            "opposite.",
        ),
    ),
    Symptom(
        "silent units learn",
        ill="**Still ill: silent units learn.** On an image for which the output of a hidden unit is 0, its weights "
        "get a gradient all the same.",
        healed="**Healed: silent units learn nothing.** Where the output of a hidden unit is 0, its weights get no "
        "gradient.",
        observe="Give `backward` a single image, and print `A1` above the gradient of W1. Which columns of the "
        "gradient should be 0?",
        hints=(
            "The mask of the ReLU is in `backward`. Print it: there is not one False in it. Can a number that came out "
            "of a ReLU be less than 0?",
            "The line is `dZ1 = dA1 * (self.A1 > 0)`. A1 is 0 where the unit is silent, so `>= 0` is always true and "
            "`> 0` is not.",
        ),
    ),
    Symptom(
        "biases lag behind",
        ill="**Still ill: the biases lag behind.** The weights of an input that is always 1 do the same work as the "
        "biases, so both should get the same gradient. They do not.",
        healed="**Healed: the biases keep up.** The weights of an input that is always 1 and the biases get the same "
        "gradient, in both layers.",
        observe="Put a column of ones into X, and compare that row of the gradient of W1 with the gradient of b1. What "
        "is their quotient for 2 images, and for 6? Then do the same with W2 and b2, and a hidden unit that is always "
        "1.",
        hints=(
            "The quotient is the number of images. The mean over the batch is inside `dlogits` already. Where, on the "
            "way to the biases, is it taken once more?",
            'The lines are `"b1": dZ1.sum(axis=0)` and `"b2": dlogits.sum(axis=0)`. What all images say is added up; '
            "1 / N is in there already.",
        ),
    ),
    Symptom(
        "weights shrink at the wrong rate",
        ill="**Still ill: the weights shrink at the wrong rate.** Without any gradient, the penalty alone should make "
        "a weight w smaller by lr lam w in a step. It takes off another amount.",
        healed="**Healed: the weights shrink at the right rate.** Without any gradient, the penalty alone makes a "
        "weight w smaller by lr lam w in a step.",
        observe="Call `step` with gradients of 0, lr = 0.1 and lam = 0.5, and divide the new W1 by the old one. Each "
        "quotient should be 1 - lr lam = 0.95. What is it, and what is it with lr = 0.01?",
        hints=(
            "The gradient of the penalty is lam W. Every gradient is multiplied by the learning rate on its way into "
            "the weights. Look in `step` whether this one is.",
            "The line is `self.params[name] *= 1 - lr * lam`, because W - lr lam W = (1 - lr lam) W.",
        ),
    ),
    Symptom(
        "images and labels come apart",
        ill="**Still ill: images and labels come apart.** In a minibatch, an image has the label of another image.",
        healed="**Healed: images and labels stay together.** In a minibatch, each image has its own label.",
        observe="Call `minibatches` with X = [[0], [1], [2], [3]] and y = [0, 1, 2, 3] as arrays, and print each "
        "batch.",
        hints=(
            "`minibatches` draws a new order and uses it once. How many arrays must be put into that order?",
            "The lines are `order = rng.permutation(len(X))` and `X, y = X[order], y[order]`: one order for both.",
        ),
    ),
)
