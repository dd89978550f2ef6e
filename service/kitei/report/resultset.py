"""Solutions of a query as an RDF graph.

The vocabulary is that of the W3C's Data Access Working Group, used by the
SPARQL test suites: http://www.w3.org/2001/sw/DataAccess/tests/result-set
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rdflib import RDF, RDFS, BNode, Graph, Literal, Namespace, URIRef
from rdflib.term import Identifier

from kitei.errors import Bilingual
from kitei.namespaces import is_iri
from kitei.store import Row

RS = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/result-set#")


def result_set(
    variables: Sequence[str], rows: Iterable[Row], comments: Iterable[Bilingual] = ()
) -> str:
    """The rows as Turtle. A blank-separated list of IRIs becomes one binding an IRI."""
    graph = Graph()
    graph.bind("rs", RS)
    top = BNode("results")
    graph.add((top, RDF.type, RS.ResultSet))
    for comment in comments:
        for language, text in comment._asdict().items():
            graph.add((top, RDFS.comment, Literal(text, lang=language)))
    for variable in variables:
        graph.add((top, RS.resultVariable, Literal(variable)))
    for index, row in enumerate(rows):
        solution = BNode(f"solution{index:06}")
        graph.add((top, RS.solution, solution))
        for number, (variable, value) in enumerate(_bindings(variables, row)):
            binding = BNode(f"binding{index:06}x{number:04}")
            graph.add((solution, RS.binding, binding))
            graph.add((binding, RS.variable, Literal(variable)))
            graph.add((binding, RS.value, value))
    return graph.serialize(format="turtle")


def _bindings(variables: Sequence[str], row: Row) -> Iterable[tuple[str, Identifier]]:
    for variable in variables:
        for value in _terms(row.get(variable)):
            yield variable, value


def _terms(value: str | None) -> list[Identifier]:
    if not value:
        return []
    if is_iri(value):
        return [URIRef(part) for part in value.split()]
    return [Literal(value)]
