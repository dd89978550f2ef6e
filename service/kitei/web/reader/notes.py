"""What rests on each provision, in words: rules, readings, silences, terms, references."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from kitei.ask.labels import Labels
from kitei.namespaces import KITEI, expand, is_iri, local_name
from kitei.store import Dataset, Row
from kitei.web.reader.lines import Node, Tree
from kitei.web.reader.marks import Reference, Term

Note = dict[str, Any]
"""A note as JSON, in one language."""
# Kinds of norm -> the group of notes that they are shown in.
_GROUPS = {
    f"{KITEI}Rule": "rules",
    f"{KITEI}Seat": "rules",
    f"{KITEI}Reading": "readings",
    f"{KITEI}Silence": "silences",
}
# What a note says in another place of its own, or what only orders it.
_TOLD = frozenset(
    expand(f"kitei:{name}")
    for name in ("adopts", "alternative", "modality", "order", "reason", "statement")
)


class _Norm(NamedTuple):
    """A rule, seat, reading or silence with all that is said of it."""

    iri: str
    group: str
    kind: str
    facts: dict[str, list[Row]]

    def first(self, name: str, language: str) -> str | None:
        """What a property says, in a language if it can be had."""
        rows = self.facts.get(expand(f"kitei:{name}"), ())
        return next(iter(spoken(rows, language)), None)


class Teller:
    """Puts what rests on the provisions of one version into the words of one language."""

    def __init__(
        self, dataset: Dataset, tree: Tree, language: str, switched: Mapping[str, str]
    ) -> None:
        """``switched``: reading -> the alternative taken in place of the default."""
        self._dataset = dataset
        self._tree = tree
        self._language = language
        self._switched = switched
        self._labels = Labels(dataset)
        self._places: dict[str, str] = {}

    def norms(self, rows: Iterable[Row]) -> dict[str, dict[str, list[Note]]]:
        """Provision -> group -> notes, from what ``queries/norms.rq`` tells."""
        rows = list(rows)
        for row in rows:
            eid = self._tree.nodes[row["source"] or ""].eid
            self._places.setdefault(row["norm"] or "", eid)
        sources: dict[str, set[str]] = {}
        for row in rows:
            sources.setdefault(row["norm"] or "", set()).add(row["source"] or "")
        found: dict[str, dict[str, list[Note]]] = {}
        for norm in _norms(rows):
            note = self._norm(norm)
            for source in sorted(sources[norm.iri]):
                found.setdefault(source, {}).setdefault(norm.group, []).append(note)
        return found

    def _norm(self, norm: _Norm) -> Note:
        note: Note = {"label": self._named(norm.iri), "kind": self.label(norm.kind)}
        if norm.group == "readings":
            note["said"] = norm.first("reason", self._language)
            default, taken = self._all(norm, "adopts"), self._switched.get(norm.iri)
            note["adopted"] = default if taken is None else [self.label(taken)]
            all_of_them = dict.fromkeys([*default, *self._all(norm, "alternative")])
            note["others"] = [each for each in all_of_them if each not in note["adopted"]]
        elif norm.group == "silences":
            note["said"] = norm.first("statement", self._language)
        else:
            note["modality"] = next(iter(self._all(norm, "modality")), None)
            note["facts"] = [
                [self.label(name), self._values(rows)]
                for name, rows in norm.facts.items()
                if name not in _TOLD
            ]
        return note

    def _all(self, norm: _Norm, name: str) -> list[str]:
        rows = norm.facts.get(expand(f"kitei:{name}"), ())
        return [self.label(row["value"] or "") for row in rows]

    def _values(self, rows: Sequence[Row]) -> list[list[str | None]]:
        """Each value in words, with the provision where it stands if it is a norm."""
        return [
            [self.label(value) if is_iri(value) else value, self._places.get(value)]
            for value in spoken(rows, self._language)
        ]

    def _named(self, thing: str) -> str | None:
        """The label of a thing, or ``None``: its local name is nothing for people."""
        has = self._dataset.values(thing, expand("rdfs:label"))
        return self.label(thing) if has else None

    def label(self, thing: str) -> str:
        """What a thing is called."""
        return self._labels.label(thing).within(self._language)

    def definitions(self, terms: Iterable[Term]) -> dict[str, list[Note]]:
        """Provision -> the terms that it defines."""
        found: dict[str, list[Note]] = {}
        for term in terms:
            scope = self.label(term.scope) if term.scope else ""
            note = {"id": term.number, "word": term.word, "said": term.said, "scope": scope}
            found.setdefault(term.source, []).append(note)
        return found

    def references(
        self, references: Iterable[Reference]
    ) -> tuple[dict[str, list[Note]], dict[str, list[Note]]]:
        """Provision -> what it refers to, and provision -> what refers to it."""
        there: dict[str, dict[str, Note]] = {}
        back: dict[str, dict[str, Note]] = {}
        for reference in references:
            source = self._tree.nodes[reference.sentence]
            target = self._tree.nodes.get(reference.target)
            note: Note = {"words": reference.words, "places": []}
            note = there.setdefault(source.iri, {}).setdefault(reference.words, note)
            if (aim := self._aim(reference, target)) not in note["places"]:
                note["places"].append(aim)
            if target is not None:
                said = {"eid": source.eid, "cite": source.citation.within(self._language)}
                back.setdefault(target.iri, {})[source.iri] = said
        return (
            {iri: list(notes.values()) for iri, notes in there.items()},
            {iri: list(notes.values()) for iri, notes in back.items()},
        )

    def _aim(self, reference: Reference, target: Node | None) -> Note:
        if target is not None:
            return {"eid": target.eid, "cite": target.citation.within(self._language)}
        # What is known of another text is its title, in the words of its own language.
        title = reference.title or self.label(reference.target)
        return {"eid": None, "cite": title, "iri": reference.target}


def spoken(rows: Sequence[Row], language: str) -> list[str]:
    """The values in a language; those without a language; Japanese where there is nothing else."""
    kept = [row for row in rows if row["language"] in (language, "", None)]
    return [row["value"] or "" for row in kept or rows if row["value"]]


def _norms(rows: Iterable[Row]) -> list[_Norm]:
    """One entry a norm, in the order of the rows; of several classes the most particular."""
    found: dict[str, _Norm] = {}
    seen: set[tuple[str, str, str, str]] = set()
    for row in rows:
        iri, name = row["norm"] or "", row["property"] or ""
        kind, group = row["class"] or "", row["kind"] or ""
        norm = found.setdefault(iri, _Norm(iri, _GROUPS[group], kind, {}))
        if norm.kind == group != kind:
            norm = found[iri] = norm._replace(kind=kind)
        fact = (iri, name, row["value"] or "", row["language"] or "")
        if fact not in seen:
            seen.add(fact)
            norm.facts.setdefault(name, []).append(row)
    return sorted(found.values(), key=lambda norm: (norm.group, local_name(norm.iri)))
