"""All suspects in the order in which the learner meets them: shuffled, always in the same way, and numbered from 1."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from course_lib.bugs import suspects_hidden, suspects_linear, suspects_regularised
from course_lib.bugs.suspects import Suspect


def _lineup() -> dict[int, Suspect]:
    modules = (suspects_linear, suspects_hidden, suspects_regularised)
    everyone = [value for module in modules for value in vars(module).values() if isinstance(value, Suspect)]
    order = np.random.default_rng(16).permutation(len(everyone))
    return {number: everyone[place] for number, place in enumerate(order, start=1)}


LINEUP = _lineup()


@dataclass(frozen=True)
class Exhibit:
    """The code of one suspect, for a notebook to show with its colours."""

    number: int
    suspect: Suspect

    def _introduction(self) -> str:
        return f"Suspect {self.number}: {self.suspect.network.name}. The loss is right. Is the backprop?"

    def _repr_markdown_(self) -> str:
        return f"**{self._introduction()}**\n\n```python\n{self.suspect.source()}\n```"

    def __repr__(self) -> str:
        return f"{self._introduction()}\n\n{self.suspect.source()}"


def suspect(number: int) -> Exhibit:
    """The code of a suspect of the bug hunt: end a cell with `suspect(7)`. Raises LookupError for another number."""
    if number not in LINEUP:
        raise LookupError(f"The suspects have the numbers 1 to {len(LINEUP)}, and {number!r} is none of them.")
    return Exhibit(number, LINEUP[number])
