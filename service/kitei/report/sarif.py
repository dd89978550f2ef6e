"""Findings as SARIF 2.1.0 (OASIS), for code scanning."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from kitei import __version__
from kitei.check import Finding, Report
from kitei.check.rules import Rule
from kitei.errors import Bilingual
from kitei.readings import listed
from kitei.report.answers import DISCLAIMER
from kitei.report.places import Places, fingerprints, line

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
VERSION = "2.1.0"
_LEVEL = {"violation": "error", "warning": "warning", "info": "note"}
_FINGERPRINT = "kitei/v1"


def as_sarif(report: Report, language: str, places: Places) -> str:
    """A log of one run; messages in ``language``, the other language among the properties."""
    log = {"$schema": SCHEMA, "version": VERSION, "runs": [run_of(report, language, places)]}
    return json.dumps(log, ensure_ascii=False, indent=1) + "\n"


def run_of(report: Report, language: str, places: Places) -> dict[str, object]:
    """A run, the part of a log that one check makes up."""
    rules = {rule.name: index for index, rule in enumerate(report.catalogue)}
    waived = list(report.waivers.waived) if report.waivers else []
    findings = [*report.findings, *(item.finding for item in waived)]
    results = [
        _result(finding, print_, rules, language, places)
        for finding, print_ in zip(findings, fingerprints(findings), strict=True)
    ]
    if report.waivers is not None:
        # Where any result has suppressions, all have them (SARIF 3.27.23).
        for result in results:
            result["suppressions"] = []
        for result, item in zip(results[len(report.findings) :], waived, strict=True):
            result["suppressions"] = [{"kind": "external", "justification": item.waiver.reason}]
    return {
        "tool": {"driver": driver([_rule(rule, language) for rule in report.catalogue], language)},
        "language": language,
        "columnKind": "unicodeCodePoints",
        "invocations": [{"executionSuccessful": True}],
        "results": results,
        "properties": {
            "conforms": report.conforms,
            "asOf": report.as_of.isoformat(),
            "text": report.text.fields(),
            "unmatchedRules": list(report.unmatched_rules),
            "notJudged": list(report.not_judged),
            "readingsSwitched": listed(report.switched),
            "notices": [notice._asdict() for notice in report.notices],
            "disclaimer": DISCLAIMER._asdict(),
        },
    }


def driver(rules: Sequence[dict[str, object]], language: str) -> dict[str, object]:
    """Kitei as the tool of a run that knows these rules."""
    return {
        "name": "kitei",
        "semanticVersion": __version__,
        "language": language,
        "rules": rules,
    }


def _rule(rule: Rule, language: str) -> dict[str, object]:
    return {
        "id": rule.name,
        "shortDescription": {"text": rule.title.within(language)},
        "fullDescription": {"text": rule.rationale.within(language)},
        "help": {"text": rule.rationale.within(language)},
        "defaultConfiguration": {"level": _LEVEL[rule.severity]},
        "properties": {
            "title": rule.title._asdict(),
            "rationale": rule.rationale._asdict(),
            "shape": str(rule.shape),
        },
    }


def _result(
    finding: Finding, print_: str, rules: dict[str, int], language: str, places: Places
) -> dict[str, object]:
    said = Bilingual(*(f"{m} {h}" for m, h in zip(finding.message, finding.hint, strict=True)))
    return {
        "ruleId": finding.rule,
        "ruleIndex": rules[finding.rule],
        "level": _LEVEL[finding.severity],
        "message": {"text": plain(said.within(language))},
        "locations": [_location(finding, places)],
        "partialFingerprints": {_FINGERPRINT: print_},
        "properties": {
            "focus": finding.focus,
            "provision": finding.provision,
            "citation": finding.citation._asdict() if finding.citation else None,
            "message": finding.message._asdict(),
            "hint": finding.hint._asdict(),
            "readings": list(finding.readings),
            "source": finding.source.fields() if finding.source else None,
        },
    }


def _location(finding: Finding, places: Places) -> dict[str, object]:
    physical: dict[str, object] = {"artifactLocation": {"uri": places.uri(finding)}}
    if (row := line(finding)) is not None:
        physical["region"] = {"startLine": row}
    source = finding.source
    cell = f"{source.sheet}!{source.cell or source.row}" if source and source.sheet else None
    logical = [{"name": finding.focus}]
    if cell is not None:
        logical.append({"name": cell})
    return {"physicalLocation": physical, "logicalLocations": logical}


def plain(text: str) -> str:
    """A message in which nothing is a placeholder or a link (SARIF 3.11.5, 3.11.6)."""
    escaped = re.sub(r"([\\\[\]])", r"\\\1", text)
    return escaped.replace("{", "{{").replace("}", "}}")
