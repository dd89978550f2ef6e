"""What is marked within a sentence: references, and the first use of a defined term."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from kitei.namespaces import local_name
from kitei.store import Row
from kitei.web.reader.lines import Node, Piece, Tree

PLAIN, REFERENCE, TERM, DEFINED = "plain", "reference", "term", "defined"


class Run(NamedTuple):
    """Some characters of a line and what they are."""

    kind: str
    text: str
    target: str = ""
    """The eId of the provision referred to, or the number of the definition."""


class Reference(NamedTuple):
    """Words of a sentence that refer to a provision or to another text."""

    sentence: str
    start: int
    end: int
    words: str
    target: str
    title: str | None
    """The title of the other text."""

    @classmethod
    def of(cls, row: Row) -> Reference:
        """A reference as ``queries/references.rq`` tells of it."""
        return cls(
            sentence=row["sentence"] or "",
            start=int(row["start"] or 0),
            end=int(row["end"] or 0),
            words=row["words"] or "",
            target=row["target"] or "",
            title=row["title"],
        )


class Term(NamedTuple):
    """A defined term, where it is defined and how far that reaches."""

    number: str
    source: str
    sentence: str
    word: str
    expression: str
    meaning: str
    scope: str

    @classmethod
    def of(cls, row: Row) -> Term:
        """A definition as ``queries/definitions.rq`` tells of it."""
        return cls(
            number=local_name(row["definition"] or ""),
            source=row["source"] or "",
            sentence=row["sentence"] or "",
            word=row["term"] or "",
            expression=row["expression"] or "",
            meaning=row["meaning"] or "",
            scope=row["scope"] or "",
        )

    @property
    def said(self) -> str:
        """What it stands for, in the words of the text."""
        return "、".join(filter(None, (self.expression, self.meaning)))


# The provision that a definition is limited to, by how its eId begins.
_REACH = {
    "article": "art_",
    "paragraph": "para_",
    "item": "point_",
    "chapter": "chp_",
    "section": "sec_",
}


class Marker:
    """Marks the lines of one text, in their order."""

    def __init__(
        self,
        tree: Tree,
        references: Iterable[Reference],
        terms: Sequence[Term],
        names: Iterable[str],
    ) -> None:
        """``names`` of posts and bodies may contain a term and are not that term."""
        self._tree = tree
        self._references: dict[str, list[Reference]] = {}
        for reference in references:
            self._references.setdefault(reference.sentence, []).append(reference)
        self._terms = terms
        words = {*names, *(term.word for term in terms)}
        longest_first = sorted(words, key=lambda word: (-len(word), word))
        self._words = re.compile("|".join(map(re.escape, longest_first)) or "(?!)")

    def runs(self, pieces: Sequence[Piece]) -> list[list[Run]]:
        """The runs of each piece of a line; a term is marked once a line."""
        used: set[str] = set()
        return [self._runs(piece, used) for piece in pieces]

    def _runs(self, piece: Piece, used: set[str]) -> list[Run]:
        if not piece.node.sentence:
            return [Run(PLAIN, piece.text)]
        runs: list[Run] = []
        position = 0
        for found in self._cited(piece):
            start, end = found.start - piece.offset, found.end - piece.offset
            if position <= start < end <= len(piece.text):
                runs += self._between(piece, position, start, used)
                target = self._tree.nodes[found.target].eid
                runs.append(Run(REFERENCE, piece.text[start:end], target))
                position = end
        return runs + self._between(piece, position, len(piece.text), used)

    def _cited(self, piece: Piece) -> list[Reference]:
        """The references of a sentence to provisions of this text, one for each place."""
        places: dict[int, Reference] = {}
        for reference in self._references.get(piece.node.iri, []):
            if reference.target in self._tree.nodes:
                places.setdefault(reference.start, reference)
        return [places[start] for start in sorted(places)]

    def _between(self, piece: Piece, start: int, end: int, used: set[str]) -> list[Run]:
        """The runs of what lies between two references."""
        marked: list[tuple[int, Run]] = []
        for found in self._words.finditer(piece.text, start, end):
            term = None if found[0] in used else self._meant(piece, found[0], found.start())
            if term is not None:
                used.add(term.word)
                kind = DEFINED if _defines(term, piece, found.start()) else TERM
                marked.append((found.start(), Run(kind, found[0], term.number)))
        return list(_filled(piece.text, start, end, marked))

    def _meant(self, piece: Piece, word: str, position: int) -> Term | None:
        """The definition that a word has at a place: of several, the nearest before it."""
        place = piece.node.start + piece.offset + position
        reaching = [
            (self._start(term), term)
            for term in self._terms
            if term.word == word and self._reaches(term, piece.node, place)
        ]
        return max(reaching, default=(0, None), key=lambda pair: pair[0])[1]

    def _start(self, term: Term) -> int:
        """Where the definition stands: at the term in brackets, else with its sentence."""
        sentence = self._tree.nodes[term.sentence]
        return sentence.start + max(0, sentence.own.find(f"「{term.word}」"))

    def _reaches(self, term: Term, node: Node, place: int) -> bool:
        scope = local_name(term.scope).removeprefix("scope-")
        if scope == "here":
            return node.iri == term.sentence
        if scope == "regulation":
            return True
        if place < self._start(term):
            return False
        level = _REACH.get(scope)
        if level is None:
            return True
        around = self._tree.line_of(self._tree.nodes[term.sentence])
        limit = next((each for each in around if _own_name(each).startswith(level)), None)
        return limit is None or limit in self._tree.line_of(node)


def _own_name(node: Node) -> str:
    return node.eid.rsplit("__", 1)[-1]


def _defines(term: Term, piece: Piece, position: int) -> bool:
    """Whether a term at a place is the one that is being defined there."""
    quoted = f"「{term.word}」"
    if piece.node.iri != term.sentence:
        return False
    return quoted not in piece.text or piece.text.startswith(quoted, position - 1)


def _filled(text: str, start: int, end: int, marked: list[tuple[int, Run]]) -> Iterable[Run]:
    """The marked runs with the plain ones between them."""
    edges = [(start, Run(PLAIN, "")), *marked, (end, Run(PLAIN, ""))]
    for (before, run), (after, _) in pairwise(edges):
        if run.text:
            yield run
        if plain := text[before + len(run.text) : after]:
            yield Run(PLAIN, plain)
