"""One value of an answer: as machines read it, and as people do.

Machines get codes, staff numbers, eIds and the labels of the text; people get
labels in their language, names and citations.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from kitei.ask.labels import Labels
from kitei.ask.question import Column
from kitei.errors import Bilingual, InternalError
from kitei.namespaces import local_name
from kitei.store import Row

Json = str | int | bool | list[str] | dict[str, str | None] | None
NOTHING = Bilingual("", "")


class Cell(NamedTuple):
    """What a column says in one answer. ``fields`` are the JSON members it becomes."""

    fields: dict[str, Json]
    shown: Bilingual


def cell(column: Column, row: Row, labels: Labels) -> Cell:
    """The cell of ``column`` in a solution of the question's query."""
    if column.kind == "pair":
        return _pair(column, row)
    value = row.get(column.name)
    if column.kind in _LISTS:
        return _LISTS[column.kind](column.name, (value or "").split(), labels)
    if value is None:
        empty: dict[str, Json] = {column.name: None}
        return Cell(empty | ({"name": None} if column.kind == "person" else {}), NOTHING)
    try:
        return _SINGLE[column.kind](column.name, value, labels)
    except KeyError as error:
        raise InternalError(
            f"列 {column.name} の種類が不明: {column.kind}",
            f"column {column.name} has an unknown kind: {column.kind}",
        ) from error


def _pair(column: Column, row: Row) -> Cell:
    ja, en = row.get(f"{column.name}_ja"), row.get(f"{column.name}_en")
    pair: dict[str, str | None] = {"ja": ja, "en": en}
    return Cell({column.name: pair}, Bilingual(ja or "", en or ja or ""))


def _label(name: str, thing: str, labels: Labels) -> Cell:
    label = labels.label(thing)
    return Cell({name: label.ja}, label)


def _code(name: str, concept: str, labels: Labels) -> Cell:
    return Cell({name: labels.code(concept)}, labels.label(concept))


def _person(name: str, person: str, labels: Labels) -> Cell:
    staff_id, full_name = labels.staff_id(person), labels.person_name(person)
    shown = f"{full_name} ({staff_id})" if full_name else staff_id
    name_field = "name" if name == "person" else f"{name}_name"
    return Cell({name: staff_id, name_field: full_name}, Bilingual(shown, shown))


def _path(name: str, unit: str, labels: Labels) -> Cell:
    path = labels.path(unit)
    return Cell({name: path}, Bilingual(path, labels.label(unit).en))


def _provision(name: str, provision: str, labels: Labels) -> Cell:
    return Cell({name: labels.eid(provision)}, labels.citation(provision))


def _resource(name: str, thing: str, labels: Labels) -> Cell:
    """A provision of the text, or another text that is only cited."""
    eid = labels.eid(thing)
    if eid != local_name(thing):
        return Cell({name: thing}, labels.citation(thing))
    return Cell({name: thing}, _within_cited(thing, labels))


def _within_cited(thing: str, labels: Labels) -> Bilingual:
    citation = labels.citation(thing)
    return citation if citation.ja != labels.eid(thing) else labels.label(thing)


def _norm(name: str, norm: str, labels: Labels) -> Cell:
    return Cell({name: local_name(norm)}, labels.label(norm))


def _text(name: str, value: str, _: Labels) -> Cell:
    return Cell({name: value}, Bilingual(value, value))


def _local(name: str, value: str, _: Labels) -> Cell:
    local = local_name(value)
    return Cell({name: local}, Bilingual(local, local))


def _integer(name: str, value: str, _: Labels) -> Cell:
    return Cell({name: int(value)}, Bilingual(value, value))


def _truth(name: str, value: str, _: Labels) -> Cell:
    truth = value == "true"
    return Cell({name: truth}, Bilingual("有" if truth else "無", "yes" if truth else "no"))


def _many(one: Callable[[str, str, Labels], Cell]) -> Callable[[str, list[str], Labels], Cell]:
    """The same kind, for a blank-separated list of things, shown one a line."""

    def cells(name: str, things: list[str], labels: Labels) -> Cell:
        found = sorted(
            (one(name, thing, labels) for thing in set(things)),
            key=lambda item: str(item.fields[name]),
        )
        shown = Bilingual(
            "\n".join(item.shown.ja for item in found), "\n".join(item.shown.en for item in found)
        )
        return Cell({name: [str(item.fields[name]) for item in found]}, shown)

    return cells


_SINGLE: dict[str, Callable[[str, str, Labels], Cell]] = {
    "code": _code,
    "date": _text,
    "integer": _integer,
    "label": _label,
    "local": _local,
    "norm": _norm,
    "path": _path,
    "person": _person,
    "provision": _provision,
    "resource": _resource,
    "text": _text,
    "truth": _truth,
}
_LISTS: dict[str, Callable[[str, list[str], Labels], Cell]] = {
    "codes": _many(_code),
    "labels": _many(_norm),
    "norms": _many(_norm),
    "numbers": _many(_label),
    "provisions": _many(_provision),
}
