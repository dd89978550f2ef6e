"""A service in tests: the acceptance roster, and a client that needs no socket."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from html.parser import HTMLParser

from flask.testing import FlaskClient
from tests.cli_support import ROSTER
from werkzeug.test import TestResponse

from kitei import kb
from kitei.city import City
from kitei.confined import Archive, Here, Pool, Source, can_fork
from kitei.kb import GraphFile
from kitei.web import create_app
from kitei.web.settings import Settings

AS_OF = "2024-06-05"
JSON = "application/sparql-results+json"
TOKEN = "a token of some length"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
OUT_OF_ALL_PAGES = ("<script", "javascript:", "http-equiv")


@cache
def city(with_roster: bool = True) -> City:
    """A city that no test changes."""
    return fresh_city(with_roster)


def fresh_city(with_roster: bool = True, graphs: Iterable[GraphFile] = ()) -> City:
    """A city of one's own, with more graphs."""
    made = City(kb.find())
    made.dataset.load(graphs)
    if with_roster:
        made.read_roster(ROSTER)
    return made


@cache
def client(with_roster: bool = True) -> FlaskClient:
    """A client of a service that evaluates in this process."""
    return create_app(city(with_roster)).test_client()


@cache
def example() -> FlaskClient:
    """A client of the service of the example city, whose roster has kana."""
    made = City(kb.find())
    made.read_roster(made.base.example_roster(made.regulation.name))
    return create_app(made).test_client()


@contextmanager
def guarded_client(
    *, in_pool: bool, prepare: Callable[[Archive], None] | None = None
) -> Iterator[FlaskClient]:
    """A client without any right, of a service whose roster is protected.

    It evaluates in this process, or in a pool of others where there can be one.
    """
    archive = Archive.of(city(), city(with_roster=False), protecting=True)
    pool = Pool(Source(archive, prepare=prepare)) if in_pool and can_fork() else None
    try:
        settings = Settings(token=TOKEN, secret=b"s")
        yield create_app(city(), pool or Here(archive), settings).test_client()
    finally:
        if pool:
            pool.close()


def assert_problem(response: TestResponse, status: int) -> dict[str, object]:
    """The problem document of a response, after checking its one shape."""
    assert response.status_code == status, response.text
    assert response.content_type == "application/problem+json"
    document: dict[str, object] = response.get_json()
    assert set(document) == {"type", "title", "status", "detail", "detail_ja"}
    assert document["status"] == status
    assert document["detail"] and document["detail_ja"]
    return document


def assert_problem_page(response: TestResponse, status: int) -> Page:
    """The page of a problem, for who browses."""
    assert response.status_code == status, response.text
    assert response.content_type == "text/html; charset=utf-8"
    assert {"Accept", "Accept-Language"} <= {word.strip() for word in response.vary}
    return checked_page(response.text)


class Page(HTMLParser):
    """The text, links and tags of a page."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.said = ""
        self.links: list[str] = []
        self.language: str | None = None
        self.feed(source)

    def handle_data(self, data: str) -> None:
        self.said += data

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "html":
            self.language = found.get("lang")
        if tag == "a" and not str(found.get("href") or "#").startswith("#"):
            self.links.append(str(found["href"]))


def checked_page(source: str) -> Page:
    """A page, after checking that it brings no script and no inline style."""
    for word in OUT_OF_ALL_PAGES:
        assert word not in source.lower()
    assert " style=" not in source, "the policy allows no inline style"
    return Page(source)
