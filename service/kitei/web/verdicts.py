"""The check of the service's own roster on a day: done once, and shown by several pages."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

from flask import current_app

from kitei.calendar import Calendar
from kitei.confined import Document
from kitei.errors import Bilingual, NothingToCheckError
from kitei.web.jobs import JSON, OwnJob, as_json
from kitei.web.parameters import LANGUAGES
from kitei.web.responses import evaluator_of

if TYPE_CHECKING:
    from kitei.check import Finding, Report
    from kitei.city import City


@dataclass(frozen=True)
class FindingsJob(OwnJob):
    """What the check of a day finds, as pages show it, in both languages.

    Checking takes longer than anything else that a page does. Findings name no person.
    """

    as_of: date

    @property
    def day(self) -> date | None:
        """None: a check judges more than questions are told of the day."""
        return None

    def run(self, calendar: Calendar) -> Document:
        """The verdict and the findings, or why there are none."""
        if calendar.city.roster is None:
            return as_json({"findings": []})
        told = calendar.told(self.as_of, "findings", partial(_told, calendar, self.as_of))
        return Document(told.encode(), JSON)


def _told(calendar: Calendar, day: date) -> tuple[str, str]:
    """What the job hands over, and all that it is told from beside the facts of the day."""
    # Late: most questions check nothing.
    from kitei.check import check

    beside = repr(calendar.city.roster and calendar.city.roster[1:])
    found: Mapping[str, object]
    try:
        report = check(calendar.judged(day), day, name_passed=False)
    except NothingToCheckError as error:
        found = {"why": error.message, "findings": []}
    else:
        found = _shown(report, calendar.city)
        beside += repr(report.catalogue)
    return json.dumps(_plain(found), ensure_ascii=False), beside


def verdict(day: date, language: str) -> dict[str, Any]:
    """The verdict and the findings of a day in one language, for who asks.

    Without a roster there are neither; ``why`` says why nothing could be checked. In
    ``groups`` the findings stand by provision. Raises ``CutShortError``.
    """
    document = evaluator_of(current_app).run(FindingsJob(day))
    found: dict[str, Any] = _within(json.loads(document.body), LANGUAGES.index(language))
    for group in found.get("groups", ()):
        group["findings"] = [found["findings"][index] for index in group["findings"]]
    return found


def _within(told: Any, index: int) -> Any:
    """The same in one language."""
    if isinstance(told, dict):
        if told.keys() == {*LANGUAGES}:
            return told[LANGUAGES[index]]
        return {key: _within(value, index) for key, value in told.items()}
    if isinstance(told, list):
        return [_within(value, index) for value in told]
    return told


def _plain(told: object) -> object:
    """The same as JSON has it: a text in both languages with their names."""
    if isinstance(told, Bilingual):
        return told._asdict()
    if isinstance(told, Mapping):
        return {key: _plain(value) for key, value in told.items()}
    return [_plain(each) for each in told] if isinstance(told, list) else told


def _shown(report: Report, city: City) -> dict[str, object]:
    from kitei.readings import readings
    from kitei.report.findings import SEVERITY, grouped, summary

    first, *rest = summary(report)
    known = readings(city.dataset, city.regulation.iri)
    names = {
        **{rule.name: rule.title for rule in report.catalogue},
        **{reading.name: reading.label for reading in known},
    }
    index = {id(finding): number for number, finding in enumerate(report.findings)}
    return {
        "conforms": report.conforms,
        "verdict": first,
        "rest": rest[:-1],  # the last is the disclaimer, which every page has
        "counts": {name: sum(f.severity == name for f in report.findings) for name in SEVERITY},
        "findings": [_finding(finding, names) for finding in report.findings],
        "groups": [
            {
                "title": title,
                "place": _place(each[0]),
                "findings": [index[id(finding)] for finding in each],
            }
            for title, each in grouped(report)
        ],
    }


def _place(finding: Finding) -> list[str] | None:
    """Where the provision stands: regulation, version, eId."""
    iri = finding.origin.provision
    if finding.provision is None or iri is None:
        return None
    *_, work, version, eid = iri.split("/")
    return [work, version, eid]


def _finding(finding: Finding, names: Mapping[str, Bilingual]) -> dict[str, object]:
    from kitei.report.findings import SEVERITY

    return {
        "rule": finding.rule,
        "title": names[finding.rule],
        "severity": finding.severity,
        "level": SEVERITY[finding.severity],
        "provision": finding.provision,
        "focus": finding.focus,
        "message": finding.message,
        "hint": finding.hint,
        "readings": [names.get(name, name) for name in finding.readings],
        "source": str(finding.source) if finding.source else "",
    }
