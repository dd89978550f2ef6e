"""A stranger learns nothing from a running ``kitei serve`` whose roster is protected."""

from __future__ import annotations

import csv
import json
import os
import re
import signal
from collections.abc import Iterator
from http import HTTPStatus
from urllib.parse import quote, urlencode

import pytest
from tests.cli_support import ROSTER
from tests.hostile_support import addresses, got
from tests.test_cli_serve import Server
from tests.web_support import AS_OF, JSON, TOKEN, city

from kitei.web import create_app
from kitei.web.settings import Settings

pytestmark = pytest.mark.skipif(os.name == "nt", reason="needs processes that can be forked")


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A service whose roster a token protects."""
    file = tmp_path_factory.mktemp("token") / "token"
    file.write_text(TOKEN, encoding="utf-8")
    made = Server("--roster", str(ROSTER), "--token-file", str(file), "--workers", "1",
                  "--rate", "0")  # fmt: skip
    yield made
    assert made.stop(signal.SIGTERM)[0] == 0


SECRETS = sorted({
    row[column]
    for table in ROSTER.glob("*.csv")
    for row in csv.DictReader(table.read_text(encoding="utf-8-sig").splitlines())
    for column in ("職員番号", "氏名") if row.get(column)
})  # fmt: skip
ACCEPTED = ("text/html", "application/json", JSON, "text/turtle", "text/csv", "application/trig",
            "application/ld+json", "text/plain", "application/n-quads")  # fmt: skip


def test_no_route_names_anybody_to_a_stranger(guarded: Server) -> None:
    assert len(SECRETS) > 50
    questions = json.loads(guarded.ask("/q")[1])["questions"]
    seen = 0
    for address in [*addresses(), *(question["href"] for question in questions)]:
        for accept in ACCEPTED if not address.startswith("/q/") else ACCEPTED[:2]:
            for day in ("", AS_OF):
                sign = "&" if "?" in address else "?"
                shown = got(guarded, address + (f"{sign}as-of={day}" if day else ""), accept)
                told = [secret for secret in SECRETS if secret in shown]
                assert not told, (address, accept, day)
                seen += 1
    assert seen > 200


def test_no_cache_gives_a_stranger_what_a_friend_has_asked(guarded: Server) -> None:
    names = "SELECT ?name { ?who <http://xmlns.com/foaf/0.1/name> ?name }"
    for address in (
        "/sparql?" + urlencode({"query": names, "as-of": AS_OF}),
        f"/q/who-acts?post=CDO&as-of={AS_OF}",
        f"/graphs?default&as-of={AS_OF}",
        f"/?as-of={AS_OF}",
    ):
        friend = got(guarded, address, authorization=f"bEaReR {TOKEN}")
        assert any(secret in friend for secret in SECRETS)
        assert "no-store" in friend
        tag = re.search(r'ETag: ("[^"]*")', friend, re.IGNORECASE)
        others: list[dict[str, str]] = [
            {}, {"Cookie": "kitei=roster"}, {"Cookie": f"kitei={TOKEN}"}, {"Cookie": TOKEN},
            {"Authorization": f"Basic {TOKEN}"}, {"Authorization": TOKEN},
            {"X-Authorization": TOKEN},
            {"X-Forwarded-User": "root"}, {"X-Original-URL": "/"}, {"Range": "bytes=0-"},
            {"Proxy-Authorization": f"Bearer {TOKEN}"}, {"Cache-Control": "only-if-cached"},
            {"X-Forwarded-For": "127.0.0.1"}, {"Accept-Encoding": "gzip"},
        ]  # fmt: skip
        if tag:
            others.append({"If-None-Match": tag[1]})
        for headers in others:
            for method in ("GET", "HEAD"):
                stranger = got(guarded, address, method=method, **headers)
                assert not any(secret in stranger for secret in SECRETS), headers
                assert stranger.startswith("200 "), (headers, stranger)
        for parameter in ("token", "access_token", "authorization", "kitei"):
            sign = "&" if "?" in address else "?"
            stranger = got(guarded, f"{address}{sign}{parameter}={quote(TOKEN)}")
            assert not any(secret in stranger for secret in SECRETS)


def test_every_post_but_the_queries_refuses_pages_of_others(guarded: Server) -> None:
    app = create_app(city(False))
    posts = [rule for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())]
    assert {rule.rule for rule in posts} >= {"/sparql", "/login", "/logout", "/check"}
    for rule in posts:
        for origin in ("null", "http://evil.example", f"https://localhost:{guarded.port}",
                       f"http://127.0.0.1.evil.example:{guarded.port}"):  # fmt: skip
            shown = got(guarded, rule.rule, method="POST", Origin=origin)
            refused = shown.startswith("403 ")
            assert refused is (rule.rule != "/sparql"), (rule.rule, origin)


@pytest.mark.parametrize("place", [
    "//evil.example", "/\\evil.example", "/\t/evil.example", "/\r\nSet-Cookie: a=b",
    "/\n/evil.example",
    "https:evil.example", "javascript:alert(1)", "\\\\evil.example", " //evil.example", "/\x00",
])  # fmt: skip
def test_a_login_leads_nowhere_else(place: str) -> None:
    app = create_app(city(False), settings=Settings(token=TOKEN, secret=b"s"))
    response = app.test_client().post("/login", data={"token": TOKEN, "next": place})
    assert response.status_code == HTTPStatus.SEE_OTHER
    assert re.fullmatch(r"/(?![/\\])[!-~]*", response.headers["Location"])
    assert [each.partition("=")[0] for each in response.headers.getlist("Set-Cookie")] == ["kitei"]
