"""A thing and what is known of it: its facts in both directions, and what they point to is called.

One account for programs (triples) and one for people (labelled rows), from the
same dataset, which holds only what may be seen. A fact that several of its graphs
hold is told once.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import NamedTuple

from kitei import terms
from kitei.ask.labels import Labels
from kitei.errors import Bilingual
from kitei.namespaces import ID, KITEI, expand, is_iri, local_name
from kitei.store import Dataset, Row

MOST = 1000
"""Facts that point to a thing, of which more are not told one by one."""

_INWARD = "SELECT DISTINCT ?s ?p WHERE {{ ?s ?p {thing} }} ORDER BY ?p ?s LIMIT {most}"
_COUNT = "SELECT (COUNT(*) AS ?n) WHERE {{ SELECT DISTINCT ?s ?p WHERE {{ ?s ?p {thing} }} }}"
_POINTING = "CONSTRUCT {{ ?s ?p {thing} }} WHERE {{ {{ {inward} }} }}"
_NAMED = """CONSTRUCT {{ ?other ?name ?text }}
WHERE {{
  {{ SELECT DISTINCT ?other WHERE {{
    {{ {thing} ?p ?other FILTER(isIRI(?other)) }} UNION {{ SELECT (?s AS ?other) WHERE {{
      {{ {inward} }} }} }} }} }}
  VALUES ?name {{ {names} }}
  ?other ?name ?text
}}"""
_OUTWARD = """SELECT DISTINCT ?p ?blank ?q ?o ?language ?kind
WHERE {{
  {{ {thing} ?p ?o FILTER(!isBlank(?o)) }}
  UNION {{ {thing} ?p ?blank . ?blank ?q ?o FILTER(isBlank(?blank)) }}
  BIND(LANG(?o) AS ?language)
  BIND(IF(isIRI(?o), "iri", IF(isBlank(?o), "blank", "literal")) AS ?kind)
}}
ORDER BY ?p ?q DESC(?language) ?o"""
_ONTOLOGY = f'GRAPH ?g {{ ?s ?p ?o }} FILTER(STRSTARTS(STR(?g), "{ID}graph/ontology/"))'
_TERMS = f"""PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT ?term (MIN(?k) AS ?kind) (MIN(?j) AS ?ja) (MIN(?e) AS ?en) (MIN(?cj) AS ?comment_ja)
  (MIN(?ce) AS ?comment_en)
