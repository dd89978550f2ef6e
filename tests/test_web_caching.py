"""Validators and 304 (RFC 9110, sections 8.8 and 13), and who may read across origins (CORS)."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from tests.web_support import AS_OF, JSON, assert_problem, city, client

from kitei.confined import Archive, Here
from kitei.web import create_app
from kitei.web.settings import Settings

ADDRESSES = [
    "/",
    "/q",
    f"/q/who-acts?as-of={AS_OF}",
    f"/q/who-acts.html?as-of={AS_OF}",
    "/sparql",
    f"/sparql?query=ASK%7B%7D&as-of={AS_OF}",
    f"/sparql?query=ASK%7B%7D&as-of={AS_OF}&format=html",
    "/.well-known/void",
    f"/graphs?default&as-of={AS_OF}",
    f"/id/032158?as-of={AS_OF}",
    "/ns",
    "/ns/Rule",
    f"/q/who-acts.xlsx?as-of={AS_OF}",
    f"/q/who-acts.csv?excel=true&as-of={AS_OF}",
    f"/q/who-acts/choices/post?as-of={AS_OF}",
    "/openapi.json",
    "/api",
    "/healthz",
]


TOKEN = "a token that opens the roster"
KNOWN = {"Authorization": f"Bearer {TOKEN}"}


def opened() -> FlaskClient:
    """A client of a service whose operator lets everybody see the roster."""
    return create_app(city(), settings=Settings(opened=True)).test_client()


def protected() -> FlaskClient:
    """A client of a service whose roster needs a token."""
    archive = Archive.of(city(), city(False), protecting=True)
    settings = Settings(token=TOKEN, secret=b"x")
    return create_app(city(False), Here(archive), settings).test_client()


@pytest.mark.parametrize("address", ADDRESSES)
def test_who_has_it_already_gets_304(address: str) -> None:
    first = client().get(address)
    tag = first.headers["ETag"]
    assert tag.startswith('"') and tag.endswith('"'), "a strong one"
    assert client().get(address).headers["ETag"] == tag, "the same bytes again"
    for condition in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        for method in ("GET", "HEAD"):
            again = client().open(address, method=method, headers={"If-None-Match": condition})
            assert (again.status_code, again.data) == (304, b""), condition
            assert again.headers["ETag"] == tag
            assert again.headers.get("Vary") == first.headers.get("Vary")
            assert again.headers["Cache-Control"] == first.headers["Cache-Control"]
            assert "Content-Length" not in again.headers
    assert client().get(address, headers={"If-None-Match": '"other"'}).status_code == 200


def test_each_representation_has_its_own_tag() -> None:
    asked = {"query": "SELECT (1 AS ?x) {}", "as-of": AS_OF}
    tags = {
        client().get("/sparql", query_string=asked, headers={"Accept": media_type}).headers["ETag"]
        for media_type in (JSON, "application/json", "text/csv", "text/tab-separated-values")
    }
    assert len(tags) == 4, "also where the bytes are the same"


def test_other_facts_have_another_tag() -> None:
    tags = {
        client().get(f"/q/who-acts?as-of={day}").headers["ETag"]
        for day in ("2024-06-05", "2024-06-06")
    }
    assert len(tags) == 2


def test_if_match_guards_against_another_representation() -> None:
    tag = client().get("/ns").headers["ETag"]
    for condition in (tag, "*", f'"x", {tag}'):
        assert client().get("/ns", headers={"If-Match": condition}).status_code == 200
    for condition in ('"x"', f"W/{tag}"):
        assert_problem(client().get("/ns", headers={"If-Match": condition}), 412)


def test_failures_and_posts_have_no_validator() -> None:
    for response in (
        client().get("/nothing"),
        client().get("/sparql?query=ASK"),
        client().post("/sparql", data={"query": "ASK {}"}),
    ):
        assert "ETag" not in response.headers
        assert response.headers["Cache-Control"] == "no-store"
    for address in ("/healthz", "/metrics"):
        assert client().get(address).headers["Cache-Control"] == "no-store"
    always = client().get("/nothing", headers={"If-None-Match": "*"})
    assert_problem(always, 404)


def test_only_what_is_public_may_be_kept() -> None:
    for address in ADDRESSES[:-1]:
        assert client().get(address).headers["Cache-Control"] == "no-cache"
        assert protected().get(address).headers["Cache-Control"] == "no-cache"
        inside = protected().get(address, headers=KNOWN).headers
        assert inside["Cache-Control"] == "no-store"
        assert {"Authorization", "Cookie"} <= set(inside["Vary"].split(", "))


@pytest.mark.parametrize("function", ["RAND()", "NOW()", "STRUUID()", "UUID()", "BNODE()"])
def test_what_differs_each_time_is_never_given_again(function: str) -> None:
    asked = {"query": f"SELECT ({function} AS ?x) {{}}", "as-of": AS_OF}
    first, second = (client().get("/sparql", query_string=asked) for _ in range(2))
    assert first.headers["Cache-Control"] == "no-store"
    assert first.data != second.data or function == "BNODE()"


# -- other origins --------------------------------------------------------------------------------

FOREIGN = {"Origin": "https://elsewhere.example"}


@pytest.mark.parametrize("address", [*ADDRESSES, "/nothing", "/sparql?query=ASK"])
def test_public_answers_may_be_read_by_pages_of_other_origins(address: str) -> None:
    for public in (client(), client(False), protected()):
        headers = public.get(address, headers=FOREIGN).headers
        assert headers["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in headers
        assert "ETag" in headers["Access-Control-Expose-Headers"]


@pytest.mark.parametrize("address", [*ADDRESSES, "/nothing"])
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_a_roster_is_not_shared_with_other_origins(address: str, method: str) -> None:
    for response in (
        opened().open(address, method=method, headers=FOREIGN),
        protected().open(address, method=method, headers={**FOREIGN, **KNOWN}),
    ):
        assert "Access-Control-Allow-Origin" not in response.headers


def test_a_preflight_is_told_what_may_be_sent() -> None:
    asking = {
        **FOREIGN,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type",
    }
    response = client(False).options("/sparql", headers=asking)
    assert response.status_code == 200
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    allowed = response.headers["Access-Control-Allow-Methods"].split(", ")
    assert {"GET", "HEAD", "POST"} <= set(allowed)
    assert "Content-Type" in response.headers["Access-Control-Allow-Headers"].split(", ")
    assert int(response.headers["Access-Control-Max-Age"]) > 0


@pytest.mark.parametrize(
    "address",
    [
        "/id/032158/person/B001",
        "/id/graph/roster",
        "/graphs?graph=https://w3id.org/kitei/id/graph/roster",
        f"/id/day/{AS_OF}/designation/031a3ea8f147b824",
    ],
)
def test_what_a_token_opens_does_not_exist_without_it(address: str) -> None:
    service = protected()
    for _ in range(2):  # whatever was kept in between
        opened_by_token = service.get(address, headers=KNOWN)
        assert opened_by_token.status_code == 200
        tag = opened_by_token.headers["ETag"]
        assert_problem(service.get(address), 404)
        assert_problem(service.get(address, headers={"If-None-Match": tag}), 404)
    for everything in ("/graphs?default", "/.well-known/void", "/sparql", "/ns"):
        joint = "&" if "?" in everything else "?"
        public = f"{everything}{joint}as-of={AS_OF}"
        service.get(public, headers=KNOWN)
        assert "/person/" not in service.get(public).text.replace("\\/", "/")
