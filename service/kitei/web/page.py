"""Answers as a page shows them: JSON between the process that asks and the one that renders.

Every value keeps the thing that it is about, so that the page can point there.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from kitei.ask import Answer, Answers
from kitei.ask.cell import cell
from kitei.ask.explain import explain
from kitei.ask.labels import Labels
from kitei.ask.question import Column
from kitei.city import DayView
from kitei.namespaces import expand, is_iri, local_name
from kitei.report.answers import DISCLAIMER

MOST_ROWS = 500
"""Answers that a page shows; it says when there are more."""
DESCENDING = "-"
# A list of things -> the kind of one of them.
_ONE_OF = {
    "codes": "code",
    "labels": "norm",
    "norms": "norm",
    "numbers": "label",
    "provisions": "provision",
}
_OF_NORMS = {"readings": "kitei:reason", "silences": "kitei:statement"}
_STATUS = "status"
_SOURCE, _VERSION, _MEMBER, _DEFINITION = (
    expand(name)
    for name in ("dcterms:source", "kitei:inVersion", "eli:is_member_of", "skos:definition")
)

Part = dict[str, Any]


class Shown(NamedTuple):
    """How a page wants its answers."""

    language: str
    explained: bool = False
    sort: str = ""
    """The column to sort by, after ``-`` for descending; empty: as the question orders them."""


def as_page(answers: Answers, shown: Shown) -> str:
    """What a page shows of the answers, in one language, without empty columns."""
    view = answers.view
    return json.dumps(
        {
            "title": answers.question.title.within(shown.language),
            "description": answers.question.description.within(shown.language),
            "regulation": answers.text.regulation.title,
            "version": answers.text.version,
            "day": answers.as_of.isoformat(),
            "until": answers.until and answers.until.isoformat(),
            **(_Telling(answers, view, shown).told() if view else {}),
            "notices": [notice.within(shown.language) for notice in answers.notices],
            "disclaimer": DISCLAIMER.within(shown.language),
        },
        ensure_ascii=False,
    )


class _Telling:
    """Tells answers in one language, with the names of one dataset."""

    def __init__(self, answers: Answers, view: DayView, shown: Shown) -> None:
        self._answers = answers
        self._dataset = view.dataset
        self._labels = Labels(view.dataset)
        self._shown = shown
        self._language = shown.language

    def told(self) -> dict[str, object]:
        """The table, the sentences, and what they rest on."""
        columns = [c for c in self._answers.question.columns if self._fills(c)]
        answers = self._sorted(columns)
        return {
            "status": self._status(self._answers.status),
            "statuses": self._statuses(),
            "header": [
                {"name": c.name, "label": c.label.within(self._language), "kind": c.kind}
                for c in columns
            ],
            "rows": [[self._cell(c, a) for c in columns] for a in answers[:MOST_ROWS]],
            "left_out": max(0, len(answers) - MOST_ROWS),
            "told": self._sentences(answers[:MOST_ROWS]),
            "chain": self._chain(answers[:MOST_ROWS]),
            **{name: self._norms(name, said) for name, said in _OF_NORMS.items()},
        }

    def _fills(self, column: Column) -> bool:
        return any(answer.cells[column.name].shown.ja for answer in self._answers.answers)

    def _sorted(self, columns: Sequence[Column]) -> list[Answer]:
        wanted = self._shown.sort.removeprefix(DESCENDING)
        column = next((c for c in columns if c.name == wanted), None)
        found = list(self._answers.answers)
        if column is not None:
            chosen = column
            found.sort(
                key=lambda answer: self._key(chosen, answer),
                reverse=self._shown.sort.startswith(DESCENDING),
            )
        return found

    def _key(self, column: Column, answer: Answer) -> tuple[bool, int, str]:
        """People in the order of their kana, where the roster gives it; numbers by size."""
        value, said = answer.row.get(column.name), answer.cells[column.name].shown
        text = said.within(self._language)
        if column.kind == "person" and value:
            text = self._labels.person_kana(value) or text
        return (not text, int(text) if column.kind == "integer" and text else 0, text)

    def _cell(self, column: Column, answer: Answer) -> list[Part]:
        value = answer.row.get(column.name)
        kind = _ONE_OF.get(column.kind)
        if kind is None:
            said = answer.cells[column.name].shown.within(self._language)
            return [self._part(said, value)] if said else []
        found = [self._named(thing, kind) for thing in set((value or "").split())]
        return sorted(found, key=lambda part: str(part["iri"]))

    def _named(self, thing: str, kind: str) -> Part:
        column = Column("thing", kind, self._answers.question.title)
        said = cell(column, {"thing": thing}, self._labels).shown
        return self._part(said.within(self._language), thing)

    def _part(self, text: str, value: str | None) -> Part:
        """A piece of text; with the thing it names, and where that stands in a text."""
        if value is None or not is_iri(value) or value == text:
            return {"text": text}
        return {"text": text, "iri": value, "place": self._place(value)}

    def _place(self, thing: str) -> list[str] | None:
        """Regulation, version and eId, where the thing is a version or stands in one."""
        if self._first(thing, _MEMBER):
            return [local_name(thing.rpartition("/")[0]), local_name(thing), ""]
        version = self._first(thing, _VERSION)
        if version is None:
            return None
        work = version.rpartition("/")[0]
        return [local_name(work), local_name(version), self._labels.eid(thing)]

    def _sentences(self, answers: Sequence[Answer]) -> list[dict[str, object]]:
        """Each sentence once, with the answers that it explains."""
        found: dict[str, dict[str, Any]] = {}
        shown = {column.name: column for column in self._answers.question.columns}
        for answer in answers:
            if answer.because is None:
                continue
            said = answer.because.within(self._language)
            told = found.setdefault(said, {"said": said, "people": []})
            for name in ("post", "capacity", "status", "basis"):
                if name in shown:
                    told[name] = self._cell(shown[name], answer)
            if "person" in shown:
                told["people"] += self._cell(shown["person"], answer)
            told["code"] = str(answer.cells[_STATUS].fields[_STATUS])
        return list(found.values())

    def _chain(self, answers: Sequence[Answer]) -> list[list[str]]:
        if not self._shown.explained:
            return []
        links = [link for answer in answers for link in explain(self._answers, answer)]
        told = [
            (link.kind.within(self._language), link.said.within(self._language)) for link in links
        ]
        return [list(each) for each in dict.fromkeys(told)]

    def _statuses(self) -> list[dict[str, str]]:
        """The statuses that occur, in words."""
        found = (answer.row.get(_STATUS) for answer in self._answers.answers)
        return [self._status(self._labels.code(each)) for each in dict.fromkeys(found) if each]

    def _status(self, code: str) -> dict[str, str]:
        concept = expand(f"kitei:status-{code.lower().replace('_', '-')}")
        said = {language: text for text, language in self._dataset.values(concept, _DEFINITION)}
        return {
            "code": code,
            "label": self._labels.label(concept).within(self._language),
            "said": said.get(self._language, ""),
        }

    def _norms(self, name: str, property_: str) -> list[dict[str, object]]:
        """The readings or silences that answers rest on: name, text, provisions."""
        things = sorted(
            {
                thing
                for answer in self._answers.answers
                for thing in (answer.row.get(name) or "").split()
            }
        )
        return [self._norm(thing, property_) for thing in things]

    def _norm(self, thing: str, property_: str) -> dict[str, object]:
        said = {language: text for text, language in self._dataset.values(thing, expand(property_))}
        sources = [source for source, _ in self._dataset.values(thing, _SOURCE)]
        return {
            **self._part(self._labels.label(thing).within(self._language), thing),
            "said": said.get(self._language, ""),
            "basis": [self._named(source, "provision") for source in sorted(sources)],
        }

    def _first(self, thing: str, predicate: str) -> str | None:
        values = self._labels.values(thing, predicate)
        return values[0][0] if values else None
