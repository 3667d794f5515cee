"""The bug clinic: `clinic(Patient)` examines the learner's class and answers with a chart.

    Patient --sandbox--> values of six examinations --diagnose--> healed / still ill / right before --> card
"""

from __future__ import annotations

import functools
import inspect
from dataclasses import dataclass
from typing import Any

from course_lib.bugs.answer import Answer, trouble
from course_lib.bugs.diagnose import Diagnosis, diagnose, read
from course_lib.bugs.examinations import EPOCHS, EXAMINATIONS
from course_lib.bugs.flaws import condemns
from course_lib.bugs.symptoms import SYMPTOMS, Symptom
from course_lib.checkpoints.card import Card
from course_lib.checkpoints.exercise import Setup
from course_lib.checkpoints.sandbox import run
from course_lib.checkpoints.values import MisfitError

HINTS = 2


@dataclass(frozen=True, repr=False)
class Chart(Answer):
    """The result of a visit to the clinic: the names of symptoms, and sentences about what was right before.

    If the examination could not be finished, all three are empty and the card says why.
    """

    healed: tuple[str, ...] = ()
    ill: tuple[str, ...] = ()
    new_mistakes: tuple[str, ...] = ()

    @property
    def discharged(self) -> bool:
        """All symptoms are healed and nothing else has been hurt."""
        return len(self.healed) == len(SYMPTOMS) and not self.new_mistakes


def clinic(Patient: Any, hint: int = 0, symptom: int | None = None) -> Chart:
    """Examine the class `Patient`. With hint=1 or hint=2 the chart ends with a hint for the symptom of this number, or
    for the first one that is left.

    Shows nothing by itself: end a cell with `clinic(Patient)`, and the chart is displayed. Raises ValueError for a hint
    or a symptom that does not exist.
    """
    if hint not in range(HINTS + 1):
        raise ValueError(f"Each symptom has the hints hint=1 and hint=2, but hint={hint!r} was asked for.")
    if symptom is not None and symptom not in range(1, len(SYMPTOMS) + 1):
        raise ValueError(f"The symptoms have the numbers 1 to {len(SYMPTOMS)}, but symptom={symptom!r} was asked for.")
    if not inspect.isclass(Patient):
        return _stopped("notice", "**The class itself is wanted**, as in `clinic(Patient)`: no parentheses behind it.")
    methods: dict[str, Any] = {name: getattr(Patient, name, None) for name in EXAMINATIONS}
    missing = [name for name, method in methods.items() if not callable(method)]
    if missing:
        listed = ", ".join(f"`{name}`" for name in missing)
        return _stopped("wrong form", f"**Methods are missing: {listed}.** The clinic needs them under these names.")

    def examine(name: str) -> Any:
        return EXAMINATIONS[name].look(Patient)

    # A crash is looked for in the code of what is wrapped, and in other code of the same notebook.
    functools.update_wrapper(examine, methods["forward"], assigned=(), updated=())
    result = run(examine, [(name,) for name in EXAMINATIONS], Setup(("name",)))
    stopped = trouble(result, len(EXAMINATIONS), "forward")
    readings, changed = {}, {}
    for call, (name, examination) in enumerate(EXAMINATIONS.items()):
        if stopped and stopped.call == call:
            return _stopped(stopped.status, f"{stopped.text}\n\n{examination.called}")
        seen = result.observations[call].value
        try:
            readings[name] = read(name, seen)
        except MisfitError as misfit:
            return _stopped("wrong form", str(misfit))
        changed[name] = [place for _, places in seen for place in places]
    return _chart(diagnose(readings, changed), hint, symptom)


def _stopped(kind: str, message: str) -> Chart:
    return Chart(Card(kind, "bug clinic: not finished", message))


# ---- the card -------------------------------------------------------------------------------------------------------


def _chart(found: Diagnosis, hint: int, symptom: int | None) -> Chart:
    healed = tuple(each.name for each in SYMPTOMS if found.healed[each.name])
    ill = [each for each in SYMPTOMS if not found.healed[each.name]]
    message = [
        _summary(len(healed), found),
        *found.new_mistakes,
        *(f"{number}. {_told(each, found)}" for number, each in enumerate(SYMPTOMS, start=1)),
        *_next_step(ill, found, hint, symptom),
    ]
    is_healthy = not ill and not found.new_mistakes
    label = f"bug clinic: {len(healed)} of {len(SYMPTOMS)} healed"
    card = Card("passed" if is_healthy else "wrong values", label, "\n\n".join(message), _vital_signs(found))
    return Chart(card, healed, tuple(each.name for each in ill), found.new_mistakes)


def _told(symptom: Symptom, found: Diagnosis) -> str:
    if found.healed[symptom.name]:
        return symptom.healed
    return f"{symptom.ill} {found.half_healed[symptom.name]}" if symptom.name in found.half_healed else symptom.ill


def _summary(healed: int, found: Diagnosis) -> str:
    are = "is" if healed == 1 else "are"
    if found.new_mistakes:
        return (
            f"**{healed} of {len(SYMPTOMS)} symptoms {are} healed, and something that was right before is not right "
            "any more.** Mend that first, while you still know what you changed."
        )
    if healed == len(SYMPTOMS):
        return f"**Discharged.** All {healed} symptoms are healed, and nothing else has been hurt."
    return f"**{healed} of {len(SYMPTOMS)} symptoms {are} healed.** Nothing else has been hurt."


def _next_step(ill: list[Symptom], found: Diagnosis, hint: int, number: int | None) -> list[str]:
    if not ill or (found.new_mistakes and not hint):
        return []
    symptom = SYMPTOMS[number - 1] if number else ill[0]
    number = SYMPTOMS.index(symptom) + 1
    if symptom not in ill:
        return [f"**Symptom {number} is healed** and needs no hint any more."]
    if hint:
        return [f"**Hint {hint} of {HINTS} for symptom {number}.** {symptom.hints[hint - 1]}"]
    return [
        f"**Look at this next.** {symptom.observe}",
        f"Stuck? `clinic(Patient, hint=1)` says where to look for symptom {number}; with `symptom=5`, for the fifth.",
    ]


def _vital_signs(found: Diagnosis) -> str:
    errors = ", ".join(
        f"{name} {error:.2g}" if condemns(error) else f"{name} less than 1e-5"
        for name, error in found.gradient_errors.items()
    )
    return (
        f"loss on 15 images, {EPOCHS} epochs: {_loss(found.losses[0])} -> {_loss(found.losses[-1])}\n"
        f"relative error of the gradients: {errors}"
    )


def _loss(loss: float) -> str:
    return f"{loss:.2f}" if loss < 1000 else "above 1000, or no number at all"
