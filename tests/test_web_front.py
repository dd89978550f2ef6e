"""What stands before Flask: what is given again, to whom, and until when."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from werkzeug.test import Client

from kitei import dates
from kitei.web import front
from kitei.web.front import Front
from kitei.web.recent import Recent

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

ADDRESS = "/a?query=ASK%7B%7D"


class Counting:
    """An application that says how often it was asked."""

    def __init__(self, headers: Iterable[tuple[str, str]] = (("ETag", '"x"'),)) -> None:
        self.asked = 0
        self.generation = 1
        self.status = "200 OK"
        self.headers = list(headers)
        self.given: list[None] = []
        self.meanwhile = 0
        """By how much the data gets newer while an answer is made."""
        self.client = Client(
            Front(self.answer, lambda: self.generation, 100_000, lambda: self.given.append(None)),
            use_cookies=False,
        )

    def answer(self, _: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        self.asked += 1
        self.generation += self.meanwhile
        start_response(self.status, self.headers)
        return [b"answer ", str(self.asked).encode()]

    def get(self, address: str = ADDRESS, **headers: str) -> str:
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.get(address, headers=names).text

    def again(self, address: str = ADDRESS, **headers: str) -> bool:
        """Whether an answer came without asking."""
        before = self.asked
        self.get(address, **headers)
        return self.asked == before


def test_what_was_answered_is_given_again_and_counted() -> None:
    app = Counting()
    assert [app.get() for _ in range(3)] == ["answer 1"] * 3
    assert app.asked == 1
    assert len(app.given) == 2


@pytest.mark.parametrize(
    "headers",
    [
        {"Accept": "text/csv"},
        {"Accept_Language": "en"},
        {"Host": "elsewhere.example"},
    ],
)
def test_another_request_gets_its_own_answer(headers: dict[str, str]) -> None:
    app = Counting()
    app.get()
    assert not app.again(**headers)
    assert app.again(**headers)
    assert not app.again("/b?query=ASK%7B%7D")
    assert not app.again("/a?query=ASK%7B%7D&x")


@pytest.mark.parametrize(
    "name",
    [
        "Authorization",
        "Cookie",
        "Cache_Control",
        "If_None_Match",
        "If_Match",
        "If_Modified_Since",
        "If_Unmodified_Since",
        "Range",
        "X_Forwarded_For",
        "X_Forwarded_Host",
        "X_Forwarded_Proto",
    ],
)
def test_whoever_asks_as_somebody_gets_nothing_of_others_and_leaves_nothing(name: str) -> None:
    app = Counting()
    assert not app.again(**{name: "x"})
    assert not app.again(), "what was answered to somebody is not kept"
    assert not app.again(**{name: "x"})


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [("etag", '"x"'), ("Set-Cookie", "a=b")],
        [("ETag", '"x"'), ("cache-control", "no-store")],
        [("ETag", '"x"'), ("Cache-Control", "private, no-store")],
    ],
)
def test_what_may_not_be_kept_is_not(headers: list[tuple[str, str]]) -> None:
    app = Counting(headers)
    app.get()
    assert not app.again()


def test_refusals_and_what_is_posted_are_not_kept() -> None:
    app = Counting()
    app.status = "404 NOT FOUND"
    app.get()
    assert not app.again()
    app.status = "200 OK"
    app.client.post(ADDRESS)
    assert not app.again()
    assert app.again()
    app.client.head(ADDRESS)
    assert (app.asked, len(app.given)) == (5, 1)


def test_newer_data_is_asked_anew() -> None:
    app = Counting()
    app.get()
    assert app.again()
    app.generation += 1
    assert not app.again()
    assert app.again()


def test_what_comes_of_newer_data_does_not_stand_for_the_older() -> None:
    app = Counting()
    app.meanwhile = 1
    app.get()
    app.meanwhile = 0
    app.generation -= 1
    assert not app.again()


def test_another_day_is_asked_anew_from_its_first_second_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now: list[Any] = [1000.0, date(2024, 6, 5)]
    monkeypatch.setattr(front, "time", lambda: now[0])
    monkeypatch.setattr(dates, "today", lambda: now[1])
    app = Counting()
    app.get()
    now[0] = 1000.9
    assert app.again()
    now[:] = 1001.0, date(2024, 6, 6)
    assert not app.again()
    now[0] = 1002.0
    assert app.again()
    now[:] = 999.0, date(2024, 6, 5)
    assert not app.again(), "a clock that was set back"


def test_what_is_wanted_again_outlives_what_is_not() -> None:
    kept: Recent[int, str] = Recent(100)
    for number in range(1000):
        kept.keep(number, str(number), 10)
        assert kept.get(0) == "0"
    assert sum(kept.get(number) is not None for number in range(1000)) <= 10
    assert kept.get(1) is None
    assert kept.get(999) == "999"


def test_nothing_takes_more_than_its_share() -> None:
    kept: Recent[str, str] = Recent(100)
    kept.keep("large", "x", 51)
    assert kept.get("large") is None
    kept.keep("a", "old", 40)
    for _ in range(10):
        kept.keep("a", "new", 40)
    kept.keep("b", "x", 10)
    assert (kept.get("a"), kept.get("b")) == ("new", "x")
