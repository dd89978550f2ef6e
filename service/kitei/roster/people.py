"""The people of a roster: one node a staff number, names exactly as written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kitei.terms import literal, name, segment

_PERSON = f"{name('rdf:type')} {name('foaf:Person')}"
_STAFF_ID = name("kitei:staffId")
_NAME = name("foaf:name")
_KANA = name("kitei:nameKana")


class People:
    """Everybody whom some row mentions.

    Where rows write a person's name differently, the row that starts last
    counts, then the smaller text; so the order of rows does not matter.
    """

    def __init__(self, municipality: str) -> None:
        self._base = f"{municipality}/person/"
        self._terms: dict[str, str] = {}
        self._names: dict[str, tuple[str, str]] = {}
        self._kana: dict[str, tuple[str, str]] = {}

    def term(self, staff_id: str) -> str:
        """The N-Triples term of a person, who is thereby known."""
        known = self._terms.get(staff_id)
        if known is None:
            plain = staff_id.isascii() and staff_id.isalnum()
            local = staff_id if plain else segment(staff_id)
            known = self._terms[staff_id] = f"<{self._base}{local}>"
        return known

    def known(self) -> Iterable[str]:
        """The staff numbers of all whose term was asked for."""
        return self._terms.keys()

    def named(self, staff_id: str, start: str, written: str, kana: str) -> None:
        """A row that starts on the ISO day ``start`` writes the person's name so."""
        _keep(self._names, staff_id, start, written)
        if kana:
            _keep(self._kana, staff_id, start, kana)

    def strangers(self) -> list[str]:
        """Staff numbers that other tables mention and no row of the staff table has, sorted."""
        return sorted(staff_id for staff_id in self._terms if staff_id not in self._names)

    def triples(self) -> Iterator[str]:
        """What is known of each person."""
        for staff_id, term in self._terms.items():
            known = f"{term} {_PERSON} .\n{term} {_STAFF_ID} {literal(staff_id)} .\n"
            if kept := self._names.get(staff_id):
                known += f"{term} {_NAME} {literal(kept[1])} .\n"
            if kept := self._kana.get(staff_id):
                known += f"{term} {_KANA} {literal(kept[1])} .\n"
            yield known


def _keep(names: dict[str, tuple[str, str]], staff_id: str, start: str, written: str) -> None:
    kept = names.get(staff_id)
    if kept is None or start > kept[0] or (start == kept[0] and written < kept[1]):
        names[staff_id] = (start, written)
