"""What an annotated copy says, and where: by row, by cell, and what has no place in a table."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from kitei.check import Finding, Report
from kitei.check.checking import SEVERITIES
from kitei.errors import Bilingual
from kitei.report.findings import SEVERITY, summary
from kitei.report.inert import one_line
from kitei.roster.raw import MAX_CELL
from kitei.roster.reading import TableRead

TITLES = Bilingual("Kitei 検査結果", "Kitei check")
_TEXT = Bilingual("検査に用いた本文", "Text checked against")
_PLACELESS = Bilingual(
    "表の行を指さない指摘(行を指す指摘は各表の「エラー」列にある)",
    "Findings that point at no row of a table (the others are in the column エラー of each table)",
)
_NONE = Bilingual("なし", "none")
_HEADER = (
    Bilingual("程度", "Severity"),
    Bilingual("規則", "Rule"),
    Bilingual("対象", "Focus"),
    Bilingual("箇所", "Place"),
    Bilingual("内容", "Finding"),
    Bilingual("直し方", "What to do"),
)
_WORDS = "|".join(sorted({word for both in SEVERITY.values() for word in both}))
_OURS = re.compile(
    rf"(?:{_WORDS}): .*(?: → .*|(?:\r?\n(?:→ |(?:{_WORDS}): ).*)+)",
)
_ADDRESS = re.compile(r"([A-Z]+)(\d+)")

Key = tuple[str, str | None]
"""File and sheet of a table."""


class Marks(NamedTuple):
    """The findings of one table that stand in a row of it."""

    rows: Mapping[int, Sequence[Finding]]
    """By physical row, the gravest first."""
    cells: Mapping[tuple[int, int], str]
    """(row, 0-based column) -> the gravest severity found there."""


def placed(
    findings: Iterable[Finding], tables: Iterable[TableRead]
) -> tuple[dict[Key, Marks], list[Finding]]:
    """The marks of each readable table, and the findings that point at no row of one."""
    known = {(table.file, table.sheet): table for table in tables if table.readable}
    rows: dict[Key, dict[int, list[Finding]]] = {key: defaultdict(list) for key in known}
    cells: dict[Key, dict[tuple[int, int], str]] = {key: {} for key in known}
    elsewhere = []
    for finding in findings:
        source = finding.source
        key = (source.file, source.sheet) if source else ("", None)
        if source is None or source.row is None or key not in known:
            elsewhere.append(finding)
            continue
        rows[key][source.row].append(finding)
        column = _column(finding, known[key])
        if column is not None:
            at = (source.row, column)
            cells[key][at] = gravest([finding.severity, cells[key].get(at, finding.severity)])
    for found in rows.values():
        for listed in found.values():
            listed.sort(key=lambda finding: -SEVERITIES.index(finding.severity))
    return {key: Marks(dict(rows[key]), cells[key]) for key in known}, elsewhere


def _column(finding: Finding, table: TableRead) -> int | None:
    """The 0-based column of the cell at fault in a workbook."""
    source = finding.source
    if source is None:
        return None
    if source.cell and (match := _ADDRESS.fullmatch(source.cell)):
        return number(match[1])
    for field, header in table.headers.items():
        if header == source.column:
            return number(table.letters[field])
    return None


def number(letters: str) -> int:
    """The 0-based column of a spreadsheet name: A is 0, AA is 26."""
    total = 0
    for letter in letters:
        total = total * 26 + ord(letter) - ord("A") + 1
    return total - 1


def gravest(severities: Iterable[str]) -> str:
    """The gravest of these severities."""
    return max(severities, key=SEVERITIES.index)


def cell_text(findings: Sequence[Finding], language: str, between: str = "\n") -> str:
    """What the column エラー says of a row. Never begins with a sign that starts a formula.

    ``between`` stands before each hint and each further finding. Where not all fit into a cell,
    the end counts those that are left out.
    """
    said: list[str] = []
    room = MAX_CELL - 100
    for index, finding in enumerate(findings):
        severity = SEVERITY[finding.severity].within(language)
        text = (
            f"{severity}: {one_line(finding.message.within(language))}"
            f"{between}→ {one_line(finding.hint.within(language))}"
        )
        room -= len(text) + len(between)
        if room < 0 and index:
            more = len(findings) - index
            left_out = Bilingual(f"→ ほか {more} 件", f"→ {more} more findings")
            said.append(left_out.within(language))
            break
        said.append(text[: MAX_CELL // 2])
    return between.join(said)


def ours(text: str) -> bool:
    """Whether the cell of a column エラー holds what an annotation wrote, or nothing."""
    return not text.strip() or _OURS.fullmatch(text.strip()) is not None


def results(report: Report, findings: Sequence[Finding], language: str) -> list[list[str]]:
    """The rows of 検査結果: what was checked on which day, and ``findings`` as a table."""
    text = report.text
    version = Bilingual(
        f"{text.regulation.title} {text.version}施行の版({text.confirmed_current_on}に現行と確認)",
        f"{text.regulation.title}, version of {text.version}"
        f" (confirmed current on {text.confirmed_current_on})",
    )
    rows = [[TITLES.within(language)]]
    rows.extend([one_line(line.within(language))] for line in summary(report))
    rows.append([f"{_TEXT.within(language)}: {one_line(version.within(language))}"])
    rows += [[], [_PLACELESS.within(language)]]
    if not findings:
        return [*rows, [_NONE.within(language)]]
    rows.append([title.within(language) for title in _HEADER])
    rows.extend(_row(finding, language) for finding in findings)
    return rows


def _row(finding: Finding, language: str) -> list[str]:
    cells = (
        SEVERITY[finding.severity].within(language),
        finding.rule,
        finding.focus,
        str(finding.source or ""),
        finding.message.within(language),
        finding.hint.within(language),
    )
    return [one_line(cell)[: MAX_CELL // 2] for cell in cells]


def is_results(first: str) -> bool:
    """Whether a sheet or file whose first cell is ``first`` was written by an annotation."""
    return first in TITLES
