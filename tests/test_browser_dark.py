"""Pages on a screen that is set to dark: read in a real browser, with axe's eye for contrast."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.browser_support import AS_OF, NEEDS_BROWSER, Browsing, View, browse

pytestmark = NEEDS_BROWSER
PAGES = [
    ("/", "main", View("ja", 1280)),
    ("/q/who-acts", "main", View("en", 375)),
    ("/findings", "main", View("ja", 375)),
    ("/reg/dx-headquarters", "main", View("en", 1280)),
    ("/picture", "main", View("en", 1280)),
    ("/timeline/cdo", "main", View("ja", 1280)),
    ("/check", "main", View("ja", 1280)),
    ("/sparql", ".CodeMirror .CodeMirror-line", View("en", 1280)),
]


@pytest.fixture(scope="module")
def browsing() -> Iterator[Browsing]:
    with browse("--example") as made:
        yield made


@pytest.mark.parametrize(("path", "ready", "view"), PAGES, ids=[path for path, *_ in PAGES])
def test_a_page_is_dark_where_that_is_wanted_and_can_be_read(
    browsing: Browsing, path: str, ready: str, view: View
) -> None:
    with browsing.visit(f"{path}?as-of={AS_OF}", view, ready=ready) as visit:
        shades = []
        for scheme in ("light", "dark"):
            visit.page.emulate_media(color_scheme=scheme)
            colour = visit.page.evaluate("() => getComputedStyle(document.body).backgroundColor")
            shades.append(int(colour.removeprefix("rgb(").split(",")[0]))
        assert shades[0] > 200
        assert shades[1] < 50
        visit.judge()
