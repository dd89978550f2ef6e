"""A version of a regulation as the rows of a page, each a line of the text and its notes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from kitei.readings import Switch
from kitei.regulation import Regulation
from kitei.store import Dataset, Row
from kitei.web.reader.lines import Line, Node, Tree, lines
from kitei.web.reader.marks import Marker, Reference, Term
from kitei.web.reader.notes import Note, Teller
from kitei.web.reader.queries import query

_TOP, _LOWEST = 2, 6
"""Levels of headings: that of the page is 1."""


def edition(
    dataset: Dataset,
    regulation: Regulation,
    version: str,
    language: str,
    switches: Iterable[Switch] = (),
) -> dict[str, Any]:
    """The rows of a version, its defined terms and its outline; without rows if it is not held."""
    switched = {each.reading.iri: each.alternative.iri for each in switches}
    told = _Told(dataset, f"{regulation.iri}/{version}")
    tree = told.tree
    references = [Reference.of(row) for row in told("references", "sentence")]
    terms = [Term.of(row) for row in told("definitions", "sentence")]
    names = dataset.select(query("names"), {"regulation": regulation.iri})
    teller = Teller(dataset, tree, language, switched)
    notes = _Notes(teller, told("norms", "source"), references, terms)
    marker = Marker(tree, references, terms, [row["name"] or "" for row in names])
    setter = _Setter(tree, marker, notes, language)
    rows = [setter.row(line) for line in lines(tree)]
    return {
        "rows": rows,
        "tips": {term.number: f"{term.word}: {term.said}" for term in terms},
        "outline": [head for row in rows for head in row["heads"]],
    }


class _Told:
    """What the queries tell of one version."""

    def __init__(self, dataset: Dataset, version: str) -> None:
        self._dataset = dataset
        self._bound = {"version": version}
        self.tree = Tree.of(dataset.select(query("provisions"), self._bound))

    def __call__(self, name: str, place: str) -> list[Row]:
        """The rows of a query whose ``place`` is a provision of the text."""
        rows = self._dataset.select(query(name), self._bound)
        return [row for row in rows if row[place] in self.tree.nodes]


class _Notes:
    """The notes of all provisions."""

    def __init__(
        self,
        teller: Teller,
        norms: Iterable[Row],
        references: Sequence[Reference],
        terms: Sequence[Term],
    ) -> None:
        self._norms = teller.norms(norms)
        self._terms = teller.definitions(terms)
        self._cites, self._cited = teller.references(references)

    def of(self, nodes: Iterable[Node]) -> dict[str, list[Note]]:
        """Group -> notes of the provisions that a row shows, each once; no empty groups."""
        found: dict[str, list[Note]] = {}
        for node in nodes:
            groups = {
                "terms": self._terms.get(node.iri, []),
                "cites": self._cites.get(node.iri, []),
                "cited": self._cited.get(node.iri, []),
                **self._norms.get(node.iri, {}),
            }
            for group, notes in groups.items():
                kept = found.setdefault(group, [])
                kept += [note for note in notes if note not in kept]
        return {group: notes for group, notes in found.items() if notes}


class _Setter:
    """Sets one line after the other."""

    def __init__(self, tree: Tree, marker: Marker, notes: _Notes, language: str) -> None:
        self._tree = tree
        self._marker = marker
        self._notes = notes
        self._language = language
        self._shown: set[str] = set()

    def row(self, line: Line) -> dict[str, Any]:
        """A row: anchors that begin in it, headings, pieces of text, notes."""
        if not line.pieces:
            return {"breaks": line.breaks, "pieces": [], "heads": [], "notes": {}, "eids": []}
        subject = line.subject(self._tree)
        begun = self._begun(line)
        sentences = [node for node in begun if node.sentence]
        anchors = [node for node in begun if not node.sentence]
        runs = self._marker.runs(line.pieces)
        return {
            "id": subject.eid if subject in anchors else None,
            "eid": subject.eid,
            "cite": subject.citation.within(self._language),
            "anchors": [node.eid for node in anchors if node is not subject],
            "aliases": [node.alias for node in anchors if node.alias],
            "eids": [node.eid for node in begun],
            "level": sum(node.inner for node in self._tree.line_of(subject)[:-1]),
            "heads": [self._head(node, line) for node in anchors if self._heads(node)],
            "titled": line.heads and self._heads(subject),
            "breaks": line.breaks,
            "pieces": [
                {"id": piece.node.eid if piece.node in sentences else None, "runs": each}
                for piece, each in zip(line.pieces, runs, strict=True)
            ],
            "notes": self._notes.of(begun),
        }

    def _begun(self, line: Line) -> list[Node]:
        """The provisions that begin in a line, in the order of the text."""
        found: list[Node] = []
        for piece in line.pieces:
            for node in self._tree.line_of(piece.node):
                if node.iri not in self._shown:
                    self._shown.add(node.iri)
                    found.append(node)
        return found

    def _heads(self, node: Node) -> bool:
        """Whether a provision has a heading: an article, a chapter, what is as large as these."""
        return not node.inner and not node.sentence and self._large(node)

    def _large(self, node: Node) -> bool:
        around = self._tree.line_of(node)[:-1]
        return node.iri in self._tree.containers and not any(each.inner for each in around)

    def _head(self, node: Node, line: Line) -> dict[str, Any]:
        subject = node is line.subject(self._tree)
        own = "".join(piece.text for piece in line.pieces) if line.heads and subject else ""
        return {
            "id": node.eid,
            "cite": node.citation.within(self._language),
            # 第1章 and 附則 are said once.
            "caption": ""
            if own in node.citation.ja
            else own.removeprefix(node.citation.ja).strip(),
            "level": min(_LOWEST, _TOP + len(self._tree.line_of(node)) - 1),
        }
