"""The peer: ``kitei ask`` and ``kitei check`` with rdflib in place of Oxigraph.

The same Turtle, the same roster reader, the same derivation, question, shapes and words; only
the store and its SPARQL are rdflib's. All graphs lie in one ``rdflib.Graph``,
which is what rdflib is fastest with; the roster and what is derived also in graphs of their
own, which GRAPH finds. One fault of rdflib 7.6 is put right, so that both answer alike: its MIN
and MAX turn an IRI into a literal.
"""

from __future__ import annotations

import os
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, MutableMapping, Sequence
from typing import Any, NamedTuple

import rdflib
from rdflib.plugins.sparql import aggregates, evaluate
from rdflib.plugins.sparql.parserutils import CompValue
from rdflib.plugins.sparql.sparql import FrozenBindings, QueryContext

from kitei import city
from kitei.cli import run
from kitei.kb import GraphFile
from kitei.store import Dataset, Row, Value

_PARTS: dict[str, rdflib.Graph] = defaultdict(rdflib.Graph)
"""The named graphs of the one dataset of this process."""


class RdflibDataset(Dataset):
    """What ``kitei ask`` and ``kitei check`` need of a dataset."""

    def __init__(self) -> None:
        self._graph = rdflib.Graph()
        self._parts = _PARTS

    def __len__(self) -> int:
        return len(self._graph)

    def load(self, files: Iterable[GraphFile]) -> None:
        for file in files:
            self._graph.parse(file.path, format="turtle")

    def load_ntriples(self, data: bytes, graph: str) -> None:
        part = rdflib.Graph().parse(data=data, format="nt")
        for triple in part:
            self._graph.add(triple)
            self._parts[graph].add(triple)

    def construct_into(self, sparql: str, graph: str, view: Sequence[str] | None = None) -> int:
        del view
        part = self._parts[graph]
        triples = [triple for triple in self._graph.query(sparql) if isinstance(triple, tuple)]
        for subject, predicate, value in triples:
            self._graph.add((subject, predicate, value))
            part.add((subject, predicate, value))
        return len(triples)

    def select(
        self,
        sparql: str,
        bindings: Mapping[str, str] | None = None,
        view: Sequence[str] | None = None,
    ) -> list[Row]:
        del view
        given = {name: rdflib.URIRef(value) for name, value in (bindings or {}).items()}
        result = self._graph.query(sparql, initBindings=given)
        names = [str(name) for name in result.vars or ()]
        return [
            {name: _lexical(solution.get(rdflib.Variable(name))) for name in names}
            for solution in result.bindings
        ]

    def values(self, subject: str, predicate: str) -> list[Value]:
        found = self._graph.objects(rdflib.URIRef(subject), rdflib.URIRef(predicate))
        pairs = {(str(value), getattr(value, "language", None)) for value in found}
        return sorted(pairs, key=lambda value: (value[0], value[1] or ""))

    def subjects(self, predicate: str, value: str) -> list[str]:
        found = self._graph.subjects(rdflib.URIRef(predicate), rdflib.URIRef(value))
        return sorted({str(subject) for subject in found})

    def triples(self, graph: str, predicates: Iterable[str] | None = None) -> Iterator[Any]:
        wanted = [None] if predicates is None else list(map(rdflib.URIRef, predicates))
        for predicate in wanted:
            for s, p, o in self._parts[graph].triples((None, predicate, None)):
                yield _term(s), str(p), _term(o)

    def has_instance(self, kind: str) -> bool:
        return (None, rdflib.RDF.type, rdflib.URIRef(kind)) in self._graph

    def has_property(self, predicate: str, value: str | None = None) -> bool:
        wanted = None if value is None else rdflib.URIRef(value)
        return (None, rdflib.URIRef(predicate), wanted) in self._graph

    def has_instance_without(self, kind: str, predicate: str) -> bool:
        having = set(self._graph.subjects(rdflib.URIRef(predicate)))
        return not having.issuperset(self._graph.subjects(rdflib.RDF.type, rdflib.URIRef(kind)))

    def dump(self, graph: str) -> bytes:
        data = self._parts[graph].serialize(format="nt", encoding="utf-8")
        return b"".join(sorted(data.splitlines(keepends=True)))


def _within_graph(ctx: QueryContext, part: CompValue) -> Iterator[FrozenBindings]:
    """GRAPH over the named graphs, which lie beside the one that is asked."""
    before = ctx.graph
    for solution in evaluate.evalPart(ctx.pushGraph(_PARTS[str(part.term)]), part.p):
        solution.ctx.graph = before
        yield solution


def _keep_the_term(self: aggregates.Extremum, bindings: MutableMapping[Any, Any]) -> None:
    if self.value is not None:
        bindings[self.var] = self.value


class _Term(NamedTuple):
    """A term as the check takes it from a dataset."""

    kind: str
    value: str
    datatype: str | None = None
    language: str | None = None


def _term(term: object) -> _Term:
    if isinstance(term, rdflib.Literal):
        datatype = None if term.language else str(term.datatype or rdflib.XSD.string)
        return _Term("literal", str(term), datatype, term.language)
    return _Term("iri" if isinstance(term, rdflib.URIRef) else "blank", str(term))


def _lexical(term: object) -> str | None:
    return None if term is None else str(term)


if __name__ == "__main__":
    vars(city)["Dataset"] = RdflibDataset
    vars(evaluate)["evalGraph"] = _within_graph
    aggregates.Extremum.set_value = _keep_the_term  # type: ignore[method-assign]
    code = run(sys.argv[1:])
    sys.stdout.flush()
    os._exit(code)
