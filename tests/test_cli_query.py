"""``kitei query``: any SPARQL query over rules, text, chart, roster and the facts of a day."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest
from tests.cli_support import ROSTER, Outcome, kitei

AS_OF = "2024-06-05"
WHO_ACTS = """PREFIX kitei: <https://w3id.org/kitei/ns#>
PREFIX foaf: <http://xmlns.com/foaf/0.1/>
SELECT ?person ?name {
  ?day a kitei:AskedDay . ?case kitei:day ?day ; kitei:actedBy ?person . ?person foaf:name ?name
}"""


@pytest.fixture
def query(tmp_path: Path):  # type: ignore[no-untyped-def]
    def run(sparql: str, *options: str) -> Outcome:
        path = tmp_path / "query.rq"
        path.write_text(sparql, encoding="utf-8")
        return kitei("query", path, "--as-of", AS_OF, "--roster", ROSTER, "--lang", "en", *options)

    return run


def test_solutions_are_a_table_for_people(query) -> None:  # type: ignore[no-untyped-def]
    outcome = query(WHO_ACTS)
    assert outcome.code == 0
    header, _, row = outcome.out.splitlines()
    assert header.split() == ["person", "name"]
    assert row == "id:032158/person/B001  見本 総務"


def test_machines_get_the_standard_formats(query) -> None:  # type: ignore[no-untyped-def]
    document = json.loads(query(WHO_ACTS, "--format", "json").out)
    assert document["results"]["bindings"][0]["name"]["value"] == "見本 総務"
    csv = query(WHO_ACTS, "--format", "csv")
    assert csv.table[1] == ["https://w3id.org/kitei/id/032158/person/B001", "見本 総務"]
    assert query(WHO_ACTS, "--format", "tsv").out.startswith("?person\t?name\n<")
    assert query(WHO_ACTS, "--format", "xml").out.startswith("<?xml")


def test_graphs_are_turtle_with_the_prefixes_they_use(query) -> None:  # type: ignore[no-untyped-def]
    sparql = "CONSTRUCT { <s> a <https://w3id.org/kitei/ns#Day> } {}"
    turtle = query(sparql).out
    assert "id:s a kitei:Day ." in turtle
    assert [line.split()[1] for line in turtle.splitlines()[:-1]] == ["id:", "kitei:"]
    assert turtle == query(sparql, "--format", "turtle").out
    assert query(sparql, "--format", "json").document
    assert "<rdf:RDF" in query(sparql, "--format", "xml").out


def test_ask_says_true_or_false(query) -> None:  # type: ignore[no-untyped-def]
    assert query("ASK {}").out == "true\n"
    assert query("ASK { <a> <b> <c> }").out == "false\n"


def test_the_query_may_come_from_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    stdin = io.TextIOWrapper(io.BytesIO("﻿ASK {} # 問い".encode()))
    monkeypatch.setattr(sys, "stdin", stdin)
    assert kitei("query", "-").out == "true\n"


def test_without_a_roster_the_rules_alone_are_asked(tmp_path: Path) -> None:
    path = tmp_path / "query.rq"
    path.write_text(WHO_ACTS, encoding="utf-8")
    outcome = kitei("query", path, "--as-of", AS_OF, "--format", "csv")
    assert outcome.table == [["person", "name"]]


@pytest.mark.parametrize(
    ("sparql", "options", "told"),
    [
        ("SELECT", (), "cannot be run"),
        ("SELECT * { ?s ?p", (), "cannot be run"),
        ("ASK {} ASK {}", (), "cannot be run"),
        ("CLEAR ALL", (), "updates are refused"),
        ("SELECT * { SERVICE <http://example.org/> {} }", (), "SERVICE is refused"),
        ("ASK " + "{" * 5000, (), "too deeply"),
        ("ASK {}", ("--format", "turtle"), "cannot be written as turtle"),
        ("CONSTRUCT { <s> <p> 1 } {}", ("--format", "csv"), "cannot be written as csv"),
        ("ASK {}", ("--as-of", "never"), "not a date"),
    ],
)
def test_a_bad_query_is_one_line(  # type: ignore[no-untyped-def]
    query, sparql: str, options: tuple[str, ...], told: str
) -> None:
    outcome = query(sparql, *options)
    assert outcome.code == 2
    assert outcome.out == ""
    assert told in outcome.err
    assert outcome.err.count("\n") == 1


def test_a_query_that_cannot_be_read_is_exit_3(tmp_path: Path) -> None:
    latin = tmp_path / "latin.rq"
    latin.write_bytes(b"ASK { ?s ?p '\xe9' }")
    for path in (latin, tmp_path / "absent.rq", tmp_path):
        outcome = kitei("query", path)
        assert (outcome.code, outcome.out, outcome.err.count("\n")) == (3, "", 1)
