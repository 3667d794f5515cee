"""What is wrong with a result, found without knowing the exercise: a sign, a factor, a transposition, a mix-up.

Every probe looks at one part of the result (say dW) over all cases at once, because a factor of 3 in one case may be
a factor of N. It answers with a Finding, or None.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from course_lib.checkpoints.values import close


@dataclass(frozen=True)
class Part:
    """One part of the result in one case: what came, what was wanted, and the case around it."""

    got: np.ndarray
    wanted: np.ndarray
    arguments: dict[str, np.ndarray]
    others: dict[str, np.ndarray]
    sizes: dict[str, int]


@dataclass(frozen=True)
class Finding:
    """What a probe found: its names (two for two mistakes at once), and what the learner reads."""

    names: tuple[str, ...]
    says: str


def probe(name: str, parts: Sequence[Part]) -> Finding | None:
    """The first thing found that explains the part called `name` in every case."""
    label = f"`{name}`" if name else "result"
    for look in (_sign, _factor, transposed, _another_output, _an_input):
        finding = look(label, parts)
        if finding:
            return finding
    return None


def _everywhere(parts: Sequence[Part], explained: Callable[[Part], Any]) -> bool:
    """The explanation fits every case, at least one of which is wrong."""

    def fits(part: Part) -> bool:
        value = explained(part)
        return value is not None and close(part.got, np.asarray(value))

    return all(fits(part) for part in parts) and any(not close(part.got, part.wanted) for part in parts)


def _sign(label: str, parts: Sequence[Part]) -> Finding | None:
    if not _everywhere(parts, lambda part: -part.wanted):
        return None
    return Finding(
        ("the sign is flipped",),
        f"**The sign is flipped.** Your {label} is exactly the negative of what is wanted, in every case. "
        "Look for a minus too many or too few, or for a difference taken the other way round.",
    )


def _factor(label: str, parts: Sequence[Part]) -> Finding | None:
    factors = [_common_factor(part) for part in parts]
    if not all(factor is not None or close(part.got, part.wanted) for factor, part in zip(factors, parts, strict=True)):
        return None
    known = [(factor, part.sizes) for factor, part in zip(factors, parts, strict=True) if factor is not None]
    if len(known) < 2 or all(np.isclose(factor, 1, rtol=1e-4) for factor, _ in known):
        return None
    if all(factor < 0 for factor, _ in known):
        finding = _positive_factor(label, [(-factor, sizes) for factor, sizes in known])
        return finding and Finding(
            ("the sign is flipped", *finding.names),
            f"**Two things at once.** The sign of your {label} is flipped, and its size is wrong too. Mend the sign "
            "first and check again.",
        )
    return _positive_factor(label, known)


def _positive_factor(label: str, known: Sequence[tuple[float, dict[str, int]]]) -> Finding | None:
    for letters in _size_products([sizes for _, sizes in known]):
        products = [math.prod(sizes[letter] for letter in letters) for _, sizes in known]
        text, product_text = " times ".join(letters), " * ".join(letters)
        values = ", ".join(str(value) for value in sorted(set(products)))
        if all(np.isclose(factor, product, rtol=1e-4) for (factor, _), product in zip(known, products, strict=True)):
            return Finding(
                (f"too large by a factor {text}",),
                f"**Your {label} is exactly {product_text} times too large**, for {product_text} = {values} alike. "
                f"A division by {product_text} is missing, a sum stands where a mean belongs, or something is added "
                f"{product_text} times, in an inner loop.",
            )
        if all(
            np.isclose(factor * product, 1, rtol=1e-4) for (factor, _), product in zip(known, products, strict=True)
        ):
            return Finding(
                (f"too small by a factor {text}",),
                f"**Your {label} is exactly {product_text} times too small**, for {product_text} = {values} alike. "
                f"There is a division by {product_text} too many.",
            )
    first = known[0][0]
    if all(np.isclose(factor, first, rtol=1e-4) for factor, _ in known):
        return Finding(
            (f"{first:.4g} times what is wanted",),
            f"**Your {label} is exactly {first:.4g} times what is wanted**, in every case. "
            "Look for a constant factor too many or too few.",
        )
    by_batch: dict[int, float] = {}
    for factor, sizes in known:
        if not np.isclose(by_batch.setdefault(sizes.get("N", 0), factor), factor, rtol=1e-4):
            return None
    if len(by_batch) < 3 or len({f"{factor:.2g}" for factor in by_batch.values()}) < 3:
        return None
    examples = ", ".join(f"{factor:.4g} for N = {batch}" for batch, factor in sorted(by_batch.items()))
    return Finding(
        ("a multiple that changes with N",),
        f"**Your {label} is a multiple of what is wanted, and the multiple changes with N**: {examples}. "
        "Look for what you divide by, or multiply with, that depends on the batch size.",
    )


def _size_products(all_sizes: Sequence[dict[str, int]]) -> list[tuple[str, ...]]:
    """Letters, and pairs of letters, whose product differs between the cases: only these can be told from a
    constant."""
    letters = sorted(set.intersection(*(set(sizes) for sizes in all_sizes)), key="NCHD".find)
    candidates = [*itertools.combinations(letters, 1), *itertools.combinations_with_replacement(letters, 2)]
    return [
        chosen
        for chosen in candidates
        if len({math.prod(sizes[letter] for letter in chosen) for sizes in all_sizes}) > 1
    ]


def _common_factor(part: Part) -> float | None:
    """The one number by which all of `wanted` must be multiplied to give `got`; None if there is none, or all are 0."""
    size = np.abs(part.wanted)
    big = size > 1e-3 * size.max(initial=0.0)
    if not np.isfinite(part.got).all() or not size.max(initial=0.0) > 1e-4:
        return None
    factor = float(np.median(part.got[big] / part.wanted[big]))
    fits = np.allclose(part.got, factor * part.wanted, rtol=1e-4, atol=2e-6 * abs(factor) * max(0.5, size.max()))
    return factor if fits and factor != 0 else None


def transposed(label: str, parts: Sequence[Part]) -> Finding | None:
    if not _everywhere(parts, lambda part: part.wanted.T if part.wanted.ndim == 2 else None):
        return None
    return Finding(
        ("transposed",),
        f"**Your {label} is transposed.** Rows and columns have changed places: every number is there, in the mirror "
        f"place.",
    )


def _another_output(label: str, parts: Sequence[Part]) -> Finding | None:
    for other in parts[0].others:
        if _everywhere(parts, lambda part, other=other: part.others[other]):  # type: ignore[misc]
            return Finding(
                (f"it is {other}",),
                f"**What you return as {label} is `{other}`.** Look at the order of what you return.",
            )
    return None


def _an_input(label: str, parts: Sequence[Part]) -> Finding | None:
    for argument in parts[0].arguments:
        if _everywhere(parts, lambda part, argument=argument: part.arguments.get(argument)):  # type: ignore[misc]
            return Finding(
                (f"equal to the input {argument}",),
                f"**Your {label} is `{argument}`, as it came in.** Nothing has happened to it on its way out.",
            )
    return None


def swapped(
    names: tuple[str, ...], got: Sequence[tuple[np.ndarray, ...]], wanted: Sequence[tuple[np.ndarray, ...]]
) -> Finding | None:
    """The parts are right but stand in another order. Works before shapes are compared, since these are mixed up
    too."""
    for order in itertools.permutations(range(len(names))):
        if order == tuple(range(len(names))):
            continue
        if all(
            close(values[place], target[index])
            for values, target in zip(got, wanted, strict=True)
            for place, index in enumerate(order)
        ):
            yours = ", ".join(names[index] for index in order)
            return Finding(
                ("the outputs are in another order",),
                f"**Right values in another order.** You return ({yours}); wanted is ({', '.join(names)}).",
            )
    return None
