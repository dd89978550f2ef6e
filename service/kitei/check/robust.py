"""Check a roster under every reading: which findings hang on how the text is read."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from datetime import date

from kitei.ask.trials import Difference, Outcome, Progress, robustness
from kitei.check.checking import Report, check
from kitei.check.finding import Finding
from kitei.city import City
from kitei.errors import Bilingual, NothingToCheckError

Settle = Callable[[Report], Report]
"""What is done to a report before its verdict counts: a baseline, say."""


def check_all_readings(
    city: City,
    day: date,
    fail_on: str = "violation",
    settle: Settle = lambda report: report,
    progress: Progress | None = None,
) -> Report:
    """The report as ``check`` gives it, settled, with what every other reading would change.

    Raises what ``check`` raises. No day of ``city`` may have been derived, and none is.
    """
    twin = city.copy()
    base = settle(check(twin, day, fail_on))

    def outcome(other: City) -> Outcome:
        try:
            return _outcome(settle(check(other, day, fail_on)))
        except NothingToCheckError as error:
            return Outcome([], unchecked=error.message)

    found = robustness(city, twin.day(day), _outcome(base), outcome, progress)
    return base._replace(robustness=found)


def _outcome(report: Report) -> Outcome:
    return Outcome([_item(finding) for finding in report.findings], report.conforms)


def _item(finding: Finding) -> tuple[Hashable, Difference]:
    """A finding, the same as another when it says the same of the same thing."""
    key = (finding.fingerprint, finding.severity, finding.message)
    said = Bilingual(*(f"{finding.rule} {finding.focus}: {message}" for message in finding.message))
    return key, Difference(said, finding.fields())
