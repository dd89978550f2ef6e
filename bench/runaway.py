"""Queries without end, as many as there are evaluators, and what others notice of them.

    python -m bench.runaway [--seconds 10]

Exits 1 unless each of them is refused with 503 or 504 as a problem within the limit of a query
plus 0.5 s, and every ordinary query that is asked meanwhile is answered within 2 s.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

from bench.load import FOR_EVER, JSON
from bench.measuring import conditions
from bench.serving import Server, free_port, started

from kitei.confined import Limits

ORDINARY = "SELECT ?s { ?s a <https://w3id.org/kitei/ns#PostOnDay> } LIMIT 5"
BEYOND, PROMPT = 0.5, 2.0
"""Seconds: what a runaway may have beyond its limit, and what others may take meanwhile."""


def main() -> int:
    """Ask both kinds at the same time, and judge."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=Limits().seconds)
    limit = parser.parse_args().seconds
    workers = os.cpu_count() or 1
    many = Limits().evaluators * workers
    port = free_port()
    command = [sys.executable, "-m", "kitei", "serve", "--example", "--port", str(port)]
    command += ["--rate", "0", "--seconds", str(limit)]
    with started(Server("kitei", command, port, "/sparql")) as server:
        with ThreadPoolExecutor(many) as threads:
            runaways = [threads.submit(_asked, server, FOR_EVER, n) for n in range(many)]
            ordinary: list[tuple[float, int, bytes]] = []
            while not all(each.done() for each in runaways):
                ordinary.append(_asked(server, ORDINARY, len(ordinary)))
        cut = [each.result() for each in runaways]
    longest, slowest = max(took for took, *_ in cut), max(took for took, *_ in ordinary)
    print(conditions("granian", "pyoxigraph"))
    print(f"{many} queries without end: {sorted({status for _, status, _ in cut})}", end=" ")
    print(f"after {longest:.2f} s at most (limit {limit:g} s)")
    print(f"{len(ordinary)} ordinary queries meanwhile: {slowest:.2f} s at most")
    held = (
        all(status in (503, 504) and b'"detail"' in body for _, status, body in cut)
        and all(status == 200 for _, status, _ in ordinary)
        and longest <= limit + BEYOND
        and slowest <= PROMPT
    )
    print("HELD" if held else "DID NOT HOLD")
    return 0 if held else 1


def _asked(server: Server, query: str, number: int) -> tuple[float, int, bytes]:
    """Seconds, status and body of a query that was never asked before."""
    began = time.monotonic()
    status, body = server.get(f"{server.path}?query={quote(f'{query}#{number}')}", JSON)
    return time.monotonic() - began, status, body


if __name__ == "__main__":
    sys.exit(main())
