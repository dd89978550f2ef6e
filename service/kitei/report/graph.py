"""The snapshot of a day as Turtle, for any other SHACL engine."""

from __future__ import annotations

import re

from rdflib import Graph

from kitei.namespaces import PREFIXES

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def as_turtle(snapshot: Graph) -> str:
    """Sorted Turtle with those of Kitei's prefixes that it uses: the same facts, the same text."""
    graph = Graph(bind_namespaces="none")
    for prefix, namespace in PREFIXES.items():
        graph.bind(prefix, namespace)
    for triple in snapshot:
        graph.add(triple)
    return escaped(graph.serialize(format="turtle"))


def escaped(turtle: str) -> str:
    """The same Turtle without raw control characters, which it allows and terminals obey.

    They can only stand in literals, where a numeric escape means the same.
    """
    return _CONTROL.sub(lambda match: f"\\u{ord(match[0]):04X}", turtle)
