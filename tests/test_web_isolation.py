"""No query reads a file or asks another server, however it is written."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from tests.web_support import JSON, assert_problem, client, fresh_city

from kitei.kb import GraphFile
from kitei.web import create_app

HIDDEN = "urn:secret:7f3a"


class Trap:
    """A server that nobody is to call, and a file that nobody is to read."""

    def __init__(self, folder: Path) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._socket.setblocking(False)
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}/data.ttl"
        self.file = folder / "secret.ttl"
        self.file.write_text(f"<{HIDDEN}> <urn:p> <urn:o> .", encoding="utf-8")

    def was_called(self) -> bool:
        """Whether anybody has connected."""
        try:
            self._socket.accept()[0].close()
        except BlockingIOError:
            return False
        return True

    def close(self) -> None:
        """Stop listening."""
        self._socket.close()


@pytest.fixture
def trap(tmp_path: Path) -> Iterator[Trap]:
    made = Trap(tmp_path)
    yield made
    called = made.was_called()
    made.close()
    assert not called


def test_a_trap_notices(tmp_path: Path) -> None:
    made = Trap(tmp_path)
    with socket.create_connection(("127.0.0.1", int(made.url.split(":")[2].split("/")[0])), 5):
        assert made.was_called()
    made.close()


def sources(trap: Trap) -> list[str]:
    return [
        trap.url,
        trap.url.replace("127.0.0.1", "localhost"),
        trap.file.as_uri(),
        str(trap.file),
        f"file:{trap.file}",
        f"file://localhost{trap.file}",
        f"FILE://{trap.file}",
        f"{trap.url}#x",
    ]


NAMING = [
    "SELECT * FROM <SOURCE> { ?s ?p ?o }",
    "SELECT * FROM NAMED <SOURCE> { GRAPH ?g { ?s ?p ?o } }",
    "SELECT * FROM NAMED <SOURCE> { GRAPH <SOURCE> { ?s ?p ?o } }",
    "SELECT * { GRAPH <SOURCE> { ?s ?p ?o } }",
    "SELECT * { GRAPH ?g { ?s ?p ?o } VALUES ?g { <SOURCE> } }",
    "BASE <SOURCE> SELECT * FROM <> { ?s ?p ?o }",
]


@pytest.mark.parametrize("naming", NAMING)
def test_naming_a_graph_fetches_nothing(naming: str, trap: Trap) -> None:
    for source in sources(trap):
        escaped = f"\\u{ord(source[0]):04x}{source[1:]}"
        for name in (source, escaped):
            query = naming.replace("SOURCE", name)
            response = client().get("/sparql", query_string={"query": query})
            assert HIDDEN not in response.text
            if response.status_code == 200:
                assert response.get_json(force=True)["results"]["bindings"] == []
            else:
                assert_problem(response, 400)
        described = client().get("/sparql", query_string={"query": f"DESCRIBE <{source}>"})
        assert HIDDEN not in described.text


def test_parameters_that_name_a_graph_fetch_nothing(trap: Trap) -> None:
    for source in sources(trap):
        for name in ("default-graph-uri", "named-graph-uri"):
            for query in ("SELECT * { ?s ?p ?o }", "SELECT * { GRAPH ?g { ?s ?p ?o } }"):
                asked = urlencode({"query": query, name: source})
                for response in (
                    client().get(f"/sparql?{asked}", headers={"Accept": JSON}),
                    client().post(
                        "/sparql", data=asked, content_type="application/x-www-form-urlencoded"
                    ),
                ):
                    assert HIDDEN not in response.text
                    assert response.status_code in (200, 400)
        response = client().get("/graphs", query_string={"graph": source})
        assert response.status_code in (400, 404)


SPELLINGS = [
    "SELECT * { SERVICE <URL> { ?s ?p ?o } }",
    "SELECT * { SERVICE SILENT <URL> { ?s ?p ?o } }",
    "SELECT * { service silent <URL> { ?s ?p ?o } }",
    "SELECT * { sErViCe<URL>{?s ?p ?o} }",
    "SELECT * { SERVICE#\n<URL> {} }",
    "SELECT * { SERVICE # <urn:x> {\n SILENT # }\n <URL> {} }",
    "SELECT * { SERVICE\t\r\n<URL>{} }",
    "SELECT * { \\u0053ERVICE <URL> {} }",
    "SELECT * { \\U00000053\\u0045\\u0052\\u0056\\u0049\\u0043\\u0045 <URL> {} }",
    "SELECT * { \\u0073ervice \\u0073ilent <URL> {} }",
    "SELECT * { SERVICE \\u003CURL\\u003E {} }",
    "SELECT * { OPTIONAL { SERVICE SILENT <URL> {} } }",
    "SELECT * { { SELECT * { SERVICE <URL> {} } } }",
    "SELECT * { GRAPH ?g { SERVICE <URL> {} } }",
    "SELECT * { ?s ?p ?o MINUS { SERVICE SILENT <URL> {} } }",
    "SELECT * { FILTER EXISTS { SERVICE <URL> {} } }",
    "SELECT * { FILTER NOT EXISTS { { SERVICE SILENT <URL> {} } } }",
    "SELECT (EXISTS { SERVICE SILENT <URL> {} } AS ?x) {}",
    "SELECT * { BIND(<URL> AS ?where) SERVICE ?where {} }",
    "SELECT * { VALUES ?where { <URL> } SERVICE SILENT ?where {} }",
    "BASE <URL> SELECT * { SERVICE <> {} }",
    "PREFIX : <URL> SELECT * { SERVICE : {} }",
    "PREFIX service: <URL> SELECT * { SERVICE service: {} }",
    "ASK { SERVICE <URL> {} }",
    "CONSTRUCT { ?s ?p ?o } { SERVICE <URL> { ?s ?p ?o } }",
    "CONSTRUCT WHERE { SERVICE <URL> { ?s ?p ?o } }",
    "DESCRIBE ?s { SERVICE SILENT <URL> { ?s ?p ?o } }",
    'SELECT * { ?s ?p "\'" . SERVICE <URL> { ?s ?p "\'" } }',
    "SELECT * { ?s ?p '''\\''' ''' . SERVICE <URL> {} }",
    'SELECT * { ?s ?p """"#""" . SERVICE <URL> {} }',
    "SELECT * { FILTER(1 <2) SERVICE <URL> {} FILTER(3> 2) }",
    "SELECT * { FILTER(?a<?b&&?c>?d) SERVICE <URL> {} }",
    "SELECT * { ?s <urn:a\\u0023b> ?o . SERVICE <URL> {} }",
    "SELECT * { ?s :a\\#b ?o . SERVICE <URL> {} }",
    "SELECT * { ?s ?p ?o . SERVICE <URL> {} } #",
    "\ufeffSELECT * { SERVICE <URL> {} }",
    "SELECT * { LATERAL { SERVICE <URL> {} } }",
]


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_no_other_server_is_asked(spelling: str, trap: Trap) -> None:
    query = spelling.replace("URL", trap.url)
    for response in (
        client().get("/sparql", query_string={"query": query}),
        client().post("/sparql", data={"query": query}),
        client().post("/sparql", data=query.encode(), content_type="application/sparql-query"),
    ):
        assert_problem(response, 400)


