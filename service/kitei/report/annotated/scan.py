"""What a sheet's XML says where: the rows and cells that an annotation touches."""

from __future__ import annotations

import re
from typing import NamedTuple

from kitei.report.annotated.notes import number
from kitei.report.annotated.spans import Element, broken, parse, start_tag, whole
from kitei.report.annotated.styles import Styles

RANGE = re.compile(r"([A-Z]{1,3})(\d{1,7})(?::([A-Z]{1,3})(\d{1,7}))?")
"""A cell or several: column and row of the first, and of the last."""
_FILLED = frozenset({"v", "is", "f"})


class Cell(NamedTuple):
    """A cell where it stands in the bytes."""

    row: int
    column: int
    start: int
    end: int
    style: int
    filled: bool


class Row(NamedTuple):
    """A row where it stands in the bytes."""

    start: int
    inner: int
    style: int | None
    """Its own format, if it has one."""


class Scan:
    """What a sheet's XML says about the rows and cells that an annotation touches."""

    def __init__(
        self, part: str, data: bytes, wanted: frozenset[int], column: int | None, styles: Styles
    ) -> None:
        """``wanted`` are the rows to be known whole; ``column`` is an older エラー column."""
        self.data = data
        self.prefix = ""
        self.rows: dict[int, Row] = {}
        self.cells: dict[tuple[int, int], Cell] = {}
        self.used: set[int] = set()
        """0-based columns in which some cell is filled."""
        self.merged: list[tuple[int, int, int, int]] = []
        """Top row, left column, bottom row, right column."""
        self.columns: list[Element] = []
        self.marks: dict[str, tuple[int, dict[str, str]]] = {}
        """Start of the elements dimension, cols and sheetData, with their attributes."""
        self._wanted = wanted
        self._column = column
        self._ours = styles.ours()
        self._row = 0
        self._at = -1
        self._open: tuple[int, int, bool] | None = None
        self._filled = False
        parse(part, data, self._begin, self._finish)
        if "sheetData" not in self.marks or (self.columns and "cols" not in self.marks):
            raise broken(part)

    def _begin(self, raw: str, attributes: dict[str, str], at: int) -> None:
        if not self.marks:
            self.prefix = raw[: -len(raw.rpartition(":")[2])]
            self.marks["worksheet"] = (at, attributes)
        name = raw.removeprefix(self.prefix)
        if name == "c":
            self._cell(attributes, at)
        elif name in _FILLED:
            self._filled = True
        elif name == "row":
            self._row = whole(attributes, "r", self._row + 1)
            self._at = -1
            if self._row in self._wanted:
                own = (
                    attributes.get("s") if attributes.get("customFormat") in {"1", "true"} else None
                )
                style = whole(attributes, "s") if own else None
                self.rows[self._row] = Row(at, start_tag(self.data, at), style)
        elif name == "mergeCell":
            self._merge(attributes.get("ref", ""))
        elif name == "col":
            self.columns.append(Element(raw, attributes, at, start_tag(self.data, at)))
        elif name in {"dimension", "cols", "sheetData"}:
            self.marks[name] = (at, attributes)

    def _cell(self, attributes: dict[str, str], at: int) -> None:
        match = RANGE.fullmatch(attributes.get("r", ""))
        self._at = number(match[1]) if match else self._at + 1
        style = whole(attributes, "s")
        known = self._row in self._wanted or self._at == self._column or style in self._ours
        self._open = (at, style, known)
        self._filled = False

    def _finish(self, raw: str, at: int) -> None:
        if self._open is None or raw.removeprefix(self.prefix) != "c":
            return
        start, style, known = self._open
        self._open = None
        if self._filled:
            self.used.add(self._at)
        if known:
            end = start_tag(self.data, start)
            if self.data[end - 2 : end] != b"/>":
                end = self.data.index(b">", at) + 1
            place = (self._row, self._at)
            self.cells[place] = Cell(self._row, self._at, start, end, style, self._filled)

    def _merge(self, reference: str) -> None:
        if match := RANGE.fullmatch(reference):
            last, bottom = match[3] or match[1], match[4] or match[2]
            self.merged.append((int(match[2]), number(match[1]), int(bottom), number(last)))

    def anchor(self, row: int, column: int) -> tuple[int, int]:
        """The cell that shows what stands here: the top left one of merged cells."""
        for top, left, bottom, right in self.merged:
            if top <= row <= bottom and left <= column <= right:
                return top, left
        return row, column

    def style_of(self, row: int, column: int) -> int:
        """The format of a cell that is not there: that of its row, else of its column."""
        own = self.rows[row].style if row in self.rows else None
        if own is not None:
            return own
        for entry in self.columns:
            first, last = (whole(entry.attributes, name) for name in ("min", "max"))
            if first <= column + 1 <= last:
                return whole(entry.attributes, "style")
        return 0
