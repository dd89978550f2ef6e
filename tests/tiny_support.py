"""Cities of a few lines: rules in Turtle, a roster in CSV, and what is answered about them.

Nothing here is Oshu's. A test writes the rules it needs; the version in force, its provisions
(``art_1__para_1`` to ``art_9__para_3``) and the posts are given.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import NamedTuple

from tests.support import ROOT

from kitei.ask import ask, find
from kitei.city import City
from kitei.kb import KnowledgeBase
from kitei.namespaces import local_name

HOME = "https://w3id.org/kitei/id/999991"
WORK = f"{HOME}/rules"
DAY = date(2025, 6, 2)
FROM = date(2024, 4, 1)
PREFIXES = f"""
@prefix alternative: <{WORK}/2024-04-01/alternative/> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix eli: <http://data.europa.eu/eli/ontology#> .
@prefix kitei: <https://w3id.org/kitei/ns#> .
@prefix org: <http://www.w3.org/ns/org#> .
@prefix post: <{HOME}/post/> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix reading: <{WORK}/2024-04-01/reading/> .
@prefix rule: <{WORK}/2024-04-01/rule/> .
@prefix silence: <{WORK}/2024-04-01/silence/> .
@prefix text: <{WORK}/2024-04-01/> .
@prefix unit: <{HOME}/unit/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
# Local name -> label as rosters and the text write it, and how many the text can mean.
POSTS = {
    "mayor": ("市長", 1),
    "vice-mayor": ("副市長", None),
    "superintendent": ("教育長", 1),
    "director": ("総務部長", 1),
    "planner": ("企画部長", 1),
    "councillor": ("理事", None),
    "head": ("本部長", 1),
    "deputy": ("副本部長", None),
    "member": ("本部員", None),
    "leader": ("部会長", 1),
    "panellist": ("部会員", None),
}
STAFF = "職員番号,氏名,所属,職名,区分,開始日,終了日"
INCAPACITIES = "職員番号,開始日,終了日,事故の有無"
DESIGNATIONS = "職員番号,役職,根拠,代理対象,順位,指名者,指名日,終了日"


class Told(NamedTuple):
    """What is answered about a post: one row a candidate."""

    status: str
    rows: frozenset[tuple[str | None, str | None, tuple[str, ...]]]
    """Person, capacity, basis."""
    condition: str | None


def told(
    status: str,
    *persons: str,
    capacity: str | None = None,
    basis: Sequence[str] = (),
    condition: str | None = None,
) -> Told:
    """The expected answer; ``basis`` is short (``2-1``) and the same for every person."""
    eids = tuple(sorted(eid(short) for short in basis))
    return Told(status, frozenset((p, capacity, eids) for p in persons or (None,)), condition)


def eid(short: str) -> str:
    """``art_2__para_1`` for ``2-1``."""
    article, paragraph = short.split("-")
    return f"art_{article}__para_{paragraph}"


@dataclass(frozen=True)
class Tiny:
    """A regulation and the roster it is asked about."""

    rules: str
    staff: Sequence[str] = ()
    """``A1,副市長`` or a whole row of roster.csv."""
    unable: Sequence[str] = ()
    """Staff numbers, all of the time, or whole rows of incapacities.csv."""
    designations: Sequence[str] | None = None
    """Whole rows; ``None`` where the table is not given."""
    posts: str = ""
    """More posts and units, in Turtle."""
    versions: str = ""
    """Versions in Turtle, in place of the one from 2024-04-01."""
    files_as_given: Mapping[str, bytes] = field(default_factory=dict)
    """Files that take the place of those made from the rows above."""

    def city(self, folder: Path) -> City:
        """The city, with its rules written below ``folder``."""
        (folder / "tiny").mkdir(exist_ok=True)
        (folder / "tiny" / "rules.ttl").write_text(self.turtle(), encoding="utf-8")
        city = City(KnowledgeBase(ROOT, (folder / "tiny",)))
        city.read_roster_files(self.files())
        return city

    def turtle(self) -> str:
        """Everything that the city's folder holds."""
        posts = "\n".join(
            f'post:{name} a org:Post ; rdfs:label "{label}"@ja ; kitei:namedBy <{WORK}>'
            + (f" ; kitei:seats {seats}" if seats else "")
            + " ."
            for name, (label, seats) in POSTS.items()
        )
        versions = self.versions or version(FROM)
        return f"{PREFIXES}\n{versions}\n{posts}\n{self.posts}\n{self.rules}\n"

    def files(self) -> dict[str, bytes]:
        """The roster. Somebody is always on it: a roster without rows is not one."""
        staff = ["Z9,見本 番外,総務部,主事,本務,2018-04-01,", *map(_staff_row, self.staff)]
        files = {
            "roster.csv": _csv(STAFF, staff),
            "incapacities.csv": _csv(INCAPACITIES, map(_incapacity_row, self.unable)),
        }
        if self.designations is not None:
            files["designations.csv"] = _csv(DESIGNATIONS, self.designations)
        return {**files, **self.files_as_given}


