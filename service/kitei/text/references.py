"""References: where a sentence points to a provision, here or in another text.

This module finds the words; ``resolution`` says what they point to.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from kitei.text.citations import CitedText, CitedTexts, citations_in, sentences_of
from kitei.text.nouns import noun_before
from kitei.text.numerals import BRANCH, NUMBER
from kitei.text.resolution import Place, Pointer, Resolver
from kitei.text.sentences import brackets
from kitei.text.tree import Document, Node

_TEXT_TYPES = (
    "法律|法|政令|省令|府令|施行令|令|条例|規則|規程|要綱|要領|訓令|告示|細則|憲法|条約|協定"
)
_HERE = rf"第{NUMBER}条(?![例約件]){BRANCH}"
# Where articles are called 第1, 第2, only what follows tells them from other numbers.
_BARE = rf"第{NUMBER}{BRANCH}(?=第{NUMBER}項|の規定|に規定|に定め|に掲げ)"


def _pointer(article: str) -> re.Pattern[str]:
    return re.compile(
        rf"""
        (?P<supplement>附則)?
        (?:(?P<article>{article})
          |(?P<near_article>(?:同|次|前(?:{NUMBER})?)条(?![例約件])))?
        (?:(?P<paragraph>第{NUMBER}項(?!目))
          |(?P<near_paragraph>(?:同|次|前各|前(?:{NUMBER})?)項(?!目)))?
        (?:(?P<item>第{NUMBER}号{BRANCH})
          |(?P<near_item>(?:同|次|前各|前(?:{NUMBER})?)号)
          |(?P<each>の?各号))?
        (?P<sub>[アイウエオカキクケコ](?![ァ-ヺー]))?
        (?P<clause>本文|ただし書|前段|後段)?
        """,
        re.VERBOSE,
    )


_POINTER = _pointer(_HERE)
_BARE_POINTER = _pointer(f"{_HERE}|{_BARE}")
_CORE = ("article", "near_article", "paragraph", "near_paragraph", "item", "near_item")
_FOLLOWING = re.compile("次の各号|次に掲げる|次のとおり|次に定める")
_SELF = re.compile("(?:この|(?<![一-龯])本)(?:規則|規程|訓令|条例|告示|要綱|要領|細則|法律)")
_LINK = re.compile("(?:及び|並びに|又は|若しくは|、|,|，|から)")
_WORD_BEFORE = re.compile(r"[一-龯々ァ-ヺー]$")
_SELF_BEFORE = re.compile(rf"(?:{_SELF.pattern})$")
_SAME_TEXT = re.compile(rf"(?:同|当該)(?:{_TEXT_TYPES})$")
_NAMED_TEXT = re.compile(rf"(?:{_TEXT_TYPES})$")


class ReferenceKind(Enum):
    """How a reference points; the value ends the name of its concept in the vocabulary."""

    RELATIVE = "relative"
    ABSOLUTE = "absolute"
    FOLLOWING = "following"
    SELF = "self"
    EXTERNAL = "external"


class Target(NamedTuple):
    """What a reference points to: a provision of this text, or one of another text.

    An empty ``eid`` is the whole text; ``act`` is the key of an amending act.
    """

    eid: str = ""
    cited: str = ""
    act: str = ""


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference; offsets count code points within the text of its sentence."""

    sentence: str
    start: int
    end: int
    text: str
    kind: ReferenceKind
    targets: tuple[Target, ...]  # empty: points to nothing that exists here


class References(NamedTuple):
    """All references of a document in order, and the texts that it cites."""

    found: tuple[Reference, ...]
    cited: tuple[CitedText, ...]


def read_references(document: Document) -> References:
    """All references of ``document``, resolved as far as its own words allow."""
    bare = not any("条" in article.label for article in document.articles(None))
    pattern = _BARE_POINTER if bare else _POINTER
    shared = _Shared(document, CitedTexts(document), Resolver(document), pattern)
    found: list[Reference] = []
    for node, text in sentences_of(document):
        found += _Sentence(shared, node, text).references()
    return References(tuple(found), tuple(shared.texts.by_title.values()))


class _Shared(NamedTuple):
    document: Document
    texts: CitedTexts
    resolver: Resolver
    pattern: re.Pattern[str]


