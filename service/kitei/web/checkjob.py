"""The check of a roster that somebody sent: done where everything is forgotten afterwards."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from kitei import dates
from kitei.calendar import Calendar
from kitei.city import City
from kitei.confined import Archive, Document, Lane
from kitei.errors import InputUnreadableError, KiteiError, UsageError
from kitei.roster.lexicon import Lexicon, folded
from kitei.roster.opening import table_names
from kitei.roster.raw import RESULTS
from kitei.web.verdicts import FindingsJob

if TYPE_CHECKING:
    from kitei.check import Report
    from kitei.roster import Roster

ANNOTATED = "annotated"
PAGE = "page"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ZIP = "application/zip"
# Format -> media type and the suffix of a file that is kept, the default first.
MEDIA_TYPES: Mapping[str, tuple[str, str]] = {
    "json": ("application/json", ".json"),
    "text": ("text/plain", ".txt"),
    "markdown": ("text/markdown", ".md"),
    "html": ("text/html", ".html"),
    "turtle": ("text/turtle", ".ttl"),
    "jsonld": ("application/ld+json", ".jsonld"),
    "sarif": ("application/sarif+json", ".sarif"),
    "junit": ("application/xml", ".xml"),
    "github": ("text/plain", ".txt"),
    "gitlab": ("application/json", ".json"),
    PAGE: ("application/json", ".json"),
}
_WORKBOOKS = {
    ".xlsx": XLSX,
    ".xlsm": "application/vnd.ms-excel.sheet.macroEnabled.12",
}
_CSV = ".csv"
_LONG_AGO = (1980, 1, 1, 0, 0, 0)
_SMALLEST = b"staff_id,name,post,start\n0,0,0,2000-01-01\n"


class Checked(NamedTuple):
    """What came out: the verdict, and a file in the format that was asked for."""

    conforms: bool
    name: str
    """How the file may be called."""
    media_type: str
    body: bytes

    def packed(self) -> Document:
        """As one document, to be sent to the process that answers."""
        head = {"conforms": self.conforms, "name": self.name}
        return Document(json.dumps(head).encode() + b"\n" + self.body, self.media_type)

    @classmethod
    def unpacked(cls, document: Document) -> Checked:
        """What was sent."""
        line, _, body = document.body.partition(b"\n")
        head = json.loads(line)
        return cls(head["conforms"], head["name"], document.media_type, body)


@dataclass(frozen=True)
class CheckJob:
    """A roster that somebody sent, to be checked on a day. It is never remembered."""

    files: Mapping[str, bytes] = field(repr=False)
    as_of: date
    fail_on: str
    format: str
    """One of ``MEDIA_TYPES``, or ``ANNOTATED``."""
    language: str
    protected: bool = False
    lane: Lane = Lane.UPLOAD

    @property
    def day(self) -> date | None:
        """None: the roster that was sent has its own facts of the day."""
        return None

    def run(self, calendar: Calendar) -> Document:
        """The outcome, packed.

        Raises ``UsageError`` for files that are no roster, ``InputUnreadableError``
        and ``NothingToCheckError`` as ``check`` does.
        """
        city = calendar.bare.copy()
        require_known(self.files, city.lexicon)
        try:
            roster = city.read_roster_files(self.files)
            return self._checked(calendar, city, roster).packed()
        except MemoryError as error:
            raise InputUnreadableError("名簿が大きすぎる。", "The roster is too large.") from error

    def _checked(self, calendar: Calendar, city: City, roster: Roster) -> Checked:
        # Late: most processes of a service never check anything.
        from kitei.check import check
        from kitei.report.formats import Setting, written

        report = check(city, self.as_of, self.fail_on)
        if self.format == ANNOTATED:
            return self._annotated(report, roster)
        media_type, suffix = MEDIA_TYPES[self.format]
        name = f"kitei-check-{self.as_of}{suffix}"
        if self.format == PAGE:
            from kitei.web.checkpage import shown

            body = json.dumps(shown(calendar, city, report, self.language), ensure_ascii=False)
        else:
            body = written(self.format, report, Setting(self.language))
        return Checked(report.conforms, name, media_type, body.encode())

    def _annotated(self, report: Report, roster: Roster) -> Checked:
        from kitei.report.annotated import annotate_csv, annotate_workbook

        name, suffix = next(
            ((file, suffix) for file in self.files if (suffix := _suffix(file)) in _WORKBOOKS),
            ("", ""),
        )
        if name:
            body = annotate_workbook(self.files[name], report, roster.tables, self.language)
            called = f"{PurePosixPath(name).stem}-{self.as_of}{suffix}"
            return Checked(report.conforms, called, _WORKBOOKS[suffix], body)
        made = annotate_csv(self.files, report, roster.tables, self.language)
        notices = "".join(f"{each.within(self.language)}\n" for each in made.notices)
        more = {"notices.txt": notices.encode("utf-8-sig")} if notices else {}
        called = f"roster-{self.as_of}.zip"
        return Checked(report.conforms, called, ZIP, _zipped({**made.files, **more}))


def require_known(files: Mapping[str, bytes], lexicon: Lexicon) -> None:
    """Raise ``UsageError`` unless the files are one workbook, or tables in CSV.

    A folder may hold other files, which the command line passes over with a note; what is
    sent is meant, and a misspelt name would leave a table out unnoticed.
    """
    names = table_names(lexicon)
    workbooks = [file for file in files if _suffix(file) in _WORKBOOKS]
    if len(files) == 1 and workbooks:
        return
    strange = [file for file in files if not (_suffix(file) == _CSV and _is_table(file, names))]
    if files and not strange:
        return
    tables = [f"{table.name}.csv ({table.label}.csv)" for table in lexicon.tables]
    ja, en = (mark.join(tables) for mark in ("、", ", "))
    if not files:
        raise UsageError(
            f"ファイルがない。Excelブック(.xlsx)一つか、次の名のCSVを送る: {ja}",
            f"No file was sent. Send one workbook (.xlsx), or CSV files called: {en}",
        )
    raise UsageError(
        f"名簿の表でないファイルがある: {'、'.join(strange)}。"
        f"Excelブック(.xlsx)一つか、次の名のCSVを送る: {ja}",
        f"Not a table of a roster: {', '.join(strange)}. "
        f"Send one workbook (.xlsx), or CSV files called: {en}",
    )


def _is_table(file: str, names: Mapping[str, str]) -> bool:
    stem = PurePosixPath(file).stem
    return folded(stem) in names or stem == RESULTS


def _suffix(file: str) -> str:
    return PurePosixPath(file).suffix.lower()


def _zipped(files: Mapping[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in files.items():
            info = zipfile.ZipInfo(name, _LONG_AGO)
            info.compress_type = zipfile.ZIP_DEFLATED
            package.writestr(info, data)
    return stream.getvalue()


def warm(archive: Archive) -> None:
    """Have everything in memory that a check needs: who is forked from here starts at once."""
    import kitei.report.annotated
    import kitei.report.html
    import kitei.roster.workbook  # noqa: F401

    today = dates.today()
    with suppress(KiteiError):
        CheckJob({"roster.csv": _SMALLEST}, today, "info", PAGE, "ja").run(archive.public)
    for calendar in archive.calendars:
        FindingsJob(today).run(calendar)
