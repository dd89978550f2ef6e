"""Findings as Markdown (GitHub's flavour), for a comment or the summary of a step."""

from __future__ import annotations

from kitei.check import Finding, Report
from kitei.errors import Bilingual
from kitei.report import readings
from kitei.report.findings import SEVERITY, grouped, summary
from kitei.report.inert import in_markdown
from kitei.report.places import Places

_TITLE = Bilingual("検査結果", "Check")
_HEADER = Bilingual(
    "| 程度 | 規則 | 対象 | 箇所 | 内容 |", "| Severity | Rule | Focus | Place | Finding |"
)
_MORE = Bilingual("ほか {0} 件は省いた。", "{0} more findings are left out.")


def as_markdown(report: Report, language: str, places: Places, most: int | None = None) -> str:
    """A table for each provision, and what was checked.

    With ``most`` the tables take at most that many bytes, and what is left out is counted.
    """
    first, *rest = summary(report)
    parts = [
        f"## {_TITLE.within(language)}: {in_markdown(report.text.regulation.title)}\n\n",
        f"**{in_markdown(first.within(language))}**\n",
    ]
    room = most
    shown = 0
    for title, findings in grouped(report):
        head = f"\n### {in_markdown(title.within(language))}\n\n{_HEADER.within(language)}\n"
        head += "| --- | --- | --- | --- | --- |\n"
        for finding in findings:
            row = head + _row(finding, language, places)
            if room is not None and (room := room - len(row.encode())) < 0:
                break
            parts.append(row)
            head = ""
            shown += 1
    if shown < len(report.findings):
        parts.append("\n" + _MORE.within(language).format(len(report.findings) - shown) + "\n")
    parts.append("\n")
    for item in readings.told(report.robustness) if report.robustness else ():
        parts.append(f"- {in_markdown(item.said.within(language))}\n")
        parts.extend(f"  - {in_markdown(detail.within(language))}\n" for detail in item.details)
    parts.extend(f"- {in_markdown(line.within(language))}\n" for line in rest)
    return "".join(parts)


def _row(finding: Finding, language: str, places: Places) -> str:
    source = finding.source
    place = str(source._replace(file=places.path(finding))) if source else ""
    cells = (
        SEVERITY[finding.severity].within(language),
        finding.rule,
        finding.focus,
        place,
        f"{finding.message.within(language)} → {finding.hint.within(language)}",
    )
    return "| " + " | ".join(map(in_markdown, cells)) + " |\n"
