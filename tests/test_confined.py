"""Jobs in a process that can be killed: what they may use, and that others go on."""

from __future__ import annotations

import gc
import json
import os
import select
import signal
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from time import monotonic

import pytest
from tests.confined_support import FOR_EVER, Deed, ended, sparql, until
from tests.web_support import AS_OF, assert_problem, city

from kitei.calendar import Calendar
from kitei.confined import (
    AnswerTooLargeError,
    Archive,
    CutShortError,
    Document,
    Lane,
    Limits,
    Pool,
    Source,
    UnexpectedError,
    can_fork,
)
from kitei.errors import UsageError
from kitei.web import create_app
from kitei.web.sparql import SparqlJob

pytestmark = pytest.mark.skipif(not can_fork(), reason="needs fork")
DAY = date.fromisoformat(AS_OF)
CRASH = "SELECT (1" + "+1" * 30_000 + " AS ?x) {}"
GREEDY = """SELECT (GROUP_CONCAT(?l) AS ?n) {
  ?a ?b ?c . ?d ?e ?f . BIND(CONCAT(STR(?a), STR(?d), STR(?b), STR(?e)) AS ?l) }"""


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    made = Pool(
        Source(Archive.of(city())), Limits(seconds=1.5, memory=256 * 1024 * 1024, answer=1_000_000)
    )
    yield made
    made.close()
    assert not made.alive()


def test_a_query_is_answered(pool: Pool) -> None:
    assert pool.run(sparql("ASK {}")).body == b'{"head":{},"boolean":true}'
    assert pool.alive()


def test_what_goes_wrong_in_a_child_is_told(pool: Pool) -> None:
    with pytest.raises(UsageError, match="English") as caught:
        pool.run(Deed("usage"))
    assert caught.value.message.ja == "日本語"
    with pytest.raises(UnexpectedError, match=r"^ValueError at tests.confined_support:\d+$"):
        pool.run(Deed("bug"))


@pytest.mark.parametrize("query", [FOR_EVER, CRASH])
def test_a_query_that_does_not_end_well_leaves_the_service_alone(pool: Pool, query: str) -> None:
    started = monotonic()
    with pytest.raises(CutShortError):
        pool.run(sparql(query))
    assert monotonic() - started < 10
    assert pool.run(sparql("ASK {}")).body
    assert pool.alive()


def test_a_query_that_wants_too_much_memory_ends(pool: Pool) -> None:
    with pytest.raises(CutShortError):
        pool.run(sparql(GREEDY))
    assert pool.alive()


def test_others_are_answered_while_one_takes_long() -> None:
    pool = Pool(Source(Archive.of(city())), Limits(seconds=60))
    try:
        with ThreadPoolExecutor(1) as threads:
            slow = threads.submit(pool.run, sparql(FOR_EVER))
            until(lambda: pool.running(Lane.QUERY) == 1)
            assert pool.run(sparql("ASK {}")).body
            assert not slow.done()
            ended(pool, slow)
            with pytest.raises(CutShortError):
                slow.result()
    finally:
        pool.close()


def test_a_strangers_job_can_open_nothing(pool: Pool) -> None:
    with pytest.raises(UnexpectedError, match="OSError"):
        pool.run(Deed("open"))
    assert pool.run(Deed("open", lane=Lane.QUESTION)).body == b"opened"


def test_service_reaches_nobody_even_past_the_scanner(pool: Pool) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        address = f"http://127.0.0.1:{server.getsockname()[1]}/"
        with pytest.raises((UsageError, CutShortError)):
            pool.run(sparql(f"SELECT * {{ SERVICE <{address}> {{ ?s ?p ?o }} }}"))
        with pytest.raises(TimeoutError):
            server.accept()


def test_an_answer_beyond_the_limit_is_cut_short(pool: Pool) -> None:
    small = Pool(Source(Archive.of(city())), Limits(answer=100_000))
    try:
        with pytest.raises(AnswerTooLargeError, match="no part of it is given"):
            small.run(Deed("large"))
        assert small.run(Deed("fine")).body == b"fine"
    finally:
        small.close()
    assert len(pool.run(Deed("large")).body) == 200_000


