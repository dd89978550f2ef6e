"""For any text of the form, and any noise in it, no character is lost."""

from __future__ import annotations

from datetime import date

import pyoxigraph
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.text_support import WORK, regulations

from kitei.errors import InputUnreadableError
from kitei.text import Document, read
from kitei.text.definitions import read_definitions
from kitei.text.graph import to_turtle
from kitei.text.references import read_references

VERSION = date(2020, 4, 1)


def check(document: Document, source: str) -> None:
    at = 0
    for node in document.walk():
        assert node.start == at
        assert node.end >= at
        at = node.end
    assert at == len(source)
    assert len(document.index) == sum(1 for _ in document.walk())
    for reference in read_references(document).found:
        text = document.text(document.index[reference.sentence])
        assert text[reference.start : reference.end] == reference.text
        assert all(to.cited or not to.eid or to.eid in document.index for to in reference.targets)


@settings(max_examples=300, deadline=None)
@given(regulations())
@example("○ある町規則\n第1条 ")
@example("○ある町規則\n第1条 甲\nある町規則\n第2条 乙\n附 則\n")
def test_the_reader_loses_no_character(source: str) -> None:
    try:
        document = read(source, VERSION)
    except InputUnreadableError:
        # An unlucky title, or dates that contradict each other: refused, not damaged.
        return
    check(document, source)
    read_definitions(document, read_references(document).found)


@settings(max_examples=60, deadline=None)
@given(regulations())
def test_the_graph_gives_every_character_back(source: str) -> None:
    try:
        document = read(source, VERSION)
    except InputUnreadableError:
        return
    store = pyoxigraph.Store()
    store.load(to_turtle(document, WORK).encode(), format=pyoxigraph.RdfFormat.TURTLE)
    found = store.query(
        "PREFIX kitei: <https://w3id.org/kitei/ns#> SELECT ?text WHERE "
        "{ ?n kitei:eId ?id ; kitei:start ?start ; kitei:ownText ?text } ORDER BY ?start"
    )
    assert isinstance(found, pyoxigraph.QuerySolutions)
    assert "".join(row["text"].value for row in found) == source


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_in_words(noise: str) -> None:
    source = f"○ある町規則\n第1条 甲\n{noise}"
    try:
        document = read(source, VERSION)
    except InputUnreadableError:
        return
    check(document, source)
