"""``kitei serve``, for real: a process, a socket, Ctrl-C."""

from __future__ import annotations

import json
import os
import re
import resource
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from time import monotonic
from urllib.parse import urlencode

import pytest
from tests.cli_support import ROSTER, kitei
from tests.support import PATIENCE, ROOT, SERVICE

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
            start_new_session=True,
        )
        assert self.process.stdout is not None
        self.line = self.process.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:(\d+)/", self.line)
        assert found, self.line or self.process.communicate()
        self.port = int(found.group(1))

    def ask(self, path: str, method: str = "GET", **parameters: str) -> tuple[HTTPResponse, str]:
        """The response to a request, and its body."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            if method == "POST":
                form = {"Content-Type": "application/x-www-form-urlencoded"}
                connection.request(method, path, urlencode(parameters), form)
            else:
                connection.request(method, f"{path}?{urlencode(parameters)}")
            response = connection.getresponse()
            return response, response.read().decode()
        finally:
            connection.close()

    def stop(self, number: int, *, everybody: bool = False) -> tuple[int, str, str]:
        """Exit code and what was printed after a signal, which ``everybody`` gets."""
        if everybody:
            os.killpg(self.process.pid, number)
        else:
            self.process.send_signal(number)
        out, err = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, out, err


@contextmanager
def serving(*options: str) -> Iterator[Server]:
    """The example served by one worker, which must not have failed at anything in the end."""
    server = Server("--example", "--workers", "1", "--rate", "0", *options)
    yield server
    code, _, err = server.stop(signal.SIGTERM)
    assert code == 0
    assert "Traceback" not in err


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    made = Server("--roster", str(ROSTER), "--open-roster")
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
    for path in ("/", "/nothing"):
        response, _ = server.ask(path)
        assert response.getheader("Server") == "Kitei"
        assert "granian" not in str(response.getheaders()).lower()


def test_headers_beyond_all_measure_are_refused_and_harm_nobody(server: Server) -> None:
    with pytest.raises(OSError):
        response, _ = server.ask("/" + "x" * 300_000)
        raise ConnectionResetError(response.status)
    response, _ = server.ask("/healthz")
    assert response.status == 200


def test_a_query_that_crashes_the_engine_does_not_stop_it(server: Server) -> None:
    query = "SELECT (1" + "+1" * 20_000 + " AS ?x) {}"
    response, _ = server.ask("/sparql", "POST", query=query)
    assert response.status == 503
    response, _ = server.ask("/healthz")
    assert response.status == 200


def test_a_port_in_use_is_one_line(server: Server) -> None:
    outcome = kitei("serve", "--port", str(server.port), "--lang", "en")
    assert outcome.code == 2
    assert outcome.err == (
        f"kitei: port {server.port} is in use; choose another with --port (0: any that is free)\n"
    )


def send(server: Server, files: dict[str, bytes], query: str = "") -> tuple[HTTPResponse, str]:
    """What the server says to a roster."""
    head = '--x\r\nContent-Disposition: form-data; name="roster"; filename="{}"\r\n\r\n'
    parts = [head.format(name).encode() + data + b"\r\n" for name, data in files.items()]
    body = b"".join([*parts, b"--x--\r\n"])
    connection = HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
    try:
        media_type = {"Content-Type": "multipart/form-data; boundary=x"}
        connection.request("POST", f"/check{query}", body, media_type)
        response = connection.getresponse()
        return response, response.read().decode()
    finally:
        connection.close()


def test_a_roster_that_is_sent_is_checked(server: Server) -> None:
    files = {file.name: file.read_bytes() for file in ROSTER.glob("*.csv")}
    response, body = send(server, files, f"?as-of={AS_OF}")
    assert (response.status, response.getheader("Kitei-Conforms")) == (200, "true")
    assert [found["rule"] for found in json.loads(body)["findings"]] == ["post-acting"]
    response, body = send(server, {"roster.csv": b"x" * 33 * 1024 * 1024})
    assert response.status == 413
    assert server.ask("/healthz")[0].status == 200


@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")
def test_no_process_of_the_server_can_leave_a_core_dump(server: Server) -> None:
    """Whoever takes requests holds what was sent. (The main process and the keeper never do.)"""
    children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children").read_text()
    limits = [Path(f"/proc/{child}/limits").read_text() for child in children.split()]
    cores = [re.search(r"Max core file size +(\S+) +(\S+)", text) for text in limits]
    assert ("0", "0") in [found.groups() for found in cores if found]


@pytest.mark.skipif(sys.platform != "linux", reason="limits of Linux")
def test_what_is_sent_touches_no_disk() -> None:
    """A server none of whose processes can write a file of 2 MiB checks a roster of 3 MiB."""
    most = 2 * 1024 * 1024
    rows = (
        f"X{n:06},見本 {n},財務部税務課,主事,本務,2024-04-01,,{'備' * 1000}\n" for n in range(1_100)
    )
    files = {file.name: file.read_bytes() for file in ROSTER.glob("*.csv")}
    header, rest = files["roster.csv"].split(b"\r\n", 1)
    files["roster.csv"] = header + ",備考\r\n".encode() + rest + "".join(rows).encode()
    assert len(files["roster.csv"]) > 1.5 * most
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, hard))
    try:
        limited = Server("--example", "--workers", "1")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    try:
        response, body = send(limited, files, f"?as-of={AS_OF}")
        assert (response.status, json.loads(body)["conforms"]) == (200, True)
    finally:
        limited.stop(signal.SIGTERM)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_cleanly_and_keeps_no_record(number: int) -> None:
    server = Server()
    _, body = server.ask("/q/who-acts", post="CDO")
    assert json.loads(body)["answers"][0]["person"] is None
    server.ask("/q/who-acts", post="見本 総務")
    assert server.stop(number) == (0, "", "")
    with pytest.raises(OSError), socket.create_connection(("127.0.0.1", server.port), 1):
        pass


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_cleanly_when_all_of_its_processes_are_told_to(number: int) -> None:
    """As a terminal and a service manager do."""
    server = Server("--example", "--workers", "2")
    assert server.ask("/healthz")[0].status == 200
    told = monotonic()
    assert server.stop(number, everybody=True) == (0, "", "")
    assert monotonic() - told < 10, "a worker that has nothing to finish was waited for"


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
