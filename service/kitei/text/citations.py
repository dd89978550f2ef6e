"""Texts that a regulation cites by name, and how it abbreviates them.

A cited text shows itself by its bracket: 「…規程(平成18年…訓令第48号)」,
「…方針(令和2年12月25日閣議決定)」. Where its title begins is not marked in
Japanese; see ``title_start`` for what is taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from kitei.dates import ERAS, parse_day
from kitei.text.forms import ACT_NUMBER, ERA
from kitei.text.nouns import ends_in_noun
from kitei.text.numerals import BRANCH, NUMBER, arabic, value
from kitei.text.sentences import Bracket, brackets
from kitei.text.tree import Document, Kind, Node

_DECISION = "(?:閣議|大臣|市長|町長|村長|本部|会議)(?:決定|決裁|了解)"
_SOURCE = re.compile(
    rf"({ERA})(元|{NUMBER})年(?:({NUMBER}月{NUMBER}日))?({ACT_NUMBER}|{_DECISION})(?=$|[。、,，])"
)
# は is next to never part of a title; が between two nouns is a case particle.
_EDGE = re.compile(
    r"[、,，。「」『』()（）\s]|は|(?<=[^ぁ-ん])が(?=[^ぁ-ん])"
    r"|に基づき|に基づく|により|に規定する|に定める|に掲げる|とは別に"
    rf"|第{NUMBER}[条項号]{BRANCH}"
)
_JOINT = re.compile(r"(?:及び|並びに|又は|若しくは|から|その他|と)")
ABBREVIATION = re.compile(r"以下(?:単に)?「([^「」]+)」とい(?:う|い)")


@dataclass(frozen=True, slots=True)
class CitedText:
    """Another text. Two citations of one title are one text."""

    title: str
    number: str = ""  # with its issuer, as written; empty for a decision without number
    day: date | None = None  # only when the whole date is written
    year: int | None = None
    decision: str = ""  # 閣議決定 and its like


class Citation(NamedTuple):
    """A cited text where it is named with its bracket; offsets within the sentence text."""

    start: int
    end: int
    bracket: Bracket
    text: CitedText


@lru_cache(maxsize=64)  # asked for each bracket and each reference of a sentence
def citations_in(sentence: str) -> tuple[Citation, ...]:
    """All citations with a bracket in one sentence, in order."""
    found = []
    for bracket in brackets(sentence):
        match = _SOURCE.match(bracket.content)
        if match is None:
            continue
        start = title_start(sentence, bracket.start)
        if start < bracket.start:
            cited = _cited(sentence[start : bracket.start], match)
            found.append(Citation(start, bracket.end, bracket, cited))
    return tuple(found)


def title_start(sentence: str, end: int) -> int:
    """Where the title that stops at ``end`` begins.

    It begins after the nearest punctuation, bracket, topic particle, reference
    or linking phrase. Titles contain の, に関する and を, so these do not end it.
    """
    start = 0
    for match in _EDGE.finditer(sentence, 0, end):
        start = match.end()
    while joint := _JOINT.match(sentence, start, end):
        start = joint.end()
    return start


def _cited(title: str, match: re.Match[str]) -> CitedText:
    era, count, month_day, source = match.groups()
    first = next(each.first for each in ERAS if each.kanji == era)
    year = first.year + (1 if count == "元" else value(count)) - 1
    decided = source if re.fullmatch(_DECISION, source) else ""
    return CitedText(
        title,
        "" if decided else source,
        _day(f"{era}{count}年{month_day}") if month_day else None,
        year,
        decided,
    )


def _day(text: str) -> date | None:
    # A wrong date inside a citation is the author's; the text can still be read.
    try:
        return parse_day(arabic(text))
    except ValueError:
        return None


def sentences_of(document: Document) -> Iterator[tuple[Node, str]]:
    """Every sentence of a provision with its text; titles and closing lines are none."""
    for top in document.nodes:
        if top.kind in (Kind.CLOSING, Kind.TITLE, Kind.DATE, Kind.NUMBER):
            continue
        for node in top.walk():
            if node.kind is Kind.SENTENCE:
                yield node, document.text(node)


class CitedTexts:
    """All cited texts of a document: by title, and by the short name given to them."""

    def __init__(self, document: Document) -> None:
        self.own_title = document.title
        self.by_title: dict[str, CitedText] = {}
        self.short_names: dict[str, str] = {}
        for _, sentence in sentences_of(document):
            for citation in citations_in(sentence):
                # The first citation carries the bracket that matters; keep it.
                self.by_title.setdefault(citation.text.title, citation.text)
                if match := ABBREVIATION.search(_brackets_after(sentence, citation)):
                    self.short_names[match[1]] = citation.text.title

    def name_ending(self, words: str) -> str:
        """The longest title or short name already met that ``words`` end in; else empty."""
        known = (self.own_title, *self.short_names, *self.by_title)
        found = [
            name
            for name in known
            # 「法」 must not be found in 「地方公務員法」.
            if words.endswith(name) and not ends_in_noun(words.removesuffix(name))
        ]
        return max(found, key=len, default="")

    def named(self, name: str) -> str:
        """The title of the text called ``name``; one not met before is known by its title alone."""
        title = self.short_names.get(name, name)
        if title != self.own_title:
            self.by_title.setdefault(title, CitedText(title))
        return title


def _brackets_after(sentence: str, citation: Citation) -> str:
    """The content of the citation's bracket and of a second bracket right behind it."""
    second = next((each for each in brackets(sentence) if each.start == citation.end), None)
    return citation.bracket.content + (second.content if second else "")
