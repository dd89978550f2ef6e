"""The dataset and its SPARQL: the only module that knows the engine (pyoxigraph)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

import pyoxigraph as ox

from kitei.errors import InputUnreadableError, InternalError, UsageError
from kitei.kb import GraphFile
from kitei.namespaces import ID, PREFIXES

Row = dict[str, str | None]
"""A solution: variable -> lexical value, or ``None`` where it is unbound."""
Value = tuple[str, str | None]
"""The lexical value of a term and its language tag, if it has one."""
Choose = Callable[[Sequence[str]], str]
"""Picks one of the media types offered, the first being the default."""

RESULT_TYPES = (
    "application/sparql-results+json",
    "application/json",
    "application/sparql-results+xml",
    "application/xml",
    "text/csv",
    "text/tab-separated-values",
)
"""What solutions and truth values are written as."""
GRAPH_TYPES = ("text/turtle", "application/n-triples", "application/rdf+xml", "application/ld+json")
"""What the triples of a CONSTRUCT or DESCRIBE are written as."""


class GraphChoice(NamedTuple):
    """The graphs that make up the default graph, and those that GRAPH can name."""

    default: Sequence[str]
    named: Sequence[str]


class Dataset:
    """Named graphs in memory.

    Kitei's own queries see one default graph, the union of all named graphs. (The
    union costs no more than a single graph; a list of graphs makes every pattern
    look each of them up.)
    """

    def __init__(self) -> None:
        self._store = ox.Store()
        self._merged = False

    def copy(self) -> Dataset:
        """The same graphs in a dataset of their own.

        Whoever will want to forget facts adds them to a copy: the engine keeps what
        is removed, and every derivation into a store that has forgotten many gets slower.
        """
        twin = Dataset()
        twin._store.bulk_extend(self._store)
        twin._merged = self._merged
        return twin

    def merge(self) -> None:
        """Make the RDF merge of all named graphs the default graph of every later query.

        A union of graphs yields a triple once for each graph that holds it, which
        shows in a stranger's COUNT; and it would take the place of a query's FROM.
        Nothing is to be added after this.
        """
        self._store.update("INSERT { ?s ?p ?o } WHERE { GRAPH ?g { ?s ?p ?o } }")
        self._merged = True

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
                self._store.bulk_load(
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
            self._store.bulk_load(data, format=ox.RdfFormat.N_TRIPLES, to_graph=ox.NamedNode(graph))
        except SyntaxError as error:
            raise InternalError(
                f"内部の N-Triples が不正: {error}", f"malformed N-Triples: {error}"
            ) from error

    def construct_into(self, sparql: str, graph: str) -> int:
        """Run a CONSTRUCT query and add what it yields to ``graph``; how many triples it was."""
        target = ox.NamedNode(graph)
        triples = self._run(sparql, None)
        if not isinstance(triples, ox.QueryTriples):
            raise InternalError("CONSTRUCT ではない。", "not a CONSTRUCT query")
        quads = [ox.Quad(t.subject, t.predicate, t.object, target) for t in triples]
        self._store.extend(quads)
        return len(quads)

    def select(self, sparql: str, bindings: Mapping[str, str] | None = None) -> list[Row]:
        """The solutions of one of Kitei's own SELECT queries, in its order.

        ``bindings`` gives variables an IRI before the query is evaluated.
        """
        solutions = self._run(sparql, bindings)
        if not isinstance(solutions, ox.QuerySolutions):
            raise InternalError("SELECT ではない。", "not a SELECT query")
        names = [variable.value for variable in solutions.variables]
        return [{name: _lexical(solution[name]) for name in names} for solution in solutions]

    def values(self, subject: str, predicate: str) -> list[Value]:
        """The objects of ``subject`` and ``predicate`` in any graph, without duplicates, sorted."""
        found = {
            (_lexical(quad.object) or "", getattr(quad.object, "language", None))
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
        return sorted({_lexical(quad.subject) or "" for quad in quads})

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
        Raises ``UsageError`` when the query is malformed, and what ``choose`` raises.
        """
        try:
            result = self._query(sparql, graphs)
            if isinstance(result, ox.QueryTriples):
                media_type = choose(GRAPH_TYPES)
                return _graph(result, media_type), media_type
            media_type = choose(RESULT_TYPES)
            data = result.serialize(format=ox.QueryResultsFormat.from_media_type(media_type))
        except (SyntaxError, ValueError, OSError) as error:
            raise _not_run(error) from error
        return data or b"", media_type

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
            raise _not_run(error) from error


def _graph(triples: ox.QueryTriples, media_type: str) -> bytes:
    """Triples in a format; Turtle with those of Kitei's prefixes that it uses, sorted."""
    form = ox.RdfFormat.from_media_type(media_type)
    if form != ox.RdfFormat.TURTLE:
        return ox.serialize(triples, format=form) or b""
    data = ox.serialize(triples, format=form, prefixes=dict(PREFIXES)) or b""
    # The engine declares all prefixes it is given, in another order each time.
    lines = data.splitlines(keepends=True)
    head = sorted(line for line in lines[: len(PREFIXES)] if line.startswith(b"@prefix "))
    body = b"".join(lines[len(head) :])
    used = [line for line in head if line.split()[1] in body]
    return b"".join([*used, body])


def _not_run(error: Exception) -> UsageError:
    # The engine lists what it expected over several lines.
    why = " ".join(str(error).split())
    return UsageError(f"SPARQL として実行できない: {why}", f"the query cannot be run: {why}")


def _lexical(term: object) -> str | None:
    return None if term is None else str(getattr(term, "value", term))
