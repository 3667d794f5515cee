"""A model card: one page that says what a network is, what it was made from, how good it is, and where it fails.

    card = ModelCard(name="reader", data="MNIST, ...", test="97.6% on 10,000 images, looked at once")
    card                 the page; what nobody has filled in yet is asked for
    card.save()          writes it to model-card.md in the folder of the progress file

Source: M. Mitchell and others, Model cards for model reporting (2019), shortened to what a small network needs.
"""

import difflib
from pathlib import Path

from course_lib import journal

QUESTIONS = {
    "name": "What is it called, and what is it for?",
    "data": "Which images did it learn from? Who made them?",
    "split": "How were the images divided, and by which part were the settings chosen?",
    "network": "Layers and activation; how many parameters?",
    "training": "Epochs, batch size, learning rate, and what else is needed to repeat it?",
    "validation": "Its validation accuracy: mean and standard deviation over seeds.",
    "test": "Its accuracy on the test images, give or take how much? How many images?",
    "looks": "How often was the test set looked at?",
    "weak": "What does it mix up most? On which images is it wrong and sure?",
    "limits": "Where should nobody rely on it, and why?",
}


class ModelCard:
    """The answers to QUESTIONS, by keyword. Raises TypeError, with the nearest right name, for any other keyword."""

    def __init__(self, **answers: object) -> None:
        for name in answers:
            if name not in QUESTIONS:
                near = difflib.get_close_matches(name, QUESTIONS, n=1)
                advice = f"Did you mean {near[0]}?" if near else f"It has {', '.join(QUESTIONS)}."
                raise TypeError(f"A model card has no field {name!r}. {advice}")
        self.answers = {name: str(answers.get(name, "")).strip() for name in QUESTIONS}

    @property
    def empty(self) -> list[str]:
        """The fields that nobody has filled in."""
        return [name for name, answer in self.answers.items() if not answer]

    def __str__(self) -> str:
        lines = ["| | |", "|---|---|"]
        for name, question in QUESTIONS.items():
            answer = self.answers[name].replace("|", r"\|").replace("\n", " ") or f"*{question}*"
            lines.append(f"| **{name}** | {answer} |")
        if self.empty:
            lines += ["", f"Still to be filled in by you: {', '.join(self.empty)}."]
        return "\n".join(lines)

    def _repr_markdown_(self) -> str:
        return str(self)

    __repr__ = __str__

    def save(self) -> Path:
        """Write the page to model-card.md in the folder of the progress file, and return its path. Raises OSError."""
        file = journal.beside_progress("model-card.md")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{self}\n", encoding="utf-8")
        return file
