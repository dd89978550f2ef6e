"""Building the tree so that no character can be lost.

A draft node takes the characters from where the last one stopped up to an end
that the reader names, and can only be added where the text has arrived. Both
together make the runs join in document order by construction.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from kitei.text import sentences
from kitei.text.lines import SPACE
from kitei.text.tree import Kind, Node


@dataclass(slots=True)
class Draft:
    """A node that can still grow."""

    kind: Kind
    eid: str
    start: int
    end: int
    label: str = ""
    number: str = ""
    caption: str = ""
    proviso: bool = False
    children: list[Draft] = field(default_factory=list)

    def count(self, kind: Kind) -> int:
        """How many children of ``kind`` there are so far."""
        return sum(1 for child in self.children if child.kind is kind)

    def freeze(self) -> Node:
        """The finished node."""
        return Node(
            self.kind,
            self.eid,
            self.start,
            self.end,
            self.label,
            self.number,
            self.caption,
            self.proviso,
            tuple(child.freeze() for child in self.children),
        )


class Builder:
    """Appends nodes in document order; ``cursor`` is where the next one begins."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.cursor = 0
        self.top: list[Draft] = []
        self._seen: Counter[str] = Counter()

    def open(
        self,
        kind: Kind,
        eid: str,
        end: int,
        parent: Draft | None = None,
        *,
        label: str = "",
        number: str = "",
        caption: str = "",
    ) -> Draft:
        """A new node below ``parent`` that owns everything from the cursor to ``end``.

        Raises ``ValueError`` when something after ``parent`` has been opened
        already, since the node would then stand before it.
        """
        if parent is not None and not self._is_open(parent):
            raise ValueError(f"{parent.eid} has ended before {eid}")
        draft = Draft(kind, self._unique(eid), self.cursor, end, label, number, caption)
        (self.top if parent is None else parent.children).append(draft)
        self.cursor = end
        return draft

    def extend(self, draft: Draft, end: int) -> None:
        """Let the node that was opened last own the characters up to ``end`` as well."""
        draft.end = end
        self.cursor = end

    def sentences(self, parent: Draft, end: int) -> None:
        """Sentence nodes for the text from the cursor to ``end``."""
        base = self.cursor
        for stop in sentences.sentence_ends(self.source[base:end]):
            eid = f"{parent.eid}__sent_{parent.count(Kind.SENTENCE) + 1}"
            draft = self.open(Kind.SENTENCE, eid, base + stop, parent)
            text = self.source[draft.start : draft.end].strip(SPACE)
            draft.proviso = sentences.is_proviso(text)

    def row(self, parent: Draft, start: int, end: int) -> Draft:
        """An unnumbered line below ``parent``."""
        eid = f"{parent.eid}__o_{parent.count(Kind.ROW) + 1}"
        draft = self.open(Kind.ROW, eid, start, parent)
        self.sentences(draft, end)
        return draft

    def _is_open(self, draft: Draft) -> bool:
        last = self.top[-1]
        while last is not draft and last.children:
            last = last.children[-1]
        return last is draft

    def _unique(self, eid: str) -> str:
        # A text may number two provisions alike by mistake; both must be reachable.
        self._seen[eid] += 1
        return eid if self._seen[eid] == 1 else f"{eid}-dup{self._seen[eid]}"
