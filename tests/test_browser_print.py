"""On paper: no menus, nothing cut off, and no meaning that colour alone carries."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.browser_support import AS_OF, NEEDS_BROWSER, Browsing, View, browse
from tests.upload_support import BROKEN, workbook

pytestmark = [NEEDS_BROWSER, pytest.mark.parametrize("language", ["ja", "en"])]
PAPER = 718
"""CSS pixels between the margins of A4 upright: 210 mm less 1 cm on either side, 96 an inch."""
PAGES = [
    "/", "/reg/dx-headquarters", "/picture", "/timeline/cdo", "/findings", "/q/who-acts?explain=1",
    "/q/members", "/q/vacancies", "/id/032158/post/cdo", "/ns",
]  # fmt: skip
# What is wider than the paper, or shows less than it holds.
_CUT = """(paper) => [...document.querySelectorAll("main *")].filter((each) => {
  const box = each.getBoundingClientRect(), style = getComputedStyle(each);
  if (!box.width || style.clipPath !== "none" || each.closest(".visually-hidden")) return false;
  const hides = style.overflowX !== "visible" && each.scrollWidth > each.clientWidth + 1;
  return box.right > paper + 1 || (hides && each.tagName !== "INPUT" && !each.closest("svg"));
}).map((each) => `${each.tagName}.${each.className} ${each.textContent.trim().slice(0, 40)}`)"""
_USELESS = "header nav, .tools, .skip, button:not(.plain), #check-form"


@pytest.fixture(scope="module")
def browsing() -> Iterator[Browsing]:
    with browse("--example") as made:
        yield made


def on_paper(page: Page) -> None:
    """See the page as it is printed, on grey paper at that."""
    page.set_viewport_size({"width": PAPER, "height": 1000})
    page.emulate_media(media="print")
    page.evaluate("() => dispatchEvent(new Event('beforeprint'))")


def assert_printable(page: Page) -> None:
    shown = page.locator(_USELESS).filter(visible=True)
    assert shown.count() == 0, shown.all_inner_texts()
    assert page.evaluate(_CUT, PAPER) == []
    expect(page.locator("footer")).to_be_visible()


@pytest.mark.parametrize("path", PAGES)
def test_a_page_fits_the_paper_without_its_menus(
    browsing: Browsing, path: str, language: str
) -> None:
    joint = "&" if "?" in path else "?"
    with browsing.visit(f"{path}{joint}as-of={AS_OF}", View(language, 1280)) as visit:
        on_paper(visit.page)
        assert_printable(visit.page)
        assert visit.page.pdf(format="A4").startswith(b"%PDF")
        visit.page.emulate_media(media="screen")
        visit.page.set_viewport_size({"width": 1280, "height": 900})


def test_the_regulation_is_printed_with_all_its_notes(browsing: Browsing, language: str) -> None:
    with browsing.visit(f"/reg/dx-headquarters?as-of={AS_OF}", View(language, 375)) as visit:
        on_paper(visit.page)
        assert visit.page.locator(".reg details:not([open])").count() == 0
        expect(visit.page.locator("[id='art_2__para_1'] details dl").first).to_be_visible()
        visit.page.emulate_media(media="screen")
        visit.page.set_viewport_size({"width": 375, "height": 900})


def test_what_an_answer_rests_on_is_printed(browsing: Browsing, language: str) -> None:
    with browsing.visit(f"/q/members?as-of={AS_OF}", View(language, 1280)) as visit:
        readings = visit.page.locator("details.norms dl").first
        expect(readings).to_be_hidden()
        on_paper(visit.page)
        expect(readings).to_be_visible()
        visit.page.emulate_media(media="screen")
        visit.page.set_viewport_size({"width": 1280, "height": 900})


def test_severities_and_states_are_words_and_patterns(browsing: Browsing, language: str) -> None:
    words = {
        "violation": ("不適合", "violation"),
        "warning": ("要確認", "warning"),
        "info": ("参考", "info"),
    }
    with browsing.visit(f"/findings?as-of={AS_OF}", View(language, 1280)) as visit:
        on_paper(visit.page)
        found = visit.page.locator(".findings li")
        assert found.count() >= 2
        for item in found.all():
            (kind,) = set((item.get_attribute("class") or "").split()) & set(words)
            assert words[kind][language == "en"] in item.inner_text()
        visit.page.goto(f"{browsing.origin}/picture?as-of={AS_OF}")
        for post, pattern in (
            ("cdo", "[fill='url(#hatch)']"),
            ("dx-team-member", "[stroke-dasharray]"),
        ):
            drawn = visit.page.locator(f"svg g[data-post='{post}']")
            expect(drawn.locator(pattern).first).to_be_visible()
            expect(drawn).to_contain_text("【")
        visit.page.emulate_media(media="screen")
        visit.page.set_viewport_size({"width": 1280, "height": 900})


def test_the_result_of_a_check_is_printed_without_the_form(
    browsing: Browsing, language: str, tmp_path: Path
) -> None:
    book = tmp_path / "名簿.xlsx"
    book.write_bytes(workbook())
    with browsing.visit(f"/check?as-of={BROKEN}", View(language, 1280)) as visit:
        visit.choose("名簿のファイル|Files of the roster", [book])
        visit.tab_to("検査する|Check")
        visit.press("Enter")
        expect(visit.page.locator("#outcome")).to_be_visible()
        on_paper(visit.page)
        assert_printable(visit.page)
        assert ("不適合" if language == "ja" else "violation") in visit.text
        visit.page.emulate_media(media="screen")
        visit.page.set_viewport_size({"width": 1280, "height": 900})
