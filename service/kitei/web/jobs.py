"""What Kitei's own jobs have in common: questions and pages, which are remembered."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import ClassVar

from kitei.confined import Document, Lane, NotAcceptableError
from kitei.store import GRAPH_TYPES, UnwritableError, write_ntriples
from kitei.web.negotiation import chooser
from kitei.web.pages import HTML

JSON = "application/json"


@dataclass(frozen=True, kw_only=True)
class OwnJob:
    """A job that nobody else wrote, with the same answer as long as the data stays the same."""

    protected: bool = False
    lane: ClassVar[Lane] = Lane.QUESTION
    lasting: ClassVar[bool] = True


def as_json(content: object) -> Document:
    """What a page is made of, or JSON for anybody."""
    return Document(json.dumps(content, ensure_ascii=False).encode(), JSON)


def media_type_of(accept: str) -> str:
    """What a graph is to be written in, or ``HTML``. Raises ``NotAcceptableError``."""
    return chooser(accept)([*GRAPH_TYPES, HTML])


def as_graph(ntriples: bytes, media_type: str) -> Document:
    """A graph in a media type. Raises ``NotAcceptableError`` when that cannot express it."""
    try:
        return Document(write_ntriples(ntriples, media_type), media_type)
    except UnwritableError as error:
        raise NotAcceptableError(*error.message) from error
