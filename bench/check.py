"""Measure what a check costs as a whole process: one city beside its peers, many, a large one.

- One city of 1,000 staff: ``kitei check`` beside the same program on rdflib, with the same
  derivation and shapes (both must print the same bytes), and beside the plain ``pyshacl`` command,
  which is given the exported facts of the day (both must find the same). The runs alternate, so
  that whatever else the machine does falls on all of them.
- Many cities of 1,000 staff: ``kitei check --each`` with two jobs.
- One city of 100,000 staff, beside bulk-loading the facts of its roster into pyoxigraph; of both,
  a process that only imports the same modules is taken off.

Results are Markdown tables on standard output. Run from the checkout: make bench-check.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bench import city
from bench.measuring import (
    KITEI,
    MEGABYTE,
    RDFLIB,
    ROOT,
    Run,
    conditions,
    cpu,
    memory,
    must,
    run,
    spread,
)

PARTS = ("one", "many", "large")
JOBS = 2
FAULTS = 3
"""Seats without a member in the city that is compared, so that there is something to find."""
ENDED = (0, 1)
"""Exit codes of a check that came to its end."""
PYSHACL = (sys.executable, "-m", "pyshacl")
CHECK_MODULES = "kitei.__main__, kitei.cli.check, kitei.check.checking, kitei.report.formats"


class Bench:
    """Where the benchmarks work, and how long one process may take."""

    def __init__(self, work: Path, rounds: int, limit: float) -> None:
        self.work, self.rounds, self.limit = work, rounds, limit

    def run(self, command: Sequence[str], codes: Sequence[int] = ENDED) -> Run:
        """A process, run to its end."""
        return must(run(command, self.work / "cache", self.limit, codes), " ".join(command))

    def prepared(self, work: str, *files: Path) -> Any:
        """What ``bench/preparing.py`` makes of files."""
        words = [sys.executable, str(ROOT / "bench" / "preparing.py"), work, *map(str, files)]
        return json.loads(self.run(words).output)

    def alternating(
        self, commands: Mapping[str, Sequence[str]], rounds: int
    ) -> dict[str, list[Run]]:
        """The runs of each command, by name, after one that is not counted."""
        runs: dict[str, list[Run]] = {name: [] for name in commands}
        for command in commands.values():
            self.run(command)
        for _ in range(rounds):
            for name, command in commands.items():
                runs[name].append(self.run(command))
        return runs


# -- one city -------------------------------------------------------------------------------


def one_city(bench: Bench) -> str:
    """Kitei, the same on rdflib and pySHACL, and the ``pyshacl`` command."""
    roster = city.write(bench.work / "one", 1_000, faults=FAULTS)
    of_day = ("--roster", str(roster), "--as-of", city.DAY)
    checked = ("check", *of_day, "--format", "json", "--lang", "en")
    shapes, snapshot = bench.work / "shapes.ttl", bench.work / "snapshot.ttl"
    bench.prepared("shapes", shapes)
    snapshot.write_bytes(bench.run([*KITEI, "export", *of_day]).output)
    commands = {
        "kitei check": [*KITEI, *checked],
        "the same on rdflib + pySHACL": [*RDFLIB, *checked],
        "pyshacl command on the exported facts": [
            *(*PYSHACL, "-s", str(shapes), "-sf", "turtle", "-df", "turtle"),
            *("-f", "turtle", str(snapshot)),
        ],
    }
    runs = bench.alternating(commands, bench.rounds)
    ours, peer, plain = runs.values()
    found = _require_the_same(bench, of_day, ours, peer, plain)
    rows = [
        f"| {name} | {len(these)} | {cpu(these):.2f} | {spread(these)} | "
        f"{cpu(these) / cpu(ours):.2f} | {memory(these):.0f} |"
        for name, these in runs.items()
    ]
    return "\n".join(
        [
            f"One city of 1,000 staff, {found} findings:",
            "",
            "| whole process | rounds | CPU s | range | in Kitei's CPU | MB |",
            "|:--|--:|--:|--:|--:|--:|",
            *rows,
            "",
            f"Kitei takes {cpu(ours) / cpu(plain):.2f} times the CPU of the `pyshacl` command "
            f"(goal: at most 1.25), and rdflib + pySHACL {cpu(peer) / cpu(ours):.1f} times "
            "Kitei's (goal: at least 8).",
        ]
    )


def _require_the_same(
    bench: Bench, of_day: Sequence[str], ours: list[Run], peer: list[Run], plain: list[Run]
) -> int:
    """End this program unless all find the same; how many findings that is."""
    if len({one.output for one in (*ours, *peer)}) != 1:
        sys.exit("kitei check and the same on rdflib differ")
    as_turtle = bench.run([*KITEI, "check", *of_day, "--format", "turtle"])
    expected, *theirs = [_results(bench, one) for one in (as_turtle, *plain)]
    if any(found != expected for found in theirs):
        sys.exit("kitei check and the pyshacl command differ")
    count = len(json.loads(ours[0].output)["findings"])
    if len(expected) != count or count <= FAULTS:
        sys.exit(f"{count} findings, {len(expected)} results: this compares nothing")
    return count


def _results(bench: Bench, report: Run) -> Any:
    """Shape and focus node of each result in a validation report."""
    file = bench.work / "report.ttl"
    file.write_bytes(report.output)
    return bench.prepared("results", file)


# -- many cities ----------------------------------------------------------------------------


def many_cities(bench: Bench, counts: Sequence[int]) -> str:
    """``kitei check --each`` over growing folders, each the beginning of the next."""
    folder = bench.work / "cities"
    bench.run([*KITEI, "check", "--example", "--as-of", city.DAY])  # compiles the modules once
    rows, written = [], 0
    for count in sorted(counts):
        for number in range(written, count):
            city.write(folder / f"{number:04}", 1_000, seed=number)
        written = count
        command = ["check", "--each", str(folder), "--as-of", city.DAY, "--jobs", str(JOBS)]
        report = bench.work / "report.json"
        one = bench.run([*KITEI, *command, "--output", f"json={report}"])
        summary = json.loads(report.read_text("utf-8"))["summary"]
        if summary["verdicts"]["conforms"] != count:
            sys.exit(f"of {count} cities not all conform: {summary}")
        rows.append(
            f"| {count:,} | {one.cpu:.2f} | {one.cpu / count * 1000:.0f} | {one.elapsed:.1f} | "
            f"{one.own / MEGABYTE:.0f} | {one.memory / MEGABYTE:.0f} |"
        )
        # The longest of them may take a quarter of an hour; who stops it has seen the others.
        print(rows[-1], file=sys.stderr, flush=True)
    return "\n".join(
        [
            f"Many cities of 1,000 staff, {JOBS} jobs (goal: linear, 1,741 in at most 150 CPU s):",
            "",
            "| cities | CPU s | CPU ms a city | elapsed s | parent MB | largest process MB |",
            "|--:|--:|--:|--:|--:|--:|",
            *rows,
        ]
    )


# -- a large city ---------------------------------------------------------------------------


def large_city(bench: Bench, staff: int) -> str:
    """``kitei check`` of one large city beside bulk-loading its facts."""
    roster = city.write(bench.work / "large", staff)
    facts = bench.work / "facts.nt"
    triples = bench.prepared("facts", roster, facts)
    load = [sys.executable, str(ROOT / "bench" / "bulk_load.py")]
    commands = {
        "kitei check": [
            *(*KITEI, "check", "--roster", str(roster), "--as-of", city.DAY, "--format", "json")
        ],
        "its imports alone": [sys.executable, "-c", f"import {CHECK_MODULES}"],
        "bulk load into pyoxigraph": [*load, str(facts)],
        "its import alone": load,
    }
    runs = bench.alternating(commands, bench.rounds)
    ours, our_imports, theirs, their_imports = runs.values()
    rows = [
        f"| {name} | {len(these)} | {cpu(these):.2f} | {spread(these)} | {memory(these):.0f} |"
        for name, these in runs.items()
    ]
    ratio = (cpu(ours) - cpu(our_imports)) / (cpu(theirs) - cpu(their_imports))
    return "\n".join(
        [
            f"One city of {staff:,} staff, {triples:,} facts in its roster:",
            "",
            "| whole process | rounds | CPU s | range | MB |",
            "|:--|--:|--:|--:|--:|",
            *rows,
            "",
            f"Without imports the check takes {ratio:.2f} times the CPU of the bulk load "
            "(goal: at most 3).",
        ]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--rounds", type=int, help="of each process that is compared; 5")
    parser.add_argument("--cities", type=int, nargs="+", default=[1, 10, 100, 1_741])
    parser.add_argument("--staff", type=int, default=100_000, help="of the large city")
    parser.add_argument("--limit", type=float, default=1_800, help="seconds for one process")
    parser.add_argument("--quick", action="store_true", help="small sizes: a minute or two")
    options = parser.parse_args()
    if options.quick:
        options.cities, options.staff = [1, 10, 40], 10_000
    rounds = options.rounds or (3 if options.quick else 5)
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder), rounds, options.limit)
        print(conditions("pyoxigraph", "rdflib", "pyshacl"), flush=True)
        if "one" in options.parts:
            print(f"\n{one_city(bench)}", flush=True)
        if "many" in options.parts:
            print(f"\n{many_cities(bench, options.cities)}", flush=True)
        if "large" in options.parts:
            print(f"\n{large_city(bench, options.staff)}", flush=True)


if __name__ == "__main__":
    main()
