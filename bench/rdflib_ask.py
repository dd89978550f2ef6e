"""The peer: ``kitei ask`` with rdflib in place of Oxigraph.

The same Turtle, the same roster reader, the same derivation and question; only
the store and its SPARQL are rdflib's. All graphs lie in one ``rdflib.Graph``,
which is what rdflib is fastest with. One fault of rdflib 7.6 is put right, so
that both answer alike: its MIN and MAX turn an IRI into a literal.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping, MutableMapping, Sequence
from typing import Any

import rdflib
from rdflib.plugins.sparql import aggregates

from kitei import city
from kitei.cli import run
from kitei.kb import GraphFile
from kitei.store import Dataset, Row, Value


class RdflibDataset(Dataset):
    """What ``kitei ask`` needs of a dataset."""

    def __init__(self) -> None:
        self._graph = rdflib.Graph()

    def __len__(self) -> int:
        return len(self._graph)

    def load(self, files: Iterable[GraphFile]) -> None:
        for file in files:
            self._graph.parse(file.path, format="turtle")

    def load_ntriples(self, data: bytes, graph: str) -> None:
        del graph
        self._graph.parse(data=data, format="nt")

    def construct_into(self, sparql: str, graph: str, view: Sequence[str] | None = None) -> int:
        del graph, view
        triples = [triple for triple in self._graph.query(sparql) if isinstance(triple, tuple)]
        for subject, predicate, value in triples:
            self._graph.add((subject, predicate, value))
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


def _keep_the_term(self: aggregates.Extremum, bindings: MutableMapping[Any, Any]) -> None:
    if self.value is not None:
        bindings[self.var] = self.value


def _lexical(term: object) -> str | None:
    return None if term is None else str(term)


if __name__ == "__main__":
    vars(city)["Dataset"] = RdflibDataset
    aggregates.Extremum.set_value = _keep_the_term  # type: ignore[method-assign]
    code = run(sys.argv[1:])
    sys.stdout.flush()
    os._exit(code)
