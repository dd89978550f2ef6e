"""An XLSX workbook as raw tables: one sheet a table, every cell as text."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, time
from itertools import takewhile

from openpyxl import Workbook, load_workbook

from kitei.errors import Bilingual
from kitei.roster.lexicon import folded
from kitei.roster.package import SheetMarks, encrypted, inspect, not_a_workbook
from kitei.roster.problems import (
    Place,
    UnreadableTableError,
    cell_too_long,
    error_value,
    no_cached_value,
)
from kitei.roster.raw import (
    MAX_BYTES,
    MAX_CELL,
    MAX_COLUMNS,
    MAX_ROWS,
    RESULTS,
    Flaw,
    RawTable,
    errors_column,
    is_blank,
    letters,
)
from kitei.roster.source import Source, ignored_table, same_table, too_large

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_ERRORS = frozenset(
    {"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#SPILL!", "#CALC!"}
)
# Formats such as ge.m.d and ggge"年"m"月"d"日", which a Japanese Excel writes by number alone
# (ECMA-376 Part 1, 18.8.30, ja-jp); 32 and 33 are times of day.
_JAPANESE_DATES = frozenset({27, 28, 29, 30, 31, 34, 35, 36, *range(50, 59)})
_NO_MARKS = SheetMarks({}, merged=False)


def open_workbook(file: str, data: bytes, names: Mapping[str, str], source: Source) -> None:
    """Put the workbook's tables into ``source``.

    A workbook that cannot be opened at all makes its 在職 table unreadable, since that is
    the one table that is required.
    """
    try:
        marks = _inspect(data)
        book = _open(data)
    except UnreadableTableError as error:
        source.refuse(Place("roster", file), error.message)
        return
    try:
        _read_sheets(file, book, marks, names, source)
    finally:
        book.close()


def _inspect(data: bytes) -> dict[str, SheetMarks]:
    if len(data) > MAX_BYTES:
        raise UnreadableTableError(too_large())
    if data.startswith(_OLE):
        raise encrypted()
    return inspect(data)


def _open(data: bytes) -> Workbook:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    except Exception as error:
        # openpyxl answers a broken package with nearly any exception there is.
        raise not_a_workbook() from error
    _know_japanese_dates(book)
    return book


def _know_japanese_dates(book: Workbook) -> None:
    """Let numbers in a built-in Japanese date format be dates; openpyxl knows the Western ones."""
    for index, style in enumerate(book._cell_styles):  # type: ignore[attr-defined]
        if style.numFmtId in _JAPANESE_DATES:
            book._date_formats.add(index)  # type: ignore[attr-defined]


def _read_sheets(
    file: str,
    book: Workbook,
    marks: Mapping[str, SheetMarks],
    names: Mapping[str, str],
    source: Source,
) -> None:
    taken: dict[str, str] = {}
    for sheet in book.worksheets:
        title = str(sheet.title)
        table = names.get(folded(title))
        if table is None:
            if title != RESULTS:
                source.notes.append(ignored_table(title))
        elif table in taken:
            source.refuse(Place(table, file, taken[table]), same_table(taken[table], title))
        else:
            taken[table] = title
            part = str(getattr(sheet, "_worksheet_path", ""))
            place = Place(table, file, title)
            try:
                source.tables[table] = _read_sheet(
                    place, _values(sheet), marks.get(part, _NO_MARKS)
                )
            except UnreadableTableError as error:
                source.refuse(Place(table, file, title, error.row), error.message)


def _values(sheet: object) -> Iterator[tuple[object, ...]]:
    """The rows of a sheet, gaps included. What openpyxl cannot parse is unreadable."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            # The declared dimension may be wrong, or as large as a sheet can be.
            sheet.reset_dimensions()  # type: ignore[attr-defined]
            yield from sheet.iter_rows(max_col=MAX_COLUMNS, values_only=True)  # type: ignore[attr-defined]
    except Exception as error:
        raise not_a_workbook() from error


def _read_sheet(place: Place, values: Iterable[tuple[object, ...]], marks: SheetMarks) -> RawTable:
    header: tuple[str, ...] = ()
    header_row = 0
    errors: int | None = None
    rows: list[tuple[int, list[str]]] = []
    flaws: dict[int, list[Flaw]] = {}
    for row, cells in enumerate(values, start=1):
        if row > MAX_ROWS:
            raise UnreadableTableError(too_large())
        if row not in marks.uncomputed and cells.count(None) == len(cells):
            continue
        # Rows come padded to the widest sheet; only what the header covers is kept.
        texts = [text_of(value) for value in (cells[: len(header)] if header else cells)]
        found = list(_flaws(texts, marks.uncomputed.get(row, frozenset())))
        if found:
            flaws[row] = found
        elif is_blank(texts):
            continue
        if header_row:
            rows.append((row, texts))
        else:
            header, header_row = _trimmed(texts), row
            errors = errors_column(header)
            if errors == len(header) - 1:
                header = _trimmed(texts[:errors])
    if not header_row:
        raise UnreadableTableError(
            Bilingual(
                "空のシートです。見出しの行が要ります。", "The sheet is empty; it needs a header."
            )
        )
    sheet = (place.table, place.file, place.sheet)
    return RawTable(*sheet, "", header_row, header, rows, flaws, marks.merged, errors)


def _trimmed(texts: list[str]) -> tuple[str, ...]:
    """The header without the empty cells at its right."""
    empty = sum(1 for _ in takewhile(lambda text: not text.strip(), reversed(texts)))
    return tuple(texts[: len(texts) - empty])


def _flaws(texts: list[str], uncomputed: frozenset[str]) -> Iterator[Flaw]:
    for index, text in enumerate(texts):
        if not text and uncomputed and letters(index) in uncomputed:
            yield Flaw(index, no_cached_value())
        elif len(text) > MAX_CELL:
            yield Flaw(index, cell_too_long(MAX_CELL))
        elif text.startswith("#") and text in _ERRORS:
            yield Flaw(index, error_value())


def text_of(value: object) -> str:
    """A cell's value as a clerk would have typed it: 12, 2024-04-01, TRUE."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime) and value.time() == time.min:
        return value.date().isoformat()
    return "" if value is None else str(value)
