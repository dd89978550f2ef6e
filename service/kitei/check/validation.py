"""Run pySHACL over the snapshot of a day, and guard against its silences.

pySHACL says "conforms" when no shape matched anything, and its exit codes mean
several things at once; so results are read from the report graph, and what was
matched is counted here.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache
from typing import NamedTuple

import pyshacl
from pyshacl.errors import ReportableRuntimeError
from pyshacl.graph_abstraction import DataGraph
from rdflib import RDF, SH, Graph, URIRef
from rdflib.term import Node

from kitei.check.rules import Rule, enforced, enforcing
from kitei.errors import NothingToCheckError


class Result(NamedTuple):
    """One validation result."""

    shape: str
    """IRI of the property shape that was not met."""
    focus: str
    """IRI of the case that was judged."""
    value: str | None
    component: str
    """IRI of the constraint component."""


def validate(snapshot: Graph, shapes: Graph, rules: Collection[Rule]) -> list[Result]:
    """The results of ``rules`` over the derived facts of a day, sorted.

    Whoever leaves out rules that meet no case loses no result, and half of the time.
    Raises ``NothingToCheckError`` when the shapes are invalid, those of other rules included.
    """
    _require_sound(shapes)
    report = _report(snapshot, enforcing(shapes, tuple(rules)))
    wanted = {rule.shape for rule in rules}
    results = {
        Result(
            str(shape),
            str(report.value(node, SH.focusNode)),
            _value(report, node),
            str(report.value(node, SH.sourceConstraintComponent)),
        )
        for node in report.subjects(RDF.type, SH.ValidationResult)
        if (shape := report.value(node, SH.sourceShape)) in wanted
    }
    return sorted(results, key=lambda result: result._replace(value=result.value or ""))


@lru_cache(maxsize=4)
def _require_sound(shapes: Graph) -> None:
    """Let the validator load all shapes once."""
    _report(Graph(bind_namespaces="none"), enforced(shapes))


def _report(snapshot: Graph, shapes: Graph) -> Graph:
    try:
        _, report, text = pyshacl.validate(
            # Wrapped already, a graph of any store is taken as it is, and not made a dataset.
            DataGraph.from_rdflib(snapshot),
            shacl_graph=shapes,
            inference="none",
            advanced=False,
            meta_shacl=False,
            do_owl_imports=False,
        )
    except (ReportableRuntimeError, ValueError, re.error) as error:
        raise NothingToCheckError(
            f"シェイプが不正: {error}", f"the shapes are invalid: {error}"
        ) from error
    if not isinstance(report, Graph):
        raise NothingToCheckError(f"検査できない: {text}", f"validation failed: {text}")
    return report


def _value(report: Graph, node: Node) -> str | None:
    value = report.value(node, SH.value)
    return None if value is None else str(value)


def matched(snapshot: Graph, rule: Rule) -> set[str]:
    """The cases that a rule judges: the instances of its target classes."""
    return {
        str(case)
        for target in rule.target_classes
        for case in snapshot.subjects(RDF.type, target)
        if isinstance(case, URIRef)
    }
