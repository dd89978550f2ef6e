"""Content negotiation by the Accept header (RFC 9110, sections 12.4.2 and 12.5.1), and ``format=``.

(Werkzeug's own compares parameters as text, so that ``text/turtle;charset=utf-8``
would be refused, and it gives no answer to ``text/turtle;version=1.2``.)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple
from urllib.request import parse_http_list

from werkzeug.http import parse_options_header

from kitei.confined import NotAcceptableError
from kitei.errors import UsageError

Choose = Callable[[Sequence[str]], str]

_WORD = r"[!#$%&'*+.^_`|~0-9a-z-]+"
_RANGE = re.compile(rf"(?:\*|{_WORD})/(?:\*|{_WORD})")
# Beyond the grammar ".2" and "0." are understood, which old clients send.
_QUALITY = re.compile(r"0?\.\d+|0\.?|1(?:\.0*)?")
_JSON = "application/sparql-results+json"
_XML = "application/sparql-results+xml"

FORMATS = {
    "csv": "text/csv",
    "html": "text/html",
    "json": f"{_JSON}, application/ld+json;q=0.9, application/json;q=0.8",
    "jsonld": "application/ld+json",
    "nq": "application/n-quads",
    "nquads": "application/n-quads",
    "nt": "application/n-triples",
    "ntriples": "application/n-triples",
    "rdf": "application/rdf+xml",
    "rdfxml": "application/rdf+xml",
    "srj": _JSON,
    "srx": _XML,
    "trig": "application/trig",
    "tsv": "text/tab-separated-values",
    "ttl": "text/turtle",
    "turtle": "text/turtle",
    "xml": f"{_XML}, application/rdf+xml;q=0.9, application/xml;q=0.8",
}
"""The names that ``format=`` knows -> what they accept, as an Accept header would say it."""


class MediaRange(NamedTuple):
    """An element of Accept. Without ``loosely`` its parameters have to be those of the type."""

    type: str
    subtype: str
    parameters: frozenset[tuple[str, str]]
    quality: float

    def specificity(self, media_type: str, loosely: bool) -> int | None:
        """How closely it describes ``media_type``; ``None`` if not at all."""
        kind, _, subtype = media_type.partition("/")
        if self.type not in ("*", kind) or self.subtype not in ("*", subtype):
            return None
        unmet = self.parameters - {("charset", "utf-8"), ("header", "present")}
        if unmet and not (loosely and all(name != "charset" for name, _ in unmet)):
            return None
        return (self.type != "*") + (self.subtype != "*") + len(self.parameters - unmet)


@lru_cache(256)
def media_ranges(accept: str) -> tuple[MediaRange, ...]:
    """The elements of an Accept header; those that are malformed are passed over."""
    found = (_media_range(element) for element in parse_http_list(accept))
    return tuple(element for element in found if element is not None)


def chooser(accept: str) -> Choose:
    """A function that picks what an Accept header likes best.

    A media type has the quality of the most specific range that describes it. Of
    types equally liked it takes the one described more closely, then the one
    offered first. A header that says nothing is as none. Where parameters alone
    stand in the way (a ``profile``, a ``version``) they are disregarded rather than
    nothing answered, except another charset. The function raises
    ``NotAcceptableError`` when nothing that is offered is acceptable.
    """
    return lambda offered: _chosen(accept, tuple(offered))


@lru_cache(256)
def _chosen(accept: str, offered: tuple[str, ...]) -> str:
    ranges = media_ranges(accept)
    if not ranges:
        return offered[0]
    for loosely in (False, True):
        rated = [_rated(ranges, media_type, loosely) for media_type in offered]
        best = max(rated)
        if best[0] > 0:
            return offered[rated.index(best)]
    raise NotAcceptableError(
        f"Accept 又は format に合う形式がない。出せる形式: {', '.join(offered)}",
        f"Nothing acceptable is available. Available: {', '.join(offered)}",
    )


def accepted(header: str, wanted: str | None, names: Mapping[str, str] = FORMATS) -> str:
    """What a request accepts: ``wanted`` (its ``format``), which outweighs its Accept header.

    ``wanted`` is one of ``names`` or a media type. Raises ``UsageError`` for anything else.
    """
    if wanted is None:
        return header
    name = wanted.strip().lower()
    if name in names:
        return names[name]
    # A plus sign that was not percent-encoded arrives as a space.
    media_type = name.partition(";")[0].strip().replace(" ", "+")
    if not _RANGE.fullmatch(media_type):
        known = ", ".join(names)
        raise UsageError(
            f"format は次のいずれか、又はメディアタイプ: {known}",
            f"format must be a media type or one of: {known}",
        )
    return media_type


def _rated(ranges: Sequence[MediaRange], media_type: str, loosely: bool) -> tuple[float, int]:
    """Quality and specificity; 0 if no range describes the type."""
    fitting = [
        (specificity, element.quality)
        for element in ranges
        if (specificity := element.specificity(media_type, loosely)) is not None
    ]
    specificity, quality = max(fitting, default=(0, 0.0))
    return quality, specificity


def _media_range(element: str) -> MediaRange | None:
    name, options = parse_options_header(element.strip())
    name = "*/*" if name == "*" else name.lower()
    parameters, quality = set(), 1.0
    for key, value in options.items():
        if key == "q":
            if not _QUALITY.fullmatch(value):
                return None
            quality = float(value)
            break  # what follows belongs to no media type
        parameters.add((key, value.lower() if key == "charset" else value))
    kind, _, subtype = name.partition("/")
    if not _RANGE.fullmatch(name) or (kind == "*" and subtype != "*"):
        return None
    return MediaRange(kind, subtype, frozenset(parameters), quality)
