"""A roster is checked by keyboard: chosen, sent, its findings read at their cells, and kept."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import expect
from tests.browser_support import AS_OF, NEEDS_BROWSER, VIEWS, Browsing, View, Visit, browse
from tests.upload_support import BROKEN, workbook

pytestmark = [NEEDS_BROWSER, pytest.mark.parametrize("view", VIEWS, ids=str)]


@pytest.fixture(scope="module")
def browsing() -> Iterator[Browsing]:
    with browse("--example") as made:
        yield made


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workbook with something to find on the day ``BROKEN``."""
    path = tmp_path_factory.mktemp("roster") / "名簿.xlsx"
    path.write_bytes(workbook())
    return path


def send(visit: Visit, book: Path) -> None:
    """Choose the workbook and have it checked."""
    visit.choose("名簿のファイル|Files of the roster", [book])
    expect(visit.page.locator("#chosen")).to_contain_text(book.name)
    visit.tab_to("検査する|Check")
    visit.press("Enter")
    expect(visit.page.locator("#outcome")).to_be_visible()


def test_findings_are_read_at_their_cells_and_compared(
    browsing: Browsing, view: View, book: Path
) -> None:
    with browsing.visit(f"/check?as-of={BROKEN}", view) as visit:
        send(visit, book)
        assert visit.page.evaluate("() => document.activeElement.id") == "result"
        assert ("不適合あり" if view.language == "ja" else "Does not conform") in visit.text
        cells = visit.page.locator("#outcome .finding .cell").all_inner_texts()
        assert any(cell[:1].isalpha() and cell[1:].isdigit() for cell in cells), cells
        assert ("いまの名簿と比べて" if view.language == "ja" else "Compared with") in visit.text
        read = visit.page.locator("#outcome table").inner_text()
        assert "職員番号" in read
        visit.tab_to("条文|Text of the provision")
        visit.press("Enter")
        expect(visit.page.locator("#outcome details[open] blockquote").first).to_be_visible()


def test_the_annotated_workbook_and_the_report_are_kept(
    browsing: Browsing, view: View, book: Path, tmp_path: Path
) -> None:
    with browsing.visit(f"/check?as-of={BROKEN}", view) as visit:
        send(visit, book)
        annotated = visit.download("(名簿に指摘を書き込んだ写し|A copy of the roster).*")
        kept = tmp_path / annotated.suggested_filename
        annotated.save_as(kept)
        report = visit.download(".*HTML.*")
        assert report.suggested_filename.endswith(".html")
        report.save_as(tmp_path / "report.html")
    sheets = load_workbook(kept).sheetnames
    assert set(load_workbook(book).sheetnames) < set(sheets)
    assert "<html" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_what_cannot_be_read_is_said_and_the_form_stays(
    browsing: Browsing, view: View, tmp_path: Path
) -> None:
    broken = tmp_path / "roster.csv"
    broken.write_text("これは名簿ではない\n", encoding="utf-8")
    with browsing.visit(f"/check?as-of={AS_OF}", view) as visit:
        visit.choose("名簿のファイル|Files of the roster", [broken])
        visit.tab_to("検査する|Check")
        visit.press("Enter")
        expect(visit.page.get_by_role("alert")).to_be_visible()
        assert visit.page.evaluate("() => document.activeElement.id") == "result"
        expect(visit.page.locator("#chosen")).to_contain_text("roster.csv")
