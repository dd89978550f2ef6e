"""The snapshot of a day as Turtle, for any other SHACL engine."""

from __future__ import annotations

from rdflib import Graph

from kitei.namespaces import PREFIXES


def as_turtle(snapshot: Graph) -> str:
    """Sorted Turtle with those of Kitei's prefixes that it uses: the same facts, the same text."""
    graph = Graph(bind_namespaces="none")
    for prefix, namespace in PREFIXES.items():
        graph.bind(prefix, namespace)
    for triple in snapshot:
        graph.add(triple)
    return graph.serialize(format="turtle")
