"""How units and posts are linked, however a roster writes them."""

from __future__ import annotations

import pytest
from tests.roster_lexicon import CITY, lexicon, named
from tests.roster_support import HEADER, Fact, facts, files, only, staff

from kitei import roster
from kitei.roster.names import overlap


def post_of(unit: str, title: str) -> Fact:
    return only(staff(f"A1,見本,{unit},{title},,2024-04-01,"), "org:Membership")


def known(kind: str, label: str) -> list[str]:
    return [named(kind, label).removeprefix(f"{CITY}/")]


@pytest.mark.parametrize(
    ("unit", "title", "label"),
    [
        ("財務部税務課", "課長", "財務部税務課長"),
        ("財務部税務課", "税務課長", "財務部税務課長"),
        ("財務部税務課", "財務部税務課長", "財務部税務課長"),
        ("財務部　税務課", "税務課長", "財務部税務課長"),
        ("財務部/税務課", "課　長", "財務部税務課長"),
        ("財務部＞税務課", "課長", "財務部税務課長"),
        ("総務部", "部長", "総務部長"),
        ("総務部", "総務部長", "総務部長"),
        ("選挙管理委員会事務局", "事務局長", "選挙管理委員会事務局長"),
        ("", "副市長", "副市長"),
        ("架空市", "副市長", "副市長"),
        ("架空市 総務部", "部長", "総務部長"),
        ("", "ＣＤＯ", "CDO"),
    ],
)
def test_a_post_is_linked_with_or_without_its_unit(unit: str, title: str, label: str) -> None:
    assert post_of(unit, title)["post"] == known("post", label)


@pytest.mark.parametrize("title", ["課長補佐", "行革デジタル戦略課長補佐"])
def test_the_assistant_is_linked_to_the_label_that_repeats_the_section(title: str) -> None:
    assert post_of("総務部行革デジタル戦略課", title)["post"] == known("post", "課長補佐")


@pytest.mark.parametrize(
    ("unit", "written", "title"),
    [
        ("見本図書館", "見本図書館長", "館長"),
        ("財務部見本課", "見本課長", "課長"),
        ("見本事務局", "事務局次長", "次長"),
        ("総務部", "部付主幹", "部付主幹"),
        ("総務部総務課", "庶務係長", "庶務係長"),
        ("総務部総務課", "総務係長", "総務係長"),
    ],
)
def test_a_title_is_what_is_left_without_the_unit(unit: str, written: str, title: str) -> None:
    assert only(staff(f"A1,見本,{unit},{written},,2024-04-01,"), "org:Post")["title"] == [title]


def test_a_post_outside_the_rules_is_minted_once_with_its_title() -> None:
    result = staff(
        "A1,見本,財務部見本課,見本課長,,2024-04-01,2024-09-30",
        "A2,見本,財務部 見本課,課長,,2024-10-01,",
    )
    post = only(result, "org:Post")
    assert post["id"] == [f"<{CITY}/post/財務部見本課長>"]
    assert (post["label"], post["title"]) == (["財務部見本課長"], ["課長"])
    assert post["postIn"] == ["unit/財務部見本課"]


@pytest.mark.parametrize(
    ("path", "title", "joined"),
    [
        ("財務部税務課", "税務課長", "財務部税務課長"),
        ("総務部", "部長", "総務部長"),
        ("総務部", "部", "総務部部"),
        ("総務部", "課長", "総務部課長"),
        ("", "市長", "市長"),
    ],
)
def test_the_longest_repetition_is_written_once(path: str, title: str, joined: str) -> None:
    assert overlap(path, title) == joined


@pytest.mark.parametrize(
    "unit", ["総務部 総務課 庶務係", "総務部／総務課／庶務係", "総務部＞総務課＞庶務係"]
)
def test_separators_set_the_units_above_apart(unit: str) -> None:
    found = only(staff(f"A1,見本,{unit},係長,,2024-04-01,"), "org:OrganizationalUnit")
    assert found["path"] == ["総務部総務課庶務係"]
    assert found["ancestorPath"] == ["総務部", "総務部総務課"]


def test_a_path_without_separators_names_no_unit_above() -> None:
    found = only(staff("A1,見本,総務部総務課庶務係,係長,,2024-04-01,"), "org:OrganizationalUnit")
    assert "ancestorPath" not in found


@pytest.mark.parametrize(
    ("header", "cells", "path", "above"),
    [
        ("部局,課,係", "総務部,総務課,庶務係", "総務部総務課庶務係", ["総務部", "総務部総務課"]),
        ("部局,課,係", "総務部,,", "総務部", None),
        ("部局,課,係", "総務部,総務部総務課,", "総務部総務課", ["総務部"]),
        ("部局,課,係", ",,", None, None),
        ("所属,係", "総務部総務課,庶務係", "総務部総務課庶務係", ["総務部総務課"]),
        ("部局,所属", "総務部,総務課", "総務部総務課", ["総務部"]),
        ("所属,課", "総務部総務課,総務課", "総務部総務課", None),
    ],
)
def test_columns_together_form_the_unit(
    header: str, cells: str, path: str | None, above: list[str] | None
) -> None:
    result = staff(f"A1,見本,{cells},係長,,2024-04-01,", header=HEADER.replace("所属", header))
    units = facts(result, "org:OrganizationalUnit")
    assert [unit["path"] for unit in units] == ([[path]] if path else [])
    assert [unit.get("ancestorPath") for unit in units] == ([above] if path else [])
    assert not any("列" in note.ja for note in result.notes)


def test_only_a_unit_outside_the_chart_is_labelled_by_the_roster() -> None:
    result = staff(
        "A1,見本,財務部税務課,係長,,2024-04-01,", "A2,架空,財務部見本課,係長,,2024-04-01,"
    )
    labels = {
        unit["path"][0]: unit.get("label") for unit in facts(result, "org:OrganizationalUnit")
    }
    assert labels == {"財務部税務課": None, "財務部見本課": ["財務部見本課"]}


def test_two_posts_for_one_title_take_the_label_as_written_and_a_note() -> None:
    posts = {"見本課課長": f"{CITY}/one", "見本課長": f"{CITY}/two"}
    result = roster.read_files(
        files(roster=f"{HEADER}\nA1,見本,見本課,課長,,2024-04-01,\n"),
        lexicon()._replace(posts=posts),
    )
    assert only(result, "org:Membership")["post"] == ["one"]
    assert any("複数の職" in note.ja for note in result.notes)
