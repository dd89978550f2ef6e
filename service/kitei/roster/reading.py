"""Reading a roster: files in, facts with their cells out.

The promise: nothing is dropped silently. A row that cannot be read is a
problem with its place, a column or file that is not read is noted, and only a
roster without readable 在職 is an error.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from kitei.errors import Bilingual, InputUnreadableError
from kitei.roster.acts import read_decision, read_meeting
from kitei.roster.cells import Record, records
from kitei.roster.chart import read_chart_entry
from kitei.roster.designations import read_designation
from kitei.roster.draft import Draft
from kitei.roster.header import Header, read_header
from kitei.roster.incapacities import read_incapacity
from kitei.roster.lexicon import Lexicon
from kitei.roster.opening import load, open_files
from kitei.roster.problems import UNREADABLE, Place, Problem, UnreadableTableError
from kitei.roster.raw import RawTable, letters
from kitei.roster.source import Source
from kitei.roster.staff import StaffTable
from kitei.roster.tablefacts import state_problems, state_table

_STAFF = "roster"
_INCAPACITIES = "incapacities"
# In this order: 組織 and 在職 say which posts there are before 指名 refers to them.
_ROWS: Mapping[str, Callable[[Record], None]] = MappingProxyType(
    {
        "organizations": read_chart_entry,
        "designations": read_designation,
        _INCAPACITIES: read_incapacity,
        "meetings": read_meeting,
        "decisions": read_decision,
    }
)


class TableRead(NamedTuple):
    """One table that was given, and how it was read."""

    name: str
    file: str
    sheet: str | None
    encoding: str
    """``utf-8``, ``utf-8-sig`` or ``cp932``; empty for a sheet or an unreadable file."""
    rows: int
    """Data rows that are not blank, unreadable ones included."""
    headers: Mapping[str, str]
    """Field -> header as written."""
    letters: Mapping[str, str]
    """Field -> spreadsheet column."""
    readable: bool = True
    header_row: int = 0
    width: int = 0
    """Columns of the header, but for a last column エラー."""
    errors: int | None = None
    """The 0-based position of the column エラー of an annotated copy."""
    ignored: tuple[str, ...] = ()
    """Headers that are not read, as written."""


class Roster(NamedTuple):
    """A roster as facts, with everything that could not be taken as it stands."""

    ntriples: bytes
    tables: tuple[TableRead, ...]
    problems: tuple[Problem, ...]
    """Ordered by table, row and column."""
    notes: tuple[Bilingual, ...]


def read(path: Path, lexicon: Lexicon, *, sparing: bool = False) -> Roster:
    """The roster in a folder of CSV files or in a workbook.

    A ``sparing`` roster leaves out persons whom no rule can touch; nothing else changes.
    Raises ``InputUnreadableError`` when it or its table 在職 cannot be read.
    """
    return read_files(load(path), lexicon, sparing=sparing)


def read_files(files: Mapping[str, bytes], lexicon: Lexicon, *, sparing: bool = False) -> Roster:
    """The roster in files given as file name -> content; nothing is written to disk.

    Raises ``InputUnreadableError`` as :func:`read` does.
    """
    source = open_files(files, lexicon)
    draft = Draft(lexicon)
    draft.notes.extend(source.notes)
    headers = _headers(source, lexicon)
    _require_staff(source, headers, lexicon)
    staff = StaffTable(draft, headers[_STAFF])
    staff.read()
    # From here on, what is mentioned is mentioned by another table.
    draft.names.forget_mentions()
    for name, read_row in _ROWS.items():
        if name in headers:
            for record in records(draft, headers[name]):
                read_row(record)
    if sparing:
        staff.write_touched()
    else:
        staff.write()
    return _finish(draft, source, headers, sparing)


def _headers(source: Source, lexicon: Lexicon) -> dict[str, Header]:
    """The tables whose headers can be read, in the lexicon's order."""
    found: dict[str, Header] = {}
    for kind in lexicon.tables:
        raw = source.tables.get(kind.name)
        if raw is not None:
            try:
                found[kind.name] = read_header(raw, kind)
            except UnreadableTableError as error:
                place = Place(raw.name, raw.file, raw.sheet, error.row)
                source.refuse(place, error.message)
    return found


