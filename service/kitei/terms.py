"""RDF terms written as N-Triples, without an RDF library.

The roster of a whole city becomes one N-Triples document that the store loads
in bulk; building term objects for each cell would cost more than parsing them.
(N-Triples 1.1, sections 2.2 to 2.4; RFC 3987 for the percent-encoding.)
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from urllib.parse import quote

from kitei.namespaces import PREFIXES, expand

_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r"})
_XSD = PREFIXES["xsd"]


def iri(value: str) -> str:
    """``<value>``; ``value`` is a full IRI that is already valid."""
    return f"<{value}>"


def name(prefixed: str) -> str:
    """The N-Triples term of a prefixed name such as ``org:Post``."""
    return f"<{expand(prefixed)}>"


@lru_cache(maxsize=1024)
def segment(text: str) -> str:
    """``text`` as one IRI path segment: everything reserved is percent-encoded (UTF-8)."""
    return quote(text, safe="")


def literal(text: str, language: str = "") -> str:
    """A plain string literal, or one with a language tag. Text is kept exactly as given."""
    quoted = f'"{text.translate(_ESCAPES)}"'
    return f"{quoted}@{language}" if language else quoted


def day(value: date) -> str:
    """An ``xsd:date`` literal."""
    return f'"{value.isoformat()}"^^<{_XSD}date>'


def integer(value: int) -> str:
    """An ``xsd:integer`` literal."""
    return f'"{value}"^^<{_XSD}integer>'


def boolean(value: bool) -> str:
    """An ``xsd:boolean`` literal."""
    return f'"{"true" if value else "false"}"^^<{_XSD}boolean>'
