"""Folders, encodings, CSV as it is written, and files that cannot be read."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest
from tests.roster_lexicon import lexicon
from tests.roster_support import (
    DESIGNATIONS,
    HEADER,
    INCAPACITIES,
    MAYOR,
    STAFF,
    facts,
    files,
    only,
    places,
    read,
    staff,
    without_rows,
)

from kitei import roster
from kitei.errors import InputUnreadableError

GAIJI = f"{HEADER}\nA1,髙橋 﨑子,総務部,部長,本務,令和６年４月１日,\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_the_same_roster_in_each_encoding_states_the_same(encoding: str) -> None:
    result = read(GAIJI.encode(encoding))
    assert result.ntriples == read(GAIJI).ntriples
    assert result.tables[0].encoding == encoding


@pytest.mark.parametrize("newline", ["\r\n", "\r", "\n"])
def test_lines_may_end_as_any_system_ends_them(newline: str) -> None:
    result = read(f"{HEADER}\n\n{MAYOR}\n".replace("\n", newline))
    assert only(result, "org:Membership")["row"] == ["3"]


def test_a_byte_that_is_neither_utf8_nor_cp932_is_named_by_its_row() -> None:
    data = f"{HEADER}\n{MAYOR}\n".encode() + b"A1,\xff\xfe,,\n"
    with pytest.raises(InputUnreadableError, match=r"roster\.csv.*Row 3"):
        read(data)


def test_a_bad_byte_in_a_cp932_file_is_named_by_its_own_row() -> None:
    data = f"{HEADER}\r\n{MAYOR}\r\n".encode("cp932") + b"A1,\x81\x00,,\r\n"
    with pytest.raises(InputUnreadableError, match="NUL"):
        read(data)
    with pytest.raises(InputUnreadableError, match="Row 3"):
        read(data.replace(b"\x81\x00", b"\x81\x20"))


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        STAFF.encode("utf-16"),
        STAFF.encode("utf-16-le"),
        b"PK\x03\x04" + b"\0" * 30,
        STAFF.encode() + b"A1\0,x,,,,,",
    ],
    ids=["png", "utf-16", "utf-16 without BOM", "zip", "NUL"],
)
def test_a_binary_file_named_csv_is_unreadable(data: bytes) -> None:
    with pytest.raises(InputUnreadableError, match=r"roster\.csv"):
        read(data)


@pytest.mark.parametrize("data", [b"", b"\n\n", codecs.BOM_UTF8, HEADER.encode(), b" , ,\n"])
def test_an_empty_or_header_only_roster_is_unreadable(data: bytes) -> None:
    with pytest.raises(InputUnreadableError, match=r"roster\.csv"):
        read(data)


def test_an_unreadable_optional_file_is_a_problem_and_the_rest_is_read() -> None:
    result = read(designations=b"\xff\xff", incapacities=f"{INCAPACITIES}\nZ001,2024-06-01,,,\n")
    assert places(result) == [("roster-unreadable", "designations.csv", 1, None)]
    assert len(facts(result, "kitei:Incapacity")) == 1
    tables = {one["tableName"][0]: one for one in facts(result, "kitei:RosterTable")}
    assert (tables["designations"]["rows"], tables["designations"]["unreadable"]) == (
        ["0"],
        ["true"],
    )
    assert only(result, "kitei:RosterProblem")["file"] == ["designations.csv"]


def test_an_empty_optional_file_is_a_problem() -> None:
    assert places(read(meetings=b"")) == [("roster-unreadable", "meetings.csv", None, None)]


def test_a_record_separator_inside_a_name_does_not_break_the_row() -> None:
    result = staff(
        "A1,見本\u2028太郎,,市長,本務,2024-04-01,", "A2,見本\x85次郎,,副市長,本務,2024-04-01,"
    )
    assert [one["row"] for one in facts(result, "org:Membership")] == [["2"], ["3"]]


def test_a_row_is_the_line_at_which_its_record_starts() -> None:
    result = staff(
        'A1,"見本\n一郎\n",,市長,本務,2024-04-01,',
        "A2,架空,,副市長,本務,いつか,",
        "A3,例示,,副市長,,2024-04-01,",
    )
    assert [one["row"] for one in facts(result, "org:Membership")] == [["2"], ["6"]]
    assert places(result) == [("roster-unreadable", "roster.csv", 5, "開始日")]


def test_blank_lines_are_skipped_and_count_as_lines() -> None:
    result = read(f"\n{HEADER}\n,,,,,,\n  ,　,,,,,\n{MAYOR}\n\n")
    assert only(result, "org:Membership")["row"] == ["5"]
    assert result.problems == ()
    assert result.tables[0].rows == 1


def test_short_rows_are_filled_up() -> None:
    assert "through" not in only(staff("A1,見本,,市長,本務,2024-04-01"), "org:Membership")


def test_an_unquoted_comma_makes_the_row_a_problem_and_nothing_else() -> None:
    result = staff("A1,見本,一郎,,市長,本務,2024-04-01,2025-03-31", MAYOR)
    assert places(result) == [("roster-unreadable", "roster.csv", 2, None)]
    assert "見本" not in repr(result.problems)
    assert only(result, "org:Membership")["row"] == ["3"]


def test_letters_after_a_closing_quote_make_the_row_a_problem() -> None:
    result = staff('A1,"見本"一郎,,市長,本務,2024-04-01,', MAYOR)
    assert places(result) == [("roster-unreadable", "roster.csv", 2, None)]
    assert only(result, "org:Membership")["row"] == ["3"]


def test_a_quotation_mark_that_is_never_closed_makes_the_file_unreadable_from_its_row() -> None:
    with pytest.raises(InputUnreadableError, match="From row 3"):
        staff(MAYOR, 'A1,"見本,,市長,本務,2024-04-01,', MAYOR)


@pytest.mark.parametrize("length", [40_000, 10_000_000])
def test_a_huge_cell_is_a_problem_of_its_row(length: int) -> None:
    result = staff(f"A1,{'長' * length},,市長,本務,2024-04-01,", MAYOR)
    ((code, _, row, _),) = places(result)
    assert (code, row) == ("roster-unreadable", 2)
    assert only(result, "org:Membership")["row"] == ["3"]


def test_english_headers_in_any_width_and_case_are_understood() -> None:
    header = "ＳＴＡＦＦ_ID,Name,organization, post ,Assignment,START,end★"
    assert without_rows(staff(MAYOR, header=header)) == without_rows(staff(MAYOR))


def test_usual_export_headers_are_understood() -> None:
    header = "職員コード,氏名漢字,所属名称,役職,発令区分,発令年月日,終了年月日"
    result = staff(MAYOR, header=header)
    assert without_rows(result) == without_rows(staff(MAYOR))
    assert result.tables[0].headers["start"] == "発令年月日"
    assert result.tables[0].letters["start"] == "F"


def test_unknown_columns_are_noted_and_not_read() -> None:
    result = staff(f"{MAYOR},10階,", header=f"{HEADER},居室,")
    assert [note.ja for note in result.notes if "居室" in note.ja] == [
        "roster.csv の次の列は読みません: 居室"
    ]
    assert "10階" not in result.ntriples.decode()


def test_a_missing_required_column_names_it_and_the_headers_seen() -> None:
    with pytest.raises(InputUnreadableError, match=r"職名 \(post\).*職員番号、氏名、開始日"):
        read("職員番号,氏名,開始日\nA1,見本,2024-04-01\n")


def test_two_headers_for_one_column_are_both_named() -> None:
    with pytest.raises(InputUnreadableError, match="開始日 and 発令日"):
        staff("A1,見本,,市長,,2024-04-01,,2024-04-01", header=f"{HEADER},発令日")


def test_a_missing_column_of_an_optional_file_is_its_problem() -> None:
    result = read(designations="職員番号,役職\nM1,本部員\n")
    assert places(result) == [("roster-unreadable", "designations.csv", 1, None)]
    assert "根拠 (basis)" in result.problems[0].message.ja


def test_a_folder_is_read_by_file_names_in_japanese_or_english(tmp_path: Path) -> None:
    (tmp_path / "在職.csv").write_text(STAFF, "utf-8")
    (tmp_path / "Incapacities.CSV").write_text(f"{INCAPACITIES}\n", "utf-8")
    (tmp_path / "控え.csv").write_text("x", "utf-8")
    (tmp_path / "readme.txt").write_text("x", "utf-8")
    result = roster.read(tmp_path, lexicon())
    assert [(table.name, table.file) for table in result.tables] == [
        ("roster", "在職.csv"),
        ("incapacities", "Incapacities.CSV"),
    ]
    assert [note.en for note in result.notes] == ["控え.csv is no roster table; it is not read."]


def test_a_folder_and_its_files_in_memory_are_the_same_roster(tmp_path: Path) -> None:
    tables = files(roster=STAFF, designations=f"{DESIGNATIONS}\n")
    for name, data in tables.items():
        (tmp_path / name).write_bytes(data)
    assert roster.read(tmp_path, lexicon()) == roster.read_files(tables, lexicon())


def test_two_files_for_one_table_are_both_named() -> None:
    with pytest.raises(InputUnreadableError, match=r"roster\.csv.*在職\.csv"):
        roster.read_files({"roster.csv": STAFF.encode(), "在職.csv": STAFF.encode()}, lexicon())


def test_nothing_at_the_path_is_unreadable(tmp_path: Path) -> None:
    with pytest.raises(InputUnreadableError, match="no roster at"):
        roster.read(tmp_path / "missing", lexicon())


def test_a_folder_without_the_staff_table_is_unreadable(tmp_path: Path) -> None:
    with pytest.raises(InputUnreadableError, match=r"no table roster \(roster\.csv"):
        roster.read(tmp_path, lexicon())


def test_a_folder_with_a_workbook_only_says_to_name_it(tmp_path: Path) -> None:
    (tmp_path / "名簿.xlsx").write_bytes(b"x")
    with pytest.raises(InputUnreadableError, match=r"名簿\.xlsx"):
        roster.read(tmp_path, lexicon())


def test_a_single_csv_file_says_to_name_its_folder(tmp_path: Path) -> None:
    path = tmp_path / "roster.csv"
    path.write_text(STAFF, "utf-8")
    with pytest.raises(InputUnreadableError, match="folder"):
        roster.read(path, lexicon())


def test_a_roster_directory_named_like_a_file_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "roster.csv").mkdir()
    with pytest.raises(InputUnreadableError):
        roster.read(tmp_path, lexicon())


def test_a_city_of_a_hundred_thousand_rows_is_read_whole() -> None:
    rows = [
        f"S{n:06},見本 {n},総務部総務課 見本{n % 90}係,主事,,2024-04-01," for n in range(100_000)
    ]
    result = staff(*rows)
    assert result.tables[0].rows == 100_000
    assert result.ntriples.count(b"<http://www.w3.org/ns/org#Membership> .\n") == 100_000
    assert result.problems == ()
