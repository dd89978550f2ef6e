"""``kitei serve --store``: the service is the same, wherever the roster lies."""

from __future__ import annotations

import json
import os
import shutil
import signal
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from pathlib import Path
from time import monotonic
from typing import NamedTuple
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from tests.cli_support import ROSTER, kitei, roster_with
from tests.store_support import KINDS, Address, place, running
from tests.support import PATIENCE
from tests.test_cli_serve import Server, send
from tests.test_web_watched import counted

from kitei import foreign, kb
from kitei.city import City
from kitei.confined import Archive, Here
from kitei.storage.contents import RECORD
from kitei.web import create_app
from kitei.web.settings import Settings

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
DAY = "2024-06-05"
TOKEN = "a token of some length"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
RESULTS = {"Accept": "text/csv"}
OTHER = '<http://example.org/s> <http://example.org/p> "of others" .\n'
NAMES = "SELECT ?name { ?person <http://xmlns.com/foaf/0.1/name> ?name } ORDER BY ?name"
GRAPHS = "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g ORDER BY ?g"
# What is asked, and in which form the answer is compared.
ASKED: tuple[tuple[str, dict[str, str], dict[str, str]], ...] = (
    ("/q/who-acts", {"post": "CDO"}, {"Accept": "application/json"}),
    ("/q/vacancies", {}, RESULTS),
    ("/findings.json", {}, {}),
    ("/timeline/CDO", {"from": "2024-05-01", "to": "2024-07-31", "lang": "en"}, {}),
    ("/", {"lang": "ja"}, {"Accept": "text/html"}),
    ("/picture.svg", {"lang": "ja"}, {}),
    ("/sparql", {"query": NAMES}, RESULTS),
    ("/sparql", {"query": GRAPHS}, RESULTS),
    ("/sparql", {"query": "SELECT ?o { <http://example.org/s> ?p ?o }"}, RESULTS),
    (
        "/sparql",
        {"query": NAMES, "default-graph-uri": "https://w3id.org/kitei/id/graph/roster"},
        RESULTS,
    ),
    (
        "/graphs",
        {"graph": "https://w3id.org/kitei/id/graph/roster"},
        {"Accept": "application/n-triples"},
    ),
)


class Served(NamedTuple):
    """A service over a store, and how that store is filled."""

    kind: str
    server: Server
    load: Callable[[Path], None]

    def get(
        self, path: str, parameters: dict[str, str], headers: dict[str, str]
    ) -> tuple[int, bytes]:
        """Status and body."""
        connection = HTTPConnection("127.0.0.1", self.server.port, timeout=60)
        try:
            query = urlencode({"as-of": DAY, **parameters})
            connection.request("GET", f"{path}?{query}", headers=headers)
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()


@pytest.fixture(scope="module", params=KINDS)
def served(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    """A protected service; for ``memory`` its roster is a folder, as without a store."""
    folder, kind = tmp_path_factory.mktemp("served"), request.param
    other = folder / "other.nt"
    other.write_text(OTHER, encoding="utf-8")
    (folder / "token").write_text(TOKEN, encoding="utf-8")
    (folder / "server").mkdir()
    with running(kind, folder / "server") as address, pytest.MonkeyPatch.context() as patch:
        words = _words(kind, folder, address, patch)

        def load(roster: Path) -> None:
            if kind == "memory":
                shutil.copytree(roster, folder / "roster", dirs_exist_ok=True)
                return
            done = kitei("load", *words, "--roster", roster, "--data", other, "--as-of", DAY)
            assert (done.code, done.err) == (0, "")

        load(ROSTER)
        files = ["--roster", str(folder / "roster"), "--data", str(other)]
        given = files if kind == "memory" else words[:2]
        options = ["--token-file", str(folder / "token"), "--workers", "1", "--rate", "0"]
        server = Server(*given, *options)
        yield Served(kind, server, load)
        code, _, err = server.stop(signal.SIGTERM)
        assert (code, err) == (0, "")


def _words(
    kind: str, folder: Path, address: Address | None, patch: pytest.MonkeyPatch
) -> list[str]:
    """What names the store."""
    if address is None:
        return ["--store", str(folder / "store")]
    with place(kind, folder, address) as found:
        found.store.remove(RECORD)
        for name, value in found.environment.items():
            patch.setenv(name, value)
        return list(found.words)


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """The same service in this process, over the roster's files."""
    file = tmp_path_factory.mktemp("own") / "other.nt"
    file.write_text(OTHER, encoding="utf-8")
    bare = City(kb.find())
    city = bare.copy()
    city.read_roster(ROSTER)
    archive = Archive.of(
        city, bare, protecting=True, foreign=foreign.dataset(foreign.files([file]))
    )
    return create_app(bare, Here(archive), Settings(token=TOKEN, secret=b"s")).test_client()


@pytest.mark.parametrize("right", [BEARER, {}], ids=["token", "nobody"])
@pytest.mark.parametrize("asked", ASKED, ids=range(len(ASKED)))
def test_every_answer_is_that_of_the_rosters_files(
    served: Served,
    own: FlaskClient,
    asked: tuple[str, dict[str, str], dict[str, str]],
    right: dict[str, str],
) -> None:
    path, parameters, headers = asked
    headers = {**headers, **right}
    expected = own.get(path, query_string={"as-of": DAY, **parameters}, headers=headers)
    status, body = served.get(path, parameters, headers)
    assert status == expected.status_code
    assert sorted(body.splitlines()) == sorted(expected.data.splitlines())
    if not right:
        assert "見本".encode() not in body


def test_what_the_roster_says_needs_the_token(served: Served) -> None:
    named = served.get("/sparql", {"query": NAMES}, {**RESULTS, **BEARER})[1]
    assert len(named.split()) > 10
    assert served.get("/sparql", {"query": NAMES}, RESULTS)[1].split() == [b"name"]
    asked = served.get("/q/who-acts", {"post": "CDO"}, {"Accept": "application/json"})[1]
    assert json.loads(asked)["answers"][0]["person"] is None


def test_a_roster_that_is_sent_is_checked(served: Served) -> None:
    files = {file.name: file.read_bytes() for file in ROSTER.glob("*.csv")}
    response, body = send(served.server, files, f"?as-of={DAY}")
    assert (response.status, json.loads(body)["conforms"]) == (200, True)


def test_what_is_loaded_anew_is_served_while_requests_go_on(served: Served, tmp_path: Path) -> None:
    before = _generation(served.server)
    served.load(roster_with(tmp_path, {"roster.csv": _renamed()}))
    if served.kind not in {"memory", "disk"}:
        # Files are looked at; a server is not asked until somebody says so.
        served.server.process.send_signal(signal.SIGHUP)
    until = monotonic() + PATIENCE
    while _generation(served.server) == before:
        assert monotonic() < until, served.server.ask("/metrics")[1]
        assert served.get("/q/who-acts", {"post": "CDO"}, BEARER)[0] == 200
    named = served.get("/sparql", {"query": NAMES}, {**RESULTS, **BEARER})[1].decode()
    assert "改名 した" in named


def _renamed() -> str:
    """The roster with its last person named otherwise."""
    lines = (ROSTER / "roster.csv").read_text(encoding="utf-8-sig").splitlines()
    cells = lines[-1].split(",")
    cells[1] = "改名 した"
    return "\n".join([*lines[:-1], ",".join(cells), ""])


def _generation(server: Server) -> float:
    return counted(server.ask("/metrics")[1], "kitei_data_generation")
