"""The days on which the verdict on a roster changes.

The verdict of a day is the set of its findings. It can differ from that of the
day before only where a fact starts, or the day after one ends: every fact of
the roster and of the rules counts, since a check looks at all of them (whether
somebody has exactly one principal post, say, hangs on rows of anybody).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from kitei.ask import period
from kitei.check.checking import check
from kitei.check.finding import Finding
from kitei.city import City
from kitei.dates import require_period
from kitei.errors import Bilingual, NothingToCheckError
from kitei.readings import Switch
from kitei.store import Dataset

_FACTS = """
PREFIX kitei: <https://w3id.org/kitei/ns#>
SELECT DISTINCT ?first ?last
WHERE {
  { ?fact kitei:from|kitei:inForceFrom|kitei:date ?first }
  UNION
  { ?act kitei:convenedOn|kitei:consultedOn|kitei:approvedOn ?first }
  UNION
  { ?fact kitei:through|kitei:inForceThrough ?last }
}
"""
Progress = Callable[[int, int], None]
"""Told how many of how many days are done."""


class Verdict(NamedTuple):
    """What a check finds on a day."""

    findings: Mapping[str, Finding]
    """By fingerprint."""
    unchecked: Bilingual | None = None
    """Why nothing could be checked, where that is so."""

    @property
    def code(self) -> tuple[bool, frozenset[str]]:
        """What makes two verdicts the same: whether there is one, and which findings."""
        return (self.unchecked is None, frozenset(self.findings))


class Change(NamedTuple):
    """A day whose verdict is not that of the day before."""

    day: date
    appeared: Sequence[Finding]
    vanished: Sequence[Finding]
    unchecked: Bilingual | None
    """Why nothing can be checked from this day on; findings then vanish without being cured."""


class Timeline(NamedTuple):
    """The verdicts of a period."""

    first: date
    last: date
    start: Verdict
    """That of the first day."""
    changes: Sequence[Change]
    derived: int
    """How many days were checked."""
    switched: Sequence[Switch] = ()
    """Readings that were not taken by default."""


def timeline(city: City, first: date, last: date, progress: Progress | None = None) -> Timeline:
    """The verdicts from ``first`` to ``last``, both included.

    Raises ``UsageError`` when the period ends before it begins or there is no roster, and
    ``NothingToCheckError`` when no day of it can be checked.
    """
    require_period(first, last)
    days = change_days(city.dataset, first, last)
    start = before = verdict(city, days[0])
    checked = start.unchecked is None
    changes: list[Change] = []
    for done, day in enumerate(days[1:], start=1):
        if progress:
            progress(done, len(days))
        now = verdict(city, day)
        checked = checked or now.unchecked is None
        if now.code != before.code:
            changes.append(_change(day, before, now))
        before = now
    if not checked:
        raise NothingToCheckError(*(before.unchecked or Bilingual("", "")))
    return Timeline(first, last, start, changes, len(days), city.switches)


def change_days(dataset: Dataset, first: date, last: date) -> list[date]:
    """The days from ``first`` to ``last`` on which a verdict can differ from the day before."""
    days = set(period.change_days(dataset, first, last))
    return sorted(days | period.limits(dataset, _FACTS, first, last))


def verdict(city: City, day: date) -> Verdict:
    """The verdict of one day; the dataset of ``city`` stays as it is."""
    try:
        # A day is derived into a dataset of its own, or it would see the facts of the others.
        report = check(city.copy(), day)
    except NothingToCheckError as error:
        return Verdict({}, error.message)
    return Verdict({finding.fingerprint: finding for finding in report.findings})


def _change(day: date, before: Verdict, now: Verdict) -> Change:
    return Change(
        day,
        [now.findings[key] for key in now.findings if key not in before.findings],
        [before.findings[key] for key in before.findings if key not in now.findings],
        now.unchecked,
    )
