"""A small city for tests about who acts, and an oracle that needs no graph.

The oracle is the table of answers (who acts when, with which status and basis) written out row by
row for the posts of the flagship. It shares nothing with the derivation but the roster.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import NamedTuple

from kitei import kb
from kitei.ask import find
from kitei.city import City
from kitei.namespaces import local_name

HELD_FROM = date(2024, 4, 1)
IN_FORCE_FROM = date(2021, 7, 1)
HOLDING = frozenset({"", "本務", "兼務", "併任", "事務取扱", "心得", "派遣", "休職", "育休"})
NOT_HOLDING = frozenset({"職務代理", "応援"})

# Local names of the posts that the text fills -> the office, how rosters write it, the provision.
OFFICES: Mapping[str, tuple[str, str]] = {
    "cdo": ("vice-mayor", "art_2__para_1"),
    "cdo-aide": ("general-affairs-head", "art_3__para_1"),
    "headquarters-head": ("dx-strategy-section-head", "art_5__para_2"),
    "headquarters-deputy-head": ("dx-strategy-section-assistant-head", "art_5__para_2"),
}
# Principal -> substitute and provision; both rules are triggered by 事故 and by 欠けた.
SUBSTITUTES: Mapping[str, tuple[str, str]] = {
    "cdo": ("cdo-aide", "art_3__para_2"),
    "headquarters-head": ("headquarters-deputy-head", "art_6__para_2"),
}
# By Reading one person each; every office but the Vice-Mayor's is a single seat anyway.
SINGLE_SEATS = frozenset({*OFFICES, *(office for office, _ in OFFICES.values())} - {"vice-mayor"})
LABELS: Mapping[str, str] = {
    "cdo": "CDO",
    "cdo-aide": "CDO補佐官",
    "headquarters-head": "本部長",
    "headquarters-deputy-head": "副本部長",
}
WRITTEN: Mapping[str, tuple[str, str]] = {
    "vice-mayor": ("", "副市長"),
    "general-affairs-head": ("総務部", "部長"),
    "dx-strategy-section-head": ("総務部行革デジタル戦略課", "課長"),
    "dx-strategy-section-assistant-head": ("総務部行革デジタル戦略課", "課長補佐"),
    # Recorded as such, which by itself makes nobody hold them: the text fills them.
    **{post: ("", label) for post, label in LABELS.items()},
}
MEMBER = "headquarters-member"
BASES: Mapping[str, str] = {"5-3": "art_5__para_3", "5-4": "art_5__para_4"}


class Service(NamedTuple):
    """A row of roster.csv."""

    person: str
    post: str
    assignment: str
    start: date
    end: date | None


class Incapacity(NamedTuple):
    """A row of incapacities.csv."""

    person: str
    start: date
    end: date | None
    mark: str


class Designation(NamedTuple):
    """A row of designations.csv that makes somebody a member of the headquarters."""

    person: str
    basis: str
    designator: str
    made: date
    end: date | None


Fact = Service | Incapacity | Designation


class Told(NamedTuple):
    """What is answered about a post on a day: each candidate with the provisions named for him."""

    status: str
    capacity: str | None
    persons: Mapping[str | None, frozenset[str]]


@dataclass(frozen=True)
class World:
    """A whole roster. Somebody is always on it: a roster without rows is not one."""

    services: Sequence[Service] = ()
    incapacities: Sequence[Incapacity] = ()
    designations: Sequence[Designation] = ()

    def files(self) -> dict[str, bytes]:
        """The roster as CSV files."""
        return {
            "roster.csv": _csv(
                "職員番号,氏名,所属,職名,区分,開始日,終了日",
                [
                    "Z001,見本 市長,,市長,本務,2018-03-20,",
                    *(
                        f"{s.person},見本 {s.person},{','.join(WRITTEN[s.post])},{s.assignment},"
                        f"{s.start},{s.end or ''}"
                        for s in self.services
                    ),
                ],
            ),
            "incapacities.csv": _csv(
                "職員番号,開始日,終了日,事故の有無",
                [f"{i.person},{i.start},{i.end or ''},{i.mark}" for i in self.incapacities],
            ),
            "designations.csv": _csv(
                "職員番号,役職,根拠,組織,指名者,指名日,終了日",
                [
                    f"{d.person},本部員,{d.basis},{'総務部総務課' if d.basis == '5-3' else ''},"
                    f"{d.designator},{d.made},{d.end or ''}"
                    for d in self.designations
                ],
            ),
        }

    def facts(self) -> list[Fact]:
        """Every row that takes part: one that ends before it starts does not."""
        rows: list[Fact] = [*self.services, *self.incapacities, *self.designations]
        return [row for row in rows if row.end is None or first_day(row) <= row.end]

    def holders(self, post: str, day: date) -> set[str]:
        """Who is in office."""
        if post in OFFICES:
            return self.holders(OFFICES[post][0], day)
        if post == MEMBER:
            return set(self._members(day))
        return {
            row.person
            for row in self._now(day)
            if isinstance(row, Service) and row.post == post and row.assignment in HOLDING
        }

    def unable(self, day: date) -> set[str]:
        """Who has a recorded 事故; a record without a mark counts, by Reading."""
        return {
            row.person for row in self._now(day) if isinstance(row, Incapacity) and row.mark != "無"
        }

    def _members(self, day: date) -> dict[str, set[str]]:
        """Designated persons whom the roster lists that day, with the provisions."""
        listed = {row.person for row in self._now(day) if isinstance(row, Service)}
        found: dict[str, set[str]] = defaultdict(set)
        for row in self._now(day):
            if isinstance(row, Designation) and row.person in listed | {"Z001"}:
                found[row.person].add(BASES[row.basis])
        return found

    def _now(self, day: date) -> list[Fact]:
        return [
            row
            for row in self.facts()
            if first_day(row) <= day and (row.end is None or day <= row.end)
        ]

    def basis(self, post: str, person: str, day: date) -> frozenset[str]:
        """The provisions by which somebody in office is there."""
        if post in OFFICES:
            return frozenset({OFFICES[post][1]})
        return frozenset(self._members(day)[person]) if post == MEMBER else frozenset()

    def expected(self, post: str, day: date) -> Told:
        """The table of answers, row by row."""
        if day < IN_FORCE_FROM:
            return nobody("NOT_IN_FORCE")
        if day < HELD_FROM:
            return nobody("TEXT_NOT_HELD")
        holders, unable = self.holders(post, day), self.unable(day)
        if holders and not holders & unable:
            return Told(
                # one, able; several and not limited | several, all able, one seat
                "ANSWER" if len(holders) == 1 or post not in SINGLE_SEATS else "AMBIGUOUS",
                "holder",
                {person: self.basis(post, person, day) for person in holders},
            )
        if holders - unable:  # several, some incapacitated
            return nobody("UNSTATED")
        if post not in SUBSTITUTES:  # none, or all incapacitated: no rule
            return nobody("UNSTATED")
        other, provision = SUBSTITUTES[post]
        return self._substituted(self.holders(other, day), unable, provision)

    def _substituted(self, substitutes: set[str], unable: set[str], provision: str) -> Told:
        able = substitutes - unable
        if not able:
            return nobody("NONE_PROVIDED", provision)
        if len(substitutes) > 1 and able != substitutes:  # some incapacitated, and no order
            return nobody("UNSTATED", provision)
        return Told(
            "ANSWER" if len(able) == 1 else "AMBIGUOUS",
            "acting",
            {person: frozenset({provision}) for person in able},
        )


def nobody(status: str, *basis: str) -> Told:
    """An answer that names nobody."""
    return Told(status, None, {None: frozenset(basis)})


def first_day(fact: Fact) -> date:
    """The day from which a row is true."""
    return fact.made if isinstance(fact, Designation) else fact.start


def change_days(world: World) -> set[date]:
    """The only days on which an answer may differ from that of the day before."""
    ends = {row.end + timedelta(days=1) for row in world.facts() if row.end is not None}
    return {first_day(row) for row in world.facts()} | ends | {HELD_FROM, IN_FORCE_FROM}


@cache
def base() -> kb.KnowledgeBase:
    """The knowledge base of the checkout."""
    return kb.find()


def city_of(world: World) -> City:
    """A city with this roster."""
    city = City(base())
    city.read_roster_files(world.files())
    return city


def answers_on(world: World, days: Iterable[date]) -> dict[tuple[str, date], Told]:
    """Everything that the derivation answers about every post on these days.

    Fails where a post has two statuses, two capacities, or the same candidate twice on one day.
    """
    view = city_of(world).days(days)
    rows: dict[tuple[str, date], list[dict[str, str | None]]] = defaultdict(list)
    for row in view.select(find("history").sparql):
        rows[local_name(row["post"] or ""), date.fromisoformat(row["date"] or "")].append(row)
    return {key: _told(found) for key, found in rows.items()}


def _told(rows: Sequence[Mapping[str, str | None]]) -> Told:
    ((status, capacity),) = {(_code(row["status"]), _code(row["capacity"])) for row in rows}
    persons = [local_name(row["person"]) if row["person"] else None for row in rows]
    assert len(set(persons)) == len(rows), f"a candidate is answered twice: {persons}"
    named = [frozenset(map(local_name, (row["basis"] or "").split())) for row in rows]
    assert status is not None
    return Told(status.upper().replace("-", "_"), capacity, dict(zip(persons, named, strict=True)))


def _code(concept: str | None) -> str | None:
    return local_name(concept).partition("-")[2] if concept else None


def _csv(header: str, rows: Sequence[str]) -> bytes:
    return "\n".join([header, *rows, ""]).encode()
