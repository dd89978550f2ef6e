"""Answers as an Excel workbook: a sheet of answers and a sheet of what they rest on.

It is written in memory only, and the same answers give the same bytes.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.writer.excel import ExcelWriter

from kitei.ask import Answer, Answers
from kitei.ask.question import Column
from kitei.errors import Bilingual
from kitei.report.answers import DISCLAIMER, FORMULA
from kitei.report.table import width

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell, MergedCell
    from openpyxl.worksheet.worksheet import Worksheet

Value = str | int | date | None

_DAY = "yyyy-mm-dd"
_FIRST_DAY = date(1900, 3, 1)
"""Before that Excel's calendar is not the world's: it has a 1900-02-29."""
_LONG_AGO = datetime(1980, 1, 1)  # noqa: DTZ001  (a workbook knows no time zones)
_LONGEST = 32_767
_NARROWEST, _WIDEST = 8, 60
# What XML 1.0 cannot hold (section 2.2), and what Excel would read as an escaped character.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_CUT = Bilingual("…(以下省略)", "… (the rest is left out)")
_ANSWERS = Bilingual("回答", "Answers")
_NOTES = Bilingual("注記", "Notes")
_BECAUSE = Bilingual("説明", "explanation")
_LABELS = {
    "question": Bilingual("問い", "Question"),
    "description": Bilingual("内容", "About"),
    "parameter": Bilingual("項目", "Parameter"),
    "day": Bilingual("基準日", "Day"),
    "first": Bilingual("期間の初日", "First day"),
    "last": Bilingual("期間の末日", "Last day"),
    "status": Bilingual("区分", "Status"),
    "regulation": Bilingual("規程", "Regulation"),
    "version": Bilingual("本文の版(施行日)", "Version of the text, in force from"),
    "confirmed": Bilingual("現行であることを確認した日", "Last confirmed current on"),
    "reading": Bilingual("解釈", "Reading"),
    "notice": Bilingual("注意", "Note"),
    "disclaimer": Bilingual("おことわり", "Disclaimer"),
}


def as_xlsx(answers: Answers, language: str) -> bytes:
    """The workbook: headers and codes in words of ``language``, dates as dates, no formula."""
    workbook = Workbook()
    workbook.properties.creator = "Kitei"
    workbook.properties.created = workbook.properties.modified = _LONG_AGO
    workbook.properties.title = answers.question.title.within(language)
    sheet = workbook.worksheets[0]
    sheet.title = _ANSWERS.within(language)
    columns = list(_columns(answers, language))
    _write(sheet, [header for header, _ in columns], zip(*(c for _, c in columns), strict=True))
    sheet.auto_filter.ref = sheet.dimensions
    notes = workbook.create_sheet(_NOTES.within(language))
    _write(notes, None, ((label, value) for label, value in _notes(answers, language)))
    return _saved(workbook)


def _columns(answers: Answers, language: str) -> Iterator[tuple[str, list[Value]]]:
    """Header and values of each column. A person has two: the name, and the staff number."""
    for column in answers.question.columns:
        label = column.label.within(language)
        if column.kind == "person":
            own = "name" if column.name == "person" else f"{column.name}_name"
            number = Bilingual(f"{column.label.ja}の職員番号", f"staff ID of {column.label.en}")
            yield label, [_text(answer, column, own) for answer in answers.answers]
            yield (
                number.within(language),
                [_text(answer, column, column.name) for answer in answers.answers],
            )
        else:
            yield label, [_value(answer, column, language) for answer in answers.answers]
    if "sentence" in answers.question.options:
        told = [a.because.within(language) if a.because else None for a in answers.answers]
        yield _BECAUSE.within(language), list(told)


def _text(answer: Answer, column: Column, name: str) -> str | None:
    value = answer.cells[column.name].fields.get(name)
    return None if value is None else str(value)


def _value(answer: Answer, column: Column, language: str) -> Value:
    cell = answer.cells[column.name]
    value = cell.fields.get(column.name)
    if column.kind == "integer" and isinstance(value, int):
        return value
    if column.kind == "date" and isinstance(value, str):
        return _day(value)
    return cell.shown.within(language)


def _day(text: str) -> Value:
    """The day that an ISO date writes, where a workbook can hold it as one."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return text
    return day if day >= _FIRST_DAY else text