def _require_staff(source: Source, headers: Mapping[str, Header], lexicon: Lexicon) -> None:
    if _STAFF in source.unreadable:
        place, why = source.unreadable[_STAFF]
        where = place.file + (f" ({place.sheet})" if place.sheet else "")
        raise InputUnreadableError(
            f"名簿を読めません: {where}: {why.ja}", f"Cannot read the roster: {where}: {why.en}"
        )
    if _STAFF not in headers:
        kind = next((table for table in lexicon.tables if table.name == _STAFF), None)
        label = kind.label if kind else _STAFF
        raise InputUnreadableError(
            f"名簿に「{label}」の表({_STAFF}.csv 又は同名のシート)がありません。",
            f"The roster has no table {_STAFF} ({_STAFF}.csv, or a sheet of that name).",
        )
    raw = headers[_STAFF].raw
    if not raw.rows:
        raise InputUnreadableError(
            f"名簿に見出ししかありません: {raw.file}", f"The roster has a header only: {raw.file}"
        )


def _finish(draft: Draft, source: Source, headers: Mapping[str, Header], sparing: bool) -> Roster:
    reads = [_table_read(header) for header in headers.values()]
    for place, message in source.unreadable.values():
        draft.problem(UNREADABLE, place, message)
        nothing = MappingProxyType[str, str]({})
        reads.append(
            TableRead(place.table, place.file, place.sheet, "", 0, nothing, nothing, False)
        )
    for table in reads:
        place = Place(table.name, table.file, table.sheet)
        state_table(draft, place, table.rows, readable=table.readable)
    problems = tuple(sorted(draft.problems, key=lambda problem: problem.order))
    state_problems(draft, problems)
    draft.notes.extend(_notes(draft, headers, source))
    return Roster(draft.ntriples(mentioned=sparing), tuple(reads), problems, tuple(draft.notes))


def _table_read(header: Header) -> TableRead:
    raw, at = header.raw, header.positions
    return TableRead(
        raw.name,
        raw.file,
        raw.sheet,
        raw.encoding,
        len(raw.rows),
        MappingProxyType({field: raw.header[index] for field, index in at.items()}),
        MappingProxyType({field: letters(index) for field, index in at.items()}),
        header_row=raw.header_row,
        width=len(raw.header),
        errors=raw.errors,
        ignored=header.ignored,
    )


def _notes(draft: Draft, headers: Mapping[str, Header], source: Source) -> list[Bilingual]:
    notes = [_ignored(header) for header in headers.values() if header.ignored]
    notes.extend(_merged(header.raw) for header in headers.values() if header.raw.merged)
    notes.extend(sorted(draft.names.notes))
    if strangers := draft.people.strangers():
        # Not which: where columns have slipped, a name may stand in the number's place.
        notes.append(
            Bilingual(
                f"在職の表にない職員番号がほかの表に{len(strangers)}件あります。その者の在職は分かりません。",
                f"Other tables mention {len(strangers)} staff number(s) that are not on the "
                "roster; of those persons no post is known.",
            )
        )
    if _INCAPACITIES not in headers and _INCAPACITIES not in source.unreadable:
        notes.append(
            Bilingual(
                "事故の表がないため、どの職にも事故はないものとしました。",
                "No table of incapacities was given; nobody is taken to be incapacitated.",
            )
        )
    return notes


def _ignored(header: Header) -> Bilingual:
    where, columns = header.raw.sheet or header.raw.file, "、".join(header.ignored)
    return Bilingual(
        f"{where} の次の列は読みません: {columns}",
        f"These columns of {where} are not read: {columns}",
    )


def _merged(raw: RawTable) -> Bilingual:
    return Bilingual(
        f"{raw.sheet} に結合セルがあります。値は左上のセルにだけあるものとして読みます。",
        f"{raw.sheet} has merged cells; the value counts for the top left cell only.",
    )
