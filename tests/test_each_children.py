"""The processes that check cities: what they hold, what they cost, and that none is left."""

from __future__ import annotations

import gc
import os
import signal
import tracemalloc
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import BinaryIO

import pytest
from tests.each_support import kill, wait_for_ever

from kitei.confined import can_fork
from kitei.errors import Bilingual
from kitei.many import checking, children
from kitei.many.checking import Checker
from kitei.many.children import Done, Limits, Stop, Yield, each_in_order
from kitei.many.cities import Entry
from kitei.many.formats import Frame
from kitei.many.outcome import Outcome as CityOutcome
from kitei.many.run import Plan, Sink, check_each

pytestmark = pytest.mark.skipif(not can_fork(), reason="needs fork")
MIB = 1024 * 1024
GENEROUS = Limits(60, 4096 * MIB)


class Loud(Checker):
    """Says a mebibyte of each city, without looking at it."""

    def __init__(self) -> None:
        self.frame = Frame(date(2024, 6, 5), "violation", "en", 4)
        self.formats = ("jsonl",)

    def warm_up(self) -> None:
        """There is nothing to warm up."""

    def tell(self, entry: Entry, spool: BinaryIO, *, apart: bool) -> bool:
        """Say it."""
        del apart
        outcome = CityOutcome(entry.name, "conforms", (0, 0, 0), Bilingual("", ""))
        checking.write(spool, outcome, {"jsonl": b"x" * MIB})
        return True


def test_what_the_children_say_is_never_held(tmp_path: Path) -> None:
    entries = [Entry(f"{number:04}", tmp_path, None) for number in range(64)]
    written = 0

    def count(piece: bytes) -> None:
        nonlocal written
        written += len(piece)

    tracemalloc.start()
    try:
        with Stop() as stop:
            plan = Plan(4, GENEROUS, stop, lambda _: None)
            summary = check_each(Loud(), entries, plan, [Sink("jsonl", count)])
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert summary.complete
    assert written > 64 * MIB
    assert peak < 2 * MIB


def numbers(said: Yield) -> str:
    return said.read(0, 100).decode()


def test_no_more_is_begun_than_may_wait_for_the_first() -> None:
    gc.collect()
    before = descriptors()
    read, write = os.pipe()
    last = 2 * children._AHEAD - 1

    def work(task: int, spool: BinaryIO) -> bool:
        if task == 0:
            os.read(read, 1)  # until the last that may be begun meanwhile
        if task == last:
            os.write(write, b"!")
        spool.write(str(task).encode())
        return True

    most = 0
    with Stop() as stop:
        found = []
        for done in each_in_order(range(100), work, 2, GENEROUS, stop):
            most = max(most, descriptors() - before)
            with closing(done.said) as said:
                found.append((done.number, numbers(said)))
    assert found == [(number, str(number)) for number in range(100)]
    assert most < 2 * children._AHEAD // children._BATCH + 12
    os.close(read)
    os.close(write)
    assert descriptors() == before


def test_an_end_costs_only_the_task_that_it_came_upon() -> None:
    processes: dict[int, set[int]] = {}

    def work(task: int, spool: BinaryIO) -> bool:
        if task in {3, 40}:
            kill()
        spool.write(f"{task} {os.getpid()}".encode())
        return task != 20  # the process had better do no other

    with Stop() as stop:
        found = []
        for done in each_in_order(range(64), work, 2, GENEROUS, stop):
            found.append((done.number, done.status))
            with closing(done.said) as said:
                if done.status == 0:
                    task, pid = map(int, numbers(said).split())
                    assert task == done.number
                    processes.setdefault(pid, set()).add(task)
    assert found == [(n, -signal.SIGKILL if n in {3, 40} else 0) for n in range(64)]
    # A process does several tasks, and none after it was lost or given up.
    assert len(processes) < 20
    assert not any({20, 21} <= tasks or {2, 4} <= tasks for tasks in processes.values())


def test_a_task_that_took_much_memory_is_the_last_of_its_process() -> None:
    held: list[bytearray] = []

    def work(task: int, spool: BinaryIO) -> bool:
        # Twice, it would be more than a task may use.
        held.append(bytearray(160 * MIB if task in {1, 2} else 1))
        spool.write(str(os.getpid()).encode())
        return True

    with Stop() as stop:
        processes = []
        for done in each_in_order(range(64), work, 1, Limits(60, 256 * MIB), stop):
            with closing(done.said) as said:
                processes.append((done.status, numbers(said)))
    assert {status for status, _ in processes} == {0}
    pids = [pid for _, pid in processes[:5]]
    assert (pids[0] == pids[1], pids[1] == pids[2], pids[2] == pids[3]) == (True, False, False)
    assert pids[3] == pids[4]


def test_no_child_is_left_when_whoever_reads_gives_up() -> None:
    def work(task: int, spool: BinaryIO) -> bool:
        del spool
        if task:
            wait_for_ever()
        return True

    before = descriptors()
    with Stop() as stop:
        results: Iterator[Done] = each_in_order(range(4), work, 2, GENEROUS, stop)
        next(results).said.close()
        results.close()  # type: ignore[attr-defined]
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)
    gc.collect()
    assert descriptors() == before


def descriptors() -> int:
    """How many files this process has open, where the system tells."""
    folder = Path("/proc/self/fd")
    return len(list(folder.iterdir())) if folder.is_dir() else 0
