"""Triples of the engine as an rdflib graph, which is what the validator reads.

Term by term: writing them as N-Triples and parsing that takes ten times as long.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

from rdflib import XSD, BNode, Graph, Literal, URIRef
from rdflib.plugins.stores.memory import SimpleMemory
from rdflib.term import Node

from kitei.store import Term, Triple

if TYPE_CHECKING:
    from rdflib.graph import _ContextType, _TripleType

_STRING = str(XSD.string)
_NODES = 8192


def graph_of(triples: Iterable[Triple], into: Graph | None = None) -> Graph:
    """A graph of these triples, without any prefixes; ``into`` if it is given."""
    graph = Graph(bind_namespaces="none") if into is None else into
    # Past the graph, which looks at each term once more.
    add = graph.store.add
    for subject, predicate, value in triples:
        add((_node(subject), _iri(predicate), _node(value)), graph)
    return graph


def light_graph() -> Graph:
    """An empty graph that knows no named graphs, and is twice as fast for it: for shapes."""
    return Graph(store=SimpleMemory(), bind_namespaces="none")


class _Alone(SimpleMemory):
    """A store of one graph that passes for one of many, which the validator wants for data.

    The validator asks time and again whether it is empty; other stores then count all triples.
    """

    context_aware = graph_aware = True

    def __init__(self) -> None:
        super().__init__()
        self._additions = 0

    def add(self, triple: _TripleType, context: _ContextType, quoted: bool = False) -> None:
        """Add a triple."""
        super().add(triple, context, quoted)
        self._additions += 1

    def __len__(self, context: _ContextType | None = None) -> int:
        """How many triples were added; one that was added twice counts twice."""
        return self._additions


def data_graph() -> Graph:
    """An empty graph for data to be validated: light as well."""
    return Graph(store=_Alone(), bind_namespaces="none")


# Making a node takes longer than to look it up, and many cities are told of in the same terms.
@lru_cache(maxsize=_NODES)
def _iri(value: str) -> URIRef:
    return URIRef(value)


@lru_cache(maxsize=_NODES)
def _node(term: Term) -> Node:
    if term.kind == "iri":
        return _iri(term.value)
    if term.kind == "blank":
        return BNode(term.value)
    # A plain text is a plain literal to rdflib, and not one of type xsd:string.
    datatype = None if term.datatype in {None, _STRING} else URIRef(term.datatype or "")
    return Literal(term.value, lang=term.language, datatype=datatype)
