"""Stores: where the graphs lie when they shall outlive a process or exceed its memory.

Reasoning is not done in a store. Rules, and of the roster whatever a rule can
touch, are taken from it into a dataset in memory (``storage.touched``), and there
the facts of a day are derived; a store needs to know no more than to keep graphs
and to answer plain queries. (Deriving in place was tried: the same queries, sent
to Virtuoso 7.2.5, end that server at the 37th; and a store that many ask would
hold the days of all of them.) So every store gives the same answers, and SPARQL
sees the derived facts as well, since the graph of a day is kept there like any other.

``Store`` is the whole interface; ``Embedded`` and ``Endpoint`` fill it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from kitei.store import Choose, GraphChoice

Progress = Callable[[int, int], None]
"""Is told how many triples are written, of how many."""


class Store(Protocol):
    """Named graphs, kept somewhere. Raises ``InputUnreadableError`` where that fails."""

    def construct(self, sparql: str) -> bytes:
        """The triples of one of Kitei's own CONSTRUCT queries, as N-Triples in no order.

        Such a query names its graphs with GRAPH.
        """

    def answer(self, sparql: str, choose: Choose, graphs: GraphChoice | None) -> tuple[bytes, str]:
        """Evaluate any query over ``graphs``, or over those that it names itself.

        Returns the serialised result and its media type, which ``choose`` picked.
        Raises ``UsageError`` when the query is malformed.
        """

    def renewed(
        self, without: Collection[str], progress: Progress | None = None
    ) -> AbstractContextManager[Store]:
        """The store to be filled anew: this one, or one that takes its place after the block.

        In the latter the graphs ``without`` are not, and all others are; it may be written
        at the end only, and tells ``progress`` of it. Where it is this one, whoever fills
        it sees to it that a half filled one is told from a whole one.
        """

    def replace(self, graph: str, ntriples: bytes) -> None:
        """Let a graph hold these triples only."""

    def append(self, graph: str, ntriples: bytes) -> None:
        """Add triples to a graph."""

    def remove(self, graph: str) -> None:
        """Remove a graph, whether it is there or not."""


def open_store(where: Path | str, graphs_at: str | None = None, *, writable: bool = False) -> Store:
    """The store at a URL (an endpoint's address) or in a folder.

    A folder that is to be ``writable`` need not be there yet.
    ``graphs_at`` is the address for writing to the endpoint (SPARQL 1.1 Graph
    Store HTTP Protocol). Raises ``UsageError`` on an address that cannot be one.
    """
    if isinstance(where, str) and where.startswith(("http://", "https://")):
        from kitei.storage.endpoint import Endpoint

        return Endpoint(where, graphs_at)
    from kitei.storage.embedded import Embedded

    return Embedded(Path(where), writable=writable)
