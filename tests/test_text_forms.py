"""Other cities' forms: invented texts with what varies between publishers."""

from __future__ import annotations

from datetime import date

import pytest

from kitei.errors import InputUnreadableError
from kitei.text import Document, Kind, read
from kitei.text.naming import citation, egov_anchor
from kitei.text.numerals import arabic, value

OUTLINE = """○みどり町情報化推進委員会設置要綱
平成十九年三月三十日告示第二十二号
改正　平成二十年三月三十一日告示第五号

目次
　第一章　総則（第一条―第二条の二）
　附則

　　　第一章　総則
　（趣旨）
第一条　この要綱は，みどり町情報化推進委員会の設置に関し必要な事項を定める。
第二条　委員は，次に掲げる者をもつて充てる。この場合において，兼職を妨げない。
一　総務課長
二　次に掲げる課の長
　ア　財政課
　イ　税務課（出張所を含む。）
　　（ア）　第一係
五　町長が指名する者
２　委員長は，副町長とする。ただし，再任を妨げない。
（平二〇告示五・一部改正）
第二条の二　会議は，委員長が招集する。
　　　第二章　雑則
（委任）
第三条　削除
附　則
（施行期日）
１　この要綱は，平成十九年四月一日から施行する。
（経過措置）
２　この要綱の施行の際現に委員である者は，委員とみなす。
附　則（平成二十年三月三十一日告示第五号）抄
この要綱は，公布の日から施行する。
別表第一（第二条関係）
一　甲　乙
"""


def read_all(source: str, version: date | None = None) -> Document:
    """Read, and hold the promise that no character is lost or owned twice."""
    document = read(source, version)
    assert "".join(document.own_text(node) for node in document.walk()) == source
    eids = [node.eid for node in document.walk()]
    assert len(eids) == len(set(eids))
    return document


@pytest.fixture(scope="module")
def outline() -> Document:
    return read_all(OUTLINE)


def test_a_text_in_kanji_numerals_is_read(outline: Document) -> None:
    assert (outline.title, outline.number) == ("みどり町情報化推進委員会設置要綱", "告示第二十二号")
    assert outline.day == date(2007, 3, 30)
    assert [(node.eid, node.number) for node in outline.articles(None)] == [
        ("art_1", "1"),
        ("art_2", "2"),
        ("art_2-2", "2の2"),
        ("art_3", "3"),
    ]


def test_chapters_hold_their_articles_but_not_their_numbers(outline: Document) -> None:
    first = outline.index["art_2-2"]
    chapter = outline.parent(first)
    assert chapter is outline.index["chp_1"]
    assert (chapter.kind, chapter.number, chapter.caption) == (Kind.CHAPTER, "1", "総則")
    assert egov_anchor(outline, first) == "Mp-Ch_1-At_2_2"
    assert citation(outline, chapter).en == "Chapter 1"


def test_a_table_of_contents_opens_no_chapter(outline: Document) -> None:
    rows = [outline.text(row) for row in outline.index["preamble"].children]
    assert rows[1:3] == ["目次", "第一章\u3000総則（第一条―第二条の二）"]


def test_item_numbers_stay_as_written_where_some_are_missing(outline: Document) -> None:
    items = outline.index["art_2__para_1"].of_kind(Kind.ITEM)
    assert [item.number for item in items] == ["1", "2", "5"]
    assert items[-1].eid == "art_2__para_1__point_5"


def test_sub_items_nest(outline: Document) -> None:
    node = outline.index["art_2__para_1__point_2__subpoint_2__subpoint_1"]
    assert (node.kind, node.label, node.number) == (Kind.SUB_ITEM, "（ア）", "ア")
    assert citation(outline, node).ja == "第2条第1項第2号イ（ア）"
    assert egov_anchor(outline, node) == ""


def test_two_sentences_are_named_by_their_place(outline: Document) -> None:
    first, second = outline.index["art_2__para_1"].of_kind(Kind.SENTENCE)
    assert citation(outline, first).ja == "第2条第1項前段"
    assert citation(outline, second).en == "Article 2, paragraph 1, second sentence"


def test_a_note_of_amendment_is_no_caption(outline: Document) -> None:
    assert outline.index["art_2-2"].caption == ""
    assert outline.text(outline.index["art_2__para_2__o_1"]) == "（平二〇告示五・一部改正）"


def test_supplementary_provisions_have_captions_and_dates(outline: Document) -> None:
    first = outline.index["suppl_1__para_1"]
    assert (first.caption, first.number) == ("施行期日", "1")
    (act,) = outline.acts
    assert (act.key, act.number, act.entries) == ("2008-5", "告示第五号", (date(2008, 3, 31),))
    assert [version.first for version in outline.versions] == [date(2007, 4, 1), date(2008, 3, 31)]


def test_an_annex_keeps_its_rows(outline: Document) -> None:
    annex = outline.index["annex_1"]
    assert [outline.text(row) for row in annex.children] == [
        "別表第一（第二条関係）",
        "一\u3000甲\u3000乙",
    ]
    assert citation(outline, annex).ja == "別表第一"


