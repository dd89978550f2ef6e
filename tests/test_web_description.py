"""What the service says of itself: SPARQL 1.1 Service Description, and VoID."""

from __future__ import annotations

import pytest
from rdflib import RDF, RDFS, Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCTERMS, FOAF, VOID
from tests.web_support import AS_OF, Page, assert_problem, client
from werkzeug.test import TestResponse

from kitei.namespaces import ID, KITEI
from kitei.store import GRAPH_TYPES

SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
FORMATS = "http://www.w3.org/ns/formats/"
# Every term of the vocabulary (W3C Recommendation of 21 March 2013) that is used here.
TERMS = {
    "Service", "Dataset", "Graph", "NamedGraph", "endpoint", "supportedLanguage", "SPARQL11Query",
    "resultFormat", "feature", "UnionDefaultGraph", "defaultEntailmentRegime", "defaultDataset",
    "defaultGraph", "namedGraph", "name", "graph",
}  # fmt: skip
VOID_ADDRESS = "/.well-known/void"


def graph_of(response: TestResponse) -> Graph:
    assert response.status_code == 200, response.text
    return Graph().parse(data=response.data, format="turtle")


def described(address: str = "/sparql", with_roster: bool = True) -> Graph:
    return graph_of(client(with_roster).get(address))


def count(pattern: str, with_roster: bool = True, day: str = AS_OF) -> int:
    asked = {"query": f"SELECT (COUNT(*) AS ?n) {{ {pattern} }}", "as-of": day}
    (row,) = (
        client(with_roster)
        .get("/sparql", query_string=asked)
        .get_json(force=True)["results"]["bindings"]
    )
    return int(row["n"]["value"])


def test_without_a_query_the_service_describes_itself() -> None:
    graph = described()
    (service,) = graph.subjects(RDF.type, SD.Service)
    assert graph.value(service, SD.endpoint) == URIRef("http://localhost/sparql") == service
    assert graph.value(service, SD.supportedLanguage) == SD.SPARQL11Query
    formats = {str(iri).removeprefix(FORMATS) for iri in graph.objects(service, SD.resultFormat)}
    assert len(formats) == 10
    assert {"SPARQL_Results_JSON", "SPARQL_Results_TSV", "Turtle", "JSON-LD", "TriG"} <= formats


def test_it_claims_only_what_is_on() -> None:
    graph = described()
    assert list(graph.objects(None, SD.feature)) == [SD.UnionDefaultGraph]
    assert not list(graph.objects(None, SD.inputFormat))
    used = {
        str(term).removeprefix(SD)
        for triple in graph
        for term in triple
        if str(term).startswith(SD)
    }
    assert used == TERMS
    # The default graph is the union of the named ones, as it says.
    assert count("?s ?p ?o") == count("{ SELECT DISTINCT ?s ?p ?o { GRAPH ?g { ?s ?p ?o } } }")


@pytest.mark.parametrize("host", ["kitei.example", "127.0.0.1:8000", "[::1]:8000", "xn--k7y.jp"])
def test_the_endpoint_is_the_one_that_was_asked(host: str) -> None:
    graph = graph_of(client().get("/sparql", headers={"Host": host}))
    assert list(graph.objects(None, SD.endpoint)) == [URIRef(f"http://{host}/sparql")]
    below = client().get("/sparql", base_url=f"https://{host}/rules", follow_redirects=False)
    assert list(graph_of(below).objects(None, SD.endpoint)) == [
        URIRef(f"https://{host}/rules/sparql")
    ]


@pytest.mark.parametrize("host", ["a b", "<x>", "a/b", 'x"y', "x\\y", "a:99999999", "a>b", "é"])
def test_a_host_that_is_none_is_refused(host: str) -> None:
    for address in ("/sparql", VOID_ADDRESS, "/ns/Rule"):
        response = client().get(address, environ_overrides={"HTTP_HOST": host})
        assert "Host" in str(assert_problem(response, 400)["detail"])


