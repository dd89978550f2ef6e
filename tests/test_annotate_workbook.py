"""The annotated copy of a workbook: the findings in it, and nothing else changed."""

from __future__ import annotations

import re
from datetime import date

import pytest
from tests.annotate_support import (
    COLOUR,
    COLUMNS,
    EXTRAS,
    ROW,
    SHEET,
    TEXT,
    TOUCHED,
    annotated,
    changed,
    errors,
    fill,
    finding,
    opened,
    packed,
    parts,
    plain,
    read_book,
    rich,
    simple,
)
from tests.roster_support import DESIGNATIONS, workbook

# --- what it says -------------------------------------------------------------------------------


@pytest.mark.parametrize("severity", COLOUR)
def test_a_row_says_what_is_wrong_and_the_cell_at_fault_has_a_colour(severity: str) -> None:
    data = annotated(simple(), finding(3, "開始日", severity=severity))
    word = {"violation": "不適合", "warning": "要確認", "info": "参考"}[severity]
    assert errors(data) == ["エラー", None, f"{word}: 見本の指摘\n→ こう直す"]
    assert fill(data, "F3") == fill(data, "H3") == COLOUR[severity]
    assert fill(data, "F2") is None
    assert opened(data)["在職"]["H3"].alignment.wrap_text


def test_several_findings_of_a_row_stand_gravest_first_and_the_gravest_colours_the_cell() -> None:
    found = (
        finding(2, "氏名", severity="info", said="三"),
        finding(2, "氏名", severity="violation", said="一"),
        finding(2, "職名", severity="warning", said="二"),
    )
    data = annotated(simple(), *found)
    lines = (errors(data)[1] or "").split("\n")
    assert lines[::2] == ["不適合: 一", "要確認: 二", "参考: 三"]
    assert [fill(data, place) for place in ("B2", "D2", "E2")] == [
        COLOUR["violation"],
        COLOUR["warning"],
        None,
    ]


def test_every_sheet_of_the_roster_has_the_column_and_others_do_not() -> None:
    sheets: dict[str, list[list[object]]] = {
        "在職": [[*COLUMNS], ROW],
        "指名": [[*DESIGNATIONS.split(",")]],
        "メモ": [["覚え"]],
    }
    book = opened(annotated(workbook(sheets)))
    assert book.sheetnames == ["在職", "指名", "メモ", "検査結果"]
    assert book["在職"]["H1"].value == book["指名"]["J1"].value == "エラー"
    assert book["メモ"].max_column == 1


def test_what_points_at_no_row_stands_on_a_sheet_that_says_what_was_checked() -> None:
    data = annotated(simple(), finding(None, said="位置なし"), finding(99, said="行なし"))
    texts = [[str(cell) for cell in row if cell] for row in opened(data)["検査結果"].values]
    lines = [" ".join(row) for row in texts]
    assert lines[0] == "Kitei 検査結果"
    assert any(line.startswith("2024-10-01現在") for line in lines)
    assert any("2024-04-01施行の版" in line for line in lines)
    assert any("公式解釈ではない" in line for line in lines)
    assert {row[-2] for row in texts[-2:]} == {"位置なし", "行なし"}
    assert errors(data) == ["エラー", None, None]


def test_the_copy_speaks_the_language_asked_for() -> None:
    data = annotated(simple(), finding(2), language="en")
    assert errors(data)[1] == "violation: said 見本の指摘\n→ mend it so"
    assert opened(data)["検査結果"]["A1"].value == "Kitei check"


@pytest.mark.parametrize("said", ["=1+1", "+1", "-1", "@SUM(A1)", "<x>&\"'", "a\x00b\x1f"])
def test_whatever_is_said_is_text(said: str) -> None:
    data = annotated(simple(), finding(2, said=said), finding(None, said=said))
    for sheet in opened(data):
        for row in sheet.iter_rows():
            assert all(cell.data_type != "f" for cell in row)
    shown = re.sub(r"[\x00-\x1f]", " ", said)
    assert (errors(data)[1] or "").startswith(f"不適合: {shown}\n")


def test_what_a_spreadsheet_would_take_for_an_escape_is_escaped() -> None:
    assert b": _x005F_x0041_" in plain(annotated(simple(), finding(2, said="_x0041_")))


def test_more_than_a_cell_holds_is_counted() -> None:
    data = annotated(simple(), *(finding(2, said="長" * 900) for _ in range(40)))
    text = errors(data)[1] or ""
    assert len(text) < 32_767
    shown = text.count("不適合")
    assert text.endswith(f"ほか {40 - shown} 件")


# --- nothing else changes -----------------------------------------------------------------------


def test_every_other_part_is_kept_byte_for_byte() -> None:
    before = rich()
    after = annotated(before, finding(3, "氏名"), finding(5, "所属"), finding(None))
    old, new = parts(before), parts(after)
    assert set(EXTRAS) <= set(old)
    assert {name for name in old if new[name] != old[name]} == TOUCHED
    assert len(set(new) - set(old)) == 1
    # Of the sheet itself, what comes before and after the cells.
    for mark in (b"<cols>", b"</sheetData>"):
        assert mark in old[SHEET]
    head, tail = old[SHEET].split(b"<dimension")[0], old[SHEET].split(b"</sheetData>")[1]
    assert new[SHEET].startswith(head)
    assert new[SHEET].endswith(tail)
    for kept in (b"<dataValidation ", b"<conditionalFormatting", b"<mergeCell ", b"<autoFilter"):
        assert kept in tail
    assert b"<sheetProtection" in tail


