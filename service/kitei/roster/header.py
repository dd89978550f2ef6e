"""Which column of a file holds which field, by the aliases of the column data."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from kitei.errors import Bilingual
from kitei.roster.lexicon import Table, folded
from kitei.roster.problems import Place, UnreadableTableError
from kitei.roster.raw import RawTable, letters


class Header(NamedTuple):
    """The known columns of one raw table."""

    raw: RawTable
    kind: Table
    positions: Mapping[str, int]
    """Field -> 0-based column, for the columns that the file has."""
    ignored: tuple[str, ...]
    """Headers that no field answers to, as written."""

    def title(self, field: str) -> str:
        """The header as the file writes it, or the column's own label where the file lacks it."""
        position = self.positions.get(field)
        if position is not None:
            return self.raw.header[position]
        return next((col.label for col in self.kind.columns if col.field == field), field)

    def place(self, row: int | None, field: str | None = None) -> Place:
        """Where the cell of ``field`` in ``row`` stands (the whole row without a field)."""
        position = None if field is None else self.positions.get(field)
        column = None if field is None else self.title(field)
        return self.place_at(row, position, column)

    def place_at(self, row: int | None, position: int | None, column: str | None) -> Place:
        """Where the cell in a 0-based column stands."""
        raw = self.raw
        addressed = raw.sheet is not None and row is not None and position is not None
        cell = f"{letters(position)}{row}" if addressed and position is not None else None
        index = 0 if position is None else position + 1
        return Place(raw.name, raw.file, raw.sheet, row, column, index, cell)


def read_header(raw: RawTable, kind: Table) -> Header:
    """The header of ``raw``. Raises ``UnreadableTableError`` when a required column is
    missing or two columns mean the same field.
    """
    if raw.header_row in raw.flaws:
        raise UnreadableTableError(raw.flaws[raw.header_row][0].message, raw.header_row)
    fields = _fields(kind)
    positions: dict[str, int] = {}
    ignored: list[str] = []
    for position, written in enumerate(raw.header):
        field = fields.get(folded(written))
        if field is None:
            if written.strip() and position != raw.errors:
                ignored.append(written)
        elif field in positions:
            raise _twice(raw, raw.header[positions[field]], written)
        else:
            positions[field] = position
    _require(raw, kind, positions)
    return Header(raw, kind, positions, tuple(ignored))


@lru_cache(maxsize=64)
def _fields(kind: Table) -> Mapping[str, str]:
    """Header, folded -> the field that it means."""
    return {folded(name): column.field for column in kind.columns for name in column.names}


def _twice(raw: RawTable, first: str, second: str) -> UnreadableTableError:
    return UnreadableTableError(
        Bilingual(
            f"見出し「{first}」と「{second}」が同じ項目を指しています。一方を消してください。",
            f"The headers {first} and {second} mean the same column. Delete one of them.",
        ),
        raw.header_row,
    )


def _require(raw: RawTable, kind: Table, positions: Mapping[str, int]) -> None:
    missing = [col for col in kind.columns if col.required and col.field not in positions]
    if not missing:
        return
    seen = "、".join(written for written in raw.header if written.strip())
    names = "、".join(f"{column.label} ({column.field})" for column in missing)
    raise UnreadableTableError(
        Bilingual(
            f"必要な列がありません: {names}。見出しは次のとおりです: {seen}",
            f"Missing columns: {names}. The headers are: {seen}",
        ),
        raw.header_row,
    )
