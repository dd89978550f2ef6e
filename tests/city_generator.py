"""Random cities that comply: nothing above a remark can be said of them.

A city is drawn from a seed by the rules' own data (``city_law``). Who is competent on a day is
decided by ``Town``, a few lines that share nothing with the derivation.
"""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from tests.city_law import Law, Office, Unit, base
from tests.city_tables import (
    HOLDING,
    MAIN,
    Decision,
    Designation,
    Entry,
    Incapacity,
    Meeting,
    Service,
    Town,
    write_office,
)

from kitei.check import Report, check

ONE = timedelta(days=1)
# Surnames that a careless reader breaks: outside the basic plane, compatibility characters,
# variation selectors, half-width kana, an apostrophe, a comma.
SURNAMES = (
    "見本",
    "髙橋",
    "山﨑",
    "𠮷野",
    "葛\U000e0100城",
    "ミホン",
    "O'Mihon",
    "見,本",
    "見\u3000本",
)
STRANGE_UNITS = (("水道部", "経営課"), ("議会事務局", ""), ("消防本部", "予防課"))
OLD = date(2020, 4, 1)


def town(law: Law, seed: int, *, quiet: bool = False) -> Town:
    """The compliant city of a seed. A quiet one has every post held by somebody able that day."""
    return _Builder(law, Random(seed), quiet).town  # noqa: S311


def checked(city: Town, seed: int) -> Report:
    """The check of a city, whose files are written as the seed has it."""
    copy = base().copy()
    copy.read_roster_files(city.tables(Random(seed)))  # noqa: S311
    return check(copy, city.day)


