"""What the hunt and the clinic have in common: an answer shows a card, and learner's code may crash or never end."""

from __future__ import annotations

from dataclasses import dataclass

from course_lib.checkpoints.card import Card, Status
from course_lib.checkpoints.sandbox import LIMIT, Crash, Run


@dataclass(frozen=True, repr=False)
class Answer:
    """A value that a notebook shows as its card."""

    card: Card

    @property
    def text(self) -> str:
        """The plain text of the card."""
        return self.card.text

    def _repr_html_(self) -> str:
        return self.card._repr_html_()

    def __repr__(self) -> str:
        return repr(self.card)


@dataclass(frozen=True)
class Trouble:
    """What kept a run from its end: a status, a sentence for the learner, the number of the call, and the crash."""

    status: Status
    text: str
    call: int
    crash: Crash | None = None


def trouble(run: Run, calls: int, function: str) -> Trouble | None:
    """Why a run of the learner's `function` did not finish its `calls`, a crash before all; None if it did."""
    for call, each in enumerate(run.observations):
        if each.crash:
            return Trouble("crashed", _crashed(each.crash, function), call, each.crash)
    call = len(run.observations)
    if run.timed_out:
        return Trouble("timed out", _TIMED_OUT, call)
    if call < calls:
        return Trouble("crashed", _DIED, call)
    return None


_TIMED_OUT = (
    f"**It did not come to an end.** After {LIMIT:.0f} seconds it was stopped. Look for a loop whose end is never "
    "reached."
)
_DIED = (
    "**It ended the whole process.** That happens when Python itself is told to stop, or when far more memory is asked "
    "for than there is."
)


def _crashed(crash: Crash, function: str) -> str:
    error = f"{crash.kind}: {crash.message}" if crash.message else crash.kind
    if crash.line:
        inner = f"  in {crash.inner_function}: {crash.inner_line}\n" if crash.inner_function else ""
        block = f"```\n{crash.line}\n{inner}{error}\n```"
        return f"**It stopped at line {crash.line_number} of your `{function}`.**\n\n{block}"
    if crash.inner_function:
        block = f"```\n{crash.inner_line}\n{error}\n```"
        return f"**It stopped in your `{crash.inner_function}`, at this line.**\n\n{block}"
    return f"**It stopped with an error.**\n\n```\n{error}\n```"
