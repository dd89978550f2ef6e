"""A hostile stranger before a running ``kitei serve``, case by case.

Whatever is sent is refused or answered within its limits, and an ordinary query is answered right
after it.
"""

from __future__ import annotations

import json
import os
import re
import select
import socket
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

import pytest
from tests.hostile_cases import (
    ALL,
    ASKED,
    BOMBS,
    BUSY,
    CHUNKED,
    DIRECT,
    FORM,
    HOST,
    LONG,
    POSTED,
    RAW,
    RUNAWAYS,
    Hostile,
    Raw,
    path,
)
from tests.hostile_support import addresses, answers, got
from tests.support import PATIENCE
from tests.test_cli_serve import Server, serving
from tests.web_support import JSON

from kitei.errors import UsageError
from kitei.web.bodies import AT_ONCE, OF_ONE, Bodies

pytestmark = pytest.mark.skipif(os.name == "nt", reason="needs processes that can be forked")


@pytest.fixture(scope="module")
def example() -> Iterator[Server]:
    """A service of one worker, whose queries end after a second."""
    with serving("--seconds", "1") as made:
        yield made


def posted(server: Server, query: str) -> int:
    """The status of a query, whose answer is read to its end."""
    connection = HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
    try:
        body = query.encode("utf-8", "surrogatepass")
        connection.request(
            "POST", "/sparql", body, {"Content-Type": DIRECT, "Accept": f"{JSON}, */*;q=0.5"}
        )
        response = connection.getresponse()
        text = response.read().decode()
        if response.status >= 400:
            assert response.headers["Content-Type"] == "application/problem+json"
            assert not re.search(r"Traceback|\.py|/usr/|site-packages", text)
        return response.status
    finally:
        connection.close()


def sent(server: Server, data: bytes) -> int:
    """The status of the first answer to some bytes; 0: the connection was closed without one."""
    with socket.create_connection(("127.0.0.1", server.port), PATIENCE) as connection:
        try:
            connection.sendall(data)
            head = connection.recv(4096)
        except ConnectionError:
            return 0
    found = re.match(rb"HTTP/1\.[01] (\d{3}) ", head)
    return int(found[1]) if found else 0


@pytest.mark.parametrize("case", [*RUNAWAYS, *BOMBS], ids=lambda case: case.name)
def test_a_hostile_query_ends_and_others_go_on(case: Hostile, example: Server) -> None:
    assert posted(example, case.query) in case.statuses
    assert answers(example)


@pytest.mark.parametrize("case", RAW, ids=lambda case: case.name)
def test_hostile_bytes_are_refused_and_others_go_on(case: Raw, example: Server) -> None:
    assert sent(example, case.data) in case.statuses
    assert answers(example)


def test_there_are_seventy_cases_and_more() -> None:
    names = [case.name for case in [*RUNAWAYS, *BOMBS]] + [case.name for case in RAW]
    assert len(set(names)) == len(names) >= 70


def test_what_is_smuggled_behind_a_body_is_no_second_request(example: Server) -> None:
    """With both framings the chunks count, and the connection ends (RFC 9112, section 6.1)."""
    body = b"6\r\nASK {}\r\n0\r\n\r\n" + path("/healthz")
    with socket.create_connection(("127.0.0.1", example.port), PATIENCE) as connection:
        connection.sendall(POSTED + b"Content-Length: 4\r\n" + CHUNKED + b"\r\n" + body)
        received = b"".join(iter(lambda: connection.recv(4096), b""))
    assert received.count(b"HTTP/1.1 ") == 1


def test_half_a_query_is_none(example: Server) -> None:
    with socket.create_connection(("127.0.0.1", example.port), PATIENCE) as connection:
        connection.sendall(POSTED + b"Content-Length: 60\r\n\r\nASK {}")
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(4096).startswith(b"HTTP/1.1 400 ")


def test_runaways_of_more_threads_than_evaluators_give_way(example: Server) -> None:
    connections = [HTTPConnection("127.0.0.1", example.port, timeout=PATIENCE) for _ in range(8)]
    for number, connection in enumerate(connections):
        query = f"SELECT (COUNT(*) AS ?n{number}) {{ {ALL} }}"
        connection.request("GET", "/sparql?" + urlencode({"query": query}))
    assert answers(example)
    assert {connection.getresponse().status for connection in connections} <= {*BUSY}
    for connection in connections:
        connection.close()


