"""Names are shown from the login to the logout, both by keyboard."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect
from tests.browser_support import AS_OF, NEEDS_BROWSER, VIEWS, Browsing, View, browse
from tests.support import ROOT

pytestmark = [NEEDS_BROWSER, pytest.mark.parametrize("view", VIEWS, ids=str)]
ROSTER = ROOT / "data" / "oshu" / "roster-example"
ACTING = "雛形 秋穂"
TOKEN = "the-token-of-this-test"
_LOGIN, _LOGOUT = "ログイン|Log in", "ログアウト|Log out"


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browsing]:
    """A service whose roster opens with a token."""
    file = tmp_path_factory.mktemp("token") / "token"
    file.write_text(TOKEN, encoding="utf-8")
    file.chmod(0o600)
    with browse("--roster", str(ROSTER), "--token-file", str(file)) as made:
        yield made


def test_names_are_shown_from_login_to_logout(guarded: Browsing, view: View) -> None:
    answer = f"/q/who-acts?as-of={AS_OF}"
    with guarded.visit(answer, view) as visit:
        assert ACTING not in visit.text
        visit.go(_LOGIN)
        visit.tab_to("トークン|Token")
        visit.page.keyboard.type("something else")
        with visit.page.expect_navigation():
            visit.press("Enter")
        expect(visit.page.get_by_role("alert")).to_be_visible()
        visit.judge()
        visit.tab_to("トークン|Token")
        visit.page.keyboard.type(TOKEN)
        with visit.page.expect_navigation():
            visit.press("Enter")
        assert visit.page.url.endswith(answer), "back to where one came from"
        assert ACTING in visit.text
        visit.page.goto(f"{guarded.origin}/picture?as-of={AS_OF}")
        assert ACTING in visit.text
        visit.judge()
        visit.go(_LOGOUT)
        for path in (answer, f"/picture?as-of={AS_OF}", f"/timeline/cdo?as-of={AS_OF}"):
            visit.page.goto(guarded.origin + path)
            assert ACTING not in visit.page.content()
