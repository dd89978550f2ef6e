"""Days stand on the pages in their era and as ISO writes them."""

from __future__ import annotations

import re
from datetime import date
from html.parser import HTMLParser

import pytest
from tests.web_support import AS_OF, BROWSER, example

from kitei.dates import in_era

PAGES = [
    "/", "/reg/dx-headquarters", "/picture", "/timeline/cdo", "/findings", "/q/who-acts",
    "/q/who-acts?explain=true", "/q/members", "/q/vacancies", "/q/history?post=cdo", "/q/versions",
    "/q/cover-gaps?from=2024-04-01&to=2024-08-31", "/id/032158/person/R0002",
    "/id/032158/post/cdo", "/id/032158/dx-headquarters",
    "/check",
]  # fmt: skip
_ISO = re.compile(r"(?<!\d)\d{4}-\d{2}-\d{2}(?!\d)")


class Words(HTMLParser):
    """The words of the main part, without addresses and queries."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.said = ""
        self._within: list[str] = []
        self.feed(source[source.index("<main") : source.index("</main>")])

    def handle_starttag(self, tag: str, _attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("pre", "code", "svg"):
            self._within.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._within[-1:] == [tag]:
            self._within.pop()

    def handle_data(self, data: str) -> None:
        if not self._within:
            self.said += data


@pytest.mark.parametrize("path", PAGES)
def test_every_day_that_a_page_says_stands_there_in_its_era_too(path: str) -> None:
    asked = {"as-of": AS_OF, "lang": "ja"}
    joint = "&" if "?" in path else "?"
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    response = example().get(f"{path}{joint}{query}", headers=BROWSER)
    assert response.status_code == 200
    words = Words(response.text).said
    for written in set(_ISO.findall(words)):
        assert in_era(date.fromisoformat(written)) in words, written
