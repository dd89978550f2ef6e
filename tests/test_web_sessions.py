"""Being logged in: until logging out, which ends every copy of the cookie in every process."""

from __future__ import annotations

import os
import signal
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from time import time
from urllib.parse import urlencode

import pytest
from tests.cli_support import ROSTER
from tests.support import PATIENCE
from tests.test_cli_serve import Server
from tests.web_support import AS_OF, city

from kitei.web import create_app, sessions
from kitei.web.sessions import LIFETIME, MOST, Sessions
from kitei.web.settings import Settings

TOKEN = "a token of some length"
FORM = "application/x-www-form-urlencoded"
WAYS = 40
"""Connections, each of which the kernel gives to one worker or the other."""


def test_a_session_lasts_until_it_is_ended() -> None:
    table = Sessions()
    one, other = table.begin(), table.begin()
    assert one != other
    assert table.holds(one)
    assert table.holds(other)
    table.end(one)
    assert not table.holds(one)
    assert table.holds(other)
    table.end(one)
    table.end("never begun")
    assert table.holds(other)


@pytest.mark.parametrize("name", ["", "\0" * 16, "見本", "x" * 10_000])
def test_what_nobody_began_is_no_session(name: str) -> None:
    table = Sessions()
    table.begin()
    assert not table.holds(name)


def test_a_session_that_is_too_old_has_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    table = Sessions()
    name = table.begin()
    now = time()
    monkeypatch.setattr(sessions, "time", lambda: now + LIFETIME - 1)
    assert table.holds(name)
    monkeypatch.setattr(sessions, "time", lambda: now + LIFETIME + 1)
    assert not table.holds(name)


def test_a_full_table_takes_new_ones_in_the_place_of_those_that_would_end_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    table = Sessions()
    began = time()
    monkeypatch.setattr(sessions, "time", lambda: began)
    old = [table.begin() for _ in range(MOST)]
    monkeypatch.setattr(sessions, "time", lambda: began + 60)
    new = [table.begin() for _ in range(MOST // 4)]
    assert all(table.holds(name) for name in new)
    assert MOST // 2 < sum(table.holds(name) for name in old) < MOST


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_what_one_process_ends_has_ended_for_all() -> None:
    table = Sessions()
    name, other = table.begin(), table.begin()
    child = os.fork()
    if child == 0:
        table.end(name)
        os._exit(0)
    os.waitpid(child, 0)
    assert not table.holds(name)
    assert table.holds(other)


def test_whoever_logs_in_again_leaves_no_session_behind() -> None:
    app = create_app(city(), settings=Settings(token=TOKEN, secret=b"s"))
    browser, copier = app.test_client(), app.test_client()
    browser.post("/login", data={"token": TOKEN})
    first = browser.get_cookie("kitei")
    assert first is not None
    copier.set_cookie("kitei", first.value)
    assert copier.get("/").headers["Cache-Control"] == "no-store"
    browser.post("/login", data={"token": TOKEN})
    assert browser.get("/").headers["Cache-Control"] == "no-store"
    assert copier.get("/").headers["Cache-Control"] != "no-store"


@pytest.mark.skipif(os.name == "nt", reason="needs processes that can be forked")
def test_a_copied_cookie_is_worth_nothing_after_logging_out_at_any_worker(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(TOKEN, encoding="utf-8")
    server = Server("--roster", str(ROSTER), "--token-file", str(file), "--workers", "2")
    try:
        mine, theirs = entered(server), entered(server)
        assert {seen(server, mine) for _ in range(WAYS)} == {True}
        assert sent(server, "POST", "/logout", {"Cookie": mine})[0] == HTTPStatus.SEE_OTHER
        assert {seen(server, mine) for _ in range(WAYS)} == {False}
        assert {seen(server, theirs) for _ in range(WAYS)} == {True}
    finally:
        assert server.stop(signal.SIGTERM)[0] == 0


def entered(server: Server) -> str:
    """The cookie of somebody who has logged in, as a browser sends it."""
    body = urlencode({"token": TOKEN})
    status, head, _ = sent(server, "POST", "/login", {"Content-Type": FORM}, body)
    assert status == HTTPStatus.SEE_OTHER
    return head["set-cookie"].partition(";")[0]


def seen(server: Server, cookie: str) -> bool:
    """Whether a cookie lets see who holds a post."""
    path = f"/q/who-acts?post=CDO&as-of={AS_OF}"
    status, head, body = sent(server, "GET", path, {"Cookie": cookie})
    assert status == HTTPStatus.OK
    protected = '"person": null' not in body and '"person":null' not in body
    assert (head["cache-control"] == "no-store") is protected
    return protected


def sent(
    server: Server, method: str, path: str, headers: dict[str, str], body: str | None = None
) -> tuple[int, dict[str, str], str]:
    """Status, headers and body of the answer over a connection of its own."""
    connection = HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
    try:
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        found = {name.lower(): value for name, value in response.getheaders()}
        return response.status, found, response.read().decode()
    finally:
        connection.close()
