"""The snapshot of a day: its derived facts without those of the days on which acts were done."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache

from rdflib import RDF, SH, Graph, URIRef

from kitei.check.graphs import data_graph, graph_of
from kitei.check.nearmiss import suspects
from kitei.check.rules import enforced
from kitei.city import City, DayView
from kitei.derive import day_iri
from kitei.namespaces import ID
from kitei.store import Triple

_TYPE = str(RDF.type)


def snapshot(city: City, view: DayView, day: date) -> Graph:
    """What is judged on ``day``, as an rdflib graph small enough for any validator.

    The derived facts, and the near misses of the roster, which no query can see.
    """
    city.dataset.load_ntriples(suspects(city, view, day), view.graph)
    return graph_of(_of_day(view, day))


def judged(city: City, view: DayView, day: date, shapes: Graph) -> Graph:
    """The part of the snapshot that ``shapes`` (from ``load_shapes``) can see."""
    city.dataset.load_ntriples(suspects(city, view, day), view.graph)
    seen = _seen(shapes)
    if seen is None:
        return graph_of(_of_day(view, day), data_graph())
    of_day = _of_day(view, day, seen)
    visible = (triple for triple in of_day if triple[1] != _TYPE or triple[2].value in seen)
    return graph_of(visible, data_graph())


@lru_cache(maxsize=4)
def _seen(shapes: Graph) -> frozenset[str] | None:
    """The properties and classes that shapes name; ``None`` where they can see anything."""
    rules = enforced(shapes)
    # What a SPARQL constraint looks at, or a closed shape, is not to be read off its terms.
    if any((None, predicate, None) in rules for predicate in (SH.sparql, SH.closed)):
        return None
    named = {str(value) for value in rules.objects() if isinstance(value, URIRef)}
    return frozenset({*named, _TYPE})


def _of_day(view: DayView, day: date, predicates: Iterable[str] | None = None) -> Iterator[Triple]:
    own, other = day_iri(day), f"{ID}day/"
    for triple in view.dataset.triples(view.graph, predicates):
        subject = triple[0].value
        if subject == own or subject.startswith(f"{own}/") or not subject.startswith(other):
            yield triple
