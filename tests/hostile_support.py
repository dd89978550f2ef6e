"""What is asked of a running service that somebody attacks."""

from __future__ import annotations

import json
import re
from http.client import HTTPConnection
from itertools import count

from tests.hostile_cases import BUSY
from tests.support import PATIENCE
from tests.test_cli_serve import Server
from tests.web_support import AS_OF, city

from kitei.web import create_app

_NUMBERS = count(1)


def addresses() -> list[str]:
    """Every route that GET knows, with what its variables may stand for."""
    values = {
        "filename": ["kitei.css"],
        "path": ["graph/roster", "graph/derived", f"day/{AS_OF}", "data/x"],
        "name": ["who-acts", "heldBy"],
        "version": ["latest"],
    }
    found = []
    for rule in create_app(city(False)).url_map.iter_rules():
        variables = re.findall(r"<(?:\w+:)?(\w+)>", rule.rule)
        known = values.get(variables[0], ["x"]) if variables else [""]
        found += [re.sub(r"<[^>]*>", value, rule.rule) for value in known]
    return sorted(
        {*found, "/graphs?default", "/graphs?graph=https://w3id.org/kitei/id/graph/roster"}
    )


def got(server: Server, address: str, accept: str = "*/*", method: str = "GET", **more: str) -> str:
    """Head and body of an answer, as one text."""
    connection = HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
    try:
        connection.request(method, address, headers={"Accept": accept, **more})
        response = connection.getresponse()
        assert response.status < 500 or response.status in BUSY
        return f"{response.status} {response.headers}{response.read().decode('utf-8', 'replace')}"
    finally:
        connection.close()


def answers(server: Server) -> bool:
    """Whether an ordinary query, never asked before, is answered."""
    body = server.ask("/sparql", query=f"ASK {{ FILTER(0 < {next(_NUMBERS)}) }}")[1]
    return json.loads(body)["boolean"] is True
