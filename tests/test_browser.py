"""The pages in a real browser: by keyboard alone, in both languages, on a phone and a desk.

Each page joins by a line in ``PAGES``: its address, and its main task, which
presses keys only and asserts that it led to something. The pictures and the check
of a roster have more to do and modules of their own (``test_browser_*.py``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import pytest
from playwright.sync_api import expect
from tests.browser_support import AS_OF, NEEDS_BROWSER, VIEWS, Browsing, View, Visit, browse

pytestmark = NEEDS_BROWSER


def _another_day(visit: Visit) -> None:
    """The field of the day, which every page has: a month later or earlier."""
    visit.tab_to("日|Day")
    visit.press("ArrowUp")
    with visit.page.expect_navigation():
        visit.press("Enter")
    assert "as-of=" in visit.page.url
    assert AS_OF not in visit.page.url


def _verdict(visit: Visit) -> None:
    """From home to the findings."""
    visit.go("検査結果を見る|See the findings")
    assert "member-rank-undecided" in visit.text


def _question(visit: Visit) -> None:
    """From the cards to a question."""
    visit.go("職務代理の定め|Who substitutes for whom")
    assert visit.page.locator("table.data tbody tr").count() > 0


def _choice(visit: Visit) -> None:
    """A choice in the form, by its first letters, and Enter on the button."""
    visit.tab_to("職|Post|post")
    visit.press("ArrowDown")
    visit.go("問う|Ask")
    assert "post=" in visit.page.url
    assert visit.page.locator("table.data tbody tr").count() > 0
    visit.tab_to("SPARQLを見る|Show the SPARQL")
    visit.press("Enter")
    expect(visit.page.get_by_text("SELECT ?post")).to_be_visible()


def _order(visit: Visit) -> None:
    """A click on a heading sorts; the second one turns the order."""
    for _ in range(2):
        visit.go("(者|[Pp]erson).*")
    assert visit.page.locator('th[aria-sort="descending"]').count() == 1


def _period(visit: Visit) -> None:
    """A question of a period, which wants a post."""
    visit.tab_to("職|Post|post")
    visit.press("ArrowDown")
    visit.go("問う|Ask")
    assert visit.page.locator("table.data tbody tr").count() > 0


def _download(visit: Visit) -> None:
    """A report to be kept."""
    visit.tab_to("JSON")
    with visit.page.expect_download() as download:
        visit.press("Enter")
    assert download.value.suggested_filename.endswith(".json")


def _facts(visit: Visit) -> None:
    """From a thing to what points to it, and on."""
    visit.go("第2条第1項|Article 2, paragraph 1")
    assert "/id/" in visit.page.url


def _on(visit: Visit) -> None:
    """From a problem back to where there is something."""
    visit.go("ホーム|Home")
    assert visit.page.locator(".act").count() > 0


def _query(visit: Visit) -> None:
    """The query in the editor is run by its own key and answered in a table."""
    visit.tab_to("問合せ|Query")
    visit.press("Control+Enter")
    visit.page.wait_for_selector(".yasr_results table tbody tr")


class Case(NamedTuple):
    """A page and its main task."""

    path: str
    task: Callable[[Visit], None]
    ready: str = "main"


PAGES = [
    Case("/", _another_day),
    Case("/?", _verdict),
    Case("/q/", _question),
    Case("/q/who-acts", _choice),
    Case("/q/members", _order),
    Case("/q/history", _period),
    Case("/findings", _download),
    Case("/id/032158/post/cdo", _facts),
    Case("/nothing-of-this-name", _on),
    Case("/reg/dx-headquarters", _another_day),
    Case("/sparql", _query, ready=".CodeMirror .CodeMirror-line"),
    Case("/ns", _on),
    Case("/login", _on),
]


@pytest.fixture(scope="module")
def browsing() -> Iterator[Browsing]:
    with browse("--example") as made:
        yield made


@pytest.mark.parametrize("view", VIEWS, ids=str)
@pytest.mark.parametrize("case", PAGES, ids=lambda case: case.path)
def test_a_page_is_whole_and_its_task_is_done_by_keyboard(
    browsing: Browsing, case: Case, view: View
) -> None:
    joint = "&" if "?" in case.path else "?"
    with browsing.visit(f"{case.path}{joint}as-of={AS_OF}", view, ready=case.ready) as visit:
        visit.judge()
        assert visit.page.locator("html").get_attribute("lang") == view.language
        case.task(visit)
