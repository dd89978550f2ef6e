"""Find the knowledge base: vocabulary, code lists, derivation, data and shapes.

An installed wheel carries it below the package (``_kb``); a checkout has it
beside ``service/``. A city of one's own is added with a folder of Turtle.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from kitei.errors import InputUnreadableError, InternalError
from kitei.namespaces import ID

EXAMPLE_ROSTER = "roster-example"
_PACKAGE = Path(__file__).resolve().parent


class GraphFile(NamedTuple):
    """A Turtle file and the IRI of the named graph that holds it."""

    path: Path
    graph: str


class KnowledgeBase(NamedTuple):
    """The folders that rules and data come from. ``cities`` holds one folder a city."""

    root: Path
    cities: tuple[Path, ...]

    def ontology(self) -> list[GraphFile]:
        """The vocabulary and its code lists."""
        return _graphs(self.root / "ontology", "ontology")

    def shapes(self) -> list[GraphFile]:
        """The SHACL shapes."""
        # Not below: the examples of the rules are two hundred folders of tables.
        return _graphs(self.root / "shapes", "shapes", "*.ttl")

    def data(self) -> list[GraphFile]:
        """Text, norms and organisation of every city."""
        return [file for city in self.cities for file in _graphs(city, city.name)]

    def derivation(self) -> list[Path]:
        """The CONSTRUCT queries that derive the facts of a day, in the order they run."""
        return sorted((self.root / "ontology" / "derive").glob("*.rq"))

    def example_roster(self, regulation: str) -> Path:
        """The fictitious roster of the city whose folder holds the regulation of that local name.

        Raises ``InputUnreadableError`` when that city brings none.
        """
        for city in self.cities:
            if (city / regulation).is_dir() and (city / EXAMPLE_ROSTER).is_dir():
                return city / EXAMPLE_ROSTER
        raise InputUnreadableError("例示用の名簿がない。", "There is no example roster.")


def find(extra: Path | None = None) -> KnowledgeBase:
    """The knowledge base that belongs to this installation, with a city folder added.

    Raises ``InputUnreadableError`` when ``extra`` is no folder with Turtle in it,
    ``InternalError`` when the installation is incomplete.
    """
    for root in (_PACKAGE / "_kb", _PACKAGE.parents[1]):
        if (root / "ontology" / "kitei.ttl").is_file():
            cities = [path for path in sorted((root / "data").iterdir()) if path.is_dir()]
            return KnowledgeBase(root, (*cities, *_added(extra)))
    raise InternalError(
        "語彙 (ontology/) が見つからない。", "The vocabulary (ontology/) cannot be found."
    )


def _added(extra: Path | None) -> Iterator[Path]:
    if extra is None:
        return
    folder = extra.resolve()
    if not folder.is_dir() or not any(folder.rglob("*.ttl")):
        raise InputUnreadableError(
            f"{extra}: Turtle (.ttl) を含むフォルダーではない。",
            f"{extra}: not a folder that holds Turtle (.ttl).",
        )
    yield folder


def _graphs(folder: Path, name: str, pattern: str = "**/*.ttl") -> list[GraphFile]:
    """The Turtle files below ``folder``; the graph is named by the path without its suffix."""
    return [
        GraphFile(path, f"{ID}graph/{name}/{path.relative_to(folder).with_suffix('').as_posix()}")
        for path in sorted(folder.glob(pattern))
    ]
