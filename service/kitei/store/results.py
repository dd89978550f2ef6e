"""What queries yield, written in the formats of the web."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from enum import Enum, auto

import pyoxigraph as ox

from kitei.errors import InputUnreadableError, InternalError, UsageError
from kitei.namespaces import ID, PREFIXES
from kitei.store.terms import lexical

Choose = Callable[[Sequence[str]], str]
"""Picks one of the media types offered, the first being the default."""

RESULT_TYPES = (
    "application/sparql-results+json",
    "application/json",
    "application/sparql-results+xml",
    "application/xml",
    "text/csv",
    "text/tab-separated-values",
)
"""What solutions and truth values are written as."""
GRAPH_TYPES = (
    "text/turtle",
    "application/n-triples",
    "application/rdf+xml",
    "application/ld+json",
    "application/trig",
    "application/n-quads",
)
"""What the triples of a CONSTRUCT or DESCRIBE are written as."""


# What the engine writes although no XML parser takes it: characters outside XML 1.0 (section
# 2.2), and predicates whose IRI does not end in a name (RDF 1.1 XML Syntax, section 2.2).
_NOT_XML = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]|<oxprefix:[ >]")


class UnwritableError(UsageError):
    """A result that the format wanted cannot express, though others can."""


def write_ntriples(ntriples: bytes, media_type: str) -> bytes:
    """N-Triples in one of ``GRAPH_TYPES``.

    Raises ``InternalError`` when they are malformed, ``UnwritableError`` when the
    format cannot express them.
    """
    try:
        triples = [quad.triple for quad in ox.parse(ntriples, format=ox.RdfFormat.N_TRIPLES)]
    except SyntaxError as error:
        raise InternalError(
            f"内部の N-Triples が不正: {error}", f"malformed N-Triples: {error}"
        ) from error
    return graph_as(triples, media_type)


class Kind(Enum):
    """What a query yields."""

    GRAPH = auto()
    SOLUTIONS = auto()
    TRUTH = auto()


def kind_of(sparql: str) -> Kind:
    """What a query yields. Raises ``UsageError`` on what is not a query of SPARQL 1.1."""
    try:
        result = ox.Store().query(sparql, base_iri=ID)
    except (SyntaxError, ValueError, OSError) as error:
        raise not_run(error) from error
    if isinstance(result, ox.QueryTriples):
        return Kind.GRAPH
    return Kind.TRUTH if isinstance(result, ox.QueryBoolean) else Kind.SOLUTIONS


def rewritten(data: bytes, kind: Kind, choose: Choose) -> tuple[bytes, str]:
    """What another engine answered, written as this one writes it; and the media type.

    ``data`` is N-Triples if it is a graph, else SPARQL results as XML. Raises
    ``InputUnreadableError`` when it is not, and what ``choose`` raises.
    """
    media_type = choose(GRAPH_TYPES if kind is Kind.GRAPH else RESULT_TYPES)
    try:
        if kind is Kind.GRAPH:
            quads = ox.parse(data, format=ox.RdfFormat.N_TRIPLES)
            return graph_as((quad.triple for quad in quads), media_type), media_type
        # What Virtuoso calls a blank node is none of the names that the standard allows.
        plain = data.replace(b"<bnode>nodeID://", b"<bnode>")
        result = ox.parse_query_results(plain, format=ox.QueryResultsFormat.XML)
        if kind is Kind.TRUTH and isinstance(result, ox.QuerySolutions):
            result = _truth(result)
        written = result.serialize(format=ox.QueryResultsFormat.from_media_type(media_type))
    except (SyntaxError, ValueError) as error:
        raise InputUnreadableError(
            f"ほかのサーバーの答えを読めない: {error}",
            f"the answer of the other server cannot be read: {error}",
        ) from error
    return written or b"", media_type


def _truth(solutions: ox.QuerySolutions) -> ox.QueryBoolean | ox.QuerySolutions:
    """What Virtuoso means that answers an ASK with one solution of one variable, 1 or 0."""
    values = [lexical(term) for solution in solutions for term in solution]
    word = b"true" if values and values[0] in {"1", "true"} else b"false"
    said = b'{"head": {}, "boolean": ' + word + b"}"
    return ox.parse_query_results(said, format=ox.QueryResultsFormat.JSON)


def graph_as(triples: Iterable[ox.Triple], media_type: str) -> bytes:
    """Triples in a format; Turtle with those of Kitei's prefixes that it uses, sorted."""
    form = ox.RdfFormat.from_media_type(media_type)
    if form not in (ox.RdfFormat.TURTLE, ox.RdfFormat.TRIG):
        return checked(ox.serialize(triples, format=form), media_type)
    data = ox.serialize(triples, format=form, prefixes=dict(PREFIXES)) or b""
    # The engine declares all prefixes it is given, in another order each time.
    lines = data.splitlines(keepends=True)
    head = sorted(line for line in lines[: len(PREFIXES)] if line.startswith(b"@prefix "))
    body = b"".join(lines[len(head) :])
    used = [line for line in head if line.split()[1] in body]
    return b"".join([*used, body])


def checked(data: bytes | None, media_type: str) -> bytes:
    if media_type.endswith("xml") and _NOT_XML.search(data or b""):
        raise UnwritableError(
            f"この結果は {media_type} では表せない。ほかの形式を選ぶ。",
            f"This result cannot be written as {media_type}; choose another format.",
        )
    return data or b""


def not_run(error: Exception) -> UsageError:
    # The engine lists what it expected over several lines.
    why = " ".join(str(error).split())
    return UsageError(f"SPARQL として実行できない: {why}", f"the query cannot be run: {why}")
