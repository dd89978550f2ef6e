"""Far more queries without end than a worker has evaluators, or even threads."""

from __future__ import annotations

import os
import select
from collections.abc import Iterator
from http.client import HTTPConnection
from urllib.parse import urlencode

import pytest
from tests.hostile_cases import ALL, BUSY
from tests.hostile_support import answers
from tests.support import PATIENCE
from tests.test_cli_serve import Server, serving

from kitei.web.server import THREADS

pytestmark = pytest.mark.skipif(os.name == "nt", reason="needs processes that can be forked")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving("--seconds", "12") as made:
        yield made


@pytest.mark.parametrize("many", [64, THREADS + 44])
def test_others_are_answered_before_they_have_ended(many: int, server: Server) -> None:
    held = [HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE) for _ in range(many)]
    for number, connection in enumerate(held):
        query = f"SELECT (COUNT(*) AS ?n{number}) {{ {ALL} }}"
        connection.request("GET", "/sparql?" + urlencode({"query": query}))
    # The first may come in the middle of them, when it is told to come later.
    while server.ask("/sparql", query="ASK {}")[0].status != 200:
        assert not ended(held, many)
    for path in ("/healthz", "/static/kitei.css", "/readyz"):
        assert server.ask(path)[0].status == 200
    assert not ended(held, many)
    responses = [connection.getresponse() for connection in held]
    assert {response.status for response in responses} <= {*BUSY}
    assert all(response.headers["Retry-After"] for response in responses)
    for connection, response in zip(held, responses, strict=True):
        response.close()
        connection.close()
    assert answers(server)


def ended(held: list[HTTPConnection], number: int) -> bool:
    """Whether so many have been answered."""
    readable, _, _ = select.select([connection.sock for connection in held], [], [], 0)
    return len(readable) >= number
