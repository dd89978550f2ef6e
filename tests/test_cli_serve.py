"""``kitei serve``, for real: a process, a socket, Ctrl-C."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse
from urllib.parse import urlencode

import pytest
from tests.cli_support import ROSTER, kitei
from tests.support import ROOT, SERVICE

AS_OF = "2024-06-05"
pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")


class Server:
    """A running ``kitei serve``."""

    def __init__(self, *options: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "kitei", "serve", "--port", "0", "--lang", "en", *options],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(SERVICE), "PYTHONUTF8": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        assert self.process.stdout is not None
        self.line = self.process.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:(\d+)/", self.line)
        assert found, self.line
        self.port = int(found.group(1))

    def ask(self, path: str, method: str = "GET", **parameters: str) -> tuple[HTTPResponse, str]:
        """The response to a request, and its body."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, f"{path}?{urlencode(parameters)}")
            response = connection.getresponse()
            return response, response.read().decode()
        finally:
            connection.close()

    def stop(self, number: int) -> tuple[int, str, str]:
        """Exit code and what was printed after a signal."""
        self.process.send_signal(number)
        out, err = self.process.communicate(timeout=20)
        return self.process.returncode, out, err


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    made = Server("--roster", str(ROSTER))
    yield made
    if made.process.poll() is None:
        made.stop(signal.SIGTERM)


def test_it_answers_at_the_address_it_prints(server: Server) -> None:
    _, body = server.ask("/q/who-acts", post="CDO", **{"as-of": AS_OF})
    assert json.loads(body)["answers"][0]["person"] == "B001"
    response, body = server.ask("/sparql", query="ASK {}")
    assert (response.status, json.loads(body)["boolean"]) == (200, True)
    response, body = server.ask("/")
    assert (response.status, response.getheader("Content-Type")) == (
        200,
        "text/html; charset=utf-8",
    )
    response, body = server.ask("/sparql", "HEAD", query="ASK {}")
    assert (response.status, body) == (200, "")


def test_it_says_nothing_of_its_make(server: Server) -> None:
    for path in ("/", "/nothing", "/" + "x" * 300_000):
        response, _ = server.ask(path)
        assert response.getheader("Server") is None
        assert "waitress" not in str(response.getheaders()).lower()


def test_a_query_that_crashes_the_engine_does_not_stop_it(server: Server) -> None:
    response, _ = server.ask("/sparql", query="SELECT (1" + "+1" * 20_000 + " AS ?x) {}")
    assert response.status == 503
    response, _ = server.ask("/healthz")
    assert response.status == 200


def test_a_port_in_use_is_one_line(server: Server) -> None:
    outcome = kitei("serve", "--port", str(server.port), "--lang", "en")
    assert outcome.code == 2
    assert outcome.err == (
        f"kitei: port {server.port} is in use; choose another with --port (0: any that is free)\n"
    )


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_cleanly_and_keeps_no_record(number: int) -> None:
    server = Server()
    _, body = server.ask("/q/who-acts", post="CDO")
    assert json.loads(body)["answers"][0]["person"] is None
    server.ask("/q/who-acts", post="見本 総務")
    assert server.stop(number) == (0, "", "")
    with pytest.raises(OSError), socket.create_connection(("127.0.0.1", server.port), 1):
        pass


@pytest.mark.parametrize(
    ("options", "code", "told"),
    [
        (("--port", "65536"), 2, "--port"),
        (("--host", "no.such.host.invalid"), 2, "unknown host"),
        (("--roster", "/no/such/roster"), 3, "roster"),
        (("--roster", str(ROSTER), "--example"), 2, "not allowed"),
    ],
)
def test_what_cannot_be_served_is_one_line(options: tuple[str, ...], code: int, told: str) -> None:
    outcome = kitei("serve", "--lang", "en", *options)
    assert (outcome.code, outcome.out) == (code, "")
    assert told in outcome.err
    assert outcome.err.count("\n") == 1