WHERE {{
  ?term a ?k .
  FILTER(STRSTARTS(STR(?term), "{KITEI}"))
  OPTIONAL {{ ?term rdfs:label|skos:prefLabel ?j FILTER(LANG(?j) = "ja") }}
  OPTIONAL {{ ?term rdfs:label|skos:prefLabel ?e FILTER(LANG(?e) = "en") }}
  OPTIONAL {{ ?term rdfs:comment|skos:definition ?cj FILTER(LANG(?cj) = "ja") }}
  OPTIONAL {{ ?term rdfs:comment|skos:definition ?ce FILTER(LANG(?ce) = "en") }}
}}
GROUP BY ?term
ORDER BY ?term"""
# What tells things of one kind apart that have no name of their own: a service in a post, a day's
# judgement of a post, a row of a table. Two of these, and a day, are enough.
_TELLING = tuple(map(expand, (
    "kitei:post", "kitei:role", "kitei:unit", "kitei:throughPost", "org:member", "kitei:designated",
    "kitei:incapacitated", "kitei:person", "dcterms:title", "kitei:referenceText", "kitei:file",
)))  # fmt: skip
_DAYS = tuple(map(expand, ("kitei:date", "kitei:from", "eli:version_date")))
_TYPE, _BROADER = expand("rdf:type"), expand("rdfs:subClassOf")
_TOLD = 2
_NAMES = ("rdfs:label", "skos:prefLabel", "kitei:citation", "eli:title", "foaf:name")


class Value(NamedTuple):
    """An end of a fact: how it is shown, and the IRI if it is a thing."""

    text: Bilingual
    iri: str | None
    language: str


class Group(NamedTuple):
    """The values of one property."""

    iri: str
    label: Bilingual
    values: list[Value]


class Account(NamedTuple):
    """What people are shown of a thing."""

    iri: str
    label: Bilingual
    out: list[Group]
    into: list[Group]
    left_out: int
    """How many facts point to it beyond those shown."""


def exists(dataset: Dataset, iri: str) -> bool:
    """Whether any fact is about the thing or points to it."""
    thing = terms.iri(iri)
    asked = f"SELECT * WHERE {{ {{ {thing} ?p ?o }} UNION {{ ?s ?p {thing} }} }} LIMIT 1"
    return bool(dataset.select(asked))


def left_out(dataset: Dataset, iri: str) -> int:
    """How many facts that point to the thing are beyond those told one by one."""
    counted = dataset.select(_COUNT.format(thing=terms.iri(iri)))
    return max(0, int(counted[0]["n"] or 0) - MOST)


def facts(dataset: Dataset, iri: str) -> bytes:
    """The facts as N-Triples: with its blank nodes, and the names of the things nearby."""
    thing = terms.iri(iri)
    inward = _INWARD.format(thing=thing, most=MOST)
    names = " ".join(map(terms.name, _NAMES))
    return dataset.constructed(
        (
            f"DESCRIBE {thing}",
            _POINTING.format(thing=thing, inward=inward),
            _NAMED.format(thing=thing, inward=inward, names=names),
        )
    )


def account(dataset: Dataset, iri: str) -> Account:
    """The facts for people."""
    thing, labels = terms.iri(iri), Labels(dataset)
    outward = dataset.select(_OUTWARD.format(thing=thing))
    inward = dataset.select(_INWARD.format(thing=thing, most=MOST))
    return Account(
        iri=iri,
        label=label_of(dataset, labels, iri),
        out=_grouped(dataset, labels, outward, "o"),
        into=_grouped(dataset, labels, ({**row, "kind": _kind(row["s"])} for row in inward), "s"),
        left_out=left_out(dataset, iri),
    )


def vocabulary(dataset: Dataset) -> bytes:
    """Vocabulary and code lists as N-Triples."""
    return dataset.constructed((f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {_ONTOLOGY} }}",))


def terms_of(dataset: Dataset) -> list[dict[str, str | None]]:
    """The terms of the vocabulary for people: IRI, name, kind, labels and comments."""
    return [
        {**row, "name": local_name(row["term"] or ""), "kind": local_name(row["kind"] or "")}
        for row in dataset.select(_TERMS)
    ]


def label_of(dataset: Dataset, labels: Labels, iri: str) -> Bilingual:
    """A person's name, a provision's citation, else the label of the thing.

    What has no name is called by its kind and what it is about: 「在職: 副市長、架空 三太」.
    """
    name = labels.person_name(iri)
    if name:
        return Bilingual(name, name)
    cited, eid = labels.citation(iri), labels.eid(iri)
    if cited != (eid, eid):
        return cited
    label = labels.label(iri)
    local = local_name(iri)
    return _told(dataset, labels, iri) or label if label == (local, local) else label


def _told(dataset: Dataset, labels: Labels, iri: str) -> Bilingual | None:
    """A thing without a name by its kind, what tells it apart, and its day; if that is known."""
    kinds = {kind for kind, _ in dataset.values(iri, _TYPE)}
    broadest = [k for k in sorted(kinds) if not kinds & {b for b, _ in dataset.values(k, _BROADER)}]
    found = [*_first(dataset, iri, _TELLING, _TOLD), *_first(dataset, iri, _DAYS, 1)]
    if not broadest or not found:
        return None
    kind = labels.label(broadest[0])
    told = [_called(labels, value) for value in found]
    return Bilingual(
        f"{kind.ja}: {'、'.join(each.ja for each in told)}",
        f"{kind.en}: {', '.join(each.en for each in told)}",
    )


def _first(dataset: Dataset, iri: str, properties: Iterable[str], most: int) -> Iterable[str]:
    return islice((value for each in properties for value, _ in dataset.values(iri, each)), most)


def _called(labels: Labels, value: str) -> Bilingual:
    if not is_iri(value):
        return Bilingual(value, value)
    name = labels.person_name(value)
    return Bilingual(name, name) if name else labels.label(value)


def _grouped(dataset: Dataset, labels: Labels, rows: Iterable[Row], end: str) -> list[Group]:
    groups: dict[tuple[str, str], Group] = {}
    for row in rows:
        prop, nested = row["p"] or "", row.get("q") or ""
        if (prop, nested) not in groups:
            groups[prop, nested] = Group(nested or prop, _property(labels, prop, nested), [])
        groups[prop, nested].values.append(_value(dataset, labels, row, end))
    for group in groups.values():
        if len(group.values) > 1:
            group.values.sort(key=lambda value: _kana(labels, value))
    return list(groups.values())


def _kana(labels: Labels, value: Value) -> str:
    """People stand in the order of their kana, where it is given; the rest stays as it is."""
    name = labels.person_name(value.iri) if value.iri else None
    return (labels.person_kana(value.iri or "") or name) if name else ""


def _property(labels: Labels, prop: str, nested: str) -> Bilingual:
    label = labels.label(prop)
    if not nested:
        return label
    inner = labels.label(nested)
    return Bilingual(f"{label.ja} › {inner.ja}", f"{label.en} › {inner.en}")


def _value(dataset: Dataset, labels: Labels, row: Row, end: str) -> Value:
    text, kind = row[end] or "", row.get("kind")
    if kind == "iri":
        return Value(label_of(dataset, labels, text), text, "")
    shown = "[…]" if kind == "blank" else text
    return Value(Bilingual(shown, shown), None, row.get("language") or "")


def _kind(subject: str | None) -> str:
    return "iri" if subject and ":" in subject else "blank"
