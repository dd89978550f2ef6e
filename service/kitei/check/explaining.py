"""What a rule of the check is: its words, the provisions it holds facts against, its shape."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from rdflib import DCTERMS, RDFS, SH, Graph, Literal, Namespace, URIRef

from kitei import kb
from kitei.ask.labels import Labels
from kitei.check.rules import Rule, load_shapes, rules_of
from kitei.city import City, DayView
from kitei.errors import Bilingual, UsageError
from kitei.namespaces import KITEI, local_name

K = Namespace(KITEI)
_PROVISIONS = """
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX kitei: <https://w3id.org/kitei/ns#>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
SELECT DISTINCT ?scope ?source ?text ?start WHERE {
  ?norm rdf:type|kitei:activity|kitei:pool|kitei:procedure ?scope ;
    kitei:operativeIn ?version ; dcterms:source ?source .
  ?source kitei:inVersion ?version ; kitei:start ?start ; kitei:text ?text .
} ORDER BY ?start ?source"""
_FOLDERS = ("passing", "failing")


class Explained(NamedTuple):
    """A rule with everything that is said of it."""

    rule: Rule
    pattern: Bilingual
    """The pattern of provision that it belongs to."""
    provisions: Sequence[tuple[Bilingual, str]]
    """Citation and text of each provision of the regulation that it holds facts against."""
    turtle: str
    examples: Sequence[Example]


class Example(NamedTuple):
    """A situation in which the rule is met or not, as rows that differ from a sound roster."""

    passing: bool
    situation: Bilingual
    as_of: str
    files: Sequence[tuple[str, str]]
    findings: Sequence[tuple[str, str, str | None]]
    """Rule, focus and eId of what this rule finds."""


def rules(base: kb.KnowledgeBase) -> tuple[Graph, dict[str, list[Rule]]]:
    """The shapes, and by name the rules with the shapes they consist of, the chief one first."""
    shapes = load_shapes([file.path for file in base.shapes()])
    found: dict[str, list[Rule]] = {}
    for rule in rules_of(shapes):
        chief = local_name(rule.shape) == rule.name
        parts = found.setdefault(rule.name, [])
        parts.insert(0 if chief else len(parts), rule)
    return shapes, found


def explain(city: City, view: DayView, name: str) -> Explained:
    """Everything about a rule. Raises ``UsageError`` with the names when there is none."""
    shapes, known = rules(city.base)
    if name not in known:
        listed = ", ".join(known)
        raise UsageError(
            f"規則「{name}」はない。規則: {listed}", f"no rule {name!r}; rules: {listed}"
        )
    parts = known[name]
    return Explained(
        rule=parts[0],
        pattern=_text(shapes, parts[0].shape, K.provisionPattern),
        provisions=_provisions(city, view, shapes, parts),
        turtle=_turtle(shapes, parts),
        examples=_examples(city.base.root / "shapes" / "examples" / name),
    )


def _provisions(
    city: City, view: DayView, shapes: Graph, parts: Sequence[Rule]
) -> list[tuple[Bilingual, str]]:
    scopes = {str(scope) for part in parts for scope in shapes.objects(part.shape, K.appliesTo)}
    labels, found = Labels(city.dataset), dict[str, str]()
    for row in view.select(_PROVISIONS):
        if row["scope"] in scopes:
            found.setdefault(row["source"] or "", row["text"] or "")
    return [(labels.citation(source), text) for source, text in found.items()]


def _turtle(shapes: Graph, parts: Sequence[Rule]) -> str:
    """The shapes of a rule with what they are aimed at; the words are told elsewhere."""
    graph = Graph()
    for prefix, namespace in (
        ("dcterms", DCTERMS),
        ("kitei", K),
        ("rule", Namespace("https://w3id.org/kitei/shapes#")),
    ):
        graph.bind(prefix, namespace)
    told = {K.hint, K.provisionPattern, K.template, RDFS.comment, RDFS.label}
    for part in parts:
        for triple in shapes.cbd(part.shape):
            if triple[1] not in told:
                graph.add(triple)
        for node in shapes.subjects(SH.property, part.shape):
            graph.add((node, SH.property, part.shape))
            for target in shapes.objects(node, SH.targetClass):
                graph.add((node, SH.targetClass, target))
    return graph.serialize(format="turtle").strip() + "\n"


def _examples(folder: Path) -> list[Example]:
    found = []
    for kind in _FOLDERS:
        if not (folder / kind / "case.json").is_file():
            continue
        case = json.loads((folder / kind / "case.json").read_text(encoding="utf-8"))
        files = [
            (file.name, file.read_text(encoding="utf-8"))
            for file in sorted((folder / kind).glob("*.csv"))
        ]
        situation = Bilingual(case["situation"]["ja"], case["situation"]["en"])
        findings = [(rule, focus, provision) for rule, focus, provision in case["findings"]]
        found.append(Example(kind == "passing", situation, case["as_of"], files, findings))
    return found


def _text(shapes: Graph, shape: URIRef, predicate: URIRef) -> Bilingual:
    values = {
        value.language: str(value)
        for value in shapes.objects(shape, predicate)
        if isinstance(value, Literal)
    }
    return Bilingual(values.get("ja", "-"), values.get("en", "-"))
