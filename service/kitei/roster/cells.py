"""The cells of one row, read as what their column holds.

A cell that cannot be read is noted where it stands and answered with an empty
value; the row then takes no further part (:attr:`Record.spoiled`).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Hashable, Iterator, Mapping
from functools import lru_cache
from typing import TypeVar

from kitei.dates import parse_day
from kitei.errors import Bilingual
from kitei.roster import problems
from kitei.roster.draft import Draft
from kitei.roster.header import Header
from kitei.roster.lexicon import normalise
from kitei.roster.names import Unit
from kitei.roster.problems import UNREADABLE
from kitei.terms import name

_T = TypeVar("_T", bound=Hashable)
_LIST_MARKS = str.maketrans(dict.fromkeys("；、\r\n", ";"))
_MOST_DIGITS = 9
_LONGEST_DAY = 40
_DATE_TAIL = f"^^{name('xsd:date')}"


def iso_day(text: str) -> str:
    """The day that ``text`` writes, as ISO text; empty when it is no day."""
    return _iso_day(text) if len(text) <= _LONGEST_DAY else ""


@lru_cache(maxsize=4096)
def _iso_day(text: str) -> str:
    try:
        return parse_day(text).isoformat()
    except (ValueError, OverflowError):
        return ""


def day_term(iso: str) -> str:
    """The ``xsd:date`` literal of an ISO day."""
    return f'"{iso}"{_DATE_TAIL}'


class Record:
    """One data row."""

    __slots__ = ("_cells", "draft", "header", "row", "spoiled")

    def __init__(self, draft: Draft, header: Header, row: int, cells: list[str]) -> None:
        self.draft = draft
        self.header = header
        self.row = row
        self.spoiled = False
        self._cells = cells

    def raw(self, field: str) -> str:
        """The text exactly as written; empty where the file lacks the column."""
        position = self.header.positions.get(field)
        return "" if position is None or position >= len(self._cells) else self._cells[position]

    def text(self, field: str, *, required: bool = False) -> str:
        """The text without surrounding white space."""
        value = self.raw(field).strip()
        if required and not value:
            self.refuse(field, problems.empty_cell(self.header.title(field)))
        return value

    def refuse(self, field: str | None, message: Bilingual) -> None:
        """Note that a cell (the whole row without a field) cannot be read."""
        self.spoiled = True
        place = self.header.place(self.row, field)
        self.draft.problem(UNREADABLE, place, message, self.raw("staff_id").strip())

    def day(self, field: str, *, required: bool = False) -> str:
        """The ISO day; empty for an empty cell."""
        value = self.text(field, required=required)
        iso = iso_day(value) if value else ""
        if value and not iso:
            self.refuse(field, problems.bad_day(self.header.title(field)))
        return iso

    def number(self, field: str) -> int | None:
        """A whole number counted from 1; ``None`` for an empty cell."""
        value = unicodedata.normalize("NFKC", self.text(field))
        if not value:
            return None
        if value.isdecimal() and len(value) <= _MOST_DIGITS and int(value) > 0:
            return int(value)
        self.refuse(field, problems.bad_number(self.header.title(field)))
        return None

    def person(self, field: str, *, required: bool = False) -> str:
        """The term of the person whose staff number the cell holds; empty for an empty cell."""
        value = self.text(field, required=required)
        return self.draft.people.term(value) if value else ""

    def listed(self, field: str) -> list[str]:
        """The parts of a list separated by ``;`` (also ；、 and line breaks)."""
        parts = self.raw(field).translate(_LIST_MARKS).split(";")
        return list(dict.fromkeys(part.strip() for part in parts if part.strip()))

    def unit(self, field: str) -> Unit | None:
        """The unit whose path the cell writes; ``None`` for an empty cell."""
        value = self.text(field)
        return self.draft.names.unit(value) if value else None

    def word(self, field: str, words: Mapping[str, _T], *, required: bool = False) -> _T | None:
        """What the cell's word means among ``words``; ``None`` for an empty cell."""
        value = normalise(self.text(field, required=required))
        if not value:
            return None
        if value not in words:
            self.refuse(field, problems.unknown_word(self.header.title(field), words))
        return words.get(value)


def records(draft: Draft, header: Header) -> Iterator[Record]:
    """The data rows that the file format itself does not spoil; the others become problems."""
    flaws = header.raw.flaws
    for row, cells in header.raw.rows:
        record = Record(draft, header, row, cells)
        if row not in flaws or not report_flaws(record):
            yield record


def report_flaws(record: Record) -> bool:
    """Report what spoils a row; false when only columns are hit that nobody reads."""
    raw, known = record.header.raw, set(record.header.positions.values())
    staff_id = record.raw("staff_id").strip()
    for column, message in raw.flaws[record.row]:
        if column is None or column in known:
            written = None if column is None else raw.header[column]
            place = record.header.place_at(record.row, column, written)
            record.draft.problem(UNREADABLE, place, message, staff_id)
            record.spoiled = True
    return record.spoiled
