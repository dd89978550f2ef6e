"""Findings as text for people and as the documented JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from itertools import groupby

from kitei.check import Finding, Report
from kitei.errors import Bilingual
from kitei.report.answers import DISCLAIMER

_SEVERITY = {
    "violation": Bilingual("不適合", "violation"),
    "warning": Bilingual("要確認", "warning"),
    "info": Bilingual("参考", "info"),
}
_CONFORMS = Bilingual("適合", "conforms")
_BREACHED = Bilingual("不適合あり", "does not conform")
_COLOUR = {"violation": "31", "warning": "33", "info": "36"}


def as_json(report: Report, language: str, coloured: bool) -> str:
    """The documented JSON, in both languages."""
    del language, coloured
    document = {
        "conforms": report.conforms,
        "as_of": report.as_of.isoformat(),
        "text": report.text.fields(),
        "checked": {
            "rules": report.rules,
            "shapes": report.shapes,
            "focus_nodes": report.focus_nodes,
            "unmatched_rules": list(report.unmatched_rules),
            "not_judged": list(report.not_judged),
        },
        "findings": [_finding(finding) for finding in report.findings],
        "notices": [notice._asdict() for notice in report.notices],
        "disclaimer": DISCLAIMER._asdict(),
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _finding(finding: Finding) -> dict[str, object]:
    return {
        "rule": finding.rule,
        "severity": finding.severity,
        "provision": finding.provision,
        "focus": finding.focus,
        "message": finding.message._asdict(),
        "hint": finding.hint._asdict(),
        "readings": list(finding.readings),
        "source": finding.source.fields() if finding.source else None,
        "related": list(finding.related),
        "fingerprint": finding.fingerprint,
    }


def as_text(report: Report, language: str, coloured: bool) -> str:
    """Findings grouped by provision, and what was checked."""
    parts = []
    ordered = sorted(
        report.findings, key=lambda f: (f.provision is None, f.provision or "", f.order)
    )
    for _, group in groupby(ordered, key=lambda finding: finding.provision):
        findings = list(group)
        parts.append(_heading(findings[0], language) + "\n")
        parts.extend(_lines(finding, language, coloured) for finding in findings)
        parts.append("\n")
    parts.append(_summary(report, language))
    return "".join(parts)


def _heading(finding: Finding, language: str) -> str:
    if finding.citation is None:
        return Bilingual("名簿", "Roster").within(language)
    return finding.citation.within(language)


def _lines(finding: Finding, language: str, coloured: bool) -> str:
    severity = _SEVERITY[finding.severity].within(language)
    if coloured:
        severity = f"\x1b[{_COLOUR[finding.severity]}m{severity}\x1b[0m"
    place = f"  ({finding.source})" if finding.source else ""
    return (
        f"  {severity} {finding.rule} {finding.focus}{place}\n"
        f"    {finding.message.within(language)}\n"
        f"    -> {finding.hint.within(language)}\n"
    )


def _summary(report: Report, language: str) -> str:
    counts = {
        name: sum(finding.severity == name for finding in report.findings) for name in _SEVERITY
    }
    tally = ", ".join(
        f"{_SEVERITY[name].within(language)} {count}" for name, count in counts.items()
    )
    verdict = (
        Bilingual("適合", "conforms")
        if report.conforms
        else Bilingual("不適合あり", "does not conform")
    )
    lines = [
        Bilingual(
            f"{report.as_of}現在: {verdict.ja} ({tally})",
            f"As of {report.as_of}: {verdict.en} ({tally})",
        ),
        Bilingual(
            f"規則 {report.rules} 件を対象 {report.focus_nodes} 件に当てた。",
            f"{report.rules} rules were applied to {report.focus_nodes} cases.",
        ),
        *_lists(report),
        *report.notices,
        DISCLAIMER,
    ]
    return "".join(f"{line.within(language)}\n" for line in lines)


def _lists(report: Report) -> list[Bilingual]:
    found = []
    if report.unmatched_rules:
        names = ", ".join(report.unmatched_rules)
        found.append(Bilingual(f"対象のなかった規則: {names}", f"Rules that met nothing: {names}"))
    if report.not_judged:
        names = ", ".join(report.not_judged)
        found.append(
            Bilingual(
                f"表がなく判断しなかった規則: {names}", f"Not judged for want of a table: {names}"
            )
        )
    return found


FORMATS: Mapping[str, Callable[[Report, str, bool], str]] = {"json": as_json, "text": as_text}
