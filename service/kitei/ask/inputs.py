"""What an answer was made from, as SHA-256 digests: text, rules, derivation, question, roster.

A file has the digest of its bytes. Several files have one digest together: that of
the listing that ``sha256sum`` prints for them, sorted by path (bytes of UTF-8), each
line ``DIGEST  PATH`` with the path relative to their folder. So both can be had from
``sha256sum`` alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from kitei.ask.question import Question
from kitei.city import City
from kitei.kb import GraphFile

_GRAPH_OF_TEXT = """
PREFIX eli: <http://data.europa.eu/eli/ontology#>
SELECT DISTINCT ?version ?graph
WHERE { GRAPH ?graph { ?version eli:is_realized_by ?text } }
ORDER BY ?graph
"""


class Input(NamedTuple):
    """A file, or several under one name, that an answer was made from."""

    name: str
    digest: str
    """SHA-256, in hexadecimal."""

    @property
    def line(self) -> str:
        """As ``sha256sum`` writes it."""
        return f"{self.digest}  {self.name}"


def inputs(
    city: City, question: Question, version: str | None, roster: Mapping[str, bytes]
) -> list[Input]:
    """What an answer of ``city`` to ``question`` rests on, in a fixed order.

    ``version`` is the day from which the text in force counts, where it is held;
    ``roster`` holds the roster's files by name.
    """
    read = {table.file for table in city.roster.tables} if city.roster else set()
    return [
        *_of_text(city, version),
        _together("ontology/*.ttl", city.base.root / "ontology", _paths(city.base.ontology())),
        _together(
            "ontology/derive/*.rq",
            city.base.root / "ontology" / "derive",
            city.base.derivation(),
        ),
        Input(f"{question.name}.rq", _digest(question.sparql.encode())),
        *(Input(name, _digest(data)) for name, data in sorted(roster.items()) if name in read),
    ]


def _of_text(city: City, version: str | None) -> list[Input]:
    """The text and the rules of one version, and the rest of the folder of its city."""
    files = city.base.data()
    home = _home(city, files, version)
    if home is None:
        return [
            _together(f"{folder.name}/**/*.ttl", folder, sorted(folder.rglob("*.ttl")))
            for folder in city.base.cities
        ]
    folder, text = home
    stem = text.name.removesuffix(".text.ttl")
    own = sorted({*text.parent.glob(f"{stem}.*.ttl"), *text.parent.glob(f"{stem}.txt")})
    rest = [path for path in sorted(folder.rglob("*.ttl")) if path not in own]
    found = [Input(_relative(path, folder.parent), _digest(path.read_bytes())) for path in own]
    return [*found, _together(f"{folder.name}/**/*.ttl (-{stem})", folder, rest)]


def _home(city: City, files: Iterable[GraphFile], version: str | None) -> tuple[Path, Path] | None:
    """The folder of the city, and the file of the graph that holds the text of a version."""
    if version is None:
        return None
    iri = f"{city.regulation.iri}/{version}"
    rows = city.dataset.select(_GRAPH_OF_TEXT, {"version": iri})
    graphs = {row["graph"] for row in rows}
    for path in (file.path for file in files if file.graph in graphs):
        for folder in city.base.cities:
            if path.is_relative_to(folder):
                return folder, path
    return None


def _paths(files: Iterable[GraphFile]) -> list[Path]:
    return [file.path for file in files]


def _together(name: str, folder: Path, paths: Iterable[Path]) -> Input:
    names = sorted(
        ((_relative(path, folder), path) for path in paths), key=lambda pair: pair[0].encode()
    )
    lines = [f"{_digest(path.read_bytes())}  {relative}\n" for relative, path in names]
    return Input(f"{name} ({len(lines)})", _digest("".join(lines).encode()))


def _relative(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix()


def _digest(data: bytes) -> str:
    return sha256(data).hexdigest()
