"""A lexicon for tests: the columns of ``ontology/roster-columns.ttl``, an invented city's names."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from pathlib import Path

import pyoxigraph as ox

from kitei.namespaces import expand, local_name
from kitei.roster.lexicon import Basis, Column, Lexicon, Table, folded, normalise

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple

CITY = "https://w3id.org/kitei/id/999999"
COLUMNS = Path(__file__).parent.parent / "ontology" / "roster-columns.ttl"

UNITS = (
    "総務部",
    "総務部総務課",
    "総務部行革デジタル戦略課",
    "財務部税務課",
    "選挙管理委員会事務局",
)
POSTS = ("市長", "副市長", "総務部長", "財務部税務課長", "選挙管理委員会事務局長", "CDO", "本部員")
RANKS = ("市長", "副市長", "部長", "課長", "課長補佐", "係長", "主事", "事務局長")
ASSIGNMENTS = ("本務", "兼務", "併任", "事務取扱", "心得", "職務代理", "派遣", "休職", "育休")


def named(kind: str, label: str) -> str:
    """An IRI for an invented thing; its digits keep it apart from what the reader mints."""
    return f"{CITY}/known-{kind}/{label.encode().hex()}"


@cache
def lexicon() -> Lexicon:
    """Tables as the data file says, and names in the manner of the flagship."""
    return Lexicon(
        municipality=CITY,
        tables=tables(),
        units={normalise("架空市"): CITY, **{label: named("unit", label) for label in UNITS}},
        posts={
            **{label: named("post", label) for label in POSTS},
            "総務部行革デジタル戦略課課長補佐": named("post", "課長補佐"),
        },
        roles={"本部員": named("post", "本部員"), "DX推進チーム員": named("post", "チーム員")},
        ranks={label: named("rank", label) for label in RANKS},
        assignments={label: named("assignment", label) for label in ASSIGNMENTS},
        bases={
            "5-3": Basis("art_5__para_3", needs_organization=True),
            "5-4": Basis("art_5__para_4", needs_organization=False),
            "8-2": Basis("art_8__para_2", needs_organization=False),
        },
        procedures={label: named("procedure", label) for label in ("庁議", "合議")},
        authorities={"市長": named("authority", "市長")},
        incapacity_marks={"yes": True, "○": True, "有": True, "×": False, "無": False},
    )


@cache
def tables() -> tuple[Table, ...]:
    """The tables and columns of the data file, in its order."""
    values = _values()
    kinds = _of_type(values, "RosterTableKind")
    columns = _of_type(values, "RosterColumn")
    return tuple(
        Table(
            name=_one(values[kind]["tableName"]),
            label=_japanese(values[kind]["label"]),
            required=_one(values[kind]["required"]) == "true",
            names=_names(values[kind]),
            columns=tuple(
                _column(values[column])
                for column in columns
                if _one(values[column]["tableKind"]) == kind
            ),
        )
        for kind in kinds
    )


def _column(found: dict[str, list[Term]]) -> Column:
    return Column(
        field=_one(found["field"]),
        kind=_one(found["datatype"]),
        required=_one(found["required"]) == "true",
        label=_japanese(found["label"]),
        names=_names(found),
    )


def _values() -> dict[str, dict[str, list[Term]]]:
    values: dict[str, dict[str, list[Term]]] = defaultdict(lambda: defaultdict(list))
    for quad in ox.parse(path=COLUMNS, format=ox.RdfFormat.TURTLE):
        subject = quad.subject
        if isinstance(subject, ox.NamedNode):
            values[subject.value][local_name(quad.predicate.value)].append(quad.object)
    return values


def _of_type(values: dict[str, dict[str, list[Term]]], kind: str) -> list[str]:
    found = [
        subject
        for subject, properties in values.items()
        if ox.NamedNode(expand(f"kitei:{kind}")) in properties["type"]
    ]
    return sorted(found, key=lambda subject: int(_one(values[subject]["order"])))


def _one(terms: list[Term]) -> str:
    (term,) = terms
    assert isinstance(term, ox.NamedNode | ox.Literal)
    return term.value


def _japanese(terms: list[Term]) -> str:
    return _one([term for term in terms if isinstance(term, ox.Literal) and term.language == "ja"])


def _names(found: dict[str, list[Term]]) -> frozenset[str]:
    labels = [*found["label"], *found["altLabel"]]
    return frozenset(folded(term.value) for term in labels if isinstance(term, ox.Literal))
