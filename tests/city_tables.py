"""The tables of a random city as rows that can be changed, and as the CSV files of a roster."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from random import Random
from typing import Any

from tests.city_law import Law, Office

from kitei.dates import in_era

HOLDING = frozenset({"本務", "兼務", "併任", "事務取扱", "心得", "派遣", "休職", "育休"})
MAIN = "本務"
Day = date
"""The type, where a field is called ``date`` as its column is."""


@dataclass
class Service:
    """A row of roster.csv. ``office`` is the label of the post that the row means, if any."""

    staff_id: str
    name: str
    organization: str
    post: str
    rank: str
    assignment: str
    start: date
    end: date | None = None
    office: str = field(default="", metadata={"told": False})

    def on(self, day: date) -> bool:
        return self.start <= day and (self.end is None or day <= self.end)


@dataclass
class Incapacity:
    staff_id: str
    start: date
    end: date | None
    incapacity: str

    def on(self, day: date) -> bool:
        return self.start <= day and (self.end is None or day <= self.end)


@dataclass
class Designation:
    staff_id: str
    role: str
    basis: str
    organization: str
    designator: str
    date: Day
    end: Day | None = None

    def on(self, day: Day) -> bool:
        return self.date <= day and (self.end is None or day <= self.end)


@dataclass
class Entry:
    """A row of organizations.csv."""

    name: str
    parent: str
    head_post: str
    authority: str
    start: date | None = None
    end: date | None = None
    formerly: str = ""


@dataclass
class Meeting:
    date: Day
    convened_on: Day | None
    convener: str
    chair: str
    attendees: list[str]
    reported_on: Day | None


@dataclass
class Decision:
    date: Day
    subject: str
    procedure: str
    submitted_by: str
    consulted_on: Day | None
    approved_on: Day | None
    organizations: list[str]
    consented_by: list[str]


@dataclass
class Town:
    """A city on a day: what its roster says, and who is competent by the generator's own lights."""

    law: Law
    day: date
    roster: list[Service] = field(default_factory=list)
    incapacities: list[Incapacity] = field(default_factory=list)
    designations: list[Designation] = field(default_factory=list)
    organizations: list[Entry] | None = None
    meetings: list[Meeting] | None = None
    decisions: list[Decision] | None = None

    def holders(self, office: str, day: date) -> set[str]:
        """Who holds an office on a day."""
        return {
            row.staff_id
            for row in self.roster
            if row.office == office and row.on(day) and row.assignment in HOLDING
        }

    def unable(self, person: str, day: date) -> bool:
        """Whether somebody is incapacitated; a record without a mark counts."""
        return any(
            row.staff_id == person and row.on(day) and row.incapacity != "無"
            for row in self.incapacities
        )

    def able(self, post: str, day: date) -> set[str]:
        """The holder of a post, unless vacant or incapacitated. At most one by construction."""
        office = self.law.ex_officio.get(post)
        holders = self.holders(office.label if office else post, day)
        return {person for person in holders if not self.unable(person, day)}

    def competent(self, post: str, day: date) -> set[str]:
        """Who performs the duties of a post: the holder, who acts, or a recorded 職務代理."""
        if found := self.able(post, day):
            return found
        if post in self.law.substitutes:
            return self.able(self.law.substitutes[post], day)
        return {
            row.staff_id
            for row in self.roster
            if row.office == post and row.on(day) and row.assignment == "職務代理"
        }

    def staff(self) -> list[Service]:
        """Rows of the day of people who are nothing else but staff."""
        busy = {row.staff_id for row in self.roster if row.office}
        busy |= {row.staff_id for row in self.designations}
        busy |= {person for row in self.meetings or () for person in row.attendees}
        return [row for row in self.roster if row.on(self.day) and row.staff_id not in busy]

    def tables(self, rng: Random) -> dict[str, bytes]:
        """The files of the roster; each day is written in one of the ways that offices have."""
        given: dict[str, Sequence[Any] | None] = {
            "roster": self.roster,
            "incapacities": self.incapacities,
            "designations": self.designations,
            "organizations": self.organizations,
            "meetings": self.meetings,
            "decisions": self.decisions,
        }
        return {
            f"{name}.csv": _written(rows, self.law.headers[name], rng)
            for name, rows in given.items()
            if rows
        }


def write_office(office: Office, rng: Random) -> tuple[str, str]:
    """所属 and 職名 of an office: the title alone, or the label as the text writes it."""
    if not office.unit:
        return "", office.title
    return office.unit, rng.choice([office.title, office.label])


def _written(rows: Sequence[Any], headers: Mapping[str, str], rng: Random) -> bytes:
    names = [f.name for f in fields(rows[0]) if f.metadata.get("told", True)]
    japanese = rng.random() < 0.7
    text = io.StringIO()
    writer = csv.writer(text, lineterminator=rng.choice(["\n", "\r\n"]))
    writer.writerow([headers[name] if japanese else name for name in names])
    writer.writerows([_cell(getattr(row, name), rng) for name in names] for row in rows)
    return text.getvalue().encode(rng.choice(["utf-8", "utf-8-sig"]))


def _cell(value: str | date | list[str] | None, rng: Random) -> str:
    if isinstance(value, list):
        return ";".join(value)
    if isinstance(value, date):
        short = f"R{value.year - 2018}.{value.month}.{value.day}"
        return rng.choice([value.isoformat(), value.isoformat(), in_era(value), short])
    return value or ""
