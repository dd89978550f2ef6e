"""Findings as GitLab's code quality report."""

from __future__ import annotations

import json

from kitei.check import Report
from kitei.readings import told
from kitei.report.inert import one_line
from kitei.report.places import Places, fingerprints

_SEVERITY = {"violation": "major", "warning": "minor", "info": "info"}


def as_gitlab(report: Report, language: str, places: Places) -> str:
    """A list of issues. GitLab wants a line for each: the first where there is no row."""
    findings = list(report.findings)
    # The format is a bare list: only the issues themselves can say how the text was read.
    under = "".join(f"{said.within(language)} " for said in told(report.switched))
    issues = [
        {
            "description": one_line(
                f"{under}{finding.message.within(language)} {finding.hint.within(language)}"
            ),
            "check_name": finding.rule,
            "fingerprint": print_,
            "severity": _SEVERITY[finding.severity],
            "location": {
                "path": places.path(finding),
                "lines": {"begin": (finding.source and finding.source.row) or 1},
            },
        }
        for finding, print_ in zip(findings, fingerprints(findings), strict=True)
    ]
    return json.dumps(issues, ensure_ascii=False, indent=1) + "\n"
