"""Findings as one HTML file for people: nothing is loaded, nothing runs, it prints well."""

from __future__ import annotations

from kitei.check import Finding, Report
from kitei.errors import Bilingual
from kitei.report import readings
from kitei.report.findings import BREACHED, CONFORMS, SEVERITY, grouped, summary
from kitei.report.inert import in_html, page
from kitei.report.places import Places

_TITLE = Bilingual("名簿の検査結果", "Roster check")
_HEADERS = (
    Bilingual("程度", "Severity"),
    Bilingual("規則", "Rule"),
    Bilingual("対象", "Focus"),
    Bilingual("箇所", "Place"),
    Bilingual("内容と是正の方法", "Finding and cure"),
)
_READINGS = Bilingual("解釈を替えた場合", "Under other readings")
_NONE = Bilingual("指摘はない。", "No findings.")
_STYLE = """\
body { font: 1rem/1.6 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem;
 color: #1a1a1a; background: #fff; overflow-wrap: anywhere }
h1 { font-size: 1.5rem } h2 { font-size: 1.15rem; margin-top: 2rem; break-after: avoid }
table { border-collapse: collapse; width: 100% }
th, td { border: 1px solid #767676; padding: .4rem .6rem; text-align: start; vertical-align: top }
th { background: #f0f0f0 } thead { display: table-header-group } tr { break-inside: avoid }
.verdict { border: 2px solid; padding: .5rem 1rem; font-weight: bold }
.violation, .breached { color: #a40000 } .warning { color: #7a4b00 }
.info { color: #00508c } .conforms { color: #0a5c1f }
td p { margin: 0 }
@page { size: A4 landscape; margin: 15mm }
@media print { body { margin: 0; max-width: none; font-size: 10pt } }
"""


def as_html(report: Report, language: str, places: Places) -> str:
    """A complete page in ``language``."""
    title = f"{_TITLE.within(language)}: {report.text.regulation.title}"
    first, *rest = [line.within(language) for line in summary(report)]
    verdict = "conforms" if report.conforms else "breached"
    said = (CONFORMS if report.conforms else BREACHED).within(language)
    sections = [
        _section(heading.within(language), findings, language, places)
        for heading, findings in grouped(report)
    ]
    body = [
        f"<main>\n<h1>{in_html(title)}</h1>\n",
        f'<p class="verdict {verdict}">{in_html(first)}</p>\n',
        *(sections or [f"<p>{_NONE.within(language)}</p>\n"]),
        *_robustness(report, language),
        "</main>\n<footer>\n<ul>\n",
        *(f"<li>{in_html(line)}</li>\n" for line in rest),
        "</ul>\n</footer>\n",
    ]
    return page(language, f"{title} ({report.as_of}, {said})", _STYLE, body)


def _robustness(report: Report, language: str) -> list[str]:
    """What other readings would change, where that was asked."""
    if report.robustness is None:
        return []
    lines = [f"<section>\n<h2>{_READINGS.within(language)}</h2>\n<ul>\n"]
    for item in readings.told(report.robustness):
        details = "".join(f"<li>{in_html(d.within(language))}</li>\n" for d in item.details)
        below = f"\n<ul>\n{details}</ul>\n" if details else ""
        lines.append(f"<li>{in_html(item.said.within(language))}{below}</li>\n")
    return [*lines, "</ul>\n</section>\n"]


def _section(heading: str, findings: list[Finding], language: str, places: Places) -> str:
    headers = "".join(f'<th scope="col">{header.within(language)}</th>' for header in _HEADERS)
    rows = "".join(_row(finding, language, places) for finding in findings)
    return (
        f"<section>\n<h2>{in_html(heading)}</h2>\n<table>\n<thead><tr>{headers}</tr></thead>\n"
        f"<tbody>\n{rows}</tbody>\n</table>\n</section>\n"
    )


def _row(finding: Finding, language: str, places: Places) -> str:
    source = finding.source
    place = str(source._replace(file=places.path(finding))) if source else ""
    severity = SEVERITY[finding.severity].within(language)
    return (
        f'<tr><td class="{in_html(finding.severity)}">{in_html(severity)}</td>'
        f"<td><code>{in_html(finding.rule)}</code></td>"
        f"<td><bdi>{in_html(finding.focus)}</bdi></td><td><bdi>{in_html(place)}</bdi></td>"
        f"<td><p>{in_html(finding.message.within(language))}</p>"
        f"<p>→ {in_html(finding.hint.within(language))}</p></td></tr>\n"
    )
