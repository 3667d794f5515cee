"""One peer in a process of its own: python -m tests.benchmarks.worker PEER.

Reads requests from standard input, a line each, and answers each with a line of JSON:

    A to E      trains that workload once: {"seconds": of processor time}, or {"absent": why}; the first time warms up
    total       {"seconds": of processor time since the process started}
    cores       {"cores": which BLAS libraries there are, and for which kind of processor they are working}
"""

import json
import sys
import time
from typing import Any

from threadpoolctl import threadpool_info

from course_lib.data import DataError

from .peers import PEERS, Trainer
from .workloads import WORKLOADS


def answer(peer: str, request: str, trainers: dict[str, Trainer]) -> dict[str, Any]:
    if request == "total":
        return {"seconds": time.process_time()}
    if request == "cores":
        blas = [info for info in threadpool_info() if info["user_api"] == "blas"]
        return {"cores": sorted({f"{info['internal_api']} for {info.get('architecture', 'any')}" for info in blas})}
    try:
        if request not in trainers:
            workload = WORKLOADS[request]
            trainers[request] = PEERS[peer](workload, *workload.data())
            trainers[request].run()
    except ImportError as error:
        return {"absent": f"{error.name} is not installed"}
    except DataError as error:
        return {"absent": str(error)}
    start = time.process_time()
    trainers[request].run()
    return {"seconds": time.process_time() - start}


def main() -> None:
    trainers: dict[str, Trainer] = {}
    for line in sys.stdin:
        print(json.dumps(answer(sys.argv[1], line.strip(), trainers)), flush=True)


if __name__ == "__main__":
    main()
