"""For each rule, how to breach it in a compliant city, and what else follows from that.

A seeder changes the city and says which finding that makes, which others follow, and why; or
``None`` where the city has nothing to breach. Everything is chosen from the rules' own data.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import NamedTuple

from tests.breach_ground import (
    ONE,
    appoint,
    decide,
    disable,
    in_effect,
    meeting,
    newcomer,
    plain_member,
    vacate,
)
from tests.city_tables import MAIN, Decision, Designation, Entry, Incapacity, Meeting, Town

Key = tuple[str, str]
"""Rule and focus."""


class Seeded(NamedTuple):
    """What a breach has to be found as."""

    focus: str
    follows: frozenset[Key] = frozenset()
    why: str = "nothing else depends on it"
    silenced: frozenset[str] = frozenset()
    """Focuses of remarks that the breach puts an end to."""


class Seeder(NamedTuple):
    """How a rule is breached. A quiet city has every post held by somebody able that day."""

    sow: Callable[[Town, Random], Seeded | None]
    quiet: bool


SEEDERS: dict[str, Seeder] = {}
_Sow = Callable[[Town, Random], Seeded | None]


def _breaches(rule: str, *, quiet: bool = False) -> Callable[[_Sow], _Sow]:
    def register(sow: _Sow) -> _Sow:
        SEEDERS[rule] = Seeder(sow, quiet)
        return sow

    return register


# --- posts ---------------------------------------------------------------------------------------


@_breaches("ex-officio-mismatch")
def _recorded_without_office(town: Town, rng: Random) -> Seeded:
    somebody, post = rng.choice(town.staff()), rng.choice(sorted(town.law.ex_officio))
    town.roster.append(replace(somebody, organization="", post=post, rank="", assignment="兼務"))
    return Seeded(post, why="the text fills the post, so the record makes nobody hold it")


@_breaches("post-unfilled", quiet=True)
def _nobody_in_office(town: Town, rng: Random) -> Seeded:
    substitutes = town.law.substitutes
    post = rng.choice(sorted(town.law.ex_officio))
    vacate(town, town.law.ex_officio[post])
    if post not in substitutes:
        return Seeded(post, why="its principal is able")
    vacate(town, town.law.ex_officio[substitutes[post]])
    follows = frozenset({("post-unfilled", substitutes[post])})
    return Seeded(post, follows, "with a substitute nobody would miss the holder; so both are gone")


@_breaches("post-uncovered", quiet=True)
def _nobody_able(town: Town, rng: Random) -> Seeded:
    post, substitute = rng.choice(sorted(town.law.substitutes.items()))
    disable(town, post)
    disable(town, substitute)
    follows = frozenset({("post-no-substitute", substitute)})
    return Seeded(post, follows, "nobody acts for the substitute, who is unable as well")


@_breaches("post-no-substitute", quiet=True)
def _no_rule_for_it(town: Town, rng: Random) -> Seeded:
    posts = sorted(set(town.law.ex_officio) - set(town.law.substitutes))
    post = rng.choice(posts)
    disable(town, post)
    return Seeded(post)


@_breaches("post-acting", quiet=True)
def _substitute_acts(town: Town, rng: Random) -> Seeded:
    post = rng.choice(sorted(town.law.substitutes))
    if rng.random() < 0.5:
        disable(town, post)
    else:
        vacate(town, town.law.ex_officio[post])
    return Seeded(post)


@_breaches("post-ambiguous", quiet=True)
def _two_in_office(town: Town, rng: Random) -> Seeded:
    post, office = rng.choice(sorted(town.law.ex_officio.items()))
    appoint(town, "X001", office, MAIN, rng)
    if not office.single:
        return Seeded(post)
    follows = frozenset({("roster-overlap", office.label)})
    return Seeded(post, follows, "the office heads a unit, which has one head")


@_breaches("substitute-same-person", quiet=True)
def _substitute_of_oneself(town: Town, rng: Random) -> Seeded:
    post, substitute = rng.choice(sorted(town.law.substitutes.items()))
    (person,) = town.able(substitute, town.day)
    vacate(town, town.law.ex_officio[post])
    appoint(town, person, town.law.ex_officio[post], "事務取扱", rng)
    return Seeded(post)


@_breaches("self-report", quiet=True)
def _reports_to_oneself(town: Town, rng: Random) -> Seeded:
    # The head of the body reports, the post that submits its decisions is reported to.
    reporter, told = town.law.duties["chairing"], town.law.duties["submitting"]
    (person,) = town.able(told, town.day)
    vacate(town, town.law.ex_officio[reporter])
    appoint(town, person, town.law.ex_officio[reporter], "事務取扱", rng)
    return Seeded(reporter)


@_breaches("roster-overlap")
def _two_heads(town: Town, rng: Random) -> Seeded | None:
    head = rng.choice(town.law.seats).head
    if not town.holders(head.label, town.day):
        return None
    appoint(town, "X001", head, MAIN, rng)
    return Seeded(head.label, why="designations were made before that day")


# --- seats and members ---------------------------------------------------------------------------


@_breaches("seat-missing")
def _seat_left_empty(town: Town, rng: Random) -> Seeded:
    unit = rng.choice(town.law.seats).unit
    gone = [row for row in town.designations if row.organization == unit]
    town.designations = [row for row in town.designations if row.organization != unit]
    return Seeded(unit, silenced=frozenset(row.staff_id for row in gone))


@_breaches("member-not-eligible")
def _member_transferred_or_demoted(town: Town, rng: Random) -> Seeded | None:
    member, service = plain_member(town, rng)
    if rng.random() < 0.5:
        units = [u.path for u in town.law.units if not u.path.startswith(member.organization)]
        service.start, service.end = min(service.start, town.day - ONE), town.day - ONE
        elsewhere = rng.choice([unit for unit in units if unit != member.organization])
        town.roster.append(replace(service, organization=elsewhere, start=town.day, end=None))
    else:
        titles = {office.title for office in town.law.offices.values()}
        service.post, service.rank = (
            "職員",
            rng.choice([rank for rank in town.law.not_counting if rank not in titles]),
        )
    if len(in_effect(town, member.organization)) > 1:
        return Seeded(member.staff_id, why="another member fills the seat")
    follows = frozenset({("seat-missing", member.organization)})
    return Seeded(member.staff_id, follows, "the seat has nobody else")


@_breaches("member-rank-undecided")
def _rank_left_open(town: Town, rng: Random) -> Seeded:
    member, service = plain_member(town, rng)
    titles = {office.title for office in town.law.offices.values()}
    ranks = [rank for rank in town.law.undecided if rank not in titles]
    service.post, service.rank = rng.choice([(rng.choice(ranks), ""), ("相談員", "")])
    return Seeded(member.staff_id, why="the seat counts as filled")


@_breaches("member-on-leave")
def _member_on_leave(town: Town, rng: Random) -> Seeded:
    member, service = plain_member(town, rng)
    away = rng.choice(["休職", "育休"])
    town.roster.append(replace(service, assignment=away, start=town.day))
    return Seeded(member.staff_id, why="on leave one keeps the post, and the seat is filled")


@_breaches("designator-not-competent")
def _designated_by_a_stranger(town: Town, rng: Random) -> Seeded | None:
    judged = [row for row in town.designations if row.on(town.day) and row.date >= town.law.first]
    if not judged:
        return None
    row = rng.choice(judged)
    row.designator = rng.choice(town.staff()).staff_id
    return Seeded(row.staff_id, why="the seat is filled, whoever signed")


@_breaches("designator-undetermined")
def _designator_unable(town: Town, rng: Random) -> Seeded | None:
    heads = {seat.unit: seat.head.label for seat in town.law.seats}
    judged = [
        row
        for row in town.designations
        if row.on(town.day)
        and row.date >= town.law.first
        and row.designator in town.holders(heads.get(row.organization, ""), row.date)
    ]
    consenting = {person for act in town.decisions or () for person in act.consented_by}
    judged = [row for row in judged if row.designator not in consenting]
    if not judged:
        return None
    row = rng.choice(judged)
    town.incapacities.append(Incapacity(row.designator, row.date, row.date, "有"))
    follows = frozenset(
        ("designator-undetermined", other.staff_id)
        for other in judged
        if (other.designator, other.date) == (row.designator, row.date) and other is not row
    )
    return Seeded(row.staff_id, follows, "the same head made them on the same day")


@_breaches("member-not-subject")
def _member_from_outside(town: Town, rng: Random) -> Seeded | None:
    pool = rng.choice(town.law.pools)
    day = town.day - ONE
    designators = town.competent(pool.designator, day)
    if not designators:
        return None
    if town.organizations is not None and rng.random() < 0.5:
        # Of an authority that did not issue the regulation.
        town.organizations.append(Entry("農業委員会事務局", "", "事務局長", "農業委員会"))
        town.roster.append(newcomer(town, "X001", "農業委員会事務局"))
    town.designations.append(Designation("X001", pool.role, pool.basis, "", min(designators), day))
    return Seeded("X001")


# --- acts ----------------------------------------------------------------------------------------


@_breaches("meeting-convener")
def _convened_by_a_stranger(town: Town, rng: Random) -> Seeded | None:
    held = meeting(town)
    if held is None:
        return None
    held.convener = rng.choice(town.staff()).staff_id
    return Seeded(held.date.isoformat())


@_breaches("meeting-chair")
def _chaired_by_a_stranger(town: Town, rng: Random) -> Seeded | None:
    held = meeting(town)
    if held is None:
        return None
    held.chair = rng.choice(town.staff()).staff_id
    return Seeded(held.date.isoformat())


@_breaches("meeting-not-reported")
def _not_reported(town: Town, _: Random) -> Seeded | None:
    held = meeting(town)
    if held is None:
        return None
    held.reported_on = None
    return Seeded(held.date.isoformat())


@_breaches("decision-submitter")
def _submitted_by_a_stranger(town: Town, rng: Random) -> Seeded:
    submitter = rng.choice(["", rng.choice(town.staff()).staff_id])
    day = town.day - ONE
    decide(town, Decision(day, "X案", town.law.council, submitter, None, day, [], []))
    return Seeded("X案")


@_breaches("decision-not-approved")
def _not_approved(town: Town, rng: Random) -> Seeded | None:
    day, law = town.day - ONE, town.law
    submitters = town.competent(law.duties["submitting"], day)
    if not submitters:
        return None
    approved = rng.choice([None, town.day])
    unit = rng.choice(law.seats).unit
    kinds = [
        Decision(day, "X案", law.council, min(submitters), None, approved, [], []),
        Decision(day, "X案", law.consent, "", day, day, [], [rng.choice(town.staff()).staff_id]),
        Decision(day, "X案", law.consent, "", day, day, [unit], []),
    ]
    decide(town, rng.choice(kinds))
    return Seeded("X案")


@_breaches("decision-consent-by-other")
def _consent_by_another(town: Town, rng: Random) -> Seeded:
    unit, day = rng.choice(town.law.seats).unit, town.day - ONE
    town.roster.append(newcomer(town, "X001", unit))
    decide(town, Decision(day, "X案", town.law.consent, "", None, day, [unit], ["X001"]))
    return Seeded("X案", why="somebody of the organisation consented, which is enough by Reading")


@_breaches("act-not-judged")
def _before_the_text(town: Town, rng: Random) -> Seeded:
    day = town.law.first - timedelta(days=rng.randint(400, 900))
    stranger = rng.choice(town.staff()).staff_id
    if rng.random() < 0.5:
        town.meetings = [*(town.meetings or ()), Meeting(day, None, stranger, stranger, [], None)]
        return Seeded(day.isoformat())
    decide(town, Decision(day, "X案", town.law.council, "", None, None, [], []))
    return Seeded("X案")


# --- the chart -----------------------------------------------------------------------------------


@_breaches("organization-unknown")
def _unit_abolished(town: Town, rng: Random) -> Seeded | None:
    if town.organizations is None:
        return None
    path = rng.choice(town.law.seats).unit
    leaf = next(unit.leaf for unit in town.law.units if unit.path == path)
    town.organizations = [entry for entry in town.organizations if entry.name != leaf]
    follows = frozenset({("roster-near-miss", path)})
    return Seeded(path, follows, "the roster goes on naming a unit that its own chart lacks")


@_breaches("post-unknown")
def _title_changed(town: Town, rng: Random) -> Seeded | None:
    if town.organizations is None:
        return None
    offices = [office for office in town.law.ex_officio.values() if office.single]
    office = rng.choice(sorted(offices))
    leaf = next(unit.leaf for unit in town.law.units if unit.path == office.unit)
    for entry in town.organizations:
        if entry.name == leaf:
            entry.head_post = "局長"
    return Seeded(office.label, why="the roster still writes the title of the text")


# --- the roster itself ---------------------------------------------------------------------------


@_breaches("roster-dates")
def _ends_before_it_starts(town: Town, rng: Random) -> Seeded:
    row = rng.choice(town.staff())
    town.roster.append(replace(row, assignment="兼務", end=row.start - ONE))
    return Seeded(row.staff_id, why="the row takes no part")


@_breaches("roster-duplicate")
def _written_twice(town: Town, rng: Random) -> Seeded:
    row = rng.choice(town.staff())
    town.roster.append(replace(row))
    return Seeded(row.staff_id, why="the second copy takes no part")


@_breaches("roster-near-miss")
def _written_otherwise(town: Town, rng: Random) -> Seeded:
    leaves = {unit.path: unit.leaf for unit in town.law.units}
    forms = [
        (seat.unit, form)
        for seat in town.law.seats
        for form in (
            leaves[seat.unit],
            *(seat.unit.replace(common, variant) for common, variant in town.law.variants),
        )
        if form != seat.unit
    ]
    path, written = rng.choice(forms)
    town.roster.append(newcomer(town, "X001", written))
    return Seeded(path)


@_breaches("roster-primary-post")
def _two_principal_posts(town: Town, rng: Random) -> Seeded:
    row = rng.choice([row for row in town.staff() if row.assignment == MAIN])
    elsewhere = [unit.path for unit in town.law.units if unit.path != row.organization]
    town.roster.append(replace(row, organization=rng.choice(elsewhere)))
    return Seeded(row.staff_id)


@_breaches("roster-assignment")
def _unknown_assignment(town: Town, rng: Random) -> Seeded:
    row = rng.choice([row for row in town.staff() if row.assignment == MAIN])
    town.roster.append(replace(row, assignment="応援"))
    return Seeded(row.staff_id, why="the person has a principal post besides")


@_breaches("roster-unreadable")
def _unknown_basis(town: Town, rng: Random) -> Seeded:
    row = rng.choice(town.designations)
    town.designations.append(replace(row, staff_id="X001", basis="99-9"))
    # Row 1 is the header.
    return Seeded(f"designations.csv:{len(town.designations) + 1}", why="the row takes no part")
