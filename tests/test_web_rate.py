"""How often a client may ask: each request counts once, whoever answers it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from time import monotonic

import pytest
from tests.support import PATIENCE
from tests.web_support import city

from kitei.web import create_app, rate
from kitei.web.rate import Window
from kitei.web.settings import Settings

TOO_MANY = HTTPStatus.TOO_MANY_REQUESTS


def test_each_request_is_counted_once_however_many_come_at_the_same_time() -> None:
    window = Window(1_000, 3_600)
    with ThreadPoolExecutor(16) as pool:
        admitted = sum(pool.map(lambda _: window.admits("192.0.2.1"), range(4_000)))
    assert admitted == 1_000


def test_clients_are_counted_apart() -> None:
    window = Window(2, 3_600)
    assert [window.admits("192.0.2.1") for _ in range(3)] == [True, True, False]
    assert window.admits("192.0.2.2")


def test_a_client_is_admitted_again_when_its_window_has_passed() -> None:
    window = Window(1, 0.5)
    assert window.admits("192.0.2.1")
    assert not window.admits("192.0.2.1")
    # Asking all the time does not put it off.
    until = monotonic() + PATIENCE
    while not window.admits("192.0.2.1"):
        assert monotonic() < until


def test_strangers_without_number_do_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate, "_CLIENTS", 100)
    window = Window(1, 3_600)
    assert all(window.admits(f"2001:db8::{n:x}") for n in range(1_000))
    assert len(window._counts) == 100


def test_an_answer_that_is_given_again_is_counted_like_any_other() -> None:
    client = create_app(city(), settings=Settings(rate=1)).test_client()
    answers = [client.get("/ns", headers={"Accept": "text/turtle"}) for _ in range(7)]
    assert [each.status_code for each in answers] == [HTTPStatus.OK] * 5 + [TOO_MANY] * 2
    assert answers[-1].headers["Retry-After"]
    other = client.get("/ns", environ_base={"REMOTE_ADDR": "192.0.2.7"})
    assert other.status_code == HTTPStatus.OK
