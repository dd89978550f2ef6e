"""The dataset and its SPARQL: the only module that knows the engine (pyoxigraph)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import pyoxigraph as ox

from kitei.errors import InputUnreadableError, InternalError, UsageError
from kitei.kb import GraphFile

Row = dict[str, str | None]
"""A solution: variable -> lexical value, or ``None`` where it is unbound."""
Value = tuple[str, str | None]
"""The lexical value of a term and its language tag, if it has one."""


class Dataset:
    """Named graphs in memory.

    Queries see one default graph: the union of all named graphs, or of those in
    ``view``. (The union costs no more than a single graph; a list of graphs
    makes every pattern look each of them up.)
    """

    def __init__(self) -> None:
        self._store = ox.Store()

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
        """Load N-Triples that Kitei itself wrote. Raises ``InternalError`` if they are malformed."""
        try:
            self._store.bulk_load(
                data, format=ox.RdfFormat.N_TRIPLES, to_graph=ox.NamedNode(graph)
            )
        except SyntaxError as error:
            raise InternalError(
                f"内部の N-Triples が不正: {error}", f"malformed N-Triples: {error}"
            ) from error

    def construct_into(
        self, sparql: str, graph: str, view: Sequence[str] | None = None
    ) -> int:
        """Run a CONSTRUCT query and add what it yields to ``graph``; how many triples it was."""
        target = ox.NamedNode(graph)
        triples = self._run(sparql, None, view)
        if not isinstance(triples, ox.QueryTriples):
            raise InternalError("CONSTRUCT ではない。", "not a CONSTRUCT query")
        quads = [ox.Quad(t.subject, t.predicate, t.object, target) for t in triples]
        self._store.extend(quads)
        return len(quads)

    def select(
        self,
        sparql: str,
        bindings: Mapping[str, str] | None = None,
        view: Sequence[str] | None = None,
    ) -> list[Row]:
        """The solutions of one of Kitei's own SELECT queries, in its order.

        ``bindings`` gives variables an IRI before the query is evaluated.
        """
        solutions = self._run(sparql, bindings, view)
        if not isinstance(solutions, ox.QuerySolutions):
            raise InternalError("SELECT ではない。", "not a SELECT query")
        names = [variable.value for variable in solutions.variables]
        return [
            {name: _lexical(solution[name]) for name in names} for solution in solutions
        ]

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
        data = self._store.dump(
            format=ox.RdfFormat.N_TRIPLES, from_graph=ox.NamedNode(graph)
        )
        return b"".join(sorted((data or b"").splitlines(keepends=True)))

    def answer(
        self, sparql: str, media_type: str | None, view: Sequence[str] | None = None
    ) -> tuple[bytes, str]:
        """Evaluate any SPARQL query and serialise the result.

        ``media_type`` is one that the engine writes for this kind of result, or
        ``None`` for the default (SPARQL JSON results, Turtle). Returns the bytes
        and their media type. Raises ``UsageError`` when the query is malformed
        or calls for SERVICE, or when the media type does not fit.
        """
        result = self._run(sparql, None, view)
        if isinstance(result, ox.QueryTriples):
            graph_format = _graph_format(media_type)
            return result.serialize(format=graph_format) or b"", graph_format.media_type
        results_format = _results_format(media_type)
        return result.serialize(format=results_format) or b"", results_format.media_type

    def _run(
        self, sparql: str, bindings: Mapping[str, str] | None, view: Sequence[str] | None
    ) -> ox.QuerySolutions | ox.QueryTriples | ox.QueryBoolean:
        substitutions = {
            ox.Variable(name): ox.NamedNode(value) for name, value in (bindings or {}).items()
        }
        try:
            return self._store.query(
                sparql,
                substitutions=substitutions or None,
                use_default_graph_as_union=view is None,
                default_graph=None if view is None else [ox.NamedNode(graph) for graph in view],
            )
        except (SyntaxError, ValueError, OSError) as error:
            raise UsageError(
                f"SPARQL として実行できない: {error}", f"the query cannot be run: {error}"
            ) from error


def _lexical(term: object) -> str | None:
    return None if term is None else str(getattr(term, "value", term))


def _graph_format(media_type: str | None) -> ox.RdfFormat:
    found = ox.RdfFormat.from_media_type(media_type) if media_type else ox.RdfFormat.TURTLE
    if found is None:
        raise UsageError(f"グラフの形式ではない: {media_type}", f"not a graph format: {media_type}")
    return found


def _results_format(media_type: str | None) -> ox.QueryResultsFormat:
    found = (
        ox.QueryResultsFormat.from_media_type(media_type)
        if media_type
        else ox.QueryResultsFormat.JSON
    )
    if found is None:
        raise UsageError(
            f"問合せ結果の形式ではない: {media_type}", f"not a query result format: {media_type}"
        )
    return found