def test_many_at_once_each_get_their_own_answer(pool: Pool) -> None:
    def ask(number: int) -> bytes:
        return pool.run(sparql(f"SELECT ({number} AS ?n) {{}}")).body

    with ThreadPoolExecutor(6) as threads:
        for number, body in enumerate(threads.map(ask, range(24))):
            assert f'"value":"{number}"'.encode() in body


def test_a_pool_that_was_closed_is_told_and_readyz_says_so() -> None:
    pool = Pool(Source(Archive.of(city())))
    client = create_app(city(), pool).test_client()
    assert client.get("/readyz").status_code == 200
    pool.close()
    assert_problem(client.get("/sparql?query=ASK{}"), 503)
    assert client.get("/sparql?query=ASK{}").headers["Retry-After"]
    assert_problem(client.get("/readyz"), 503)


def test_as_many_runaways_as_evaluators_give_way_to_an_ordinary_query() -> None:
    limits = Limits(seconds=60, contended=0.3, evaluators=2)
    pool = Pool(Source(Archive.of(city())), limits)
    try:
        with ThreadPoolExecutor(2) as threads:
            runaways = [threads.submit(pool.run, sparql(FOR_EVER)) for _ in range(2)]
            until(lambda: pool.running(Lane.QUERY) == 2)
            assert pool.run(sparql("ASK {}")).body
            with pytest.raises(CutShortError, match="others are waiting"):
                next(as_completed(runaways)).result()
            assert pool.run(sparql("ASK {}")).body, "the evaluator that ended was replaced"
            ended(pool, *runaways)
    finally:
        pool.close()


def test_another_lane_has_evaluators_of_its_own() -> None:
    pool = Pool(Source(Archive.of(city())), Limits(seconds=60, contended=60, evaluators=1))
    try:
        with ThreadPoolExecutor(1) as threads:
            runaway = threads.submit(pool.run, sparql(FOR_EVER))
            assert pool.run(Deed("fine", lane=Lane.QUESTION)).body == b"fine"
            assert not runaway.done()
            ended(pool, runaway)
    finally:
        pool.close()


def test_an_upload_has_an_evaluator_to_itself_which_then_ends(pool: Pool) -> None:
    first = pool.run(Deed("pid", lane=Lane.UPLOAD)).body
    assert pool.run(Deed("pid", lane=Lane.UPLOAD)).body != first
    assert pool.run(Deed("pid")).body == pool.run(Deed("pid")).body


def test_an_audience_sees_its_own_calendar_only() -> None:
    pool = Pool(Source(Archive.of(city(), city(with_roster=False), protecting=True)))
    names = "ASK { ?person <http://xmlns.com/foaf/0.1/name> ?name }"
    try:
        for protected in (True, False, True, False):
            job = SparqlJob(names, "", DAY, None, protected=protected)
            assert json.loads(pool.run(job).body)["boolean"] is protected
    finally:
        pool.close()


