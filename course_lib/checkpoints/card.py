"""How an answer looks: a card in HTML with a plain-text twin, the same at every run.

    message    a little Markdown: **bold**, `code`, and fenced blocks between lines of ```
    evidence   numbers, in a fixed-width block
    folded     more of a message, to be opened by a click on its title
    see        "NN#Heading": a link to the section that helps

Colours come from JupyterLab's own variables, so a card suits the light and the dark theme.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote

Status = Literal["not started", "crashed", "timed out", "changed its input", "wrong form", "wrong values", "passed"]

_COLOURS = {
    "passed": "var(--jp-success-color1, #2e7d32)",
    "not started": "var(--jp-border-color1, #9e9e9e)",
    "hint": "var(--jp-info-color1, #1976d2)",
    "notice": "var(--jp-info-color1, #1976d2)",
}
_ATTENTION = "var(--jp-warn-color1, #ef6c00)"
_FENCED = r"```\n(.*?)\n```"


@dataclass(frozen=True)
class Card:
    """One answer to the learner. `kind` chooses the colour of its edge."""

    kind: str
    label: str
    message: str
    evidence: str = ""
    see: str = ""
    folded: str = ""
    folded_title: str = ""

    @property
    def text(self) -> str:
        """The plain-text twin."""
        parts = [_plain(self.message), self.evidence, self.folded_title, _plain(self.folded)]
        if self.see:
            notebook, heading = self.see.split("#")
            parts.append(f"See notebook {notebook}, {heading}.")
        return "\n\n".join(part for part in parts if part)

    def __repr__(self) -> str:
        return f"[{self.label}] {self.text}"

    def _repr_html_(self) -> str:
        colour = _COLOURS.get(self.kind, _ATTENTION)
        body = _markdown(self.message)
        if self.evidence:
            body += _block(self.evidence)
        if self.folded:
            title = f'<summary style="cursor:pointer">{html.escape(self.folded_title)}</summary>'
            body += f"<details>{title}{_markdown(self.folded)}</details>"
        if self.see:
            body += f'<p style="margin:6px 0 0">{_link(self.see)}</p>'
        return (
            f'<div class="course-card" data-status="{html.escape(self.kind)}" style="border:1px solid '
            f"var(--jp-border-color2, #bdbdbd);"
            f"border-left:6px solid {colour};border-radius:4px;padding:8px 14px;margin:4px 0;max-width:760px;"
            "background:var(--jp-layout-color1, #fff);color:var(--jp-content-font-color1, #212121);"
            'font-family:var(--jp-content-font-family, sans-serif);line-height:1.5">'
            f'<div style="font-size:85%;color:var(--jp-content-font-color2, '
            f'#616161)">{html.escape(self.label)}</div>{body}</div>'
        )


@dataclass(frozen=True)
class Verdict:
    """What `judge` found: the status, the names of the misconceptions recognised, and what to tell the learner."""

    exercise: str
    status: Status
    message: str
    misconceptions: tuple[str, ...] = ()
    evidence: str = ""
    see: str = ""
    loose: bool = False  # right numbers in lists or iterators, where later cells count on arrays
    four_names: bool = False  # right for W1, b1, W2 and b2, where later cells have other parameters

    @property
    def passed(self) -> bool:
        return self.status == "passed"

    @property
    def card(self) -> Card:
        return Card(self.status, f"{self.exercise}: {self.status}", self.message, self.evidence, self.see)

    @property
    def text(self) -> str:
        """The plain text of the card."""
        return self.card.text

    def _repr_html_(self) -> str:
        return self.card._repr_html_()

    def __repr__(self) -> str:
        return repr(self.card)


def _plain(text: str) -> str:
    """The text without its marks; what stands in `code` keeps them."""
    chunks = re.split(_FENCED, text, flags=re.DOTALL)
    return "".join(chunk if i % 2 else _inline(chunk, bold=r"\1", code="`{}`") for i, chunk in enumerate(chunks))


def _markdown(text: str) -> str:
    """Paragraphs, fenced blocks, **bold** and `code`; everything else is shown as it is."""
    result = []
    for i, chunk in enumerate(re.split(_FENCED, text, flags=re.DOTALL)):
        if i % 2:
            result.append(_block(chunk))
            continue
        for paragraph in filter(None, (piece.strip() for piece in chunk.split("\n\n"))):
            inside = _inline(html.escape(paragraph, quote=False), bold=r"<b>\1</b>", code="<code>{}</code>")
            result.append(f'<p style="margin:4px 0">{inside}</p>')
    return "".join(result)


def _inline(text: str, *, bold: str, code: str) -> str:
    """**bold** and `code` in another notation. What stands in code is left alone: Z**2 is a power."""
    text = text.replace("\0", "\N{REPLACEMENT CHARACTER}")  # it marks the place of a code below
    codes = re.findall(r"`([^`]+)`", text)
    text = re.sub(r"\*\*(.+?)\*\*", bold, re.sub(r"`[^`]+`", "\0", text), flags=re.DOTALL)
    first, *rest = text.split("\0")
    return first + "".join(code.format(inside) + after for inside, after in zip(codes, rest, strict=True))


def _block(text: str) -> str:
    return (
        '<pre style="margin:6px 0;padding:6px 10px;overflow-x:auto;white-space:pre-wrap;border-radius:3px;'
        'background:var(--jp-layout-color2, #f5f5f5);color:var(--jp-content-font-color1, #212121)">'
        f"{html.escape(text, quote=False)}</pre>"
    )


def _link(see: str) -> str:
    """A link to "NN#Heading"; JupyterLab's anchors are headings with hyphens for spaces."""
    from course_lib.checkpoints.exercise import notebooks

    number, heading = see.split("#")
    name = next(notebook.name for notebook in notebooks() if notebook.name.startswith(number))
    anchor = quote(heading.replace(" ", "-"), safe="-:.,()'")
    return f'See <a href="{name}.ipynb#{anchor}">notebook {number}, {html.escape(heading)}</a>.'
