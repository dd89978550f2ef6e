"""Findings as one HTML file for people: nothing is loaded, nothing runs, it prints well."""

from __future__ import annotations

from html import escape

from kitei.check import Finding, Report
from kitei.errors import Bilingual
from kitei.report.findings import BREACHED, CONFORMS, SEVERITY, grouped, one_line, summary
from kitei.report.places import Places

_TITLE = Bilingual("名簿の検査結果", "Roster check")
_HEADERS = (
    Bilingual("程度", "Severity"),
    Bilingual("規則", "Rule"),
    Bilingual("対象", "Focus"),
    Bilingual("箇所", "Place"),
    Bilingual("内容と是正の方法", "Finding and cure"),
)
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
    return "".join(
        [
            f'<!DOCTYPE html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n',
            '<meta http-equiv="Content-Security-Policy" '
            "content=\"default-src 'none'; style-src 'unsafe-inline'\">\n",
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n',
            '<meta name="robots" content="noindex">\n',
            f"<title>{_text(title)} ({report.as_of}, {_text(said)})</title>\n",
            f"<style>\n{_STYLE}</style>\n</head>\n<body>\n<main>\n",
            f"<h1>{_text(title)}</h1>\n",
            f'<p class="verdict {verdict}">{_text(first)}</p>\n',
            *(sections or [f"<p>{_NONE.within(language)}</p>\n"]),
            "</main>\n<footer>\n<ul>\n",
            *(f"<li>{_text(line)}</li>\n" for line in rest),
            "</ul>\n</footer>\n</body>\n</html>\n",
        ]
    )


def _section(heading: str, findings: list[Finding], language: str, places: Places) -> str:
    headers = "".join(f'<th scope="col">{header.within(language)}</th>' for header in _HEADERS)
    rows = "".join(_row(finding, language, places) for finding in findings)
    return (
        f"<section>\n<h2>{_text(heading)}</h2>\n<table>\n<thead><tr>{headers}</tr></thead>\n"
        f"<tbody>\n{rows}</tbody>\n</table>\n</section>\n"
    )


def _row(finding: Finding, language: str, places: Places) -> str:
    source = finding.source
    place = str(source._replace(file=places.path(finding))) if source else ""
    severity = SEVERITY[finding.severity].within(language)
    return (
        f'<tr><td class="{_text(finding.severity)}">{_text(severity)}</td>'
        f"<td><code>{_text(finding.rule)}</code></td>"
        f"<td><bdi>{_text(finding.focus)}</bdi></td><td><bdi>{_text(place)}</bdi></td>"
        f"<td><p>{_text(finding.message.within(language))}</p>"
        f"<p>→ {_text(finding.hint.within(language))}</p></td></tr>\n"
    )


def _text(text: str) -> str:
    return escape(one_line(text))
