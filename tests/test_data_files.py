"""Files of others: served beside Kitei's graphs, whatever their format, and never reasoned with."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from tests.cli_support import ROSTER, Outcome, kitei, refused
from tests.web_support import city

from kitei import foreign
from kitei.ask import find
from kitei.city import ROSTER_GRAPH
from kitei.confined import Archive, Here
from kitei.dates import parse_day
from kitei.web import create_app

Words = list[str | Path]
DAY = "2024-06-05"
LISTED = "SELECT ?g ?s ?o WHERE { GRAPH ?g { ?s <http://example.org/p> ?o } } ORDER BY ?g ?s ?o"
OWN = "https://w3id.org/kitei/id/data/"
TRIPLE = '<http://example.org/s> <http://example.org/p> "令"@ja'
FORMATS = {
    "a.ttl": f"{TRIPLE} .",
    "a.nt": f"{TRIPLE} .\n",
    "a.nq": f"{TRIPLE} .\n",
    "a.trig": f"{TRIPLE} .",
    "a.rdf": """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
      xmlns:e="http://example.org/"><rdf:Description rdf:about="http://example.org/s">
      <e:p xml:lang="ja">令</e:p></rdf:Description></rdf:RDF>""",
    "a.jsonld": """{"@id": "http://example.org/s",
      "http://example.org/p": {"@value": "令", "@language": "ja"}}""",
}


def query(folder: Path, sparql: str, *files: Path) -> Outcome:
    (folder / "q.rq").write_text(sparql, encoding="utf-8")
    given: Words = [word for file in files for word in ("--data", file)]
    day = ["--as-of", DAY, "--format", "csv"]
    return kitei("query", folder / "q.rq", *day, "--roster", ROSTER, *given)


def written(folder: Path, name: str, text: str) -> Path:
    file = folder / name
    file.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
    return file


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("packed", ["", ".gz"])
def test_a_file_of_each_format_is_a_graph_named_by_the_file(
    name: str, packed: str, tmp_path: Path
) -> None:
    outcome = query(tmp_path, LISTED, written(tmp_path, name + packed, FORMATS[name]))
    assert outcome.table[1:] == [[f"{OWN}{name}{packed}", "http://example.org/s", "令"]]


@pytest.mark.parametrize("name", ["a.nq", "a.trig"])
def test_quads_keep_their_graphs(name: str, tmp_path: Path) -> None:
    graph = "<http://example.org/g>"
    text = f"{TRIPLE} {graph} ." if name == "a.nq" else f"{graph} {{ {TRIPLE} }}"
    outcome = query(tmp_path, LISTED, written(tmp_path, name, text))
    assert outcome.table[1:] == [["http://example.org/g", "http://example.org/s", "令"]]


def test_a_name_in_japanese_and_a_relative_address_belong_to_the_file(tmp_path: Path) -> None:
    file = written(tmp_path, "職員 1.ttl", "<#s> <http://example.org/p> 1 .")
    graph = f"{OWN}%E8%81%B7%E5%93%A1%201.ttl"
    assert query(tmp_path, LISTED, file).table[1:] == [[graph, f"{graph}#s", "1"]]


def test_blank_nodes_of_two_files_are_two(tmp_path: Path) -> None:
    files = [
        written(tmp_path, name, "_:x <http://example.org/p> _:x .") for name in ("a.nt", "b.nt")
    ]
    count = "SELECT (COUNT(DISTINCT ?s) AS ?n) WHERE { ?s <http://example.org/p> ?s }"
    assert query(tmp_path, count, *files).table[1:] == [["2"]]


def test_a_blank_node_is_one_throughout_its_file(tmp_path: Path) -> None:
    text = "".join(
        f"_:x <http://example.org/p> <http://example.org/{n}> .\n" for n in range(60_000)
    )
    count = "SELECT (COUNT(DISTINCT ?s) AS ?n) (COUNT(*) AS ?all) { ?s <http://example.org/p> ?o }"
    assert query(tmp_path, count, written(tmp_path, "a.nt", text)).table[1:] == [["1", "60000"]]


def test_a_triple_in_two_files_counts_once_where_no_graph_is_named(tmp_path: Path) -> None:
    files = [written(tmp_path, name, FORMATS["a.nt"]) for name in ("a.nt", "b.nt")]
    count = "SELECT (COUNT(*) AS ?n) WHERE { ?s <http://example.org/p> ?o }"
    assert query(tmp_path, count, *files).table[1:] == [["1"]]


@pytest.mark.parametrize(
    ("name", "text", "place"),
    [
        ("a.ttl", "<http://example.org/s> a\n  zz .", "line 2"),
        ("a.nq", "<http://example.org/s> .", "line 1"),
        ("a.jsonld", '{"@context": "http://example.org/context", "name": "x"}', "remote"),
        ("a.rdf", "<rdf:RDF", ""),
        ("a.ttl.gz", "", ""),
        ("a.csv", "a,b", "unknown format"),
        ("a.n3", "{ } => { } .", "unknown format"),
        ("a.trig", f"_:g {{ {TRIPLE} }}", "blank node"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_place(
    name: str, text: str, place: str, tmp_path: Path
) -> None:
    file = written(tmp_path, name, text)
    if not text:
        file.write_bytes(b"no gzip")
    (tmp_path / "q.rq").write_text("ASK {}")
    words: Words = ["query", tmp_path / "q.rq", "--as-of", DAY, "--data", file]
    assert str(file) in refused(3, *words).err
    assert place in kitei(*words, "--lang", "en").err


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    (tmp_path / "q.rq").write_text("ASK {}")
    words: Words = ["query", tmp_path / "q.rq", "--as-of", DAY, "--data", tmp_path / "none.ttl"]
    assert "none.ttl" in refused(3, *words).err


def test_xml_that_declares_entities_is_refused(tmp_path: Path) -> None:
    nested = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    outside = '<!ENTITY e0 SYSTEM "file:///etc/hostname">'
    (tmp_path / "q.rq").write_text("ASK {}")
    for declared in (f'<!ENTITY e0 "x">{nested}', outside):
        # Far from the beginning, so that the words may be cut in two where a block ends.
        head = f"<?xml version='1.0'?><!--{' ' * ((1 << 20) - 40)}--><!DOCTYPE r [{declared}]>"
        for name in ("a.rdf", "a.xml.gz"):
            file = written(tmp_path, name, head + FORMATS["a.rdf"].replace("令", "&e9;"))
            words: Words = ["query", tmp_path / "q.rq", "--as-of", DAY, "--data", file]
            assert "ENTITY" in refused(3, *words).err


def test_imports_are_triples_like_any_other(tmp_path: Path) -> None:
    imports = "http://www.w3.org/2002/07/owl#imports"
    file = written(tmp_path, "a.ttl", f"<http://example.org/o> <{imports}> <http://127.0.0.1:9/> .")
    asked = f"SELECT ?o {{ <http://example.org/o> <{imports}> ?o }}"
    assert query(tmp_path, asked, file).table[1:] == [["http://127.0.0.1:9/"]]


@pytest.mark.parametrize(
    "graph", [ROSTER_GRAPH, f"{OWN}b.ttl", f"https://w3id.org/kitei/id/day/{DAY}"]
)
def test_kiteis_own_graphs_cannot_be_written(graph: str, tmp_path: Path) -> None:
    file = written(tmp_path, "a.nq", f"{TRIPLE} <{graph}> .")
    (tmp_path / "q.rq").write_text("ASK {}")
    words: Words = ["query", tmp_path / "q.rq", "--as-of", DAY, "--data", file]
    assert graph in refused(2, *words).err


def test_two_files_of_one_name_are_refused(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    files = [written(folder, "a.nt", "") for folder in (tmp_path, tmp_path / "b")]
    (tmp_path / "q.rq").write_text("ASK {}")
    assert "a.nt" in refused(2, "query", tmp_path / "q.rq", "--data", *files).err


PREFIXES = """
@prefix kitei: <https://w3id.org/kitei/ns#> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix org: <http://www.w3.org/ns/org#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
INTRUDER = """
<https://w3id.org/kitei/id/032158/membership/intruder> a org:Membership ;
  org:member <http://example.org/intruder> ; kitei:post ?post ;
  kitei:assignment kitei:assignment-principal ; kitei:from "2020-01-01"^^xsd:date .
<http://example.org/intruder> a foaf:Person ; foaf:name "よそ者" ; kitei:staffId "X999" .
?post kitei:heldBy <http://example.org/intruder> ; kitei:actedBy <http://example.org/intruder> .
"""


