"""The picture of an organisation on one day, drawn from its posts and links."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple
from xml.etree.ElementTree import Element

from kitei.namespaces import local_name
from kitei.web.picturing.layout import Arrow, Layout, Node, lay_out
from kitei.web.picturing.posts import Link, Person, Post, Posts
from kitei.web.picturing.svg import (
    ACCENT,
    BAD,
    INK,
    LINE,
    PAPER,
    SHADE,
    SOFT,
    Box,
    Drawing,
    width_of,
    wrapped,
)
from kitei.web.strings import text

_NAME, _LABEL, _SMALL = 14.0, 13.0, 12.0
_ROW, _PAD, _MARGIN, _GAP = 19.0, 9.0, 14.0, 10.0
_MOST_NAMES = 3
_MOST_WIDE = 240.0
_NARROWEST = 1080.0
_LOOKS = {
    "ex-officio": {"stroke": ACCENT, "stroke-width": "2"},
    "substitution": {"stroke": INK, "stroke-width": "1.6", "stroke-dasharray": "7 4"},
    "designation": {"stroke": SOFT, "stroke-width": "1.3", "stroke-dasharray": "2 3"},
}
_APPLIES = {"stroke": BAD, "stroke-width": "3", "stroke-dasharray": "7 4"}
_HEADS = {"ex-officio": "url(#arrow-accent)", "substitution": "url(#arrow-ink)"}
_SAID = {
    "ex-officio": "picture.ex_officio",
    "substitution": "picture.substitution",
    "designation": "picture.designation",
}


class _Row(NamedTuple):
    """A line of text in a box."""

    said: str
    size: float
    attributes: dict[str, str]


class _Block(NamedTuple):
    """Boxes below the graph: posts that no arrow touches."""

    title: str
    posts: list[Post]


def draw(posts: Posts, title: str, language: str) -> Drawing:
    """The picture of ``posts``; ``title`` names it and its day."""
    return _Picture(posts, title, language).drawing


def said_of(link: Link, language: str) -> str:
    """The label of an arrow: kind, order, provision, and whether it applies that day."""
    said = f"{text(_SAID[link.kind], language)} {link.basis}"
    if link.order is not None:
        said += f" {text('picture.rank', language, order=link.order)}"
    return f"{said} {text('picture.applies', language)}" if link.applies else said


class _Picture:
    def __init__(self, posts: Posts, title: str, language: str) -> None:
        self.language = language
        self.posts = {post.key: post for post in posts.posts}
        self.links = [*posts.links, *self._gathered(posts)]
        self.targets = {link.target for link in self.links}
        linked = {end for link in self.links for end in (link.origin, link.target)}
        drawn = [post for post in self.posts.values() if post.key in linked]
        self.rows = {post.key: self._rows(post) for post in self.posts.values()}
        layout = lay_out([self._node(post, posts.links) for post in drawn], self._arrows())
        blocks = self._blocks(posts, linked)
        wide = max(layout.width, _NARROWEST)
        legend = layout.height + _ROW
        self.drawing = Drawing(
            wide,
            legend + 2 * _ROW + self._blocks_height(blocks, wide),
            title,
            text("picture.description", language, posts=len(posts.posts), links=len(posts.links)),
        )
        self._graph(layout, drawn)
        self._legend(legend)
        self._draw_blocks(blocks, legend + 1.5 * _ROW, wide)

    def _gathered(self, posts: Posts) -> list[Link]:
        """One arrow for all organisations that supply members under a rule."""
        found: list[Link] = []
        for rule in dict.fromkeys(supplier.rule for supplier in posts.suppliers):
            some = [supplier for supplier in posts.suppliers if supplier.rule == rule]
            key = f"suppliers/{rule}"
            label = text("picture.suppliers", self.language, count=len(some))
            below = text("picture.below", self.language)
            self.posts[key] = Post(key, label, "", below, "", "", [], [], [], "", 0, real=False)
            found.append(
                Link(
                    key, "designation", key, some[0].target, some[0].basis, "", None, applies=False
                )
            )
        return found

    def _blocks(self, posts: Posts, linked: set[str]) -> list[_Block]:
        shown = set(linked)
        blocks: list[_Block] = []
        for rule in dict.fromkeys(supplier.rule for supplier in posts.suppliers):
            some = [supplier for supplier in posts.suppliers if supplier.rule == rule]
            heads = [key for key in dict.fromkeys(s.head for s in some) if key in self.posts]
            target = self.posts[some[0].target].label if some[0].target in self.posts else ""
            title = text("picture.heads", self.language, post=target, basis=some[0].basis)
            blocks.append(_Block(title, [self.posts[key] for key in heads if key not in shown]))
            shown.update(heads)
        rest = [post for post in self.posts.values() if post.key not in shown]
        blocks.append(_Block(text("picture.others", self.language), rest))
        return [block for block in blocks if block.posts]

    def _rows(self, post: Post) -> list[_Row]:
        """The lines in the box of a post: its name, who holds it, its state, who acts."""
        lines = wrapped(post.label, _NAME, _MOST_WIDE)
        rows = [_Row(line, _NAME, {"font-weight": "700"}) for line in lines]
        if len(post.holders) > _MOST_NAMES:
            count = text("picture.people", self.language, count=len(post.holders))
            rows.append(_Row(count, _LABEL, {}))
        else:
            rows += [_Row(self._held(person, post), _LABEL, {}) for person in post.holders]
        if post.condition == "vacancy" or (post.state and len(post.holders) > 1):
            rows.append(_Row(f"【{post.state}】", _LABEL, {"font-weight": "700", "fill": BAD}))
        rows += [
            _Row(text("picture.acts", self.language, name=person.name), _LABEL, {"fill": BAD})
            for person in post.acting
        ]
        rows += [
            _Row(text("picture.candidate", self.language, name=person.name), _LABEL, {})
            for person in post.candidates
        ]
        # The text settles who acts only for posts that it speaks of.
        if post.status and post.key in self.targets:
            rows.append(_Row(post.status, _SMALL, {"fill": BAD}))
        return rows

    def _held(self, person: Person, post: Post) -> str:
        return f"{person.name}【{post.state}】" if person.unable else person.name

    def _size(self, post: Post) -> tuple[float, float]:
        rows = self.rows[post.key]
        width = max(width_of(row.said, row.size) for row in rows) + 2 * _PAD
        return width, len(rows) * _ROW + _PAD

    def _node(self, post: Post, links: Sequence[Link]) -> Node:
        width, height = self._size(post)
        unit_width = width_of(post.unit_label, _SMALL) + 2
        # Whom others act for stands first, then who acts.
        acting = [link for link in links if link.kind == "substitution"]
        ends = [{link.target for link in acting}, {link.origin for link in acting}]
        standing = next((i for i, keys in enumerate(ends) if post.key in keys), len(ends))
        return Node(
            post.key,
            width,
            height,
            post.unit or post.key,
            unit_width,
            (post.place, standing, post.key),
        )

    def _arrows(self) -> list[Arrow]:
        return [
            Arrow(
                link.key,
                link.origin,
                link.target,
                width_of(said_of(link, self.language), _SMALL),
                link.kind != "substitution",
                link.kind == "ex-officio",
            )
            for link in self.links
        ]

    def _graph(self, layout: Layout, drawn: Sequence[Post]) -> None:
        drawing = self.drawing
        units = {post.unit or post.key: post.unit_label for post in drawn}
        frames = [(frame.box, units[frame.unit]) for frame in layout.frames]
        for box, unit in frames:
            if unit:
                drawing.box(box, fill=SHADE, stroke=LINE, rx="6")
        for link in self.links:
            group = drawing.group(link=link.key, kind=link.kind)
            look = _APPLIES if link.applies else _LOOKS[link.kind]
            head = "url(#arrow-bad)" if link.applies else _HEADS.get(link.kind, "url(#arrow-ink)")
            drawing.line(
                list(layout.routes[link.key]),
                group,
                **look,
                **{"marker-end": head, "stroke-linejoin": "round"},
            )
            said = said_of(link, self.language)
            fill = BAD if link.applies else INK
            drawing.text(layout.labels[link.key], said, _SMALL, group, fill=fill)
        for box, unit in frames:
            if unit:
                drawing.text((box.x + 10, box.y + 16), unit, _SMALL, fill=SOFT)
        for post in drawn:
            self._box(post, layout.boxes[post.key])

    def _box(self, post: Post, box: Box) -> None:
        """A post: dashed where vacant, hatched where those who hold it are unable."""
        # Lists of those whom a rule picks from are no posts.
        group: Element = self.drawing.group(
            **{"post": local_name(post.key), "state": post.condition}
            if post.real
            else {"other": local_name(post.key)}
        )
        look = {"fill": PAPER, "stroke": INK, "stroke-width": "1.4", "rx": "3"}
        if not post.real:
            look |= {"rx": "14", "stroke": SOFT}
        if post.condition == "vacancy":
            look |= {"stroke-dasharray": "5 4", "stroke": BAD, "stroke-width": "2"}
        if post.condition in ("incapacity", "partly-incapacitated"):
            look |= {"fill": "url(#hatch)", "stroke-width": "2"}
        self.drawing.box(box, group, **look)
        halo = {"halo": "1"} if look["fill"] != PAPER else {}
        rows = self.rows[post.key]
        y = box.y + (box.height - len(rows) * _ROW) / 2 + 0.74 * _ROW
        for row in rows:
            self.drawing.text(
                (box.x + _PAD, y), row.said, row.size, group, **halo, **row.attributes
            )
            y += _ROW

    def _legend(self, y: float) -> None:
        x = _MARGIN
        for kind, look in [*_LOOKS.items(), ("applies", _APPLIES)]:
            said = text(_SAID.get(kind, "picture.in_effect"), self.language)
            head = "url(#arrow-bad)" if kind == "applies" else _HEADS.get(kind, "url(#arrow-ink)")
            self.drawing.line([(x, y - 4), (x + 44, y - 4)], **look, **{"marker-end": head})
            box = self.drawing.text((x + 50, y), said, _SMALL, fill=SOFT)
            x = box.x + box.width + 24
        for state in ("vacancy", "incapacity"):
            look = {"fill": PAPER, "stroke": BAD, "stroke-dasharray": "5 4", "stroke-width": "2"}
            if state == "incapacity":
                look = {"fill": "url(#hatch)", "stroke": INK, "stroke-width": "2"}
            self.drawing.box(Box(x, y - 12, 26, 15), **look)
            key = {"vacancy": "picture.vacant", "incapacity": "picture.incapacitated"}[state]
            box = self.drawing.text((x + 32, y), text(key, self.language), _SMALL, fill=SOFT)
            x = box.x + box.width + 24

    def _cell(self, blocks: Sequence[_Block]) -> float:
        """The width of a box below the graph: all alike."""
        sizes = [self._size(post)[0] for block in blocks for post in block.posts]
        return max(sizes, default=0) + _GAP

    def _blocks_height(self, blocks: Sequence[_Block], wide: float) -> float:
        return sum(2.2 * _ROW + sum(self._heights(block, blocks, wide)) for block in blocks)

    def _heights(self, block: _Block, blocks: Sequence[_Block], wide: float) -> list[float]:
        across = self._across(blocks, wide)
        return [
            max(self._size(post)[1] for post in block.posts[i : i + across]) + _GAP
            for i in range(0, len(block.posts), across)
        ]

    def _across(self, blocks: Sequence[_Block], wide: float) -> int:
        return max(
            1, int((min(wide, _NARROWEST) - 2 * _MARGIN + _GAP) // max(1, self._cell(blocks)))
        )

    def _draw_blocks(self, blocks: Sequence[_Block], y: float, wide: float) -> None:
        cell, across = self._cell(blocks), self._across(blocks, wide)
        for block in blocks:
            self.drawing.text(
                (_MARGIN, y + _ROW), block.title, _LABEL, **{"font-weight": "700", "fill": SOFT}
            )
            y += 1.6 * _ROW
            heights = self._heights(block, blocks, wide)
            for index, post in enumerate(block.posts):
                row, column = divmod(index, across)
                top = y + sum(heights[:row])
                self._box(post, Box(_MARGIN + column * cell, top, cell - _GAP, heights[row] - _GAP))
            y += sum(heights) + 0.6 * _ROW
