"""One sheet of a workbook with the findings of its rows in it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from kitei.check import Finding
from kitei.errors import UsageError
from kitei.report.annotated.notes import Marks, cell_text, gravest, number, ours
from kitei.report.annotated.scan import RANGE, Cell, Scan
from kitei.report.annotated.spans import (
    Edit,
    Element,
    edited,
    inline_cell,
    start_tag,
    tree,
    whole,
    with_attributes,
)
from kitei.report.annotated.styles import Styles
from kitei.roster.raw import ERRORS, MAX_COLUMNS, letters
from kitei.roster.reading import TableRead

_SPANS = re.compile(r"(\d{1,5}):(\d{1,5})")
_WIDTH = 60


class Annotated(NamedTuple):
    """A sheet as it now is."""

    data: bytes
    placeless: list[Finding]
    """Findings whose row the sheet does not have."""


def annotate(
    part: str,
    data: bytes,
    table: TableRead,
    marks: Marks,
    *,
    styles: Styles,
    text_of: Callable[[Element], str],
    language: str,
) -> Annotated:
    """The sheet with the findings in its column エラー and the cells at fault in colour.

    Raises ``UsageError`` when a column エラー holds what no annotation wrote, or no column is
    free. ``text_of`` answers the text of a cell, shared or not.
    """
    wanted = frozenset({table.header_row, *marks.rows, *(row for row, _ in marks.cells)})
    scan = Scan(part, data, wanted, table.errors, styles)
    extra = frozenset(scan.anchor(*place)[0] for place in marks.cells) - wanted
    if extra:
        scan = Scan(part, data, wanted | extra, table.errors, styles)
    column = table.errors if table.errors is not None else _free_column(scan, table)
    if table.errors is not None:
        _require_ours(scan, table, text_of)
    cells = _Cells(scan, styles)
    cells.restore(table.header_row, column)
    for place, severity in marks.cells.items():
        cells.colour(*scan.anchor(*place), severity)
    placeless = [f for row, found in marks.rows.items() if row not in scan.rows for f in found]
    for row, found in marks.rows.items():
        if row in scan.rows:
            style = styles.errors(gravest(finding.severity for finding in found))
            cells.put(row, column, style, cell_text(found, language))
    if table.errors is None:
        left = scan.cells.get((table.header_row, table.width - 1))
        cells.put(table.header_row, column, styles.original(left.style) if left else 0, ERRORS)
    edits = [*cells.edits(), *_widths(scan, column), *_dimension(scan, column)]
    return Annotated(edited(data, edits), placeless)


class _Cells:
    """The cells that change: for each place a format and, in the column エラー, a text."""

    def __init__(self, scan: Scan, styles: Styles) -> None:
        self._scan = scan
        self._styles = styles
        self._style: dict[tuple[int, int], int] = {}
        self._text: dict[tuple[int, int], str] = {}
        self._emptied: set[tuple[int, int]] = set()
        self._known: dict[int, list[int]] = defaultdict(list)
        for row, column in scan.cells:
            self._known[row].append(column)

    def restore(self, header: int, column: int) -> None:
        """Take back what an older annotation coloured, and what it wrote into ``column``."""
        for place, cell in self._scan.cells.items():
            self._style[place] = self._styles.original(cell.style)
            if cell.column == column and cell.row > header and cell.filled:
                self._emptied.add(place)

    def colour(self, row: int, column: int, severity: str) -> None:
        if row in self._scan.rows:
            place = (row, column)
            before = self._style.get(place, self._scan.style_of(row, column))
            self._style[place] = self._styles.coloured(before, severity)

    def put(self, row: int, column: int, style: int, text: str) -> None:
        place = (row, column)
        old = self._scan.cells.get(place)
        own = self._style[place] if old else 0
        self._style[place] = own if own and not self._styles.is_errors(own) else style
        self._text[place] = text

    def edits(self) -> list[Edit]:
        """The bytes that change; no cell that stays as it was is among them."""
        edits = []
        added: dict[int, list[tuple[int, bytes]]] = {}
        for place in sorted(self._style):
            old = self._scan.cells.get(place)
            new = self._written(place, old)
            if old is None:
                added.setdefault(place[0], []).append((place[1], new))
            elif new != self._scan.data[old.start : old.end]:
                edits.append(Edit(old.start, old.end, new))
        for row, cells in added.items():
            edits += self._inserted(row, cells)
        return edits

    def _written(self, place: tuple[int, int], old: Cell | None) -> bytes:
        prefix, style = self._scan.prefix, self._style[place]
        address = f"{letters(place[1])}{place[0]}"
        if place in self._text:
            return inline_cell(prefix, address, style, self._text[place])
        if old is None:
            return f'<{prefix}c r="{address}" s="{style}"/>'.encode()
        if place in self._emptied or not old.filled:
            default = self._scan.style_of(*place)
            mine = self._styles.is_errors(old.style) or style != old.style
            if mine and (style == default or self._styles.is_errors(style)):
                return b""
            if place in self._emptied:
                return f'<{prefix}c r="{address}" s="{style}"/>'.encode()
        raw = self._scan.data[old.start : old.end]
        if style == old.style:
            return raw
        inner = start_tag(raw, 0)
        return with_attributes(raw[:inner], {"s": str(style)}) + raw[inner:]

    def _inserted(self, row: int, cells: Sequence[tuple[int, bytes]]) -> list[Edit]:
        """New cells of a row, each behind its neighbour to the left."""
        here = self._scan.rows[row]
        edits = []
        tag = self._scan.data[here.start : here.inner]
        fresh, closing = tag, b""
        if match := _SPANS.fullmatch(tree_attributes(tag).get("spans", "")):
            ends = (min(int(match[1]), cells[0][0] + 1), max(int(match[2]), cells[-1][0] + 1))
            fresh = with_attributes(tag, {"spans": f"{ends[0]}:{ends[1]}"})
        if tag.endswith(b"/>"):
            fresh, closing = fresh[:-2].rstrip() + b">", f"</{self._scan.prefix}row>".encode()
        known = sorted(self._known[row])
        for column, new in cells:
            left = [c for c in known if c < column]
            at = self._scan.cells[row, left[-1]].end if left else here.inner
            edits.append(Edit(at, at, new))
        if closing:
            return [Edit(here.start, here.inner, fresh + b"".join(c for _, c in cells) + closing)]
        return [Edit(here.start, here.inner, fresh), *edits] if fresh != tag else edits


def tree_attributes(tag: bytes) -> Mapping[str, str]:
    """The attributes of a start tag."""
    alone = tag if tag.endswith(b"/>") else tag[:-1] + b"/>"
    return tree("row", alone).attributes


def _free_column(scan: Scan, table: TableRead) -> int:
    """The first column behind the header in which nothing stands."""
    ends = ((left, min(right, MAX_COLUMNS)) for _, left, _, right in scan.merged)
    merged = {column for left, right in set(ends) for column in range(left, right + 1)}
    column = table.width
    while column in scan.used or column in merged:
        column += 1
    if column >= MAX_COLUMNS:
        raise UsageError(
            f"シート「{table.sheet}」に「{ERRORS}」列を置く空いた列がない({MAX_COLUMNS}列まで)。",
            f"sheet {table.sheet} has no free column for {ERRORS} (of {MAX_COLUMNS})",
        )
    return column


def _require_ours(scan: Scan, table: TableRead, text_of: Callable[[Element], str]) -> None:
    """Raise ``UsageError`` when the column エラー holds what somebody else wrote."""
    for (row, column), cell in sorted(scan.cells.items()):
        if column == table.errors and row > table.header_row and cell.filled:
            element = tree("c", scan.data[cell.start : cell.end])
            if element.child("f") is not None or not ours(text_of(element)):
                place = f"{table.sheet}!{letters(column)}{row}"
                raise foreign(place)


def foreign(place: str) -> UsageError:
    """A column エラー that is the user's own."""
    return UsageError(
        f"「{ERRORS}」列に検査の書いたものでない値がある: {place}。列の名を変えるか値を移すこと。",
        f"column {ERRORS} holds what no check wrote: {place}; rename the column or move the value",
    )


