"""The chain behind an answer: roster fact, rule, provision text, readings, silences."""

from __future__ import annotations

from typing import NamedTuple

from kitei.ask.answer import Answer, Answers
from kitei.ask.labels import Labels
from kitei.errors import Bilingual
from kitei.namespaces import expand
from kitei.store import Dataset


class Link(NamedTuple):
    """One link of the chain."""

    kind: Bilingual
    said: Bilingual


_FACT = Bilingual("名簿", "roster")
_RULE = Bilingual("規則", "rule")
_PROVISION = Bilingual("条項", "provision")
_READING = Bilingual("解釈", "reading")
_SILENCE = Bilingual("定めのない事項", "silence")

_FACTS_OF_POST = """
PREFIX kitei: <https://w3id.org/kitei/ns#>
PREFIX prov: <http://www.w3.org/ns/prov#>
SELECT ?answer ?fact ?file ?sheet ?row
WHERE {
  { ?answer prov:wasDerivedFrom ?fact } UNION { ?answer kitei:about/prov:wasDerivedFrom ?fact }
  ?fact kitei:inTable ?table ; kitei:row ?row .
  ?table kitei:file ?file .
  OPTIONAL { ?table kitei:sheet ?sheet }
}
ORDER BY ?file ?row ?fact
"""
_RULES = """
PREFIX kitei: <https://w3id.org/kitei/ns#>
SELECT ?answer ?rule
WHERE { ?answer kitei:underRule ?rule }
ORDER BY ?rule
"""


def explain(answers: Answers, answer: Answer) -> list[Link]:
    """What an answer rests on, from the roster to the text."""
    if answers.view is None:
        return []
    dataset, labels = answers.view.dataset, Labels(answers.view.dataset)
    links = grounds(answers, answer)
    links += [_provision(thing, dataset, labels) for thing in _things(answer, "basis")]
    links += [
        _reasoned(_READING, thing, "kitei:reason", dataset, labels)
        for thing in _things(answer, "readings")
    ]
    return links + silences(answers, answer)


def grounds(answers: Answers, answer: Answer) -> list[Link]:
    """The roster facts and the rules that lead to an answer."""
    node = answer.row.get("answer")
    if answers.view is None or node is None:
        return []
    labels = Labels(answers.view.dataset)
    facts = _distinct(answers.view.select(_FACTS_OF_POST, {"answer": node}))
    return [
        *map(_fact, facts),
        *(
            Link(_RULE, labels.label(row["rule"] or ""))
            for row in answers.view.select(_RULES, {"answer": node})
        ),
    ]


def silences(answers: Answers, answer: Answer) -> list[Link]:
    """What the text leaves unsaid that bears on an answer."""
    if answers.view is None:
        return []
    dataset, labels = answers.view.dataset, Labels(answers.view.dataset)
    return [
        _reasoned(_SILENCE, thing, "kitei:statement", dataset, labels)
        for thing in _things(answer, "silences")
    ]


def _distinct(rows: list[dict[str, str | None]]) -> list[dict[str, str | None]]:
    seen: dict[tuple[str | None, ...], dict[str, str | None]] = {}
    for row in rows:
        seen.setdefault((row["file"], row["sheet"], row["row"]), row)
    return list(seen.values())


def _things(answer: Answer, column: str) -> list[str]:
    return sorted((answer.row.get(column) or "").split())


def _fact(row: dict[str, str | None]) -> Link:
    place = f"{row['file']}" + (f" [{row['sheet']}]" if row["sheet"] else "")
    return Link(_FACT, Bilingual(f"{place} {row['row']}行目", f"{place} row {row['row']}"))


def _provision(thing: str, dataset: Dataset, labels: Labels) -> Link:
    citation = labels.citation(thing)
    texts = dataset.values(thing, expand("kitei:text"))
    text = texts[0][0] if texts else ""
    return Link(_PROVISION, Bilingual(f"{citation.ja}「{text}」", f"{citation.en}: 「{text}」"))


def _reasoned(
    kind: Bilingual, thing: str, predicate: str, dataset: Dataset, labels: Labels
) -> Link:
    label = labels.label(thing)
    said = {language: text for text, language in dataset.values(thing, expand(predicate))}
    return Link(
        kind,
        Bilingual(f"{label.ja}: {said.get('ja', '')}", f"{label.en}: {said.get('en', '')}"),
    )
