"""Who waits for an evaluator, who is next, and who is told at once to come later."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from threading import Lock

import pytest
from tests.confined_support import FOR_EVER, ended, sparql, until
from tests.web_support import city

from kitei.confined import Archive, CutShortError, Document, Lane, Limits, Pool, Source, can_fork
from kitei.confined.queueing import Queue
from kitei.web.bodies import AT_ONCE
from kitei.web.server import THREADS

forks = pytest.mark.skipif(not can_fork(), reason="needs fork")


@pytest.fixture
def lock() -> Iterator[Lock]:
    made = Lock()
    with made:
        yield made


def test_whoever_came_first_is_next(lock: Lock) -> None:
    queue = Queue(lock, 3)
    with queue.place() as one, queue.place() as two:
        queue.call(pressed=False)
        assert (one.called, two.called) == (True, False)
        queue.call(pressed=False)
        assert (one.called, two.called) == (True, True)
        queue.call(pressed=False)  # nobody is left to call
    assert len(queue) == 0


def test_whoever_came_last_is_next_once_jobs_have_to_be_ended(lock: Lock) -> None:
    queue = Queue(lock, 3)
    with queue.place() as one, queue.place() as two:
        queue.call(pressed=True)
        assert (one.called, two.called) == (False, True)


def test_whoever_was_called_for_nothing_is_called_again(lock: Lock) -> None:
    queue = Queue(lock, 3)
    with queue.place() as one:
        for _ in range(3):
            queue.call(pressed=False)
            one.wait(30)
            assert not one.called


def test_a_call_that_comes_too_late_is_no_harm(lock: Lock) -> None:
    queue = Queue(lock, 3)
    with queue.place() as one:
        one.wait(0.001)
        one.call()
        one.called = False
        queue.call(pressed=False)
        one.wait(30)


def test_in_a_full_queue_who_came_first_leaves_for_who_comes_last(lock: Lock) -> None:
    queue = Queue(lock, 1)
    with pytest.raises(CutShortError, match="others are waiting"), queue.place() as one:
        with queue.place() as two:
            assert (one.dropped, two.dropped) == (True, False)
            assert len(queue) == 1
        one.wait(30)
    assert len(queue) == 0


def test_there_are_threads_left_whatever_is_waited_for() -> None:
    lanes = [Limits().of(lane) for lane in Lane]
    assert AT_ONCE + sum(limits.evaluators + limits.queue for limits in lanes) + 32 < THREADS


@contextmanager
def runaways(number: int, limits: Limits) -> Iterator[tuple[Pool, list[Future[Document]]]]:
    """A pool with queries without end, one of which is evaluated while the others wait."""
    pool = Pool(Source(Archive.of(city())), limits)
    try:
        with ThreadPoolExecutor(number) as threads:
            asked = [threads.submit(pool.run, sparql(FOR_EVER)) for _ in range(number)]
            yield pool, asked
            ended(pool, *asked)
    finally:
        pool.close()


@forks
def test_an_ordinary_query_does_not_wait_for_all_that_wait_without_end() -> None:
    """One evaluator, six queries without end before it: not all of them have their turn first."""
    with runaways(6, Limits(seconds=60, contended=0.3, evaluators=1, queue=9)) as (pool, asked):
        until(lambda: pool.waiting(Lane.QUERY) >= 4)
        assert pool.run(sparql("ASK {}")).body
        assert sum(each.done() for each in asked) < 5


@forks
def test_what_leaves_a_full_queue_is_told_so_without_waiting() -> None:
    with runaways(2, Limits(seconds=60, contended=60, evaluators=1, queue=1)) as (pool, asked):
        until(lambda: pool.waiting(Lane.QUERY) == 1)
        with ThreadPoolExecutor(1) as threads:
            last = threads.submit(pool.run, sparql("ASK {}"))
            until(lambda: any(each.done() for each in asked))
            gone, going = sorted(asked, key=Future.done, reverse=True)
            with pytest.raises(CutShortError, match="others are waiting"):
                gone.result()
            assert not going.done()
            ended(pool, going)
            assert last.result().body


@pytest.mark.parametrize("seconds", [0.5, 1, 2.5, 10, 60])
def test_nobody_waits_so_long_that_no_time_is_left(seconds: float) -> None:
    limits = Limits(seconds=seconds)
    for lane in Lane:
        mine = limits.of(lane)
        assert 0 < mine.patience <= mine.waiting
        if mine.seconds >= 2.5 * mine.contended:
            assert mine.patience + mine.contended / 2 <= mine.seconds
