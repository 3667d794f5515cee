"""The bug hunt: the learner's own gradient checker judges a line-up of backprops, and a board judges the judge.

    for each suspect, for each situation:   errors = gradient_check(loss, params, grads)
    any error above 1e-5, or not finite     -> condemned, else acquitted

The checker runs in the sandbox, so a crash or an endless loop becomes one sentence.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from course_lib.bugs.answer import Answer, trouble
from course_lib.bugs.flaws import THRESHOLD, condemns, flaw_of
from course_lib.bugs.lineup import LINEUP
from course_lib.bugs.networks import Network
from course_lib.bugs.suspects import Case, Suspect
from course_lib.checkpoints.card import Card
from course_lib.checkpoints.exercise import Function, Setup
from course_lib.checkpoints.sandbox import Observation, Run, run
from course_lib.checkpoints.values import MisfitError, fit
from course_lib.nn.gradient_check import gradient_check as reference_check

Errors = dict[str, float]
TOLD_IN_FULL = 3  # misjudged suspects of each kind; the others are only listed


@dataclass(frozen=True, eq=False)
class Finding:
    """What the learner's checker reported about one suspect: a dict of errors for each situation."""

    number: int
    suspect: Suspect
    errors: tuple[Errors, ...]

    @property
    def condemned(self) -> bool:
        return any(condemns(error) for errors in self.errors for error in errors.values())

    @property
    def is_right(self) -> bool:
        return self.condemned != self.suspect.is_correct


@dataclass(frozen=True, repr=False)
class Board(Answer):
    """The result of a hunt. `flaw` is the name of the typical fault of the checker, "" if none was recognised.

    A hunt that could not be finished has no findings; its card says why.
    """

    findings: tuple[Finding, ...] = ()
    flaw: str = ""

    @property
    def missed(self) -> tuple[int, ...]:
        """The numbers of the broken suspects that were acquitted."""
        return tuple(each.number for each in self.findings if not each.is_right and not each.condemned)

    @property
    def wrongly_condemned(self) -> tuple[int, ...]:
        """The numbers of the correct suspects that were condemned."""
        return tuple(each.number for each in self.findings if not each.is_right and each.condemned)

    @property
    def complete(self) -> bool:
        """Every broken suspect is condemned and every correct one acquitted."""
        return bool(self.findings) and not self.missed and not self.wrongly_condemned


def hunt(gradient_check: Function) -> Board:
    """Let `gradient_check(loss, params, grads) -> {name: relative error}` judge every suspect.

    Shows nothing by itself: end a cell with `hunt(gradient_check)`, and the board is displayed.
    """
    if not callable(gradient_check):
        return _stopped("notice", "**The function itself is wanted**, as in `hunt(gradient_check)`.")
    try:
        findings = [each for numbers in _by_network() for each in _judged(gradient_check, numbers)]
    except HuntEndsError as end:
        return _stopped(end.kind, str(end))
    findings.sort(key=lambda each: each.number)
    if all(each.is_right for each in findings):
        return Board(_complete_card(findings), tuple(findings))
    flaw = flaw_of(gradient_check)
    card = _incomplete_card(findings, flaw.says if flaw else "")
    return Board(card, tuple(findings), flaw.name if flaw else "")


