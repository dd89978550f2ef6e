"""``/graphs``: the read side of the SPARQL 1.1 Graph Store HTTP Protocol."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest
from rdflib import Graph, URIRef
from tests.web_support import AS_OF, assert_problem, checked_page, client, fresh_city
from werkzeug.test import TestResponse

from kitei.kb import GraphFile
from kitei.namespaces import ID
from kitei.store import GRAPH_TYPES
from kitei.web import create_app

TEXT = f"{ID}graph/oshu/dx-headquarters/2024-04-01.text"
DAY = f"{ID}day/{AS_OF}"


def fetch(graph: str, accept: str = "text/turtle", **more: str) -> TestResponse:
    asked = {"graph": graph, "as-of": AS_OF, **more}
    return client().get("/graphs", query_string=asked, headers={"Accept": accept})


def size(response: TestResponse) -> int:
    assert response.status_code == 200, response.text
    return len(Graph().parse(data=response.data, format="turtle"))


def counted(inside: str) -> int:
    asked = {
        "query": f"CONSTRUCT {{ ?s ?p ?o }} WHERE {inside}",
        "as-of": AS_OF,
    }
    return size(client().get("/sparql", query_string=asked))


def test_a_graph_is_fetched_by_its_name() -> None:
    assert size(fetch(TEXT)) == counted(f"{{ GRAPH <{TEXT}> {{ ?s ?p ?o }} }}") > 1000


def test_the_default_graph_is_the_merge_of_all() -> None:
    response = client().get(f"/graphs?default&as-of={AS_OF}")
    assert size(response) == counted("{ ?s ?p ?o }")
    assert size(client().get(f"/graphs?default=&as-of={AS_OF}")) == size(response)


def test_a_graph_is_fetched_at_its_own_address() -> None:
    direct = client().get(f"/id/graph/oshu/dx-headquarters/2024-04-01.text?as-of={AS_OF}")
    assert direct.data == fetch(TEXT).data
    assert_problem(client().get("/id/graph/nothing"), 404)


@pytest.mark.parametrize("media_type", GRAPH_TYPES)
def test_a_graph_is_negotiated(media_type: str) -> None:
    response = fetch(TEXT, media_type)
    assert response.mimetype == media_type
    assert "Accept" in response.vary
    assert "デジタル" in response.get_data(as_text=True)
    assert fetch(TEXT, "image/png", format=media_type).mimetype == media_type
    assert_problem(fetch(TEXT, "text/csv"), 406)


def test_a_graph_has_a_page() -> None:
    page = checked_page(fetch(TEXT, "text/html").text)
    assert "第3条" in page.said
    assert all(client().get(link, follow_redirects=True).status_code == 200 for link in page.links)


def test_head_tells_whether_a_graph_is_there() -> None:
    got, headed = (
        client().open("/graphs", method=method, query_string={"graph": TEXT, "as-of": AS_OF})
        for method in ("GET", "HEAD")
    )
    assert headed.data == b""
    assert {**headed.headers} == {**got.headers}
    missing = client().head("/graphs", query_string={"graph": "urn:nothing"})
    assert (missing.status_code, missing.data) == (404, b"")


@pytest.mark.parametrize(
    "graph",
    [
        "urn:nothing",
        f"{ID}graph/nothing",
        TEXT + "x",
        "http://127.0.0.1:9/x",
        "file:///etc/passwd",
        f"{ID}day/2024-06-06",
        "urn:グラフ",
    ],
)
def test_an_unknown_graph_is_404(graph: str) -> None:
    assert_problem(fetch(graph), 404)


@pytest.mark.parametrize(
    "asked",
    [
        "",
        f"graph={quote(TEXT)}&default",
        f"graph={quote(TEXT)}&graph={quote(TEXT)}",
        "graph=",
        "graph=relative/path",
        "graph=urn:a%20b",
        "graph=urn:a%3E%20%7B%7D",
        "graph=urn:%FF",
        "default&as-of=2024-02-30",
        "default&format=docx",
    ],
)
def test_a_bad_request_is_400(asked: str) -> None:
    assert_problem(client().get(f"/graphs?{asked}"), 400)


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE", "PATCH"])
@pytest.mark.parametrize("asked", ["default", f"graph={quote(TEXT)}", "graph=urn:new", ""])
def test_nothing_can_be_written(method: str, asked: str) -> None:
    body = b"<urn:a> <urn:b> <urn:c> ."
    before = fetch(TEXT).data
    response = client().open(
        f"/graphs?{asked}", method=method, data=body, content_type="text/turtle"
    )
    assert_problem(response, 405)
    assert set(response.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}
    assert fetch(TEXT).data == before
    assert_problem(fetch("urn:new"), 404)


def test_the_facts_of_a_day_are_a_graph_on_that_day_only() -> None:
    assert size(fetch(DAY)) > 500
    assert_problem(fetch(DAY, **{"as-of": "2024-06-06"}), 404)


def test_the_roster_is_a_graph_where_there_is_one() -> None:
    roster = f"{ID}graph/roster"
    assert size(fetch(roster)) > 100
    assert_problem(client(False).get("/graphs", query_string={"graph": roster}), 404)


def test_a_graph_may_have_any_name(tmp_path: Path) -> None:
    path = tmp_path / "more.ttl"
    path.write_text('<urn:s> <urn:p> "値" .', encoding="utf-8")
    names = [
        "urn:グラフ:a",
        "http://example.org/?a=1&b=2#c",
        f"{ID}graph/市/規程 1".replace(" ", "_"),
    ]
    more = create_app(fresh_city(False, [GraphFile(path, name) for name in names])).test_client()
    for name in names:
        response = more.get("/graphs", query_string={"graph": name})
        graph = Graph().parse(data=response.data, format="turtle")
        assert [str(value) for value in graph.objects(URIRef("urn:s"))] == ["値"]
    assert more.get("/id/graph/市/規程_1").status_code == 200
