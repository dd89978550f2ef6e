"""An annotated copy on disk: beside the roster, never on it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from kitei import files
from kitei.check import Report
from kitei.errors import Bilingual, UsageError
from kitei.report.annotated.csvfiles import RESULTS_FILE, annotate_csv, is_results_file
from kitei.report.annotated.package import lost
from kitei.report.annotated.workbook import annotate_workbook
from kitei.roster.opening import load
from kitei.roster.reading import TableRead

_MACROS = ".xlsm"


class Copy(NamedTuple):
    """What is to be written, and what a user has to know about it."""

    contents: list[tuple[Path, bytes]]
    folder: Path | None
    """The folder that the contents lie in, where a folder was asked for."""
    notices: list[Bilingual]


def require_target(roster: Path, out: Path) -> None:
    """Raise ``UsageError`` unless an annotated copy of ``roster`` may be written to ``out``."""
    if files.same(roster, out) or (roster.is_dir() and _inside(out, roster)):
        raise UsageError(
            f"--annotate に名簿そのもの又はその中は指定できない: {out}",
            f"--annotate cannot write on or into the roster itself: {out}",
        )
    if roster.is_dir():
        _require_folder(out)
        return
    have, want = roster.suffix.lower(), out.suffix.lower()
    if have == _MACROS and want == ".xlsx":
        raise lost("マクロ(.xlsm に書くこと)", "the macros (write to a .xlsm)")
    if have != want and have in {".xlsx", _MACROS}:
        raise UsageError(
            f"--annotate の出力は名簿と同じ {have} とする: {out}",
            f"--annotate writes a {have}, as the roster is one: {out}",
        )


def _inside(out: Path, roster: Path) -> bool:
    return out.resolve().is_relative_to(roster.resolve())


def _require_folder(out: Path) -> None:
    """A folder of somebody's is not filled with files; one of an older annotation is replaced."""
    if not out.exists():
        return
    if not out.is_dir():
        raise UsageError(
            f"CSVの名簿の --annotate にはフォルダーを指定する: {out}",
            f"for a roster in CSV, --annotate names a folder: {out}",
        )
    marker = out / RESULTS_FILE
    older = marker.is_file() and is_results_file(marker.read_bytes())
    if not older and any(out.iterdir()):
        raise UsageError(
            f"空でなく、以前の注記付きの写しでもないフォルダーには書かない: {out}",
            f"neither an empty folder nor an older annotated copy: {out}",
        )


def annotated_copy(
    roster: Path, out: Path, report: Report, tables: Iterable[TableRead], language: str
) -> Copy:
    """The annotated copy of the roster at ``roster``, to be written to ``out``.

    Raises ``InputUnreadableError`` and ``UsageError`` as the functions over bytes do.
    """
    given = load(roster)
    if roster.is_dir():
        found = annotate_csv(given, report, tables, language)
        contents = [(out / name, data) for name, data in found.files.items()]
        return Copy(contents, out, found.notices)
    (data,) = given.values()
    return Copy([(out, annotate_workbook(data, report, tables, language))], None, [])
