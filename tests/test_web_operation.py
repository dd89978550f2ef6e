"""The query operation of the SPARQL 1.1 Protocol, case by case: what is sent, what comes back.

Section numbers are those of the Recommendation of 21 March 2013.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, urlencode

import pytest
from flask.testing import FlaskClient
from tests.web_support import JSON, assert_problem, fresh_city

from kitei.kb import GraphFile
from kitei.web import create_app

FORM = "application/x-www-form-urlencoded"
DIRECT = "application/sparql-query"
UPDATE = "application/sparql-update"
A, B, C, NOWHERE = "urn:graph:a", "urn:graph:b", "urn:graph:c", "urn:graph:nowhere"
IN_A, IN_B, IN_C = "urn:in:a", "urn:in:b", "urn:in:c"


class Case(NamedTuple):
    """A request and its answer: a truth value, or the status of a problem."""

    name: str
    answer: bool | int
    query: str | None = None
    """Sent as the method says."""
    method: str = "GET"
    url: str = ""
    """More of the query string."""
    body: bytes | None = None
    content_type: str | None = None
    headers: tuple[tuple[str, str], ...] = ()


def ask(*things: str, of: str = "", inside: str | None = None) -> str:
    """Whether the default graph, or a named one, knows the things."""
    known = " ".join(f"<{thing}> ?p{n} ?o{n} ." for n, thing in enumerate(things))
    return f"ASK {of} {{ {known if inside is None else f'GRAPH {inside} {{ {known} }}'} }}"


def default(*graphs: str) -> str:
    return urlencode([("default-graph-uri", graph) for graph in graphs])


def named(*graphs: str) -> str:
    return urlencode([("named-graph-uri", graph) for graph in graphs])


def form(query: str, *more: str) -> bytes:
    return "&".join([urlencode({"query": query}), *more]).encode()


EVERYTHING = ask(IN_A, IN_B, IN_C)
FROM_A, FROM_B = f"FROM <{A}>", f"FROM <{B}>"
NAMED_A, NAMED_B = f"FROM NAMED <{A}>", f"FROM NAMED <{B}>"

SENDING = [
    Case("2.1.1 get", True, "ASK {}"),
    Case("2.1.1 get, spaces as plus signs", True, url="query=ASK+%7B+%7D"),
    Case("2.1.1 get, everything percent-encoded", True, url="query=%41%53%4B%20%7B%7D"),
    Case("2.1.1 get, braces not encoded", True, url="query=ASK{}"),
    Case("2.1.1 get, parameters in another order", True, url=f"{default(A)}&query=ASK%7B%7D"),
    Case("2.1.1 get, unknown parameters beside", True, "ASK {}", url="timeout=5&x=&y"),
    Case("2.1.1 get with a trailing slash", True, "ASK {}", url="/"),
    Case("2.1.1 get, line breaks and comments", True, "# a\nASK # b\r\n{\t}\n"),
    Case("2.1.1 get, a body is disregarded", True, "ASK {}", body=b"x", content_type="text/plain"),
    Case("2.1.2 form", True, method="POST", body=form("ASK {}"), content_type=FORM),
    Case("2.1.2 form, charset named", True, method="POST", body=form("ASK {}"),
         content_type=f"{FORM}; charset=UTF-8"),
    Case("2.1.2 form, charset quoted, type in capitals", True, method="POST", body=form("ASK {}"),
         content_type=f'{FORM.upper()};charset="utf-8"'),
    Case("2.1.2 form, query long", True, method="POST", content_type=FORM,
         body=form("ASK {}" + " " * 20_000)),
    Case("2.1.2 form, dataset in the body", True, method="POST", content_type=FORM,
         body=form(ask(IN_A), default(A))),
    Case("2.1.2 form, dataset in the body, other graph", False, method="POST", content_type=FORM,
         body=form(ask(IN_A), default(B))),
    Case("2.1.2 form, dataset in the URL", False, method="POST", url=default(B),
         body=form(ask(IN_A)), content_type=FORM),
    Case("2.1.2 form, dataset in body and URL", True, method="POST", url=default(B),
         body=form(ask(IN_A, IN_B), default(A)), content_type=FORM),
    Case("2.1.3 direct", True, method="POST", body=b"ASK {}", content_type=DIRECT),
    Case("2.1.3 direct, charset named", True, method="POST", body=b"ASK {}",
         content_type=f"{DIRECT}; charset=utf-8"),
    Case("2.1.3 direct, type in capitals", True, method="POST", body=b"ASK {}",
         content_type=DIRECT.upper()),
    Case("2.1.3 direct, Japanese", True, method="POST", content_type=DIRECT,
         body="ASK { FILTER(STRLEN('規程') = 2) }".encode()),
    Case("2.1.3 direct, outside the basic plane", True, method="POST", content_type=DIRECT,
         body="ASK { FILTER(STRLEN('𠮷') = 1) }".encode()),
    Case("2.1.3 direct, dataset in the URL", True, method="POST", url=default(A),
         body=ask(IN_A).encode(), content_type=DIRECT),
    Case("2.1.3 direct, other dataset in the URL", False, method="POST", url=default(B),
         body=ask(IN_A).encode(), content_type=DIRECT),
    Case("2.1.3 direct, not percent-decoded", 400, method="POST", body=b"ASK%20%7B%7D",
         content_type=DIRECT),
    Case("identity is no encoding", True, method="POST", body=b"ASK {}", content_type=DIRECT,
         headers=(("Content-Encoding", "identity"),)),
]  # fmt: skip

DATASETS = [
    Case("no dataset: the default graph has everything", True, EVERYTHING),
    Case("no dataset: GRAPH reaches a named graph", True, ask(IN_A, inside=f"<{A}>")),
    Case("no dataset: GRAPH keeps graphs apart", False, ask(IN_A, inside=f"<{B}>")),
    Case("no dataset: no graph holds what two hold", False, ask(IN_A, IN_B, inside="?g")),
    Case("FROM: the graph", True, ask(IN_A, of=FROM_A)),
    Case("FROM: no other", False, ask(IN_B, of=FROM_A)),
    Case("FROM twice: both", True, ask(IN_A, IN_B, of=f"{FROM_A} {FROM_B}")),
    Case("FROM: no named graph", False, ask(IN_A, of=FROM_A, inside="?g")),
    Case("FROM NAMED: the graph", True, ask(IN_A, of=NAMED_A, inside="?g")),
    Case("FROM NAMED: by its name", True, ask(IN_A, of=NAMED_A, inside=f"<{A}>")),
    Case("FROM NAMED: no other", False, ask(IN_B, of=NAMED_A, inside="?g")),
    Case("FROM NAMED: the default graph is empty", False, ask(IN_A, of=NAMED_A)),
    Case("FROM and FROM NAMED: each its own", True,
         f"ASK {FROM_A} {NAMED_B} {{ <{IN_A}> ?p ?o . GRAPH <{B}> {{ <{IN_B}> ?q ?r }} }}"),
    Case("FROM and FROM NAMED: not exchanged", False,
         f"ASK {FROM_A} {NAMED_B} {{ <{IN_B}> ?p ?o }}"),
    Case("FROM an unknown graph: empty", False, ask(IN_A, of=f"FROM <{NOWHERE}>")),
    Case("2.1.4 default: the graph", True, ask(IN_A), url=default(A)),
    Case("2.1.4 default: no other", False, ask(IN_B), url=default(A)),
    Case("2.1.4 default twice: their merge", True, ask(IN_A, IN_B), url=default(A, B)),
    Case("2.1.4 default twice: not the third", False, ask(IN_C), url=default(A, B)),
    Case("2.1.4 default three times", True, EVERYTHING, url=default(A, B, C)),
    Case("2.1.4 default only: no named graph", False, ask(IN_A, inside="?g"), url=default(A)),
    Case("2.1.4 default only: not even by name", False, ask(IN_A, inside=f"<{A}>"),
         url=default(A)),
    Case("2.1.4 default unknown: empty", False, "ASK { ?s ?p ?o }", url=default(NOWHERE)),
    Case("2.1.4 default, a blank pattern still holds", True, "ASK {}", url=default(NOWHERE)),
    Case("2.1.4 named: the graph", True, ask(IN_A, inside="?g"), url=named(A)),
    Case("2.1.4 named: by its name", True, ask(IN_A, inside=f"<{A}>"), url=named(A)),
    Case("2.1.4 named: no other", False, ask(IN_B, inside="?g"), url=named(A)),
    Case("2.1.4 named: no other by its name", False, ask(IN_B, inside=f"<{B}>"), url=named(A)),
    Case("2.1.4 named twice: both", True,
         f"ASK {{ GRAPH ?g {{ <{IN_A}> ?p ?o }} GRAPH ?h {{ <{IN_B}> ?q ?r }} }}", url=named(A, B)),
    Case("2.1.4 named only: the default graph is empty", False, "ASK { ?s ?p ?o }", url=named(A)),
    Case("2.1.4 named unknown: empty", False, ask(IN_A, inside="?g"), url=named(NOWHERE)),
    Case("2.1.4 default and named: each its own", True,
         f"ASK {{ <{IN_A}> ?p ?o . GRAPH <{B}> {{ <{IN_B}> ?q ?r }} }}",
         url=f"{default(A)}&{named(B)}"),
    Case("2.1.4 default and named: not exchanged", False, ask(IN_B),
         url=f"{default(A)}&{named(B)}"),
    Case("2.1.4 default outweighs FROM", True, ask(IN_B, of=FROM_A), url=default(B)),
    Case("2.1.4 default outweighs FROM altogether", False, ask(IN_A, of=FROM_A), url=default(B)),
    Case("2.1.4 named outweighs FROM NAMED", True, ask(IN_B, of=NAMED_A, inside="?g"),
         url=named(B)),
    Case("2.1.4 named outweighs FROM NAMED altogether", False,
         ask(IN_A, of=NAMED_A, inside="?g"), url=named(B)),
    Case("2.1.4 default outweighs FROM NAMED", False, ask(IN_A, of=NAMED_A, inside="?g"),
         url=default(A)),
    Case("2.1.4 named outweighs FROM", False, ask(IN_A, of=FROM_A), url=named(A)),
    Case("2.1.4 form: named in the body", True, method="POST", content_type=FORM,
         body=form(ask(IN_A, inside="?g"), named(A))),
    Case("2.1.4 direct: named in the URL", True, method="POST", content_type=DIRECT, url=named(A),
         body=ask(IN_A, inside="?g").encode()),
    Case("2.1.4 the same graph twice", True, ask(IN_A), url=default(A, A)),
    Case("2.1.4 a graph IRI with Japanese", False, ask(IN_A), url=default("urn:グラフ")),
    Case("2.1.4 no IRI", 400, "ASK {}", url=default("no iri")),
    Case("2.1.4 nothing", 400, "ASK {}", url="default-graph-uri="),
    Case("2.1.4 named, no IRI", 400, "ASK {}", url=named("<urn:a>")),
]  # fmt: skip

REFUSED = [
    Case("get without a query, but a dataset", 400, url=default(A)),
    Case("get, query empty", 400, url="query="),
    Case("get, query blank", 400, url="query=%20%0A"),
    Case("get, two queries", 400, "ASK {}", url="query=ASK%7B%7D"),
    Case("get, one query and an empty one", 400, "ASK {}", url="query="),
    Case("get, Query in capitals is another parameter", 400, url="Query=ASK%7B%7D"),
    Case("get, fields beyond number", 400, "ASK {}", url="&".join(["x=1"] * 200)),
    Case("get, not UTF-8", 400, url="query=ASK%7B%22%E9%22%7D"),
    Case("get, a surrogate in UTF-8", 400, url="query=ASK%7B%22%ED%A0%80%22%7D"),
    Case("get, overlong UTF-8", 400, url="query=ASK%7B%22%C0%AF%22%7D"),
    Case("get, not UTF-8 in another parameter", 400, "ASK {}", url="x=%FF"),
    Case("get, grammar", 400, "ASK {"),
    Case("get, words", 400, "Who acts?"),
    Case("get, unknown prefix", 400, "ASK { ex:a ex:b ex:c }"),
    Case("get, NUL", 400, "ASK {}\0"),
    Case("get, an aggregate without a group", 400, "SELECT ?s (COUNT(*) AS ?n) { ?s ?p ?o }"),
    Case("get, a variable bound twice", 400, "SELECT (1 AS ?x) (2 AS ?x) {}"),
    Case("get, two queries in one", 400, "ASK {} ASK {}"),
    Case("get, a BOM before", 400, "\ufeff\ufeffASK {"),
    Case("get, an update", 400, "INSERT DATA { <urn:a> <urn:b> <urn:c> }"),
    Case("get, an update as update", 400, url="update=CLEAR%20ALL"),
    Case("get, a query and an update", 400, "ASK {}", url="update=CLEAR%20ALL"),
    Case("get, an update after a query", 400, "ASK {} ; DROP ALL"),
    Case("get, an update hidden behind a comment", 400, "# ASK\nDELETE WHERE { ?s ?p ?o }"),
    Case("post, nothing at all", 415, method="POST"),
    Case("post, query in the URL without a body", 415, "ASK {}", method="POST",
         url="query=ASK%7B%7D"),
    Case("form, empty", 400, method="POST", body=b"", content_type=FORM),
    Case("form, two queries", 400, method="POST", body=form("ASK {}", "query=ASK%7B%7D"),
         content_type=FORM),
    Case("form, one query here and one in the URL", 400, method="POST", url="query=ASK%7B%7D",
         body=form("ASK {}"), content_type=FORM),
    Case("form, not UTF-8", 400, method="POST", body=b"query=ASK%7B%22%E9%22%7D",
         content_type=FORM),
    Case("form, raw bytes that are not UTF-8", 400, method="POST", body=b'query=ASK{"\xe9"}',
         content_type=FORM),
    Case("form, another charset", 415, method="POST", body=form("ASK {}"),
         content_type=f"{FORM}; charset=ISO-8859-1"),
    Case("form, sent as a query", 400, method="POST", body=form("ASK {}"), content_type=DIRECT),
    Case("form, an update", 400, method="POST", body=b"update=CLEAR+ALL", content_type=FORM),
    Case("form, an update beside", 400, method="POST", body=form("ASK {}", "update=CLEAR+ALL"),
         content_type=FORM),
    Case("form, an update as query", 400, method="POST", body=form("CLEAR ALL"),
         content_type=FORM),
    Case("form, grammar", 400, method="POST", body=form("ASK"), content_type=FORM),
    Case("direct, empty", 400, method="POST", body=b"", content_type=DIRECT),
    Case("direct, grammar", 400, method="POST", body=b"ASK", content_type=DIRECT),
    Case("direct, one more in the URL", 400, method="POST", body=b"ASK {}", content_type=DIRECT,
         url="query=ASK%7B%7D"),
    Case("direct, an update in the URL", 400, method="POST", body=b"ASK {}", content_type=DIRECT,
         url="update=CLEAR%20ALL"),
    Case("direct, not UTF-8", 400, method="POST", body=b'ASK { "\xe9" }', content_type=DIRECT),
    Case("direct, UTF-16", 400, method="POST", body="ASK {}".encode("utf-16"),
         content_type=DIRECT),
    Case("direct, another charset", 415, method="POST", body="ASK {}".encode("utf-16"),
         content_type=f"{DIRECT}; charset=utf-16"),
    Case("direct, compressed", 415, method="POST", body=b"\x1f\x8b", content_type=DIRECT,
         headers=(("Content-Encoding", "gzip"),)),
    Case("direct, an update", 400, method="POST", body=b"CLEAR ALL", content_type=DIRECT),
    Case("update, direct", 415, method="POST", body=b"CLEAR ALL", content_type=UPDATE),
    Case("update, direct, really a query", 415, method="POST", body=b"ASK {}",
         content_type=UPDATE),
    Case("update, direct, with a dataset", 415, method="POST", body=b"CLEAR ALL",
         content_type=UPDATE, url=f"using-graph-uri={quote(A)}"),
    Case("text/plain", 415, method="POST", body=b"ASK {}", content_type="text/plain"),
    Case("application/json", 415, method="POST", body=b"{}", content_type="application/json"),
    Case("multipart", 415, method="POST", body=b"--x--", content_type="multipart/form-data"),
    Case("no media type", 415, method="POST", body=b"ASK {}"),
    Case("a media type that is none", 415, method="POST", body=b"ASK {}", content_type="query"),
    Case("sparql-query as text", 415, method="POST", body=b"ASK {}",
         content_type="text/sparql-query"),
    *(Case(f"{method} is refused", 405, "ASK {}", method=method)
      for method in ("PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "PROPFIND", "QUERY")),
    Case("accepts an image", 406, "ASK {}", headers=(("Accept", "image/png"),)),
    Case("accepts nothing", 406, "ASK {}", headers=(("Accept", "*/*;q=0"),)),
    Case("a truth value as Turtle", 406, "ASK {}", headers=(("Accept", "text/turtle"),)),
    Case("a graph as CSV", 406, "CONSTRUCT {} {}", headers=(("Accept", "text/csv"),)),
    Case("grammar comes before what is accepted", 400, "ASK {",
         headers=(("Accept", "image/png"),)),
    Case("as-of is no day", 400, "ASK {}", url="as-of=2024-02-30"),
    Case("as-of twice", 400, "ASK {}", url="as-of=2024-02-01&as-of=2024-02-01"),
    Case("format is nothing known", 400, "ASK {}", url="format=docx"),
    Case("format twice", 400, "ASK {}", url="format=json&format=xml"),
    Case("a query beyond length", 400, method="POST", content_type=DIRECT,
         body=b"ASK {}" + b" " * 66_000),
    Case("a body beyond length", 413, method="POST", content_type=DIRECT, body=b" " * 300_000),
    Case("a URL beyond length", 414, url="query=" + "%20" * 75_000),
    Case("headers beyond length", 431, "ASK {}", headers=(("Accept", "text/csv, " * 2_000),)),
]  # fmt: skip
CASES = [*SENDING, *DATASETS, *REFUSED]


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """Three graphs beside the rules of the city, each with a thing that no other has."""
    folder = tmp_path_factory.mktemp("graphs")
    return create_app(fresh_city(False, made(folder))).test_client()


def made(folder: Path) -> Iterator[GraphFile]:
    for graph, thing in ((A, IN_A), (B, IN_B), (C, IN_C)):
        path = folder / f"{graph.rpartition(':')[2]}.ttl"
        path.write_text(f"<{thing}> a <urn:thing> .", encoding="utf-8")
        yield GraphFile(path, graph)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_operation(case: Case, endpoint: FlaskClient) -> None:
    path, more = "/sparql", case.url
    if more == "/":
        path, more = "/sparql/", ""
    asked = [urlencode({"query": case.query})] if case.query is not None else []
    response = endpoint.open(
        f"{path}?{'&'.join([*asked, *filter(None, [more])])}",
        method=case.method,
        data=case.body,
        content_type=case.content_type,
        headers=[*case.headers] if case.headers else [("Accept", JSON)],
    )
    if isinstance(case.answer, bool):
        assert response.status_code == 200, response.text
        assert response.get_json(force=True)["boolean"] is case.answer
    else:
        assert_problem(response, case.answer)
        if case.answer == 405:
            allowed = {method.strip() for method in response.headers["Allow"].split(",")}
            assert allowed == {"GET", "HEAD", "OPTIONS", "POST"}


def test_no_two_cases_share_a_name() -> None:
    assert len({case.name for case in CASES}) == len(CASES)


def test_head_is_get_without_the_body(endpoint: FlaskClient) -> None:
    asked = {"query": EVERYTHING}
    got, headed = (
        endpoint.open("/sparql", method=method, query_string=asked) for method in ("GET", "HEAD")
    )
    assert (headed.status_code, headed.data) == (200, b"")
    assert {**headed.headers} == {**got.headers}
    assert headed.headers["Content-Length"] == str(len(got.data))
    refused = endpoint.head("/sparql", query_string={"query": "ASK {"})
    assert (refused.status_code, refused.data) == (400, b"")


def test_options_names_the_methods(endpoint: FlaskClient) -> None:
    response = endpoint.options("/sparql")
    assert response.status_code == 200
    assert set(response.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "POST"}
