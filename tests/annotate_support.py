"""Rosters to be annotated, findings to write into them, and what is looked at in the copy."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from datetime import date

from openpyxl import Workbook, load_workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Border, Font, PatternFill, Side
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from tests.report_support import report
from tests.roster_lexicon import lexicon
from tests.roster_support import HEADER, saved

from kitei import roster
from kitei.check import Finding, Report
from kitei.check.finding import Source
from kitei.errors import Bilingual
from kitei.report.annotated import AnnotatedFiles, annotate_csv, annotate_workbook
from kitei.roster import Roster

BOOK = "meibo.xlsx"
COLUMNS = HEADER.split(",")
ROW = ["Z001", "見本 市長", "", "市長", "本務", date(2022, 3, 20), None]
COLOUR = {"violation": "FFFFC7CE", "warning": "FFFFEB9C", "info": "FFDDEBF7"}
SHEET = "xl/worksheets/sheet1.xml"
TOUCHED = {
    "[Content_Types].xml",
    "xl/workbook.xml",
    "xl/_rels/workbook.xml.rels",
    "xl/styles.xml",
    SHEET,
}
TEXT = "不適合: 見本の指摘\n→ こう直す"
# Parts that openpyxl does not write, by name, with the content type that goes with them.
EXTRAS = {
    "xl/media/image1.png": b"\x89PNG\r\n\x1a\n not really",
    "xl/vbaProject.bin": bytes(range(256)),
    "xl/printerSettings/printerSettings1.bin": b"\0printer\0",
    "customXml/item1.xml": b"<?xml version='1.0'?><own:x xmlns:own='urn:own'>\r\n</own:x>",
}


def finding(
    row: int | None,
    column: str | None = None,
    *,
    severity: str = "violation",
    said: str = "見本の指摘",
    sheet: str | None = "在職",
    file: str = BOOK,
    cell: str | None = None,
) -> Finding:
    """A finding at a place of the roster; without a row, about no place at all."""
    source = Source(file, row, column, sheet, cell) if row is not None else None
    return (
        report()
        .findings[0]
        ._replace(
            severity=severity,
            message=Bilingual(said, f"said {said}"),
            hint=Bilingual("こう直す", "mend it so"),
            source=source,
        )
    )


def told(*findings: Finding) -> Report:
    """A report with these findings alone."""
    return report()._replace(findings=list(findings), notices=[])


def read_book(data: bytes) -> Roster:
    """The roster in a workbook."""
    return roster.read_files({BOOK: data}, lexicon())


def annotated(data: bytes, *findings: Finding, language: str = "ja") -> bytes:
    """The workbook with these findings in it."""
    return annotate_workbook(data, told(*findings), read_book(data).tables, language)


def annotated_csv(files: Mapping[str, bytes], *findings: Finding) -> AnnotatedFiles:
    """The CSV files with these findings in them."""
    tables = roster.read_files(files, lexicon()).tables
    return annotate_csv(files, told(*findings), tables, "ja")


def opened(data: bytes) -> Workbook:
    """The workbook as openpyxl reads it."""
    return load_workbook(io.BytesIO(data))


def parts(data: bytes) -> dict[str, bytes]:
    """The parts of a package by name."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        assert package.testzip() is None
        return {name: package.read(name) for name in package.namelist()}


def packed(contents: Mapping[str, bytes]) -> bytes:
    """A package of these parts."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in contents.items():
            package.writestr(name, content)
    return stream.getvalue()


def changed(data: bytes, part: str, old: bytes, new: bytes) -> bytes:
    """The package with ``old`` replaced in one part, where it has to occur."""
    contents = parts(data)
    assert old in contents[part], contents[part]
    return packed({**contents, part: contents[part].replace(old, new)})


def simple(*rows: list[object]) -> bytes:
    """A workbook with a sheet 在職."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "在職"
    table: list[list[object]] = [[*COLUMNS], *(rows or ([*ROW], [*ROW]))]
    for row in table:
        sheet.append(row)
    return saved(book)


def rich() -> bytes:
    """A workbook with all that a clerk's may have: 在職 and a sheet of another kind."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "在職"
    sheet.append(COLUMNS)
    for number in range(2, 7):
        sheet.append([f"A{number:03}", "見本 名", "総務部", "主事", "本務", date(2024, 4, 1), None])
        sheet[f"F{number}"].number_format = "[$-411]ge.m.d"
    sheet["A2"].font = Font(bold=True, color="FF0000FF")
    sheet["B3"].fill = PatternFill("solid", fgColor="FF00FF00")
    sheet["C4"].border = Border(left=Side("thick"))
    sheet["G4"] = "=F4+1"
    sheet["C3"].comment = Comment("相談済み", "総務課")
    sheet.merge_cells("C5:C6")
    sheet.column_dimensions["B"].width = 33
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = "A1:G6"
    sheet.protection.sheet = True
    check = DataValidation(type="list", formula1='"本務,兼務"')
    check.add("E2:E6")
    sheet.add_data_validation(check)
    rule = CellIsRule(  # type: ignore[no-untyped-call]
        "equal", formula=['"主事"'], fill=PatternFill("solid", bgColor="FFAAAAAA")
    )
    sheet.conditional_formatting.add("D2:D6", rule)
    other = book.create_sheet("集計")
    for line in (["部", "人"], ["総務部", 3], ["財務部", 5]):
        other.append(line)
    chart = BarChart()
    chart.add_data(Reference(other, min_col=2, min_row=1, max_row=3), titles_from_data=True)
    other.add_chart(chart, "D2")
    book.defined_names["職員"] = DefinedName("職員", attr_text="在職!$A$2:$A$6")
    contents = parts(saved(book)) | EXTRAS
    types = b"".join(
        b'<Default Extension="%s" ContentType="application/x-%s"/>' % (kind, kind)
        for kind in (b"png", b"bin")
    )
    name = "[Content_Types].xml"
    contents[name] = contents[name].replace(b"</Types>", types + b"</Types>")
    # What Excel writes and openpyxl does not: a prefix that only mc:Ignorable speaks of.
    part = "xl/worksheets/sheet1.xml"
    mark = (
        b' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
        b' xmlns:x14ac="http://schemas.microsoft.com/office/spreadsheetml/2009/9/ac"'
        b' mc:Ignorable="x14ac"><sheetPr'
    )
    assert b"><sheetPr" in contents[part]
    contents[part] = contents[part].replace(b"><sheetPr", mark, 1)
    return packed(contents)


def fill(data: bytes, place: str, sheet: str = "在職") -> str | None:
    """The colour of a cell, if it has one."""
    found = opened(data)[sheet][place].fill
    return found.fgColor.rgb if found.fill_type == "solid" else None


def errors(data: bytes, column: str = "H") -> list[str | None]:
    """The column エラー of 在職, header first."""
    return [cell.value for cell in opened(data)["在職"][column]]


def plain(data: bytes, part: str = SHEET) -> bytes:
    """A part as it is written."""
    return parts(data)[part]
