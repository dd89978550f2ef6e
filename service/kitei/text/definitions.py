"""Definitions: 「…(以下「X」という。)」, 「X(…をいう。)」, 「「X」とは、…をいう。」.

The words that a short name stands for end where the bracket opens. Where they
begin is not marked, so only the noun right before the bracket is taken
(see ``nouns``): certain, if sometimes less than the whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from kitei.text.citations import citations_in, sentences_of
from kitei.text.nouns import noun_before
from kitei.text.references import Reference, ReferenceKind, Target
from kitei.text.sentences import Bracket, brackets, top_level
from kitei.text.tree import Document, Node

_PLACE = "(?:この|本)(?P<scope>条|項|号|章|節|規則|規程|訓令|条例|告示|要綱|要領|細則)"
_SHORT = re.compile(
    rf"以下(?:{_PLACE}(?:において|中))?[、,，]?(?:単に|総称して)?「(?P<term>[^「」]+)」"
    "と(?:総称)?(?:いう|する)"
)
_SAME = re.compile(rf"以下(?:{_PLACE}(?:において|中))?[、,，]?同じ。?$")
_MEANS = re.compile(r"(?P<meaning>.+?)をいう(?:[。、,，]|$)")
_BY_REFERENCE = re.compile(r"(?:に|の)?(?:規定する|定める|掲げる|規定)")
_SENTENCE = re.compile(
    rf"(?:{_PLACE}(?:において|における|で)[、,，]?)?「(?P<term>[^「」]+)」とは[、,，]?"
    r"(?P<meaning>.+)をいう(?:。|もの)"
)
# An item of a list of terms: (1) 用語 …をいう。
_LISTED = re.compile(r"(?P<term>[^\s。、「」]+)[\s]+(?P<meaning>.+)をいう。")
_TERMS_ANNOUNCED = re.compile("用語の(?:意義|定義|意味)")


class Scope(Enum):
    """How far a definition reaches; the value ends the name of its concept."""

    ONWARDS = "onwards"
    HERE = "here"
    REGULATION = "regulation"
    CHAPTER = "chapter"
    SECTION = "section"
    ARTICLE = "article"
    PARAGRAPH = "paragraph"
    ITEM = "item"


_SCOPES = {
    "章": Scope.CHAPTER,
    "節": Scope.SECTION,
    "条": Scope.ARTICLE,
    "項": Scope.PARAGRAPH,
    "号": Scope.ITEM,
}


@dataclass(frozen=True, slots=True)
class Definition:
    """A term, where it is defined, and what it stands for."""

    term: str
    sentence: str  # eId
    scope: Scope
    expression: str = ""  # the words before the bracket that the term shortens
    meaning: str = ""  # what stands before をいう
    targets: tuple[Target, ...] = ()  # the provision that a definition by reference names


def read_definitions(document: Document, references: tuple[Reference, ...]) -> list[Definition]:
    """All definitions of ``document``, in order."""
    found: list[Definition] = []
    for node, text in sentences_of(document):
        inside = [each for each in references if each.sentence == node.eid]
        found += _whole_sentence(document, node, text)
        found += _in_brackets(node, text, inside)
    return found


def _scope(match: re.Match[str], otherwise: Scope) -> Scope:
    place = match["scope"]
    return _SCOPES.get(place, Scope.REGULATION) if place else otherwise


def _whole_sentence(document: Document, node: Node, text: str) -> Iterator[Definition]:
    if match := _SENTENCE.match(text):
        scope = _scope(match, Scope.REGULATION)
        yield Definition(match["term"], node.eid, scope, meaning=match["meaning"])
    elif (match := _LISTED.fullmatch(text)) and _announces_terms(document, node):
        yield Definition(match["term"], node.eid, Scope.REGULATION, meaning=match["meaning"])


def _announces_terms(document: Document, sentence: Node) -> bool:
    block = document.parent(sentence)
    above = document.parent(block) if block else None
    return above is not None and any(
        _TERMS_ANNOUNCED.search(document.own_text(each)) for each in above.children
    )


def _in_brackets(node: Node, text: str, inside: list[Reference]) -> Iterator[Definition]:
    pairs = brackets(text)
    for bracket in pairs:
        # What stands in a bracket inside this one belongs to that one.
        content = top_level(bracket.content)
        meaning = _MEANS.match(content)
        words = bracket.content[: meaning.end("meaning")] if meaning else ""
        expression = _expression(text, bracket, pairs)
        targets = _targets(text, bracket, words, inside)
        if short := _SHORT.search(content):
            scope = _scope(short, Scope.ONWARDS)
            yield Definition(short["term"], node.eid, scope, expression, words, targets)
        elif expression and words:
            same = _SAME.search(content)
            scope = _scope(same, Scope.ONWARDS) if same else Scope.HERE
            yield Definition(expression, node.eid, scope, "", words, targets)


def _expression(text: str, bracket: Bracket, pairs: tuple[Bracket, ...]) -> str:
    """The nouns right before ``bracket``; of a cited text its whole title."""
    end = bracket.start
    for citation in citations_in(text):
        if end in (citation.bracket.start, citation.end):
            return citation.text.title
    before = next((each for each in pairs if each.end == end), None)
    end = before.start if before else end
    return noun_before(text, end)


def _targets(
    text: str, bracket: Bracket, words: str, inside: list[Reference]
) -> tuple[Target, ...]:
    """What the meaning refers to, when it is 「…に規定するX」 and nothing more."""
    for each in inside:
        first = each.start == bracket.start + 1
        if first and each.kind is not ReferenceKind.SELF and words:
            rest = text[each.end : bracket.start + 1 + len(words)]
            return each.targets if _BY_REFERENCE.match(rest) else ()
    for citation in citations_in(text):
        # 「…規程(平成…号)(以下「規程」という。)」 names the text itself.
        if bracket.start in (citation.bracket.start, citation.end):
            return (Target(cited=citation.text.title),)
    return ()
