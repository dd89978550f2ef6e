"""The dataset: named graphs in memory or on disk, and SPARQL over them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import IO, NamedTuple

import pyoxigraph as ox

from kitei.errors import InputUnreadableError, InternalError
from kitei.kb import GraphFile
from kitei.namespaces import ID, expand
from kitei.store.results import GRAPH_TYPES, RESULT_TYPES, Choose, checked, graph_as, not_run
from kitei.store.terms import Row, Triple, Value, lexical, term_of

_TYPE = ox.NamedNode(expand("rdf:type"))
_BULK, _BULK_ON_DISK = 4_000_000, 16_000_000
"""Bytes from which on data is loaded in bulk."""


class GraphChoice(NamedTuple):
    """The graphs that make up the default graph, and those that GRAPH can name."""

    default: Sequence[str]
    named: Sequence[str]


class Written(NamedTuple):
    """Graphs as N-Quads."""

    named: bytes
    blank: bytes
    """The lines in which there may be a blank node."""
    merged: bool
    """Whether the default graph is among them, as the merge of the others."""

    @property
    def texts(self) -> tuple[bytes, bytes]:
        """All of it."""
        return self.named, self.blank


class Dataset:
    """Named graphs in memory, or in a folder on disk.

    Kitei's own queries see one default graph, the union of all named graphs. (The
    union costs no more than a single graph; a list of graphs makes every pattern
    look each of them up.) On disk there is no such union: whoever asks says which
    graphs are meant.
    """

    def __init__(self, folder: Path | None = None, *, writable: bool = True) -> None:
        """Empty, in memory; or what ``folder`` holds, which is made if it is not there.

        One process may write, and then no other can; without ``writable`` any number read.
        Raises ``InputUnreadableError`` when the folder cannot be opened so.
        """
        self._store = ox.Store() if folder is None else _on_disk(folder, writable)
        self._merged = self._on_disk = folder is not None

    def copy(self) -> Dataset:
        """The same graphs in a dataset of their own.

        Whoever will want to forget facts adds them to a copy: the engine keeps what
        is removed, and every derivation into a store that has forgotten many gets slower.
        """
        twin = Dataset()
        twin._store.bulk_extend(self._store)
        twin._merged = self._merged
        return twin

    def written(self) -> Written:
        """All that there is as text, of which copies can be made."""
        lines = (self._store.dump(format=ox.RdfFormat.N_QUADS) or b"").splitlines(keepends=True)
        named = b"".join(line for line in lines if b"_:" not in line)
        blank = b"".join(line for line in lines if b"_:" in line)
        return Written(named, blank, self._merged)

    @classmethod
    def of(cls, written: Written) -> Dataset:
        """A dataset in memory of what was written, with the same blank nodes.

        (Measured at 12,000 triples: 21 ms; ``copy``, by objects of Python, takes 35.)
        """
        dataset = cls()
        dataset._store.load(written.named, format=ox.RdfFormat.N_QUADS, lenient=True)
        # Loading would take blank nodes for new ones.
        found = ox.parse(written.blank, format=ox.RdfFormat.N_QUADS, lenient=True)
        dataset._store.extend(quad for quad in found if isinstance(quad, ox.Quad))
        dataset._merged = written.merged
        return dataset

    def merge(self) -> None:
        """Make the RDF merge of all named graphs the default graph of every later query.

        A union of graphs yields a triple once for each graph that holds it, which
        shows in a stranger's COUNT; and it would take the place of a query's FROM.
        Nothing is to be added after this, but by ``add_merged``.
        """
        self._store.update("INSERT { ?s ?p ?o } WHERE { GRAPH ?g { ?s ?p ?o } }")
        self._merged = True

    def add_merged(self, data: bytes, graph: str) -> None:
        """Add a graph without blank nodes, N-Triples that Kitei itself wrote, to what is merged."""
        self.load_ntriples(data, graph)
        self._store.load(data, format=ox.RdfFormat.N_TRIPLES, lenient=True)

    def add(self, other: Dataset) -> None:
        """Add all that another dataset holds."""
        self._store.bulk_extend(other._store)

    def add_graphs(self, other: Dataset, graphs: Iterable[str]) -> None:
        """Add these named graphs of another dataset, and its default graph."""
        wanted: list[ox.DefaultGraph | ox.NamedNode] = [ox.DefaultGraph()]
        for graph in [*wanted, *map(ox.NamedNode, graphs)]:
            self._store.bulk_extend(other._store.quads_for_pattern(None, None, None, graph))

    def clear(self, graph: str) -> None:
        """Remove a named graph, whether it is there or not."""
        self._store.remove_graph(ox.NamedNode(graph))

    def __len__(self) -> int:
        return len(self._store)

    def graphs(self) -> list[str]:
        """The IRIs of the named graphs, sorted."""
        return sorted(graph.value for graph in self._store.named_graphs())

    def load(self, files: Iterable[GraphFile]) -> None:
        """Load each Turtle file into its named graph.

        Raises ``InputUnreadableError`` with the engine's line and column on bad Turtle.
        """
        for file in files:
            try:
                self._store.load(
                    path=str(file.path),
                    format=ox.RdfFormat.TURTLE,
                    to_graph=ox.NamedNode(file.graph),
                )
            except (SyntaxError, OSError) as error:
                raise InputUnreadableError(
                    f"{file.path}: Turtle として読めない: {error}",
                    f"{file.path}: not readable as Turtle: {error}",
                ) from error

    def load_ntriples(self, data: bytes, graph: str) -> None:
        """Load N-Triples that Kitei itself wrote; ``InternalError`` if they are malformed."""
        try:
            # Lenient: the IRIs in it are valid already, and looking again takes half of the time.
            self._insert(len(data))(
                data,
                format=ox.RdfFormat.N_TRIPLES,
                to_graph=ox.NamedNode(graph),
                lenient=True,
            )
        except SyntaxError as error:
            raise InternalError(
                f"内部の N-Triples が不正: {error}", f"malformed N-Triples: {error}"
            ) from error

    def load_nquads(self, data: IO[bytes]) -> None:
        """Load much at once: N-Quads that Kitei itself wrote; ``InternalError`` if malformed.

        What reading ``data`` raises ends it; what was read before may then be there.
        """
        try:
            self._store.bulk_load(data, format=ox.RdfFormat.N_QUADS)
        except SyntaxError as error:
            raise InternalError(
                f"内部の N-Quads が不正: {error}", f"malformed N-Quads: {error}"
            ) from error

    def flush(self) -> None:
        """Let everything be on the disk."""
        self._store.flush()

    def _insert(self, size: int) -> Callable[..., None]:
        # The bulk loader pays from some megabytes on; on disk it writes new files each time.
        small = size < (_BULK_ON_DISK if self._on_disk else _BULK)
        return self._store.load if small else self._store.bulk_load

    def construct_into(self, sparql: str, graph: str) -> int:
        """Run a CONSTRUCT query and add what it yields to ``graph``; how many triples it was."""
        triples = self._run(sparql, None)
        if not isinstance(triples, ox.QueryTriples):
            raise InternalError("CONSTRUCT ではない。", "not a CONSTRUCT query")
        data = triples.serialize(format=ox.RdfFormat.N_TRIPLES) or b""
        target = ox.NamedNode(graph)
        if b"_:" in data:
            # Loading would take blank nodes for new ones.
            found = ox.parse(data, format=ox.RdfFormat.N_TRIPLES)
            self._store.extend(ox.Quad(q.subject, q.predicate, q.object, target) for q in found)
        elif data:
            # Through text they never become objects of Python, which takes longer.
            self._store.load(data, format=ox.RdfFormat.N_TRIPLES, to_graph=target, lenient=True)
        return data.count(b"\n")

    def select(self, sparql: str, bindings: Mapping[str, str] | None = None) -> list[Row]:
        """The solutions of one of Kitei's own SELECT queries, in its order.

        ``bindings`` gives variables an IRI before the query is evaluated.
        """
        solutions = self._run(sparql, bindings)
        if not isinstance(solutions, ox.QuerySolutions):
            raise InternalError("SELECT ではない。", "not a SELECT query")
        names = [variable.value for variable in solutions.variables]
        return [{name: lexical(solution[name]) for name in names} for solution in solutions]

    def values(self, subject: str, predicate: str) -> list[Value]:
        """The objects of ``subject`` and ``predicate`` in any graph, without duplicates, sorted."""
        found = {
            (lexical(quad.object) or "", getattr(quad.object, "language", None))
            for quad in self._store.quads_for_pattern(
                ox.NamedNode(subject), ox.NamedNode(predicate), None, None
            )
        }
        return sorted(found, key=lambda value: (value[0], value[1] or ""))

    def subjects(self, predicate: str, value: str) -> list[str]:
        """The subjects that have the IRI ``value`` for ``predicate``, sorted."""
        quads = self._store.quads_for_pattern(
            None, ox.NamedNode(predicate), ox.NamedNode(value), None
        )
        return sorted({lexical(quad.subject) or "" for quad in quads})

    def triples(self, graph: str, predicates: Iterable[str] | None = None) -> Iterator[Triple]:
        """The triples of a named graph, in no order; only those of ``predicates`` if given."""
        target = ox.NamedNode(graph)
        if predicates is None:
            for quad in self._store.quads_for_pattern(None, None, None, target):
                yield term_of(quad.subject), quad.predicate.value, term_of(quad.object)
            return
        for predicate in predicates:
            for quad in self._store.quads_for_pattern(None, _named(predicate), None, target):
                yield term_of(quad.subject), predicate, term_of(quad.object)

    def has_instance(self, kind: str) -> bool:
        """Whether anything in any graph is of the class ``kind``."""
        return self._has(_TYPE, _named(kind))

    def has_property(self, predicate: str, value: str | None = None) -> bool:
        """Whether anything in any graph has the property ``predicate``; with the IRI ``value``
        if one is given."""
        return self._has(_named(predicate), None if value is None else _named(value))

    def has_instance_without(self, kind: str, predicate: str) -> bool:
        """Whether any instance of the class ``kind`` lacks the property ``predicate``."""
        quads = self._store.quads_for_pattern(None, ox.NamedNode(predicate), None, None)
        having = {quad.subject for quad in quads}
        of_kind = self._store.quads_for_pattern(None, _TYPE, ox.NamedNode(kind), None)
        return any(quad.subject not in having for quad in of_kind)

    def _has(self, predicate: ox.NamedNode, value: ox.NamedNode | None) -> bool:
        quads = self._store.quads_for_pattern(None, predicate, value, None)
        return next(iter(quads), None) is not None

    def dump(self, graph: str) -> bytes:
        """A named graph as N-Triples, sorted by line."""
        data = self._store.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=ox.NamedNode(graph))
        return b"".join(sorted((data or b"").splitlines(keepends=True)))

    def answer(
        self, sparql: str, choose: Choose, graphs: GraphChoice | None = None
    ) -> tuple[bytes, str]:
        """Evaluate any SPARQL query and serialise the result.

        ``choose`` picks among the media types that the engine writes for this kind
        of result. ``graphs`` replaces the dataset that the query itself describes
        (SPARQL 1.1 Protocol, section 2.1.4). Returns the bytes and their media type.
        Raises ``UsageError`` when the query is malformed, ``UnwritableError`` when the
        format picked cannot express the result, and what ``choose`` raises.
        """
        try:
            result = self._query(sparql, graphs)
            if isinstance(result, ox.QueryTriples):
                media_type = choose(GRAPH_TYPES)
                return graph_as(result, media_type), media_type
            media_type = choose(RESULT_TYPES)
            data = result.serialize(format=ox.QueryResultsFormat.from_media_type(media_type))
        except (SyntaxError, ValueError, OSError) as error:
            raise not_run(error) from error
        return checked(data, media_type), media_type

    def constructed(self, constructs: Iterable[str]) -> bytes:
        """What several of Kitei's own CONSTRUCT or DESCRIBE queries yield, each triple once."""
        found: dict[ox.Triple, None] = {}
        for sparql in constructs:
            result = self._run(sparql, None)
            if not isinstance(result, ox.QueryTriples):
                raise InternalError("CONSTRUCT ではない。", "not a CONSTRUCT query")
            found.update(dict.fromkeys(result))
        return ox.serialize(found, format=ox.RdfFormat.N_TRIPLES) or b""

    def _query(
        self, sparql: str, graphs: GraphChoice | None
    ) -> ox.QuerySolutions | ox.QueryTriples | ox.QueryBoolean:
        return self._store.query(
            sparql,
            base_iri=ID,
            use_default_graph_as_union=graphs is None and not self._merged,
            default_graph=None if graphs is None else list(map(ox.NamedNode, graphs.default)),
            named_graphs=None if graphs is None else list(map(ox.NamedNode, graphs.named)),
        )

    def _run(
        self, sparql: str, bindings: Mapping[str, str] | None
    ) -> ox.QuerySolutions | ox.QueryTriples | ox.QueryBoolean:
        substitutions: dict[ox.Variable, ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple] = {
            ox.Variable(name): ox.NamedNode(value) for name, value in (bindings or {}).items()
        }
        try:
            return self._store.query(
                sparql,
                substitutions=substitutions or None,
                use_default_graph_as_union=not self._merged,
            )
        except (SyntaxError, ValueError, OSError) as error:
            raise not_run(error) from error


@lru_cache(maxsize=512)
def _named(iri: str) -> ox.NamedNode:
    """The node of an IRI that is asked for over and over."""
    return ox.NamedNode(iri)


def _on_disk(folder: Path, writable: bool) -> ox.Store:
    if not writable and not (folder / "CURRENT").exists():
        raise InputUnreadableError(f"{folder}: 保管場所ではない。", f"{folder}: not a store")
    try:
        return ox.Store(str(folder)) if writable else ox.Store.read_only(str(folder))
    except OSError as error:
        if "lock" in str(error).lower():
            raise in_use(folder) from error
        raise InputUnreadableError(
            f"{folder}: 保管場所として開けない: {error}",
            f"{folder}: cannot be opened as a store: {error}",
        ) from error


def in_use(folder: Path) -> InputUnreadableError:
    """What to say of a folder that another process has opened for writing."""
    return InputUnreadableError(
        f"{folder}: 別のプロセスが書き込み中。終わるのを待つ。",
        f"{folder}: another process is writing to it; wait until it has finished",
    )
