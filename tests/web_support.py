"""A service in tests: the acceptance roster, and a client that needs no socket."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from flask.testing import FlaskClient
from tests.cli_support import ROSTER
from werkzeug.test import TestResponse

from kitei import kb
from kitei.city import City
from kitei.kb import GraphFile
from kitei.web import create_app

AS_OF = "2024-06-05"
JSON = "application/sparql-results+json"


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


def assert_problem(response: TestResponse, status: int) -> dict[str, object]:
    """The problem document of a response, after checking its one shape."""
    assert response.status_code == status, response.text
    assert response.content_type == "application/problem+json"
    document: dict[str, object] = response.get_json()
    assert set(document) == {"type", "title", "status", "detail", "detail_ja"}
    assert document["status"] == status
    assert document["detail"] and document["detail_ja"]
    return document