def _widths(scan: Scan, column: int) -> list[Edit]:
    """A width at which the findings can be read, unless the column has one."""
    prefix, at = scan.prefix, column + 1
    new = f'<{prefix}col min="{at}" max="{at}" width="{_WIDTH}" customWidth="1"/>'
    if not scan.columns:
        start, _ = scan.marks["sheetData"]
        return [Edit(start, start, f"<{prefix}cols>{new}</{prefix}cols>".encode())]
    before = scan.marks["cols"][0]
    place = start_tag(scan.data, before)
    for entry in scan.columns:
        first, last = (whole(entry.attributes, name) for name in ("min", "max"))
        if first <= at <= last:
            return _split(scan, entry, at) if first != last else []
        if last < at:
            place = entry.inner
            if scan.data[place - 2 : place] != b"/>":
                place = scan.data.index(b">", place) + 1
    return [Edit(place, place, new.encode())]


def _split(scan: Scan, entry: Element, at: int) -> list[Edit]:
    """The entry of several columns, so that one of them has a width of its own."""
    tag = scan.data[entry.start : entry.inner]
    if not tag.endswith(b"/>"):
        return []
    first, last = int(entry.attributes["min"]), int(entry.attributes["max"])
    pieces = []
    if first < at:
        pieces.append(with_attributes(tag, {"max": str(at - 1)}))
    wide = {"min": str(at), "max": str(at), "width": str(_WIDTH), "customWidth": "1"}
    pieces.append(with_attributes(tag, wide))
    if at < last:
        pieces.append(with_attributes(tag, {"min": str(at + 1)}))
    return [Edit(entry.start, entry.inner, b"".join(pieces))]


def _dimension(scan: Scan, column: int) -> list[Edit]:
    """The declared extent of the sheet, with the new column."""
    if "dimension" not in scan.marks:
        return []
    start, attributes = scan.marks["dimension"]
    match = RANGE.fullmatch(attributes.get("ref", ""))
    if match is None or number(match[3] or match[1]) >= column:
        return []
    end = start_tag(scan.data, start)
    reference = f"{match[1]}{match[2]}:{letters(column)}{match[4] or match[2]}"
    tag = with_attributes(scan.data[start:end], {"ref": reference})
    return [Edit(start, end, tag)]
