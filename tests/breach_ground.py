"""What seeders of breaches do to a city: empty an office, disable somebody, hold a meeting."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from tests.city_law import Office
from tests.city_tables import (
    MAIN,
    Decision,
    Designation,
    Incapacity,
    Meeting,
    Service,
    Town,
    write_office,
)

ONE = timedelta(days=1)


def vacate(town: Town, office: Office) -> None:
    """Whoever holds the office leaves the city the day before."""
    holders = town.holders(office.label, town.day)
    for row in town.roster:
        if row.staff_id in holders and row.on(town.day):
            row.end = town.day - ONE
    town.roster = [row for row in town.roster if row.end is None or row.start <= row.end]


def disable(town: Town, post: str) -> None:
    """Whoever holds the post is unable on the day of the check, and on no other."""
    for person in town.able(post, town.day):
        town.incapacities.append(Incapacity(person, town.day, town.day, "有"))


def appoint(town: Town, person: str, office: Office, kind: str, rng: Random) -> None:
    """Somebody takes an office on the day of the check."""
    names = [row.name for row in town.roster if row.staff_id == person]
    unit, title = write_office(office, rng)
    name = names[0] if names else "見本 新任"
    town.roster.append(Service(person, name, unit, title, "", kind, town.day, None, office.label))


def newcomer(town: Town, person: str, unit: str) -> Service:
    """A member of the staff, in no post of the text, who has been there all along."""
    return Service(person, "見本 新人", unit, "主事", "", MAIN, town.law.first - ONE)


def in_effect(town: Town, unit: str) -> list[Designation]:
    return [row for row in town.designations if row.organization == unit and row.on(town.day)]


def plain_member(town: Town, rng: Random) -> tuple[Designation, Service]:
    """A member of a seat with one row on the roster."""
    pairs = [
        (member, services[0])
        for seat in town.law.seats
        for member in in_effect(town, seat.unit)
        if len(services := [r for r in town.roster if r.staff_id == member.staff_id]) == 1
    ]
    return rng.choice(pairs)


def meeting(town: Town) -> Meeting | None:
    """A further meeting in order, on a day of its own."""
    taken = {held.date for held in town.meetings or ()}
    for back in range(1, 30):
        day: date = town.day - back * ONE
        conveners = town.competent(town.law.duties["convening"], day)
        chairs = town.competent(town.law.duties["chairing"], day)
        if conveners and chairs and day not in taken:
            found = Meeting(day, None, min(conveners), min(chairs), [], day)
            town.meetings = [*(town.meetings or ()), found]
            return found
    return None


def decide(town: Town, decision: Decision) -> None:
    town.decisions = [*(town.decisions or ()), decision]
