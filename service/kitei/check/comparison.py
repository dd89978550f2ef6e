"""What changes when one roster takes the place of another: findings, who acts, days without."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from kitei.ask import Answer, ask, find
from kitei.ask.labels import Labels
from kitei.check.checking import SEVERITIES, Report, check
from kitei.check.finding import Finding
from kitei.city import City
from kitei.dates import ONE_DAY, require_period
from kitei.errors import Bilingual


class Acting(NamedTuple):
    """Who performs the duties of a post: a status, and whom it names."""

    status: str
    persons: tuple[tuple[str | None, str], ...]
    """Capacity (``holder``, ``acting``) and staff number of each, sorted."""
    basis: tuple[str, ...]
    """eIds of the provisions, sorted."""


class PostChange(NamedTuple):
    """A post that the text fills whose answer changes; ``None`` where it has none."""

    post: Bilingual
    old: Acting | None
    new: Acting | None


class Gap(NamedTuple):
    """Days, both ends included, in which nobody is settled to perform the duties of a post."""

    post: Bilingual | None
    """``None`` where no text is held or in force, so that no post can be asked about."""
    first: date
    last: date
    status: str | None = None
    condition: str | None = None


class Comparison(NamedTuple):
    """A new roster against an old one."""

    as_of: date
    until: date
    fail_on: str
    old: Report
    new: Report
    appeared: Sequence[Finding]
    vanished: Sequence[Finding]
    stayed: Sequence[Finding]
    posts: Sequence[PostChange]
    gaps: Sequence[Gap]
    """Of the new roster, from ``as_of`` to ``until``."""
    opened: Sequence[Gap]
    """Days that are gaps only in the new roster."""
    closed: Sequence[Gap]
    """Days that are gaps only in the old roster."""

    @property
    def passes(self) -> bool:
        """No finding at or above ``fail_on`` that was not there before."""
        limit = SEVERITIES.index(self.fail_on)
        return all(SEVERITIES.index(finding.severity) < limit for finding in self.appeared)

    def judged_now(self, finding: Finding) -> bool:
        """Whether the new roster has the table that the rule of a vanished finding needs."""
        return finding.rule not in self.new.not_judged

    def judged_before(self, finding: Finding) -> bool:
        """Whether the old roster had the table that the rule of a new finding needs."""
        return finding.rule not in self.old.not_judged


def compare(
    new: City, old: City, day: date, until: date | None = None, fail_on: str = "violation"
) -> Comparison:
    """Compare two rosters of one city on ``day``, and the gaps up to ``until`` (default: that day).

    Raises what ``check`` raises, and ``UsageError`` when ``until`` lies before ``day``.
    """
    last = until or day
    require_period(day, last)
    # Days are derived into datasets of their own, or they would see each other's facts.
    reports = [check(city.copy(), day, fail_on) for city in (old, new)]
    appeared, vanished, stayed = differences(*reports)
    gaps = [_gaps(city.copy(), day, last) for city in (old, new)]
    return Comparison(
        as_of=day,
        until=last,
        fail_on=fail_on,
        old=reports[0],
        new=reports[1],
        appeared=appeared,
        vanished=vanished,
        stayed=stayed,
        posts=_post_changes(*(_acting(city.copy(), day) for city in (old, new))),
        gaps=gaps[1],
        opened=_beyond(gaps[1], gaps[0]),
        closed=_beyond(gaps[0], gaps[1]),
    )


def differences(old: Report, new: Report) -> tuple[list[Finding], list[Finding], list[Finding]]:
    """The findings that appear, vanish and stay from one report to the next."""
    before, after = ({f.fingerprint for f in report.findings} for report in (old, new))
    return (
        [f for f in new.findings if f.fingerprint not in before],
        [f for f in old.findings if f.fingerprint not in after],
        [f for f in new.findings if f.fingerprint in before],
    )


def _acting(city: City, day: date) -> dict[Bilingual, Acting]:
    """For each post that the text fills: who acts."""
    answers = ask(city, find("who-acts"), {}, day)
    rows: dict[Bilingual, list[dict[str, object]]] = defaultdict(list)
    labels = Labels(city.dataset)
    for answer in answers.answers:
        fields: dict[str, object] = {}
        for cell in answer.cells.values():
            fields |= cell.fields
        rows[labels.label(answer.row["post"] or "")].append(fields)
    return {post: _one(found) for post, found in rows.items()}


def _one(rows: Sequence[dict[str, object]]) -> Acting:
    persons = {
        (str(row["capacity"]) if row["capacity"] else None, str(row["person"]))
        for row in rows
        if row["person"]
    }
    basis = {str(eid) for row in rows for eid in _listed(row["basis"])}
    return Acting(
        str(rows[0]["status"]),
        tuple(sorted(persons, key=lambda person: (person[0] or "", person[1]))),
        tuple(sorted(basis)),
    )


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _post_changes(old: dict[Bilingual, Acting], new: dict[Bilingual, Acting]) -> list[PostChange]:
    return [
        PostChange(post, old.get(post), new.get(post))
        for post in sorted({*old, *new})
        if old.get(post) != new.get(post)
    ]


def _gaps(city: City, first: date, last: date) -> list[Gap]:
    answers = ask(city, find("cover-gaps"), {}, last, first)
    return sorted(map(_gap, answers.answers), key=_order)


def _gap(answer: Answer) -> Gap:
    cells = answer.cells
    post = cells["post"].shown
    return Gap(
        post if post.ja else None,
        date.fromisoformat(str(cells["from"].fields["from"])),
        date.fromisoformat(str(cells["through"].fields["through"])),
        str(cells["status"].fields["status"]),
        str(cells["condition"].fields["condition"]) if cells["condition"].shown.ja else None,
    )


def _beyond(gaps: Iterable[Gap], others: Iterable[Gap]) -> list[Gap]:
    """The days of ``gaps`` that are not days of ``others``, post by post, as periods."""
    covered: dict[Bilingual | None, set[date]] = defaultdict(set)
    for gap in others:
        covered[gap.post].update(_days(gap))
    left: dict[Bilingual | None, set[date]] = defaultdict(set)
    for gap in gaps:
        left[gap.post].update(day for day in _days(gap) if day not in covered[gap.post])
    return sorted(
        (Gap(post, first, last) for post, days in left.items() for first, last in _periods(days)),
        key=_order,
    )


def _order(gap: Gap) -> tuple[date, Bilingual, date]:
    return (gap.first, gap.post or Bilingual("", ""), gap.last)


def _days(gap: Gap) -> Iterable[date]:
    length = (gap.last - gap.first).days + 1
    return (gap.first + timedelta(days=number) for number in range(length))


def _periods(days: Iterable[date]) -> list[tuple[date, date]]:
    periods: list[tuple[date, date]] = []
    for day in sorted(days):
        if periods and periods[-1][1] + ONE_DAY == day:
            periods[-1] = (periods[-1][0], day)
        else:
            periods.append((day, day))
    return periods
