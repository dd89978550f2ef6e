"""The readings of a regulation: what the text leaves open, how it is read, and how else.

The norms adopt one alternative of each reading. A run may switch to another; the
derivation then follows that one (``kitei:switchedTo`` in the facts of the day) and
never sees what the adopted one asserts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from kitei.errors import Bilingual, UsageError
from kitei.namespaces import expand, local_name
from kitei.store import Dataset

_READINGS = """
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX eli: <http://data.europa.eu/eli/ontology#>
PREFIX kitei: <https://w3id.org/kitei/ns#>
SELECT DISTINCT ?regulation ?version ?reading ?adopted ?alternative
WHERE {
  ?reading a kitei:Reading ; kitei:adopts ?adopted ; dcterms:source ?source .
  ?source kitei:inVersion ?version .
  ?version eli:is_member_of ?regulation .
  OPTIONAL { ?reading kitei:alternative ?alternative }
}
ORDER BY ?version ?reading ?alternative
"""
_NO_RULES = Bilingual("導出の規則がない。", "there are no rules to derive facts under it")


class Alternative(NamedTuple):
    """A way in which a reading can be taken."""

    iri: str
    label: Bilingual
    underivable: Bilingual | None = None
    """Why no facts can be derived under it, where that is so."""

    @property
    def name(self) -> str:
        """Its local name."""
        return local_name(self.iri)


class Reading(NamedTuple):
    """A reading of one version of the text."""

    iri: str
    version: str
    """The day from which that version is in force (ISO)."""
    label: Bilingual
    reason: Bilingual
    sources: tuple[str, ...]
    """IRIs of the provisions that are read, sorted."""
    adopted: str
    """The IRI of the alternative that the norms adopt."""
    alternatives: tuple[Alternative, ...]
    """All of them, the adopted one included, by name."""

    @property
    def name(self) -> str:
        """Its local name; the same in each version that reads the same thing."""
        return local_name(self.iri)

    def alternative(self, iri: str) -> Alternative:
        """The alternative with that IRI. Raises ``KeyError``."""
        return {found.iri: found for found in self.alternatives}[iri]


class Switch(NamedTuple):
    """A reading taken in another way than the norms take it."""

    reading: Reading
    alternative: Alternative

    @property
    def said(self) -> Bilingual:
        """The switch as a notice: which reading, which alternative, and which is the default."""
        default = self.reading.alternative(self.reading.adopted).label
        reading, chosen = self.reading.label, self.alternative.label
        return Bilingual(
            f"解釈を切り替えた: 「{reading.ja}」について「{chosen.ja}」による"
            f"(既定は「{default.ja}」)。",
            f'Under the reading "{chosen.en}" in place of "{default.en}" ({reading.en}).',
        )

    def fields(self) -> dict[str, str]:
        """The JSON members, by local names."""
        return {
            "reading": self.reading.name,
            "alternative": self.alternative.name,
            "default": local_name(self.reading.adopted),
        }


def readings(dataset: Dataset, regulation: str) -> list[Reading]:
    """The readings of every held version of a regulation, by version and name."""
    alternatives: dict[tuple[str, str, str], set[str]] = {}
    for row in dataset.select(_READINGS, {"regulation": regulation}):
        key = (row["version"] or "", row["reading"] or "", row["adopted"] or "")
        alternatives.setdefault(key, {key[2]}).update(filter(None, [row["alternative"]]))
    return [
        Reading(
            iri=iri,
            version=local_name(version),
            label=_text(dataset, iri, "rdfs:label"),
            reason=_text(dataset, iri, "kitei:reason"),
            sources=tuple(value for value, _ in dataset.values(iri, expand("dcterms:source"))),
            adopted=adopted,
            alternatives=tuple(_alternative(dataset, each) for each in sorted(found)),
        )
        for (version, iri, adopted), found in alternatives.items()
    ]


def _alternative(dataset: Dataset, iri: str) -> Alternative:
    why = None
    if ("true", None) in dataset.values(iri, expand("kitei:notDerived")):
        given = _text(dataset, iri, "kitei:reason")
        why = given if given.ja != local_name(iri) else _NO_RULES
    return Alternative(iri, _text(dataset, iri, "rdfs:label"), why)


def _text(dataset: Dataset, thing: str, predicate: str) -> Bilingual:
    values = {language: text for text, language in dataset.values(thing, expand(predicate))}
    any_text = next(iter(values.values()), local_name(thing))
    ja = values.get("ja", any_text)
    return Bilingual(ja, values.get("en", ja))


def choose(known: Sequence[Reading], wanted: Iterable[str]) -> tuple[Switch, ...]:
    """The switches that ``NAME=ALTERNATIVE`` asks for, each by local name or label.

    A reading is switched in every version that has both; one that is told to be what
    it is by default is not switched. Raises ``UsageError`` on an unknown name (with the
    candidates), an alternative that cannot be derived (with the reason), and a reading
    that is given twice.
    """
    switches: list[Switch] = []
    seen: set[str] = set()
    for text in wanted:
        name, given, alternative = text.partition("=")
        if not given:
            raise UsageError(
                f"--reading は 解釈=選択肢 と書く: {text}",
                f"write --reading as NAME=ALTERNATIVE: {text}",
            )
        found = _named(known, name.strip())
        if found[0].name in seen:
            raise UsageError(
                f"解釈「{found[0].name}」が二度指定されている。",
                f"the reading {found[0].name} is given twice",
            )
        seen.add(found[0].name)
        switches += _switches(found, alternative.strip())
    return tuple(switches)


def _named(known: Sequence[Reading], name: str) -> list[Reading]:
    found = [reading for reading in known if name in (reading.name, reading.iri, *reading.label)]
    names = sorted({reading.name for reading in known})
    if len({reading.name for reading in found}) != 1:
        listed = ", ".join(names) or "-"
        raise UsageError(
            f"解釈「{name}」は一つに定まらない。解釈: {listed}",
            f"There is no single reading {name!r}. Readings: {listed}",
        )
    return found


def _switches(found: Sequence[Reading], wanted: str) -> list[Switch]:
    pairs = [
        Switch(reading, alternative)
        for reading in found
        for alternative in reading.alternatives
        if wanted in (alternative.name, alternative.iri, *alternative.label)
    ]
    if len({switch.alternative.name for switch in pairs}) != 1:
        listed = ", ".join(sorted({a.name for reading in found for a in reading.alternatives}))
        raise UsageError(
            f"解釈「{found[0].name}」に選択肢「{wanted}」はない。選択肢: {listed}",
            f"The reading {found[0].name} has no alternative {wanted!r}. Alternatives: {listed}",
        )
    for _, alternative in pairs:
        if alternative.underivable is not None:
            raise UsageError(
                f"「{alternative.name}」によって導くことはできない: {alternative.underivable.ja}",
                f"nothing can be derived under {alternative.name}: {alternative.underivable.en}",
            )
    return [switch for switch in pairs if switch.alternative.iri != switch.reading.adopted]


def told(switches: Iterable[Switch]) -> list[Bilingual]:
    """A notice for each switch; versions that are switched alike are told once."""
    return list(dict.fromkeys(switch.said for switch in switches))


def listed(switches: Iterable[Switch]) -> list[dict[str, str]]:
    """The switches by local names; versions that are switched alike are listed once."""
    found = {tuple(switch.fields().values()): switch.fields() for switch in switches}
    return list(found.values())


def members(switches: Iterable[Switch]) -> dict[str, object]:
    """The JSON member ``readings_switched``, where any is."""
    found = listed(switches)
    return {"readings_switched": found} if found else {}
