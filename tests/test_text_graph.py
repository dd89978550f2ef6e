"""The graph of the held text: complete, reproducible, and true to ELI."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pyoxigraph
import pytest
from rdflib import RDF, XSD, Graph, Literal, URIRef

from kitei.namespaces import PREFIXES, expand
from kitei.text import read
from kitei.text.__main__ import main
from kitei.text.graph import to_graph, to_turtle

FOLDER = Path(__file__).parents[1] / "data/oshu/dx-headquarters"
FILE, TURTLE = FOLDER / "2024-04-01.txt", FOLDER / "2024-04-01.text.ttl"
WORK = "https://w3id.org/kitei/id/032158/dx-headquarters"
VERSION = f"{WORK}/2024-04-01"
PLACE = "https://w3id.org/kitei/id/032158"

# What this layer uses of ELI, checked against the published list of terms (ELI 1.4/1.5).
ELI = {
    "LegalResource",
    "LegalResourceSubdivision",
    "LegalExpression",
    "amends",
    "cites",
    "consolidates",
    "date_document",
    "first_date_entry_in_force",
    "has_member",
    "is_member_of",
    "is_part_of",
    "is_realized_by",
    "language",
    "number",
    "realizes",
    "title",
    "type_document",
    "version_date",
}


@pytest.fixture(scope="module")
def graph() -> Graph:
    return Graph().parse(TURTLE, format="turtle")


def objects(graph: Graph, subject: str, predicate: str) -> list[str]:
    return sorted(str(o) for o in graph.objects(URIRef(subject), URIRef(expand(predicate))))


def rows(query: str) -> list[tuple[str, ...]]:
    """The answers of pyoxigraph over the committed file, in order."""
    store = pyoxigraph.Store()
    store.bulk_load(path=str(TURTLE), format=pyoxigraph.RdfFormat.TURTLE)
    head = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in PREFIXES.items())
    found = store.query(head + query)
    assert isinstance(found, pyoxigraph.QuerySolutions)
    return [tuple("" if value is None else value.value for value in row) for row in found]


def test_the_graph_alone_reproduces_the_file_byte_for_byte() -> None:
    query = f"""
    SELECT ?text WHERE {{
      ?node kitei:inVersion <{VERSION}> ; kitei:start ?start ; kitei:ownText ?text .
    }} ORDER BY ?start"""
    assert "".join(text for (text,) in rows(query)).encode() == FILE.read_bytes()


def test_no_character_is_owned_twice_and_none_by_nobody() -> None:
    query = """
    SELECT ?start (STRLEN(?text) AS ?length) WHERE {
      ?node kitei:start ?start ; kitei:ownText ?text .
    } ORDER BY ?start"""
    at = 0
    for start, length in rows(query):
        assert int(start) == at
        at += int(length)
    assert at == 2065


def test_the_committed_turtle_is_what_the_text_gives() -> None:
    assert to_turtle(read(FILE.read_bytes().decode()), WORK).encode() == TURTLE.read_bytes()


def test_the_turtle_says_what_the_graph_says(graph: Graph) -> None:
    assert set(graph) == set(to_graph(read(FILE.read_bytes().decode()), WORK))


def test_the_command_prints_the_committed_turtle() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "kitei.text", FILE, "--work", WORK],
        check=True,
        capture_output=True,
        env={"PYTHONPATH": str(FOLDER.parents[2] / "service")},
    )
    assert done.stdout == TURTLE.read_bytes()


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"\xff\xfe", "not UTF-8"), (b"no title", "line 1"), (None, "cannot be read")],
)
def test_the_command_says_in_one_line_why_it_cannot_read(
    content: bytes | None, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "a.txt"
    if content is not None:
        file.write_bytes(content)
    assert main([str(file), "--work", WORK]) == 3
    error = capsys.readouterr().err
    assert words in error
    assert error.count("\n") == 1


def test_only_declared_prefixes_and_only_used_ones() -> None:
    text = TURTLE.read_text(encoding="utf-8")
    assert text.startswith("# The text of a regulation as RDF. Generated; do not edit.")
    assert text.endswith("\n.\n")
    declared = [line.split()[1] for line in text.splitlines() if line.startswith("@prefix")]
    assert declared == sorted(declared)
    for prefix in declared:
        assert text.count(prefix) > 1


def test_every_eli_term_exists(graph: Graph) -> None:
    used = {
        str(term).removeprefix(PREFIXES["eli"])
        for triple in graph
        for term in triple
        if isinstance(term, URIRef) and str(term).startswith(PREFIXES["eli"])
    }
    assert used == ELI


def test_the_work_is_described_and_nobody_is_said_to_have_issued_it(graph: Graph) -> None:
    assert objects(graph, WORK, "rdf:type") == [expand("eli:LegalResource")]
    assert objects(graph, WORK, "eli:title") == ["奥州市デジタル推進本部規程"]
    assert objects(graph, WORK, "eli:number") == ["共同訓令第2号"]
    assert objects(graph, WORK, "eli:date_document") == ["2021-06-24"]
    assert objects(graph, WORK, "eli:type_document") == [
        expand("kitei:document-type-joint-directive")
    ]


def test_four_versions_were_in_force_and_one_text_is_held() -> None:
    query = """
    SELECT ?version ?from ?through ?held ?expression WHERE {
      ?version eli:is_member_of ?work ; eli:version_date ?from ; kitei:inForceFrom ?from ;
        eli:first_date_entry_in_force ?from ; kitei:textHeld ?held .
      ?work eli:has_member ?version .
      OPTIONAL { ?version kitei:inForceThrough ?through }
      OPTIONAL { ?version eli:is_realized_by ?expression }
    } ORDER BY ?from"""
    assert rows(query) == [
        (f"{WORK}/2021-07-01", "2021-07-01", "2022-03-31", "false", ""),
        (f"{WORK}/2022-04-01", "2022-04-01", "2023-03-31", "false", ""),
        (f"{WORK}/2023-04-01", "2023-04-01", "2024-03-31", "false", ""),
        (f"{WORK}/2024-04-01", "2024-04-01", "", "true", f"{VERSION}/ja"),
    ]


def test_no_version_is_an_expression(graph: Graph) -> None:
    expressions = set(graph.subjects(RDF.type, URIRef(expand("eli:LegalExpression"))))
    assert expressions == {URIRef(f"{VERSION}/ja")}
    assert not expressions & set(graph.subjects(RDF.type, URIRef(expand("eli:LegalResource"))))


def test_three_acts_amended_it_and_what_they_changed_is_said_to_be_unknown() -> None:
    query = """
    SELECT ?act ?day ?number ?force ?unknown ?supplement WHERE {
      ?act eli:amends ?work ; eli:date_document ?day ; eli:number ?number ;
        eli:first_date_entry_in_force ?force ; kitei:changesUnknown ?unknown ;
        eli:type_document kitei:document-type-joint-directive .
      ?supplement kitei:of ?act
    } ORDER BY ?act"""
    amendment = f"{WORK}/amendment"
    assert rows(query) == [
        (
            f"{amendment}/2022-1",
            "2022-03-31",
            "共同訓令第1号",
            "2022-04-01",
            "true",
            f"{VERSION}/suppl_2",
        ),
        (
            f"{amendment}/2023-2",
            "2023-03-27",
            "共同訓令第2号",
            "2023-04-01",
            "true",
            f"{VERSION}/suppl_3",
        ),
        (
            f"{amendment}/2024-2",
            "2024-03-22",
            "共同訓令第2号",
            "2024-04-01",
            "true",
            f"{VERSION}/suppl_4",
        ),
    ]


def test_each_version_consolidates_the_amendments_up_to_it(graph: Graph) -> None:
    acts = [f"{WORK}/amendment/{key}" for key in ("2022-1", "2023-2", "2024-2")]
    for number, day in enumerate(("2021-07-01", "2022-04-01", "2023-04-01", "2024-04-01")):
        assert objects(graph, f"{WORK}/{day}", "eli:consolidates") == acts[:number]


def test_the_first_supplementary_provision_is_the_work_s_own(graph: Graph) -> None:
    assert objects(graph, f"{VERSION}/suppl_1", "kitei:of") == [WORK]


def test_a_provision_has_all_that_the_contract_names(graph: Graph) -> None:
    item = f"{VERSION}/art_5__para_3__point_1"
    found = {
        name: objects(graph, item, name)
        for name in (
            "rdf:type",
            "eli:is_part_of",
            "eli:number",
            "kitei:inVersion",
            "kitei:eId",
            "kitei:order",
            "kitei:egovAnchor",
            "kitei:citation",
            "kitei:ownText",
        )
    }
    assert found == {
        "rdf:type": [expand("eli:LegalResourceSubdivision"), expand("kitei:Item")],
        "eli:is_part_of": [f"{VERSION}/art_5__para_3"],
        "eli:number": ["1"],
        "kitei:inVersion": [VERSION],
        "kitei:eId": ["art_5__para_3__point_1"],
        "kitei:order": ["2"],
        "kitei:egovAnchor": ["Mp-At_5-Pr_3-It_1"],
        "kitei:citation": ["Article 5, paragraph 3, item 1", "第5条第3項第1号"],
        "kitei:ownText": ["\n\n(1) "],
    }


@pytest.mark.parametrize(
    ("eid", "ja", "en"),
    [
        ("title", "題名", "Title"),
        ("art_9", "第9条", "Article 9"),
        ("art_9__para_1", "第9条", "Article 9"),
        ("art_9__para_1__sent_1", "第9条本文", "Article 9, main clause"),
        ("art_9__para_1__sent_2", "第9条ただし書", "Article 9, proviso"),
        ("art_3__para_2__sent_1", "第3条第2項", "Article 3, paragraph 2"),
        (
            "art_5__para_3__point_1__o_3",
            "第5条第3項第1号の3行目",
            "Article 5, paragraph 3, item 1, row 3",
        ),
        ("suppl_1__para_1", "附則", "Supplementary provisions"),
        (
            "suppl_4",
            "附則(令和6年3月22日共同訓令第2号)",
            "Supplementary provisions of 2024-03-22 (No. 2)",
        ),
        ("closing__o_3", "末尾の3行目", "Closing, row 3"),
    ],
)
def test_citations_follow_japanese_drafting(graph: Graph, eid: str, ja: str, en: str) -> None:
    found = {
        literal.language: str(literal)
        for literal in graph.objects(URIRef(f"{VERSION}/{eid}"), URIRef(expand("kitei:citation")))
        if isinstance(literal, Literal)
    }
    assert found == {"ja": ja, "en": en}


def test_only_certain_anchors_are_given(graph: Graph) -> None:
    anchors = {str(o) for o in graph.objects(None, URIRef(expand("kitei:egovAnchor")))}
    assert {"Mp-At_1", "Mp-At_11-Pr_1", "Mp-At_2-Pr_2-It_4"} <= anchors
    assert len(anchors) == 11 + 22 + 10


def test_the_proviso_points_to_its_main_clause(graph: Graph) -> None:
    proviso = f"{VERSION}/art_9__para_1__sent_2"
    assert expand("kitei:Proviso") in objects(graph, proviso, "rdf:type")
    assert objects(graph, proviso, "kitei:provisoTo") == [f"{VERSION}/art_9__para_1__sent_1"]


def test_the_cited_texts_are_resources_beside_the_regulation() -> None:
    query = """
    SELECT ?title ?number ?day ?year ?type WHERE {
      ?version kitei:inForceFrom ?from ; eli:cites ?text .
      ?text a eli:LegalResource ; eli:title ?title ; kitei:textHeld false ;
        eli:type_document ?type .
      OPTIONAL { ?text eli:number ?number } OPTIONAL { ?text eli:date_document ?day }
      OPTIONAL { ?text kitei:year ?year }
    } ORDER BY ?title"""
    concept = expand("kitei:document-type-")
    assert rows(query) == [
        (
            "デジタル社会の実現に向けた改革の基本方針",
            "",
            "2020-12-25",
            "",
            f"{concept}cabinet-decision",
        ),
        ("奥州市庁議運営規程", "奥州市訓令第48号", "", "2006", f"{concept}directive"),
    ]


def test_article_9_cites_article_2_of_the_other_text() -> None:
    query = f"""
    SELECT ?number ?title WHERE {{
      <{VERSION}/art_9__para_1__sent_1> eli:cites ?provision .
      ?provision a eli:LegalResourceSubdivision ; eli:number ?number ; kitei:textHeld false ;
        eli:is_part_of/eli:title ?title .
      FILTER(STRSTARTS(STR(?provision), "{PLACE}/cited/"))
    }}"""
    assert rows(query) == [("2", "奥州市庁議運営規程")]


def test_references_and_definitions_hang_on_existing_nodes(graph: Graph) -> None:
    nodes = set(graph.subjects(URIRef(expand("kitei:eId"))))
    for name in ("kitei:inProvision", "kitei:definedBy", "dcterms:source"):
        found = set(graph.objects(None, URIRef(expand(name))))
        assert found
        assert found <= nodes
    ours = {o for o in graph.objects(None, URIRef(expand("kitei:refersTo"))) if VERSION in str(o)}
    assert ours <= nodes
    assert not list(graph.subjects(URIRef(expand("kitei:unresolved"))))


def test_every_date_is_typed(graph: Graph) -> None:
    dates = ("eli:date_document", "eli:version_date", "kitei:inForceFrom", "kitei:inForceThrough")
    for name in (*dates, "eli:first_date_entry_in_force"):
        for value in graph.objects(None, URIRef(expand(name))):
            assert isinstance(value, Literal)
            assert value.datatype == XSD.date


def test_another_regulation_gives_another_graph_and_unresolved_is_said() -> None:
    source = "○ある町規則\n平成20年3月31日規則第5号\n第1条の2 第9条による。\n"
    source += "この規則は、平成20年4月1日から施行する。\n"
    graph = to_graph(read(source), "https://example.org/id/1/rule")
    version = "https://example.org/id/1/rule/2008-04-01"
    reference = f"{version}/art_1-2__para_1__sent_1__ref_1"
    assert objects(graph, reference, "kitei:unresolved") == ["true"]
    assert objects(graph, reference, "kitei:refersTo") == []
    assert objects(graph, f"{version}/art_1-2", "eli:number") == ["1の2"]
    assert objects(graph, f"{version}/art_1-2", "kitei:egovAnchor") == ["Mp-At_1_2"]
    assert objects(graph, f"{version}/art_1-2", "kitei:citation") == ["Article 1-2", "第1条の2"]
    again = Graph().parse(io.StringIO(to_turtle(read(source), "https://example.org/id/1/rule")))
    assert set(again) == set(graph)
