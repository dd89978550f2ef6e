"""What things are called: from IRIs in an answer to words for people and codes for machines."""

from __future__ import annotations

from kitei.errors import Bilingual
from kitei.namespaces import expand, local_name
from kitei.store import Dataset, Value

_LABELS = tuple(
    expand(name)
    for name in ("rdfs:label", "skos:prefLabel", "kitei:term", "eli:title", "eli:number")
)
_NOTATION = expand("skos:notation")
_STAFF_ID, _NAME, _KANA = (
    expand(name) for name in ("kitei:staffId", "foaf:name", "kitei:nameKana")
)
_EID, _CITATION, _PATH = (expand(name) for name in ("kitei:eId", "kitei:citation", "kitei:path"))


class Labels:
    """Looks labels up in one dataset and remembers them."""

    def __init__(self, dataset: Dataset) -> None:
        self._dataset = dataset
        self._known: dict[str, Bilingual] = {}
        self._values: dict[tuple[str, str], list[Value]] = {}

    def label(self, thing: str) -> Bilingual:
        """Japanese and English label; the local name where there is none."""
        if thing not in self._known:
            self._known[thing] = self._look_up(thing)
        return self._known[thing]

    def _look_up(self, thing: str) -> Bilingual:
        for predicate in _LABELS:
            values = {language: text for text, language in self.values(thing, predicate)}
            if values:
                any_label = next(iter(values.values()))
                ja = values.get("ja", any_label)
                return Bilingual(ja, values.get("en", ja))
        return Bilingual(local_name(thing), local_name(thing))

    def code(self, concept: str) -> str:
        """The notation of a concept, such as ``ANSWER``; its local name where it has none."""
        return self._first(concept, _NOTATION) or local_name(concept)

    def staff_id(self, person: str) -> str:
        """The staff number of a person."""
        return self._first(person, _STAFF_ID) or local_name(person)

    def person_name(self, person: str) -> str | None:
        """A person's name exactly as the roster writes it."""
        return self._first(person, _NAME)

    def person_kana(self, person: str) -> str | None:
        """A person's name in kana, if the roster gives it."""
        return self._first(person, _KANA)

    def eid(self, provision: str) -> str:
        """The eId of a provision, such as ``art_3__para_2``."""
        return self._first(provision, _EID) or local_name(provision)

    def citation(self, provision: str) -> Bilingual:
        """A provision as it is cited: 第3条第2項, Article 3, paragraph 2."""
        values = {language: text for text, language in self.values(provision, _CITATION)}
        fallback = self.eid(provision)
        return Bilingual(values.get("ja", fallback), values.get("en", fallback))

    def path(self, unit: str) -> str:
        """The path of an organisation as the text writes it."""
        return self._first(unit, _PATH) or self.label(unit).ja

    def _first(self, thing: str, predicate: str) -> str | None:
        values = self.values(thing, predicate)
        return values[0][0] if values else None

    def values(self, thing: str, predicate: str) -> list[Value]:
        """What the dataset says of a thing; looked up once."""
        key = thing, predicate
        if key not in self._values:
            self._values[key] = self._dataset.values(*key)
        return self._values[key]
