"""One peer in a process of its own: python -m tests.benchmarks.worker PEER.

Reads the letter of a workload from each line of standard input, trains it once, and answers with one line of JSON:
{"seconds": ...} or {"absent": why}. The first time is a warm-up and not counted.
"""

import json
import sys
import time
from typing import Any

from threadpoolctl import threadpool_info

from course_lib.data import DataError

from .peers import PEERS, Run
from .workloads import WORKLOADS


def answer(peer: str, letter: str, runs: dict[str, Run]) -> dict[str, Any]:
    if letter == "?":
        return {"cores": sorted({f"{i['internal_api']} {i.get('architecture', '')}" for i in threadpool_info()})}
    try:
        if letter not in runs:
            workload = WORKLOADS[letter]
            runs[letter] = PEERS[peer](workload, *workload.data())
            runs[letter]()
    except ImportError as error:
        return {"absent": f"{error.name} is not installed"}
    except DataError as error:
        return {"absent": str(error)}
    start = time.process_time()
    runs[letter]()
    return {"seconds": time.process_time() - start}


def main() -> None:
    runs: dict[str, Run] = {}
    for line in sys.stdin:
        print(json.dumps(answer(sys.argv[1], line.strip(), runs)), flush=True)


if __name__ == "__main__":
    main()
