"""The pages under ``/reg``, read: published text, anchors, links, and the notes of each row."""

from __future__ import annotations

from functools import cache
from html.parser import HTMLParser
from itertools import pairwise
from typing import NamedTuple

from flask.testing import FlaskClient
from tests import invented_support
from tests.web_support import city, client

from kitei import kb
from kitei.city import City
from kitei.web import create_app

NAME = "dx-headquarters"
HELD = "2024-04-01"
_VOID = {"br", "input", "link", "meta", "hr", "img"}


class Link(NamedTuple):
    """A link of a page: where it leads and in which row of the text it stands."""

    href: str
    row: str
    label: str | None


class Page(HTMLParser):
    """A page: its published text, its anchors and links, and the notes of each row."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.published = ""
        self.foreign = ""
        """The text that is not marked as Japanese."""
        self.ids: list[str] = []
        self.row_of: dict[str, str] = {}
        self.links: list[Link] = []
        self.described: list[tuple[str, str, str]] = []
        """Row, target and definition of each marked term."""
        self.notes: dict[str, str] = {}
        self._open: list[dict[str, str | None]] = []
        self.feed(source)
        self.close()
        assert not self._open, "every element is closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag not in _VOID:
            self._open.append({**found, "tag": tag})
        if (name := found.get("id")) is not None:
            self.ids.append(name)
            self.row_of[name] = self._row()
        if tag == "a":
            self.links.append(Link(found.get("href") or "", self._row(), found.get("aria-label")))
        if tip := found.get("data-tip"):
            self.described.append((self._row(), found.get("aria-describedby") or "", tip))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop()["tag"] == tag

    def handle_data(self, data: str) -> None:
        classes = [(each.get("class") or "").split() for each in self._open]
        if any("t" in each for each in classes):
            self.published += data
        if any(each.get("tag") == "details" for each in self._open) and self._row():
            self.notes[self._row()] = self.notes.get(self._row(), "") + data
        if not any(each.get("lang") == "ja" for each in self._open if each["tag"] != "html"):
            self.foreign += data

    def _row(self) -> str:
        """The id of the row that is open; of a line that goes on with one, none."""
        rows = [one for around, one in pairwise(self._open) if around.get("class") == "reg"]
        return (rows[-1].get("id") or "") if rows else ""


@cache
def shown(path: str) -> Page:
    """A page of the service that has no token."""
    response = client().get(path)
    assert response.status_code == 200, response.text
    return Page(response.text)


@cache
def two_regulations() -> FlaskClient:
    """A service of two cities, of which it judges by the invented one."""
    made = City(kb.find(invented_support.KB), wanted=invented_support.NAME)
    made.read_roster(invented_support.ROSTER)
    return create_app(made).test_client()


def reader(version: str = HELD, **asked: str) -> Page:
    """The page of a version of the regulation."""
    query = "&".join(f"{name.replace('_', '-')}={value}" for name, value in asked.items())
    return shown(f"/reg/{NAME}/{version}?{query}")


def told(query: str) -> list[dict[str, str | None]]:
    """What the graph of the city says."""
    prefixes = (
        "PREFIX dcterms: <http://purl.org/dc/terms/> "
        "PREFIX eli: <http://data.europa.eu/eli/ontology#> "
        "PREFIX kitei: <https://w3id.org/kitei/ns#> "
        "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> "
    )
    return city().dataset.select(prefixes + query)
