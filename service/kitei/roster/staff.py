"""在職: who holds which post, from which day to which."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import cache, lru_cache
from itertools import pairwise
from operator import itemgetter
from typing import NamedTuple

from kitei.errors import Bilingual
from kitei.roster.cells import Record, day_term, iso_day, report_flaws
from kitei.roster.draft import Draft
from kitei.roster.header import Header
from kitei.roster.lexicon import normalise
from kitei.roster.names import Post, Unit
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
_WHOSE = ("staff_id", "name", "name_kana")
_WHAT = ("post", "rank", "assignment", "start", "end")
_UNIT_FIELDS = ("division", "organization", "section", "subsection")
# What an empty 区分 means, by the contract of the roster file.
_PRIMARY = "本務"


class _Place(NamedTuple):
    """Unit, post and rank of a row."""

    unit: Unit
    post: Post
    rank: str | None
    """The concept, if the rank is a known one."""
    title: str
    """The rank as it is written."""


class _Term(NamedTuple):
    """Assignment and period of a row."""

    assignment: str
    """As a statement."""
    first: str
    last: str
    """Empty without an end."""
    counts: bool
    """The days can be read, and the last is not before the first."""
    known: bool
    """The assignment is one of the code list."""


class _Said:
    """What a row says beside whose it is; most of a city's rows say what others say as well."""

    __slots__ = ("faulty", "place", "term")

    def __init__(self, place: _Place | None, term: _Term) -> None:
        self.place, self.term = place, term
        """Without a place such a row states nothing: it cannot be read, or ends too early."""
        self.faulty = place is None or not term.known
        """There is something to report, in each row that says so."""


# A row that can be read: staff number, what it says, row, name, kana. Not a named tuple, since
# making one takes as long as all else that is done to most rows.
_Service = tuple[str, _Said, int, str, str]


class StaffTable:
    """The one table with a row for everybody in the city.

    Its rows are read straight from their cells, and everything that repeats is
    looked up once. They are written when all other tables have been read, which
    say whom and what a rule can be about.
    """

    def __init__(self, draft: Draft, header: Header) -> None:
        self._draft, self._header = draft, header
        self._width = len(header.raw.header)
        # Every row is padded with one more empty cell, which is where absent columns point.
        positions = header.positions
        self._whose = itemgetter(*(positions.get(field, -1) for field in _WHOSE))
        units = [positions[field] for field in _UNIT_FIELDS if field in positions]
        self._what = itemgetter(*[positions.get(field, -1) for field in _WHAT] + units)
        # No ``cache`` of a method: it would hold this table, and all its rows, in a ring.
        self._terms: dict[tuple[str, ...], _Term] = {}
        self._units: dict[tuple[str, ...], Unit] = {}
        self._state = cache(_state)
        self._said: dict[tuple[str, ...], _Said] = {}
        self._services: list[_Service] = []

    def read(self) -> None:
        """Read every row of 在職, or report why it states nothing."""
        width, flaws = self._width, self._header.raw.flaws
        whose, what, said, services = self._whose, self._what, self._said, self._services
        for row, cells in self._header.raw.rows:
            padded = [*cells, ""] if len(cells) == width else _padded(cells, width)
            staff_id, written, kana = whose(padded)
            staff_id = staff_id.strip()
            if (not staff_id or not written.strip() or row in flaws) and self._report(row, cells):
                continue
            texts = what(padded)
            known = said.get(texts)
            if known is None:
                known = said[texts] = self._understood(texts)
            if not known.faulty or self._still_counts(known, row, cells, staff_id):
                services.append((staff_id, known, row, written, kana))

    def _understood(self, texts: tuple[str, ...]) -> _Said:
        written, rank_written = texts[:2]
        term = self._term(texts[2:5])
        if not term.counts or not written.strip():
            return _Said(None, term)
        unit = self._unit(texts[5:])
        post = self._draft.names.post(unit, written)
        # Most rosters leave the column empty.
        rank = (rank_written and normalise(rank_written)) or post.title
        return _Said(_Place(unit, post, self._draft.lexicon.ranks.get(rank), rank), term)

    def _unit(self, columns: tuple[str, ...]) -> Unit:
        unit = self._units.get(columns)
        if unit is None:
            unit = self._units[columns] = self._draft.names.unit(*columns)
        return unit

    def _term(self, texts: tuple[str, ...]) -> _Term:
        term = self._terms.get(texts)
        if term is None:
            term = self._terms[texts] = self._read_term(*texts)
        return term

    def _read_term(self, label: str, start: str, end: str) -> _Term:
        end = end.strip()
        first, last = iso_day(start), iso_day(end) if end else ""
        counts = bool(first and (first <= last or not end))
        concept = self._draft.lexicon.assignments.get(normalise(label) or _PRIMARY)
        if concept:
            return _Term(f"{_ASSIGNMENT} {iri(concept)}", first, last, counts, True)
        written = f"{_ASSIGNMENT_LABEL} {literal(label.strip())}"
        return _Term(written, first, last, counts, False)

    def _still_counts(self, said: _Said, row: int, cells: list[str], staff_id: str) -> bool:
        """Report what is wrong with a row; whether it states something all the same."""
        if said.place is not None:
            known = self._draft.lexicon.assignments
            message = unknown_word(self._header.title("assignment"), known)
            self._problem(ASSIGNMENT, row, "assignment", message, staff_id)
            return True
        if not self._report(row, cells):
            message = ends_before_start(said.term.first, said.term.last)
            self._problem(DATES, row, "end", message, staff_id)
        return False

    def write(self) -> None:
        """Write a membership for each row."""
        for service in self._services:
            self._write(service)

    def write_touched(self) -> None:
        """Write a membership for each row of the persons whom a rule can touch.

        What is left out changes no finding: :class:`Untouched` says why.
        """
        troubled = (problem.staff_id or "" for problem in self._draft.problems)
        touched = {*self._draft.people.known(), *troubled}
        plain = Untouched(self._draft).plain(self._said.values())
        touched |= {service[0] for service in self._services if service[1] not in plain}
        rows: dict[str, list[_Said]] = defaultdict(list)
        for service in self._services:
            rows[service[0]].append(service[1])
        touched.update(
            staff_id
            for staff_id, several in rows.items()
            if len(several) > 1 and not one_after_another(several)
        )
        for service in self._services:
            if service[0] in touched:
                self._write(service)

    def _write(self, service: _Service) -> None:
        staff_id, said, row, written, kana = service
        people, place, term = self._draft.people, said.place, said.term
        assert place is not None  # noqa: S101  (or it would not have been taken)
        people.named(staff_id, term.first, written, kana)
        lines = (
            f"{_TYPE}\n{_MEMBER} {people.term(staff_id)}\n"
            f"{self._state(place)}\n{term.assignment}\n{_span(term.first, term.last)}"
        )
        self._draft.names.mention(place.unit)
        self._draft.names.mention(place.post)
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


