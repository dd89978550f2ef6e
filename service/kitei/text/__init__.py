"""The text of a regulation: its tree, its history, and what it refers to.

``read`` is the way in; ``kitei.text.graph`` writes the result as RDF.
"""

from __future__ import annotations

from datetime import date

from kitei.text.history import read_history
from kitei.text.reader import read_tree
from kitei.text.tree import Act, Document, Kind, Node, Version

__all__ = ["Act", "Document", "Kind", "Node", "Version", "read"]


def read(source: str, version: date | None = None) -> Document:
    """Read the published text of a regulation.

    ``version`` is the day from which this text is in force; the text itself
    usually says so, and then both must agree. Every character of ``source``
    belongs to exactly one node of the result. Raises ``InputUnreadableError``,
    naming the line, when the text does not have the published form.
    """
    title, nodes = read_tree(source)
    history = read_history(source, nodes, version)
    return Document(
        source, title, history.number, history.day, nodes, history.acts, history.versions
    )
