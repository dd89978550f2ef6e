"""What a request costs: ``kitei serve`` beside ``oxigraph`` and ``rdflib-endpoint``.

All hold the same triples: the example city on a day with what is derived, and 10,000
rows. The load comes from wrk. Servers take turns within a round, so that whatever
else the machine does meets all of them; ratios are medians of the ratios of rounds.

    python -m bench.serve [--quick] [--rounds N] [--rdflib-endpoint PROGRAM]
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from bench.measuring import conditions
from bench.serving import Server, free_port, started

from kitei import dates, kb
from kitei.calendar import Calendar
from kitei.city import City

JSON = "application/sparql-results+json"
ROWS = 10_000
QUERIES = {
    "cheap": "SELECT ?s { ?s a <https://w3id.org/kitei/ns#PostOnDay> } LIMIT 5",
    f"{ROWS:,} rows": "SELECT ?s ?n { ?s <https://example.org/number> ?n }",
}
WAYS = ("never repeated", "repeated")
KITEI, OXIGRAPH, RDFLIB = "kitei", "oxigraph", "rdflib-endpoint"
# A query is made another one by a comment, which no server normalises away.
_LUA = """
local n = 0
function init(args) prefix = args[1] end
function request()
  n = n + 1
  return wrk.format("GET", NEW and (prefix .. "-" .. n) or prefix)
end
function done(summary, latency, requests)
  local e = summary.errors
  io.write(string.format(
    'JSON {"requests": %d, "seconds": %f, "p50": %f, "p99": %f, "failed": %d}\\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3,
    latency:percentile(99) / 1e3, e.connect + e.read + e.write + e.status + e.timeout))
end
"""


class Case(NamedTuple):
    """What is asked, and how."""

    query: str
    way: str
    connections: int


class Figures(NamedTuple):
    """What one run of the load generator saw."""

    rate: float
    """Requests a second."""
    p50: float
    p99: float
    """Milliseconds."""
    cpu: float
    """Milliseconds of the server's processes a request."""
    failed: int


def main() -> None:
    """Measure, and print Markdown."""
    options = _options()
    if shutil.which("wrk") is None:
        sys.exit("bench.serve needs wrk (Debian: apt-get install wrk)")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="kitei-bench-")))
        servers = [
            stack.enter_context(started(each)) for each in _servers(folder, options.rdflib_endpoint)
        ]
        seen: dict[tuple[str, Case], list[Figures]] = {}
        for number, case, server in _turns(options.rounds, servers, options.connections):
            figures = _measured(folder, server, case, options.seconds, number)
            seen.setdefault((server.name, case), []).append(figures)
        load = os.getloadavg()[0]
    print(f"{conditions('granian', 'pyoxigraph', 'oxigraph')}; at the end {load:.1f}\n")
    _print(seen)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one round of a second each")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--connections", type=int, nargs="+", default=[1, 16, 64])
    parser.add_argument("--rdflib-endpoint", metavar="PROGRAM", help="where it is installed")
    options = parser.parse_args()
    if options.quick:
        options.rounds, options.seconds = 1, 1
    return options


def _turns(
    rounds: int, servers: list[Server], connections: list[int]
) -> Iterator[tuple[int, Case, Server]]:
    # (rdflib-endpoint takes a second for the rows and goes on with those that nobody awaits.)
    cases = [Case(*each) for each in itertools.product(QUERIES, WAYS, connections)]
    for number in range(rounds):
        for case in cases:
            # Each goes first as often as the others.
            for place in range(len(servers)):
                server = servers[(place + number) % len(servers)]
                if server.name != RDFLIB or case.query == "cheap" or case.connections == 1:
                    yield number, case, server


