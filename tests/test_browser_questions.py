"""A question from its form to its downloads, and a term of the vocabulary, by keyboard."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import expect
from rdflib import Graph, URIRef
from tests.browser_support import (
    AS_OF,
    NEEDS_BROWSER,
    VIEWS,
    Browsing,
    View,
    Visit,
    browse,
)

from kitei.namespaces import KITEI

pytestmark = [NEEDS_BROWSER, pytest.mark.parametrize("view", VIEWS, ids=str)]
ACTING = "雛形 秋穂"


@pytest.fixture(scope="module")
def browsing() -> Iterator[Browsing]:
    with browse("--example") as made:
        yield made


def ask(visit: Visit) -> None:
    """Who acts for the CDO, chosen in the form."""
    visit.tab_to("職|Post|post")
    visit.page.keyboard.type("CDO")
    visit.go("問う|Ask")


def test_a_question_is_asked_and_its_query_is_shown(browsing: Browsing, view: View) -> None:
    with browsing.visit(f"/q/who-acts?as-of={AS_OF}", view) as visit:
        ask(visit)
        assert visit.page.locator("table.data tbody tr").count() == 1
        assert ACTING in visit.text
        assert "第3条第2項" in visit.text or "Article 3, paragraph 2" in visit.text
        visit.tab_to("SPARQLを見る|Show the SPARQL")
        visit.press("Enter")
        expect(visit.page.locator("details pre")).to_be_visible()
        visit.go("このSPARQLを実行し、書き換える|Run and change this SPARQL")
        visit.page.wait_for_selector(".CodeMirror")


def test_an_answer_is_downloaded_in_each_form(
    browsing: Browsing, view: View, tmp_path: Path
) -> None:
    with browsing.visit(f"/q/who-acts?as-of={AS_OF}&post=cdo", view) as visit:
        kept = {}
        for name in ("CSV", "Excel", "JSON", "Turtle"):
            download = visit.download(name)
            kept[name] = tmp_path / download.suggested_filename
            download.save_as(kept[name])
    rows = list(csv.DictReader(io.StringIO(kept["CSV"].read_text(encoding="utf-8-sig"))))
    assert [row["name"] for row in rows] == [ACTING]
    sheet = load_workbook(kept["Excel"]).worksheets[0]
    assert any(cell == ACTING for row in sheet.iter_rows(values_only=True) for cell in row)
    answers = json.loads(kept["JSON"].read_text(encoding="utf-8"))["answers"]
    assert [each["basis"] for each in answers] == [["art_3__para_2"]]
    graph = Graph().parse(kept["Turtle"], format="turtle")
    assert URIRef(f"{KITEI}capacity-acting") in set(graph.objects())


def test_the_address_to_share_leads_to_the_same_answer(browsing: Browsing, view: View) -> None:
    with browsing.visit(f"/q/who-acts?as-of={AS_OF}", view) as visit:
        ask(visit)
        visit.tab_to("この答えのアドレス|Address of this answer")
        address = visit.page.evaluate("() => document.activeElement.value")
        answer = visit.page.locator("table.data").inner_text()
        visit.page.goto(address)
        assert visit.page.locator("table.data").inner_text() == answer
        assert visit.page.locator("html").get_attribute("lang") == view.language


def test_a_term_of_the_vocabulary_is_found_and_opened(browsing: Browsing, view: View) -> None:
    with browsing.visit("/ns", view) as visit:
        visit.go("Incapacity")
        heading = visit.page.locator("h1").inner_text()
        assert heading.startswith("事故" if view.language == "ja" else "incapacity")
        rows = visit.page.locator("th[scope=rowgroup]").all_inner_texts()
        assert ("名称" if view.language == "ja" else "label") in rows
