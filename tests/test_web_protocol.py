"""The W3C's own tests of the SPARQL 1.1 Protocol; updates are refused."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from rdflib import RDF, Graph, Literal, Namespace, Node, URIRef
from rdflib.collection import Collection
from tests.support import needs_shared, shared
from tests.web_support import fresh_city
from werkzeug.test import TestResponse

from kitei.kb import GraphFile
from kitei.web import create_app

MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
HT = Namespace("http://www.w3.org/2011/http#")
CNT = Namespace("http://www.w3.org/2011/content#")
STATUS = "http://www.w3.org/2011/http-statusCodes#StatusCode"
BASE = "http://kasei.us/2009/09/sparql/data/data"
FORMATS = {
    "boolean": ("application/sparql-results+json", "application/sparql-results+xml"),
    "tabular": ("application/sparql-results+json", "application/sparql-results+xml", "text/csv"),
    "RDF": ("text/turtle", "application/n-triples", "application/rdf+xml"),
}
NAMES = [
    "query_post_form",
    "query_dataset_default_graphs_get",
    "query_dataset_default_graphs_post",
    "query_dataset_named_graphs_post",
    "query_dataset_named_graphs_get",
    "query_dataset_full",
    "query_multiple_dataset",
    "query_get",
    "query_content_type_select",
    "query_content_type_ask",
    "query_content_type_describe",
    "query_content_type_construct",
    "query_post_direct",
    "bad_query_method",
    "bad_multiple_queries",
    "bad_query_wrong_media_type",
    "bad_query_missing_form_type",
    "bad_query_missing_direct_type",
    "bad_query_non_utf8",
    "bad_query_syntax",
    "bad_update_get",
    "bad_multiple_updates",
    "bad_update_wrong_media_type",
    "bad_update_missing_form_type",
    "bad_update_non_utf8",
    "bad_update_syntax",
    "bad_update_dataset_conflict",
]


@pytest.fixture(scope="module")
def manifest() -> Graph:
    folder = shared()
    assert folder is not None
    return Graph().parse(
        folder / "w3c" / "protocol" / "manifest.ttl", publicID="http://example.org/w3c/"
    )


@pytest.fixture(scope="module")
def endpoint() -> FlaskClient:
    folder = shared()
    assert folder is not None
    files = [
        GraphFile(folder / "w3c" / "protocol" / f"data{n}.nt", f"{BASE}{n}.rdf") for n in (1, 2, 3)
    ]
    return create_app(fresh_city(False, files)).test_client()


@needs_shared
@pytest.mark.parametrize("name", NAMES)
def test_protocol(name: str, manifest: Graph, endpoint: FlaskClient) -> None:
    for request in requests(manifest, name):
        response = send(endpoint, manifest, request)
        expected = manifest.value(request, HT.resp)
        statuses = {
            str(status).removeprefix(STATUS)[0]
            for status in manifest.objects(expected, MF.expectedStatus)
        }
        assert str(response.status_code)[0] in statuses, response.text
        if form := manifest.value(expected, MF.expectedFormat):
            assert response.mimetype in FORMATS[str(form)]
        truth = manifest.value(expected, MF.expectedBoolean)
        if isinstance(truth, Literal):
            assert response.get_json(force=True)["boolean"] is truth.toPython()


@needs_shared
def test_no_query_test_of_the_manifest_is_left_out(manifest: Graph) -> None:
    known = {str(test) for test in manifest.subjects(RDF.type, MF.ProtocolTest)}
    wanted = {iri.rpartition("#")[2].rpartition("/")[2] for iri in known}
    assert {name for name in wanted if not name.startswith("update_")} == set(NAMES)


@needs_shared
def test_every_update_of_the_manifest_is_refused(manifest: Graph, endpoint: FlaskClient) -> None:
    known = sorted(str(test) for test in manifest.subjects(RDF.type, MF.ProtocolTest))
    names = [iri.rpartition("#")[2] for iri in known if "#update_" in iri]
    assert len(names) == 7
    before = endpoint.get("/graphs?default").data
    for name in names:
        first, *_ = requests(manifest, name)
        assert 400 <= send(endpoint, manifest, first).status_code < 500, name
    assert endpoint.get("/graphs?default").data == before


def requests(manifest: Graph, name: str) -> Iterator[Node]:
    (test,) = (
        subject
        for subject in manifest.subjects(RDF.type, MF.ProtocolTest)
        if isinstance(subject, URIRef) and subject.endswith(f"#{name}")
    )
    listed = manifest.value(manifest.value(test, MF.action), HT.requests)
    assert listed is not None
    yield from Collection(manifest, listed)


def send(endpoint: FlaskClient, manifest: Graph, request: Node) -> TestResponse:
    path = str(manifest.value(request, HT.absolutePath))
    body = manifest.value(request, HT.body)
    headers = {
        str(manifest.value(header, HT.fieldName)): str(manifest.value(header, HT.fieldValue))
        for listed in manifest.objects(request, HT.headers)
        for header in Collection(manifest, listed)
    }
    return endpoint.open(
        path,
        method=str(manifest.value(request, HT.methodName)),
        data=None if body is None else encoded(manifest, body),
        headers=headers,
    )


def encoded(manifest: Graph, body: Node) -> bytes:
    text = manifest.value(body, CNT.chars)
    encoding = manifest.value(body, CNT.characterEncoding)
    return str(text or "").encode(str(encoding or "UTF-8"))
