"""Bodies that do not come to their end are no requests, and those in memory are bounded."""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Iterator
from io import BytesIO
from typing import NamedTuple

import pytest
from tests.hostile_cases import CHUNKED, DIRECT, FORM, HOST
from tests.hostile_support import answers
from tests.support import PATIENCE
from tests.test_cli_serve import Server, serving
from tests.web_support import JSON, assert_problem, client

from kitei.web import bodies
from kitei.web.bodies import Bodies
from kitei.web.problems import RefusedError

ROW = b"staff_id,name,post,start\r\n1,a,b,2020-01-01\r\n"
PART = b'--x\r\nContent-Disposition: form-data; name="roster"; filename="roster.csv"\r\n\r\n' + ROW
END = b"\r\n--x--\r\n"
MULTIPART = "multipart/form-data; boundary=x"


class Cut(NamedTuple):
    """A request whose body is cut off, and what would make it whole."""

    name: str
    path: str
    kind: str
    sent: bytes
    missing: bytes
    """What stays away, besides the chunk that ends it."""


CUTS = [
    Cut("a query", "/sparql", DIRECT, b"ASK {}", b" # of a longer one"),
    Cut("a query in a form", "/sparql", FORM, b"query=ASK%7B%7D", b"&as-of=2024-06-05"),
    Cut("a form", "/login", FORM, b"token=abc", b"def"),
    Cut("a roster", "/check", MULTIPART, PART, END),
    Cut("a roster between two tables", "/check", MULTIPART, PART + b"\r\n", b"--x--\r\n"),
    Cut("a roster in its last boundary", "/check", MULTIPART, PART + END[:-4], END[-4:]),
]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving() as made:
        yield made


def head(cut: Cut) -> bytes:
    accepted = f"Accept: {JSON}, application/json, */*;q=0.1"
    lines = [f"POST {cut.path} HTTP/1.1", f"Content-Type: {cut.kind}", accepted, ""]
    return "\r\n".join(lines).encode() + HOST


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


def status(server: Server, data: bytes, *, closing: bool) -> int:
    """The status of the answer, to a client that has closed its side by then or has not."""
    with socket.create_connection(("127.0.0.1", server.port), PATIENCE) as connection:
        connection.sendall(data)
        if closing:
            connection.shutdown(socket.SHUT_WR)
        received = connection.recv(4096)
    found = re.match(rb"HTTP/1\.1 (\d{3}) ", received)
    assert found, received
    return int(found[1])


@pytest.mark.skipif(os.name == "nt", reason="needs processes that can be forked")
@pytest.mark.parametrize("cut", CUTS, ids=lambda cut: cut.name)
def test_a_chunked_body_that_is_cut_off_is_no_request(cut: Cut, server: Server) -> None:
    begun = head(cut) + CHUNKED + b"\r\n" + chunk(cut.sent)
    assert status(server, begun, closing=True) == 400
    whole = begun + chunk(cut.missing) + b"0\r\n\r\n"
    assert status(server, whole, closing=False) in (200, 403)
    assert answers(server)


@pytest.mark.skipif(os.name == "nt", reason="needs processes that can be forked")
@pytest.mark.parametrize("cut", CUTS, ids=lambda cut: cut.name)
def test_a_body_that_is_shorter_than_its_length_is_no_request(cut: Cut, server: Server) -> None:
    size = len(cut.sent) + len(cut.missing)
    begun = head(cut) + f"Content-Length: {size}\r\n\r\n".encode() + cut.sent
    assert status(server, begun, closing=True) == 400
    assert status(server, begun + cut.missing, closing=False) in (200, 403)


@pytest.mark.parametrize("body", [PART, PART + END[:-4], ROW, b"--x", b"--y--\r\n"])
def test_a_form_without_its_last_boundary_is_told_to_be_cut_off(body: bytes) -> None:
    response = client().post("/check", data=body, content_type=MULTIPART)
    problem = assert_problem(response, 400)
    assert "cut off or malformed" in str(problem["detail"])


def test_a_form_without_any_boundary_is_malformed() -> None:
    response = client().post("/check", data=PART + END, content_type="multipart/form-data")
    assert "cut off or malformed" in str(assert_problem(response, 400)["detail"])


def test_large_bodies_in_memory_are_bounded_and_small_ones_are_taken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bodies, "SMALL", 10)
    monkeypatch.setattr(bodies, "HELD", 100)
    inner: list[bytes] = []

    def asked(size: int) -> bytes:
        environ = {"CONTENT_LENGTH": str(size), "wsgi.input": BytesIO(b"x" * size)}
        return b"".join(made(environ, lambda *_: lambda _: None))

    def app(environ: dict[str, BytesIO], _: object) -> list[bytes]:
        data = environ["wsgi.input"].read()
        if inner:
            inner.append(asked(int(inner.pop())))
        return [data]

    made = Bodies(app, 60)
    inner.append(b"40")
    assert len(asked(60)) == 60, "both of them are held at once"
    inner[:] = [b"50"]
    with pytest.raises(RefusedError, match="try later"):
        asked(60)
    inner[:] = [b"10"]
    assert len(asked(100)) == 100, "what was refused or answered is not counted any more"
