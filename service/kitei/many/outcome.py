"""What became of one city, and of all of them: counts and words, never a whole report."""

from __future__ import annotations

from typing import NamedTuple

from kitei.check import Finding, Report
from kitei.check.finding import Case, Origin
from kitei.errors import Bilingual, KiteiError, NothingToCheckError, TextNotHeldError

SEVERITIES = ("violation", "warning", "info")
UNREADABLE = "city-unreadable"
"""The rule that a city breaks which cannot be checked to the end."""
_HINT = Bilingual(
    "この市だけを kitei check --roster で検査して原因を確かめる。",
    "Check this city alone with kitei check --roster to see why.",
)

CONFORMS, FINDINGS, BROKEN, UNCHECKED = "conforms", "findings", "broken", "not-checked"


class Outcome(NamedTuple):
    """What became of a city."""

    city: str
    verdict: str
    """``conforms``; ``findings`` at or above ``--fail-on``; ``broken``: it could not be checked to
    the end; ``not-checked``: there was nothing that could be checked on that day."""
    counts: tuple[int, int, int]
    """Violations, warnings, notes."""
    first: Bilingual
    """Rule and focus of the gravest finding, or why the city could not be checked."""
    reason: str | None = None
    """A word for machines, where it could not be checked: ``timeout``, ``signal-SIGKILL`` …"""

    @property
    def judged(self) -> bool:
        """Whether there is a report."""
        return self.reason is None

    @property
    def finding(self) -> Finding | None:
        """That a city could not be checked, as a finding about it."""
        if self.reason is None:
            return None
        case = Case("", self.city, None, None, None)
        origin = Origin(case, "", "", "", "", None, None)
        return Finding(UNREADABLE, "violation", None, None, self.city, self.first, _HINT, origin)


def reported(city: str, report: Report) -> Outcome:
    """The outcome that a report amounts to."""
    counts = {name: sum(f.severity == name for f in report.findings) for name in SEVERITIES}
    gravest = min(
        report.findings, key=lambda f: (SEVERITIES.index(f.severity), f.order), default=None
    )
    first = f"{gravest.rule} {gravest.focus}" if gravest else ""
    return Outcome(
        city,
        CONFORMS if report.conforms else FINDINGS,
        (counts["violation"], counts["warning"], counts["info"]),
        Bilingual(first, first),
    )


def broken(city: str, reason: str, message: Bilingual) -> Outcome:
    """A city that could not be checked to the end."""
    return Outcome(city, BROKEN, (1, 0, 0), message, reason)


def refused(city: str, error: KiteiError) -> Outcome:
    """A city whose check ended with an error."""
    if isinstance(error, NothingToCheckError | TextNotHeldError):
        return Outcome(city, UNCHECKED, (1, 0, 0), error.message, "nothing-to-check")
    reason = {2: "usage", 3: "input-unreadable"}.get(error.exit_code, "internal")
    return broken(city, reason, error.message)


class Summary:
    """The outcomes of all cities, counted."""

    def __init__(self, cities: int) -> None:
        self.cities = cities
        self.verdicts = dict.fromkeys((CONFORMS, FINDINGS, BROKEN, UNCHECKED), 0)
        self.findings = dict.fromkeys(SEVERITIES, 0)
        self.stopped_by: int | None = None
        """The signal that ended the work early."""

    def add(self, outcome: Outcome) -> None:
        """Count one city."""
        self.verdicts[outcome.verdict] += 1
        for severity, count in zip(SEVERITIES, outcome.counts, strict=True):
            self.findings[severity] += count

    @property
    def done(self) -> int:
        """How many cities there are outcomes of."""
        return sum(self.verdicts.values())

    @property
    def complete(self) -> bool:
        """Whether that is all of them."""
        return self.done == self.cities

    @property
    def exit_code(self) -> int:
        """0 all conform; 1 some city does not, or could not be checked; 4 none could be checked;
        128 and the number of the signal that ended the work early."""
        if self.stopped_by is not None and not self.complete:
            return 128 + self.stopped_by
        if not self.verdicts[CONFORMS] + self.verdicts[FINDINGS]:
            return NothingToCheckError.exit_code
        return int(self.verdicts[CONFORMS] < self.cities)

    def fields(self) -> dict[str, object]:
        """The JSON members."""
        return {
            "cities": self.cities,
            "done": self.done,
            "verdicts": dict(self.verdicts),
            "findings": dict(self.findings),
            "exit_code": self.exit_code,
        }