class HuntEndsError(Exception):
    """The hunt cannot be finished; the message is what the learner reads."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


def _by_network() -> list[list[int]]:
    """The numbers of the suspects, those of one network together. Each group is one visit to the sandbox."""
    groups: dict[Network, list[int]] = {}
    for number, suspect in LINEUP.items():
        groups.setdefault(suspect.network, []).append(number)
    return list(groups.values())


def _judged(checker: Function, numbers: Sequence[int]) -> list[Finding]:
    """What `checker` reports about these suspects. Raises HuntEndsError."""
    cases = [(number, case) for number in numbers for case in LINEUP[number].cases()]
    result = run(checker, [case for _, case in cases], Setup(("loss", "params", "grads")))
    _require_an_end(result, cases, getattr(checker, "__name__", "gradient_check"))
    reported: dict[int, list[Errors]] = {number: [] for number in numbers}
    for (number, (_, params, _)), seen in zip(cases, result.observations, strict=True):
        try:
            reported[number].append(_errors(seen, list(params)))
        except MisfitError as misfit:
            text = f"**Your checker answers in another form than the hunt can read.** {misfit}"
            raise HuntEndsError("wrong form", text) from None
    return [Finding(number, LINEUP[number], tuple(errors)) for number, errors in reported.items()]


def _require_an_end(result: Run, cases: Sequence[tuple[int, Case]], name: str) -> None:
    """Raise HuntEndsError if the checker crashed or was stopped."""
    stopped = trouble(result, len(cases), name)
    if stopped is None:
        return
    crash = stopped.crash
    if crash and crash.kind == "NotImplementedError" and not crash.inner_function:
        raise HuntEndsError("not started", _NOT_STARTED)
    if crash and not crash.line and crash.kind == "TypeError" and "argument" in crash.message:
        raise HuntEndsError("crashed", _CALLED_OTHERWISE.format(message=crash.message))
    number, (_, params, _) = cases[stopped.call]
    shapes = ", ".join(f"`{name}` {array.shape}" for name, array in params.items())
    context = f"It was judging suspect {number}, which has the parameters {shapes}."
    raise HuntEndsError(stopped.status, f"{stopped.text}\n\n{context}")


def _errors(seen: Observation, names: Sequence[str]) -> Errors:
    """The reported errors as a dict of floats. Raises MisfitError."""
    errors: Errors = fit(seen.value, dict.fromkeys(names, 0.0))
    if any(np.asarray(seen.value[name]).dtype == bool for name in names):
        raise MisfitError("A relative error was wanted for each parameter; your function returned True or False.")
    return errors


_NOT_STARTED = (
    "**This `gradient_check` is not written yet.** Write it in its exercise, or hunt with `mine.gradient_check`, which "
    "is the course's until yours has passed."
)
_CALLED_OTHERWISE = (
    "**It could not be called.** The hunt calls `gradient_check(loss, params, grads)`: these three, in this order."
    "\n\n```\nTypeError: {message}\n```"
)


def _stopped(kind: str, message: str) -> Board:
    return Board(Card(kind, "bug hunt: not finished", message))


# ---- the cards ------------------------------------------------------------------------------------------------------

_RULE = (
    "A suspect is condemned when your checker reports a relative error above 1e-5, or one that is not a finite number, "
    "for any parameter in any situation."
)


def _complete_card(findings: Sequence[Finding]) -> Card:
    broken = sum(each.condemned for each in findings)
    message = [
        f"**All {len(findings)} suspects are judged rightly.** Your checker condemned the {broken} broken ones and "
        f"acquitted the {len(findings) - broken} correct ones.",
        _RULE,
        "Can you find the line in each of them, and say why the others are right? `suspect(1)` shows the code of the "
        "first one. The answers are folded away under the table.",
    ]
    answers = [
        f"**Suspect {each.number}, {'correct' if each.suspect.is_correct else 'broken'}.** {each.suspect.says}"
        for each in findings
    ]
    return Card(
        "passed",
        "bug hunt: complete",
        "\n\n".join(message),
        _table(findings),
        folded="\n\n".join(answers),
        folded_title=f"What there is to find in the {len(findings)} suspects",
    )


def _incomplete_card(findings: Sequence[Finding], flaw: str) -> Card:
    missed = [each for each in findings if not each.is_right and not each.condemned]
    wronged = [each for each in findings if not each.is_right and each.condemned]
    broken = sum(not each.suspect.is_correct for each in findings)
    right = len(findings) - len(missed) - len(wronged)
    message = [
        f"**Your checker judged {right} of {len(findings)} suspects rightly.** It condemned {broken - len(missed)} of "
        f"the {broken} broken ones and acquitted {len(findings) - broken - len(wronged)} of the "
        f"{len(findings) - broken} correct ones.",
        _RULE,
        *([flaw] if flaw else []),
        *map(_missed_text, missed[:TOLD_IN_FULL]),
        *_others(missed, "**Broken and acquitted too:** {numbers}."),
        *map(_wronged_text, wronged[:TOLD_IN_FULL]),
        *_others(wronged, "**Correct and condemned too:** {numbers}."),
        f"`suspect({(missed + wronged)[0].number})` shows the code. Mend your checker, and hunt again.",
    ]
    label = f"bug hunt: {right} of {len(findings)}"
    return Card("wrong values", label, "\n\n".join(message), _table(findings))


def _missed_text(missed: Finding) -> str:
    cases = missed.suspect.cases()
    honest = [reference_check(*case) for case in cases]
    place, name = max(
        ((place, name) for place, errors in enumerate(honest) for name in errors),
        key=lambda where: honest[where[0]][where[1]],
    )
    situation = missed.suspect.situations[place].name
    return (
        f"**Suspect {missed.number} is broken, and your checker acquitted it.** {missed.suspect.shown_by} It was shown "
        f"this input, in the situation “{situation}”: a right checker reports {_number(honest[place][name])} for "
        f"`{name}` there, and yours reports {_number(missed.errors[place][name])}."
    )


def _wronged_text(wronged: Finding) -> str:
    place, name = next(
        (place, name)
        for place, errors in enumerate(wronged.errors)
        for name, error in errors.items()
        if condemns(error)
    )
    situation = wronged.suspect.situations[place].name
    return (
        f"**Suspect {wronged.number} is correct, and your checker condemned it.** In the situation “{situation}” your "
        f"checker reports {_number(wronged.errors[place][name])} for `{name}`. A right checker reports less than 1e-7 "
        "there."
    )


def _others(findings: Sequence[Finding], text: str) -> list[str]:
    numbers = ", ".join(str(each.number) for each in findings[TOLD_IN_FULL:])
    return [text.format(numbers=numbers)] if numbers else []


def _number(error: float) -> str:
    """An error as the board shows it. What is below the threshold differs from computer to computer, so it is not."""
    return f"{error:.2g}" if condemns(error) or error < -THRESHOLD else "less than 1e-5"


def _table(findings: Sequence[Finding]) -> str:
    lines = ["suspect   largest error     your verdict"]
    for each in findings:
        reported = [error for errors in each.errors for error in errors.values()]
        largest = math.nan if any(math.isnan(error) for error in reported) else max(reported)
        verdict = "condemned" if each.condemned else "acquitted"
        verdict += "" if each.is_right else ", but it is " + ("correct" if each.suspect.is_correct else "broken")
        lines.append(f"{each.number:7}   {_number(largest):14}    {verdict}")
    return "\n".join(lines)
