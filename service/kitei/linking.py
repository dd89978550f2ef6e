"""Fill the roster's lexicon from the dataset: what the rules and the chart call things."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping

from kitei.namespaces import expand, local_name
from kitei.regulation import Regulation
from kitei.roster.lexicon import Basis, Column, Lexicon, Table, folded, normalise
from kitei.store import Dataset, Row

_PREFIXES = """
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX eli: <http://data.europa.eu/eli/ontology#>
PREFIX kitei: <https://w3id.org/kitei/ns#>
PREFIX org: <http://www.w3.org/ns/org#>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
"""
_TABLES = """
SELECT ?table ?name ?required ?order ?title ?label WHERE {
  ?table a kitei:RosterTableKind ; kitei:tableName ?name ; kitei:order ?order ;
    kitei:required ?required .
  ?table rdfs:label ?title ; rdfs:label|skos:altLabel ?label . FILTER(LANG(?title) = "ja")
} ORDER BY ?order ?label"""
_COLUMNS = """
SELECT ?table ?field ?kind ?required ?order ?title ?label WHERE {
  ?column a kitei:RosterColumn ; kitei:tableKind ?table ; kitei:field ?field ;
    kitei:datatype ?kind ; kitei:required ?required ; kitei:order ?order ;
    rdfs:label ?title ; rdfs:label|skos:altLabel ?label .
  FILTER(LANG(?title) = "ja")
} ORDER BY ?table ?order ?label"""
_UNITS = "SELECT ?thing ?label WHERE { ?thing a org:OrganizationalUnit ; kitei:path ?label }"
_POSTS = """
SELECT ?thing ?label WHERE {
  ?thing a org:Post ; rdfs:label|skos:altLabel ?label . FILTER(LANG(?label) = "ja")
}"""
_VARIANTS = """
SELECT ?common ?variant WHERE {
  ?characters skos:inScheme kitei:variant-characters ; skos:prefLabel ?common ;
    skos:altLabel ?variant .
  FILTER(LANG(?common) = "ja")
}"""
_NAMED = "SELECT ?thing WHERE { VALUES ?kind { org:OrganizationalUnit org:Post } ?thing a ?kind }"
_FILLING_RANKS = """
SELECT ?rank WHERE {
  { ?rule kitei:byHoldersOfRank ?rank }
  UNION
  { ?said rdf:predicate kitei:byHoldersOfRank ; rdf:object ?rank }
}"""
_PRINCIPAL = "SELECT ?assignment WHERE { ?assignment kitei:isPrincipal ?once }"
_ROLES = """
SELECT DISTINCT ?thing ?label WHERE {
  ?rule kitei:fills|kitei:principal|kitei:substitute|kitei:substitutePool ?thing .
  ?thing rdfs:label|skos:altLabel ?label . FILTER(LANG(?label) = "ja")
}"""
_CONCEPTS = """
SELECT ?thing ?label ?scheme WHERE {
  ?thing skos:inScheme ?scheme ; skos:prefLabel|skos:altLabel ?label
}"""
_AUTHORITIES = "SELECT ?thing ?label WHERE { ?thing a kitei:Authority ; rdfs:label ?label }"
_BASES = """
SELECT ?regulation ?eid (COUNT(?seat) AS ?seats) WHERE {
  VALUES ?class { kitei:DesignationRule kitei:SubstitutionRule }
  ?rule a ?class ; dcterms:source ?source .
  ?source kitei:eId ?eid ; kitei:inVersion/eli:is_member_of ?regulation .
  OPTIONAL { ?seat a kitei:Seat ; kitei:inRule ?rule }
} GROUP BY ?regulation ?eid"""
_MARKS = """
SELECT ?label ?established WHERE {
  ?mark skos:inScheme kitei:incapacity-marks ; kitei:established ?established ;
    skos:prefLabel|skos:altLabel ?label
}"""
_EID = re.compile(r"art_(?P<article>[\w-]+?)__para_(?P<paragraph>\w+?)(?:__point_(?P<point>\w+?))?")


def lexicon(dataset: Dataset, regulation: Regulation) -> Lexicon:
    """What a roster of this regulation's municipality may call units, posts, ranks and so on."""

    def select(query: str, bindings: Mapping[str, str] | None = None) -> list[Row]:
        return dataset.select(_PREFIXES + query, bindings)

    concepts: dict[str, list[Row]] = defaultdict(list)
    for row in select(_CONCEPTS):
        concepts[local_name(_text(row, "scheme"))].append(row)
    home = f"{regulation.municipality}/"
    own = frozenset(dataset.subjects(expand("kitei:namedBy"), regulation.iri))
    units, posts = select(_UNITS), select(_POSTS)
    variants = {ord(_text(row, "variant")): _text(row, "common") for row in select(_VARIANTS)}
    return Lexicon(
        municipality=regulation.municipality,
        tables=_tables(select(_TABLES), select(_COLUMNS)),
        units=_names(units, home, own),
        posts=_names(posts, home, own),
        roles=_names(select(_ROLES), home, own),
        ranks=_names(concepts["ranks"]),
        assignments=_names(concepts["assignments"]),
        bases=_bases(select(_BASES, {"regulation": regulation.iri})),
        procedures=_names(concepts["procedures"]),
        authorities=_names(select(_AUTHORITIES), home),
        incapacity_marks={
            normalise(_text(row, "label")): row["established"] == "true" for row in select(_MARKS)
        },
        variants=variants,
        named=frozenset(_text(row, "thing") for row in select(_NAMED)),
        spelt=_spelt(units, posts, variants),
        filling_ranks=frozenset(_text(row, "rank") for row in select(_FILLING_RANKS)),
        principal=frozenset(_text(row, "assignment") for row in select(_PRINCIPAL)),
    )


