"""Connections to a running service: idle ones shut nobody out, and it is called by its names."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Iterator
from http.client import HTTPConnection

import pytest
from tests.hostile_cases import HOST
from tests.hostile_support import answers
from tests.support import PATIENCE
from tests.test_cli_serve import Server

pytestmark = pytest.mark.skipif(os.name == "nt", reason="needs processes that can be forked")
IDLE = 1500
"""More than the 1,024 files that a process may usually open."""


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    made = Server("--example", "--workers", "1", "--rate", "0", "--allow-host", "Kitei.Example")
    yield made
    assert made.stop(signal.SIGTERM)[0] == 0


@pytest.fixture
def many_files() -> Iterator[None]:
    """As many files as these tests need, if the system allows them."""
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 2 * IDLE
    if hard != resource.RLIM_INFINITY and hard < 3 * IDLE:
        pytest.skip("the system allows too few open files")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.usefixtures("many_files")
@pytest.mark.parametrize("said", [b"", b"GET / HTTP/1.1\r\n" + HOST], ids=["silent", "half a head"])
def test_connections_that_say_nothing_shut_nobody_out(said: bytes, server: Server) -> None:
    held = []
    try:
        for _ in range(IDLE):
            connection = socket.create_connection(("127.0.0.1", server.port), PATIENCE)
            connection.sendall(said)
            held.append(connection)
        assert answers(server)
        held[-1].setblocking(False)
        with pytest.raises(BlockingIOError):
            held[-1].recv(1)  # the answer came while they were there
    finally:
        for connection in held:
            connection.close()


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", 200),
        ("LocalHost:8000", 200),
        ("kitei.example", 200),
        ("KITEI.EXAMPLE", 200),
        ("kitei.example.evil.example", 400),
        ("Evil.Example", 400),
    ],
)
def test_a_name_is_the_same_in_capitals(host: str, status: int, server: Server) -> None:
    """RFC 9110, section 4.2.3; the address of what is given again is the same as well."""
    for _ in range(2):
        connection = HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
        try:
            connection.request("GET", "/q/who-acts.html", headers={"Host": host})
            response = connection.getresponse()
            body = response.read().decode()
            assert response.status == status
            if status == 200:
                assert f'value="http://{host.lower()}/q/who-acts' in body
        finally:
            connection.close()
