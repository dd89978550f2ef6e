"""Measure what one question costs as a whole process, Kitei beside rdflib, and how it grows.

Both answer "who acts for the CDO" from the same files, and both must give the same answer. The
runs alternate (A B A B), so that whatever else the machine does falls on both. What is reported is
CPU time (user and system), which other processes disturb less than elapsed time, and the highest
resident memory, both of the whole process, and the time that deriving the facts of the day takes
in itself. Results are a Markdown table on standard output. Run from the checkout: make bench.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bench import city
from bench.measuring import KITEI, RDFLIB, SERVICE, Run, conditions, cpu, memory, run, spread

QUESTION = ("ask", "who-acts", "--post", "CDO", "--as-of", city.DAY, "--format", "json")


@dataclass(frozen=True)
class Measured:
    """The runs of both at one size; ``peer`` is empty when it was not run to the end."""

    staff: int
    kitei: Sequence[Run]
    peer: Sequence[Run]
    peer_note: str
    derive: float
    derived: int


def measure(staff: int, rounds: int, limit: float, work: Path, with_peer: bool) -> Measured:
    """Alternate both over the same roster; the peer is left out once it exceeds the limit."""
    roster = city.write(work / str(staff), staff)
    asked = (*QUESTION, "--roster", str(roster))
    runs: list[Run] = []
    peer: list[Run] = []
    note = "" if with_peer else "not run"
    for _ in range(rounds):
        ours = run([*KITEI, *asked], work / "cache", limit)
        if ours is None:
            sys.exit(f"kitei ask took more than {limit:.0f} s at {staff} staff")
        runs.append(ours)
        if with_peer and not note:
            theirs = run([*RDFLIB, *asked], work / "cache", limit)
            if theirs is None:
                note = f"over {limit:.0f} s, stopped"
            else:
                peer.append(theirs)
    answers = {one.output for one in (*runs, *peer)}
    if len(answers) != 1:
        sys.exit(f"the answers differ at {staff} staff: {answers}")
    seconds, derived = derive_alone(roster, rounds)
    return Measured(staff, runs, peer, note, seconds, derived)


def derive_alone(roster: Path, rounds: int) -> tuple[float, int]:
    """CPU seconds of deriving one day over a loaded city (median), and the triples it yields."""
    sys.path.insert(0, str(SERVICE))
    from kitei import kb
    from kitei.city import City

    base = kb.find()
    times: list[float] = []
    derived = 0
    for _ in range(rounds):
        loaded = City(base)
        loaded.read_roster(roster)
        before = len(loaded.dataset)
        start = time.process_time()
        loaded.day(date.fromisoformat(city.DAY))
        times.append(time.process_time() - start)
        derived = len(loaded.dataset) - before
    return statistics.median(times), derived


def report(results: Sequence[Measured]) -> str:
    """The results as Markdown."""
    lines = [
        conditions("pyoxigraph", "rdflib"),
        "",
        "| staff | rounds | Kitei CPU s | range | rdflib CPU s | range | ratio | Kitei MB | "
        "rdflib MB | derive s | derived triples | derive per 1,000 staff |",
        "|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for one in results:
        ours = f"{cpu(one.kitei):.2f} | {spread(one.kitei)}"
        theirs, ratio, peak = f"{one.peer_note} | ", "", ""
        if one.peer:
            theirs = f"{cpu(one.peer):.2f} | {spread(one.peer)}"
            ratio = f"{cpu(one.peer) / cpu(one.kitei):.1f}"
            peak = f"{memory(one.peer):.0f}"
        lines.append(
            f"| {one.staff:,} | {len(one.kitei)} | {ours} | {theirs} | {ratio} | "
            f"{memory(one.kitei):.0f} | {peak} | {one.derive:.3f} | {one.derived:,} | "
            f"{one.derive / one.staff * 1_000_000:.1f} ms |"
        )
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--staff", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--rounds", type=int, default=5, help="at the smallest size; 3 at others")
    parser.add_argument("--limit", type=float, default=600, help="seconds for one process")
    options = parser.parse_args()
    results: list[Measured] = []
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        warm = (*QUESTION, "--roster", str(city.write(work / "warm", 100)))
        for command in (KITEI, RDFLIB):  # compiles the modules once
            run([*command, *warm], work / "cache", options.limit)
        for staff in sorted(options.staff):
            # A peer that ran out of time stays out at larger sizes.
            with_peer = all(not one.peer_note for one in results)
            rounds = options.rounds if not results else min(options.rounds, 3)
            results.append(measure(staff, rounds, options.limit, work, with_peer))
            print(f"{staff} done", file=sys.stderr, flush=True)
    print(report(results), end="")


if __name__ == "__main__":
    main()
