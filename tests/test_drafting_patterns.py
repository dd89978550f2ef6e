"""Every drafting pattern of the survey is accounted for, and what is said of it is true.

A pattern that the derivation acts on has an example in ``test_pattern*.py``: Turtle of a few lines,
whose answer is asserted. Codes and what carries them stand in ``ontology/drafting-patterns.ttl``.
"""

from __future__ import annotations

from functools import cache

import pytest
from rdflib import OWL, RDF, RDFS, SKOS, Graph, Literal, URIRef
from tests.pattern_support import shown
from tests.support import ROOT

from kitei.namespaces import KITEI

SURVEY = (
    "A1 A2a A2b A2c A2d A3 A4 A5 A6 A7 A8 A9 A10 A11 A12 "
    "B1 B2 B3 B4 B5 B6 B7 B8 B9 "
    "C1 C2 C3 C4 C5 C6 C7 C8 C9 C10 C11 C12 C13 C14 "
    "D1 D2 D3 D4 D5 D6 D7 D8 D9 D10 D11 "
    "E1 E2 E3a E3b E3c E4 F1 F2 F3 F4 F5 F6 F7 G1 H1 H2 H3 P1 P2 P3 P4 P5 P6 "
    "X1 X2 X3 X4 X5 X6 X7 X8 X9 X10 X11 X12 X13 X14 X15 X16"
)
CODES = SURVEY.split()
SUPPORTS = {"derived", "modelled", "not-modelled"}


@cache
def patterns() -> Graph:
    """The patterns, with the rest of the vocabulary."""
    graph = Graph()
    for file in sorted((ROOT / "ontology").glob("*.ttl")):
        graph.parse(file)
    return graph


def term(name: str) -> URIRef:
    """A term of the vocabulary."""
    return URIRef(KITEI + name)


def of_code(code: str) -> URIRef:
    """The pattern with this code."""
    (found,) = patterns().subjects(SKOS.notation, Literal(code))
    assert isinstance(found, URIRef)
    return found


def support(code: str) -> str:
    """``derived``, ``modelled`` or ``not-modelled``."""
    (found,) = patterns().objects(of_code(code), term("support"))
    return str(found).removeprefix(f"{KITEI}support-")


# -- the list --------------------------------------------------------------------------------------


def test_every_pattern_of_the_survey_is_listed_once_and_no_other() -> None:
    listed = [
        str(code)
        for pattern in patterns().subjects(SKOS.inScheme, term("drafting-patterns"))
        for code in patterns().objects(pattern, SKOS.notation)
    ]
    assert sorted(listed) == sorted(CODES)


@pytest.mark.parametrize("code", CODES)
def test_a_pattern_says_what_carries_it_and_how_far(code: str) -> None:
    graph, pattern = patterns(), of_code(code)
    assert pattern == term(f"pattern-{code.lower()}")
    assert support(code) in SUPPORTS
    for text in (SKOS.prefLabel, SKOS.definition):
        languages = [value.language for value in graph.objects(pattern, text)]  # type: ignore[attr-defined]
        assert sorted(languages) == ["en", "ja"]
    carriers = set(graph.objects(pattern, term("modelledBy")))
    assert bool(carriers) == (support(code) != "not-modelled")


@pytest.mark.parametrize("code", CODES)
def test_what_carries_a_pattern_exists(code: str) -> None:
    graph = patterns()
    kinds = {OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, SKOS.Concept}
    for carrier in graph.objects(of_code(code), term("modelledBy")):
        known = carrier == RDFS.label or kinds & set(graph.objects(carrier, RDF.type))
        assert known, f"{carrier} is not declared"


def test_every_pattern_that_is_derived_has_an_example() -> None:
    assert {code for code in CODES if support(code) == "derived"} == shown()