def test_no_answer_comes_of_what_others_say(tmp_path: Path) -> None:
    known = city()
    before = known.copy().day(parse_day(DAY), judging=False)
    posts = before.select(
        "PREFIX kitei: <https://w3id.org/kitei/ns#> SELECT DISTINCT ?post { ?c kitei:post ?post }"
    )
    said = [INTRUDER.replace("?post", f"<{row['post']}>") for row in posts]
    files = foreign.files([written(tmp_path, "a.ttl", "".join([PREFIXES, *said]))])
    archive = Archive.of(known, foreign=foreign.dataset(files))
    client = create_app(known, Here(archive)).test_client()
    plain = create_app(known).test_client()
    for question in ("who-acts", "who-holds", "vacancies"):
        assert find(question)
        address = f"/q/{question}.json?as-of={DAY}"
        assert client.get(address).data == plain.get(address).data
    asked = {
        "query": 'SELECT ?s { ?s <http://xmlns.com/foaf/0.1/name> "よそ者" }',
        "as-of": DAY,
    }
    for service, count in ((client, 1), (plain, 0)):
        accepted = {"Accept": "application/sparql-results+json"}
        document = service.get("/sparql", query_string=asked, headers=accepted).text
        assert len(json.loads(document)["results"]["bindings"]) == count


def test_derived_facts_are_those_without_the_file(tmp_path: Path) -> None:
    derived = (
        "SELECT (COUNT(*) AS ?n) { GRAPH <https://w3id.org/kitei/id/day/2024-06-05> { ?s ?p ?o } }"
    )
    file = written(tmp_path, "a.ttl", "<http://example.org/s> a <https://w3id.org/kitei/ns#Day> .")
    assert query(tmp_path, derived, file).out == query(tmp_path, derived).out
