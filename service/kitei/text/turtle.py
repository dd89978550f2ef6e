"""Turtle that does not change unless the graph does.

Subjects in natural order (art_2 before art_10), ``a`` first, then predicates
by name; one object a line, the closing dot on its own line. No blank nodes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from rdflib import Graph, Literal, URIRef
from rdflib.namespace import RDF, XSD
from rdflib.term import Node

from kitei import terms

# A strict subset of Turtle's PN_LOCAL, so that no escape is ever needed.
_LOCAL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?")
_BARE_INTEGER = re.compile(r"-?[0-9]+")


def serialize(graph: Graph, prefixes: Mapping[str, str], header: str, first: URIRef) -> str:
    """``graph`` as Turtle after the comment lines of ``header``; ends with a newline.

    The subject ``first`` comes before all others.

    Only the prefixes that occur are declared. Raises ``TypeError`` on a blank node.
    """
    writer = _Writer(prefixes)
    subjects = sorted(
        {_named(each) for each in graph.subjects()},
        key=lambda each: (each != first, _natural(each)),
    )
    blocks = [writer.block(graph, subject) for subject in subjects]
    declared = [f"@prefix {name}: <{prefixes[name]}> ." for name in sorted(writer.used)]
    comment = [f"# {line}".rstrip() for line in header.splitlines()]
    return "\n".join([*comment, "", *declared, "", "\n\n".join(blocks)]) + "\n"


def _named(node: Node) -> URIRef:
    if not isinstance(node, URIRef):
        raise TypeError(f"only IRIs can be subjects here: {node!r}")
    return node


def _natural(iri: str) -> tuple[tuple[int, int, str], ...]:
    """Digits count as numbers; every part is a triple, so that parts always compare."""
    return tuple(
        (1, int(part), part) if part.isdecimal() else (0, 0, part)
        for part in re.split(r"([0-9]+)", iri)
        if part
    )


def _rank(node: Node) -> tuple[bool, str, tuple[tuple[int, int, str], ...]]:
    """Japanese before other languages, as everywhere in this house; then by content."""
    language = (node.language or "") if isinstance(node, Literal) else ""
    return language not in ("", "ja"), language, _natural(str(node))


class _Writer:
    def __init__(self, prefixes: Mapping[str, str]) -> None:
        # The longest namespace wins: the text's own before the one that contains it.
        self.prefixes = sorted(prefixes.items(), key=lambda pair: -len(pair[1]))
        self.used: set[str] = set()

    def block(self, graph: Graph, subject: URIRef) -> str:
        """All triples of one subject."""
        predicates = sorted(
            {_named(each) for each in graph.predicates(subject)},
            key=lambda each: (each != RDF.type, self._compact(each)),
        )
        lines = [self._line(graph, subject, each) for each in predicates]
        return f"{self.iri(subject)}\n    " + " ;\n    ".join(lines) + "\n."

    def _line(self, graph: Graph, subject: URIRef, predicate: URIRef) -> str:
        objects = [self.term(each) for each in sorted(graph.objects(subject, predicate), key=_rank)]
        verb = "a" if predicate == RDF.type else self.iri(predicate)
        if len(objects) == 1 or predicate == RDF.type:
            return f"{verb} {', '.join(objects)}"
        return f"{verb}\n        " + ",\n        ".join(objects)

    def _compact(self, iri: str) -> str:
        for name, namespace in self.prefixes:
            local = iri.removeprefix(namespace)
            if local != iri and _LOCAL.fullmatch(local):
                return f"{name}:{local}"
        return ""

    def iri(self, iri: str) -> str:
        """``iri`` with a prefix if it can bear one."""
        if compact := self._compact(iri):
            self.used.add(compact.partition(":")[0])
            return compact
        return terms.iri(iri)

    def term(self, node: Node) -> str:
        """Any object."""
        if isinstance(node, URIRef):
            return self.iri(node)
        if not isinstance(node, Literal):
            raise TypeError(f"no blank nodes here: {node!r}")
        if node.datatype == XSD.integer and _BARE_INTEGER.fullmatch(node):
            return str(node)
        if node.datatype == XSD.boolean and str(node) in ("true", "false"):
            return str(node)
        plain = terms.literal(str(node), node.language or "")
        return f"{plain}^^{self.iri(node.datatype)}" if node.datatype else plain
