"""CSV files with the findings of a check in a column エラー; all other bytes stay as they are."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from kitei.check import Finding, Report
from kitei.errors import Bilingual, UsageError
from kitei.report.annotated.notes import Marks, cell_text, is_results, ours, placed, results
from kitei.report.annotated.sheet import foreign
from kitei.roster.encoding import decode
from kitei.roster.problems import UnreadableTableError
from kitei.roster.raw import ERRORS, RESULTS
from kitei.roster.reading import TableRead

RESULTS_FILE = f"{RESULTS}.csv"
# Line ends, commas and quotation marks are single bytes of their own in UTF-8 and in cp932, so a
# file can be taken apart as Latin-1: every byte is a character, and comes back as it was.
_BYTES = "latin-1"
_QUOTED = re.compile(r'"[^"]*+(?:""[^"]*+)*+"')
_FIELD = re.compile(rf"(?:{_QUOTED.pattern}(?=[,\r\n]|\Z)|[^,\r\n]*)")
_END = re.compile(r"\r\n|\r|\n|\Z")
_FORMULA = tuple("=+-@\t\r＝＋－＠")


class AnnotatedFiles(NamedTuple):
    """CSV files by name, and what a user has to know about them."""

    files: dict[str, bytes]
    notices: list[Bilingual]


class _Record(NamedTuple):
    """A record: its first physical line, its fields as written, and its line end."""

    row: int
    fields: list[str]
    end: str

    @property
    def broken(self) -> bool:
        """Whether quotation marks do not pair, so that nothing can be appended."""
        return any(
            field.startswith('"') and _QUOTED.fullmatch(field) is None for field in self.fields
        )


def annotate_csv(
    files: Mapping[str, bytes], report: Report, tables: Iterable[TableRead], language: str
) -> AnnotatedFiles:
    """The files of a roster with what ``report`` found in them, and 検査結果.csv beside them.

    A file that is no table of the roster, or could not be read as one, comes back as it is.
    Raises ``UsageError`` where something of the user's would be lost.
    """
    known = {table.file: table for table in tables if table.readable}
    marks, elsewhere = placed(report.findings, known.values())
    written: dict[str, bytes] = {}
    notices: list[Bilingual] = []
    for name, data in files.items():
        if name == RESULTS_FILE:
            _require_ours(data)
        elif name in known:
            new, placeless, encoding = _annotated(data, known[name], marks[name, None], language)
            written[name] = new
            elsewhere += placeless
            if encoding != known[name].encoding:
                notices.append(_transcoded(name))
        else:
            written[name] = data
    elsewhere.sort(key=lambda finding: finding.order)
    table = results(report, elsewhere, language)
    encodings = {table.encoding for table in known.values()}
    written[RESULTS_FILE] = _results(table, encodings)
    return AnnotatedFiles(written, notices)


def _transcoded(name: str) -> Bilingual:
    return Bilingual(
        f"{name}: 指摘の文字がシフトJIS(cp932)にないため、UTF-8(BOM付き)で書いた。",
        f"{name}: written as UTF-8 with BOM, since cp932 lacks characters of the findings",
    )


def _annotated(
    data: bytes, table: TableRead, marks: Marks, language: str
) -> tuple[bytes, list[Finding], str]:
    """The file, the findings that found no place in it, and its encoding."""
    # On one line, so that every row of the file keeps its number.
    texts = {row: cell_text(found, language, " ") for row, found in marks.rows.items()}
    encoding = table.encoding
    if not _fits("".join([ERRORS, *texts.values()]), encoding):
        data = data.decode(encoding).encode("utf-8-sig")
        encoding = "utf-8-sig"
    mark = codecs.BOM_UTF8 if encoding == "utf-8-sig" else b""
    lines, placed_rows = [], set()
    for record in _records(data.removeprefix(mark).decode(_BYTES)):
        fields = record.fields
        if fields != [""] and record.row >= table.header_row and not record.broken:
            text = ERRORS if record.row == table.header_row else texts.get(record.row, "")
            said = _field(text).encode(encoding.removesuffix("-sig")).decode(_BYTES)
            _place(record, table, said, encoding)
            placed_rows.add(record.row)
        lines.append(",".join(fields) + record.end)
    placeless = [f for row, found in marks.rows.items() if row not in placed_rows for f in found]
    return mark + "".join(lines).encode(_BYTES), placeless, encoding


def _fits(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _place(record: _Record, table: TableRead, said: str, encoding: str) -> None:
    """Put the field into the record: where エラー stands, else behind the fields of the header.

    What a row has beyond its header stays beyond it.
    """
    fields, at = record.fields, table.errors
    if at is None or len(fields) <= at:
        end = table.width if at is None else at
        fields += [""] * (end - len(fields))
        fields.insert(end, said)
    elif record.row > table.header_row:
        old = _value(fields[at], encoding)
        if not ours(old):
            raise foreign(f"{table.file}:{record.row}")
        # An empty field may be written as "" or not; what is already right stays as it is.
        fields[at] = said if said or old else fields[at]


def _value(field: str, encoding: str) -> str:
    text = field.encode(_BYTES).decode(encoding.removesuffix("-sig"))
    return text[1:-1].replace('""', '"') if text.startswith('"') else text


def _field(text: str) -> str:
    """A field that a spreadsheet takes as text, quoted where it has to be."""
    safe = f"'{text}" if text.startswith(_FORMULA) else text
    quoted = safe.replace('"', '""')
    return f'"{quoted}"' if re.search(r'[",\r\n]', safe) else safe


def _records(text: str) -> Iterator[_Record]:
    """The records of a file, as the roster reader counts them."""
    at, row = 0, 1
    while at < len(text):
        fields, start = [], at
        while True:
            match = _FIELD.match(text, at)
            field = match[0] if match else ""
            fields.append(field)
            at += len(field)
            if text[at : at + 1] != ",":
                break
            at += 1
        end = _END.match(text, at)
        close = end[0] if end else ""
        at += len(close)
        yield _Record(row, fields, close)
        row += _line_ends(text[start:at])


def _line_ends(text: str) -> int:
    return text.count("\n") + text.count("\r") - text.count("\r\n")


def _results(rows: Sequence[Sequence[str]], encodings: set[str]) -> bytes:
    """検査結果.csv: UTF-8 with BOM, or cp932 where all tables are and it has every character."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\r\n")
    for row in rows:
        writer.writerow([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in row])
    text = stream.getvalue()
    # A spreadsheet takes UTF-8 for what it is by its BOM alone.
    old = encodings == {"cp932"} and _fits(text, "cp932")
    return text.encode("cp932" if old else "utf-8-sig")


def is_results_file(data: bytes) -> bool:
    """Whether the content of a file 検査結果.csv was written by an annotation."""
    try:
        text, _ = decode(data)
    except UnreadableTableError:
        return False
    return is_results(next(csv.reader(io.StringIO(text, newline="")), [""])[0] if text else "")


def _require_ours(data: bytes) -> None:
    if not is_results_file(data):
        raise UsageError(
            f"{RESULTS_FILE} が既にあり、検査の書いたものではない。ファイルの名を変えること。",
            f"there is a {RESULTS_FILE} that no check wrote; rename it",
        )
