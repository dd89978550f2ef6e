"""What it costs to evaluate a query in a process that can be killed.

    python -m bench.isolation [--queries N] [--pebble]

The same cheap query, never repeated, in this process and through ``kitei.confined.Pool``, in
turns; with ``--pebble`` also through Pebble's ``ProcessPool`` (which has to be installed).
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from contextlib import ExitStack
from multiprocessing import get_context

from bench.measuring import conditions

from kitei import dates, kb
from kitei.city import City
from kitei.confined import Archive, Document, Here, Pool, Source
from kitei.web.sparql import SparqlJob

QUERY = "SELECT ?s { ?s a <https://w3id.org/kitei/ns#PostOnDay> } LIMIT 5"
_BLOCK = 100
_HELD: list[Here] = []
Way = Callable[[SparqlJob], Document]


def main() -> None:
    """Measure, and print Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--queries", type=int, default=2000)
    parser.add_argument("--pebble", action="store_true")
    options = parser.parse_args()
    base = kb.find()
    city = City(base)
    city.read_roster(base.example_roster(city.regulation.name))
    archive = Archive.of(city)
    archive.derive(dates.today())
    pool, here = Pool(Source(archive)), Here(archive)
    ways: dict[str, Way] = {"in process": here.run, "pool": pool.run}
    with ExitStack() as stack:
        stack.callback(pool.close)
        if options.pebble:
            ways["Pebble's ProcessPool"] = _pebble(archive, stack)
        taken = _measured(ways, options.queries)
    print(
        f"{conditions('pyoxigraph')}\n\n| a query | p50 ms | p99 ms | beyond in process, p50 ms |"
    )
    print("|:--|--:|--:|--:|")
    alone = statistics.median(taken["in process"])
    for name, times in taken.items():
        middle, rare = statistics.median(times), statistics.quantiles(times, n=100)[98]
        print(f"| {name} | {middle:.3f} | {rare:.3f} | {middle - alone:.3f} |")


def _pebble(archive: Archive, stack: ExitStack) -> Way:
    """The same in one process of Pebble, forked with the data."""
    from pebble import ProcessPool

    _HELD.append(Here(archive))
    pool = ProcessPool(max_workers=1, context=get_context("fork"))
    stack.callback(pool.join)
    stack.callback(pool.stop)

    def run(job: SparqlJob) -> Document:
        document: Document = pool.schedule(_work, args=[job], timeout=10).result()
        return document

    return run


def _work(job: SparqlJob) -> Document:
    return _HELD[0].run(job)


def _measured(ways: dict[str, Way], queries: int) -> dict[str, list[float]]:
    """Milliseconds of each query; the ways take turns by the hundred."""
    taken: dict[str, list[float]] = {name: [] for name in ways}
    day = dates.today()
    for start in range(-_BLOCK, queries, _BLOCK):
        for name, way in ways.items():
            for number in range(start, start + _BLOCK):
                job = SparqlJob(f"{QUERY}#{number}", "", day, None)
                began = time.perf_counter()
                way(job)
                if start >= 0:  # the first block warms up
                    taken[name].append((time.perf_counter() - began) * 1000)
    return taken


if __name__ == "__main__":
    main()
