"""Definitions: those of the held text, exactly, and other ways to define."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from kitei.text import read
from kitei.text.definitions import Definition, Scope, read_definitions
from kitei.text.references import Target, read_references

FILE = Path(__file__).parents[1] / "data/oshu/dx-headquarters/2024-04-01.txt"


def definitions(source: str) -> list[Definition]:
    document = read(source, None if "施行" in source else date(2020, 4, 1))
    return read_definitions(document, read_references(document).found)


def in_article(text: str) -> Definition:
    (found,) = definitions(f"○ある町規則\n\n第1条 {text}\n\n第2条 乙")
    return found


def test_every_definition_of_the_held_text() -> None:
    meaning = (
        "デジタル社会の実現に向けた改革の基本方針(令和2年12月25日閣議決定)に基づき、社会全体において"
        "デジタル技術及びデータを活用して利用者目線に立って新たな価値を創出する取組"
    )
    cited = "奥州市庁議運営規程"
    assert definitions(FILE.read_bytes().decode("utf-8")) == [
        Definition(
            "DX",
            "art_1__para_1__sent_1",
            Scope.ONWARDS,
            "デジタル・トランスフォーメーション",
            meaning,
        ),
        Definition("CDO", "art_2__para_1__sent_1", Scope.ONWARDS, "最高デジタル責任者"),
        Definition(
            "デジタル推進本部",
            "art_2__para_2__point_1__sent_1",
            Scope.HERE,
            "",
            "第4条に規定するデジタル推進本部",
            (Target("art_4"),),
        ),
        Definition("CDO補佐官", "art_3__para_1__sent_1", Scope.ONWARDS, "最高デジタル責任者補佐官"),
        Definition("本部", "art_4__para_1__sent_1", Scope.ONWARDS, "奥州市デジタル推進本部"),
        Definition(
            "庁議",
            "art_9__para_1__sent_1",
            Scope.HERE,
            "",
            f"{cited}(平成18年奥州市訓令第48号)第2条に規定する庁議",
            (Target("art_2", cited),),
        ),
    ]


@pytest.mark.parametrize(
    ("text", "scope"),
    [
        ("甲は、推進会議(以下この条において「会議」という。)を置く。", Scope.ARTICLE),
        ("甲は、推進会議(以下この項において「会議」という。)を置く。", Scope.PARAGRAPH),
        ("甲は、推進会議（以下この章において「会議」という。）を置く。", Scope.CHAPTER),
        ("甲は、推進会議(以下単に「会議」という。)を置く。", Scope.ONWARDS),
        ("甲は、推進会議(以下「会議」と総称する。)を置く。", Scope.ONWARDS),
    ],
)
def test_the_bracket_says_how_far_a_short_name_reaches(text: str, scope: Scope) -> None:
    found = in_article(text)
    assert (found.term, found.expression, found.scope) == ("会議", "推進会議", scope)


def test_a_word_explained_for_the_rest_of_the_text() -> None:
    found = in_article("職員(町に勤務する者をいう。以下同じ。)は、出席する。")
    assert (found.term, found.meaning, found.scope) == (
        "職員",
        "町に勤務する者",
        Scope.ONWARDS,
    )


def test_a_sentence_that_defines() -> None:
    found = in_article("この規則において「会議」とは、職員が集まる場をいう。")
    assert (found.term, found.meaning, found.scope) == (
        "会議",
        "職員が集まる場",
        Scope.REGULATION,
    )


def test_a_list_of_terms() -> None:
    source = "○ある町規則\n\n第1条 次の各号に掲げる用語の意義は、当該各号に定めるところによる。\n\n"
    source += "(1) 会議 職員が集まる場をいう。\n\n(2) 職員 町に勤務する者をいう。\n"
    assert [(each.term, each.meaning) for each in definitions(source)] == [
        ("会議", "職員が集まる場"),
        ("職員", "町に勤務する者"),
    ]


def test_a_short_name_for_another_text() -> None:
    found = in_article("甲は、地方自治法(昭和22年法律第67号。以下「法」という。)による。")
    assert (found.term, found.expression) == ("法", "地方自治法")
    assert found.targets == (Target(cited="地方自治法"),)


@pytest.mark.parametrize(
    ("before", "expression"),
    [
        ("甲は、さくら市推進会議", "さくら市推進会議"),
        ("町における推進会議", "推進会議"),
        ("甲がさくら市推進会議", ""),
        ("甲は、システムを利用する職員", "職員"),
        ("甲は、その職員", "職員"),
        ("甲は、", ""),
    ],
)
def test_no_expression_is_claimed_where_its_beginning_is_uncertain(
    before: str, expression: str
) -> None:
    assert in_article(f"{before}(以下「X」という。)とする。").expression == expression


def test_other_brackets_define_nothing() -> None:
    source = "○ある町規則\n\n第1条 職員(課長を除く。)は、会議(年度末に開く。)に出席する。"
    assert definitions(source) == []
