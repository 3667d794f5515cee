"""What a measurement of a write-up's claims came to: a table, and a file that keeps the last one.

str(result)      Markdown: it reads well in a terminal, and a notebook shows it as a table
measured.json    the last recorded results; `python -m course_lib claims --record` makes them anew
"""

import json
import statistics
import textwrap
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from course_lib.claims.writeups import WRITE_UPS

RECORD = Path(__file__).with_name("measured.json")
WIDTH = 110


@dataclass(frozen=True)
class Row:
    """A claim, and what was measured: for every column a quantity and its value with each seed."""

    what: str
    claimed: str
    measured: list[tuple[str, list[float]]]
    reached: bool | None  # None where nothing is judged
    seconds: float  # of processor time, for a training; the median


@dataclass(frozen=True)
class Result:
    """The rows of one write-up, and how they were made: when, with what, with how many seeds."""

    name: str
    made: str
    seeds: int
    rows: list[Row]

    def __str__(self) -> str:
        write_up = WRITE_UPS[self.name]
        judged = any(row.reached is not None for row in self.rows)
        table = [["", "claimed", *write_up.columns, *["reached"] * judged, "a run takes"]]
        for row in self.rows:
            reached = {True: "yes", False: "no", None: ""}[row.reached]
            measured = (in_words(quantity, values) for quantity, values in row.measured)
            table.append([row.what, row.claimed, *measured, *[reached] * judged, f"{row.seconds:.1f} s"])
        return "\n".join(
            [
                f"### {self.name}, the {write_up.title}",
                "",
                textwrap.fill(f"{write_up.setting}.", WIDTH),
                "",
                *markdown_table(table),
                "",
                textwrap.fill(f"*{self._how_made()}*", WIDTH),
                "",
                textwrap.fill(write_up.verdict, WIDTH),
                "",
                "What was wrong in it:",
                "",
                *(
                    textwrap.fill(sentence, WIDTH, initial_indent="- ", subsequent_indent="  ")
                    for sentence in write_up.wrong
                ),
                "",
            ]
        )

    def _repr_markdown_(self) -> str:
        return str(self)

    def _how_made(self) -> str:
        seeds = "One seed" if self.seeds == 1 else f"Medians of {self.seeds} seeds, in brackets the lowest and highest"
        return f"{seeds}. What a run takes is processor time, for training. {self.made}."


def in_words(quantity: str, values: Sequence[float]) -> str:
    """The median, and in brackets the smallest and the largest value."""
    form = {"seconds": "{:.1f} s", "gradient_error": "{:.0e}", "first_loss": "{:.4f}"}.get(quantity, "{:.1%}")
    low, middle, high = (form.format(value) for value in (min(values), statistics.median(values), max(values)))
    return middle if low == high else f"{middle} ({low} to {high})"


def markdown_table(lines: Sequence[Sequence[str]]) -> list[str]:
    """The lines of a Markdown table, padded so that it is one in a terminal, too; the first line is the heading."""
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    heading, *rows = ([text.ljust(width) for text, width in zip(line, widths, strict=True)] for line in lines)
    return [f"| {' | '.join(line)} |" for line in (heading, ["-" * width for width in widths], *rows)]


def recorded() -> dict[str, Result]:
    """The last recorded results by name: recorded()["S3"]."""
    if not RECORD.exists():
        return {}
    results = json.loads(RECORD.read_text(encoding="utf-8"))["results"]
    return {result["name"]: Result(**{**result, "rows": [Row(**row) for row in result["rows"]]}) for result in results}


def record(result: Result) -> None:
    """Put this result in the place of the one recorded before; those of the other write-ups stay as they are."""
    whole = {**recorded(), result.name: result}
    about = json.dumps("Made by python -m course_lib claims --record, which trains everything anew.")
    lines = ",\n".join(json.dumps(asdict(whole[name])) for name in WRITE_UPS if name in whole)
    RECORD.write_text(f'{{"about": {about},\n"results": [\n{lines}\n]}}\n', encoding="utf-8")
