"""Anything may be sent: the answer is an answer or a problem, and never a failure of the service.

The evaluator is this process, so the queries offered are none that run long;
those are for the tests of the evaluators.
"""

from __future__ import annotations

import os
from typing import NamedTuple
from urllib.parse import quote_from_bytes

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.web_support import AS_OF, client

# A bound for CI; more by hand: KITEI_FUZZ=20000.
EXAMPLES = int(os.environ.get("KITEI_FUZZ", "250"))
DOCUMENTED = {503, 504}

METHODS = ["GET", "HEAD", "POST", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "QUERY", "get"]
PATHS = [
    "/", "/sparql", "/sparql/", "/q", "/q/", "/q/who-acts", "/q/who-acts.csv", "/q/history.html",
    "/q/.json", "/graphs", "/graphs/", "/id", "/id/", "/id/032158", "/id/032158/post/cdo",
    "/id/day/2024-06-05", "/id/graph/roster", "/ns", "/ns/", "/ns/Rule", "/.well-known/void",
    "/.well-known/", "/healthz", "/static/", "/static/kitei.css", "/static/../app.py", "//",
    "/sparql/x", "/q/who-acts.xlsx", "/q/who-acts/choices/post", "/openapi.json", "/api",
]  # fmt: skip
QUERIES = [
    "ASK {}", "ASK", "SELECT * {} LIMIT 1", "SELECT (1 AS ?x) (\"あ\"@ja AS ?y) {}",
    "CONSTRUCT { <s> <p> 1 } {}", "DESCRIBE <urn:x>", "CLEAR ALL", "SELECT * { SERVICE <x:y> {} }",
    "SELECT * { ?s ?p ?o } LIMIT 3", "SELECT * FROM <urn:g> { ?s ?p ?o }", "", "\0", "規程",
    "SELECT (\"\\u0001\" AS ?x) {}", "ASK { FILTER(1/0) }", "SELECT (IRI('a b') AS ?x) {}",
    "CONSTRUCT { ?s <http://e/1> 1 } { BIND(<urn:s> AS ?s) }", "ASK " + "{" * 200 + "}" * 200,
]  # fmt: skip
NAMES = [
    "query", "update", "default-graph-uri", "named-graph-uri", "as-of", "format", "lang", "graph",
    "default", "post", "explain", "excel", "from", "to", "x", "",
]  # fmt: skip
VALUES = [
    *QUERIES, AS_OF, "令和6年6月5日", "2022-05-05", "json", "csv", "html", "turtle", "xml", "ja",
    "en", "urn:g", "https://w3id.org/kitei/id/graph/roster", "CDO", "true", "text/csv", "a/b",
    "*/*",
]  # fmt: skip
HEADERS = [
    "Accept", "Accept-Language", "Accept-Encoding", "Accept-Charset", "Content-Type",
    "Content-Encoding", "Host", "If-None-Match", "If-Match", "If-Modified-Since", "If-Range",
    "Range", "Origin", "Access-Control-Request-Method", "Authorization", "Cookie", "Referer",
    "X-Forwarded-Host", "X-HTTP-Method-Override", "Forwarded", "Expect",
]  # fmt: skip
HEADER_VALUES = [
    "*/*", "text/html", "text/csv;q=0.3, */*;q=0", "application/sparql-results+json", "image/png",
    "application/sparql-query", "application/x-www-form-urlencoded", "multipart/form-data",
    "multipart/form-data; boundary=x", "application/sparql-query; charset=utf-16", "gzip", "*",
    '"x"', 'W/"x"', "bytes=0-1", "bytes=9-1", "ja;q=0.5, en", "a.example:80", "[::1]:8000", "a b",
    "Basic Og==", "kitei=\"", "GET", "for=_x", "100-continue", "Thu, 01 Jan 1970 00:00:00 GMT", "",
]  # fmt: skip


def encoded(value: str | bytes) -> str:
    data = value if isinstance(value, bytes) else value.encode("utf-8", "surrogatepass")
    return quote_from_bytes(data, safe="")


TEXT = st.text(max_size=20)
PAIR = st.builds(
    lambda name, value: f"{encoded(name)}={encoded(value)}",
    st.sampled_from(NAMES) | TEXT,
    st.sampled_from(VALUES) | TEXT | st.binary(max_size=8),
)
PARAMETERS = st.lists(PAIR, max_size=4).map("&".join) | st.text(
    alphabet="abc=&%+;?#/0F", max_size=20
)
PATH = st.builds(
    lambda start, rest: start.encode() + rest,
    st.sampled_from(PATHS),
    st.just(b"")
    | TEXT.map(lambda text: text.encode("utf-8", "surrogatepass"))
    | st.binary(max_size=6),
)
# What a server would let through: bytes as Latin-1, without the ends of lines.
LATIN = st.text(
    alphabet=st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"),
    max_size=30,
)
FIELDS = st.lists(
    st.tuples(st.sampled_from(HEADERS), st.sampled_from(HEADER_VALUES) | LATIN), max_size=4
)
BODIES = st.sampled_from(QUERIES).map(str.encode) | PARAMETERS.map(str.encode)


class Request(NamedTuple):
    """What a client sends."""

    method: str
    path: bytes
    parameters: str
    fields: list[tuple[str, str]]
    body: bytes | None
    content_type: str | None


REQUESTS = st.builds(
    Request,
    method=st.sampled_from(METHODS),
    path=PATH,
    parameters=PARAMETERS,
    fields=FIELDS,
    body=st.none() | BODIES | st.binary(max_size=40),
    content_type=st.none() | st.sampled_from(HEADER_VALUES),
)


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(REQUESTS)
def test_whatever_is_sent_is_answered_or_refused(request: Request) -> None:
    # As a server hands path and query over (PEP 3333), not as the client of the tests would.
    asked = {"PATH_INFO": request.path.decode("latin-1"), "QUERY_STRING": request.parameters}
    with client().open(
        "/",
        method=request.method,
        data=request.body,
        content_type=request.content_type,
        headers=request.fields,
        environ_overrides=asked,
    ) as response:
        status = response.status_code
        assert status < 500 or status in DOCUMENTED, response.get_data(as_text=True)
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert b"Traceback" not in response.get_data()
        if request.method == "HEAD" or status == 304:
            assert response.data == b""
        elif status >= 400 and response.mimetype == "text/html":
            # Only who browses gets the problem as a page.
            assert "text/html" in str(request.fields).casefold()
            assert f"<small>{status}</small>" in response.get_data(as_text=True)
        elif status >= 400:
            assert response.content_type == "application/problem+json"
            document = response.get_json()
            assert set(document) == {"type", "title", "status", "detail", "detail_ja"}
            assert document["status"] == status
