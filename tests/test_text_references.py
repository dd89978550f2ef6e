"""References: each one of the held text, and the rules on invented texts."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from kitei.text import Document, read
from kitei.text.references import ReferenceKind, References, Target, read_references

FILE = Path(__file__).parents[1] / "data/oshu/dx-headquarters/2024-04-01.txt"
DAY = date(2020, 4, 1)


@pytest.fixture(scope="module")
def document() -> Document:
    return read(FILE.read_bytes().decode("utf-8"))


def targets(references: References, sentence: str) -> list[tuple[str, list[str]]]:
    """Text and targets of the references in one sentence; cited texts before a colon."""
    return [
        (each.text, [f"{to.cited}:{to.eid}" if to.cited else to.eid or "W" for to in each.targets])
        for each in references.found
        if each.sentence == sentence
    ]


def invented(*articles: str, end: str = "") -> References:
    body = "\n\n".join(articles)
    return read_references(read(f"○ある町規則\n\n{body}\n{end}", DAY))


def test_every_reference_of_the_held_text(document: Document) -> None:
    own = [
        (each.sentence, each.text, each.kind.value, [target.eid for target in each.targets])
        for each in read_references(document).found
        if each.kind not in (ReferenceKind.SELF, ReferenceKind.EXTERNAL)
    ]
    points = "art_2__para_2__point_", "art_4__para_2__point_", "art_5__para_3__point_"
    assert own == [
        ("art_2__para_2__sent_1", "次に掲げる", "following", [points[0] + n for n in "1234"]),
        ("art_2__para_2__point_1__sent_1", "第4条", "absolute", ["art_4"]),
        ("art_4__para_2__sent_1", "次のとおり", "following", [points[1] + n for n in "123"]),
        ("art_4__para_2__point_3__sent_1", "前2号", "relative", [points[1] + n for n in "12"]),
        ("art_5__para_3__sent_1", "次に掲げる", "following", [points[2] + n for n in "123"]),
        ("art_5__para_4__sent_1", "前項", "relative", ["art_5__para_3"]),
    ]


def test_the_directive_speaks_of_itself_and_its_amendments_of_themselves(
    document: Document,
) -> None:
    own = [
        (each.sentence, each.targets)
        for each in read_references(document).found
        if each.kind is ReferenceKind.SELF
    ]
    assert own == [
        ("art_1__para_1__sent_1", (Target(),)),
        ("art_5__para_4__sent_1", (Target(),)),
        ("art_8__para_2__sent_1", (Target(),)),
        ("art_11__para_1__sent_1", (Target(),)),
        ("suppl_1__para_1__sent_1", (Target(),)),
        ("suppl_2__para_1__sent_1", (Target(act="2022-1"),)),
        ("suppl_3__para_1__sent_1", (Target(act="2023-2"),)),
        ("suppl_4__para_1__sent_1", (Target(act="2024-2"),)),
    ]


def test_article_2_of_a_cited_text_is_not_our_article_2(document: Document) -> None:
    references = read_references(document)
    external = [
        (each.sentence, each.text, each.targets)
        for each in references.found
        if each.kind is ReferenceKind.EXTERNAL
    ]
    policy, meeting = "デジタル社会の実現に向けた改革の基本方針", "奥州市庁議運営規程"
    assert external == [
        (
            "art_1__para_1__sent_1",
            f"{policy}(令和2年12月25日閣議決定)",
            (Target(cited=policy),),
        ),
        (
            "art_9__para_1__sent_1",
            f"{meeting}(平成18年奥州市訓令第48号)第2条",
            (Target("art_2", meeting),),
        ),
    ]
    assert [(text.title, text.number, text.day, text.year) for text in references.cited] == [
        (policy, "", date(2020, 12, 25), 2020),
        (meeting, "奥州市訓令第48号", None, 2006),
    ]


def test_offsets_point_into_the_sentence(document: Document) -> None:
    for each in read_references(document).found:
        text = document.text(document.index[each.sentence])
        assert text[each.start : each.end] == each.text


def test_lists_carry_the_article_along() -> None:
    found = invented(
        "第1条 甲は、第2条第1項及び第2項並びに第3条の規定による。",
        "第2条 乙\n\n2 丙",
        "第3条 丁",
    )
    assert targets(found, "art_1__para_1__sent_1") == [
        ("第2条第1項", ["art_2__para_1"]),
        ("第2項", ["art_2__para_2"]),
        ("第3条", ["art_3"]),
    ]


def test_a_range_takes_all_between_branches_included() -> None:
    found = invented(
        "第1条 第2条から第4条までによる。", "第2条 甲", "第2条の2 乙", "第3条 丙", "第4条 丁"
    )
    assert targets(found, "art_1__para_1__sent_1") == [
        ("第2条から第4条まで", ["art_2", "art_2-2", "art_3", "art_4"])
    ]


def test_neighbours_are_counted_from_the_provision_itself() -> None:
    found = invented(
        "第1条 甲",
        "第2条 乙",
        "第3条 前2条及び次条による。\n\n2 前項及び次項による。\n\n3 前2項による。\n\n"
        "(1) 子\n\n(2) 前号の者\n\n(3) 前各号の者",
        "第4条 前条第3項第2号による。同条第1項は、適用しない。",
    )
    assert targets(found, "art_3__para_1__sent_1") == [
        ("前2条", ["art_1", "art_2"]),
        ("次条", ["art_4"]),
    ]
    assert targets(found, "art_3__para_2__sent_1") == [
        ("前項", ["art_3__para_1"]),
        ("次項", ["art_3__para_3"]),
    ]
    assert targets(found, "art_3__para_3__sent_1") == [
        ("前2項", ["art_3__para_1", "art_3__para_2"])
    ]
    point = "art_3__para_3__point_"
    assert targets(found, f"{point}2__sent_1") == [("前号", [f"{point}1"])]
    assert targets(found, f"{point}3__sent_1") == [("前各号", [f"{point}1", f"{point}2"])]
    assert targets(found, "art_4__para_1__sent_1") == [("前条第3項第2号", [f"{point}2"])]
    assert targets(found, "art_4__para_1__sent_2") == [("同条第1項", ["art_3__para_1"])]


def test_items_sub_items_and_clauses() -> None:
    found = invented(
        "第1条 次の各号に掲げる者とする。ただし、第2号の者を除く。\n\n"
        "(1) 甲\n\nア 子\n\nイ 丑\n\n(2) 乙",
        "第2条 前条第1号イの者は、前条各号のうち、同条ただし書による。",
    )
    assert targets(found, "art_1__para_1__sent_1") == [
        ("次の各号", ["art_1__para_1__point_1", "art_1__para_1__point_2"])
    ]
    assert targets(found, "art_1__para_1__sent_2") == [("第2号", ["art_1__para_1__point_2"])]
    assert targets(found, "art_2__para_1__sent_1") == [
        ("前条第1号イ", ["art_1__para_1__point_1__subpoint_2"]),
        ("前条各号", ["art_1__para_1__point_1", "art_1__para_1__point_2"]),
        ("同条ただし書", ["art_1__para_1__sent_2"]),
    ]


@pytest.mark.parametrize("words", ["第9条", "前条", "前項", "第3項", "新規則第1条", "法律第1条"])
def test_what_does_not_exist_or_is_not_known_stays_unresolved(words: str) -> None:
    (reference,) = invented(f"第1条 {words}の規定による。").found
    assert reference.targets == ()


@pytest.mark.parametrize("words", ["訓令第2号", "様式第1号", "第2条例", "第3項目", "第1条約"])
def test_numbers_that_are_no_provisions_are_no_references(words: str) -> None:
    assert invented(f"第1条 甲は、{words}を見る。", "第2条 乙").found == ()


def test_a_law_given_a_short_name_keeps_its_articles() -> None:
    law = "地方自治法（昭和22年法律第67号。以下「法」という。）"
    found = invented(
        f"第1条 甲は、{law}第2条第3項による。法第4条及び第5条の場合も同様とする。",
        "第2条 地方公務員法第3条及び同法第6条による。",
    )
    assert targets(found, "art_1__para_1__sent_1") == [
        (f"{law}第2条第3項", ["地方自治法:art_2__para_3"])
    ]
    assert targets(found, "art_1__para_1__sent_2") == [
        ("法第4条", ["地方自治法:art_4"]),
        ("第5条", ["地方自治法:art_5"]),
    ]
    assert targets(found, "art_2__para_1__sent_1") == [
        ("地方公務員法第3条", ["地方公務員法:art_3"]),
        ("同法第6条", ["地方公務員法:art_6"]),
    ]
    assert [text.title for text in found.cited] == ["地方自治法", "地方公務員法"]


def test_a_text_named_by_a_hiragana_city_is_not_cut_in_two() -> None:
    (reference,) = invented("第1条 甲は、つがる市庁議規則第2条による。").found
    assert reference.targets == (Target("art_2", "つがる市庁議規則"),)


def test_an_amending_provision_does_not_speak_of_our_articles() -> None:
    end = "\n附 則\n\n1 この規則は、令和2年4月1日から施行する。\n\n2 前項及び第1条による。\n\n"
    end += "(令和3年3月1日規則第2号)\n\n1 この規則は、令和3年4月1日から施行する。\n\n"
    end += "2 第1条の改正規定は、なお従前の例による。改正後のある町規則第1条は、適用しない。\n"
    found = read_references(read(f"○ある町規則\n\n第1条 甲\n{end}"))
    assert targets(found, "suppl_1__para_2__sent_1") == [
        ("前項", ["suppl_1__para_1"]),
        ("第1条", ["art_1"]),
    ]
    assert targets(found, "suppl_2__para_2__sent_1") == [("第1条", [])]
    assert targets(found, "suppl_2__para_2__sent_2") == [("ある町規則第1条", ["art_1"])]
