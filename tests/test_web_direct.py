"""The way past Flask: the same answers, and the same rules, as through it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from unittest.mock import patch
from urllib.parse import quote

import pytest
from cachetools import TTLCache
from flask import Flask, request_started
from tests.web_support import city

from kitei.confined import Archive, Here
from kitei.web import create_app
from kitei.web.direct import Direct
from kitei.web.settings import Settings
from kitei.web.sparql import SparqlJob

QUERY = "SELECT ?s { ?s a <https://w3id.org/kitei/ns#PostOnDay> } ORDER BY ?s LIMIT 2"
JSON = {"Accept": "application/sparql-results+json"}
ASKED = f"query={quote(QUERY)}"
TOKEN = "token-of-a-test"
# A request, and whether it is plain: so that Flask need not see it.
REQUESTS: list[tuple[str, dict[str, str], bool]] = [
    (ASKED, {}, True),
    (ASKED, JSON, True),
    (ASKED, {"Accept": "text/csv;q=0.5, application/xml"}, True),
    (f"{ASKED}&format=tsv", JSON, True),
    (f"{ASKED}&as-of=2024-06-05", JSON, True),
    (f"{ASKED}&as-of={quote('令和6年6月5日')}", JSON, True),
    (f"{ASKED}&default-graph-uri=https%3A%2F%2Fexample.org%2Fnone", JSON, True),
    (f"query={quote('CONSTRUCT { ?s ?p ?o } { ?s ?p ?o } ORDER BY ?s ?p ?o LIMIT 3')}", {}, True),
    (f"query={quote('ASK {}')}", {"Origin": "https://example.org"}, True),
    (f"query={quote('ASK { BIND(NOW() AS ?n) FILTER(BOUND(?n)) }')}", JSON, True),
    (f"query={quote('ASK {')}", JSON, False),
    (f"query={quote('ASK { SERVICE <http://example.org/> {} }')}", JSON, False),
    (f"{ASKED}&{ASKED}", JSON, False),
    (f"{ASKED}&as-of=yesterday", JSON, False),
    (f"{ASKED}&format=poem", JSON, False),
    (f"{ASKED}&lang=en", JSON, False),
    ("query=%FF", JSON, False),
    ("", JSON, False),
    (ASKED, {"Accept": "image/png"}, False),
    (ASKED, {"Accept": "text/html"}, False),
    (ASKED, {**JSON, "Host": "elsewhere.example"}, False),
    (ASKED, {**JSON, "Cookie": "kitei=x"}, False),
    (ASKED, {**JSON, "If-None-Match": '"x"'}, False),
    (ASKED, {**JSON, "Authorization": "Bearer wrong"}, False),
    (f"{ASKED}%23long", {**JSON, "X-Long": "x" * 20_000}, False),
]


SETTINGS: dict[str, Settings] = {
    "public": Settings(hosts=("localhost",)),
    "token": Settings(hosts=("localhost",), token=TOKEN),
    "opened": Settings(hosts=("localhost",), opened=True),
}


def service(settings: Settings) -> Flask:
    bare = city(with_roster=False)
    archive = Archive.of(city(), bare, protecting=settings.token is not None)
    return create_app(city(), Here(archive), settings)


def asked(app: Flask, string: str, headers: dict[str, str]) -> tuple[object, ...]:
    response = app.test_client(use_cookies=False).get(
        "/sparql", query_string=string, headers=headers
    )
    return response.status, sorted(response.headers), response.data


@pytest.mark.parametrize("settings", SETTINGS.values(), ids=SETTINGS)
def test_both_ways_give_the_same_answers(settings: Settings) -> None:
    short, long = service(settings), service(settings)
    for string, headers, plain in REQUESTS:
        with heard(short) as requests:
            answer = asked(short, string, headers)
        assert len(requests) == (0 if plain else 1), (string, headers)
        with patch.object(Direct, "_job", return_value=None), heard(long) as requests:
            assert answer == asked(long, string, headers), (string, headers)
        assert len(requests) == 1


@contextmanager
def heard(app: Flask) -> Iterator[list[object]]:
    """The requests that reach Flask."""
    heard: list[object] = []

    def hear(sender: object, **_: object) -> None:
        heard.append(sender)

    with request_started.connected_to(hear, app):
        yield heard


# No time passes for what counts requests, however long the machine takes for them.
STOPPED: partial[TTLCache[str, object]] = partial(TTLCache, timer=lambda: 0.0)


@patch("kitei.web.rate.TTLCache", STOPPED)
def test_whoever_asks_too_often_is_refused_past_flask_as_well() -> None:
    app = service(Settings(rate=1))
    answers = [asked(app, f"{ASKED}%23{n}", JSON) for n in range(7)]
    assert [str(status)[:3] for status, *_ in answers] == ["200"] * 5 + ["429"] * 2


@patch("kitei.web.rate.TTLCache", STOPPED)
def test_what_goes_wrong_is_counted_once_for_the_rate() -> None:
    app = service(Settings(rate=1))
    bad = quote("ASK {")
    answers = [asked(app, f"query={bad}%23{n}", JSON) for n in range(7)]
    assert [str(status)[:3] for status, *_ in answers] == ["400"] * 5 + ["429"] * 2


def test_a_job_is_done_once_although_flask_tells_what_came_of_it() -> None:
    app = service(Settings())
    with patch.object(SparqlJob, "run", autospec=True, side_effect=SparqlJob.run) as run:
        for string, headers, _ in REQUESTS:
            before = run.call_count
            asked(app, string, headers)
            assert run.call_count <= before + 1


def test_without_a_token_nobody_reads_the_roster_past_flask() -> None:
    app = service(SETTINGS["token"])
    string = f"query={quote('ASK { ?s <http://www.w3.org/ns/org#member> ?o }')}&as-of=2024-06-05"
    bearer = {**JSON, "Authorization": f"Bearer {TOKEN}"}
    for headers, seen in ((JSON, b"false"), (bearer, b"true"), (JSON, b"false")):
        assert seen in asked(app, string, headers)[2]  # type: ignore[operator]
