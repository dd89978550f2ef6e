"""The tree of the published text: every character once, every part named."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from kitei.errors import InputUnreadableError
from kitei.text import Document, Kind, read

FILE = Path(__file__).parents[1] / "data/oshu/dx-headquarters/2024-04-01.txt"


@pytest.fixture(scope="module")
def document() -> Document:
    return read(FILE.read_bytes().decode("utf-8"))


def test_the_held_text_is_the_published_one() -> None:
    source = FILE.read_bytes().decode("utf-8")
    assert len(source) == 2065
    assert source.startswith("○奥州市デジタル推進本部規程\n")
    assert source.endswith("(令和6年4月1日施行)")


def test_every_character_belongs_to_exactly_one_node(document: Document) -> None:
    at = 0
    for node in document.walk():
        assert node.start == at
        at = node.end
    assert at == len(document.source)


def test_the_parts_are_counted(document: Document) -> None:
    kinds = Counter(node.kind for node in document.walk())
    assert kinds == {
        Kind.TITLE: 1,
        Kind.DATE: 1,
        Kind.NUMBER: 1,
        Kind.ARTICLE: 11,
        Kind.PARAGRAPH: 26,
        Kind.ITEM: 10,
        Kind.ROW: 13,
        Kind.SENTENCE: 50,
        Kind.SUPPLEMENT: 4,
        Kind.CLOSING: 1,
    }


def test_the_articles_have_their_captions(document: Document) -> None:
    assert [(node.number, node.caption) for node in document.articles(None)] == [
        ("1", "趣旨"),
        ("2", "最高デジタル責任者"),
        ("3", "最高デジタル責任者補佐官"),
        ("4", "デジタル推進本部"),
        ("5", "本部の組織"),
        ("6", "本部長及び副本部長"),
        ("7", "会議"),
        ("8", "DX推進チーム"),
        ("9", "最終決定及び実施"),
        ("10", "庶務"),
        ("11", "補則"),
    ]


def test_seventeen_organisations_supply_members(document: Document) -> None:
    paragraph = document.index["art_5__para_3"]
    lines = [
        document.text(node)
        for node in paragraph.walk()
        if node.kind is Kind.SENTENCE and (document.parent(node) is not paragraph)
    ]
    assert lines.pop(0) == "市長部局"
    assert len(lines) == 12
    assert sum(len(re.split("、|及び", line)) for line in lines) == 17


def test_a_row_stays_one_row_with_one_sentence(document: Document) -> None:
    row = document.index["art_5__para_3__point_1__o_3"]
    assert row.kind is Kind.ROW
    assert document.own_text(row) == "\n\n "
    assert [document.own_text(child) for child in row.children] == ["財務部 財政課及び税務課"]


def test_labels_and_captions_belong_to_the_block_that_they_open(document: Document) -> None:
    own = {eid: document.own_text(node) for eid, node in document.index.items()}
    assert own["art_1"] == "\n\n(趣旨)\n\n第1条 "
    assert own["art_1__para_1"] == ""
    assert own["art_2__para_2"] == "\n\n2 "
    assert own["art_2__para_2__point_4"] == "\n\n(4) "
    assert own["suppl_1"] == ""
    assert own["suppl_2"] == "\n\n(令和4年3月31日共同訓令第1号)"


def test_the_proviso_of_article_9_is_told_apart(document: Document) -> None:
    paragraph = document.index["art_9__para_1"]
    assert [(child.eid, child.proviso) for child in paragraph.children] == [
        ("art_9__para_1__sent_1", False),
        ("art_9__para_1__sent_2", True),
    ]
    assert document.own_text(paragraph.children[1]).startswith("ただし、")
    assert sum(node.proviso for node in document.walk()) == 1


def test_a_full_stop_inside_brackets_ends_no_sentence(document: Document) -> None:
    sentence = document.index["art_1__para_1__sent_1"]
    assert "取組をいう。以下「DX」という。)を推進する" in document.own_text(sentence)
    assert len(document.index["art_1__para_1"].children) == 1


def test_the_text_of_a_block_is_what_one_prints(document: Document) -> None:
    assert document.text(document.index["art_4__para_2"]) == (
        "2 本部の所掌事務は、次のとおりとする。\n"
        "(1) DXの推進に係る基本的な方針の策定等に関すること。\n"
        "(2) DXの推進に係る施策の導入及び検証に関すること。\n"
        "(3) 前2号に掲げるもののほか、DXの推進に関し必要な事項に関すること。"
    )
    assert document.text(document.index["art_5__para_3__point_1"]).splitlines()[:2] == [
        "(1) 市長部局",
        " 政策企画部 政策企画課",
    ]


@pytest.mark.parametrize(
    ("source", "ja", "en"),
    [
        ("", "空である", "empty"),
        (" \n\u3000\r\n", "空である", "empty"),
        ("\n奥州市規程\n\n第1条 目的", "2行目", "line 2"),
        ("○\n\n第1条 目的", "1行目", "line 1"),
        ("○ある規程\n\n令和3年6月24日\n\n目的を定める。\n", "条", "no article"),
        (
            "○ある規程\n\n令和3年2月30日\n\n第1条 目的",
            "3行目: 存在しない日付",
            "line 3: no such day",
        ),
        (
            "○ある規程\n\n第1条 目的\n\nこの規程は、令和元年4月1日から施行する。",
            "5行目: 存在しない日付: 令和元年4月1日",
            "line 5: no such day",
        ),
        ("○ある規程\n\n第1条 目的", "施行日", "entered into force"),
        (
            "○ある規程\n\n第1条 目的\n\nこの規程は、令和3年4月1日から施行する。\n\n"
            "ある規程\n\n(令和4年4月1日施行)",
            "9行目",
            "line 9: 2022-04-01 is not the last entry into force",
        ),
    ],
)
def test_unreadable_input_is_named(source: str, ja: str, en: str) -> None:
    with pytest.raises(InputUnreadableError) as caught:
        read(source)
    assert ja in caught.value.message.ja
    assert en in caught.value.message.en


def test_reading_a_text_needs_no_rdf_library() -> None:
    code = (
        "import sys, kitei.text, kitei.text.references, kitei.text.definitions;"
        "sys.exit('rdflib' in sys.modules)"
    )
    service = FILE.parents[3] / "service"
    subprocess.run([sys.executable, "-c", code], check=True, env={"PYTHONPATH": str(service)})