class _Sentence:
    """One sentence being searched; remembers the reference before for lists and ranges."""

    def __init__(self, shared: _Shared, node: Node, text: str) -> None:
        self.document, self.texts, self.resolver, self.pattern = shared
        self.node = node
        self.text = text
        self.before: Place | None = None
        self.before_end = -1

    def references(self) -> list[Reference]:
        """The references of this sentence, by position."""
        found = [*self._pointers(), *self._following(), *self._selves()]
        taken = [(each.start, each.end) for each in found]
        for citation in citations_in(self.text):
            # One that goes on to a provision (…規程(…)第2条) is already there.
            if not any(start <= citation.start < end for start, end in taken):
                target = Target(cited=citation.text.title)
                found.append(
                    self._make(citation.start, citation.end, ReferenceKind.EXTERNAL, target)
                )
        return sorted(found, key=lambda each: (each.start, each.end))

    def _make(self, start: int, end: int, kind: ReferenceKind, *targets: Target) -> Reference:
        return Reference(self.node.eid, start, end, self.text[start:end], kind, targets)

    def _selves(self) -> list[Reference]:
        # In an amending act's supplementary provision 「この訓令」 is the amending act.
        top = self.document.lineage(self.node)[0].eid
        act = next((act.key for act in self.document.acts if act.supplement == top), "")
        return [
            self._make(match.start(), match.end(), ReferenceKind.SELF, Target(act=act))
            for match in _SELF.finditer(self.text)
        ]

    def _following(self) -> list[Reference]:
        found = []
        for match in _FOLLOWING.finditer(self.text):
            targets = [Target(each.eid) for each in self.resolver.following(self.node)]
            found.append(self._make(match.start(), match.end(), ReferenceKind.FOLLOWING, *targets))
        return found

    def _pointers(self) -> list[Reference]:
        matches = [
            match
            for match in self.pattern.finditer(self.text)
            if any(match[name] for name in _CORE) and not self._is_serial(match)
        ]
        found = []
        while matches:
            first = matches.pop(0)
            last = matches.pop(0) if matches and self._is_range(first, matches[0]) else None
            found.append(self._pointer(first, last))
        return found

    def _is_serial(self, match: re.Match[str]) -> bool:
        """第2号 of 「訓令第2号」 and 「様式第1号」 numbers a document, not an item."""
        head = match["article"] or match["paragraph"] or match["near_item"]
        if head or match["near_article"] or match["near_paragraph"] or match["supplement"]:
            return False
        return _WORD_BEFORE.search(self.text, 0, match.start()) is not None

    def _is_range(self, first: re.Match[str], second: re.Match[str]) -> bool:
        between = self.text[first.end() : second.start()]
        return between == "から" and self.text.startswith("まで", second.end())

    def _pointer(self, first: re.Match[str], last: re.Match[str] | None) -> Reference:
        start, named = self._named_text(first)
        linked = _LINK.fullmatch(self.text, max(self.before_end, 0), first.start())
        listed = self.before if linked and self.before_end >= 0 else None
        parts = Pointer.parse(first.groupdict())
        place, nodes = self.resolver.resolve(self.node, parts, named, listed)
        if last is not None:
            until = Pointer.parse(last.groupdict())
            place, nodes = self.resolver.extend(self.node, place, nodes, until)
        end = last.end() + len("まで") if last is not None else first.end()
        self.before, self.before_end = place, end
        kind = ReferenceKind.RELATIVE if parts.is_relative else ReferenceKind.ABSOLUTE
        if place.text:
            targets = [Target(eid, cited=place.text) for eid in nodes]
            kind = ReferenceKind.RELATIVE if parts.is_relative else ReferenceKind.EXTERNAL
        else:
            targets = [Target(eid) for eid in nodes]
        return self._make(start, end, kind, *targets)

    def _named_text(self, match: re.Match[str]) -> tuple[int, str | None]:
        """Where the reference begins with the text it names, and that text's title.

        ``None``: no other text is named. An empty title: one is, but which is
        not known, so the reference must stay unresolved.
        """
        at = match.start()
        if match["near_article"] or match["near_paragraph"] or match["near_item"]:
            return at, None
        if at and self.text[at - 1] in ")）":
            return self._after_bracket(at)
        before = self.text[:at]
        if not _NAMED_TEXT.search(before) or _SELF_BEFORE.search(before):
            return at, None
        return self._by_name(before)

    def _after_bracket(self, at: int) -> tuple[int, str | None]:
        for citation in citations_in(self.text):
            second = [each for each in brackets(self.text) if each.start == citation.end]
            if at in (citation.end, *(each.end for each in second)):
                return citation.start, citation.text.title
        return at, None

    def _by_name(self, before: str) -> tuple[int, str | None]:
        """The text whose name ends ``before``, given that the name of some text does."""
        at = len(before)
        if same := _SAME_TEXT.search(before):
            last = self.resolver.last_text(before)
            return (same.start(), last) if last else (at, "")
        if name := self.texts.name_ending(before):
            return at - len(name), self.texts.named(name)
        name = noun_before(before, at)
        # 「新規程」 and a bare 「法律」, the end of a longer title, name no text for certain.
        if len(name) <= len("新規程") or name.startswith(("新", "旧", "改正")):
            return at, ""
        return at - len(name), self.texts.named(name)