def version(first: date, last: date | None = None, held: bool = True) -> str:
    """A version of the regulation in Turtle, with its provisions."""
    node = f"{WORK}/{first}"
    lines = [
        f'<{WORK}> eli:title "架空規程"@ja .',
        f'<{node}> eli:is_member_of <{WORK}> ; kitei:inForceFrom "{first}"^^xsd:date .',
    ]
    if last:
        lines.append(f'<{node}> kitei:inForceThrough "{last}"^^xsd:date .')
    if held:
        lines.append(f"<{node}> eli:is_realized_by <{node}/ja> .")
        for article in range(1, 10):
            for paragraph in range(1, 4):
                name = f"art_{article}__para_{paragraph}"
                lines.append(f'<{node}/{name}> kitei:inVersion <{node}> ; kitei:eId "{name}" .')
    return "\n".join(lines)


def ex_officio(post: str, *offices: str, source: str = "1-1", more: str = "") -> str:
    """充て職, in Turtle."""
    filled = ", ".join(f"post:{office}" for office in offices)
    return (
        f"rule:{post}-{source} a kitei:ExOfficioRule ; dcterms:source text:{eid(source)} ; "
        f"kitei:fills post:{post} {f'; kitei:byHolderOf {filled}' if filled else ''} {more} ."
    )


def designated(post: str, source: str, more: str = "") -> str:
    """指名・任命, in Turtle."""
    return (
        f"rule:{post}-{source} a kitei:DesignationRule ; dcterms:source text:{eid(source)} ; "
        f"kitei:fills post:{post} {more} ."
    )


def substitution(
    post: str, substitute: str = "", source: str = "2-1", on: str = "both", more: str = ""
) -> str:
    """職務代理, in Turtle; ``on`` is 事故 (``incapacity``), 欠けた (``vacancy``) or ``both``."""
    triggers = {
        "both": "kitei:condition-incapacity, kitei:condition-vacancy",
        "incapacity": "kitei:condition-incapacity",
        "vacancy": "kitei:condition-vacancy",
    }[on]
    by = f"; kitei:substitute post:{substitute}" if substitute else ""
    return (
        f"rule:{post}-by-{substitute or 'designation'}-{source} a kitei:SubstitutionRule ; "
        f"dcterms:source text:{eid(source)} ; kitei:principal post:{post} {by} ; "
        f"kitei:trigger {triggers} {more} ."
    )


def reading(name: str, concerns: str, asserts: str, source: str = "1-1", on: str = "") -> str:
    """A reading that adopts the alternative with these statements (``s p o`` in Turtle)."""
    statements = ", ".join(
        f"[ a rdf:Statement ; rdf:subject {s} ; rdf:predicate {p} ; rdf:object {o} ]"
        for s, p, o in (line.split() for line in asserts.splitlines() if line.strip())
    )
    said = f"; kitei:asserts {statements}" if statements else ""
    arises = f"; kitei:arisesWith {on}" if on else ""
    return (
        f"alternative:{name} a kitei:Alternative {said} .\n"
        f"reading:{name} a kitei:Reading ; dcterms:source text:{eid(source)} ; "
        f"kitei:adopts alternative:{name} ; kitei:concerns {concerns} {arises} ."
    )


def answer_of(city: City, post: str, day: date = DAY) -> Told:
    """What who-acts answers about a post. Fails where a candidate is answered twice."""
    # A dataset of its own: days asked of one dataset would be seen together.
    answers = ask(city.copy(), find("who-acts"), {"post": post}, day)
    assert answers.answers, f"no answer about {post}"
    rows, statuses, conditions = [], set(), set()
    for answer in answers.answers:
        fields = {name: value for cell in answer.cells.values() for name, value in cell[0].items()}
        capacity, basis = fields["capacity"], fields["basis"]
        assert isinstance(basis, list)
        rows.append((_text(fields["person"]), _text(capacity), tuple(sorted(basis))))
        statuses.add(str(fields["status"]))
        conditions.add(answer.row["condition"])
    assert len({person for person, _, _ in rows}) == len(rows), f"answered twice: {rows}"
    (status,), (condition,) = statuses, conditions
    short = local_name(condition).removeprefix("condition-") if condition else None
    return Told(status, frozenset(rows), short)


def norms_of(city: City, post: str, column: str, day: date = DAY) -> set[str]:
    """The readings or silences that the answers about a post name."""
    answers = ask(city.copy(), find("who-acts"), {"post": post}, day)
    return {
        local_name(norm)
        for answer in answers.answers
        for norm in (answer.row[column] or "").split()
    }


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _staff_row(row: str) -> str:
    if row.count(",") > 1:
        return row
    person, post = row.split(",")
    return f"{person},見本 {person},,{post},本務,{FROM},"


def _incapacity_row(row: str) -> str:
    return row if "," in row else f"{row},{FROM},,有"


def _csv(header: str, rows: Iterable[str]) -> bytes:
    return "\n".join([header, *rows, ""]).encode()