def test_every_other_cell_keeps_its_value_and_its_format() -> None:
    before = rich()
    after = annotated(before, finding(3, "氏名"), finding(2, "職員番号"))
    old, new = opened(before), opened(after)
    assert new.defined_names["職員"].attr_text == "在職!$A$2:$A$6"
    for sheet in old:
        for row in sheet.iter_rows():
            for cell in row:
                twin = new[sheet.title][cell.coordinate]
                at_fault = sheet.title == "在職" and cell.coordinate in {"B3", "A2"}
                assert twin.value == cell.value
                for name in ("number_format", "font", "border", "alignment", "protection"):
                    assert repr(getattr(twin, name)) == repr(getattr(cell, name))
                assert (repr(twin.fill) == repr(cell.fill)) is not at_fault
                assert (twin.comment is None) == (cell.comment is None)
    assert new["在職"]["A2"].font.b


def test_the_roster_reads_the_same_from_the_copy() -> None:
    before = rich()
    after = annotated(before, finding(3, "氏名"), finding(None))
    old, new = read_book(before), read_book(after)
    assert new.ntriples == old.ntriples
    assert (new.problems, new.notes) == (old.problems, old.notes)


def test_names_keep_every_character() -> None:
    name = " 𠮷野　髙﨑󠄀 "
    data = annotated(simple(["A1", name, *ROW[2:]]), finding(2, "氏名"))
    assert opened(data)["在職"]["B2"].value == name


def test_a_finding_about_a_merged_cell_colours_the_cell_that_shows() -> None:
    data = annotated(rich(), finding(6, "所属"))
    assert fill(data, "C5") == COLOUR["violation"]
    assert errors(data)[5] == TEXT


def test_an_empty_cell_at_fault_gets_a_colour() -> None:
    before = simple(["A1", "見本", None, "市長", "本務", date(2024, 4, 1), None], [*ROW])
    data = annotated(before, finding(2, "所属"))
    assert fill(data, "C2") == COLOUR["violation"]
    assert plain(annotated(data)).replace(b"\n", b"").count(b'r="C2"') == 0


def test_the_column_stands_behind_whatever_stands_in_a_row() -> None:
    before = changed(
        simple(), SHEET, b"</row></sheetData>", b'<c r="H3"><v>5</v></c></row></sheetData>'
    )
    data = annotated(before, finding(2))
    assert opened(data)["在職"]["H3"].value == 5
    assert errors(data, "I") == ["エラー", TEXT, None]
    assert read_book(data).ntriples == read_book(before).ntriples


def test_a_row_with_spans_and_cells_without_addresses_is_extended() -> None:
    before = simple()
    sheet = re.sub(rb'<row r="(\d)"', rb'<row spans="1:7"', plain(before))
    sheet = re.sub(rb'<c r="\w+"', b"<c", sheet)
    assert b'r="A' not in sheet.split(b"<sheetData>")[1]
    data = annotated(packed({**parts(before), SHEET: sheet}), finding(3, "氏名"))
    assert b'spans="1:8"' in plain(data)
    assert errors(data) == ["エラー", None, TEXT]
    assert fill(data, "B3") == COLOUR["violation"]


def test_a_workbook_with_a_prefix_on_every_element_is_annotated() -> None:
    before = simple()
    contents = parts(before)
    for part in (SHEET, "xl/styles.xml", "xl/workbook.xml"):
        text = re.sub(rb"<(/?)(\w)", rb"<\1x:\2", contents[part].split(b"?>")[-1])
        contents[part] = text.replace(b"xmlns=", b"xmlns:x=")
    data = annotated(packed(contents), finding(3, "氏名"))
    assert (errors(data), fill(data, "B3")) == (["エラー", None, TEXT], COLOUR["violation"])
    assert opened(data).sheetnames == ["在職", "検査結果"]


def test_a_workbook_without_styles_gets_some() -> None:
    contents = parts(simple())
    del contents["xl/styles.xml"]
    relations = "xl/_rels/workbook.xml.rels"
    contents[relations] = re.sub(rb"<Relationship [^>]*/styles\"[^>]*/>", b"", contents[relations])
    types = "[Content_Types].xml"
    contents[types] = re.sub(rb"<Override [^>]*styles[^>]*/>", b"", contents[types])
    contents[SHEET] = re.sub(rb' s="\d+"', b"", contents[SHEET])
    data = annotated(packed(contents), finding(3, "氏名"))
    assert (errors(data), fill(data, "B3")) == (["エラー", None, TEXT], COLOUR["violation"])


def test_columns_that_share_a_width_are_told_apart() -> None:
    cols = b'<cols><col min="3" max="16384" width="9" style="0"/></cols><sheetData>'
    data = annotated(changed(simple(), SHEET, b"<sheetData>", cols), finding(2))
    found = re.findall(rb'min="(\d+)" max="(\d+)" width="(\d+)"', plain(data))
    assert found == [(b"3", b"7", b"9"), (b"8", b"8", b"60"), (b"9", b"16384", b"9")]
    assert plain(annotated(data, finding(2))) == plain(data)
