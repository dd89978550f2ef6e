"""The regulations in the dataset, and the one that a question is about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from kitei.errors import InputUnreadableError, UsageError
from kitei.namespaces import expand, local_name
from kitei.store import Dataset

_REGULATIONS = """
PREFIX eli: <http://data.europa.eu/eli/ontology#>
PREFIX kitei: <https://w3id.org/kitei/ns#>
SELECT ?work ?title
WHERE {
  ?version eli:is_member_of ?work ; kitei:inForceFrom ?from .
  OPTIONAL { ?version eli:is_realized_by ?text . ?text eli:title ?latest }
  OPTIONAL { ?work eli:title ?given }
  BIND(COALESCE(?latest, ?given) AS ?title)
}
ORDER BY ?work DESC(BOUND(?latest)) DESC(?from) ?title
"""


class Regulation(NamedTuple):
    """A regulation as a work, whichever of its versions are held."""

    iri: str
    title: str
    """The title of its last text that is held."""
    titles: frozenset[str] = frozenset()
    """Every title that a version gives it."""

    @property
    def name(self) -> str:
        """Its local name, such as ``dx-headquarters``."""
        return local_name(self.iri)

    @property
    def municipality(self) -> str:
        """The IRI of the municipality whose regulation it is."""
        return self.iri.rsplit("/", 1)[0]


def loaded(dataset: Dataset) -> list[Regulation]:
    """The regulations of the dataset, in the order of their IRIs.

    Raises ``InputUnreadableError`` when there is none.
    """
    titles: dict[str, list[str]] = {}
    for row in dataset.select(_REGULATIONS):
        titles.setdefault(row["work"] or "", []).extend(filter(None, [row["title"]]))
    found = [
        Regulation(work, named[0] if named else local_name(work), frozenset(named))
        for work, named in titles.items()
    ]
    if not found:
        raise InputUnreadableError("規程が一つも収録されていない。", "No regulation is loaded.")
    return found


def choose(regulations: Sequence[Regulation], wanted: str | None) -> Regulation:
    """The regulation that ``wanted`` names by local name, title or IRI; the only one if ``None``.

    Raises ``UsageError`` with the candidates when the choice is open.
    """
    matching = [
        regulation
        for regulation in regulations
        if wanted is None or wanted in {regulation.name, regulation.iri, *regulation.titles}
    ]
    if len(matching) == 1:
        return matching[0]
    names = "、".join(f"{r.name} ({r.title})" for r in regulations)
    if wanted is None:
        raise UsageError(
            f"規程が複数ある。--regulation で選ぶ: {names}",
            f"Several regulations are loaded; choose with --regulation: {names}",
        )
    raise UsageError(
        f"規程「{wanted}」は一つに定まらない。収録: {names}",
        f"No single regulation is called {wanted!r}. Loaded: {names}",
    )


def naming(dataset: Dataset, regulations: Sequence[Regulation], label: str) -> list[Regulation]:
    """The regulations that name a post or unit called ``label`` (any label or local name)."""
    return [
        regulation
        for regulation in regulations
        if any(
            label in labels_of(dataset, thing)
            for thing in dataset.subjects(expand("kitei:namedBy"), regulation.iri)
        )
    ]


def labels_of(dataset: Dataset, thing: str) -> set[str]:
    """Everything that ``thing`` is called: labels in every language, aliases, local name."""
    names = {
        value
        for predicate in ("rdfs:label", "skos:altLabel", "kitei:path")
        for value, _ in dataset.values(thing, expand(predicate))
    }
    return names | {local_name(thing), thing}
