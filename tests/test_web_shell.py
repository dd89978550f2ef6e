"""What every page shares: the menu says where one is."""

from __future__ import annotations

import re

import pytest
from tests.web_support import AS_OF, BROWSER, client


@pytest.mark.parametrize(
    ("path", "kind", "entry"),
    [
        ("/", "page", "ホーム"),
        ("/reg", "true", "規程"),
        ("/reg/dx-headquarters", "true", "規程"),
        ("/picture", "page", "組織図"),
        ("/timeline/cdo", "true", "組織図"),
        ("/q", "page", "問い"),
        ("/q/who-acts", "true", "問い"),
        ("/sparql", "page", "SPARQL"),
        ("/check", "page", "名簿の検査"),
    ],
)
def test_the_menu_marks_the_page_or_what_it_belongs_to(path: str, kind: str, entry: str) -> None:
    asked = {"as-of": AS_OF, "lang": "ja"}
    source = client().get(path, query_string=asked, headers=BROWSER, follow_redirects=True).text
    menu = source[source.index("<nav") : source.index("</nav>")]
    assert re.findall(r'aria-current="(\w+)">([^<]+)<', menu) == [(kind, entry)]


@pytest.mark.parametrize("path", ["/id/032158/post/cdo", "/nothing", "/ns", "/login"])
def test_the_menu_marks_nothing_where_no_entry_leads(path: str) -> None:
    source = client().get(path, headers=BROWSER, follow_redirects=True).text
    assert "aria-current" not in source[source.index("<nav") : source.index("</nav>")]
