"""What goes into a store: graphs with what tells whether they have changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from kitei import foreign
from kitei.city import ROSTER_GRAPH, City
from kitei.errors import InputUnreadableError
from kitei.kb import KnowledgeBase
from kitei.storage.tables import TABLES, written

_PIECE = 16 * 1024 * 1024
"""Bytes of a roster that are written at once."""


class Source(NamedTuple):
    """A graph that is to be in the store."""

    graph: str
    digest: str
    pieces: Iterable[tuple[str, bytes]]
    """Graph and N-Triples; a file of others may fill more graphs than its own."""


def sources(city: City, files: Iterable[foreign.DataFile]) -> Iterator[Source]:
    """Rules and roster of a city, and these files. Raises ``InputUnreadableError``."""
    for graph, digest in rules(city.base).items():
        yield Source(graph, digest, _dumped(city, graph))
    if city.roster is not None:
        ntriples, tables = city.roster.ntriples, written(city.roster)
        pieces = ((ROSTER_GRAPH, piece) for piece in _pieces(ntriples))
        yield Source(ROSTER_GRAPH, sha256(ntriples).hexdigest(), pieces)
        yield Source(TABLES, sha256(tables).hexdigest(), [(TABLES, tables)])
    for file in files:
        yield Source(file.graph, _of_file(file.path), foreign.read(file))


def rules(base: KnowledgeBase) -> dict[str, str]:
    """The graphs of vocabulary, text, norms and organisation, with what their files are."""
    return {file.graph: _of_file(file.path) for file in [*base.ontology(), *base.data()]}


def _dumped(city: City, graph: str) -> Iterator[tuple[str, bytes]]:
    yield graph, city.dataset.dump(graph)


def _pieces(ntriples: bytes) -> Iterator[bytes]:
    """Whole lines of a roster, which has no blank nodes."""
    start = 0
    while start < len(ntriples):
        end = ntriples.find(b"\n", start + _PIECE)
        end = len(ntriples) if end < 0 else end + 1
        yield ntriples[start:end]
        start = end


def _of_file(path: Path) -> str:
    try:
        with path.open("rb") as data:
            digest = sha256()
            while part := data.read(1 << 20):
                digest.update(part)
    except OSError as error:
        raise InputUnreadableError(
            f"{path}: 読めない: {error.strerror}", f"{path}: cannot be read: {error.strerror}"
        ) from error
    return digest.hexdigest()
