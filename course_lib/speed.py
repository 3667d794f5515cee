"""How fast training is beside other libraries: the table that `python -m course_lib bench --record` made last.

The measuring is done by tests/benchmarks; here is what it came to, so that a notebook can show it.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

RECORD = Path(__file__).with_name("speed.json")


@dataclass(frozen=True)
class Workload:
    """A network and its training: seconds of processor time for each peer, the median."""

    what: str
    seconds: dict[str, float]

    def cell(self, peer: str) -> str:
        """What is told of a peer: seconds, and how many times as long as course_lib's; "" if it was not measured."""
        if peer not in self.seconds:
            return ""
        ratio = self.seconds[peer] / self.seconds["course_lib"]
        return f"{self.seconds[peer]:.3g} s, {ratio:.2f} ×".replace(" ", "\N{NO-BREAK SPACE}")


@dataclass(frozen=True)
class SpeedTable:
    """What was measured: when, on what, and the workloads by their letters."""

    made: str
    workloads: dict[str, Workload]

    def __str__(self) -> str:
        peers = list(dict.fromkeys(peer for each in self.workloads.values() for peer in each.seconds))
        lines = [f"| | {' | '.join(peers)} |", f"|---|{'---|' * len(peers)}"]
        for each in self.workloads.values():
            cells = [each.cell(peer) for peer in peers]
            lines.append(f"| {each.what} | {' | '.join(cells)} |")
        return "\n".join([*lines, "", f"*Seconds of processor time, and times as long as course_lib. {self.made}*"])

    def _repr_markdown_(self) -> str:
        return str(self)

    __repr__ = __str__


def record(table: SpeedTable) -> None:
    """Keep the table in speed.json, in place of the one before."""
    RECORD.write_text(json.dumps(asdict(table), indent=1) + "\n", encoding="utf-8")


def recorded() -> SpeedTable:
    """The table that was recorded last."""
    stored = json.loads(RECORD.read_text(encoding="utf-8"))
    return SpeedTable(stored["made"], {letter: Workload(**each) for letter, each in stored["workloads"].items()})