@pytest.mark.parametrize(
    "update",
    [
        "LOAD <URL>",
        "LOAD SILENT <URL> INTO GRAPH <urn:g>",
        "LO\\u0041D <URL>",
        "INSERT { ?s ?p ?o } WHERE { SERVICE <URL> { ?s ?p ?o } }",
        "INSERT DATA { <urn:s> <urn:p> <urn:o> }",
        "ASK {} ; LOAD <URL>",
    ],
)
def test_updates_load_nothing(update: str, trap: Trap) -> None:
    query = update.replace("URL", trap.url)
    before = client().get("/graphs?default&as-of=2024-06-05").data
    for body, content_type in (
        (query.encode(), "application/sparql-query"),
        (query.encode(), "application/sparql-update"),
        (urlencode({"query": query}).encode(), "application/x-www-form-urlencoded"),
        (urlencode({"update": query}).encode(), "application/x-www-form-urlencoded"),
    ):
        response = client().post("/sparql", data=body, content_type=content_type)
        assert response.status_code in (400, 415)
    assert client().get("/graphs?default&as-of=2024-06-05").data == before


def test_imports_in_data_are_not_followed(trap: Trap, tmp_path: Path) -> None:
    path = tmp_path / "importing.ttl"
    path.write_text(
        f"@prefix owl: <http://www.w3.org/2002/07/owl#> .\n"
        f"<urn:o> a owl:Ontology ; owl:imports <{trap.url}>, <{trap.file.as_uri()}> .",
        encoding="utf-8",
    )
    importing = create_app(fresh_city(False, [GraphFile(path, "urn:importing")])).test_client()
    for address in ("/sparql", "/.well-known/void", "/graphs?default", "/ns", "/"):
        response = importing.get(address)
        assert response.status_code == 200
        assert HIDDEN not in response.text
