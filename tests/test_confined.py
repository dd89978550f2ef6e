"""Jobs in a process that can be killed: what they may use, and that others go on."""

from __future__ import annotations

import gc
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from time import monotonic, sleep

import pytest
from tests.web_support import AS_OF, assert_problem, city

from kitei.calendar import Calendar
from kitei.confined import CutShortError, Document, Keeper, Limits, UnexpectedError, can_fork
from kitei.errors import UsageError
from kitei.web import create_app
from kitei.web.sparql import SparqlJob

pytestmark = pytest.mark.skipif(not can_fork(), reason="needs fork")
DAY = date.fromisoformat(AS_OF)
FOR_EVER = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
CRASH = "SELECT (1" + "+1" * 30_000 + " AS ?x) {}"
GREEDY = """SELECT (GROUP_CONCAT(?l) AS ?n) {
  ?a ?b ?c . ?d ?e ?f . BIND(CONCAT(STR(?a), STR(?d), STR(?b), STR(?e)) AS ?l) }"""


def sparql(query: str, day: date = DAY) -> SparqlJob:
    return SparqlJob(query, "", day, None)


@dataclass(frozen=True)
class Deed:
    """A job that does one thing, to see whether it may."""

    what: str
    day: date | None = None
    untrusted: bool = True

    def run(self, _calendar: Calendar) -> Document:
        """Do it."""
        if self.what == "open":
            with socket.socket():
                return Document(b"opened", "text/plain")
        if self.what == "usage":
            raise UsageError("日本語", "English")
        if self.what == "bug":
            raise ValueError("見本 総務")
        if self.what == "large":
            return Document(b"x" * 200_000, "text/plain")
        return Document(self.what.encode(), "text/plain")


@pytest.fixture(scope="module")
def keeper() -> Iterator[Keeper]:
    made = Keeper(Calendar(city()), Limits(seconds=1.5, memory=256 * 1024 * 1024, answer=1_000_000))
    yield made
    made.close()
    assert not made.alive()


def test_a_query_is_answered(keeper: Keeper) -> None:
    assert keeper.run(sparql("ASK {}")).body == b'{"head":{},"boolean":true}'
    assert keeper.alive()


def test_what_goes_wrong_in_a_child_is_told(keeper: Keeper) -> None:
    with pytest.raises(UsageError, match="English") as caught:
        keeper.run(Deed("usage"))
    assert caught.value.message.ja == "日本語"
    with pytest.raises(UnexpectedError, match=r"^ValueError at tests.test_confined:\d+$"):
        keeper.run(Deed("bug"))


@pytest.mark.parametrize("query", [FOR_EVER, CRASH])
def test_a_query_that_does_not_end_well_leaves_the_service_alone(
    keeper: Keeper, query: str
) -> None:
    started = monotonic()
    with pytest.raises(CutShortError):
        keeper.run(sparql(query))
    assert monotonic() - started < 10
    assert keeper.run(sparql("ASK {}")).body
    assert keeper.alive()


def test_a_query_that_wants_too_much_memory_ends(keeper: Keeper) -> None:
    with pytest.raises(CutShortError):
        keeper.run(sparql(GREEDY))
    assert keeper.alive()


def test_others_are_answered_while_one_takes_long(keeper: Keeper) -> None:
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(keeper.run, sparql(FOR_EVER))
        sleep(0.3)
        assert keeper.run(sparql("ASK {}")).body
        assert not slow.done()
        with pytest.raises(CutShortError):
            slow.result()


def test_a_strangers_job_can_open_nothing(keeper: Keeper) -> None:
    with pytest.raises(UnexpectedError, match="OSError"):
        keeper.run(Deed("open"))
    assert keeper.run(Deed("open", untrusted=False)).body == b"opened"


def test_service_reaches_nobody_even_past_the_scanner(keeper: Keeper) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        address = f"http://127.0.0.1:{server.getsockname()[1]}/"
        with pytest.raises((UsageError, CutShortError)):
            keeper.run(sparql(f"SELECT * {{ SERVICE <{address}> {{ ?s ?p ?o }} }}"))
        with pytest.raises(TimeoutError):
            server.accept()


def test_an_answer_beyond_the_limit_is_cut_short(keeper: Keeper) -> None:
    small = Keeper(Calendar(city()), Limits(answer=100_000))
    try:
        with pytest.raises(CutShortError):
            small.run(Deed("large"))
        assert small.run(Deed("fine")).body == b"fine"
    finally:
        small.close()
    assert len(keeper.run(Deed("large")).body) == 200_000


def test_many_at_once_each_get_their_own_answer(keeper: Keeper) -> None:
    def ask(number: int) -> bytes:
        return keeper.run(sparql(f"SELECT ({number} AS ?n) {{}}")).body

    with ThreadPoolExecutor(6) as pool:
        for number, body in enumerate(pool.map(ask, range(24))):
            assert f'"value":"{number}"'.encode() in body


def test_a_keeper_that_has_died_is_told_and_healthz_says_so() -> None:
    keeper = Keeper(Calendar(city()))
    client = create_app(city(), keeper).test_client()
    assert client.get("/healthz").status_code == 200
    keeper.close()
    assert_problem(client.get("/sparql?query=ASK{}"), 503)
    assert client.get("/sparql?query=ASK{}").headers["Retry-After"]
    assert_problem(client.get("/healthz"), 503)


def test_answers_are_those_of_this_process(keeper: Keeper) -> None:
    here = create_app(city()).test_client()
    there = create_app(city(), keeper).test_client()
    for path in (
        f"/q/who-acts?as-of={AS_OF}",
        "/q/cover-gaps.csv?to=2024-12-31",
        f"/?as-of={AS_OF}",
        f"/q/who-acts.html?explain=1&as-of={AS_OF}",
        "/q/who-acts?post=nobody",
    ):
        assert there.get(path).data == here.get(path).data


def descriptors() -> int:
    """How many files this process has open, where the system tells."""
    folder = Path("/proc/self/fd")
    return len(list(folder.iterdir())) if folder.is_dir() else 0


def test_no_children_or_descriptors_are_left(keeper: Keeper) -> None:
    gc.collect()
    before = descriptors()
    for _ in range(10):
        keeper.run(sparql("ASK {}"))
    assert descriptors() == before
    assert threading.active_count() == 1