@pytest.mark.parametrize("address", ["/sparql", VOID_ADDRESS])
def test_every_named_graph_is_listed_with_its_size(address: str) -> None:
    graph = described(f"{address}?as-of={AS_OF}")
    names = set(graph.objects(None, SD.name)) | set(graph.objects(None, VOID.subset))
    asked = {"query": "SELECT DISTINCT ?g { GRAPH ?g {} }", "as-of": AS_OF}
    rows = client().get("/sparql", query_string=asked).get_json(force=True)["results"]["bindings"]
    assert {str(name) for name in names} == {row["g"]["value"] for row in rows}
    roster = f"{ID}graph/roster"
    assert {URIRef(roster), URIRef(f"{ID}day/{AS_OF}")} <= names
    inside = count(f"GRAPH <{roster}> {{ ?s ?p ?o }}")
    for holder in [URIRef(roster), *graph.objects(None, SD.graph)]:
        labels = {*graph.objects(holder, RDFS.label), *graph.objects(holder, DCTERMS.title)}
        if Literal("名簿", "ja") in labels:
            assert int(str(graph.value(holder, VOID.triples))) == inside


def test_without_a_roster_its_graph_is_not_there() -> None:
    for address in ("/sparql", VOID_ADDRESS):
        text = client(False).get(address, headers={"Accept": "application/n-triples"}).text
        assert f"{ID}graph/roster>" not in text
        assert f"{ID}graph/oshu/organization>" in text


@pytest.mark.parametrize("address", ["/sparql", VOID_ADDRESS])
@pytest.mark.parametrize("media_type", GRAPH_TYPES)
def test_a_description_is_negotiated(address: str, media_type: str) -> None:
    response = client().get(address, headers={"Accept": media_type})
    assert response.mimetype == media_type
    assert "Accept" in response.vary
    assert_problem(client().get(address, headers={"Accept": "text/csv"}), 406)
    page = client().get(address, headers={"Accept": "text/html"})
    assert "sparql" in Page(page.text).said.lower()


def test_void_describes_the_dataset() -> None:
    graph = described(f"{VOID_ADDRESS}?as-of={AS_OF}")
    (document,) = graph.subjects(RDF.type, VOID.DatasetDescription)
    whole = graph.value(document, FOAF.primaryTopic)
    assert (whole, RDF.type, VOID.Dataset) in graph
    assert int(str(graph.value(whole, VOID.triples))) == count("?s ?p ?o")
    assert int(str(graph.value(whole, VOID.distinctSubjects))) == count(
        "{ SELECT DISTINCT ?s { ?s ?p ?o } }"
    )
    assert graph.value(whole, VOID.uriSpace) == Literal(ID)
    assert graph.value(whole, VOID.sparqlEndpoint) == URIRef("http://localhost/sparql")
    vocabularies = {str(iri) for iri in graph.objects(whole, VOID.vocabulary)}
    assert {KITEI, "http://www.w3.org/ns/org#", "http://data.europa.eu/eli/ontology#"} <= (
        vocabularies
    )
    languages = {title.language for title in graph.objects(whole, DCTERMS.title)}  # type: ignore[attr-defined]
    assert languages == {"ja", "en"}


def test_every_dump_of_void_can_be_fetched_and_has_the_size_it_says() -> None:
    graph = described(f"{VOID_ADDRESS}?as-of={AS_OF}")
    dumps = list(graph.subject_objects(VOID.dataDump))
    assert len(dumps) > 20
    for dataset, dump in dumps:
        address = "/" + str(dump).split("/", 3)[3]
        fetched = client().get(f"{address}&as-of={AS_OF}", headers={"Accept": "text/turtle"})
        size = len(graph_of(fetched))
        assert size == int(str(graph.value(dataset, VOID.triples))), dump


def test_the_root_resource_is_described() -> None:
    (root,) = described(VOID_ADDRESS).objects(None, VOID.rootResource)
    assert client().get(f"/id/{str(root).removeprefix(ID)}").status_code == 200


def test_what_looks_like_a_query_gone_wrong_is_no_request_for_a_description() -> None:
    for asked in ("qury=ASK%7B%7D", "default-graph-uri=urn:g", "Query=ASK%7B%7D"):
        assert "no query" in str(assert_problem(client().get(f"/sparql?{asked}"), 400)["detail"])
    assert_problem(client().get("/sparql?as-of=never"), 400)
    assert client().head("/sparql").status_code == 200