class Changing:
    """Data in a file that tests change."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.write("first")

    def write(self, text: str) -> None:
        self.file.write_text(text, encoding="utf-8")

    def open(self) -> Archive:
        if self.file.read_text(encoding="utf-8") == "bad":
            raise UsageError("読めない", "unreadable")
        return Archive.of(city(with_roster=False))

    def fingerprint(self) -> str:
        return self.file.read_text(encoding="utf-8")


@pytest.fixture
def changing(tmp_path: Path) -> Changing:
    return Changing(tmp_path / "data")


def test_changed_data_is_loaded_while_requests_go_on(changing: Changing) -> None:
    pool = Pool(Source(Archive.of(city()), changing.open, changing.fingerprint))
    names = sparql("ASK { ?person <http://xmlns.com/foaf/0.1/name> ?name }")
    try:
        assert b"true" in pool.run(names).body
        changing.write("second")
        until(lambda: pool.run(names).body.endswith(b"false}"))
        assert (pool.generation, pool.failures) == (2, 0)
    finally:
        pool.close()


def test_data_that_cannot_be_loaded_changes_nothing(changing: Changing) -> None:
    pool = Pool(Source(Archive.of(city()), changing.open, changing.fingerprint))
    try:
        changing.write("bad")
        until(lambda: pool.failures == 1)
        assert pool.generation == 1
        assert pool.run(sparql("ASK {}")).body
        changing.write("good")
        until(lambda: pool.generation == 2)
    finally:
        pool.close()


def test_data_that_could_not_be_loaded_is_tried_again(changing: Changing) -> None:
    # To who looks from outside, what is half written and what is whole are the same.
    pool = Pool(
        Source(Archive.of(city()), changing.open, lambda: changing.fingerprint() == "first")
    )
    try:
        changing.write("bad")
        until(lambda: pool.failures == 1)
        changing.write("good")
        until(lambda: pool.generation == 2)
    finally:
        pool.close()


def test_a_keeper_that_dies_is_replaced(changing: Changing) -> None:
    pool = Pool(Source(Archive.of(city()), changing.open))
    try:
        assert pool.run(sparql("ASK {}")).body
        keeper = int(pool.run(Deed("parent", lane=Lane.QUESTION)).body)
        os.kill(keeper, signal.SIGKILL)
        until(lambda: pool.generation == 2)
        assert pool.run(sparql("ASK {}")).body
        assert pool.alive()
    finally:
        pool.close()


def test_answers_are_those_of_this_process() -> None:
    pool = Pool(Source(Archive.of(city())))
    here = create_app(city()).test_client()
    there = create_app(city(), pool).test_client()
    try:
        for path in (
            f"/q/who-acts?as-of={AS_OF}",
            "/q/cover-gaps.csv?to=2024-12-31",
            f"/?as-of={AS_OF}",
            f"/q/who-acts.html?explain=1&as-of={AS_OF}",
            "/q/who-acts?post=nobody",
        ):
            assert there.get(path).data == here.get(path).data
    finally:
        pool.close()


def descriptors() -> int:
    """How many files this process has open, where the system tells."""
    folder = Path("/proc/self/fd")
    return len(list(folder.iterdir())) if folder.is_dir() else 0


def test_no_children_or_descriptors_are_left(pool: Pool) -> None:
    gc.collect()
    before, threads = descriptors(), threading.active_count()
    for _ in range(10):
        pool.run(sparql("ASK {}"))
        pool.run(Deed("fine", lane=Lane.UPLOAD))
    assert descriptors() == before
    assert threading.active_count() == threads


def test_as_many_queries_without_end_as_evaluators_leave_room_for_others() -> None:
    pool = Pool(Source(Archive.of(city())), Limits(seconds=8, contended=0.3, evaluators=2))
    try:
        with ThreadPoolExecutor(2) as threads:
            endless = [threads.submit(pool.run, sparql(FOR_EVER)) for _ in range(2)]
            until(lambda: pool.running(Lane.QUERY) == 2)
            # Nobody has ended when this is asked; one has to, so that it can be answered.
            assert pool.run(sparql("ASK {}")).body
            gone = next(as_completed(endless))
            with pytest.raises(CutShortError):
                gone.result()
            ended(pool, *endless)
    finally:
        pool.close()


def test_a_job_whose_evaluator_is_killed_from_outside_is_done_again(tmp_path: Path) -> None:
    pool = Pool(Source(Archive.of(city())))
    try:
        assert pool.run(Ending(str(tmp_path / "once"), 1)).body == b"done"
        with pytest.raises(CutShortError):
            pool.run(Ending(str(tmp_path / "always"), 99))
        assert (tmp_path / "always").stat().st_size == 3, "three attempts, no more"
    finally:
        pool.close()


def test_whoever_is_idle_may_be_killed_and_nobody_notices() -> None:
    pool = Pool(Source(Archive.of(city())), Limits(evaluators=3))
    try:
        with ThreadPoolExecutor(3) as threads:
            found = {int(each.body) for each in threads.map(pool.run, [Deed("pid")] * 60)}
        handles = [os.pidfd_open(pid) for pid in found]
        for handle in handles:
            signal.pidfd_send_signal(handle, signal.SIGKILL)
            select.select([handle], [], [])  # it has ended
            os.close(handle)
        assert int(pool.run(Deed("pid")).body) not in found
    finally:
        pool.close()


@dataclass(frozen=True)
class Ending:
    """A job that ends its process, a number of times."""

    path: str
    times: int
    day: date | None = None
    lane: Lane = Lane.QUESTION
    protected: bool = False

    def run(self, _calendar: Calendar) -> Document:
        """Do it."""
        with Path(self.path).open("ab") as file:
            file.write(b"x")
        if Path(self.path).stat().st_size <= self.times:
            os.kill(os.getpid(), signal.SIGKILL)
        return Document(b"done", "text/plain")
