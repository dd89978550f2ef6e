"""What Kitei keeps in a store, and how a day is asked there.

Every source graph lies under its own IRI, as in memory. Their RDF merge is one
more graph, the greater part of every query's default graph: endpoints differ in
whether a triple of several graphs counts once, and a list of thirty graphs makes
every pattern look each of them up. A record says what is there; it is complete
only after everything else has been written, so half a load is never asked.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from hashlib import sha256

from kitei import foreign, terms
from kitei.city import ROSTER_GRAPH, City, DayView
from kitei.derive import day_iri
from kitei.errors import InputUnreadableError, UsageError
from kitei.kb import KnowledgeBase
from kitei.namespaces import ID, expand
from kitei.storage import Progress, Store
from kitei.storage.clause import without_from
from kitei.storage.sources import Source, rules, sources
from kitei.storage.tables import TABLES
from kitei.store import Choose, GraphChoice

RECORD = f"{ID}graph/stored"
"""The graph that says which graphs are there, and of what content."""
MERGED = f"{ID}graph/merged"
"""The graph that holds what all source graphs hold, each triple once."""
NOTHING = f"{ID}graph/nothing"
"""A graph that is never written."""
_OWN = frozenset({RECORD, TABLES})
"""Graphs that no query sees."""
_FORM = "kitei store 2"
"""How all this is written; a store of another form is loaded again."""
_GRAPHS = f"{ID}graph/"
_TOGETHER = 4 * 1024 * 1024
"""Bytes of small graphs that are merged by one request."""
_DAYS = f"{ID}day/"
_IDENTIFIER = expand("dcterms:identifier")
_LINE = re.compile(r'<([^>]*)> <[^>]*> "([0-9a-f]*)"')


class Contents:
    """The graphs of a store that are Kitei's."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def load(
        self, city: City, files: Sequence[foreign.DataFile], progress: Progress | None = None
    ) -> bool:
        """Let the store hold rules and roster of a city and these files, and nothing else.

        Graphs that Kitei did not write stay as they are. ``progress`` is told how many
        triples are written, of how many. False if it was all there.
        """
        given = list(sources(city, files))
        whole = _digest(_FORM, *(f"{source.graph} {source.digest}" for source in given))
        before = self._recorded()
        if before.get(RECORD) == [whole]:
            return False
        old = {*before, MERGED} - {RECORD}
        with self._store.renewed({*old, RECORD}, progress) as store:
            # From here on the store is incomplete, and says so.
            store.replace(RECORD, _record((graph, "") for graph in old - {MERGED}))
            for graph in old:
                store.remove(graph)
            counted = _Counted(progress if store is self._store else None, len(city.dataset))
            written = self._write(store, given, before, counted)
            store.replace(RECORD, _record([*sorted(written.items()), (RECORD, whole)]))
        return True

    def _write(
        self,
        store: Store,
        given: Iterable[Source],
        before: Collection[str],
        counted: _Counted,
    ) -> dict[str, str]:
        written: dict[str, str] = {}
        merged: list[bytes] = []
        for source in given:
            for graph, ntriples in source.pieces:
                if graph in written:
                    store.append(graph, ntriples)
                elif graph.startswith(ID):
                    # Such names are Kitei's, whatever a record that was lost said.
                    store.replace(graph, ntriples)
                else:
                    if graph not in before:
                        self._refuse_taken(graph)
                    # If this load is cut short, the next one knows what to remove.
                    store.append(RECORD, _record([(graph, "")]))
                    store.append(graph, ntriples)
                written[graph] = source.digest
                counted.add(ntriples)
                if graph != TABLES:
                    merged.append(ntriples)
                if sum(map(len, merged)) > _TOGETHER:
                    store.append(MERGED, b"".join(merged))
                    merged.clear()
        store.append(MERGED, b"".join(merged))
        return written

    def _refuse_taken(self, graph: str) -> None:
        """Raise ``UsageError`` where somebody else has written a graph of that name."""
        query = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{graph}> {{ ?s ?p ?o }} }} LIMIT 1"
        if b"<" in self._store.construct(query):
            raise UsageError(
                f"グラフ <{graph}> は保管場所に既にあり、Kitei が書いたものではない。",
                f"the store already has a graph <{graph}> that Kitei did not write",
            )

    def has(self, view: DayView, day: date) -> bool:
        """Whether the derived facts of a day are there as they are now."""
        recorded = self.complete()
        return recorded.get(day_iri(day)) == [_of_day(view, recorded)]

    def publish(self, view: DayView, day: date) -> bool:
        """Keep the derived facts of a day there. False if they were there already.

        Raises ``InputUnreadableError`` when the store has not been loaded.
        """
        if self.has(view, day):
            return False
        recorded, graph = self.complete(), day_iri(day)
        if graph in recorded:
            kept = ((g, d) for g, digests in recorded.items() if g != graph for d in digests)
            self._store.replace(RECORD, _record(kept))
        self._store.replace(graph, view.dataset.dump(view.graph))
        self._store.append(RECORD, _record([(graph, _of_day(view, recorded))]))
        return True

    def answer(self, sparql: str, choose: Choose, day: date) -> tuple[bytes, str]:
        """Evaluate a query over the graphs of the store as of a published day.

        The facts of other days are not seen, nor is any graph that Kitei did not write. Of
        these a query with FROM sees those that it names. Returns bytes and media type, and
        raises what the store raises.
        """
        today = day_iri(day)
        named = [
            graph
            for graph in sorted(self.complete())
            if graph == today or not (graph in _OWN or graph.startswith(_DAYS))
        ]
        plain, wanted = without_from(sparql)
        if wanted is None:
            return self._store.answer(sparql, choose, GraphChoice([MERGED, today], named))
        # An empty list would mean what the endpoint means by default.
        there = [
            [graph for graph in dict.fromkeys(graphs) if graph in named] or [NOTHING]
            for graphs in wanted
        ]
        return self._store.answer(plain, choose, GraphChoice(*there))

    def holds_roster(self) -> bool:
        """Whether a roster was loaded. Raises ``InputUnreadableError`` if nothing was."""
        return ROSTER_GRAPH in self.complete()

    def of_others(self) -> list[str]:
        """The graphs of files of others. Raises ``InputUnreadableError`` if nothing was loaded."""
        return sorted(
            graph
            for graph in self.complete()
            if graph.startswith(foreign.DATA) or not graph.startswith(ID)
        )

    def require(self, base: KnowledgeBase) -> None:
        """Raise ``InputUnreadableError`` unless these very rules were loaded, by this Kitei."""
        recorded = self.complete()
        there = {
            graph: digests
            for graph, digests in recorded.items()
            if graph.startswith(_GRAPHS) and graph not in {*_OWN, ROSTER_GRAPH}
        }
        here = {graph: [digest] for graph, digest in rules(base).items()}
        if there != here or (ROSTER_GRAPH in recorded) != (TABLES in recorded):
            raise InputUnreadableError(
                "保管場所の規程などが手元のものと異なる (Kitei の版又は --kb の違い)。"
                "kitei load で読み込み直す。",
                "the store holds other rules than are here (another version of Kitei, or another "
                "--kb); load it again with kitei load",
            )

    def complete(self) -> dict[str, list[str]]:
        """Graph -> digests. Raises ``InputUnreadableError`` unless a load has come to its end."""
        recorded = self._recorded()
        if RECORD not in recorded:
            raise InputUnreadableError(
                "保管場所が空か、読込みが途中で終わっている。kitei load で読み込む。",
                "the store is empty or was left half loaded; load it with kitei load",
            )
        return recorded

    def _recorded(self) -> dict[str, list[str]]:
        """Graph -> digests of what was written there."""
        found: dict[str, list[str]] = {}
        query = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{RECORD}> {{ ?s ?p ?o }} }}"
        for line in self._store.construct(query).decode().splitlines():
            if match := _LINE.match(" ".join(line.split())):
                found.setdefault(match[1], []).append(match[2])
        return found


class _Counted:
    """Tells how many triples are written, of ``expected`` or, if there are more, of those."""

    def __init__(self, progress: Progress | None, expected: int) -> None:
        self._progress = progress
        self._expected = expected
        self._done = 0

    def add(self, ntriples: bytes) -> None:
        """So many more."""
        if self._progress is not None:
            self._done += ntriples.count(b"\n")
            self._progress(self._done, max(self._done, self._expected))


def _of_day(view: DayView, recorded: Mapping[str, Sequence[str]]) -> str:
    return _digest(*recorded[RECORD], view.dataset.dump(view.graph).decode())


def _digest(*parts: str) -> str:
    return sha256("\n".join(parts).encode()).hexdigest()


def _record(entries: Iterable[tuple[str, str]]) -> bytes:
    lines = (
        f"{terms.iri(graph)} {terms.iri(_IDENTIFIER)} {terms.literal(digest)} .\n"
        for graph, digest in entries
    )
    return "".join(lines).encode()
