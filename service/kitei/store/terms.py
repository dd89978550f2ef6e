"""Terms of RDF, for those who do not know the engine."""

from __future__ import annotations

from typing import NamedTuple

import pyoxigraph as ox

Row = dict[str, str | None]
"""A solution: variable -> lexical value, or ``None`` where it is unbound."""
Value = tuple[str, str | None]
"""The lexical value of a term and its language tag, if it has one."""


class Term(NamedTuple):
    """An RDF term for those who do not know the engine."""

    kind: str
    """``iri``, ``blank`` or ``literal``."""
    value: str
    datatype: str | None = None
    language: str | None = None


Triple = tuple[Term, str, Term]
"""Subject, the IRI of the predicate, object."""


def is_absolute_iri(text: str) -> bool:
    """Whether ``text`` is an absolute IRI (RFC 3987), so that ``<text>`` is safe in SPARQL."""
    try:
        ox.NamedNode(text)
    except ValueError:
        return False
    return True


def term_of(term: object) -> Term:
    if isinstance(term, ox.NamedNode):
        return Term("iri", term.value)
    if isinstance(term, ox.Literal):
        # Of a text with a language tag the datatype says nothing more.
        datatype = None if term.language else term.datatype.value
        return Term("literal", term.value, datatype, term.language)
    return Term("blank", str(getattr(term, "value", term)))


def lexical(term: object) -> str | None:
    return None if term is None else str(getattr(term, "value", term))
