"""The formats for readers and for graphs, parsed back."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser

import pyoxigraph as ox
import pytest
from rdflib import DCTERMS, RDF, SH, Graph, Literal, Namespace
from rdflib.compare import isomorphic
from tests.report_support import HOSTILE, hostile, report, told

from kitei.namespaces import KITEI
from kitei.report.inert import one_line

K = Namespace(KITEI)
VOID = {"meta", "link", "br"}


class Page(HTMLParser):
    """Checks that tags nest, and gathers them with their text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.cells: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)
        if tag == "td":
            self.cells.append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "td" in self.open:
            self.cells[-1] += data


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_page_is_whole_and_holds_nothing_active(language: str) -> None:
    for about in (report(), hostile()):
        text = told("html", about, language)
        page = Page(text)
        tags = {tag for tag, _ in page.tags}
        assert not tags & {"script", "link", "img", "iframe", "a", "form", "object", "b"}
        assert ("html", {"lang": language}) in page.tags
        names = {name for _, attributes in page.tags for name in attributes}
        assert not any(name.startswith("on") or name in ("src", "href", "style") for name in names)
        assert "default-src 'none'" in text
        assert not re.search(r"url\(|@import", text)
        assert sorted(page.cells[2::5]) == sorted(one_line(f.focus) for f in about.findings)


def test_the_page_is_in_the_language_asked_for() -> None:
    japanese, english = (told("html", report(), language) for language in ("ja", "en"))
    (first, *_) = report().findings
    assert first.message.ja in japanese
    assert first.message.en not in japanese
    assert first.message.en in english
    assert "適合" not in english.replace("不適合", "")


def test_a_page_without_findings_says_so() -> None:
    assert "No findings." in told("html", report()._replace(findings=[]))


def parsed(jsonld: str) -> Graph:
    """JSON-LD as a graph (by another parser: rdflib's warns about itself)."""
    quads = ox.parse(jsonld.encode(), format=ox.RdfFormat.JSON_LD)
    triples = ox.serialize((quad.triple for quad in quads), format=ox.RdfFormat.N_TRIPLES)
    assert triples is not None
    return Graph().parse(data=triples, format="nt")


def test_the_validation_report_is_the_same_graph_in_both_syntaxes() -> None:
    for about in (report(), hostile()):
        turtle = Graph().parse(data=told("turtle", about), format="turtle")
        jsonld = parsed(told("jsonld", about))
        assert isomorphic(turtle, jsonld)
        assert {str(focus) for focus in turtle.objects(None, K.focus)} == {
            finding.focus for finding in about.findings
        }


def test_the_validation_report_has_what_shacl_asks_of_one() -> None:
    graph = Graph().parse(data=told("turtle", report()), format="turtle")
    (top,) = graph.subjects(RDF.type, SH.ValidationReport)
    assert list(graph.objects(top, SH.conforms)) == [Literal(False)]
    results = list(graph.objects(top, SH.result))
    assert set(results) == set(graph.subjects(RDF.type, SH.ValidationResult))
    assert len(results) == len(report().findings)
    for result in results:
        for once in (SH.focusNode, SH.resultSeverity, SH.sourceConstraintComponent, K.row):
            assert len(list(graph.objects(result, once))) == 1, once
        messages = graph.objects(result, SH.resultMessage)
        languages = {text.language for text in messages if isinstance(text, Literal)}
        assert languages == {"ja", "en"}
        source = str(graph.value(result, DCTERMS.source))
        assert source.endswith("/2024-04-01/art_5__para_3__point_1__o_3")
    known = {str(SH[name]) for name in SH.__annotations__ if not name.startswith("_")}
    for term in {*graph.predicates(), *graph.objects()}:
        assert not str(term).startswith(str(SH)) or str(term) in known
    clean = report()._replace(findings=[])
    graph = parsed(told("jsonld", clean))
    assert list(graph.objects(None, SH.conforms)) == [Literal(True)]


def rows(text: str) -> list[list[str]]:
    """The cells of the table rows, split at bars that are not escaped, and unescaped."""
    found = []
    for line in text.split("\n"):
        if line.startswith("| ") and not line.startswith("| ---"):
            cells = re.split(r"(?<!\\)\|", line)[1:-1]
            plain = [re.sub(r"\\(?=[^\w\s])", "", cell.strip()) for cell in cells]
            for code, char in (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
                plain = [cell.replace(code, char) for cell in plain]
            found.append(plain)
    return [row for row in found if row[0] != "Severity"]


def test_markdown_has_a_row_of_five_cells_for_each_finding() -> None:
    for about in (report(), hostile()):
        found = rows(told("markdown", about))
        assert [len(row) for row in found] == [5] * len(about.findings)
        assert [row[1] for row in found] == [finding.rule for finding in about.findings]
    assert [row[2] for row in rows(told("markdown", report()))] == ["M004", "財務部税務課"]


def test_markdown_lets_no_word_of_a_roster_be_markup() -> None:
    text = told("markdown", hostile())
    assert not re.search(r"<(?!/?$)\w|<!--", text)
    assert not re.search(r"(?<!\\)(?:[`@]|\]\(|://)", text)
    headings = [line for line in text.split("\n") if line.startswith("#")]
    assert len(headings) == 2
    assert text.isascii() or "\u2028" not in text


def test_markdown_for_a_step_is_bounded_and_says_what_is_left_out() -> None:
    from kitei.report.formats import Setting, written

    many = report()._replace(findings=list(report().findings) * 500)
    text = written("markdown", many, Setting("en", most=50_000))
    assert len(text.encode()) < 60_000
    left = re.search(r"(\d+) more findings are left out", text)
    assert left
    assert len(rows(text)) + int(left[1]) == 1000


def test_text_obeys_no_control_character_of_a_roster() -> None:
    text = told("text", hostile())
    assert not re.search(r"[\x00-\x09\x0b-\x1f\u2028]", text)
    assert len(re.findall(r"(?m)^    -> ", text)) == len(HOSTILE)


def test_json_keeps_every_word_as_it_was_written() -> None:
    found = json.loads(told("json", hostile()))["findings"]
    assert [finding["focus"] for finding in found] == list(HOSTILE)
