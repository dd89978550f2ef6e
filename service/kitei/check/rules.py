"""The rules of the check: property shapes with what a reader needs to know about them.

A rule is a property shape with an IRI; its local name is the rule's name. The
node shapes that carry it say which cases it judges (``sh:targetClass``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from rdflib import RDF, RDFS, SH, Graph, Literal, Namespace, URIRef
from rdflib.term import Node

from kitei.check.graphs import graph_of, light_graph
from kitei.errors import Bilingual, NothingToCheckError
from kitei.namespaces import KITEI, local_name
from kitei.store import Triple, read_turtle

K = Namespace(KITEI)
Statement = tuple[Node, Node, Node]
_ENFORCED = (str(SH), str(RDF))
# What only a reader of the report needs; a validator compares each with all that it knows.
_TOLD = frozenset({SH.severity, SH.message, SH.name, SH.description, SH.order, SH.group})
SEVERITIES = {SH.Violation: "violation", SH.Warning: "warning", SH.Info: "info"}


class Rule(NamedTuple):
    """A rule of the check, or one of the shapes that it consists of."""

    name: str
    shape: URIRef
    """The property shape; several may make up one rule (``kitei:partOfRule``)."""
    severity: str
    """``violation``, ``warning`` or ``info``."""
    title: Bilingual
    rationale: Bilingual
    template: Bilingual
    """The message, with places for what was found."""
    hint: Bilingual
    """What would cure it, with the same places."""
    target_classes: tuple[URIRef, ...]
    path: URIRef
    reports_value: bool
    """The finding is about the value, not about the focus node that leads to it."""
    needs_table: str | None
    """The optional roster table without which the rule is not judged."""
    source_field: str | None
    cites: URIRef
    """The property of a case that names the provision it is judged by."""


def load_shapes(files: Sequence[Path]) -> Graph:
    """All shape files as one graph, which must not be changed: it is read once and kept.

    Raises ``NothingToCheckError`` on bad Turtle or on a term of the SHACL
    namespace that does not exist: engines pass over a misspelt one in silence.
    """
    # A file that was edited meanwhile is read again.
    return _load(tuple((file, file.stat().st_mtime_ns) for file in files))


@lru_cache(maxsize=4)
def _load(files: tuple[tuple[Path, int], ...]) -> Graph:
    graph = graph_of((triple for file, _ in files for triple in _triples(file)), light_graph())
    used = {term for triple in graph for term in triple if isinstance(term, URIRef)}
    for term in sorted(used):
        if term.startswith(str(SH)) and term not in SH:
            raise NothingToCheckError(
                f"シェイプに SHACL にない語がある: sh:{local_name(term)}",
                f"the shapes use a term that SHACL does not have: sh:{local_name(term)}",
            )
    return graph


def _triples(file: Path) -> Iterator[Triple]:
    try:
        yield from read_turtle(file)
    except (SyntaxError, OSError) as error:
        raise NothingToCheckError(
            f"シェイプが読めない: {file.name}: {error}",
            f"the shapes cannot be read: {file.name}: {error}",
        ) from error


def rules_of(shapes: Graph) -> list[Rule]:
    """The rules of what ``load_shapes`` gave: by name, the shapes with a severity and a template.

    (The others are the house style of the vocabulary, which no roster can breach.)
    Raises ``NothingToCheckError`` when a rule lacks what it must say.
    """
    return list(_rules(shapes))


@lru_cache(maxsize=4)
def _rules(shapes: Graph) -> tuple[Rule, ...]:
    found = (_rule(shapes, shape) for shape in _reported(shapes))
    return tuple(sorted(found, key=lambda rule: (rule.name, rule.shape)))


@lru_cache(maxsize=4)
def enforced(shapes: Graph) -> Graph:
    """Of what ``load_shapes`` gave, what a validator has to know: the rules and their node shapes.

    Without the words, which a validator goes through for every case, and without the
    house style of the vocabulary. A property shape takes over the targets of a node shape
    that says nothing else: it means the same, and all cases are then judged in one go.
    """
    return enforcing(shapes, _rules(shapes))


# Many cities meet the same rules.
@lru_cache(maxsize=16)
def enforcing(shapes: Graph, rules: tuple[Rule, ...]) -> Graph:
    """The same for some of the rules only."""
    graph = light_graph()
    for rule in rules:
        for triple in _enforcing(shapes, rule):
            graph.add(triple)
    return graph


@lru_cache(maxsize=512)
def _enforcing(shapes: Graph, rule: Rule) -> Sequence[Statement]:
    found: list[Statement] = []
    todo: list[Node] = []
    for node in shapes.subjects(SH.property, rule.shape):
        said = {p for p in shapes.predicates(node) if str(p).startswith(_ENFORCED)}
        if said <= {RDF.type, SH.property, SH.targetClass}:
            todo.append(rule.shape)
            targets = shapes.objects(node, SH.targetClass)
            found += ((rule.shape, SH.targetClass, target) for target in targets)
        else:
            todo.append(node)
    return [*found, *_closure(shapes, todo)]


def _closure(shapes: Graph, todo: list[Node]) -> Iterator[Statement]:
    """What shapes say of these nodes, and of those that they name."""
    done: set[Node] = set()
    while todo:
        node = todo.pop()
        if node not in done:
            done.add(node)
            for predicate, value in shapes.predicate_objects(node):
                if str(predicate).startswith(_ENFORCED) and predicate not in _TOLD:
                    yield node, predicate, value
                    todo.append(value)


def _reported(shapes: Graph) -> set[Node]:
    """The shapes that are rules: whatever has a severity or a message template of its own."""
    return set(shapes.subjects(SH.severity, None)) | set(shapes.subjects(K.template, None))


def _rule(shapes: Graph, shape: Node) -> Rule:
    name = local_name(str(shape))
    path, severity = shapes.value(shape, SH.path), shapes.value(shape, SH.severity)
    targets = sorted(
        target
        for node in shapes.subjects(SH.property, shape)
        for target in shapes.objects(node, SH.targetClass)
        if isinstance(target, URIRef)
    )
    if (
        not isinstance(shape, URIRef)
        or not isinstance(path, URIRef)
        or not isinstance(severity, URIRef)
        or severity not in SEVERITIES
        or not targets
    ):
        raise NothingToCheckError(
            f"規則 {name} に対象、パス又は重要度がない。",
            f"rule {name} lacks a target, a path or a severity",
        )
    cites = shapes.value(shape, K.cites)
    whole = shapes.value(shape, K.partOfRule)
    return Rule(
        name=local_name(str(whole)) if whole else name,
        shape=shape,
        severity=SEVERITIES[severity],
        title=_text(shapes, shape, RDFS.label),
        rationale=_text(shapes, shape, RDFS.comment),
        template=_text(shapes, shape, K.template),
        hint=_text(shapes, shape, K.hint),
        target_classes=tuple(targets),
        path=path,
        reports_value=(shape, SH["class"], None) in shapes,
        needs_table=_word(shapes, shape, K.needsTable),
        source_field=_word(shapes, shape, K.sourceField),
        cites=cites if isinstance(cites, URIRef) else K.provision,
    )


def _text(shapes: Graph, shape: URIRef, predicate: URIRef) -> Bilingual:
    values = {
        value.language: str(value)
        for value in shapes.objects(shape, predicate)
        if isinstance(value, Literal)
    }
    if "ja" not in values or "en" not in values:
        raise NothingToCheckError(
            f"規則 {local_name(shape)} に {local_name(predicate)} (日英) がない。",
            f"rule {local_name(shape)} lacks {local_name(predicate)} in Japanese and English",
        )
    return Bilingual(values["ja"], values["en"])


def _word(shapes: Graph, shape: URIRef, predicate: URIRef) -> str | None:
    value = shapes.value(shape, predicate)
    return None if value is None else str(value)
