"""What a generator of cities has to know of a regulation, read from the dataset."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import NamedTuple

from kitei.city import City, DayView
from kitei.kb import find
from kitei.store import Row

PREFIXES = """
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX kitei: <https://w3id.org/kitei/ns#>
PREFIX org: <http://www.w3.org/ns/org#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
"""
_FIRST = """SELECT ?day WHERE {
  ?norm a kitei:DesignationRule ; dcterms:source/kitei:inVersion ?version .
  ?version <http://data.europa.eu/eli/ontology#first_date_entry_in_force> ?day
}"""
_UNITS = """SELECT ?path ?above ?title ?head ?authority WHERE {
  ?unit a org:OrganizationalUnit ; kitei:path ?path ; kitei:authority/rdfs:label ?authority .
  FILTER(LANG(?authority) = "ja")
  OPTIONAL { ?unit org:unitOf/kitei:path ?above }
  OPTIONAL {
    ?unit kitei:headPost ?post . ?post kitei:title ?title ; rdfs:label ?head .
    FILTER(LANG(?head) = "ja")
  }
} ORDER BY ?path"""
_OFFICES = """SELECT ?label ?path ?title ?single WHERE {
  ?office kitei:title ?title ; rdfs:label ?label . FILTER(LANG(?label) = "ja")
  OPTIONAL { ?office org:postIn/kitei:path ?path }
  BIND(EXISTS { ?unit kitei:headPost ?office } AS ?single)
} ORDER BY ?label"""
_EX_OFFICIO = """SELECT ?post ?office WHERE {
  ?rule kitei:fills/rdfs:label ?post ; kitei:byHolderOf/rdfs:label ?office .
  FILTER(LANG(?post) = "ja" && LANG(?office) = "ja")
} ORDER BY ?post"""
_SUBSTITUTES = """SELECT ?principal ?substitute WHERE {
  ?rule a kitei:SubstitutionRule ; kitei:principal/rdfs:label ?principal ;
    kitei:substitute/rdfs:label ?substitute .
  FILTER(LANG(?principal) = "ja" && LANG(?substitute) = "ja")
} ORDER BY ?principal"""
_SEATS = """SELECT ?path ?eid ?role WHERE {
  ?seat a kitei:Seat ; kitei:unit/kitei:path ?path ; kitei:inRule ?rule ; kitei:order ?order .
  ?rule dcterms:source/kitei:eId ?eid ; kitei:fills/rdfs:label ?role . FILTER(LANG(?role) = "ja")
} ORDER BY ?order"""
_POOLS = """SELECT ?eid ?role ?designator WHERE {
  ?rule kitei:pool kitei:pool-subject-staff ; dcterms:source/kitei:eId ?eid ;
    kitei:fills/rdfs:label ?role ; kitei:designator/rdfs:label ?designator .
  FILTER(LANG(?role) = "ja" && LANG(?designator) = "ja")
} ORDER BY ?eid"""
_DUTIES = """SELECT ?duty ?post WHERE {
  { ?rule kitei:activity kitei:activity-convening ; kitei:holder ?who BIND("convening" AS ?duty) }
  UNION
  { ?rule kitei:activity kitei:activity-chairing ; kitei:holder ?who BIND("chairing" AS ?duty) }
  UNION { ?rule a kitei:ApprovalRule ; kitei:submitter ?who BIND("submitting" AS ?duty) }
  ?who rdfs:label ?post . FILTER(LANG(?post) = "ja")
}"""
_STANDINGS = """SELECT ?rank ?standing WHERE {
  ?node kitei:rank ?concept ; kitei:standing ?standing .
  ?concept skos:prefLabel ?rank . FILTER(LANG(?rank) = "ja")
} ORDER BY ?rank"""
_RANKS = """SELECT ?rank WHERE {
  ?concept skos:inScheme kitei:ranks ; skos:prefLabel ?rank . FILTER(LANG(?rank) = "ja")
} ORDER BY ?rank"""
_VARIANTS = """SELECT ?common ?variant WHERE {
  ?concept skos:inScheme kitei:variant-characters ;
    skos:prefLabel ?common ; skos:altLabel ?variant .
  FILTER(LANG(?common) = "ja")
} ORDER BY ?common ?variant"""
_ISSUERS = """SELECT ?label WHERE {
  ?day kitei:issuer/rdfs:label ?label . FILTER(LANG(?label) = "ja")
} ORDER BY ?label"""


class Office(NamedTuple):
    """A post as a roster writes it."""

    label: str
    unit: str
    title: str
    single: bool
    """It heads a unit, so that two holders at once are too many."""


class Unit(NamedTuple):
    """A unit of the chart; ``above`` only where the path begins with it."""

    path: str
    above: str
    head: Office | None
    authority: str

    @property
    def leaf(self) -> str:
        return self.path.removeprefix(self.above)


class Seat(NamedTuple):
    """An organisation that has to supply a member, and who designates that member."""

    unit: str
    head: Office


class Pool(NamedTuple):
    """A rule by which members are taken from all of the staff."""

    basis: str
    role: str
    designator: str


class Law(NamedTuple):
    """The regulation. Posts are named by their Japanese labels."""

    first: date
    """The first day of the text that is held."""
    ex_officio: Mapping[str, Office]
    substitutes: Mapping[str, str]
    seats: tuple[Seat, ...]
    seat_basis: str
    seat_role: str
    pools: tuple[Pool, ...]
    duties: Mapping[str, str]
    """``convening``, ``chairing`` and ``submitting`` -> post."""
    offices: Mapping[str, Office]
    units: tuple[Unit, ...]
    issuers: frozenset[str]
    counting: tuple[str, ...]
    """Ranks that a member of a seat may have; those that do not count; and all others."""
    not_counting: tuple[str, ...]
    undecided: tuple[str, ...]
    variants: tuple[tuple[str, str], ...]
    """A character and one of its variants."""
    council: str
    consent: str
    headers: Mapping[str, Mapping[str, str]]
    """Table -> field -> Japanese header."""


@cache
def base() -> City:
    """The city without a roster. Take a copy before a roster is read into it."""
    return City(find())


@cache
def law() -> Law:
    """The regulation of that city."""
    city = base()
    versions = [row["day"] or "" for row in _select(city.copy(), _FIRST)]
    first = date.fromisoformat(max(versions))
    view = city.copy().day(first)
    offices = {row["label"] or "": _office(row) for row in _rows(view, _OFFICES)}
    units = tuple(_unit(row, offices) for row in _rows(view, _UNITS))
    heads = {unit.path: unit.head for unit in units}
    bases = {basis.eid: short for short, basis in city.lexicon.bases.items()}
    seats = _rows(view, _SEATS)
    standings = {row["rank"] or "": row["standing"] or "" for row in _rows(view, _STANDINGS)}
    ranks = [row["rank"] or "" for row in _rows(view, _RANKS)]
    procedures = {iri.rsplit("#", 1)[-1]: label for label, iri in city.lexicon.procedures.items()}
    return Law(
        first=first,
        ex_officio={r["post"] or "": offices[r["office"] or ""] for r in _rows(view, _EX_OFFICIO)},
        substitutes={
            row["principal"] or "": row["substitute"] or "" for row in _rows(view, _SUBSTITUTES)
        },
        seats=tuple(
            Seat(row["path"] or "", head)
            for row in seats
            if (head := heads[row["path"] or ""]) is not None
        ),
        seat_basis=bases[seats[0]["eid"] or ""],
        seat_role=seats[0]["role"] or "",
        pools=tuple(
            Pool(bases[row["eid"] or ""], row["role"] or "", row["designator"] or "")
            for row in _rows(view, _POOLS)
        ),
        duties={row["duty"] or "": row["post"] or "" for row in _rows(view, _DUTIES)},
        offices=offices,
        units=units,
        issuers=frozenset(row["label"] or "" for row in _rows(view, _ISSUERS)),
        counting=_ranks(ranks, standings, "standing-counts"),
        not_counting=_ranks(ranks, standings, "standing-does-not-count"),
        undecided=tuple(rank for rank in ranks if rank not in standings),
        variants=tuple(
            (row["common"] or "", row["variant"] or "") for row in _rows(view, _VARIANTS)
        ),
        council=procedures["procedure-council"],
        consent=procedures["procedure-consent"],
        headers={
            table.name: {column.field: column.label for column in table.columns}
            for table in city.lexicon.tables
        },
    )


def _rows(view: DayView, query: str) -> list[Row]:
    found = view.select(PREFIXES + query)
    assert found, query
    return found


def _select(city: City, query: str) -> list[Row]:
    return city.dataset.select(PREFIXES + query)


def _office(row: Row) -> Office:
    return Office(
        row["label"] or "", row["path"] or "", row["title"] or "", row["single"] == "true"
    )


def _unit(row: Row, offices: Mapping[str, Office]) -> Unit:
    path, above = row["path"] or "", row["above"] or ""
    return Unit(
        path,
        above if path.startswith(above) else "",
        offices.get(row["head"] or ""),
        row["authority"] or "",
    )


def _ranks(ranks: list[str], standings: Mapping[str, str], standing: str) -> tuple[str, ...]:
    return tuple(rank for rank in ranks if standings.get(rank, "").endswith(f"#{standing}"))
