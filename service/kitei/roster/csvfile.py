"""A CSV file as a raw table, with the physical line at which each record starts."""

from __future__ import annotations

import csv
import io

from kitei.errors import Bilingual
from kitei.roster.encoding import decode
from kitei.roster.problems import (
    UnreadableTableError,
    broken_record,
    cell_too_long,
    too_many_cells,
)
from kitei.roster.raw import (
    MAX_CELL,
    MAX_COLUMNS,
    MAX_ROWS,
    Flaw,
    RawTable,
    errors_column,
    is_blank,
    long_cells,
)


class _Sheet:
    """A file as it is taken in, record by record."""

    def __init__(self) -> None:
        self.header: list[str] = []
        self.header_row = 0
        self.rows: list[tuple[int, list[str]]] = []
        self.long: list[tuple[int, list[str]]] = []
        """Those rows that may have a cell that is too long."""
        self.flaws: dict[int, list[Flaw]] = {}
        self.errors: int | None = None


def read_csv(name: str, file: str, data: bytes) -> RawTable:
    """The table in ``data``. Raises ``UnreadableTableError`` when there is no header to go by,
    the bytes are no text, or a quotation mark is never closed.
    """
    text, encoding = decode(data)
    sheet = _records(text)
    if not sheet.header_row:
        raise UnreadableTableError(
            Bilingual(
                "空のファイルです。見出しの行が要ります。", "The file is empty; it needs a header."
            )
        )
    header = tuple(sheet.header)
    place = (name, file, None, encoding, sheet.header_row)
    return RawTable(*place, header, sheet.rows, sheet.flaws, errors=sheet.errors)


def _records(text: str) -> _Sheet:
    sheet = _Sheet()
    # A StringIO with newline="" ends lines at LF, CR LF and CR alone; str.splitlines()
    # would also break a record at U+2028 or U+0085.
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows, before = sheet.rows, 0
    while True:
        try:
            for cells in reader:
                row, before = before + 1, reader.line_num
                text = "".join(cells)
                if not text or text.isspace():
                    continue
                if sheet.header_row:
                    rows.append((row, cells))
                    if len(text) > MAX_CELL:
                        sheet.long.append((row, cells))
                else:
                    sheet.header, sheet.header_row = cells, row
            break
        except csv.Error:
            _note_broken(sheet, before + 1, reader.line_num)
            before = reader.line_num
    sheet.errors = errors_column(sheet.header)
    if sheet.errors is not None and is_blank(sheet.header[sheet.errors + 1 :]):
        for _, cells in sheet.rows:
            del cells[sheet.errors : sheet.errors + 1]
        del sheet.header[sheet.errors]
        sheet.rows = [
            (row, cells) for row, cells in sheet.rows if row in sheet.flaws or not is_blank(cells)
        ]
    _check_shape(sheet)
    return sheet


def _note_broken(sheet: _Sheet, first: int, last: int) -> None:
    """A line that is no record spoils that row; a quotation that swallows lines spoils the file."""
    if first == last and sheet.header_row:
        sheet.flaws[first] = [Flaw(None, broken_record())]
        sheet.rows.append((first, []))
        return
    raise UnreadableTableError(
        Bilingual(
            f'{first}行目から先をCSVとして読めません。「"」が閉じていないか、セルが長すぎます。',
            f"From row {first} on this is not CSV: a quotation mark is not closed, "
            "or a cell is too long.",
        ),
        first,
    )


def _check_shape(sheet: _Sheet) -> None:
    width = len(sheet.header)
    if width > MAX_COLUMNS or len(sheet.rows) > MAX_ROWS:
        raise UnreadableTableError(
            Bilingual(
                f"大きすぎます({MAX_ROWS}行、{MAX_COLUMNS}列まで)。",
                f"Too large ({MAX_ROWS} rows, {MAX_COLUMNS} columns at most).",
            )
        )
    for row, cells in sheet.rows:
        if len(cells) > width and not is_blank(cells[width:]):
            message = too_many_cells(len(cells), width)
            sheet.flaws.setdefault(row, []).append(Flaw(None, message))
    for row, cells in sheet.long:
        found = [Flaw(index, cell_too_long(MAX_CELL)) for index in long_cells(cells)]
        if found:
            sheet.flaws.setdefault(row, []).extend(found)
