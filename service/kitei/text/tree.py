"""The tree of a regulation: what each stretch of the file is.

Every node owns one contiguous run of characters (its separator and label, or
its sentence). In document order the runs join without gap or overlap, so the
file is the concatenation of what its nodes own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from functools import cached_property

from kitei.text.lines import SPACE


class Kind(Enum):
    """What a node is; the value is the name of its class in the vocabulary."""

    TITLE = "Title"
    DATE = "DateLine"
    NUMBER = "NumberLine"
    PREAMBLE = "Preamble"
    PART = "Part"
    CHAPTER = "Chapter"
    SECTION = "Section"
    SUBSECTION = "Subsection"
    ARTICLE = "Article"
    PARAGRAPH = "Paragraph"
    ITEM = "Item"
    SUB_ITEM = "SubItem"
    ROW = "Row"
    SENTENCE = "Sentence"
    SUPPLEMENT = "SupplementaryProvision"
    ANNEX = "Annex"
    CLOSING = "Closing"
    ENDING = "Ending"


@dataclass(frozen=True, slots=True)
class Node:
    """One piece of the text. ``start`` and ``end`` bound the run that it owns itself."""

    kind: Kind
    eid: str
    start: int
    end: int
    label: str = ""  # as written: 第1条, 2, (1), ア
    number: str = ""  # in ASCII digits, or the kana of a sub-item
    caption: str = ""
    proviso: bool = False
    children: tuple[Node, ...] = ()

    def walk(self) -> Iterator[Node]:
        """This node and all below it, in document order."""
        yield self
        for child in self.children:
            yield from child.walk()

    def of_kind(self, kind: Kind) -> list[Node]:
        """The children of one kind, in order."""
        return [child for child in self.children if child.kind is kind]

    @property
    def last(self) -> int:
        """Where the run of the last node below this one ends."""
        return self.children[-1].last if self.children else self.end


@dataclass(frozen=True, slots=True)
class Act:
    """An amending act, as far as the text names it."""

    key: str  # year and number, 2022-1: numbers alone recur every year
    day: date
    number: str
    supplement: str  # eId of its supplementary provision
    entries: tuple[date, ...] = ()  # empty: the text does not say from when


@dataclass(frozen=True, slots=True)
class Version:
    """The text in force from ``first`` through ``last`` (inclusive; none: open)."""

    first: date
    last: date | None
    acts: tuple[str, ...]  # keys of all amendments up to it
    held: bool


@dataclass(frozen=True)
class Document:
    """A regulation as read. Offsets count code points of ``source``."""

    source: str = field(repr=False)
    title: str
    number: str
    day: date | None
    nodes: tuple[Node, ...] = field(repr=False)
    acts: tuple[Act, ...]
    versions: tuple[Version, ...]

    @property
    def version(self) -> Version:
        """The version whose text this is."""
        return self.versions[-1]

    def walk(self) -> Iterator[Node]:
        """All nodes in document order."""
        for node in self.nodes:
            yield from node.walk()

    @cached_property
    def index(self) -> dict[str, Node]:
        """All nodes by eId."""
        return {node.eid: node for node in self.walk()}

    @cached_property
    def _parents(self) -> dict[str, Node]:
        return {child.eid: node for node in self.walk() for child in node.children}

    def parent(self, node: Node) -> Node | None:
        """The node that ``node`` is part of; none at the top."""
        return self._parents.get(node.eid)

    def lineage(self, node: Node) -> list[Node]:
        """``node`` and all that it is part of, outermost first."""
        found = [node]
        while (above := self.parent(found[-1])) is not None:
            found.append(above)
        return found[::-1]

    def enclosing(self, node: Node, kind: Kind) -> Node | None:
        """The innermost node of ``kind`` that ``node`` is or lies in."""
        return next((each for each in reversed(self.lineage(node)) if each.kind is kind), None)

    def own_text(self, node: Node) -> str:
        """Exactly the characters that ``node`` itself owns."""
        return self.source[node.start : node.end]

    def text(self, node: Node) -> str:
        """What a reader wants printed: label, caption and all below, one line each.

        Blank lines and the space around the whole are left out; the indentation
        of the lines inside is kept.
        """
        # Not splitlines(): it would also break at characters that are content here.
        found = re.split("[\r\n]+", self.source[node.start : node.last])
        return "\n".join(line.rstrip(SPACE) for line in found if line.strip(SPACE)).strip(SPACE)

    def articles(self, node: Node | None) -> list[Node]:
        """All articles of a supplementary provision, or of the body if ``node`` is none."""
        if node is not None:
            return [each for each in node.walk() if each.kind is Kind.ARTICLE]
        return [
            each
            for top in self.nodes
            if top.kind is not Kind.SUPPLEMENT
            for each in top.walk()
            if each.kind is Kind.ARTICLE
        ]
