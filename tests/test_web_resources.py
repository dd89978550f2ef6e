"""``/id/…`` and ``/ns``: what the names of Kitei stand for, as data or as a page."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest
from rdflib import OWL, RDF, RDFS, Graph, Literal, Namespace, URIRef
from tests.web_support import (
    AS_OF,
    assert_problem,
    assert_problem_page,
    checked_page,
    city,
    client,
    fresh_city,
)
from werkzeug.test import TestResponse

from kitei import describing
from kitei.kb import GraphFile
from kitei.namespaces import ID, KITEI
from kitei.store import GRAPH_TYPES
from kitei.web import create_app

K = Namespace(KITEI)
WORK = "032158/dx-headquarters"
VERSION = f"{WORK}/2024-04-01"
PROVISION = f"{VERSION}/art_3__para_2"
POST = "032158/post/cdo"
PERSON = "032158/person/B001"
BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


def fetch(name: str, day: str = AS_OF, accept: str = "text/turtle") -> TestResponse:
    return client().get(f"/id/{name}?as-of={day}", headers={"Accept": accept})


def graph_of(response: TestResponse) -> Graph:
    assert response.status_code == 200, response.text
    return Graph().parse(data=response.data, format="turtle")


@pytest.mark.parametrize("name", [WORK, VERSION, PROVISION, POST, PERSON, "032158", f"day/{AS_OF}"])
@pytest.mark.parametrize("media_type", [*GRAPH_TYPES, "text/html"])
def test_everything_that_is_named_is_described(name: str, media_type: str) -> None:
    response = fetch(name, accept=media_type)
    assert (response.status_code, response.mimetype) == (200, media_type)
    assert "Accept" in response.vary
    assert ID + name in response.text.replace("\\/", "/").replace("id:", ID)


def test_facts_are_told_in_both_directions_with_what_things_are_called() -> None:
    graph, post = graph_of(fetch(POST)), URIRef(ID + POST)
    assert (post, RDFS.label, Literal("CDO", "ja")) in graph
    assert (None, K.fills, post) in graph
    holder = graph.value(post, K.heldBy)
    assert graph.value(holder, URIRef("http://xmlns.com/foaf/0.1/name")) is not None
    (rule,) = graph.subjects(K.fills, post)
    assert graph.value(rule, RDFS.label) is not None
    (cited,) = graph.objects(post, URIRef("http://purl.org/dc/terms/source"))
    assert Literal("第2条第1項", "ja") in set(graph.objects(cited, K.citation))


def test_blank_nodes_are_told_with_what_they_belong_to() -> None:
    graph = graph_of(fetch(f"{VERSION}/alternative/chief-listed"))
    (statement, *_) = graph.objects(URIRef(f"{ID}{VERSION}/alternative/chief-listed"), K.asserts)
    assert (statement, RDF.type, RDF.Statement) in graph


def test_a_provision_has_its_words() -> None:
    page = checked_page(fetch(PROVISION, accept="text/html").text)
    assert "第3条第2項" in page.said
    assert "CDO補佐官は、CDOを補佐し" in page.said
    english = client().get(f"/id/{PROVISION}?lang=en", headers=BROWSER)
    assert "Article 3, paragraph 2" in checked_page(english.text).said


def test_the_facts_are_those_of_the_day() -> None:
    post = URIRef(ID + POST)
    june = graph_of(fetch(POST))
    assert (URIRef(f"{ID}day/{AS_OF}/post/cdo"), K.post, post) in june
    august = graph_of(fetch(POST, "2024-08-05"))
    assert (URIRef(f"{ID}day/{AS_OF}/post/cdo"), K.post, post) not in august
    assert (URIRef(f"{ID}day/2024-08-05/post/cdo"), K.post, post) in august


def test_a_day_is_described_without_being_asked_for_twice() -> None:
    for name in (f"day/{AS_OF}", f"day/{AS_OF}/post/cdo"):
        alone = client().get(f"/id/{name}", headers={"Accept": "text/turtle"})
        assert len(graph_of(alone)) == len(graph_of(fetch(name)))
        assert_problem(fetch(name, "2024-06-06"), 404)


def test_versions_without_text_are_there_as_what_they_are() -> None:
    older = URIRef(f"{ID}{WORK}/2022-04-01")
    graph = graph_of(fetch(f"{WORK}/2022-04-01"))
    eli = Namespace("http://data.europa.eu/eli/ontology#")
    assert (older, eli.is_member_of, URIRef(ID + WORK)) in graph
    assert graph.value(older, eli.is_realized_by) is None


@pytest.mark.parametrize("name", [
    "nothing", "032158/person/NOBODY", f"{VERSION}/art_99", "day/2024-02-30", "day/1500-01-01",
    "day/", "day/x/y", "..%2F..%2Fetc%2Fpasswd", "a%20b", "%3Cscript%3E", "%00", "%FF", "%7B%7D",
    "x%3E%20%7D%20%23", "graph/", "graph/x%3Ey", "/", "%E3%81%82" * 50,
])  # fmt: skip
def test_what_is_not_known_is_404(name: str) -> None:
    for accept, check in (("text/turtle", assert_problem), ("text/html", assert_problem_page)):
        response = client().get(f"/id/{name}", headers={"Accept": accept}, follow_redirects=True)
        check(response, 404)


def test_without_a_roster_its_people_are_not_there() -> None:
    assert_problem(client(False).get(f"/id/{PERSON}"), 404)
    assert client(False).get(f"/id/{POST}").status_code == 200


def test_names_that_are_percent_encoded_are_found() -> None:
    asked = {
        "query": f'SELECT DISTINCT ?s {{ ?s ?p ?o FILTER(STRSTARTS(STR(?s), "{ID}") '
        '&& CONTAINS(STR(?s), "%")) }',
        "as-of": AS_OF,
    }
    rows = client().get("/sparql", query_string=asked).get_json(force=True)["results"]["bindings"]
    names = [row["s"]["value"].removeprefix(ID) for row in rows]
    assert names
    for name in names:
        assert fetch(name).status_code == 200, name


def test_names_with_other_characters_are_found(tmp_path: Path) -> None:
    names = ["市/規程", "a(b)", "a%28b%29", "x:y;z=1,2"]
    path = tmp_path / "more.ttl"
    path.write_text("".join(f"<{ID}{name}> a <urn:T> .\n" for name in names), encoding="utf-8")
    more = create_app(fresh_city(False, [GraphFile(path, "urn:more")])).test_client()
    for name in names:
        response = more.get(f"/id/{quote(name, safe='/%')}", headers={"Accept": "text/html"})
        assert response.status_code == 200, name


def test_every_link_of_a_page_leads_somewhere() -> None:
    for name in (POST, PROVISION, PERSON):
        page = checked_page(fetch(name, accept="text/html").text)
        own = [link for link in page.links if link.startswith("/")]
        assert len(own) > 8
        for link in own:
            answered = client().get(link, headers=BROWSER, follow_redirects=True)
            assert answered.status_code == 200, link


def test_a_page_speaks_the_language_of_the_reader_and_keeps_the_day() -> None:
    english = {**BROWSER, "Accept-Language": "en"}
    page = checked_page(client().get(f"/id/{POST}?as-of={AS_OF}", headers=english).text)
    assert page.language == "en"
    assert "Facts that point here" in page.said
    below = [link for link in page.links if link.startswith("/id/") and POST not in link]
    assert below
    assert all(f"as-of={AS_OF}" in link and "lang=en" in link for link in below)


def test_what_is_left_out_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(describing, "MOST", 5)
    fresh = create_app(city()).test_client()
    address = f"/id/{POST}?as-of={AS_OF}"
    page = checked_page(fresh.get(address, headers=BROWSER).text)
    assert "件を省いた" in page.said
    graph = graph_of(fresh.get(address, headers={"Accept": "text/turtle"}))
    comments = {str(text) for text in graph.objects(URIRef(f"http://localhost/id/{POST}"))}
    assert len(comments) == 2 and any("left out" in text for text in comments)
    assert len(set(graph.subjects(None, URIRef(ID + POST)))) == 5
    monkeypatch.undo()
    assert "left out" not in fetch(POST).text


def test_a_thing_that_xml_cannot_hold_is_406_there(tmp_path: Path) -> None:
    path = tmp_path / "odd.ttl"
    path.write_text(f"<{ID}odd> <http://example.org/2024> 1 .", encoding="utf-8")
    odd = create_app(fresh_city(False, [GraphFile(path, "urn:odd")])).test_client()
    assert_problem(odd.get("/id/odd", headers={"Accept": "application/rdf+xml"}), 406)
    assert odd.get("/id/odd", headers={"Accept": "text/html"}).status_code == 200
    assert_problem(fetch(POST, accept="text/csv"), 406)


# -- the vocabulary ------------------------------------------------------------------------------


@pytest.mark.parametrize("media_type", GRAPH_TYPES)
def test_the_vocabulary_is_negotiated(media_type: str) -> None:
    response = client().get("/ns", headers={"Accept": media_type})
    assert (response.status_code, response.mimetype) == (200, media_type)


def test_the_vocabulary_holds_every_term_and_nothing_else() -> None:
    graph = graph_of(client().get("/ns", headers={"Accept": "text/turtle"}))
    whole = Graph()
    for file in city().base.ontology():
        whole.parse(file.path)
    assert len(graph) == len(whole)
    assert (URIRef(KITEI.removesuffix("#")), RDF.type, OWL.Ontology) in graph
    assert (K.SubstitutionRule, RDF.type, OWL.Class) in graph


def test_the_page_of_the_vocabulary_has_a_place_for_each_term() -> None:
    source = client().get("/ns", headers=BROWSER).text
    checked_page(source)
    for name in ("SubstitutionRule", "heldBy", "condition-incapacity"):
        assert f'id="{name}"' in source


@pytest.mark.parametrize("name", ["SubstitutionRule", "heldBy", "condition-incapacity", "0.1.0",
                                  "text-statuses", "text-statuses/0.1.0"])  # fmt: skip
def test_a_term_is_described(name: str) -> None:
    for accept in ("text/turtle", "application/ld+json", "text/html"):
        response = client().get(f"/ns/{name}", headers={"Accept": accept})
        assert (response.status_code, response.mimetype) == (200, accept)


def test_an_unknown_term_is_404() -> None:
    for name in ("Nothing", "substitutionrule", "a%20b", "x%3Ey"):
        assert_problem(client().get(f"/ns/{name}"), 404)


@pytest.mark.parametrize("address", [f"/id/{POST}", "/ns", "/ns/Rule", "/.well-known/void"])
def test_names_are_only_read(address: str) -> None:
    for method in ("PUT", "POST", "DELETE", "PATCH"):
        response = client().open(address, method=method)
        assert_problem(response, 405)
        assert set(response.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}
    for bad in ("as-of=never", "format=docx", "lang=fr"):
        assert_problem_page(client().get(f"{address}?{bad}", headers=BROWSER), 400)
        assert_problem(client().get(f"{address}?{bad}"), 400)
