"""Clients of other makes ask a real service: SPARQLWrapper, rdflib's store, Comunica, curl."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import signal
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from rdflib import Graph, Literal, URIRef
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from SPARQLWrapper import CSV, JSON, POST, POSTDIRECTLY, TURTLE, XML, SPARQLWrapper
from SPARQLWrapper.SPARQLExceptions import QueryBadFormed
from tests.cli_support import ROSTER
from tests.support import ROOT
from tests.test_cli_serve import AS_OF, Server
from tests.web_support import client

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")

PREFIXES = """
PREFIX foaf: <http://xmlns.com/foaf/0.1/>
PREFIX kitei: <https://w3id.org/kitei/ns#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
"""
ACTING = f"""{PREFIXES}
SELECT ?name ?missing WHERE {{
  ?case kitei:day/a kitei:AskedDay ; kitei:post/rdfs:label "CDO"@ja ;
    kitei:actedBy/foaf:name ?name .
  OPTIONAL {{ ?case kitei:nothingLikeThis ?missing }}
}}"""
NAMED = f"""{PREFIXES}
ASK {{ ?person foaf:name "見本 総務" }}"""
FACTS = f"""{PREFIXES}
CONSTRUCT {{ ?person foaf:name ?name }}
WHERE {{ ?person foaf:name ?name . FILTER(STRSTARTS(?name, "見本 総務")) }}"""
WHO = "見本 総務"
LOCKED = ROOT / "tests" / "comunica"
COMMANDS = ("node", "npm")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    made = Server("--roster", str(ROSTER), "--open-roster", "--rate", "0")
    yield made
    made.stop(signal.SIGTERM)


def endpoint(server: Server) -> str:
    return f"http://127.0.0.1:{server.port}/sparql"


# -- SPARQLWrapper ----------------------------------------------------------------------------


def wrapped(server: Server, query: str, form: str, method: str | None = None) -> Any:
    """What SPARQLWrapper makes of the answer."""
    client = SPARQLWrapper(endpoint(server))
    client.addParameter("as-of", AS_OF)
    client.setReturnFormat(form)
    if method:
        client.setMethod(POST)
        client.setRequestMethod(method)
    client.setQuery(query)
    return client.queryAndConvert()


@pytest.mark.parametrize("method", [None, "urlencoded", POSTDIRECTLY])
def test_sparqlwrapper_reads_solutions(server: Server, method: str | None) -> None:
    rows = wrapped(server, ACTING, JSON, method)["results"]["bindings"]
    assert [row["name"]["value"] for row in rows] == [WHO]
    assert "missing" not in rows[0]


def test_sparqlwrapper_reads_every_form(server: Server) -> None:
    document = wrapped(server, ACTING, XML)
    assert WHO in document.toxml()
    assert WHO in wrapped(server, ACTING, CSV).decode()
    assert wrapped(server, NAMED, JSON)["boolean"] is True
    graph = Graph().parse(data=wrapped(server, FACTS, TURTLE), format="turtle")
    assert [str(name) for name in graph.objects()] == [WHO]


def test_sparqlwrapper_is_told_what_is_wrong(server: Server) -> None:
    with pytest.raises(QueryBadFormed):
        wrapped(server, "SELECT WHERE", JSON)


# -- rdflib -----------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
def test_the_store_of_rdflib_asks(server: Server, method: str) -> None:
    store = SPARQLStore(endpoint(server), method=method, params={"as-of": AS_OF})
    graph = Graph(store)
    rows = list(graph.query(ACTING))
    assert [row[0] for row in rows] == [Literal(WHO)]  # type: ignore[index]
    assert bool(graph.query(NAMED)) is True
    name = URIRef("http://xmlns.com/foaf/0.1/name")
    (person,) = graph.subjects(name, Literal(WHO))
    assert (person, name, Literal(WHO)) in graph
    assert graph.value(person, name) == Literal(WHO)


# -- Comunica ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def comunica() -> Path:
    """Comunica as its lock says, installed once for all runs."""
    if not all(map(shutil.which, COMMANDS)):
        pytest.skip("needs Node and npm for Comunica")
    lock = (LOCKED / "package-lock.json").read_bytes()
    digest = sha256(lock).hexdigest()[:12]
    folder = Path(tempfile.gettempdir()) / f"kitei-comunica-{os.getuid()}-{digest}"
    if not folder.is_dir():
        _install(folder)
    # Others may write into the folder for temporary files.
    state = folder.stat()
    assert state.st_uid == os.getuid() and not state.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    return folder / "node_modules" / "@comunica" / "query-sparql" / "bin" / "query.js"


def _install(folder: Path) -> None:
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix="kitei-npm-") as made:
        whole = Path(made) / "whole"
        shutil.copytree(LOCKED, whole)
        fetched = subprocess.run(
            ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
            cwd=whole,
            capture_output=True,
            text=True,
            check=False,
        )
        if fetched.returncode:
            pytest.skip("npm could not fetch Comunica")
        whole.chmod(0o700)
        # Another process of the same run may have been first.
        with suppress(OSError):
            whole.rename(folder)


def asked_by(comunica: Path, source: str, query: str, form: str) -> str:
    """What Comunica prints."""
    done = subprocess.run(
        ["node", str(comunica), source, "-q", query, "-t", form],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_comunica_asks_the_endpoint(server: Server, comunica: Path) -> None:
    # It appends "?query=" to any address, so it can say no day; what it asks is of all days.
    source = f"sparql@{endpoint(server)}"
    who = f"""{PREFIXES}
    SELECT ?name ?missing WHERE {{
      ?person kitei:staffId "B001" ; foaf:name ?name .
      OPTIONAL {{ ?person kitei:nothingLikeThis ?missing }}
    }}"""
    results = "application/sparql-results+json"
    rows = json.loads(asked_by(comunica, source, who, results))["results"]["bindings"]
    assert [row["name"]["value"] for row in rows] == [WHO]
    assert "missing" not in rows[0]
    assert "true" in asked_by(comunica, source, NAMED, "simple")
    triples = asked_by(comunica, source, FACTS, "application/n-triples")
    assert [str(name) for name in Graph().parse(data=triples, format="nt").objects()] == [WHO]


def test_comunica_reads_what_a_name_stands_for(server: Server, comunica: Path) -> None:
    place = f"http://127.0.0.1:{server.port}/ns/Rule?as-of={AS_OF}"
    query = PREFIXES + "SELECT ?label { kitei:Rule rdfs:label ?label } ORDER BY ?label"
    found = json.loads(asked_by(comunica, f"file@{place}", query, "application/json"))
    assert len(found) == 2, "in Japanese and in English"


# -- curl -------------------------------------------------------------------------------------


def curl(server: Server, path: str, *options: str) -> bytes:
    """What curl prints for a path."""
    return subprocess.run(
        ["curl", "--silent", "--show-error", "--max-time", "60", *options,
         f"http://127.0.0.1:{server.port}{path}"],
        capture_output=True,
        check=True,
    ).stdout  # fmt: skip


def test_curl_asks_in_sparql(server: Server, tmp_path: Path) -> None:
    file = tmp_path / "query.rq"
    file.write_text(ACTING, encoding="utf-8")
    query = f"query@{file}"
    for options in (
        ("--get", "--data-urlencode", query),
        ("--data-urlencode", query),
        ("--header", "Content-Type: application/sparql-query", "--data-binary", f"@{file}"),
    ):
        body = curl(server, f"/sparql?as-of={AS_OF}", *options, "--header", "Accept: text/csv")
        assert body.decode().split("\r\n")[:2] == ["name,missing", f"{WHO},"]


def test_curl_asks_a_question(server: Server, tmp_path: Path) -> None:
    asked = f"post=CDO&as-of={AS_OF}"
    answers = json.loads(curl(server, f"/q/who-acts?{asked}"))["answers"]
    assert [answer["name"] for answer in answers] == [WHO]
    for_excel = curl(server, f"/q/who-acts.csv?{asked}&excel=true").decode("utf-8-sig")
    assert [row["name"] for row in csv.DictReader(io.StringIO(for_excel, newline=""))] == [WHO]
    options = ("--remote-name", "--remote-header-name", "--output-dir", str(tmp_path))
    curl(server, f"/q/who-acts.xlsx?{asked}&lang=ja", *options)
    (saved,) = tmp_path.iterdir()
    assert saved.name == f"who-acts-{AS_OF}.xlsx"
    assert WHO in [cell.value for cell in load_workbook(saved)["回答"][2]]


def test_curl_is_told_what_has_not_changed(server: Server, tmp_path: Path) -> None:
    saved, tag = tmp_path / "answer", tmp_path / "tag"
    path = f"/q/who-acts?post=CDO&as-of={AS_OF}"
    curl(server, path, "--etag-save", str(tag), "--output", str(saved))
    written = ("--write-out", "%{http_code}", "--output", str(saved))
    assert curl(server, path, "--etag-compare", str(tag), *written) == b"304"
    assert curl(server, path, *written) == b"200"


def test_workers_validate_alike(server: Server) -> None:
    """Any worker answers, so its bytes must be those of any other one."""
    path = f"/q/who-acts.xlsx?post=CDO&as-of={AS_OF}&lang=ja"
    asked = {"post": "CDO", "as-of": AS_OF, "lang": "ja"}
    assert curl(server, path) == client().get("/q/who-acts.xlsx", query_string=asked).data
