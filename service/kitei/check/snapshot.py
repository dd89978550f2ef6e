"""The snapshot of a day: its derived facts without those of the days on which acts were done."""

from __future__ import annotations

from datetime import date

from rdflib import Graph

from kitei.check.nearmiss import suspects
from kitei.city import City, DayView
from kitei.derive import day_iri
from kitei.namespaces import ID


def snapshot(city: City, view: DayView, day: date) -> Graph:
    """What is judged on ``day``, as an rdflib graph small enough for any validator.

    The derived facts, and the near misses of the roster, which no query can see.
    """
    city.dataset.load_ntriples(suspects(city, view, day), view.graph)
    graph = Graph()
    graph.parse(data=snapshot_ntriples(view, day), format="nt")
    return graph


def snapshot_ntriples(view: DayView, day: date) -> bytes:
    """The same as sorted N-Triples."""
    own, other = f"<{day_iri(day)}".encode(), f"<{ID}day/".encode()
    return b"".join(
        line
        for line in view.dataset.dump(view.graph).splitlines(keepends=True)
        if line.startswith((own + b">", own + b"/")) or not line.startswith(other)
    )
