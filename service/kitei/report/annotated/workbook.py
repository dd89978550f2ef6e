"""A workbook with the findings of a check in it; everything else stays byte for byte."""

from __future__ import annotations

from collections.abc import Iterable
from xml.sax.saxutils import quoteattr

from kitei.check import Report
from kitei.errors import UsageError
from kitei.report.annotated.notes import is_results, placed, results
from kitei.report.annotated.package import Package, attributes_of
from kitei.report.annotated.sheet import annotate
from kitei.report.annotated.spans import Element, broken, edited, extended, inline_cell, tree, whole
from kitei.report.annotated.styles import EMPTY, Styles
from kitei.roster.raw import RESULTS, letters
from kitei.roster.reading import TableRead

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_WIDTHS = (12, 28, 32, 36, 70, 70)


def annotate_workbook(
    data: bytes, report: Report, tables: Iterable[TableRead], language: str
) -> bytes:
    """The workbook ``data`` with what ``report`` found in it.

    Every sheet of the roster has a column エラー with the findings of each row, the cells at fault
    are coloured, and the sheet 検査結果 holds the rest. Raises ``InputUnreadableError`` where the
    package cannot be read and ``UsageError`` where something of the user's would be lost.
    """
    book = _Book(Package(data))
    known = [table for table in tables if table.readable]
    marks, elsewhere = placed(report.findings, known)
    for table in known:
        found = marks[table.file, table.sheet]
        part = book.sheet_part(table.sheet or "")
        sheet = annotate(
            part,
            book.package.read(part),
            table,
            found,
            styles=book.styles,
            text_of=book.text_of,
            language=language,
        )
        book.package.write(part, sheet.data)
        elsewhere += sheet.placeless
    elsewhere.sort(key=lambda finding: finding.order)
    book.put_results(results(report, elsewhere, language))
    return book.data()


class _Book:
    """The parts of a workbook that an annotation touches."""

    def __init__(self, package: Package) -> None:
        self.package = package
        self._relations = package.relations()
        self._sheets: dict[str, str] = {}
        listed = package.tree(package.workbook).child("sheets")
        if listed is None:
            raise broken(package.workbook)
        for sheet in listed.children:
            for identity in attributes_of(sheet, "id").values():
                if identity in self._relations:
                    self._sheets[sheet.attributes.get("name", "")] = self._relations[identity][1]
        self._styles_part = self._related("styles")
        old = package.read(self._styles_part) if self._styles_part else EMPTY
        self.styles = Styles(self._styles_part or "styles.xml", old)
        self._shared: list[str] | None = None

    def _related(self, kind: str) -> str | None:
        found = (part for type_, part in self._relations.values() if type_.endswith(f"/{kind}"))
        return next(found, None)

    def sheet_part(self, title: str) -> str:
        """The part of the sheet called ``title``."""
        if title not in self._sheets:
            raise broken(title)
        return self._sheets[title]

    def text_of(self, cell: Element) -> str:
        """The text of a cell."""
        if cell.attributes.get("t") == "inlineStr":
            held = cell.child("is")
            return _text(held) if held else ""
        value = cell.child("v")
        text = value.text if value else ""
        if cell.attributes.get("t") != "s":
            return text
        shared = self._strings()
        index = int(text) if text.strip().isdecimal() else len(shared)
        return shared[index] if index < len(shared) else ""

    def _strings(self) -> list[str]:
        if self._shared is None:
            part = self._related("sharedStrings")
            self._shared = (
                [_text(item) for item in self.package.tree(part).every("si")] if part else []
            )
        return self._shared

    def put_results(self, rows: list[list[str]]) -> None:
        """Put the sheet 検査結果 at the end, or in the place of the one that is there."""
        if RESULTS in self._sheets:
            part = self._sheets[RESULTS]
            self._require_ours(part)
            self.package.write(part, self._results(rows))
            return
        part = self.package.free("", "xl/worksheets/sheet{}.xml")
        identity = self.package.relate(
            part, "worksheet", f"{_TYPES}.worksheet+xml", self._results(rows)
        )
        workbook = self.package.workbook
        data = self.package.read(workbook)
        listed = tree(workbook, data).child("sheets")
        if listed is None or not listed.children:
            raise broken(workbook)
        numbers = [whole(sheet.attributes, "sheetId") for sheet in listed.children]
        name = next(iter(attributes_of(listed.children[0], "id")), "r:id")
        entry = (
            f"<{listed.children[0].name} name={quoteattr(RESULTS)}"
            f' sheetId="{max(numbers) + 1}" {name}={quoteattr(identity)}/>'
        )
        self.package.write(workbook, edited(data, extended(data, listed, [entry.encode()])))

    def _require_ours(self, part: str) -> None:
        data = self.package.tree(part).child("sheetData")
        rows = data.children if data else []
        first = next((cell for row in rows for cell in row.children), None)
        if first is None or not is_results(self.text_of(first)):
            raise UsageError(
                f"シート「{RESULTS}」が既にあり、検査の書いたものではない。シートの名を変えること。",
                f"the workbook has a sheet {RESULTS} that no check wrote; rename it",
            )

    def _results(self, rows: list[list[str]]) -> bytes:
        wrap = self.styles.plain()
        lines = []
        for number, cells in enumerate(rows, start=1):
            table = len(cells) > 1
            written = b"".join(
                inline_cell("", f"{letters(index)}{number}", wrap if table else 0, text)
                for index, text in enumerate(cells)
            )
            lines.append(f'<row r="{number}">'.encode() + written + b"</row>")
        widths = "".join(
            f'<col min="{at}" max="{at}" width="{width}" customWidth="1"/>'
            for at, width in enumerate(_WIDTHS, start=1)
        )
        head = (
            '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
            f'<worksheet xmlns="{_MAIN}"><cols>{widths}</cols><sheetData>'
        )
        return head.encode() + b"".join(lines) + b"</sheetData></worksheet>"

    def data(self) -> bytes:
        """The workbook as it now is."""
        new = self.styles.data()
        if self._styles_part:
            self.package.write(self._styles_part, new)
        else:
            part = self.package.free("xl/styles.xml", "xl/styles{}.xml")
            self.package.relate(part, "styles", f"{_TYPES}.styles+xml", new)
        return self.package.data()


def _text(item: Element) -> str:
    """The text of a string item, its runs joined and its furigana left out."""
    if item.local == "t":
        return item.text
    return "".join(_text(child) for child in item.children if child.local in {"t", "r"})
