"""Why a gradient checker misjudges: tried on gradients whose error is known, the pattern of its answers tells.

    loss = sum of p^3 / 3, so the gradient is p^2. Given:   p^2       2 p^2    p^2 / 2    2 p^2 in one of 100 elements
    a right checker reports:                                < 1e-7    0.5      0.5        0.5
    one whose numerical gradient is 0:                      1         1        1          1

Only asked when a hunt was not complete, so it never blames a checker that does its work.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from course_lib.checkpoints.exercise import Case, Function, Setup
from course_lib.checkpoints.sandbox import run
from course_lib.checkpoints.values import MisfitError, fit
from course_lib.nn.arrays import Params

THRESHOLD = 1e-5
"""A relative error above this, or one that is not finite, condemns a gradient."""


def condemns(error: float) -> bool:
    """Whether a reported relative error says that the gradient is wrong."""
    return not error <= THRESHOLD or math.isinf(error)


# ---- the probes -----------------------------------------------------------------------------------------------------


def _cubic(params: Mapping[str, Any], scale: float = 1.0) -> float:
    return scale * _sum_of_powers(params, 3)


def _first_only(params: Mapping[str, Any]) -> float:
    return float(np.sum(np.asarray(params["W"]) ** 3) / 3)


def _parabola(params: Mapping[str, Any]) -> float:
    return _sum_of_powers(params, 2)


def _sum_of_powers(params: Mapping[str, Any], power: int) -> float:
    """Of W and b alone, as a real loss would: whatever else is in the dict has no effect."""
    return float(sum(np.sum(np.asarray(params[name]) ** power) / power for name in ("W", "b")))


def _probes() -> dict[str, Case]:
    """(loss, params, grads) by the name of what is wrong with grads."""
    params = {"W": np.linspace(1, 2, 100).reshape(10, 10), "b": np.linspace(1, 2, 3)}
    right = {name: p**2 for name, p in params.items()}

    def with_W(place: tuple[int, int]) -> Params:
        W = right["W"].copy()
        W[place] *= 2
        return right | {"W": W}

    def all_times(factor: float) -> Params:
        return {name: factor * gradient for name, gradient in right.items()}

    small = {name: 0.01 * p for name, p in params.items()}
    return {
        "right": (_cubic, params, right),
        "double": (_cubic, params, all_times(2)),
        "half": (_cubic, params, all_times(0.5)),
        "opposite": (_cubic, params, all_times(-1)),
        "rearranged": (_cubic, params, right | {"W": right["W"].T.copy(), "b": right["b"][::-1].copy()}),
        "first parameter": (_cubic, params, right | {"W": 2 * right["W"]}),
        "second parameter": (_cubic, params, right | {"b": 2 * right["b"]}),
        "first element": (_cubic, params, with_W((0, 0))),
        "middle element": (_cubic, params, with_W((4, 5))),
        "last element": (_cubic, params, with_W((9, 9))),
        "tiny": (lambda p: _cubic(p, 1e-6), params, all_times(2e-6)),
        "unused": (_first_only, params, right | {"b": np.zeros(3)}),
        "parabola": (_parabola, small, {name: p.copy() for name, p in small.items()}),
    }


@dataclass(frozen=True)
class Answers:
    """What a gradient checker reported for each probe, and whether it left the parameters moved."""

    errors: Mapping[str, Mapping[str, float]]
    moved_params: bool

    def worst(self, probe: str) -> float:
        values = self.errors[probe].values()
        return math.nan if any(math.isnan(value) for value in values) else max(values)

    def condemns(self, probe: str) -> bool:
        return condemns(self.worst(probe))


def ask(checker: Function) -> Answers | None:
    """The answers of `checker` to all probes; None if it does not get through them."""

    def watched(loss: Function, params: Params, grads: Params) -> tuple[Any, Params]:
        return checker(loss, params, grads), params

    probes = _probes()
    result = run(watched, list(probes.values()), Setup(("loss", "params", "grads")))
    errors, moved = {}, False
    if len(result.observations) < len(probes) or any(each.crash for each in result.observations):
        return None
    for (name, (_, params, _)), each in zip(probes.items(), result.observations, strict=True):
        reported, params_after = each.value
        try:
            errors[name] = fit(reported, dict.fromkeys(params, 0.0))
        except MisfitError:
            return None
        moved = moved or any(np.abs(params_after[key] - params[key]).max() > 1e-9 for key in params)
    return Answers(errors, moved)


# ---- the patterns ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Flaw:
    """A typical fault of a gradient checker, what the learner reads of it, and how its answers give it away."""

    name: str
    says: str
    fits: Callable[[Answers], bool]


def _is_near(value: float, target: float) -> bool:
    return abs(value - target) < 0.02 * target


def _sees_nothing(answers: Answers) -> bool:
    return not any(answers.condemns(probe) for probe in ("double", "half", "opposite", "rearranged"))


def _is_one_sided(answers: Answers) -> bool:
    """A central difference is exact on a parabola; a one-sided one is off by h / 2, and p is 0.01 there at least."""
    return answers.condemns("right") and _is_near(answers.worst("parabola"), 5e-4)


FLAWS = (
    Flaw(
        "always small",
        "**Your checker calls every gradient right.** Gradients twice as large, half as large or of the wrong sign "
        "all got a number below 1e-5. Does the comparison use `grads`, and does it divide by something sensible?",
        _sees_nothing,
    ),
    Flaw(
        "parameters not restored",
        "**Your checker leaves the parameters moved.** After it, `params` are not what they were. Every element must "
        "go back to its old value before the next one is moved, or all later differences are taken at another place.",
        lambda answers: answers.moved_params,
    ),
    Flaw(
        "numerical gradient of 0",
        "**Your numerical gradient is 0 everywhere**, so every gradient that is not 0 gets the error 1, right or wrong "
        "alike. Does the array that you move reach the loss? `{**params, name: p}` replaces one array; with quotes, "
        '`"name"` is a new key that the loss never looks at. And `params.copy()` copies the dict, but not the arrays '
        "in it.",
        lambda answers: all(_is_near(answers.worst(probe), 1.0) for probe in ("right", "double", "half", "opposite")),
    ),
    Flaw(
        "factor 2 in the difference",
        "**A right gradient gets the error 0.5 from you**, so your numerical gradient is twice or half of what it "
        "should be. From x - h to x + h it is 2h: the difference is divided by 2h.",
        lambda answers: _is_near(answers.worst("right"), 0.5),
    ),
    Flaw(
        "sign of the difference",
        "**A right gradient gets the error 2 from you**, so your numerical gradient has the wrong sign. The loss at "
        "x + h comes first, and the loss at x - h is taken off it.",
        lambda answers: _is_near(answers.worst("right"), 2.0),
    ),
    Flaw(
        "one-sided difference",
        "**Your difference is one-sided.** (f(x + h) - f(x)) / h is wrong by about h times half the curvature, and "
        "that is enough to condemn right gradients. The central difference goes from x - h to x + h.",
        _is_one_sided,
    ),
    Flaw(
        "numerical gradient not exact enough",
        "**Your numerical gradient is not exact enough.** It condemns a gradient that is right. A step h far from "
        "1e-5 does that, and so do float32 numbers.",
        lambda answers: answers.condemns("right"),
    ),
    Flaw(
        "absolute value missing",
        "**Your checker sees gradients that are wrong to one side only.** Twice as large and half as large should get "
        "the same number from you. Is there an absolute value around the difference, before the maximum is taken?",
        lambda answers: answers.condemns("double") != answers.condemns("half"),
    ),
    Flaw(
        "sign not compared",
        "**Your checker does not see a wrong sign.** It compares |a| with |b|. The absolute value belongs around the "
        "difference: |a - b|.",
        lambda answers: not answers.condemns("opposite"),
    ),
    Flaw(
        "only the size compared",
        "**Your checker does not see elements in the wrong places.** A transposed gradient has the same norm, the same "
        "sum and the same mean as a right one. Take the difference element by element first.",
        lambda answers: not answers.condemns("rearranged"),
    ),
    Flaw(
        "only one parameter",
        "**Your checker does not look at every parameter.** A wrong gradient in one name of the dict goes unseen. Is "
        "there a `return` inside the loop, or is the same key written again and again?",
        lambda answers: not (answers.condemns("first parameter") and answers.condemns("second parameter")),
    ),
    Flaw(
        "only some elements",
        "**Your checker does not look at every element.** A wrong number in some places of a matrix goes unseen. Each "
        "element needs a difference of its own, in every row and every column.",
        lambda answers: not all(answers.condemns(f"{place} element") for place in ("first", "middle", "last")),
    ),
    Flaw(
        "absolute error",
        "**Your checker overlooks wrong gradients that are small.** If all gradients are a millionth, so is their "
        "difference. Divide the difference by the larger of |a| and |b|, and by 1e-8 only when both are smaller.",
        lambda answers: not answers.condemns("tiny"),
    ),
    Flaw(
        "0 divided by 0",
        "**Your checker condemns a gradient of 0 that is right.** A parameter that does not change the loss has two "
        "gradients of 0, and 0 / 0 is nan. The denominator needs a floor: max(|a|, |b|, 1e-8).",
        lambda answers: answers.condemns("unused"),
    ),
    Flaw(
        "mean instead of maximum",
        "**One wrong element among many gets lost in your number.** A gradient with one element of a hundred twice as "
        "large should get 0.5. You report a mean, or a quotient of norms; the largest error is wanted.",
        lambda answers: answers.worst("middle element") < 0.1,
    ),
)


def flaw_of(checker: Function) -> Flaw | None:
    """The first typical fault whose pattern the answers of `checker` have."""
    answers = ask(checker)
    if answers is None:
        return None
    return next((flaw for flaw in FLAWS if flaw.fits(answers)), None)
