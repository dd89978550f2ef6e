"""For any text of the form, and any noise in it, no character is lost."""

from __future__ import annotations

from datetime import date

import pyoxigraph
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kitei.errors import InputUnreadableError
from kitei.text import Document, read
from kitei.text.definitions import read_definitions
from kitei.text.graph import to_turtle
from kitei.text.references import read_references

WORK = "https://w3id.org/kitei/id/999999/invented"
VERSION = date(2020, 4, 1)

NUMBERS = st.sampled_from(["1", "2", "10", "３", "一", "二十", "3の2"])
PIECES = [
    "本部長", "は、", "副市長", "をもって充てる。", "(以下「本部」という。)", "前項", "前2号",
    "第4条", "第2項", "及び", "から", "まで", "次に掲げる", "ただし、", "。", "「", "」",
    "(", ")", "規程(平成18年訓令第48号)", "同条", "この規則", "をいう。", "ア", "，", "𠮟",
    "各号", "ただし書", "法", "附則", "の",
]  # fmt: skip
# Characters that some libraries take for line ends, or that Turtle must escape.
ODD = [" ", "\u3000", "\u2028", "\x85", "\x1c", "\\", '"', "\t"]
WORDS = st.lists(st.sampled_from(PIECES + ODD), max_size=8).map("".join)
LABELS = st.one_of(
    NUMBERS.map(lambda number: f"第{number}条 "),
    NUMBERS.map(lambda number: f"{number} "),
    NUMBERS.map(lambda number: f"({number}) "),
    st.sampled_from(
        [
            "",
            " ",
            "\u3000",
            "ア ",
            "イ\u3000",
            "(ア) ",
            "第1章 ",
            "附 則",
            "(趣旨)",
            "別表 ",
            "○",
            "2",
        ]
    ),
    st.just("(令和2年4月1日規則第3号)"),
    st.just("この規則は、令和2年4月1日から施行する。"),
)
LINES = st.tuples(LABELS, WORDS).map("".join)
BREAKS = st.sampled_from(["\n", "\n\n", "\r\n", "\r\n\r\n", " \n", "\r"])


@st.composite
def regulations(draw: st.DrawFn) -> str:
    """A title, perhaps a date and a number, a first article, then any lines."""
    lines = ["○ある町規則", *draw(st.lists(LINES, max_size=2)), "第1条 " + draw(WORDS)]
    lines += draw(st.lists(LINES, max_size=12))
    parts = [part for line in lines for part in (line, draw(BREAKS))]
    return "".join(parts if draw(st.booleans()) else parts[:-1])


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
