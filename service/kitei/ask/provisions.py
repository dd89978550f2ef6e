"""The text in force on a day, as a tree of provisions or exactly as published."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from kitei.ask.standing import standing
from kitei.city import City, DayView
from kitei.dates import in_era
from kitei.errors import Bilingual, TextNotHeldError, UsageError
from kitei.store import Row

_NODES = """
PREFIX eli: <http://data.europa.eu/eli/ontology#>
PREFIX kitei: <https://w3id.org/kitei/ns#>
SELECT ?node ?eid ?start ?parent ?sentence ?caption ?ja ?en ?own ?words
WHERE {
  ?day a kitei:AskedDay ; kitei:version ?version .
  ?node kitei:inVersion ?version ; kitei:eId ?eid ; kitei:start ?start ; eli:is_part_of ?parent .
  OPTIONAL { ?node a ?sentence . FILTER(?sentence = kitei:Sentence) }
  OPTIONAL { ?node kitei:caption ?caption }
  OPTIONAL { ?node kitei:citation ?ja . FILTER(LANG(?ja) = "ja") }
  OPTIONAL { ?node kitei:citation ?en . FILTER(LANG(?en) = "en") }
  OPTIONAL { ?node kitei:ownText ?own }
  OPTIONAL { ?node kitei:text ?words }
}
ORDER BY ?start ?eid
"""


class Provision(NamedTuple):
    """A node of the text."""

    iri: str
    eid: str
    depth: int
    citation: Bilingual
    caption: str
    words: str
    """The words of a sentence, a title or a closing line; empty for what only contains others."""

    @property
    def heading(self) -> Bilingual:
        """How it is cited, with its caption."""
        caption = f" ({self.caption})" if self.caption else ""
        return Bilingual(self.citation.ja + caption, self.citation.en + caption)

    def fields(self) -> dict[str, object]:
        """The JSON members."""
        return {
            "eid": self.eid,
            "citation": self.citation._asdict(),
            "caption": self.caption or None,
            "depth": self.depth,
            "text": self.words or None,
        }


def provisions(city: City, day: date, wanted: str | None = None) -> list[Provision]:
    """The provisions of the text in force on ``day`` in the order of the text.

    ``wanted`` (eId or citation) narrows them to one provision and what it
    contains. Raises ``TextNotHeldError`` when that text is not held, and
    ``UsageError`` when it has no such provision.
    """
    rows = _within(_rows(city, day), wanted)
    sentences = _sole_sentences(rows)
    folded = {row["node"] for row in sentences.values()}
    containers = {row["parent"] for row in rows}
    depths: dict[str, int] = {}
    found = []
    for row in rows:
        node, parent = row["node"] or "", row["parent"] or ""
        if node in folded and parent in depths:
            continue
        depths[node] = depths.get(parent, -1) + 1
        said = sentences.get(node, {} if node in containers else row)
        found.append(_provision(row, depths[node], said.get("words") or said.get("own")))
    return found


def _sole_sentences(rows: list[Row]) -> dict[str, Row]:
    """Provision -> its sentence, where it has just one: the two are shown as one."""
    sentences: dict[str, list[Row]] = {}
    for row in rows:
        if row["sentence"]:
            sentences.setdefault(row["parent"] or "", []).append(row)
    return {parent: found[0] for parent, found in sentences.items() if len(found) == 1}


def _provision(row: Row, depth: int, words: str | None) -> Provision:
    return Provision(
        iri=row["node"] or "",
        eid=row["eid"] or "",
        depth=depth,
        citation=Bilingual(row["ja"] or "", row["en"] or row["ja"] or ""),
        caption=row["caption"] or "",
        words=(words or "").strip("\n"),
    )


def published(city: City, day: date, wanted: str | None = None) -> str:
    """The characters of the text exactly as published, put together from the graph."""
    return "".join(row["own"] or "" for row in _within(_rows(city, day), wanted))


def _rows(city: City, day: date) -> list[Row]:
    view = city.day(day, judging=False)
    _require_text(city, view, day)
    return sorted(view.select(_NODES), key=document_order)


def document_order(row: Row) -> tuple[int, int, str]:
    """The order of the text, for rows with ``start`` and ``eid``."""
    # A container and its first sentence may start at the same character; the
    # container's own characters come first, and it has fewer levels.
    eid = row["eid"] or ""
    return (int(row["start"] or 0), eid.count("__"), eid)


def _within(rows: list[Row], wanted: str | None) -> list[Row]:
    if wanted is None:
        return rows
    top = next((row for row in rows if wanted in (row["eid"], row["ja"], row["node"])), None)
    if top is None:
        raise UsageError(
            f"条項「{wanted}」はない (eId 又は条項の呼び方で指す。一覧: kitei text)。",
            f"there is no provision {wanted!r} (name it by eId or citation; see kitei text)",
        )
    inside = {top["node"]}
    for row in rows:
        if row["parent"] in inside:
            inside.add(row["node"])
    return [row for row in rows if row["node"] in inside]


def _require_text(city: City, view: DayView, day: date) -> None:
    text = standing(view, city.regulation)
    if text.status is None:
        return
    if text.version is None:
        raise TextNotHeldError(
            f"{in_era(day)}に{city.regulation.title}は施行されていない。",
            f"the regulation is not in force on {day}",
        )
    raise TextNotHeldError(
        f"{in_era(day)}に施行されていた版({text.version}施行)の本文を収録していない。",
        f"the text in force on {day} (version of {text.version}) is not held",
    )