class _Builder:
    """Draws a city step by step: people, then what they were unable to do, then what they did."""

    def __init__(self, law: Law, rng: Random, quiet: bool) -> None:
        self.law, self.rng, self.quiet = law, rng, quiet
        self.town = Town(law, law.first + timedelta(days=rng.randint(60, 900)))
        self._number = rng.randint(1, 800)
        self._offices()
        self._noise()
        self._seat_heads()
        self._incapacities()
        self._seats()
        self._pools()
        if rng.random() < 0.6:
            self._meetings()
        if rng.random() < 0.6:
            self._decisions()
        if rng.random() < 0.4:
            self._chart()
        if rng.random() < 0.5:
            self._shuffle()

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def person(self) -> tuple[str, str]:
        self._number += 1
        return f"S{self._number:04}", f"{self.rng.choice(SURNAMES)} {self._number}郎"

    def between(self, first: date, last: date) -> date:
        return first + timedelta(days=self.rng.randint(0, (last - first).days))

    def act_day(self) -> date:
        """A day that the held text covers, before the day of the check."""
        return self.between(self.law.first, self.town.day - ONE)

    # --- who there is ---------------------------------------------------------------------------

    def _offices(self) -> None:
        offices = dict(self.law.ex_officio)
        for pool in self.law.pools:
            if pool.designator not in offices:
                offices[pool.designator] = self.law.offices[pool.designator]
        doubled = self._doubled()
        for post, office in offices.items():
            if post != doubled[1]:
                self._fill(office)
        if doubled[1]:
            (first,) = (r for r in self.town.roster if self._in_office(r, doubled[0]))
            kind = self.rng.choice(["兼務", "併任", "事務取扱", "心得"])
            self._serve((first.staff_id, first.name), offices[doubled[1]], kind, OLD, None)

    def _doubled(self) -> tuple[str, str]:
        """Two posts of one person now and then, but never principal and substitute."""
        if self.quiet or not self.chance(0.15):
            return "", ""
        one, other = self.rng.sample(sorted(self.law.ex_officio), 2)
        pairs = self.law.substitutes.items()
        return ("", "") if (one, other) in pairs or (other, one) in pairs else (one, other)

    def _in_office(self, row: Service, post: str) -> bool:
        office = self.law.ex_officio[post].label
        return row.office == office and row.end is None

    def _serve(
        self, who: tuple[str, str], office: Office, kind: str, start: date, end: date | None
    ) -> None:
        unit, title = write_office(office, self.rng)
        self.town.roster.append(Service(*who, unit, title, "", kind, start, end, office.label))

    def _fill(self, office: Office) -> None:
        """One holder after another, without a gap."""
        who, start = self.person(), OLD
        if self.chance(0.3):
            handover = self.between(self.law.first, self.town.day)
            self._serve(who, office, MAIN, start, handover - ONE)
            if self.chance(0.5):
                # Transferred: the person goes on elsewhere.
                self._staff(who, self.rng.choice(self.law.units), handover)
            who, start = self.person(), handover
        self._serve(who, office, MAIN, start, None)

    def _staff(self, who: tuple[str, str], unit: Unit, start: date) -> None:
        rank = self.rng.choice([*self.law.counting, *self._plain_ranks()])
        self.town.roster.append(Service(*who, unit.path, rank, "", MAIN, start))

    def _plain_ranks(self) -> list[str]:
        """Ranks that are no title of an office of the text."""
        titles = {office.title for office in self.law.offices.values()}
        return [r for r in (*self.law.not_counting, *self.law.undecided) if r not in titles]

    def _noise(self) -> None:
        for _ in range(self.rng.randint(4, 9)):
            self._staff(self.person(), self.rng.choice(self.law.units), self._early())
        for department, section in STRANGE_UNITS:
            if self.chance(0.3):
                place = self.rng.choice([f"{department}{section}", f"{department} {section}"])
                rank = self.rng.choice(self._plain_ranks())
                row = Service(*self.person(), place, rank, "", MAIN, self._early())
                self.town.roster.append(row)
        if self.chance(0.4):
            somebody = self.rng.choice(self.town.staff())
            unit = self.rng.choice(self.law.units).path
            rank = self.rng.choice(self._plain_ranks())
            self.town.roster.append(
                Service(somebody.staff_id, somebody.name, unit, rank, "", "兼務", self._early())
            )

    def _early(self) -> date:
        return self.between(OLD, self.town.day)

    def _seat_heads(self) -> None:
        for seat in self.law.seats:
            self._fill(seat.head)
            if self.chance(0.1):
                self._gap(seat.head)

    def _gap(self, office: Office) -> None:
        """The office was vacant for a while, and a substitute is recorded for that while."""
        row = next(r for r in self.town.roster if r.office == office.label and r.end is None)
        last = self.between(self.law.first + ONE, self.town.day - ONE)
        if row.start > self.law.first:
            return
        self._serve(self.person(), office, MAIN, row.start, self.law.first)
        row.start = last + ONE
        deputy = self.person()
        self.town.roster.append(Service(*deputy, office.unit, "主幹", "", MAIN, OLD))
        self._serve(deputy, office, "職務代理", self.law.first + ONE, last)

    # --- who was unable --------------------------------------------------------------------------

    def _incapacities(self) -> None:
        offices = {office.label for office in self.law.ex_officio.values()}
        offices |= {seat.head.label for seat in self.law.seats}
        for row in list(self.town.roster):
            if row.office in offices and row.assignment in HOLDING and self.chance(0.2):
                self._unable(row.staff_id)
        for principal, substitute in self.law.substitutes.items():
            if self.quiet or not self.chance(0.2) or principal in self.law.substitutes.values():
                continue
            office = self.law.ex_officio[principal].label
            doubled = any(
                row.staff_id in self.town.holders(office, self.town.day) and row.office != office
                for row in self.town.roster
            )
            if self.town.able(substitute, self.town.day) and not doubled:
                self._vacate(office)
        self._keep_somebody()

    def _unable(self, person: str) -> None:
        start = self.between(self.law.first, self.town.day)
        end = self.rng.choice([None, start + timedelta(days=self.rng.randint(0, 60))])
        if self.quiet and (end is None or end >= self.town.day):
            start, end = min(start, self.town.day - 2 * ONE), self.town.day - 2 * ONE
        mark = self.rng.choice(["有", "有", "", "無"])
        self.town.incapacities.append(Incapacity(person, start, end, mark))

    def _vacate(self, office: str) -> None:
        for row in self.town.roster:
            if row.office == office and row.on(self.town.day):
                first = max(row.start, self.town.day - 20 * ONE)
                row.end = self.between(first, self.town.day) - ONE
        self.town.roster = [r for r in self.town.roster if r.end is None or r.start <= r.end]

    def _keep_somebody(self) -> None:
        """Where principal and substitute are both out that day, nobody is unable after all."""
        day = self.town.day
        for principal in self.law.substitutes:
            if not self.town.competent(principal, day):
                posts = (principal, self.law.substitutes[principal])
                out = {
                    person
                    for post in posts
                    for person in self.town.holders(self.law.ex_officio[post].label, day)
                }
                self.town.incapacities = [
                    row
                    for row in self.town.incapacities
                    if row.staff_id not in out or not row.on(day)
                ]

    # --- what they did ---------------------------------------------------------------------------

    def _made(self, post: str) -> tuple[date, str]:
        """A day and whoever was competent on it; now and then a day before the text."""
        for _ in range(40 if self.chance(0.9) else 0):
            day = self.act_day()
            if found := sorted(self.town.competent(post, day)):
                return day, self.rng.choice(found)
        return self.between(OLD, self.law.first - ONE), self.rng.choice(self.town.roster).staff_id

    def _seats(self) -> None:
        law, rng = self.law, self.rng
        for seat in law.seats:
            for _ in range(2 if self.chance(0.15) else 1):
                who, unit = self.person(), seat.unit
                if self.chance(0.3):
                    unit = rng.choice([f"{unit}総合係", f"{unit} 総合係", f"{unit}第一班"])
                post, rank = rng.choice(law.counting), ""
                if self.chance(0.2):
                    post, rank = "リーダー", post
                start = self._early()
                kept = Service(*who, unit, post, rank, MAIN, start)
                self.town.roster.append(kept)
                if not self.quiet and self.chance(0.06):
                    self._on_leave(kept)
                self._designate(who[0], law.seat_role, law.seat_basis, seat.unit, seat.head.label)
            if self.chance(0.15):
                self._former(seat.unit, seat.head.label)

    def _on_leave(self, row: Service) -> None:
        away = self.rng.choice(["休職", "育休"])
        self.town.roster.append(
            Service(
                row.staff_id, row.name, row.organization, row.post, row.rank, away, self.town.day
            )
        )

    def _designate(self, person: str, role: str, basis: str, unit: str, post: str) -> Designation:
        day, designator = self._made(post)
        row = Designation(person, role, basis, unit, designator, day)
        self.town.designations.append(row)
        return row

    def _former(self, unit: str, head: str) -> None:
        """A member who has left, and whose designation has ended."""
        who, law = self.person(), self.law
        row = self._designate(who[0], law.seat_role, law.seat_basis, unit, head)
        row.end = self.between(row.date, self.town.day - ONE)
        rank = self.rng.choice(law.counting)
        self.town.roster.append(Service(*who, unit, rank, "", MAIN, OLD, row.end))

    def _pools(self) -> None:
        authority = {unit.path: unit.authority for unit in self.law.units}
        for pool in self.law.pools:
            for _ in range(self.rng.randint(0, 2)):
                able = [
                    row
                    for row in self.town.staff()
                    if authority.get(row.organization) in self.law.issuers
                ]
                if able:
                    member = self.rng.choice(able)
                    self._designate(member.staff_id, pool.role, pool.basis, "", pool.designator)

    def _meetings(self) -> None:
        convening, chairing = self.law.duties["convening"], self.law.duties["chairing"]
        days = sorted({self.act_day() for _ in range(self.rng.randint(1, 4))})
        rows = []
        for day in days:
            called = self.between(max(self.law.first, day - 20 * ONE), day)
            conveners = self.town.competent(convening, called)
            chairs = self.town.competent(chairing, day)
            if not conveners or not chairs:
                continue
            attendees = [row.staff_id for row in self.town.designations if self.chance(0.5)]
            written = None if called == day and self.chance(0.5) else called
            reported = self.between(day, self.town.day)
            rows.append(Meeting(day, written, min(conveners), min(chairs), attendees, reported))
        if self.chance(0.3):
            day = self.law.first - timedelta(days=self.rng.randint(1, 300))
            somebody = self.rng.choice(self.town.roster).staff_id
            rows.append(Meeting(day, None, somebody, somebody, [], None))
        self.town.meetings = rows

    def _decisions(self) -> None:
        rows = []
        for number in range(self.rng.randint(1, 4)):
            day = self.act_day()
            approved = self.between(max(self.law.first, day - 20 * ONE), day)
            subject = f"{self.rng.choice(['方針', '施策', '=計画', '髙度化'])}第{number}号"
            submitters = self.town.competent(self.law.duties["submitting"], day)
            if self.chance(0.6):
                if submitters:
                    council = self.law.council
                    rows.append(
                        Decision(day, subject, council, min(submitters), None, approved, [], [])
                    )
            elif consent := self._consent(day, subject, approved):
                rows.append(consent)
        self.town.decisions = rows

    def _consent(self, day: date, subject: str, approved: date) -> Decision | None:
        """A decision that rests on the consent of heads, or now and then of somebody else."""
        seats = self.rng.sample(self.law.seats, self.rng.randint(1, 3))
        consulted = self.rng.choice([None, approved])
        # Approval is recorded here, so that the day of consent is that of consulting or approving.
        tested = consulted or approved
        consenting = []
        for seat in seats:
            others = [
                row.staff_id
                for row in self.town.roster
                if row.organization == seat.unit and row.on(tested) and not row.office
            ]
            heads = sorted(self.town.competent(seat.head.label, tested))
            if not heads and not others:
                return None
            consenting.append(heads[0] if heads and self.chance(0.9) else (others or heads)[0])
        units = [seat.unit for seat in seats]
        return Decision(day, subject, self.law.consent, "", consulted, approved, units, consenting)

    def _chart(self) -> None:
        self.town.organizations = [
            Entry(
                unit.leaf,
                unit.above,
                unit.head.title if unit.head else "",
                unit.authority,
                self.rng.choice([None, OLD]),
            )
            for unit in self.law.units
        ]

    def _shuffle(self) -> None:
        for rows in (self.town.roster, self.town.incapacities, self.town.designations):
            self.rng.shuffle(rows)
        for more in (self.town.organizations, self.town.meetings, self.town.decisions):
            if more:
                self.rng.shuffle(more)
