"""Who may see the roster: nobody without the token, whatever they ask and after whom."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http import HTTPStatus
from itertools import count

import pytest
from flask.testing import FlaskClient
from tests.web_support import AS_OF, BEARER, TOKEN, assert_problem, city, guarded_client

from kitei.web import create_app
from kitei.web.settings import Settings

NAMES = "SELECT ?name { ?person <http://xmlns.com/foaf/0.1/name> ?name }"
ROSTER = "<https://w3id.org/kitei/id/graph/roster>"
NAMED = "?person <http://xmlns.com/foaf/0.1/name> ?name"
HELD = "<https://w3id.org/kitei/ns#heldBy>"
# Every way to name a graph or to go round one that these tests could think of.
WAYS = (
    NAMES,
    f"SELECT ?name {{ GRAPH ?g {{ {NAMED} }} }}",
    f"SELECT ?name FROM {ROSTER} {{ {NAMED} }}",
    f"SELECT ?name FROM NAMED {ROSTER} {{ GRAPH ?g {{ {NAMED} }} }}",
    "SELECT ?name { ?p !<urn:none> ?name FILTER(CONTAINS(STR(?p), '/id/person/')) }",
    f"SELECT ?name {{ ?case {HELD}/<http://xmlns.com/foaf/0.1/name> ?name }}",
    "SELECT ?name { ?name ^<http://xmlns.com/foaf/0.1/name> ?person }",
)
_ADDRESSES = count(1)


@pytest.fixture(scope="module", params=["here", "pool"])
def guarded(request: pytest.FixtureRequest) -> Iterator[FlaskClient]:
    """A client without any right, of a service whose roster is protected."""
    with guarded_client(in_pool=request.param == "pool") as client:
        yield client


@pytest.fixture
def client(guarded: FlaskClient) -> FlaskClient:
    """A fresh client, without cookies, at an address of its own (logins are counted by it)."""
    fresh = guarded.application.test_client()
    fresh.environ_base["REMOTE_ADDR"] = f"192.0.2.{next(_ADDRESSES)}"
    return fresh


def names(client: FlaskClient, query: str = NAMES, **headers: str) -> list[str]:
    response = client.get(
        "/sparql",
        query_string={"query": query, "as-of": AS_OF},
        headers={"Accept": "application/sparql-results+json", **headers},
    )
    assert response.status_code == HTTPStatus.OK, response.text
    return [row["name"]["value"] for row in json.loads(response.text)["results"]["bindings"]]


def test_with_the_token_there_are_names(client: FlaskClient) -> None:
    assert any(names(client, **BEARER))


@pytest.mark.parametrize("query", WAYS)
def test_without_the_token_there_are_none_however_they_are_asked_for(
    client: FlaskClient, query: str
) -> None:
    assert names(client, query) == []


def test_nobody_is_told_what_others_may_see_from_any_cache(client: FlaskClient) -> None:
    """The same URL, asked in turn with and without the token, and twice each."""
    seen = [bool(names(client, **headers)) for headers in (BEARER, {}, BEARER, {}, {}, BEARER)]
    assert seen == [True, False, True, False, False, True]


def test_a_question_is_answered_in_posts_to_the_public(client: FlaskClient) -> None:
    address = f"/q/who-acts?post=CDO&as-of={AS_OF}"
    inside = client.get(address, headers=BEARER).get_json()["answers"][0]
    outside = client.get(address).get_json()["answers"][0]
    assert inside["name"]
    assert outside["person"] is None
    assert not outside.get("name")


@pytest.mark.parametrize("path", [f"/?as-of={AS_OF}", f"/q/who-acts.html?as-of={AS_OF}"])
def test_pages_name_nobody_to_the_public(client: FlaskClient, path: str) -> None:
    everybody = set(names(client, **BEARER))
    assert any(name in client.get(path, headers=BEARER).text for name in everybody)
    shown = client.get(path).text
    assert not any(name in shown for name in everybody)


def test_a_wrong_token_is_told_so_and_gets_nothing(client: FlaskClient) -> None:
    response = client.get("/sparql?query=ASK{}", headers={"Authorization": "Bearer wrong"})
    assert_problem(response, 401)
    assert response.headers["WWW-Authenticate"].startswith("Bearer ")
    assert_problem(client.get("/", headers={"Authorization": "bearer 見本"}), 401)


def test_another_scheme_is_nobody_in_particular(client: FlaskClient) -> None:
    assert names(client, Authorization="Basic " + TOKEN) == []


def test_protected_answers_are_kept_by_nobody(client: FlaskClient) -> None:
    inside = client.get("/sparql?query=ASK{}", headers=BEARER)
    outside = client.get("/sparql?query=ASK{}")
    assert inside.headers["Cache-Control"] == "no-store"
    assert "Access-Control-Allow-Origin" not in inside.headers
    for response in (inside, outside):
        assert {"authorization", "cookie"} <= {word.lower() for word in response.vary}


def login(client: FlaskClient, token: str = TOKEN, **headers: str) -> int:
    origin = {"Origin": "http://localhost", **headers}
    data = {"token": token, "next": "/q/who-acts"}
    return client.post("/login", data=data, headers=origin).status_code


def test_a_browser_gets_in_by_a_cookie_that_scripts_and_other_sites_cannot_use(
    client: FlaskClient,
) -> None:
    response = client.post(
        "/login",
        data={"token": TOKEN, "next": "/q/who-acts?post=CDO"},
        headers={"Origin": "http://localhost"},
    )
    assert (response.status_code, response.location) == (303, "/q/who-acts?post=CDO")
    cookie = response.headers["Set-Cookie"]
    assert {"HttpOnly", "SameSite=Strict"} <= set(cookie.split("; "))
    assert TOKEN not in cookie
    assert names(client)
    assert client.get("/").headers["Cache-Control"] == "no-store"
    assert client.post("/logout", headers={"Origin": "http://localhost"}).status_code == 303
    assert names(client) == []


def test_over_https_the_cookie_stays_on_https(client: FlaskClient) -> None:
    response = client.post(
        "/login", data={"token": TOKEN}, base_url="https://localhost", headers={}
    )
    assert "Secure" in response.headers["Set-Cookie"].split("; ")


def test_a_wrong_token_leaves_the_door_closed(client: FlaskClient) -> None:
    assert login(client, "wrong") == HTTPStatus.FORBIDDEN
    assert "Set-Cookie" not in client.get("/login").headers
    assert names(client) == []


@pytest.mark.parametrize("cookie", ["roster", "roster.x.y", "", "見本"])
def test_a_made_up_cookie_opens_nothing(client: FlaskClient, cookie: str) -> None:
    client.set_cookie("kitei", cookie)
    assert names(client) == []


def test_a_cookie_of_another_start_of_the_service_opens_nothing(client: FlaskClient) -> None:
    other = create_app(city(), settings=Settings(token=TOKEN, secret=b"other")).test_client()
    assert login(other) == HTTPStatus.SEE_OTHER
    cookie = other.get_cookie("kitei")
    assert cookie is not None
    client.set_cookie("kitei", cookie.value)
    assert names(client) == []


@pytest.mark.parametrize("path", ["/login", "/logout"])
@pytest.mark.parametrize(
    "headers",
    [{"Origin": "http://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}],
)
def test_a_page_of_another_site_can_post_nothing(
    client: FlaskClient, path: str, headers: dict[str, str]
) -> None:
    assert_problem(client.post(path, data={"token": TOKEN}, headers=headers), 403)


def test_a_page_of_another_site_asks_as_nobody_even_with_a_cookie(client: FlaskClient) -> None:
    assert login(client) == HTTPStatus.SEE_OTHER
    assert names(client)
    response = client.post(
        "/sparql", data={"query": NAMES}, headers={"Origin": "http://evil.example"}
    )
    assert json.loads(response.text)["results"]["bindings"] == []


@pytest.mark.parametrize(
    "place", ["http://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_nobody_is_led_elsewhere_after_logging_in(client: FlaskClient, place: str) -> None:
    response = client.post("/login", data={"token": TOKEN, "next": place})
    assert response.location == "/"


def test_a_token_in_a_url_is_no_token(client: FlaskClient) -> None:
    response = client.get("/sparql", query_string={"query": NAMES, "token": TOKEN, "as-of": AS_OF})
    assert json.loads(response.text)["results"]["bindings"] == []


def test_logins_are_counted() -> None:
    app = create_app(city(), settings=Settings(token=TOKEN, secret=b"s"))
    codes = [login(app.test_client(), "wrong") for _ in range(12)]
    assert codes[:5] == [403] * 5
    assert codes[-1] == HTTPStatus.TOO_MANY_REQUESTS


def test_a_client_may_not_ask_for_too_much() -> None:
    client = create_app(city(), settings=Settings(rate=1)).test_client()
    responses = [client.get("/healthz") for _ in range(30)]
    assert responses[0].status_code == HTTPStatus.OK
    refused = [each for each in responses if each.status_code == HTTPStatus.TOO_MANY_REQUESTS]
    assert refused
    assert refused[0].headers["Retry-After"]
    other = client.get("/healthz", environ_base={"REMOTE_ADDR": "192.0.2.7"})
    assert other.status_code == HTTPStatus.OK


@pytest.mark.parametrize(
    ("host", "served"),
    [
        ("localhost", True),
        ("localhost:8000", True),
        ("kitei.example", True),
        ("evil.example", False),
        ("localhost.evil.example", False),
        ("127.0.0.1.nip.io", False),
    ],
)
def test_the_service_is_called_by_its_names_only(host: str, served: bool) -> None:
    """A name of somebody else's that resolves to this address (DNS rebinding) is refused."""
    settings = Settings(hosts=("localhost", "kitei.example"))
    client = create_app(city(), settings=settings).test_client()
    response = client.get("/healthz", headers={"Host": host})
    assert response.status_code == (HTTPStatus.OK if served else HTTPStatus.BAD_REQUEST)


def test_forwarded_headers_are_believed_from_stated_proxies_only() -> None:
    headers = {"X-Forwarded-Host": "kitei.example", "X-Forwarded-Proto": "https"}
    for proxies, expected in ((0, "http://localhost/"), (1, "https://kitei.example/")):
        client = create_app(city(), settings=Settings(proxies=proxies)).test_client()
        assert (
            f'value="{expected}q/who-acts' in client.get("/q/who-acts.html", headers=headers).text
        )
