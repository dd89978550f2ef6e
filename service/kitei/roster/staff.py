"""在職: who holds which post, from which day to which."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, lru_cache

from kitei.errors import Bilingual
from kitei.roster.cells import Record, day_term, iso_day, report_flaws
from kitei.roster.draft import Draft
from kitei.roster.header import Header
from kitei.roster.lexicon import normalise
from kitei.roster.problems import ASSIGNMENT, DATES, ends_before_start, unknown_word
from kitei.terms import iri, literal, name

_TYPE = f"{name('rdf:type')} {name('org:Membership')}"
_MEMBER = name("org:member")
_ORGANIZATION = name("org:organization")
_POST = name("kitei:post")
_RANK = name("kitei:rank")
_RANK_LABEL = name("kitei:rankLabel")
_ASSIGNMENT = name("kitei:assignment")
_ASSIGNMENT_LABEL = name("kitei:assignmentLabel")
_FROM = name("kitei:from")
_THROUGH = name("kitei:through")
_FIELDS = ("staff_id", "name", "name_kana", "post", "rank", "assignment", "start", "end")
_UNIT_FIELDS = ("division", "organization", "section", "subsection")
# What an empty 区分 means, by the contract of the roster file.
_PRIMARY = "本務"


def read_staff(draft: Draft, header: Header) -> None:
    """Write a membership for each row of 在職."""
    table = _StaffTable(draft, header)
    for row, cells in header.raw.rows:
        table.read_row(row, cells)


class _StaffTable:
    """The one table with a row for everybody in the city.

    Its rows are read straight from their cells, and everything that repeats is
    looked up once.
    """

    def __init__(self, draft: Draft, header: Header) -> None:
        self._draft, self._header = draft, header
        self._width = len(header.raw.header)
        # Every row is padded with one more empty cell, which is where absent columns point.
        self._at = [header.positions.get(field, -1) for field in _FIELDS]
        present = [header.positions.get(field, -1) for field in _UNIT_FIELDS]
        self._units_at = [at for at in present if at >= 0] or [-1]
        self._place, self._assign = _places(draft), _assignments(draft)

    def read_row(self, row: int, cells: list[str]) -> None:
        """Write the row's membership, or report why it has none."""
        padded = [*cells[: self._width], *[""] * max(1, self._width - len(cells) + 1)]
        staff_id, written, kana, post, rank, label, start, end = [padded[at] for at in self._at]
        staff_id, end = staff_id.strip(), end.strip()
        first, last = iso_day(start), iso_day(end) if end else ""
        readable = staff_id and first and (last or not end) and post.strip() and written.strip()
        if (not readable or row in self._header.raw.flaws) and self._report(row, cells):
            return
        if last and last < first:
            self._problem(DATES, row, "end", ends_before_start(first, last), staff_id)
            return
        assignment = self._assign(label)
        if assignment.startswith(_ASSIGNMENT_LABEL):
            known = self._draft.lexicon.assignments
            message = unknown_word(self._header.title("assignment"), known)
            self._problem(ASSIGNMENT, row, "assignment", message, staff_id)
        self._draft.people.named(staff_id, first, written, kana)
        unit = tuple([padded[at] for at in self._units_at])
        lines = (
            f"{_TYPE}\n{_MEMBER} {self._draft.people.term(staff_id)}\n"
            f"{self._place(unit, post, rank)}\n{assignment}\n{_span(first, last)}"
        )
        self._draft.fact("membership", lines, self._header, row, staff_id)

    def _problem(self, code: str, row: int, field: str, message: Bilingual, staff_id: str) -> None:
        self._draft.problem(code, self._header.place(row, field), message, staff_id)

    def _report(self, row: int, cells: list[str]) -> bool:
        """Report each cell that cannot be read; true when there is one."""
        record = Record(self._draft, self._header, row, cells)
        if row in self._header.raw.flaws and report_flaws(record):
            return True
        for field in ("staff_id", "name", "post"):
            record.text(field, required=True)
        record.day("start", required=True)
        record.day("end")
        return record.spoiled


@lru_cache(maxsize=4096)
def _span(start: str, end: str) -> str:
    through = f"\n{_THROUGH} {day_term(end)}" if end else ""
    return f"{_FROM} {day_term(start)}{through}"


def _places(draft: Draft) -> Callable[[tuple[str, ...], str, str], str]:
    """Unit, post and rank of a row, as statements."""
    names, ranks = draft.names, draft.lexicon.ranks

    @cache
    def place(columns: tuple[str, ...], written: str, rank_written: str) -> str:
        unit = names.unit(*columns)
        post = names.post(unit, written)
        label = normalise(rank_written) or post.title
        concept = ranks.get(label)
        rank = f"{_RANK} {iri(concept)}" if concept else f"{_RANK_LABEL} {literal(label)}"
        return f"{_ORGANIZATION} {unit.term}\n{_POST} {post.term}\n{rank}"

    return place


def _assignments(draft: Draft) -> Callable[[str], str]:
    """区分 of a row, as a statement."""
    known = draft.lexicon.assignments

    @cache
    def assign(written: str) -> str:
        label = normalise(written) or _PRIMARY
        concept = known.get(label)
        return (
            f"{_ASSIGNMENT} {iri(concept)}"
            if concept
            else f"{_ASSIGNMENT_LABEL} {literal(written.strip())}"
        )

    return assign