def _notes(answers: Answers, language: str) -> Iterator[tuple[str, Value]]:
    """What the answers were asked and what they rest on."""

    def note(name: str, value: Value) -> tuple[str, Value]:
        return _LABELS[name].within(language), value

    question, text = answers.question, answers.text
    yield note("question", f"{question.title.within(language)} ({question.name})")
    yield note("description", question.description.within(language))
    for parameter in question.parameters:
        if parameter.name in answers.asked:
            label = f"{_LABELS['parameter'].within(language)}: {parameter.label.within(language)}"
            yield label, answers.asked[parameter.name]
    yield note("first" if answers.until else "day", answers.as_of)
    if answers.until:
        yield note("last", answers.until)
    yield note("status", answers.status)
    yield note("regulation", text.regulation.title)
    yield note("version", _day(text.version or ""))
    yield note("confirmed", _day(text.confirmed_current_on or ""))
    yield from (note("reading", reading) for reading in _readings(answers, language))
    yield from (note("notice", notice.within(language)) for notice in answers.notices)
    yield note("disclaimer", DISCLAIMER.within(language))


def _readings(answers: Answers, language: str) -> list[str]:
    """The readings that any answer rests on, each once."""
    shown = (
        answer.cells["readings"].shown.within(language)
        for answer in answers.answers
        if "readings" in answer.cells
    )
    return list(dict.fromkeys(line for cell in shown for line in cell.split("\n") if line))


def _write(sheet: Worksheet, header: list[str] | None, rows: Any) -> None:
    """Fill a sheet; a header stays in sight when it is scrolled."""
    written: list[tuple[Value, ...]] = [tuple(header)] if header else []
    written += rows
    for number, row in enumerate(written, start=1):
        for column, value in enumerate(row, start=1):
            _put(sheet.cell(number, column), value)
    if header:
        sheet.freeze_panes = "A2"
    for column in range(1, len(written[0]) + 1 if written else 1):
        letter = get_column_letter(column)
        if header or column == 1:
            sheet.cell(1, column).font = Font(bold=True)
        lines = (line for row in written for line in str(row[column - 1] or "").split("\n"))
        widest = max(map(width, lines), default=0) + 2
        sheet.column_dimensions[letter].width = min(_WIDEST, max(_NARROWEST, widest))


def _put(cell: Cell | MergedCell, value: Value) -> None:
    """Write a value. Text stays text, whatever it begins with, also when somebody edits it."""
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    if isinstance(value, str):
        if value:
            cell.value = writable(value)
            cell.data_type = "s"
            cell.quotePrefix = value.startswith(FORMULA)
    elif value is not None:
        cell.value = value
        if isinstance(value, date):
            cell.number_format = _DAY


def writable(text: str) -> str:
    """The text as a cell can hold it: other characters are replaced, and what is cut says so."""
    text = _ESCAPE.sub("_x005F_", _UNWRITABLE.sub("\ufffd", text))
    if len(text) <= _LONGEST:
        return text
    return text[: _LONGEST - len(_CUT.en)] + _CUT.ja


def _saved(workbook: Workbook) -> bytes:
    stream = io.BytesIO()
    with _Package(stream, "w", zipfile.ZIP_DEFLATED) as package:
        _InMemory(workbook, package).write_data()
    return stream.getvalue()


class _Package(zipfile.ZipFile):
    """A package whose parts are all of the same time."""

    def writestr(
        self,
        zinfo_or_arcname: str | zipfile.ZipInfo,
        data: Any,
        compress_type: int | None = zipfile.ZIP_DEFLATED,
        compresslevel: int | None = None,
    ) -> None:
        """Add a part."""
        info = zipfile.ZipInfo(str(zinfo_or_arcname), _LONG_AGO.timetuple()[:6])
        super().writestr(info, data, compress_type, compresslevel)


class _InMemory(ExcelWriter):
    """openpyxl's writer without the temporary file that it writes for each sheet."""

    _archive: zipfile.ZipFile

    def write_worksheet(self, ws: Any) -> None:
        """Write a sheet of cells; there are no drawings, comments or links."""
        writer: Any = WorksheetWriter(ws, io.BytesIO())
        writer.write()
        ws._drawing, ws._rels = None, writer._rels
        self._archive.writestr(ws.path[1:], writer.read())
        self.manifest.append(ws)
