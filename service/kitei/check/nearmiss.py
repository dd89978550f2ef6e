"""Units and posts of a roster that are almost what the text names, but not linked to it.

The one rule that is decided outside SPARQL, because it compares spellings. Which
units and posts there are, and which characters are variants of one another, comes
from the dataset. Width and white space are no difference: the reader of the roster
resolves them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import NamedTuple

from kitei.ask.labels import Labels
from kitei.city import ROSTER_GRAPH, City, DayView
from kitei.derive import day_iri
from kitei.errors import Bilingual
from kitei.namespaces import expand
from kitei.roster import TableRead
from kitei.roster.lexicon import normalise
from kitei.store import Row
from kitei.terms import integer, iri, literal, name, segment

_PREFIXES = """
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX kitei: <https://w3id.org/kitei/ns#>
PREFIX org: <http://www.w3.org/ns/org#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
"""
_NAMED = """
SELECT ?day ?thing ?label ?above ?source WHERE {
  ?day kitei:version ?version ; kitei:regulation ?regulation .
  ?thing kitei:namedBy ?regulation .
  { ?thing kitei:path ?label . OPTIONAL { ?thing org:unitOf+/kitei:path ?above } }
  UNION
  {
    ?thing a org:Post ; rdfs:label ?label . FILTER(LANG(?label) = "ja")
    OPTIONAL { ?thing org:postIn/org:unitOf+/kitei:path ?above }
  }
  OPTIONAL {
    { ?thing dcterms:source ?source }
    UNION
    { ?norm kitei:operativeIn ?version ; dcterms:source ?source ; ?property ?thing }
    ?source kitei:inVersion ?version ; kitei:start ?start .
  }
} ORDER BY ?label ?start ?source ?above"""
_WRITTEN = f"""
SELECT ?thing ?label ?in ?kind WHERE {{
  GRAPH <{ROSTER_GRAPH}> {{
    {{ ?thing kitei:path|kitei:ancestorPath ?label . BIND("unit" AS ?kind) }}
    UNION
    {{ ?thing a org:Post ; rdfs:label ?label ; org:postIn ?in . BIND("post" AS ?kind) }}
  }}
}}"""
_ROWS = f"""
SELECT ?day ?thing ?table (MIN(?line) AS ?row) WHERE {{
  ?day kitei:date ?date .
  GRAPH <{ROSTER_GRAPH}> {{
    ?fact org:organization|kitei:organization|kitei:concerns|kitei:unit|kitei:parent
      |kitei:post|kitei:headPost ?thing ;
      kitei:inTable ?table ; kitei:row ?line .
    OPTIONAL {{ ?fact kitei:from|kitei:date ?from }}
    OPTIONAL {{ ?fact kitei:through ?through }}
  }}
  FILTER((!BOUND(?from) || ?from <= ?date) && (!BOUND(?through) || ?date <= ?through))
}} GROUP BY ?day ?thing ?table ORDER BY ?table"""
_NOT_IN_CHART = f"""
SELECT DISTINCT ?day ?thing WHERE {{
  ?day kitei:regulation ?regulation ; kitei:chart kitei:chart-supplied .
  ?thing kitei:namedBy ?regulation ; kitei:path ?label .
  OPTIONAL {{
    GRAPH <{ROSTER_GRAPH}> {{ ?entry a kitei:ChartEntry ; kitei:unit|kitei:formerly ?thing }}
  }}
  FILTER(!BOUND(?entry))
}} ORDER BY ?thing"""
# Table -> the fields that can write a unit, and those that can write a post.
_FIELDS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "roster": {
        "unit": ("organization", "subsection", "section", "division"),
        "post": ("post",),
    },
    "designations": {"unit": ("organization",), "post": ()},
    "decisions": {"unit": ("organizations",), "post": ()},
    "organizations": {"unit": ("name",), "post": ("head_post",)},
}


class Named(NamedTuple):
    """A unit or post as the text names it."""

    thing: str
    label: str
    leaves: tuple[str, ...]
    """The same without one or more of the units above it."""
    provision: str | None


class Suspect(NamedTuple):
    """Something in the roster that is probably what the text names."""

    named: Named
    things: tuple[str, ...]
    """IRIs of what the roster wrote instead."""
    kind: str
    """``unit`` or ``post``."""
    message: Bilingual


def suspects(city: City, view: DayView, day: date) -> bytes:
    """The near misses of the day as facts that the rule ``roster-near-miss`` reports."""
    bindings = {"day": day_iri(day)}
    written, missing = _written(city, view), view.select(_PREFIXES + _NOT_IN_CHART, bindings)
    if not written and not missing:
        return b""
    labels = Labels(city.dataset)
    named = _named(view.select(_PREFIXES + _NAMED, bindings))
    found = [*_misspelt(city, written, named, labels)]
    seen = {suspect.named.label for suspect in found}
    for row in missing:
        match = next((item for item in named if item.thing == row["thing"]), None)
        if match and match.label not in seen:
            found.append(Suspect(match, (match.thing,), "unit", _not_in_chart(match, labels)))
    lines = (line for suspect in found for line in _facts(city, view, day, suspect))
    return "".join(f"{line} .\n" for line in lines).encode()


def _named(rows: Iterable[Row]) -> list[Named]:
    above: dict[tuple[str, str], set[str]] = defaultdict(set)
    sources: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in rows:
        key = (row["thing"] or "", normalise(row["label"] or ""))
        above[key].add(row["above"] or "")
        sources[key].append(row["source"] or "")
    return [
        Named(thing, label, _leaves(label, paths), sources[thing, label][0] or None)
        for (thing, label), paths in above.items()
    ]


def _leaves(label: str, above: Iterable[str]) -> tuple[str, ...]:
    found = {label.removeprefix(normalise(path)) for path in above}
    return tuple(sorted(found - {label, ""}))


class Written(NamedTuple):
    """A unit or post as the roster writes it."""

    kind: str
    """``unit`` or ``post``."""
    label: str
    thing: str
    unit: str | None
    """The unit of a post."""


def _written(city: City, view: DayView) -> list[Written]:
    """What the roster writes almost as the text or the chart does: units first, by their names."""
    lexicon = city.lexicon
    known = {*lexicon.units, *lexicon.posts, *lexicon.roles}
    found = set()
    for row in view.select(_PREFIXES + _WRITTEN):
        label = normalise(row["label"] or "")
        if label not in known and lexicon.resembles(label):
            found.add(Written(row["kind"] or "", label, row["thing"] or "", row["in"]))
    return sorted(found, key=lambda item: (item.kind != "unit", item))


def _misspelt(
    city: City, written: list[Written], named: list[Named], labels: Labels
) -> Iterator[Suspect]:
    """What the roster writes almost as the text does."""
    lexicon = city.lexicon
    variants = lexicon.variants
    whole, leaf = defaultdict[str, list[Named]](list), defaultdict[str, list[Named]](list)
    for item in named:
        whole[item.label.translate(variants)].append(item)
        for part in item.leaves:
            leaf[part.translate(variants)].append(item)
    things: dict[tuple[str, str], set[str]] = defaultdict(set)
    forms: dict[tuple[str, str], set[str]] = defaultdict(set)
    almost: dict[str, Named] = {}
    for kind, label, thing, unit in written:
        # A post in a unit that is misspelt has the same fault and no other.
        if unit in almost:
            continue
        folded = label.translate(variants)
        for item in (*whole[folded], *leaf[folded]):
            if (item.thing in lexicon.units.values()) is (kind == "unit"):
                almost[thing] = item
                things[item.label, kind].add(thing)
                forms[item.label, kind].add(label)
    by_label = {item.label: item for item in named}
    for (label, kind), texts in sorted(forms.items()):
        message = _differs(by_label[label], sorted(texts), labels)
        yield Suspect(by_label[label], tuple(sorted(things[label, kind])), kind, message)


def _differs(named: Named, written: list[str], labels: Labels) -> Bilingual:
    """Quoting is safe: what is quoted is, but for variants, a name from the text."""
    cited = _cited(named, labels)
    forms = Bilingual("".join(f"「{form}」" for form in written), ", ".join(written))
    return Bilingual(
        f"名簿の{forms.ja}は、{cited.ja}「{named.label}」と字体又は上位の組織の有無だけが異なる。"
        "同じものとみなしていない。",
        f"{forms.en} in the roster differs from {named.label}{cited.en} only in variant "
        "characters or in the unit above it; it is not taken for the same.",
    )


def _not_in_chart(named: Named, labels: Labels) -> Bilingual:
    cited = _cited(named, labels)
    return Bilingual(
        f"名簿は{cited.ja}「{named.label}」の名を挙げるが、組織表にその組織がない。",
        f"The roster names {named.label}{cited.en}, but its chart has no such unit.",
    )


def _cited(named: Named, labels: Labels) -> Bilingual:
    if named.provision is None:
        return Bilingual("規程の本文の", " as the text names it")
    citation = labels.citation(named.provision)
    return Bilingual(f"{citation.ja}の", f" ({citation.en})")


def _facts(city: City, view: DayView, day: date, suspect: Suspect) -> Iterator[str]:
    """The suspect as N-Triples without their full stops; nothing if no row of the day says it."""
    tables = {table.name: table for table in city.roster.tables} if city.roster else {}
    places = [
        (row["table"] or "", int(row["row"] or 0))
        for thing in suspect.things
        for row in view.select(_PREFIXES + _ROWS, {"day": day_iri(day), "thing": thing})
        if row["table"]
    ]
    order = list(_FIELDS)
    ranked = sorted((order.index(table.rsplit("/", 1)[-1]), line, table) for table, line in places)
    if not ranked:
        return
    _, line, table = ranked[0]
    read = tables[table.rsplit("/", 1)[-1]]
    node = iri(f"{day_iri(day)}/near-miss/{suspect.kind}/{segment(suspect.named.label)}")
    yield f"{iri(table)} {name('kitei:roster-near-miss')} {node}"
    yield f"{node} {name('rdf:type')} {name('kitei:RosterSuspect')}"
    yield f"{node} {name('kitei:focus')} {literal(suspect.named.label)}"
    yield f"{node} {name('kitei:message')} {literal(suspect.message.ja, 'ja')}"
    yield f"{node} {name('kitei:message')} {literal(suspect.message.en, 'en')}"
    if suspect.named.provision:
        yield f"{node} {name('kitei:provision')} {iri(suspect.named.provision)}"
    for predicate, value in _place(read, line, _FIELDS[read.name][suspect.kind]):
        yield f"{node} <{expand(predicate)}> {value}"


def _place(read: TableRead, line: int, fields: Iterable[str]) -> Iterator[tuple[str, str]]:
    yield "kitei:file", literal(read.file)
    yield "kitei:row", integer(line)
    if read.sheet is not None:
        yield "kitei:sheet", literal(read.sheet)
    field = next((field for field in fields if field in read.headers), None)
    if field is not None:
        yield "kitei:column", literal(read.headers[field])
        if read.sheet is not None:
            yield "kitei:cell", literal(f"{read.letters[field]}{line}")
