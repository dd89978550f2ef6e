"""Whichever process of a pool somebody kills, there is another one soon."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.confined_support import Deed, sparql, until
from tests.web_support import city

from kitei.confined import Archive, CutShortError, Lane, Pool, Source

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")


@pytest.fixture
def pool() -> Iterator[Pool]:
    made = Pool(Source(Archive.of(city())))
    yield made
    made.close()


def parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def keeper(pool: Pool) -> int:
    """The process that evaluators are forked from."""
    return int(pool.run(Deed("parent", lane=Lane.QUESTION)).body)


def answers(pool: Pool) -> bool:
    """Whether a new evaluator does a job: that of an upload is always new."""
    try:
        return pool.run(Deed("fine", lane=Lane.UPLOAD)).body == b"fine"
    except CutShortError:
        return False


def gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def test_a_steward_that_is_killed_is_replaced_again_and_again(pool: Pool) -> None:
    for generation in (2, 3):
        old = keeper(pool)
        steward = parent(old)
        assert steward != os.getpid()
        os.kill(steward, signal.SIGKILL)
        until(lambda expected=generation: pool.generation == expected)  # type: ignore[misc]
        until(lambda: answers(pool))
        until(lambda old=old: gone(old))  # type: ignore[misc]
        assert keeper(pool) != old
        assert pool.alive()


def test_what_looks_after_the_steward_may_be_killed(pool: Pool) -> None:
    os.kill(parent(parent(keeper(pool))), signal.SIGKILL)
    assert pool.run(sparql("ASK {}")).body
    os.kill(keeper(pool), signal.SIGKILL)
    until(lambda: pool.generation == 2)
    until(lambda: answers(pool))


@pytest.mark.parametrize("killed", [False, True])
def test_nobody_is_left_when_the_pool_is_closed(
    killed: bool, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    pool = Pool(Source(Archive.of(city())))
    mine = keeper(pool)
    if killed:
        os.kill(parent(mine), signal.SIGKILL)
        until(lambda: answers(pool) and pool.generation == 2)
        mine = keeper(pool)
    family = [mine, parent(mine), parent(parent(mine))]
    assert parent(family[-1]) == os.getpid()
    pool.close()
    for pid in family:
        until(lambda pid=pid: gone(pid))  # type: ignore[misc]
    assert not caplog.records
    assert capfd.readouterr().err == ""
