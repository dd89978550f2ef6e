"""What a store holds, read out into memory: its whole roster, and the data of others."""

from __future__ import annotations

from collections.abc import Iterable

from kitei.city import ROSTER_GRAPH
from kitei.errors import InputUnreadableError
from kitei.roster import Roster
from kitei.storage import Store
from kitei.storage.tables import with_tables
from kitei.store import Dataset


def roster_of(store: Store) -> Roster:
    """The whole roster, to be taken by a city. Raises ``InputUnreadableError``."""
    return with_tables(_graph(store, ROSTER_GRAPH), store)


def graphs_of(store: Store, graphs: Iterable[str]) -> Dataset:
    """These graphs in a dataset of their own. Raises ``InputUnreadableError``."""
    made = Dataset()
    for graph in graphs:
        made.load_ntriples(_graph(store, graph), graph)
    return made


def counted(store: Store, pattern: str, lines: int, prefixes: str = "") -> None:
    """Raise ``InputUnreadableError`` unless a pattern has so many solutions.

    An endpoint that cuts answers short is found out so.
    """
    data, _ = store.answer(f"{prefixes}SELECT (COUNT(*) AS ?n) WHERE {{ {pattern} }}", _csv, None)
    if int(data.split()[-1]) != lines:
        raise InputUnreadableError(
            "保管場所のサーバーが答えの一部しか返さない。その上限を上げる。",
            "the server of the store returns its answers in part only; raise its limit",
        )


def _graph(store: Store, graph: str) -> bytes:
    where = f"GRAPH <{graph}> {{ ?s ?p ?o }}"
    ntriples = store.construct(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {where} }}")
    # Virtuoso says in a comment that there is nothing.
    counted(store, where, sum(line[:1] in b"<_" for line in ntriples.splitlines() if line))
    return ntriples


def _csv(_offered: object) -> str:
    return "text/csv"