def _servers(folder: Path, rdflib: str | None) -> list[Server]:
    """The servers, with their data prepared."""
    rows, everything = folder / "rows.nq", folder / "everything.nq"
    _write(rows, everything)
    store = str(folder / "store")
    oxigraph = shutil.which("oxigraph", path=str(Path(sys.executable).parent)) or "oxigraph"
    subprocess.run(
        [oxigraph, "load", "-l", store, "-f", str(everything)], check=True, capture_output=True
    )
    first, second, third = (free_port() for _ in range(3))
    kitei = [sys.executable, "-m", "kitei", "serve", "--example", "--data", str(rows)]
    address = f"127.0.0.1:{second}"
    found = [
        Server(KITEI, [*kitei, "--rate", "0", "--port", str(first)], first, "/sparql"),
        Server(
            OXIGRAPH, [oxigraph, "serve-read-only", "-l", store, "-b", address], second, "/query"
        ),
    ]
    if rdflib:
        command = [rdflib, "serve", "--host", "127.0.0.1", "--port", str(third), str(everything)]
        found.append(Server(RDFLIB, command, third, "/"))
    return found


def _write(rows: Path, everything: Path) -> None:
    """The rows as N-Quads, and all that ``kitei serve`` holds with them, default graph included."""
    number = '<https://example.org/row/{0}> <https://example.org/number> "{0}"'
    numbers = [number.format(n) for n in range(ROWS)]
    named = [f"{each} <https://example.org/rows> .\n" for each in numbers]
    rows.write_text("".join(named), encoding="utf-8")
    base = kb.find()
    city = City(base)
    city.read_roster(base.example_roster(city.regulation.name))
    dataset = Calendar(city).dataset(dates.today())
    merged = {f"{each} .\n" for each in numbers}
    with everything.open("w", encoding="utf-8") as file:
        file.writelines(named)
        for graph in dataset.graphs():
            lines = dataset.dump(graph).decode().splitlines()
            file.writelines(f"{line.removesuffix(' .')} <{graph}> .\n" for line in lines)
            merged.update(f"{line}\n" for line in lines)
        file.writelines(sorted(merged))


def _measured(folder: Path, server: Server, case: Case, seconds: int, number: int) -> Figures:
    """Let wrk ask for some seconds."""
    new = case.way == WAYS[0]
    script = folder / f"{new}.lua"
    script.write_text(f"NEW = {str(new).lower()}\n{_LUA}", encoding="utf-8")
    mark = quote(f"#{number}-{case.connections}-{server.name}")
    path = f"{server.path}?query={quote(QUERIES[case.query], safe='')}{mark if new else ''}"
    if not new:
        server.get(path, JSON)  # the first time is not a repetition
    before = server.cpu()
    command = ["wrk", "-t1", f"-c{case.connections}", f"-d{seconds}s", "--timeout", "60s"]
    command += ["-s", str(script), "-H", f"Accept: {JSON}", server.url, "--", path]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    used = server.cpu() - before
    line = next(each for each in done.stdout.splitlines() if each.startswith("JSON "))
    said = json.loads(line.removeprefix("JSON "))
    requests = max(1, said["requests"])
    return Figures(
        requests / said["seconds"], said["p50"], said["p99"], used / requests * 1000, said["failed"]
    )


def _print(seen: dict[tuple[str, Case], list[Figures]]) -> None:
    print(
        "| query | asked | connections | server | requests a s | p50 ms | p99 ms | CPU ms |", end=""
    )
    print(" kitei's rate to it | failed |\n|:--|:--|--:|:--|--:|--:|--:|--:|--:|--:|")
    for (server, case), figures in sorted(seen.items(), key=lambda item: (item[0][1], item[0][0])):
        middle = [statistics.median(column) for column in zip(*figures, strict=True)]
        ours = seen[KITEI, case]
        ratio = statistics.median(a.rate / b.rate for a, b in zip(ours, figures, strict=True))
        print(
            f"| {case.query} | {case.way} | {case.connections} | {server} | {middle[0]:,.0f} "
            f"| {middle[1]:.2f} | {middle[2]:.2f} | {middle[3]:.3f} | {ratio:.2f} "
            f"| {sum(each.failed for each in figures)} |"
        )


if __name__ == "__main__":
    main()
