"""Findings as a ``sh:ValidationReport``, in Turtle or JSON-LD.

The same graph in both: each finding is a result with the cell that it is about.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from rdflib import DCTERMS, RDF, SH, XSD, BNode, Graph, Literal, Namespace, URIRef
from rdflib.term import Node

from kitei.check import Finding, Report
from kitei.errors import Bilingual
from kitei.namespaces import KITEI, PREFIXES, is_iri
from kitei.report.graph import escaped
from kitei.report.places import Places

_K = Namespace(KITEI)
_SEVERITY = {"violation": SH.Violation, "warning": SH.Warning, "info": SH.Info}
_PREFIXES = ("dcterms", "kitei", "sh", "xsd")

Pair = tuple[URIRef, Node]


def as_turtle(report: Report, language: str, places: Places) -> str:
    """The report as Turtle."""
    del language
    graph = Graph(bind_namespaces="none")
    for prefix in _PREFIXES:
        graph.bind(prefix, PREFIXES[prefix])
    top = BNode("report")
    for predicate, value in _about(report):
        graph.add((top, predicate, value))
    for number, finding in enumerate(report.findings):
        result = BNode(f"result{number:06}")
        graph.add((top, SH.result, result))
        for predicate, value in _result(finding, places):
            graph.add((result, predicate, value))
    return escaped(graph.serialize(format="turtle"))


def as_jsonld(report: Report, language: str, places: Places) -> str:
    """The report as JSON-LD 1.1, its context within."""
    del language
    document: dict[str, object] = {"@context": {name: PREFIXES[name] for name in _PREFIXES}}
    document |= _node(_about(report))
    document["sh:result"] = [_node(_result(finding, places)) for finding in report.findings]
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _about(report: Report) -> Iterator[Pair]:
    yield RDF.type, SH.ValidationReport
    yield SH.conforms, Literal(not report.findings)
    yield DCTERMS.date, Literal(report.as_of.isoformat(), datatype=XSD.date)
    yield DCTERMS.source, URIRef(report.text.regulation.iri)
    for switch in report.switched:
        yield _K.follows, URIRef(switch.alternative.iri)


def _result(finding: Finding, places: Places) -> Iterator[Pair]:
    origin = finding.origin
    yield RDF.type, SH.ValidationResult
    yield SH.resultSeverity, _SEVERITY[finding.severity]
    yield SH.focusNode, URIRef(origin.focus_node)
    yield SH.resultPath, URIRef(origin.path)
    yield SH.sourceShape, URIRef(origin.shape)
    yield SH.sourceConstraintComponent, URIRef(origin.component)
    if origin.value is not None:
        yield SH.value, URIRef(origin.value) if is_iri(origin.value) else Literal(origin.value)
    yield from _texts(SH.resultMessage, finding.message)
    yield from _texts(_K.hint, finding.hint)
    yield _K.focus, Literal(finding.focus)
    yield DCTERMS.identifier, Literal(finding.fingerprint)
    if origin.provision is not None:
        yield DCTERMS.source, URIRef(origin.provision)
    if (source := finding.source) is not None:
        yield _K.file, Literal(places.path(finding))
        if source.row is not None:
            yield _K.row, Literal(source.row)
        for predicate, text in (
            (_K.column, source.column),
            (_K.sheet, source.sheet),
            (_K.cell, source.cell),
        ):
            if text is not None:
                yield predicate, Literal(text)


def _texts(predicate: URIRef, text: Bilingual) -> Iterator[Pair]:
    yield predicate, Literal(text.ja, lang="ja")
    yield predicate, Literal(text.en, lang="en")


def _node(pairs: Iterator[Pair]) -> dict[str, object]:
    """A JSON-LD node object; several values of a property become a list."""
    node: dict[str, object] = {}
    lists: dict[str, list[object]] = {}
    for predicate, value in pairs:
        if predicate == RDF.type:
            node["@type"] = _short(str(value))
            continue
        lists.setdefault(_short(str(predicate)), []).append(_json(value))
    return node | {key: found[0] if len(found) == 1 else found for key, found in lists.items()}


def _json(value: Node) -> object:
    if not isinstance(value, Literal):
        return {"@id": str(value)}
    if value.language:
        return {"@value": str(value), "@language": value.language}
    if value.datatype in (XSD.boolean, XSD.integer):
        found: object = value.toPython()
        return found
    if value.datatype is not None:
        return {"@value": str(value), "@type": _short(str(value.datatype))}
    return str(value)


def _short(iri: str) -> str:
    for name in _PREFIXES:
        if iri.startswith(PREFIXES[name]):
            return f"{name}:{iri.removeprefix(PREFIXES[name])}"
    return iri