@pytest.mark.parametrize("end", ["", "\n", "\r\n", "\n\n  \n", "\u3000"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\n\n", "\r\n\r\n", "\r"])
def test_line_ends_of_any_kind_are_kept(newline: str, end: str) -> None:
    parts = ["○ある町規則", "第1条 甲は、乙とする。", "2 丙とする。", "(1) 丁", " 戊課"]
    document = read_all(newline.join(parts) + end, date(2020, 4, 1))
    assert document.text(document.index["art_1__para_2__point_1__o_1"]) == "戊課"
    assert ("end" in document.index) == bool(end)


def test_a_byte_order_mark_belongs_to_the_title() -> None:
    document = read_all("\ufeff○ある町規則\n第1条 甲", date(2020, 4, 1))
    assert document.own_text(document.index["title"]) == "\ufeff○ある町規則"
    assert document.title == "ある町規則"


def test_divisions_without_the_word_article() -> None:
    document = read_all(
        "○ある町要領\n\n第1 甲\n\n(1) 乙\n\n第2 第1の規定による。", date(2020, 4, 1)
    )
    node = document.index["art_1__para_1__point_1"]
    assert citation(document, node).ja == "第1第1号"
    assert egov_anchor(document, node) == ""


def test_a_line_without_label_is_a_row_of_the_block_it_stands_in() -> None:
    source = "○ある町規則\n\n第1条 甲\n\n(1) 乙\n\n  丙課\n\nその他の者\n\n  丁課\n"
    document = read_all(source, date(2020, 4, 1))
    assert document.text(document.index["art_1__para_1__point_1__o_1"]) == "丙課"
    assert document.text(document.index["art_1__para_1__o_1"]) == "その他の者"
    assert document.text(document.index["art_1__para_1__o_2"]) == "丁課"


def test_two_provisions_with_one_number_are_both_reachable() -> None:
    document = read_all("○ある町規則\n\n第1条 甲\n\n第1条 乙", date(2020, 4, 1))
    assert document.text(document.index["art_1-dup2__para_1"]) == "乙"


def test_an_amendment_can_enter_into_force_in_two_steps() -> None:
    source = "○ある町規則\n\n第1条 甲\n\nこの規則は、平成30年4月1日から施行する。\n\n"
    source += "(平成31年3月1日規則第2号)\n\nこの規則は、平成31年4月1日から施行する。"
    source += "ただし、第1条の改正規定は、令和元年10月1日から施行する。\n"
    document = read_all(source)
    assert [(v.first, v.last, v.acts) for v in document.versions] == [
        (date(2018, 4, 1), date(2019, 3, 31), ()),
        (date(2019, 4, 1), date(2019, 9, 30), ("2019-2",)),
        (date(2019, 10, 1), None, ("2019-2",)),
    ]


def test_application_from_an_earlier_day_is_no_entry_into_force() -> None:
    source = "○ある町規則\n\n平成20年5月1日\n\n第1条 甲\n\n附 則\n\n"
    source += "この規則は、公布の日から施行し、平成20年4月1日から適用する。\n"
    assert [version.first for version in read_all(source).versions] == [date(2008, 5, 1)]


def test_a_day_that_another_text_fixes_is_left_open() -> None:
    source = "○ある町規則\n\n第1条 甲\n\nこの規則は、平成30年4月1日から施行する。\n\n"
    source += "(平成31年3月1日規則第2号)\n\nこの規則は、町長が定める日から施行する。\n"
    document = read_all(source, date(2019, 6, 1))
    assert document.acts[0].entries == ()
    assert [(version.first, version.acts) for version in document.versions] == [
        (date(2018, 4, 1), ()),
        (date(2019, 6, 1), ("2019-2",)),
    ]


@pytest.mark.parametrize("wrong", [date(2018, 3, 1), date(2019, 6, 1)])
def test_a_version_date_that_the_text_denies_is_refused(wrong: date) -> None:
    source = "○ある町規則\n\n第1条 甲\n\nこの規則は、平成30年4月1日から施行する。"
    with pytest.raises(InputUnreadableError, match="not the last entry into force"):
        read(source, wrong)
    assert read(source, date(2018, 4, 1)).version.first == date(2018, 4, 1)


def test_two_acts_with_one_number_in_one_year_are_two_acts() -> None:
    source = "○ある町規則\n\n第1条 甲\n\n"
    for kind in ("規則", "教委規則"):
        source += f"(平成31年3月1日{kind}第2号)\n\nこの規則は、平成31年4月1日から施行する。\n\n"
    assert [act.key for act in read_all(source).acts] == ["2019-2", "2019-2-2"]


def test_articles_of_a_supplementary_provision_are_not_ours() -> None:
    source = "○ある町規則\n\n第1条 甲\n\n附 則\n\n(施行期日)\n\n"
    source += "第1条 この規則は、平成30年4月1日から施行する。\n\n第2条 乙\n"
    document = read_all(source)
    assert [node.eid for node in document.articles(None)] == ["art_1"]
    assert document.index["suppl_1__art_1"].caption == "施行期日"
    assert citation(document, document.index["suppl_1__art_2"]).ja == "附則第2条"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("5", 5),
        ("５", 5),
        ("五", 5),
        ("十", 10),
        ("二十一", 21),
        ("百三十八", 138),
        ("二〇", 20),
        ("千二", 1002),
    ],
)
def test_numbers_in_all_writings(text: str, number: int) -> None:
    assert value(text) == number
    assert arabic(f"第{text}条") == f"第{number}条"
