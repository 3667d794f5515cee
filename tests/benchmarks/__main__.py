"""python -m course_lib bench [A B ...] [--rounds N]: seconds of training, ours beside others', measured in turns.

Every peer is a process of its own with one thread on one processor. The peers take turns, round by round, so that whatever
else the machine does meets all of them; the median over the rounds counts. A peer that is not installed is skipped by name.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .peers import PEERS
from .workloads import WORKLOADS

ROOT = Path(__file__).parents[2]
ONE_THREAD = {
    **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"), "1"),
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false",
    "JAX_PLATFORMS": "cpu",
}


class Peer:
    """The process of one peer."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.benchmarks.worker", name],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=os.environ | ONE_THREAD,
        )  # fmt: skip
        if hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(self.process.pid, {max(os.sched_getaffinity(0))})

    def ask(self, letter: str) -> dict[str, Any]:
        assert self.process.stdin and self.process.stdout
        print(letter, file=self.process.stdin, flush=True)
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"The process of {self.name} ended without an answer to workload {letter}.")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def close(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait()


def measure(letter: str, peers: dict[str, Peer], rounds: int) -> dict[str, float]:
    """Peer -> median seconds for one epoch (E: 30 epochs) of a workload; absent peers are named and left out."""
    seconds: dict[str, list[float]] = {name: [] for name in peers}
    for _ in range(rounds):
        for name, peer in peers.items():
            if name not in seconds:
                continue
            answer = peer.ask(letter)
            if "absent" in answer:
                print(f"    {name} is skipped: {answer['absent']}.")
                del seconds[name]
            else:
                seconds[name].append(answer["seconds"])
    return {name: statistics.median(values) for name, values in seconds.items()}


def show(medians: dict[str, float]) -> None:
    ours = medians.get("course_lib")
    for name, seconds in medians.items():
        ratio = f"{seconds / ours:8.2f} x ours" if ours else ""
        print(f"    {name:<14}{seconds:9.4f} s{ratio}", flush=True)


def from_the_start(names: Sequence[str], rounds: int) -> dict[str, float]:
    """Peer -> median seconds from the start of the process to ten epochs of workload A done (and the data loaded)."""
    seconds: dict[str, list[float]] = {name: [] for name in names}
    for _ in range(rounds):
        for name in names:
            start = time.perf_counter()
            peer = Peer(name)
            for _ in range(9):      # the first answer comes after two epochs
                peer.ask("A")
            seconds[name].append(time.perf_counter() - start)
            peer.close()
    return {name: statistics.median(values) for name, values in seconds.items()}


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m course_lib bench", description=__doc__.split("\n\n")[0])
    parser.add_argument("workloads", nargs="*", choices=[*WORKLOADS, []], help="A to E; all of them unless you choose")
    parser.add_argument("--rounds", type=int, default=5, help="measurements of each (default 5)")
    parser.add_argument("--peers", nargs="+", choices=list(PEERS), default=list(PEERS), help="all unless you choose")
    options = parser.parse_args(arguments)
    peers = {name: Peer(name) for name in options.peers}
    cores = next(iter(peers.values())).ask("?")["cores"]
    print(f"Python {platform.python_version()}, {os.cpu_count()} processors, one thread each, BLAS: {', '.join(cores)}")
    if "OPENBLAS_CORETYPE" in os.environ:
        print(f"OPENBLAS_CORETYPE is {os.environ['OPENBLAS_CORETYPE']}, which can hold NumPy back.")
    for letter in options.workloads or WORKLOADS:
        print(f"\n{letter}: {WORKLOADS[letter]}", flush=True)
        show(measure(letter, peers, options.rounds))
    for peer in peers.values():
        peer.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
