"""The pictures by keyboard: the day moves the marks, tables agree, a timeline leads to its days."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from tests.browser_support import AS_OF, NEEDS_BROWSER, VIEWS, Browsing, View, Visit, browse

pytestmark = [NEEDS_BROWSER, pytest.mark.parametrize("view", VIEWS, ids=str)]
VACANT, HELD, NOBODY = "2024-07-05", "2024-08-05", "2024-06-10"
ACTING = "雛形 秋穂"
STATES = {
    "incapacity": ("事故", "incapacity"),
    "vacancy": ("欠けた", "vacancy"),
    "in-office": ("在職", "in office"),
}


@pytest.fixture(scope="module")
def browsing() -> Iterator[Browsing]:
    with browse("--example") as made:
        yield made


def drawn(visit: Visit) -> tuple[str, str]:
    """The state of the CDO in the picture, and what the picture says there."""
    group = visit.page.locator("svg g[data-post='cdo']").first
    return str(group.get_attribute("data-state")), re.sub(r"\s+", " ", group.inner_html())


def told(visit: Visit) -> str:
    """What the table says of the CDO."""
    return visit.page.locator("table").first.locator("tbody tr", has_text="CDO").first.inner_text()


def agree(visit: Visit, view: View, state: str, *names: str) -> None:
    """Picture and table say that this is the state, and who these are."""
    word = STATES[state][view.language == "en"]
    shown, said = drawn(visit)
    assert shown == state
    assert word in told(visit)
    assert state == "in-office" or word in said
    for name in names:
        assert name in said
        assert name in told(visit)


def change_day(visit: Visit, day: str) -> None:
    visit.tab_to("日|Day")
    visit.set_day(day)
    with visit.page.expect_navigation():
        visit.press("Enter")
    assert f"as-of={day}" in visit.page.url


def test_the_marks_follow_the_day_in_picture_and_table(browsing: Browsing, view: View) -> None:
    with browsing.visit(f"/picture?as-of={AS_OF}", view) as visit:
        agree(visit, view, "incapacity", "架空 三太", ACTING)
        change_day(visit, VACANT)
        agree(visit, view, "vacancy", ACTING)
        assert "架空 三太" not in told(visit)
        visit.judge()
        change_day(visit, HELD)
        agree(visit, view, "in-office", "例示 六実")
        assert ACTING not in told(visit)


def test_a_post_of_the_picture_leads_to_its_timeline(browsing: Browsing, view: View) -> None:
    with browsing.visit(f"/picture?as-of={AS_OF}", view) as visit:
        visit.go("CDO")
        assert "/timeline/cdo" in visit.page.url
        lanes = set(visit.page.locator("tbody th").all_inner_texts())
        if view.language == "ja":
            assert lanes == {"職にある者", "事故", "職務代理", "職務を行う者が定まらない"}
        else:
            assert lanes == {"Holders", "Incapacity", "Acting", "Nobody settled to act"}
        drawn_lanes = visit.page.locator("svg g[data-lane]")
        assert drawn_lanes.count() == visit.page.locator("tbody tr").count()


def test_a_gap_of_the_timeline_leads_to_the_day(browsing: Browsing, view: View) -> None:
    with browsing.visit(f"/timeline/cdo?as-of={AS_OF}", view) as visit:
        visit.go(rf"(令和6年6月10日|10 June 2024)\s+{NOBODY}")
        assert f"as-of={NOBODY}" in visit.page.url
        agree(visit, view, "incapacity", "架空 三太")
        assert ACTING not in told(visit)
        assert ("該当者なし" if view.language == "ja" else "none provided") in told(visit)


def test_the_period_of_a_timeline_is_chosen(browsing: Browsing, view: View) -> None:
    with browsing.visit(f"/timeline/cdo?as-of={AS_OF}", view) as visit:
        visit.tab_to("開始日|From")
        visit.set_day("2024-07-01")
        visit.go("期間を見る|Show the period|.*period.*")
        assert "from=2024-07-01" in visit.page.url
        assert visit.page.locator("svg g[data-lane='incapacitatedHolder']").count() == 0
        assert visit.page.locator("svg g[data-lane='actedBy']").count() == 1
