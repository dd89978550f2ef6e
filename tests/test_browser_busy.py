"""When there is no answer just now, and the order of the keys: what a browser shows of both."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from urllib.parse import urlencode

import pytest
from playwright.sync_api import expect
from tests.browser_support import AS_OF, NEEDS_BROWSER, Browsing, View, browse

pytestmark = [
    NEEDS_BROWSER,
    pytest.mark.parametrize("view", [View("ja", 375), View("en", 1280)], ids=str),
]
# Every fact beside every other one, three times.
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
# Of what has the focus, if it is in the head of the page.
_BOX = """() => {
  const inside = document.activeElement.closest(".top");
  const box = document.activeElement.getBoundingClientRect();
  return inside && [box.left, box.top, box.bottom, box.right];
}"""
# Of time, or of whatever else the machine had too little just then.
LATE = {
    "ja": re.compile("制限時間内に終わらなかった|使える資源の範囲で終わらなかった"),
    "en": re.compile("not finished within the (time|resources) allowed"),
}


@pytest.fixture(scope="module")
def browsing() -> Iterator[Browsing]:
    with browse("--example", "--seconds", "1") as made:
        yield made


def test_a_query_that_took_too_long_is_said_to_have(browsing: Browsing, view: View) -> None:
    asked = urlencode({"query": ENDLESS, "as-of": AS_OF, "format": "html"})
    with browsing.visit(f"/sparql?{asked}", view) as visit:
        assert LATE[view.language].search(visit.text)
        expect(visit.page.locator("#query")).to_have_value(ENDLESS)
        with visit.page.expect_response(lambda each: "/sparql?" in each.url) as again:
            visit.go("もう一度試す|Try again")
        assert again.value.status == 503
        assert again.value.headers["retry-after"]


def test_the_editor_says_in_words_what_went_wrong(browsing: Browsing, view: View) -> None:
    path = f"/sparql?as-of={AS_OF}"
    with browsing.visit(path, view, ready=".CodeMirror .CodeMirror-line") as visit:
        visit.tab_to("問合せ|Query")
        visit.press("Control+A")
        visit.page.keyboard.insert_text(ENDLESS)
        visit.press("Control+Enter")
        said = visit.page.locator("#console [role=alert]")
        expect(said).to_contain_text(LATE[view.language])
        expect(said).to_contain_text("503")
        assert "{" not in said.inner_text(), "no document of the machine"


def test_the_keyboard_goes_through_the_head_as_the_eye_does(browsing: Browsing, view: View) -> None:
    with browsing.visit(f"/?as-of={AS_OF}", view) as visit:
        visit.press("Tab")  # the way past the head
        boxes = []
        while True:
            visit.press("Tab")
            box = visit.page.evaluate(_BOX)
            if box is None:
                break
            boxes.append(box)
        assert len(boxes) > 6
        for (_, _, bottom, right), (left, top, *_) in pairwise(boxes):
            assert left >= right or top >= bottom, "further to the right, or further down"
