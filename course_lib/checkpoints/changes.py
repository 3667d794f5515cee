"""What a function did to the arguments that it was given: found beside the learner's code, and told by the judge.

held = hold(params)              before   {"W1": A, "b1": B, "W2": C}
function(params)                 after    {"W1": A, "b1": D, "W2": C, "dA1": E}   and other numbers in A
changes("params", params, ...)   params["W1"] written into, params["b1"] replaced, params["dA1"] added
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal, NamedTuple

import numpy as np

from course_lib.checkpoints.values import listed

Kind = Literal["written", "replaced", "added", "removed", "rounded"]


class Change(NamedTuple):
    """One place of an argument: `x` itself, or `params["W1"]`. "rounded" means that only the last digits differ."""

    argument: str
    place: str
    kind: Kind


def hold(value: Any) -> Any:
    """The dicts of an argument with the very arrays that are in them now, to see later which were exchanged."""
    return {key: hold(item) for key, item in value.items()} if isinstance(value, dict) else value


def changes(argument: str, now: Any, before: Any, held: Any) -> tuple[Change, ...]:
    """What became of an argument: `before` is a copy of it from before the call, `held` what `hold` gave then.

    Functions and random generators may change.
    """
    return tuple(Change(argument, place, kind) for place, kind in _differences(argument, now, before, held))


def _differences(place: str, now: Any, before: Any, held: Any) -> Iterator[tuple[str, Kind]]:
    if isinstance(before, dict) and isinstance(now, dict):
        for key in before:
            inner = f'{place}["{key}"]'
            if key in now:
                yield from _differences(inner, now[key], before[key], held[key])
            else:
                yield inner, "removed"
        yield from ((f'{place}["{key}"]', "added") for key in now if key not in before)
    elif not _same(now, before):
        yield place, "rounded" if _close(now, before) else "written" if now is held else "replaced"


def _same(now: Any, before: Any) -> bool:
    """Bit for bit the same."""
    if isinstance(before, np.ndarray):
        return (
            isinstance(now, np.ndarray)
            and now.dtype == before.dtype
            and now.shape == before.shape
            and now.tobytes() == before.tobytes()
        )
    if isinstance(before, dict):
        return isinstance(now, dict) and list(now) == list(before) and all(_same(now[k], before[k]) for k in before)
    if isinstance(before, (list, tuple)):
        return (
            isinstance(now, (list, tuple))
            and len(now) == len(before)
            and all(_same(a, b) for a, b in zip(now, before, strict=True))
        )
    if isinstance(before, (int, float, str)):
        return bool(now == before) or (now != now and before != before)  # nan stays nan
    return True


def _close(now: Any, before: Any) -> bool:
    """Arrays that differ by rounding at most."""
    if not (isinstance(before, np.ndarray) and isinstance(now, np.ndarray) and before.dtype.kind == "f"):
        return False
    tolerance = 16 * np.finfo(before.dtype).eps
    return now.shape == before.shape and np.allclose(now, before, rtol=tolerance, atol=tolerance)


# ---- in words -------------------------------------------------------------------------------------------------------


def told(found: Sequence[Change], *, right: bool, instead: str) -> str:
    """What the learner reads: the heaviest kind of change, where it is, and what to do `instead`.

    `right` says whether the values are right all the same.
    """
    kind = next(kind for kind in _HEADLINES if any(each.kind == kind for each in found))
    argument, *_ = first = next(each for each in found if each.kind == kind)
    places = dict.fromkeys(f"`{each.place}`" for each in found if each.kind == kind and each.argument == argument)
    advice = _INSIDE_A_DICT if kind == "written" and first.place != argument else _ADVICE[kind]
    return f"{_HEADLINES[kind][right]} {advice}".format(
        places=listed(places), argument=argument, place=first.place, instead=instead
    )


def only_rounded(found: Sequence[Change]) -> bool:
    """Everything was put back, but not to the last digit."""
    return all(each.kind == "rounded" for each in found)


def told_besides(found: Sequence[Change]) -> str:
    """What the learner reads of rounded changes beside a larger mistake."""
    places = listed(dict.fromkeys(f"`{each.place}`" for each in found))
    return f"Besides, {places} did not come back as it was. {_ADVICE['rounded']}"


_WRONG_TOO = "The values are not right yet either, but mend this first."
_CHANGED = (
    f"**You changed the caller's {{places}}.** {_WRONG_TOO}",
    "**Right values, but you changed the caller's {places}.**",
)
_HEADLINES: dict[Kind, tuple[str, str]] = {  # the heaviest kind first; for wrong values and for right ones
    "written": _CHANGED,
    "replaced": _CHANGED,
    "removed": (
        f"**You took {{places}} out of the caller's `{{argument}}`.** {_WRONG_TOO}",
        "**Right values, but you took {places} out of the caller's `{argument}`.**",
    ),
    "added": (
        f"**You added {{places}} to the caller's `{{argument}}`.** {_WRONG_TOO}",
        "**Right values, but you added {places} to the caller's `{argument}`.**",
    ),
    "rounded": _CHANGED,
}
_ADVICE: dict[Kind, str] = {
    "written": (
        "An operation such as `-=`, `out=`, `shuffle`, `sort` or an assignment to some of its elements writes into "
        "what you were given, and whoever called you still needs it. {instead} (`y = {argument}` only gives it a "
        "second name; `y = {argument}.copy()` makes a new one.)"
    ),
    "replaced": (
        "`{place} = ...` puts something else into the dict that you were given, and whoever called you still needs "
        "what was there. {instead} (`y = {argument}` only gives the dict a second name.)"
    ),
    "removed": "Whoever called you still needs it. Reading it, as in `x = {place}`, leaves it there.",
    "added": "Whoever called you does not expect it there. Keep what you work out in variables of your own.",
    "rounded": (
        "Only the last digits differ: adding a number and taking it off again does not always give back what was "
        "there. Remember the old number itself, and put that back."
    ),
}
_INSIDE_A_DICT = (
    "An operation such as `-=`, `*=` or an assignment to some of its elements writes into what you were given, and "
    "whoever called you still needs it. {instead} (`{argument}.copy()` copies the dict, and not the arrays in it.)"
)
