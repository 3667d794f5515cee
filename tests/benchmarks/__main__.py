"""python -m course_lib bench [A B C D E] [--rounds N] [--peers ...]: how fast our training is, beside others.
python -m course_lib bench accuracy: what the configurations of the course reach.
python -m course_lib bench sweep: how much a second process speeds up a sweep.

Every peer is a process of its own, with one thread, on one processor. The peers take turns, round by round, so that
whatever else the machine does meets all of them. What counts is processor time, the median over the rounds. A peer that
is not installed is skipped by name, and so is a workload whose images are not there.
"""

import argparse
import datetime
import json
import os
import platform
import statistics
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

from course_lib import speed
from course_lib.environment import ROOT, THREAD_COUNTS

from . import accuracy, sweep
from .peers import PEERS
from .workloads import WORKLOADS

ONE_THREAD = {
    **dict.fromkeys(THREAD_COUNTS, "1"),
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false",
    "JAX_PLATFORMS": "cpu",
}
FROM_THE_START = "from the start of the process to ten epochs of the first network"
STARTERS = ("course_lib", "JAX", "PyTorch")  # whose way from the start of the process is measured, too


class Peer:
    """The process of one peer."""

    def __init__(self, name: str) -> None:
        self.name = name
        command = [sys.executable, "-m", "tests.benchmarks.worker", name]
        # OPENBLAS_CORETYPE would hold NumPy alone back to an older processor's instructions.
        environment = {key: value for key, value in os.environ.items() if key != "OPENBLAS_CORETYPE"} | ONE_THREAD
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment
        )
        if hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(self.process.pid, {max(os.sched_getaffinity(0))})

    def ask(self, request: str) -> dict[str, Any]:
        """The worker's answer to one request; see worker.py."""
        assert self.process.stdin and self.process.stdout
        print(request, file=self.process.stdin, flush=True)
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"The process of {self.name} ended without an answer to {request}.")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def close(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait()


def in_turns(letter: str, peers: Sequence[Peer], rounds: int) -> dict[str, float]:
    """Peer -> median seconds for one training of a workload. Those who cannot are named and left out."""
    seconds: dict[str, list[float]] = {peer.name: [] for peer in peers}
    for _ in range(rounds):
        for peer in peers:
            if peer.name in seconds:
                answer = peer.ask(letter)
                if "absent" in answer:
                    print(f"    {peer.name} is skipped: {answer['absent']}.")
                    del seconds[peer.name]
                else:
                    seconds[peer.name].append(answer["seconds"])
    return {name: statistics.median(values) for name, values in seconds.items()}


def from_the_start(names: Sequence[str], rounds: int) -> dict[str, float]:
    """Peer -> median seconds from the start of its process until ten epochs of workload A are done."""
    seconds: dict[str, list[float]] = {name: [] for name in names}
    for _ in range(rounds):
        for name in names:
            peer = Peer(name)
            for _ in range(9):  # the first answer comes after two epochs
                peer.ask("A")
            seconds[name].append(peer.ask("total")["seconds"])
            peer.close()
    return {name: statistics.median(values) for name, values in seconds.items()}


def show(title: str, medians: dict[str, float]) -> None:
    print(f"\n{title}")
    for name, seconds in medians.items():
        print(f"    {name:<14}{seconds:9.4f} s{seconds / medians.get('course_lib', seconds):8.2f}", flush=True)


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m course_lib bench", description="How fast our training is, beside others."
    )
    parser.add_argument(
        "workloads", nargs="*", help=f"of {', '.join(WORKLOADS)} (all unless you choose); or: accuracy, sweep"
    )
    parser.add_argument("--rounds", type=int, default=5, help="measurements of each (default 5)")
    parser.add_argument("--peers", nargs="+", choices=list(PEERS), default=list(PEERS), help="all unless you choose")
    parser.add_argument("--record", action="store_true", help="keep the table for notebook 7, in course_lib/speed.json")
    options = parser.parse_args(arguments)
    if options.rounds < 1:
        parser.error(f"--rounds must be at least 1, not {options.rounds}")
    if options.workloads == ["accuracy"]:
        accuracy.show()
        return 0
    if options.workloads == ["sweep"]:
        sweep.show(options.rounds)
        return 0
    if unknown := set(options.workloads) - set(WORKLOADS):
        parser.error(f"there is no workload {', '.join(sorted(unknown))}; there are {', '.join(WORKLOADS)}")

    peers = [Peer(name) for name in options.peers]
    cores = ", ".join(peers[0].ask("cores")["cores"])
    print(f"Python {platform.python_version()}; {os.cpu_count()} processors, one thread on one of them each; {cores}.")
    if "OPENBLAS_CORETYPE" in os.environ:
        print(f"OPENBLAS_CORETYPE, here {os.environ['OPENBLAS_CORETYPE']}, is not passed on: it can hold NumPy back.")
    print("Seconds of processor time, and how many times as long as course_lib's.")
    present: dict[str, float] = {}
    measured: dict[str, speed.Workload] = {}
    for letter in options.workloads or WORKLOADS:
        medians = in_turns(letter, peers, options.rounds)
        show(f"{letter}: {WORKLOADS[letter]}", medians)
        if medians:
            measured[letter] = speed.Workload(str(WORKLOADS[letter]), medians)
        present |= medians if letter == "A" else {}
    for peer in peers:
        peer.close()
    starters = [name for name in STARTERS if name in present]
    if starters:
        seconds = from_the_start(starters, options.rounds)
        show(FROM_THE_START, seconds)
        measured["start"] = speed.Workload(FROM_THE_START, seconds)
    if options.record and measured:
        rounds = "one round" if options.rounds == 1 else f"medians of {options.rounds} rounds"
        made = f"One thread each, {rounds}. {datetime.date.today()}, {cores}"
        speed.record(speed.SpeedTable(f"{made}, Python {platform.python_version()}.", measured))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
