"""What the page of a check shows: JSON between the process that checks and the one that renders."""

from __future__ import annotations

from collections.abc import Iterable

from kitei.calendar import Calendar
from kitei.check import Finding, Report, check
from kitei.check.comparison import differences
from kitei.city import City
from kitei.errors import NothingToCheckError
from kitei.namespaces import expand
from kitei.readings import readings
from kitei.report.answers import DISCLAIMER
from kitei.report.findings import SEVERITY, grouped
from kitei.roster import TableRead

_TEXT, _KIND, _ABOVE = map(expand, ("kitei:text", "rdf:type", "eli:is_part_of"))
_PARAGRAPH = expand("kitei:Paragraph")
_MOST_ROWS = 20_000
"""Rows up to which a roster is compared; a larger one is checked only."""


def shown(calendar: Calendar, city: City, report: Report, language: str) -> dict[str, object]:
    """The outcome in one language: tables, findings by provision, what changes."""
    labels = _reading_labels(city, language)
    tables = city.roster.tables if city.roster else ()
    rows = sum(table.rows for table in tables)
    return {
        "conforms": report.conforms,
        "day": report.as_of.isoformat(),
        "fail_on": report.fail_on,
        "regulation": report.text.regulation.title,
        "version": report.text.version,
        "confirmed": report.text.confirmed_current_on,
        "tally": [
            [name, word.within(language), sum(f.severity == name for f in report.findings)]
            for name, word in SEVERITY.items()
        ],
        "rules": report.rules,
        "cases": report.focus_nodes,
        "not_judged": list(report.not_judged),
        "tables": [_table(table, city, language) for table in tables],
        "groups": [
            {
                "title": title.within(language),
                "words": _words(city, group[0]),
                "findings": [_finding(f, labels, language) for f in group],
            }
            for title, group in grouped(report)
        ],
        "compared": "" if rows > _MOST_ROWS else _what_if(calendar, report, labels, language),
        "large": rows > _MOST_ROWS,
        "notices": [notice.within(language) for notice in report.notices],
        "disclaimer": DISCLAIMER.within(language),
    }


def _table(table: TableRead, city: City, language: str) -> dict[str, object]:
    kind = next(kind for kind in city.lexicon.tables if kind.name == table.name)
    labels = {column.field: column.label for column in kind.columns}
    return {
        "name": kind.label if language == "ja" else table.name,
        "file": table.file,
        "sheet": table.sheet,
        "encoding": table.encoding,
        "readable": table.readable,
        "rows": table.rows,
        "columns": [
            {
                "letters": table.letters[field],
                "written": written,
                "meaning": labels.get(field, field) if language == "ja" else field,
            }
            for field, written in sorted(
                table.headers.items(), key=lambda item: _position(table.letters[item[0]])
            )
        ],
        "ignored": list(table.ignored),
    }


def _position(letters: str) -> tuple[int, str]:
    return (len(letters), letters)


def _finding(finding: Finding, readings_: dict[str, str], language: str) -> dict[str, object]:
    return {
        "severity": finding.severity,
        "word": SEVERITY[finding.severity].within(language),
        "rule": finding.rule,
        "focus": finding.focus,
        "file": finding.source.file if finding.source else "",
        "sheet": finding.source.sheet if finding.source else None,
        "row": finding.source.row if finding.source else None,
        "column": finding.source.column if finding.source else None,
        "cell": finding.source.cell if finding.source else None,
        "message": finding.message.within(language),
        "hint": finding.hint.within(language),
        "readings": [readings_.get(name, name) for name in finding.readings],
    }


def _reading_labels(city: City, language: str) -> dict[str, str]:
    found = readings(city.dataset, city.regulation.iri)
    return {reading.name: reading.label.within(language) for reading in found}


def _words(city: City, finding: Finding) -> str:
    """The text of the paragraph that a finding is judged by; of a row alone nobody reads much."""
    provision = finding.origin.provision
    seen: set[str] = set()
    while provision and provision not in seen:
        seen.add(provision)
        kinds = {kind for kind, _ in city.dataset.values(provision, _KIND)}
        text = next((text for text, _ in city.dataset.values(provision, _TEXT)), "")
        above = next((iri for iri, _ in city.dataset.values(provision, _ABOVE)), "")
        if text and (_PARAGRAPH in kinds or not above):
            return text
        provision = above
    return ""


def _what_if(
    calendar: Calendar, report: Report, readings_: dict[str, str], language: str
) -> dict[str, object] | None:
    """What appears and vanishes against the service's own roster, for who may see that."""
    if calendar.city.roster is None:
        return None
    try:
        present = check(calendar.judged(report.as_of), report.as_of, report.fail_on)
    except NothingToCheckError:
        return None
    appeared, vanished, stayed = differences(present, report)
    return {
        "appeared": _listed(appeared, readings_, language, present.not_judged),
        "vanished": _listed(vanished, readings_, language, report.not_judged),
        "stayed": len(stayed),
    }


def _listed(
    findings: Iterable[Finding],
    readings_: dict[str, str],
    language: str,
    not_judged: Iterable[str],
) -> list[dict[str, object]]:
    """Findings of one side; whether the other side could judge them at all."""
    return [
        {**_finding(finding, readings_, language), "judged": finding.rule not in not_judged}
        for finding in findings
    ]
