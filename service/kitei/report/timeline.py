"""The days on which the verdict changes, as text, JSON or CSV."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Mapping
from datetime import date

from kitei.check import Finding
from kitei.check.timeline import Change, Timeline
from kitei.errors import Bilingual
from kitei.readings import members, told
from kitei.report.answers import DISCLAIMER
from kitei.report.comparison import finding_lines

_COLUMNS = ("day", "change", "rule", "severity", "provision", "focus", "fingerprint")


def as_json(found: Timeline, language: str) -> str:
    """The documented JSON, in both languages."""
    del language
    document = {
        "from": found.first.isoformat(),
        "to": found.last.isoformat(),
        "start": {
            "day": found.first.isoformat(),
            "findings": [f.fields() for f in found.start.findings.values()],
            "unchecked": _said(found.start.unchecked),
        },
        "changes": [_change(change) for change in found.changes],
        "checked_days": found.derived,
        **members(found.switched),
        "disclaimer": DISCLAIMER._asdict(),
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _said(unchecked: Bilingual | None) -> dict[str, str] | None:
    return unchecked._asdict() if unchecked else None


def _change(change: Change) -> dict[str, object]:
    return {
        "day": change.day.isoformat(),
        "appeared": [finding.fields() for finding in change.appeared],
        "vanished": [finding.fields() for finding in change.vanished],
        "unchecked": _said(change.unchecked),
    }


def as_text(found: Timeline, language: str) -> str:
    """A block for each day on which something appears or vanishes."""
    parts = [
        _block(found.first, Bilingual("初日", "first day"), found.start.unchecked, language),
        *(finding_lines(finding, "=", language) for finding in found.start.findings.values()),
    ]
    for change in found.changes:
        parts.append("\n" + _block(change.day, Bilingual("", ""), change.unchecked, language))
        parts.extend(finding_lines(finding, "+", language) for finding in change.appeared)
        parts.extend(finding_lines(finding, "-", language) for finding in change.vanished)
    summary = Bilingual(
        f"{found.first}から{found.last}まで: 結果の変わる日 {len(found.changes)}",
        f"{found.first} to {found.last}: days on which the verdict changes: {len(found.changes)}",
    )
    notices = [f"{said.within(language)}\n" for said in told(found.switched)]
    parts.extend(
        ["\n", summary.within(language), "\n", *notices, DISCLAIMER.within(language), "\n"]
    )
    return "".join(parts)


def _block(day: date, note: Bilingual, unchecked: Bilingual | None, language: str) -> str:
    words = [str(day), note.within(language), unchecked.within(language) if unchecked else ""]
    return " ".join(word for word in words if word) + "\n"


def as_csv(found: Timeline, language: str) -> str:
    """CSV (RFC 4180): a row for each finding that is there on the first day, appears or vanishes.

    A day from which nothing can be checked has a row of its own (``unchecked``).
    """
    del language
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(_COLUMNS)
    writer.writerows(_rows(found.first, "present", found.start.findings.values()))
    if found.start.unchecked:
        writer.writerow(_unchecked(found.first))
    for change in found.changes:
        writer.writerows(_rows(change.day, "appeared", change.appeared))
        writer.writerows(_rows(change.day, "vanished", change.vanished))
        if change.unchecked:
            writer.writerow(_unchecked(change.day))
    return stream.getvalue()


def _rows(day: date, change: str, findings: Iterable[Finding]) -> Iterable[tuple[str, ...]]:
    for finding in findings:
        yield (
            day.isoformat(),
            change,
            finding.rule,
            finding.severity,
            finding.provision or "",
            finding.focus,
            finding.fingerprint,
        )


def _unchecked(day: date) -> tuple[str, ...]:
    return (day.isoformat(), "unchecked", *("" for _ in _COLUMNS[2:]))


FORMATS: Mapping[str, Callable[[Timeline, str], str]] = {
    "csv": as_csv,
    "json": as_json,
    "text": as_text,
}
