"""Findings as GitHub's workflow commands, and the summary of a step."""

from __future__ import annotations

from kitei.check import Finding, Report
from kitei.report.findings import summary
from kitei.report.places import Places, line
from kitei.report.table import shown

_COMMAND = {"violation": "error", "warning": "warning", "info": "notice"}


def as_github(report: Report, language: str, places: Places) -> str:
    """One annotation a finding, and the verdict as a last one.

    Every line is a command, so that nothing in a roster can begin one of its own.
    """
    lines = [_annotation(finding, language, places) for finding in report.findings]
    verdict = "\n".join(said.within(language) for said in summary(report))
    lines.append(f"::notice title=kitei::{_data(verdict)}\n")
    return "".join(lines)


def _annotation(finding: Finding, language: str, places: Places) -> str:
    row, source = line(finding), finding.source
    cell = f" ({source.sheet}!{source.cell or source.row})" if source and source.sheet else ""
    properties = {
        "file": places.path(finding),
        **({"line": str(row)} if row is not None else {}),
        "title": f"{finding.rule} {finding.focus}{cell}",
    }
    listed = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    message = f"{finding.message.within(language)}\n{finding.hint.within(language)}"
    return f"::{_COMMAND[finding.severity]} {listed}::{_data(message)}\n"


def _data(text: str) -> str:
    """As ``@actions/core`` escapes a message; no other line break and no control character."""
    text = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return shown(" ".join(text.splitlines()))


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
