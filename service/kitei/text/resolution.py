"""What a reference points to.

The rules are those of Japanese drafting: 前項 is the paragraph before this one,
同条 the article named last, 第2号 without more an item of this paragraph, and a
list (第4条第1項及び第2項) carries its article, or its text, along.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from kitei.text.citations import citations_in
from kitei.text.numerals import NUMBER, arabic, value
from kitei.text.tree import Document, Kind, Node

_NUMBER = re.compile(NUMBER)
_BLOCKS = (Kind.ITEM, Kind.SUB_ITEM, Kind.ROW)


class Pointer(NamedTuple):
    """The parts of a reference: numbers in ASCII digits, near ones (前2, 同, 次) as written."""

    supplement: bool
    article: str
    near_article: str
    paragraph: str
    near_paragraph: str
    item: str
    near_item: str
    each: bool
    sub: str
    clause: str

    @classmethod
    def parse(cls, groups: dict[str, str | None]) -> Pointer:
        """From the groups of a match."""
        plain = {name: text or "" for name, text in groups.items()}
        return cls(
            bool(plain["supplement"]),
            _digits(plain["article"], "条"),
            plain["near_article"][:-1],
            _digits(plain["paragraph"], "項"),
            plain["near_paragraph"][:-1],
            _digits(plain["item"], "号"),
            plain["near_item"][:-1],
            bool(plain["each"]),
            plain["sub"],
            plain["clause"],
        )

    @property
    def is_relative(self) -> bool:
        """Whether its first part is near (前, 次, 同) and not a number."""
        if self.article or self.near_article:
            return bool(self.near_article)
        if self.paragraph or self.near_paragraph:
            return bool(self.near_paragraph)
        return bool(self.near_item)


def _digits(text: str, unit: str) -> str:
    """第3条の2 -> 3の2."""
    return arabic(text.removeprefix("第").replace(unit, "", 1))


class Place(NamedTuple):
    """Where a reference has led, for what follows it: 同条, lists and ranges."""

    text: str = ""  # the title of another text; empty: this one
    article: str = ""  # eIds, or in another text plain numbers
    paragraph: str = ""
    item: str = ""
    known: bool = True  # false: some other text, but not said which
    body: bool = False  # named by our own title, so our body even from an amending act


class Resolver:
    """Resolves the references of one document, which must come in document order."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.antecedent = Place()
        self.cited = ""  # the text named last, for 同法 and 同規程
        self.paragraph = ""  # 同条 looks back no further than its own paragraph

    # -- entry points --------------------------------------------------------------------------

    def resolve(
        self, sentence: Node, pointer: Pointer, named: str | None, listed: Place | None
    ) -> tuple[Place, list[str]]:
        """The place and the eIds that ``pointer`` leads to; none where there is no such provision.

        ``named`` is another text named before it (empty: unknown which),
        ``listed`` the member of the same list before it.
        """
        current = self._current(sentence)
        if current.paragraph != self.paragraph:
            self.paragraph, self.antecedent = current.paragraph, Place()
        start = self._start(current, pointer, named, listed)
        eids: list[str] = []
        if not start.known:
            place = start
        elif start.text:
            place, eids = self._elsewhere(start, pointer)
        else:
            place, eids = self._here(sentence, start, pointer)
        self.antecedent = place
        self.cited = place.text or self.cited
        return place, eids

    def extend(
        self, sentence: Node, place: Place, eids: list[str], until: Pointer
    ) -> tuple[Place, list[str]]:
        """The range from ``place`` through ``until`` (第2条から第4条まで)."""
        end, last = self.resolve(sentence, until, None, place)
        if not eids or not last or place.text:
            # Which articles another text has between the two is not known here.
            return end, [*eids, *last] if eids and last else []
        first_node, last_node = self.document.index[eids[0]], self.document.index[last[0]]
        row = self._row(first_node)
        if last_node not in row or row.index(last_node) < row.index(first_node):
            return end, []
        between = row[row.index(first_node) : row.index(last_node) + 1]
        return end, [node.eid for node in between]

    def following(self, sentence: Node) -> list[Node]:
        """What 「次に掲げる」 announces: the items, else the rows, below this block."""
        block = self.document.parent(sentence)
        if block is None:
            return []
        for kind in _BLOCKS:
            if found := [each for each in block.of_kind(kind) if each.start >= sentence.end]:
                return found
        return []

    def last_text(self, before: str) -> str:
        """The title that 同法 or 同規程 stands for, given the sentence up to it."""
        cited = citations_in(before)
        return cited[-1].text.title if cited else self.cited

    # -- where to start ------------------------------------------------------------------------

    def _start(
        self, current: Place, pointer: Pointer, named: str | None, listed: Place | None
    ) -> Place:
        if named == self.document.title:
            return Place(body=True)
        if named is not None:
            return Place(named, known=bool(named))
        if pointer.near_article == "同" or (
            not pointer.article and not pointer.near_article and pointer.near_paragraph == "同"
        ):
            return self.antecedent
        if not pointer.is_relative and listed is not None:
            return listed
        if pointer.near_item == "同":
            return self.antecedent
        return current

    def _current(self, sentence: Node) -> Place:
        kinds = (Kind.ARTICLE, Kind.PARAGRAPH, Kind.ITEM)
        nodes = (self.document.enclosing(sentence, kind) for kind in kinds)
        article, paragraph, item = (node.eid if node else "" for node in nodes)
        return Place("", article, paragraph, item)

    # -- another text --------------------------------------------------------------------------

    def _elsewhere(self, start: Place, pointer: Pointer) -> tuple[Place, list[str]]:
        article = pointer.article or start.article
        moved = bool(pointer.article or pointer.near_article)
        paragraph = pointer.paragraph or ("" if moved else start.paragraph)
        moved = moved or bool(pointer.paragraph or pointer.near_paragraph)
        item = pointer.item or ("" if moved else start.item)
        steps = [
            f"{name}_{number.replace('の', '-')}"
            for name, number in (("art", article), ("para", paragraph), ("point", item))
            if number
        ]
        place = Place(start.text, article, paragraph, item)
        return place, ["__".join(steps)]

    # -- this text -----------------------------------------------------------------------------

    def _here(self, sentence: Node, start: Place, pointer: Pointer) -> tuple[Place, list[str]]:
        found = self._articles(sentence, start, pointer)
        if found is None:
            found = self._paragraph_holders(sentence, start, pointer)
        articles = found
        if pointer.paragraph or pointer.near_paragraph:
            found = self._paragraphs(sentence, start, pointer, articles)
        elif not (pointer.article or pointer.near_article):
            found = self._nodes(start.paragraph)
        paragraphs = found
        if pointer.item or pointer.near_item or pointer.each:
            found = self._items(sentence, start, pointer, paragraphs)
        items = found
        if pointer.sub:
            found = [each for item in items for each in item.children if each.label == pointer.sub]
        if pointer.clause:
            found = [self._clause(node, pointer.clause) for node in found]
        steps = _eid(articles), _eid(paragraphs, Kind.PARAGRAPH), _eid(items, Kind.ITEM)
        place = Place("", *steps, body=start.body)
        return place, [node.eid for node in found]

    def _nodes(self, eid: str) -> list[Node]:
        return [self.document.index[eid]] if eid in self.document.index else []

    def _scope(self, sentence: Node, start: Place, pointer: Pointer) -> Node | None:
        """The supplementary provision whose articles are meant; none: the body.

        An amending act's own supplementary provision speaks of that act, so
        「第3条」 there is not our article 3.
        """
        top = self.document.lineage(sentence)[0]
        inside = top.kind is Kind.SUPPLEMENT
        amending = inside and any(act.supplement == top.eid for act in self.document.acts)
        if start.body:
            return None
        if pointer.supplement and not inside:
            return next(
                (node for node in self.document.nodes if node.kind is Kind.SUPPLEMENT), None
            )
        return top if amending or (inside and pointer.supplement) else None

    def _articles(self, sentence: Node, start: Place, pointer: Pointer) -> list[Node] | None:
        """The articles named; ``None`` when the reference names no article."""
        if pointer.article:
            articles = self.document.articles(self._scope(sentence, start, pointer))
            return [node for node in articles if node.number == pointer.article][:1]
        if pointer.near_article == "同":
            return self._nodes(start.article)
        if pointer.near_article:
            here = self.document.enclosing(sentence, Kind.ARTICLE)
            return self._near(here, pointer.near_article)
        return None

    def _paragraph_holders(self, sentence: Node, start: Place, pointer: Pointer) -> list[Node]:
        """Where paragraphs are looked for when no article is named."""
        if pointer.supplement:
            scope = self._scope(sentence, start, pointer)
            return [scope] if scope else []
        if start.article:
            return self._nodes(start.article)
        top = self.document.lineage(sentence)[0]
        return [top] if top.kind is Kind.SUPPLEMENT else []

    def _paragraphs(
        self, sentence: Node, start: Place, pointer: Pointer, articles: list[Node]
    ) -> list[Node]:
        if pointer.paragraph:
            return [
                node
                for article in articles
                for node in article.of_kind(Kind.PARAGRAPH)
                if node.number == pointer.paragraph
            ][:1]
        if pointer.near_paragraph == "同":
            return self._nodes(start.paragraph)
        return self._near(self.document.enclosing(sentence, Kind.PARAGRAPH), pointer.near_paragraph)

    def _items(
        self, sentence: Node, start: Place, pointer: Pointer, holders: list[Node]
    ) -> list[Node]:
        if pointer.near_item == "同":
            return self._nodes(start.item)
        if pointer.near_item:
            here = self.document.enclosing(sentence, Kind.ITEM)
            if here is not None or pointer.near_item == "次":
                return self._near(here, pointer.near_item)
            # Below its items a paragraph may go on and say 前各号.
            above = [node for holder in holders for node in holder.of_kind(Kind.ITEM)]
            return _take([node for node in above if node.end <= sentence.start], pointer.near_item)
        items = [
            node for holder in self._item_holders(holders) for node in holder.of_kind(Kind.ITEM)
        ]
        if pointer.each:
            return items
        return [node for node in items if node.number == pointer.item][:1]

    def _item_holders(self, holders: list[Node]) -> list[Node]:
        """An article stands for its only paragraph: 第3条第1号."""
        found: list[Node] = []
        for holder in holders:
            below = holder.of_kind(Kind.PARAGRAPH)
            found += below if holder.kind is not Kind.PARAGRAPH and len(below) == 1 else [holder]
        return found

    def _near(self, here: Node | None, near: str) -> list[Node]:
        """The siblings before (前, 前2, 前各) or after (次) ``here``, in document order."""
        if here is None:
            return []
        row = self._row(here)
        at = row.index(here)
        return row[at + 1 : at + 2] if near == "次" else _take(row[:at], near)

    def _row(self, node: Node) -> list[Node]:
        """All nodes that ``node`` is counted with: articles run through all chapters."""
        if node.kind is Kind.ARTICLE:
            top = self.document.lineage(node)[0]
            return self.document.articles(top if top.kind is Kind.SUPPLEMENT else None)
        above = self.document.parent(node)
        return above.of_kind(node.kind) if above is not None else [node]

    def _clause(self, node: Node, clause: str) -> Node:
        """The sentence of ``node`` that ``clause`` names; ``node`` itself if it has none."""
        only = self._item_holders([node])[0] if node.kind is Kind.ARTICLE else node
        found = only.of_kind(Kind.SENTENCE)
        choose: dict[str, Callable[[Node], bool]] = {
            "ただし書": lambda each: each.proviso,
            "本文": lambda each: not each.proviso,
            "前段": lambda each: each is found[0],
            "後段": lambda each: each is not found[0] and not each.proviso,
        }
        return next((each for each in found if choose[clause](each)), node)


def _take(before: list[Node], near: str) -> list[Node]:
    """The last ones of ``before``: 前 one, 前2 two, 前各 all; none when there are too few."""
    if near == "前各":
        return before
    match = _NUMBER.search(near)
    count = value(match[0]) if match else 1
    return before[-count:] if 0 < count <= len(before) else []


def _eid(nodes: list[Node], kind: Kind | None = None) -> str:
    """The last node's eId, if it is of ``kind``."""
    return nodes[-1].eid if nodes and (kind is None or nodes[-1].kind is kind) else ""
