"""What is sent to an endpoint and what is taken from it: nothing more than the operator named."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from kitei.errors import InputUnreadableError, UsageError
from kitei.storage.endpoint import Endpoint
from kitei.storage.http import PASSWORD, PASSWORD_FILE, USER, Account, Client, Limits, account

TRIPLE = b"<http://example.org/s> <http://example.org/p> <http://example.org/o> .\n"
CONSTRUCT = "CONSTRUCT { ?s ?p ?o } WHERE { GRAPH <http://example.org/g> { ?s ?p ?o } }"


class Told(BaseHTTPRequestHandler):
    """Answers as its server was told, and remembers what it was asked."""

    server: Server

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        self.server.asked.append((self.path, dict(self.headers), self.rfile.read(length)))
        self.send_response(self.server.status)
        for name, value in self.server.headers:
            self.send_header(name, value)
        self.end_headers()
        try:
            for part in self.server.body:
                self.wfile.write(part)
                self.wfile.flush()
        except OSError:
            # The client has gone, as some of these tests want it to.
            pass

    def do_PUT(self) -> None:
        self.do_POST()

    def do_DELETE(self) -> None:
        self.do_POST()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Server(ThreadingHTTPServer):
    """A server that answers every request alike."""

    # Closing the server waits for them, so that no connection outlives a test.
    daemon_threads = False
    status = 200
    headers: tuple[tuple[str, str], ...] = ()

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Told)
        self.asked: list[tuple[str, dict[str, str], bytes]] = []
        self.body: list[bytes] | Iterator[bytes] = [TRIPLE]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/sparql"


@contextmanager
def serving() -> Iterator[Server]:
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as started:
        yield started


def test_a_whole_answer_is_taken(server: Server) -> None:
    assert Endpoint(server.url).construct(CONSTRUCT) == TRIPLE
    path, headers, body = server.asked[0]
    assert path == "/sparql"
    assert headers["Accept"] == "application/n-triples"
    assert body.startswith(b"query=CONSTRUCT")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(server: Server, status: int) -> None:
    with serving() as elsewhere:
        server.status, server.headers = status, (("Location", elsewhere.url),)
        with pytest.raises(InputUnreadableError, match=str(status)):
            Endpoint(server.url).construct(CONSTRUCT)
        assert elsewhere.asked == []


@pytest.mark.parametrize("status", [400, 401, 403, 404, 500, 503])
def test_a_failure_is_told_with_the_server_and_its_words(server: Server, status: int) -> None:
    server.status, server.body = status, [b"because\n of this"]
    with pytest.raises(InputUnreadableError, match=f"{status} .*because of this"):
        Endpoint(server.url).construct(CONSTRUCT)


def test_a_graph_that_is_lacking_is_removed_all_the_same(server: Server) -> None:
    server.status = 404
    Endpoint(server.url, server.url).remove("http://example.org/g")
    assert server.asked[0][0] == "/sparql?graph=http%3A%2F%2Fexample.org%2Fg"


def test_an_answer_that_is_too_large_is_left(server: Server) -> None:
    server.body = (TRIPLE * 20_000 for _ in iter(int, 1))
    with pytest.raises(InputUnreadableError, match="too large"):
        Endpoint(server.url, limits=Limits(answer=3_000_000)).construct(CONSTRUCT)


def test_an_answer_that_drips_ends_at_the_deadline(server: Server) -> None:
    going = threading.Event()
    # Every byte comes before a timeout of the socket; together they would take for ever.
    server.body = (b"x" for _ in iter(lambda: going.wait(0.05), True))
    try:
        with pytest.raises(InputUnreadableError, match="too long"):
            Endpoint(server.url, limits=Limits(seconds=0.3)).construct(CONSTRUCT)
    finally:
        going.set()


def test_an_answer_that_says_it_was_cut_is_not_taken(server: Server) -> None:
    server.headers = (("X-SPARQL-MaxRows", "10000"),)
    with pytest.raises(InputUnreadableError, match="cut"):
        Endpoint(server.url).construct(CONSTRUCT)


def test_an_answer_that_ends_early_is_not_taken(server: Server) -> None:
    server.headers = (("Content-Length", "100000"),)
    with pytest.raises(InputUnreadableError):
        Endpoint(server.url).construct(CONSTRUCT)


def test_what_is_no_answer_is_not_taken(server: Server) -> None:
    server.body = [b"<html>"]
    with pytest.raises(InputUnreadableError, match="cannot be read"):
        Endpoint(server.url).answer("SELECT * { ?s ?p ?o }", lambda offered: offered[0], None)


def test_nobody_there_is_told() -> None:
    with serving() as gone:
        url = gone.url
    with pytest.raises(InputUnreadableError, match="refused"):
        Endpoint(url).construct(CONSTRUCT)


@pytest.mark.parametrize(
    "url",
    ["ftp://example.org/", "file:///etc/passwd", "sparql", "http://", "http://u:p@example.org/"],
)
def test_an_address_that_is_none_or_has_a_password_is_refused(url: str) -> None:
    with pytest.raises(UsageError):
        Client().allow(url)


def test_a_password_goes_over_https_or_stays_on_this_machine() -> None:
    client = Client(Account("u", "secret"))
    with pytest.raises(UsageError, match="https"):
        client.allow("http://example.org/sparql")
    client.allow("https://example.org/sparql")
    client.allow("http://127.0.0.1:1/sparql")


def test_a_password_is_sent_only_when_it_is_asked_for(server: Server) -> None:
    endpoint = Endpoint(server.url, allowed=Account("u", "secret"))
    endpoint.construct(CONSTRUCT)
    assert "Authorization" not in server.asked[0][1]
    server.status, server.headers = 401, (("WWW-Authenticate", 'Basic realm="r"'),)
    with pytest.raises(InputUnreadableError, match="401") as caught:
        endpoint.construct(CONSTRUCT)
    assert server.asked[-1][1]["Authorization"].startswith("Basic ")
    assert "secret" not in "".join(caught.value.message)


def test_the_account_comes_from_the_environment(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("from a file\n", encoding="utf-8")
    assert account({}) is None
    assert account({USER: "u", PASSWORD: "p"}) == Account("u", "p")
    assert account({USER: "u", PASSWORD_FILE: str(file)}) == Account("u", "from a file")
    with pytest.raises(UsageError, match=PASSWORD):
        account({USER: "u"})
    with pytest.raises(InputUnreadableError):
        account({USER: "u", PASSWORD_FILE: str(tmp_path / "none")})
    assert "from a file" not in repr(Account("u", "from a file"))


def test_without_an_address_for_graphs_nothing_is_written(server: Server) -> None:
    with pytest.raises(UsageError, match="--store-graphs"):
        Endpoint(server.url).append("http://example.org/g", TRIPLE)


def test_what_is_large_is_sent_in_pieces_and_blank_nodes_together(server: Server) -> None:
    lines = [f"<http://example.org/{n}> <http://example.org/p> {n} .\n" for n in range(120_000)]
    lines[5::30_000] = ["_:x <http://example.org/p> _:y .\n"] * 4
    data = "".join(lines).encode()
    Endpoint(server.url, server.url).append("http://example.org/g", data)
    bodies = [body for _, _, body in server.asked]
    assert len(bodies) > 1
    assert sorted(b"".join(bodies).splitlines()) == sorted(data.splitlines())
    assert [b"_:" in body for body in bodies].count(True) == 1
