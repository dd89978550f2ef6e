"""What workers share, and what each has for itself: numbers, counts, processors."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import pytest

pytest.importorskip("fcntl")

from kitei.web.numbering import Numbers
from kitei.web.places import Places
from kitei.web.tally import Tally


@contextmanager
def forked(work: Callable[[], object]) -> Iterator[str]:
    """A process that lives on after its work; what came of that."""
    said, say = os.pipe()
    wait, go = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(go)
        os.write(say, repr(work()).encode())
        os.read(wait, 1)
        os._exit(0)
    try:
        yield os.read(said, 100).decode()
    finally:
        for handle in (said, say, wait, go):
            os.close(handle)
        os.waitpid(child, 0)


def test_each_living_process_has_a_number_of_its_own() -> None:
    numbers = Numbers()
    with forked(numbers.take) as first, forked(numbers.take) as second:
        assert (first, second) == ("0", "1")
    with forked(numbers.take) as third:
        assert third == "0", "that of one that has ended"


def test_all_processes_are_counted_also_those_that_have_ended() -> None:
    tally = Tally()
    for _ in range(2):
        with forked(tally.add), forked(tally.add):
            tally.add()
            tally.add()
    assert tally.total == 8


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="Linux")
def test_as_many_workers_as_processors_stay_on_one_each(monkeypatch: pytest.MonkeyPatch) -> None:
    usable = os.sched_getaffinity(0)
    stays: list[set[int]] = []
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {4, 6})
    monkeypatch.setattr(os, "sched_setaffinity", lambda _, processors: stays.append(processors))

    def processor(places: Places) -> list[set[int]]:
        places.take()
        return stays

    for workers in (2, 3):
        work = partial(processor, Places(workers))
        with forked(work) as first, forked(work) as second, forked(work) as third:
            assert (first, second, third) == ("[{4}]", "[{6}]", "[{4}]")
    assert processor(Places(1)) == [], "one worker goes where there is room"
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {4})
    assert processor(Places(2)) == []
    monkeypatch.undo()
    assert os.sched_getaffinity(0) == usable
