"""The published text as the lines of a page: every character, in its own provision."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from kitei.ask.provisions import document_order
from kitei.errors import Bilingual
from kitei.store import Row

_TOKEN = re.compile(r"\n+|[^\n]+")


class Node(NamedTuple):
    """A provision: an article, a paragraph, an item, a sentence."""

    iri: str
    eid: str
    start: int
    """Where it starts, in characters of the published text."""
    parent: str
    sentence: bool
    inner: bool
    """Whether it is within an article and can contain more: a paragraph or an item."""
    citation: Bilingual
    own: str
    """Its characters that are in no provision below it."""
    alias: str | None
    """Its anchor in the addresses of e-Gov."""


class Tree(NamedTuple):
    """The provisions of a version, in the order of the text."""

    nodes: Mapping[str, Node]
    containers: frozenset[str]
    """What contains more than sentences."""

    @classmethod
    def of(cls, rows: Iterable[Row]) -> Tree:
        """The tree that ``queries/provisions.rq`` tells of."""
        ordered = sorted(rows, key=document_order)
        nodes = {row["node"] or "": _node(row) for row in ordered}
        return cls(nodes, frozenset(n.parent for n in nodes.values() if not n.sentence))

    def line_of(self, node: Node) -> list[Node]:
        """A provision and all that contain it, the outermost first."""
        found = [node]
        while (above := self.nodes.get(found[0].parent)) is not None:
            found.insert(0, above)
        return found


class Piece(NamedTuple):
    """Characters of one provision in a line."""

    node: Node
    text: str
    offset: int
    """Where they start, in the provision's own characters."""


class Line(NamedTuple):
    """A line of the published text."""

    breaks: str
    """The line breaks before it."""
    pieces: Sequence[Piece]

    def subject(self, tree: Tree) -> Node:
        """The provision that the line is shown as: that of its last sentence, or its last."""
        last = self.pieces[-1].node
        return tree.nodes.get(last.parent, last) if last.sentence else last

    @property
    def heads(self) -> bool:
        """Whether the line has no sentence."""
        return not any(piece.node.sentence for piece in self.pieces)


def lines(tree: Tree) -> list[Line]:
    """The lines of the text; all their characters in order are the published text."""
    found: list[tuple[str, list[Piece]]] = [("", [])]
    for node in tree.nodes.values():
        for token in _TOKEN.finditer(node.own):
            if not token[0].startswith("\n"):
                found[-1][1].append(Piece(node, token[0], token.start()))
            elif found[-1][1]:
                found.append((token[0], []))
            else:
                found[-1] = (found[-1][0] + token[0], [])
    return [Line(breaks, pieces) for breaks, pieces in found if breaks or pieces]


def _node(row: Row) -> Node:
    return Node(
        iri=row["node"] or "",
        eid=row["eid"] or "",
        start=int(row["start"] or 0),
        parent=row["parent"] or "",
        sentence=row["sentence"] is not None,
        inner=row["inner"] is not None,
        citation=Bilingual(row["ja"] or row["eid"] or "", row["en"] or row["ja"] or ""),
        own=row["own"] or "",
        alias=row["alias"],
    )
