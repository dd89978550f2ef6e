"""The regulation is read by keyboard: anchors, references, definitions, findings, versions."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect
from tests.browser_support import AS_OF, NEEDS_BROWSER, VIEWS, Browsing, View, Visit, browse

pytestmark = [NEEDS_BROWSER, pytest.mark.parametrize("view", VIEWS, ids=str)]
WORK = f"/reg/dx-headquarters?as-of={AS_OF}"
_TIP = """() => {
  const shown = getComputedStyle(document.activeElement, "::after");
  return shown.display === "none" || shown.content === "none" ? "" : shown.content;
}"""


@pytest.fixture(scope="module")
def browsing() -> Iterator[Browsing]:
    with browse("--example") as made:
        yield made


def in_sight(visit: Visit, eid: str) -> None:
    expect(visit.page.locator(f"[id='{eid}']")).to_be_in_viewport()


def test_a_provision_is_reached_by_its_permanent_link(browsing: Browsing, view: View) -> None:
    with browsing.visit(WORK, view) as visit:
        visit.tab_to("¶ (第3条第2項|Article 3, paragraph 2)")
        visit.press("Enter")
        visit.page.wait_for_url("**/reg/dx-headquarters/2024-04-01?*#art_3__para_2")
        in_sight(visit, "art_3__para_2")
        assert f"as-of={AS_OF}" in visit.page.url


def test_the_outline_leads_to_an_article(browsing: Browsing, view: View) -> None:
    with browsing.visit(WORK, view) as visit:
        visit.tab_to("目次|Contents")
        visit.press("Enter")
        assert visit.jump("(第9条|Article 9).*") == "art_9"
        in_sight(visit, "art_9")


def test_a_reference_is_followed_and_leads_back(browsing: Browsing, view: View) -> None:
    with browsing.visit(f"{WORK}#art_2__para_2__point_1", view) as visit:
        assert visit.jump("第4条") == "art_4"
        in_sight(visit, "art_4")
        # On a phone the notes are folded: Enter opens those of article 4, which names who cites it.
        if view.width < 1000:
            visit.tab_to("(第4条の注記|Notes on Article 4) .*")
            visit.press("Enter")
        assert visit.jump("第2条第2項第1号|Article 2, paragraph 2, item 1").startswith(
            "art_2__para_2__point_1"
        )
        in_sight(visit, "art_2__para_2__point_1")
        visit.page.go_back()
        visit.page.wait_for_function("location.hash === '#art_4'")


def test_a_definition_is_shown_on_focus_and_put_away(browsing: Browsing, view: View) -> None:
    with browsing.visit(f"{WORK}#art_3__para_1", view) as visit:
        visit.tab_to("CDO補佐官")
        assert "最高デジタル責任者補佐官" in visit.page.evaluate(_TIP)
        told = "() => document.getElementById(document.activeElement.getAttribute"
        words = visit.page.evaluate(f"{told}('aria-describedby')).textContent")
        assert "最高デジタル責任者補佐官" in words, "who does not see it hears it"
        visit.press("Escape")
        assert not visit.page.evaluate(_TIP)


def test_a_finding_of_the_day_stands_at_its_provision(browsing: Browsing, view: View) -> None:
    with browsing.visit(f"/findings?as-of={AS_OF}", view) as visit:
        visit.go("第3条第2項|Article 3, paragraph 2")
        in_sight(visit, "art_3__para_2")
        found = visit.page.locator("[id='art_3__para_2'] .found")
        expect(found).to_be_visible()
        expect(found).to_contain_text("post-acting")
        expect(found).to_contain_text("参考" if view.language == "ja" else "info")


def test_a_day_whose_text_is_not_held_is_said_to_be_so(browsing: Browsing, view: View) -> None:
    with browsing.visit(WORK, view) as visit:
        visit.go(r"(令和4年4月1日|1 April 2022).*")
        assert "TEXT_NOT_HELD" in visit.text
        assert visit.page.locator(".reg").count() == 0
        visit.judge()
        visit.go(r"(令和6年4月1日|1 April 2024).*")
        expect(visit.page.locator(".reg")).to_contain_text("その職務を代理する。")
