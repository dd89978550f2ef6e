"""A store behind any SPARQL 1.1 endpoint.

Read by the SPARQL 1.1 Protocol, written by the Graph Store HTTP Protocol. What
the endpoint answers is asked for in one form and written in the form wanted by
the engine that Kitei brings along, so that no server's habits show. A query
is read by that engine first: what is not SPARQL 1.1 (the ``define`` of Virtuoso,
which can make it fetch from the web) never reaches the endpoint.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from urllib.parse import urlencode

from kitei.errors import UsageError
from kitei.storage import Progress
from kitei.storage.http import Account, Client, Limits, account
from kitei.store import Choose, GraphChoice, Kind, kind_of, rewritten

_NTRIPLES = "application/n-triples"
_RESULTS = "application/sparql-results+xml"
_FORM = "application/x-www-form-urlencoded"
_PIECE = 4 * 1024 * 1024
"""Bytes of a request: servers refuse what is much larger."""


class Endpoint:
    """The graphs of a server."""

    def __init__(
        self,
        query_at: str,
        graphs_at: str | None = None,
        allowed: Account | None = None,
        limits: Limits | None = None,
    ) -> None:
        """The server that answers at ``query_at`` and takes graphs at ``graphs_at``.

        Without an account given, that of the environment is used. Nothing is sent
        yet. Raises ``UsageError`` on addresses that cannot be used.
        """
        self._client = Client(allowed or account(), limits)
        self._query_at = self._client.allow(query_at)
        self._graphs_at = self._client.allow(graphs_at) if graphs_at else None

    def construct(self, sparql: str) -> bytes:
        """The triples of a CONSTRUCT query, as N-Triples."""
        return self._ask(sparql, _NTRIPLES, None)

    def answer(self, sparql: str, choose: Choose, graphs: GraphChoice | None) -> tuple[bytes, str]:
        """Evaluate any query; see ``Store``."""
        kind = kind_of(sparql)
        data = self._ask(sparql, _NTRIPLES if kind is Kind.GRAPH else _RESULTS, graphs)
        return rewritten(data, kind, choose)

    @contextmanager
    def renewed(
        self, without: Collection[str], progress: Progress | None = None
    ) -> Iterator[Endpoint]:
        """This store, to be filled in place; see ``Store``."""
        del without, progress
        yield self

    def replace(self, graph: str, ntriples: bytes) -> None:
        """Let a graph hold these triples only."""
        first, *rest = list(_pieces(ntriples)) or [b""]
        if not first:
            self.remove(graph)
        else:
            self._send("PUT", graph, first)
        for piece in rest:
            self._send("POST", graph, piece)

    def append(self, graph: str, ntriples: bytes) -> None:
        """Add triples to a graph."""
        for piece in _pieces(ntriples):
            self._send("POST", graph, piece)

    def remove(self, graph: str) -> None:
        """Remove a graph."""
        self._client.send("DELETE", self._address(graph), {}, may_lack=True)

    def _send(self, method: str, graph: str, ntriples: bytes) -> None:
        self._client.send(method, self._address(graph), {"Content-Type": _NTRIPLES}, ntriples)

    def _ask(self, sparql: str, accept: str, graphs: GraphChoice | None) -> bytes:
        fields = [("query", sparql)]
        if graphs is not None:
            fields += [("default-graph-uri", graph) for graph in graphs.default]
            fields += [("named-graph-uri", graph) for graph in graphs.named]
        headers = {"Accept": accept, "Content-Type": _FORM}
        return self._client.send("POST", self._query_at, headers, urlencode(fields).encode())

    def _address(self, graph: str) -> str:
        if self._graphs_at is None:
            raise UsageError(
                "書き込むには Graph Store Protocol の URL が要る (--store-graphs URL)。",
                "writing needs the URL of the Graph Store Protocol (--store-graphs URL)",
            )
        separator = "&" if "?" in self._graphs_at else "?"
        return f"{self._graphs_at}{separator}{urlencode({'graph': graph})}"


def _pieces(ntriples: bytes) -> Iterator[bytes]:
    """The lines in requests of a bearable size; those with blank nodes together."""
    if len(ntriples) <= _PIECE:
        if ntriples:
            yield ntriples
        return
    tied, plain, size = [], [], 0
    for line in ntriples.splitlines(keepends=True):
        # A literal that looks like a blank node only makes the last piece larger.
        if b"_:" in line:
            tied.append(line)
            continue
        plain.append(line)
        size += len(line)
        if size >= _PIECE:
            yield b"".join(plain)
            plain, size = [], 0
    for rest in (plain, tied):
        if rest:
            yield b"".join(rest)
