"""A table as it stands in the file: texts with their physical rows, nothing understood yet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from kitei.errors import Bilingual

ERRORS = "エラー"
"""The header of the column that an annotated copy has; it is no part of the roster."""
RESULTS = "検査結果"
"""The sheet, or the stem of the CSV file, that an annotated copy has beside its tables."""
MAX_CELL = 32_767
"""Characters in a cell (Excel's own limit)."""
MAX_ROWS = 1_048_576
MAX_COLUMNS = 256
MAX_BYTES = 128 * 1024 * 1024
"""Of a file, and of a workbook's parts together when unpacked."""


class Flaw(NamedTuple):
    """A cell (0-based column) or a whole row (``None``) that the file format itself spoils."""

    column: int | None
    message: Bilingual


class RawTable(NamedTuple):
    """One file or sheet."""

    name: str
    file: str
    sheet: str | None
    encoding: str
    header_row: int
    header: tuple[str, ...]
    rows: list[tuple[int, list[str]]]
    """Physical row and its cells, blank rows left out; rows may be shorter than the header."""
    flaws: Mapping[int, list[Flaw]] = MappingProxyType({})
    """By physical row."""
    merged: bool = False
    errors: int | None = None
    """The 0-based position of the column エラー of an annotated copy. As the last column it is
    left out of header and rows, so that a copy reads exactly as the roster that it came from."""


def errors_column(header: Sequence[str]) -> int | None:
    """The 0-based position of the column エラー."""
    return next((at for at, title in enumerate(header) if title.strip() == ERRORS), None)


def is_blank(cells: list[str]) -> bool:
    """All cells are empty or white space."""
    return not any(cells) or not "".join(cells).strip()


def letters(index: int) -> str:
    """The spreadsheet name of a 0-based column: A, B, ..., Z, AA."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def long_cells(cells: list[str]) -> Iterator[int]:
    """The 0-based columns whose text is too long for a roster."""
    return (index for index, cell in enumerate(cells) if len(cell) > MAX_CELL)
