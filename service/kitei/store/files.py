"""RDF files that are read outside a dataset."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import IO, NamedTuple

import pyoxigraph as ox

from kitei.store.terms import Triple, term_of


def read_turtle(path: Path) -> Iterator[Triple]:
    """The triples of a Turtle file, in its order.

    Raises ``OSError``, and ``SyntaxError`` with the engine's line and column on bad Turtle.
    """
    for triple in ox.parse(path=str(path), format=ox.RdfFormat.TURTLE):
        yield term_of(triple.subject), triple.predicate.value, term_of(triple.object)


class BlankGraphError(ValueError):
    """A graph is named by a blank node, so that no query can name it."""


class Batch(NamedTuple):
    """Some triples of a file."""

    graph: str | None
    """The graph that the file itself puts them in; ``None`` where it names none."""
    ntriples: bytes


def batches(data: IO[bytes], suffix: str, base: str, size: int = 50_000) -> Iterator[Batch]:
    """What an RDF file of the format that ``suffix`` names says, some ``size`` triples at a time.

    Blank nodes get labels that no other file has; the triples of a graph that
    have any come last and in one piece, since a label counts within a piece only.
    Raises ``KeyError`` on a format that is unknown or not read, ``SyntaxError``
    with line and column on malformed data, and ``BlankGraphError``.
    """
    form = ox.RdfFormat.from_extension(suffix)
    if form is None or form == ox.RdfFormat.N3:
        raise KeyError(suffix)
    plain: dict[str | None, list[ox.Triple]] = {}
    tied: dict[str | None, list[ox.Triple]] = {}
    held = 0
    for quad in ox.parse(data, format=form, base_iri=base, rename_blank_nodes=True):
        blank = isinstance(quad.subject, _TIED) or isinstance(quad.object, _TIED)
        (tied if blank else plain).setdefault(_graph_name(quad), []).append(quad.triple)
        held += not blank
        if held >= size:
            yield from map(_batch, plain.items())
            plain, held = {}, 0
    yield from map(_batch, plain.items())
    yield from map(_batch, tied.items())


# A triple inside a triple may hold blank nodes as well.
_TIED = (ox.BlankNode, ox.Triple)


def _graph_name(quad: ox.Quad) -> str | None:
    if isinstance(quad.graph_name, ox.BlankNode):
        raise BlankGraphError(quad.graph_name.value)
    return None if isinstance(quad.graph_name, ox.DefaultGraph) else quad.graph_name.value


def _batch(item: tuple[str | None, list[ox.Triple]]) -> Batch:
    graph, triples = item
    return Batch(graph, ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b"")