@pytest.mark.parametrize("kind", ["length", "chunked", "login", "check", "headers", "silent"])
def test_slow_senders_do_not_keep_others_waiting(kind: str, example: Server) -> None:
    part = {
        "length": POSTED + b"Content-Length: 60\r\n\r\nASK",
        "chunked": POSTED + CHUNKED + b"\r\n6\r\nASK",
        "login": b"POST /login HTTP/1.1\r\n" + HOST + f"Content-Type: {FORM}\r\n".encode()
        + b"Content-Length: 60\r\n\r\ntoken=",
        "check": b"POST /check HTTP/1.1\r\n" + HOST
        + b"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 6000\r\n\r\n--x\r\n",
        "headers": ASKED + HOST,
        "silent": b"",
    }[kind]  # fmt: skip
    held = []
    for _ in range(3 * AT_ONCE):
        connection = socket.create_connection(("127.0.0.1", example.port), PATIENCE)
        connection.sendall(part)
        held.append(connection)
    if part.startswith(b"POST"):
        # Those beyond what one client may send at once are told so: the others are being held.
        awaited = select.poll()
        for connection in held:
            awaited.register(connection, select.POLLIN)
        while len(answered := awaited.poll(PATIENCE * 1000)) < len(held) - OF_ONE:
            assert answered
    assert answers(example)
    for connection in held:
        connection.close()


def test_a_head_that_does_not_end_is_not_waited_for(example: Server) -> None:
    at = ("127.0.0.1", example.port)
    # Both at once, since each is given ten seconds.
    with socket.create_connection(at, 30) as get, socket.create_connection(at, 30) as post:
        get.sendall(ASKED + HOST)
        post.sendall(POSTED)
        assert get.recv(4096)[:12] in (b"", b"HTTP/1.1 408")
        assert post.recv(4096)[:12] in (b"", b"HTTP/1.1 408")


def test_a_body_that_does_not_come_is_not_waited_for_for_ever() -> None:
    """The connection is ended, and with it the thread that reads; others stay."""
    with (
        socket.create_server(("127.0.0.1", 0)) as listening,
        socket.create_server(("127.0.0.1", 0)) as elsewhere,
        socket.create_connection(listening.getsockname()),
        socket.create_connection(elsewhere.getsockname()) as other,
        listening.accept()[0] as accepted,
        elsewhere.accept()[0] as untouched,
    ):
        accepted.settimeout(PATIENCE)
        stream = accepted.makefile("rb")
        environ = {
            "CONTENT_LENGTH": "60",
            "REMOTE_ADDR": "127.0.0.1",
            "SERVER_PORT": str(listening.getsockname()[1]),
            "wsgi.input": stream,
        }
        bodies = Bodies(lambda asked, _: [asked["wsgi.input"].read(60)], 0.05)
        with pytest.raises(UsageError):
            bodies(environ, lambda *_: lambda _: None)
        stream.close()
        other.sendall(b"x")
        assert untouched.recv(1) == b"x"


def family(parent: int) -> set[int]:
    """A process and all that descend from it."""
    parents = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(entry.parent.name)] = int(entry.read_text().rpartition(")")[2].split()[1])
        except (OSError, ValueError):
            continue
    found = {parent}
    while more := {pid for pid, above in parents.items() if above in found} - found:
        found |= more
    return found


def test_nothing_is_left_behind(example: Server) -> None:
    """Five hundred requests later there are as many processes and no more memory."""

    def counted() -> tuple[int, int, int]:
        pids = family(example.process.pid)
        files = sum(len(list(Path(f"/proc/{pid}/fd").iterdir())) for pid in pids)
        memory = max(int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in pids)
        return len(pids), files, memory

    def mixed(times: int) -> None:
        for number in range(times):
            case = BOMBS[number % len(BOMBS)]
            posted(example, f"{case.query} # {number}")
            raw = RAW[number % len(RAW)]
            if len(raw.data) < LONG:
                sent(example, raw.data)
        for _ in range(8):
            assert answers(example)

    mixed(60)
    before = counted()
    mixed(250)
    after = counted()
    assert after[0] <= before[0] + 4  # evaluators of the lane, which are lent
    assert after[1] <= before[1] + 40
    assert after[2] <= before[2] + 64 * 256  # 64 MiB in pages


SCRIPT = "\"'><script>alert(1)</script>javascript:alert(2)"


def test_no_page_repeats_markup_that_it_was_sent(example: Server) -> None:
    questions = json.loads(example.ask("/q")[1])["questions"]
    for address in [*addresses(), *(question["href"] for question in questions)]:
        for name in ("as-of", "lang", "post", "person", "query", "name", "format", "next", SCRIPT):
            sign = "&" if "?" in address else "?"
            asked = urlencode({name: SCRIPT})
            shown = got(example, f"{address}{sign}{asked}", "text/html")
            head, _, body = shown.partition("\n\n")
            assert "text/html" not in head or "<script>alert" not in body, (address, name)
            assert 'href="javascript:' not in body


def test_only_addresses_of_the_web_become_links(example: Server) -> None:
    query = """SELECT ?x { VALUES ?x { <javascript:alert(1)> <data:text/html,x> <file:///etc/passwd>
        <vbscript:x> <JaVaScRiPt:x> <https://example.org/%22onclick=x> "<script>" } }"""
    shown = got(example, "/sparql?" + urlencode({"query": query}), "text/html")
    links = re.findall(r'href="([^"]*)"', shown)
    assert "https://example.org/%22onclick=x" in links
    assert all(link.startswith(("/", "https://", "http://", "#", "?")) for link in links)
    assert "<script>" not in shown.partition("<main")[2]