def _padded(cells: list[str], width: int) -> list[str]:
    return [*cells[:width], *[""] * max(1, width - len(cells) + 1)]


class Untouched:
    """Tells the persons of whom no rule says anything, whatever the day.

    Rules look at persons whom another table or a problem mentions; at who holds a post that
    the rules or the chart name, or that another table mentions, or has a rank that fills one;
    at units and posts that are named, or almost; and at who has not exactly one principal post
    on a day. (The last cannot be of anybody whose rows are all principal and never on the
    same day.)
    """

    def __init__(self, draft: Draft) -> None:
        self._draft, lexicon = draft, draft.lexicon
        self._principal = {f"{_ASSIGNMENT} {iri(concept)}" for concept in lexicon.principal}
        self._variants = frozenset(map(chr, lexicon.variants))
        self._units: dict[Unit, bool] = {}

    def plain(self, said: Iterable[_Said]) -> set[_Said]:
        """Those that no rule is about, but for the days of one person's rows together."""
        return {each for each in said if self._is_plain(each)}

    def _is_plain(self, said: _Said) -> bool:
        place = said.place
        return (
            place is not None
            and said.term.assignment in self._principal
            and not self._matters(place)
        )

    def _matters(self, place: _Place) -> bool:
        lexicon, post = self._draft.lexicon, place.post
        return (
            self._unit_matters(place.unit)
            or post.known in lexicon.named
            or self._draft.names.is_mentioned(post)
            or place.rank in lexicon.filling_ranks
            or (post.known is None and self._almost(post.label))
        )

    def _unit_matters(self, unit: Unit) -> bool:
        matters = self._units.get(unit)
        if matters is None:
            written = self._draft.names.written(unit)
            matters = unit.known in self._draft.lexicon.named or any(map(self._almost, written))
            self._units[unit] = matters
        return matters

    def _almost(self, label: str) -> bool:
        lexicon = self._draft.lexicon
        if self._variants.isdisjoint(label):
            return label in lexicon.spelt
        return lexicon.resembles(label)


def one_after_another(rows: Iterable[_Said]) -> bool:
    """Whether no two of one person's rows are of the same day."""
    periods = sorted((said.term.first, said.term.last) for said in rows)
    return all(last and last < next_ for (_, last), (next_, _) in pairwise(periods))


@lru_cache(maxsize=4096)
def _span(start: str, end: str) -> str:
    through = f"\n{_THROUGH} {day_term(end)}" if end else ""
    return f"{_FROM} {day_term(start)}{through}"


def _state(place: _Place) -> str:
    unit, post, concept, title = place
    rank = f"{_RANK} {iri(concept)}" if concept else f"{_RANK_LABEL} {literal(title)}"
    return f"{_ORGANIZATION} {unit.term}\n{_POST} {post.term}\n{rank}"
