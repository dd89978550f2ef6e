"""A copy that is annotated once more, and workbooks that are refused or were sent by strangers."""

from __future__ import annotations

import io
import random
import re
import zipfile

import pytest
from openpyxl import Workbook
from openpyxl.styles import NamedStyle, PatternFill
from tests.annotate_support import (
    BOOK,
    COLOUR,
    COLUMNS,
    ROW,
    SHEET,
    TEXT,
    TOUCHED,
    annotated,
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
    told,
)
from tests.roster_support import saved, workbook

from kitei.check.finding import Finding
from kitei.errors import InputUnreadableError, UsageError
from kitei.report.annotated import annotate_workbook

# --- once more ----------------------------------------------------------------------------------


def test_a_copy_annotated_again_is_the_same() -> None:
    found = (
        finding(3, "氏名"),
        finding(4, "所属", severity="info"),
        finding(6, "所属"),
        finding(None),
    )
    once = annotated(rich(), *found)
    assert annotated(once, *found) == once


def test_what_is_no_longer_at_fault_loses_text_and_colour() -> None:
    before = rich()
    data = annotated(
        annotated(before, finding(3, "氏名"), finding(2, "終了日")), finding(4, "所属")
    )
    assert errors(data)[:4] == ["エラー", None, None, TEXT]
    assert fill(data, "B3") == "FF00FF00"
    assert fill(data, "G2") is None
    assert fill(data, "C4") == COLOUR["violation"]
    cleared = annotated(data)
    cells = re.findall(rb'<c r="([A-G]\d+)"([^>]*)>', plain(cleared))
    assert cells == re.findall(rb'<c r="([A-G]\d+)"([^>]*)>', plain(before))


def test_colours_are_taken_back_after_another_program_has_saved_the_copy() -> None:
    book = Workbook()
    book.add_named_style(NamedStyle("庁内", fill=PatternFill("solid", fgColor="FFABCDEF")))
    sheet = book.worksheets[0]
    sheet.title = "在職"
    for row in (COLUMNS, ROW, ROW):
        sheet.append(row)
    sheet["B3"].style = "庁内"
    data = annotated(saved(book), finding(3, "氏名"), finding(2, "職名"))
    assert [fill(data, "B3"), fill(data, "D2")] == [COLOUR["violation"]] * 2
    again = annotated(saved(opened(data)), finding(2, "氏名"))
    assert errors(again) == ["エラー", TEXT, None]
    assert [fill(again, "B3"), fill(again, "D2")] == ["FFABCDEF", None]
    assert opened(again)["在職"]["B3"].style == "庁内"
    assert opened(again).sheetnames == ["在職", "検査結果"]


def test_a_column_that_somebody_filled_is_not_overwritten() -> None:
    data = simple()
    book = opened(annotated(data, finding(2)))
    book["在職"]["H3"] = "総務課で対応済み"
    with pytest.raises(UsageError, match=r"在職!H3"):
        annotated(saved(book), finding(2))
    book["在職"]["H3"] = "=A1"
    with pytest.raises(UsageError, match=r"在職!H3"):
        annotated(saved(book), finding(2))


def test_a_sheet_of_results_that_somebody_made_is_not_overwritten() -> None:
    with pytest.raises(UsageError, match="検査結果"):
        annotated(workbook({"在職": [COLUMNS, ROW], "検査結果": [["健康診断"]]}))


# --- what cannot be kept, and what strangers send -----------------------------------------------


def test_a_signed_workbook_is_refused_by_the_name_of_what_would_be_lost() -> None:
    data = packed({**parts(simple()), "_xmlsignatures/sig1.xml": b"<x/>"})
    with pytest.raises(UsageError, match="digital signature") as refused:
        annotated(data)
    assert "電子署名" in refused.value.message.ja


def test_a_sheet_without_a_free_column_is_refused() -> None:
    book = opened(simple())
    book["在職"].merge_cells("A9:XFD9")
    with pytest.raises(UsageError, match="no free column"):
        annotated(saved(book))


def broken_parts() -> list[tuple[str, bytes]]:
    return [
        (SHEET, b"<worksheet"),
        (SHEET, '<?xml version="1.0" encoding="utf-16"?><a/>'.encode("utf-16")),
        ("xl/styles.xml", b"<styleSheet>"),
        ("xl/workbook.xml", b"<workbook/>"),
        ("xl/_rels/workbook.xml.rels", b"<Relationships/>"),
        ("_rels/.rels", b"<Relationships/>"),
    ]


@pytest.mark.parametrize(("part", "content"), broken_parts())
def test_a_broken_part_is_an_error_that_names_it(part: str, content: bytes) -> None:
    data = simple()
    tables = read_book(data).tables
    with pytest.raises(InputUnreadableError):
        annotate_workbook(packed({**parts(data), part: content}), told(), tables, "ja")


def test_a_document_type_is_never_read() -> None:
    data = simple()
    tables = read_book(data).tables
    hostile = b'<!DOCTYPE x [<!ENTITY a "aaaa">]>'
    contents = parts(data)
    bad = {**contents, "xl/styles.xml": hostile + contents["xl/styles.xml"].split(b"?>")[-1]}
    with pytest.raises(InputUnreadableError, match="DOCTYPE"):
        annotate_workbook(packed(bad), told(), tables, "ja")


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", bytes.fromhex("d0cf11e0a1b11ae1")])
def test_what_is_no_workbook_is_unreadable(data: bytes) -> None:
    with pytest.raises(InputUnreadableError):
        annotate_workbook(data, told(), read_book(simple()).tables, "ja")


def test_a_workbook_with_any_part_damaged_is_annotated_or_refused() -> None:
    data, choose = rich(), random.Random(5)  # noqa: S311
    contents = parts(data)
    names = sorted(TOUCHED)
    refused = 0
    for number in range(200):
        name = names[number % len(names)]
        part = bytearray(contents[name])
        at = choose.randrange(len(part))
        part[at : at + choose.randrange(3)] = choose.choice([b"", b"9", b"<", b'"', b"-", b"\xff"])
        try:
            after = annotated(packed({**contents, name: bytes(part)}), finding(3, "氏名"))
        except (InputUnreadableError, UsageError):
            refused += 1
        else:
            assert parts(after)
    assert 0 < refused < 200


def test_two_runs_give_the_same_bytes_and_parts_keep_their_order() -> None:
    before = rich()
    found: list[Finding] = [finding(3, "氏名")]
    data = annotated(before, *found)
    assert data == annotated(before, *found)
    with zipfile.ZipFile(io.BytesIO(data)) as new, zipfile.ZipFile(io.BytesIO(before)) as old:
        assert new.namelist()[:-1] == old.namelist()


def test_a_table_that_cannot_be_read_is_told_on_the_sheet_of_results() -> None:
    data = workbook({"在職": [COLUMNS, ROW], "指名": [["職員番号"]]})
    after = annotated(data, finding(1, sheet="指名", said="列がない"))
    book = opened(after)
    assert [cell.value for cell in book["指名"][1]] == ["職員番号"]
    assert any("列がない" in row for row in book["検査結果"].values)
    assert BOOK in str([*book["検査結果"].values])
