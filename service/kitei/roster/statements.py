"""A fact's statements as ``predicate object`` lines."""

from __future__ import annotations

from functools import cache

from kitei.roster.cells import Record, day_term
from kitei.roster.problems import DATES, ends_before_start
from kitei.terms import name


@cache
def predicate(prefixed: str) -> str:
    """The N-Triples term of a property, looked up once."""
    return name(prefixed)


class Statements:
    """The lines of one fact, in the order in which they are added."""

    def __init__(self, record: Record, kind: str) -> None:
        self._record = record
        self._lines = [f"{predicate('rdf:type')} {name(kind)}"]

    def add(self, prefixed: str, term: str | None) -> None:
        """State ``term`` unless it is missing."""
        if term:
            self._lines.append(f"{predicate(prefixed)} {term}")

    def day(self, prefixed: str, iso: str) -> None:
        """State a day unless it is missing."""
        self.add(prefixed, day_term(iso) if iso else None)

    def close(self, segment: str, start: str = "", end: str = "") -> None:
        """Write the fact, unless its row is spoiled or ends before it starts."""
        record = self._record
        staff_id = record.raw("staff_id").strip() or None
        if record.spoiled:
            return
        if end and start > end:
            place = record.header.place(record.row, "end")
            record.draft.problem(DATES, place, ends_before_start(start, end), staff_id)
            return
        lines = "\n".join(self._lines)
        record.draft.fact(segment, lines, record.header, record.row, staff_id)
