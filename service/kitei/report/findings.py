"""Findings as text for people and as the documented JSON."""

from __future__ import annotations

import json
from itertools import groupby

from kitei.check import Finding, Report
from kitei.errors import Bilingual
from kitei.readings import members
from kitei.report import readings, waivers
from kitei.report.answers import DISCLAIMER
from kitei.report.inert import one_line

SEVERITY = {
    "violation": Bilingual("不適合", "violation"),
    "warning": Bilingual("要確認", "warning"),
    "info": Bilingual("参考", "info"),
}
CONFORMS = Bilingual("適合", "conforms")
BREACHED = Bilingual("不適合あり", "does not conform")
ROSTER = Bilingual("名簿", "Roster")
_COLOUR = {"violation": "31", "warning": "33", "info": "36"}


def as_json(report: Report, language: str, coloured: bool) -> str:
    """The documented JSON, in both languages."""
    del language, coloured
    return json.dumps(document(report), ensure_ascii=False, indent=1) + "\n"


def document(report: Report) -> dict[str, object]:
    """The members of the documented JSON."""
    return {
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
        **waivers.fields(report),
        **members(report.switched),
        **readings.fields(report.robustness),
        "notices": [notice._asdict() for notice in report.notices],
        "disclaimer": DISCLAIMER._asdict(),
    }


def _finding(finding: Finding) -> dict[str, object]:
    return finding.fields(
        readings=list(finding.readings),
        source=finding.source.fields() if finding.source else None,
        related=list(finding.related),
    )


def as_text(report: Report, language: str, coloured: bool) -> str:
    """Findings grouped by provision, and what was checked."""
    parts = []
    for title, findings in grouped(report):
        parts.append(title.within(language) + "\n")
        parts.extend(_lines(finding, language, coloured) for finding in findings)
        parts.append("\n")
    parts.extend(f"{one_line(line)}\n" for line in readings.as_lines(report.robustness, language))
    parts.extend(f"{line.within(language)}\n" for line in summary(report))
    return "".join(parts)


def grouped(report: Report) -> list[tuple[Bilingual, list[Finding]]]:
    """The findings by provision, those about the roster itself last."""
    ordered = sorted(
        report.findings, key=lambda f: (f.provision is None, f.provision or "", f.order)
    )
    groups = [list(group) for _, group in groupby(ordered, key=lambda f: f.provision)]
    return [(group[0].citation or ROSTER, group) for group in groups]


def _lines(finding: Finding, language: str, coloured: bool) -> str:
    severity = SEVERITY[finding.severity].within(language)
    if coloured:
        severity = f"\x1b[{_COLOUR[finding.severity]}m{severity}\x1b[0m"
    place = f"  ({one_line(str(finding.source))})" if finding.source else ""
    return (
        f"  {severity} {finding.rule} {one_line(finding.focus)}{place}\n"
        f"    {one_line(finding.message.within(language))}\n"
        f"    -> {one_line(finding.hint.within(language))}\n"
    )


def summary(report: Report) -> list[Bilingual]:
    """The verdict and what it rests on, a line each."""
    counts = {name: sum(f.severity == name for f in report.findings) for name in SEVERITY}
    tally = Bilingual(
        ", ".join(f"{SEVERITY[name].ja} {count}" for name, count in counts.items()),
        ", ".join(f"{SEVERITY[name].en} {count}" for name, count in counts.items()),
    )
    verdict = CONFORMS if report.conforms else BREACHED
    return [
        Bilingual(
            f"{report.as_of}現在: {verdict.ja} ({tally.ja})",
            f"As of {report.as_of}: {verdict.en} ({tally.en})",
        ),
        Bilingual(
            f"規則 {report.rules} 件を対象 {report.focus_nodes} 件に当てた。",
            f"{report.rules} rules were applied to {report.focus_nodes} cases.",
        ),
        *_lists(report),
        *waivers.told(report),
        *report.notices,
        DISCLAIMER,
    ]


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