def _names(
    rows: Iterable[Row], home: str = "", own: frozenset[str] = frozenset()
) -> dict[str, str]:
    """Normalised label -> thing, for the things below ``home``.

    Where a label means several, one of ``own`` counts: what the regulation itself names
    (another of the same city may have a 本部長 as well).
    """
    found = sorted(
        (_text(row, "thing") in own, _text(row, "thing"), _text(row, "label")) for row in rows
    )
    return {normalise(label): thing for _, thing, label in found if thing.startswith(home)}


def _spelt(
    units: Iterable[Row], posts: Iterable[Row], variants: Mapping[int, str]
) -> frozenset[str]:
    """The names of units and posts in common characters, whole and without what is above them.

    Whatever unit a name begins with counts as above it, which is more than the chart says.
    """
    paths = {normalise(_text(row, "label")) for row in units}
    names = {normalise(_text(row, "label")) for row in posts} | paths
    leaves = {name[end:] for name in names for end in range(1, len(name)) if name[:end] in paths}
    return frozenset(name.translate(variants) for name in names | leaves)


def _tables(tables: Iterable[Row], columns: Iterable[Row]) -> tuple[Table, ...]:
    by_table: dict[str, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for row in columns:
        by_table[_text(row, "table")][_text(row, "field")].append(row)
    grouped: dict[str, list[Row]] = defaultdict(list)
    for row in tables:
        grouped[_text(row, "table")].append(row)
    return tuple(
        Table(
            name=_text(rows[0], "name"),
            label=_text(rows[0], "title"),
            required=rows[0]["required"] == "true",
            names=frozenset(folded(_text(row, "label")) for row in rows),
            columns=tuple(_column(fields) for fields in by_table[table].values()),
        )
        for table, rows in grouped.items()
    )


def _column(rows: list[Row]) -> Column:
    first = rows[0]
    return Column(
        field=_text(first, "field"),
        kind=_text(first, "kind"),
        required=first["required"] == "true",
        label=_text(first, "title"),
        names=frozenset(folded(_text(row, "label")) for row in rows),
    )


def _bases(rows: Iterable[Row]) -> dict[str, Basis]:
    """Short number (5-3) -> provision, for each provision that lets somebody be designated."""
    found = {}
    for row in rows:
        eid = _text(row, "eid")
        if match := _EID.fullmatch(eid):
            parts = [match["article"].replace("-", "の"), match["paragraph"], match["point"]]
            found["-".join(part for part in parts if part)] = Basis(eid, row["seats"] != "0")
    return found


def _text(row: Row, name: str) -> str:
    return row[name] or ""
