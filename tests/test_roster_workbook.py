"""A roster as one Excel workbook."""

from __future__ import annotations

import random
from datetime import date, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook
from tests.roster_lexicon import lexicon
from tests.roster_support import (
    DESIGNATIONS,
    HEADER,
    INCAPACITIES,
    MAYOR,
    facts,
    only,
    places,
    read,
    read_book,
    saved,
    staff,
    workbook,
)
from tests.workbook_support import SHEET, STRINGS, rewritten, with_strings

from kitei import roster
from kitei.errors import InputUnreadableError

COLUMNS = HEADER.split(",")
ROW = ["Z001", "見本 市長", "", "市長", "本務", date(2022, 3, 20), None]


def book_of(*rows: list[object], header: list[str] = COLUMNS) -> bytes:
    return workbook({"roster": [header, *rows]})


def table_lines(result: roster.Roster) -> set[str]:
    """All triples but those that name the file or sheet."""
    lines = result.ntriples.decode().splitlines()
    return {line for line in lines if "ns#file>" not in line and "ns#sheet>" not in line}


def test_a_workbook_and_csv_files_state_the_same() -> None:
    designations = "M1,本部員,5-3,財務部税務課,,,H1,2024-04-10,"
    incapacities = "A001,2024-06-01,2024-06-20,有,"
    from_files = read(
        f"{HEADER}\n{MAYOR}\n",
        designations=f"{DESIGNATIONS}\n{designations}\n",
        incapacities=f"{INCAPACITIES}\n{incapacities}\n",
    )
    from_book = read_book(
        workbook(
            {
                "在職": [COLUMNS, ROW],
                "指名": [DESIGNATIONS.split(","), designations.split(",")],
                "incapacities": [
                    INCAPACITIES.split(","),
                    ["A001", datetime(2024, 6, 1), datetime(2024, 6, 20), "有", None],  # noqa: DTZ001
                ],
            }
        )
    )
    assert table_lines(from_book) == table_lines(from_files)
    assert [(table.name, table.sheet) for table in from_book.tables] == [
        ("roster", "在職"),
        ("designations", "指名"),
        ("incapacities", "incapacities"),
    ]
    assert {one["sheet"][0] for one in facts(from_book, "kitei:RosterTable")} == {
        "在職",
        "指名",
        "incapacities",
    }


def test_whole_numbers_are_staff_numbers_without_decimals() -> None:
    result = read_book(book_of([12, *ROW[1:]], [13.0, *ROW[1:]]))
    assert [one["staffId"] for one in facts(result, "foaf:Person")] == [["12"], ["13"]]


@pytest.mark.parametrize(
    "style", ["yyyy/m/d", '[$-411]ggge"年"m"月"d"日"', "[$-411]ge.m.d", "0000/00/00"]
)
def test_a_number_formatted_as_a_date_is_a_date(style: str) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "roster"
    sheet.append(COLUMNS)
    sheet.append([*ROW[:5], 45383, None])
    sheet["F2"].number_format = style
    result = read_book(saved(book))
    if style == "0000/00/00":
        assert places(result) == [("roster-unreadable", "meibo.xlsx", 2, "開始日")]
    else:
        assert only(result, "org:Membership")["from"] == ["2024-04-01"]


@pytest.mark.parametrize("value", [45383, datetime(2024, 4, 1, 9, 30), "いつか", True])  # noqa: DTZ001
def test_a_cell_that_is_no_day_is_named_by_its_address(value: object) -> None:
    result = read_book(book_of([*ROW[:5], value, None], ROW))
    (problem,) = result.problems
    assert (problem.place.cell, problem.place.sheet, problem.place.row) == ("F2", "roster", 2)
    assert only(result, "kitei:RosterProblem")["cell"] == ["F2"]
    assert only(result, "org:Membership")["row"] == ["3"]


def test_era_dates_written_as_text_are_read() -> None:
    result = read_book(book_of([*ROW[:5], "令和６年４月１日", None]))
    assert only(result, "org:Membership")["from"] == ["2024-04-01"]


def test_a_designation_whose_basis_excel_made_a_date_says_how_to_write_it() -> None:
    row = ["M1", "本部員", date(2026, 5, 3), "総務部", None, None, "H1", date(2026, 4, 10), None]
    result = read_book(
        workbook({"roster": [COLUMNS, ROW], "designations": [DESIGNATIONS.split(","), row]})
    )
    (problem,) = result.problems
    assert (problem.place.cell, "書式を文字列" in problem.message.ja) == ("C2", True)


def test_a_formula_without_a_stored_result_is_a_problem_at_its_cell() -> None:
    result = read_book(book_of([*ROW[:5], "=DATE(2024,4,1)", None], ROW))
    (problem,) = result.problems
    assert (problem.place.cell, problem.place.column) == ("F2", "開始日")
    assert "数式" in problem.message.ja
    assert only(result, "org:Membership")["row"] == ["3"]


@pytest.mark.parametrize("value", [b"<v></v>", b"<v/>"])
def test_a_formula_with_an_empty_result_is_an_empty_cell(value: bytes) -> None:
    def change(xml: bytes) -> bytes:
        assert b'<c r="G2"><f>' in xml
        return xml.replace(b'<c r="G2">', b'<c r="G2" t="str">').replace(b"<v />", value)

    data = book_of([*ROW[:6], '=IF(TRUE,"","")'])
    assert [problem.place.cell for problem in read_book(data).problems] == ["G2"]
    assert read_book(rewritten(data, SHEET, change)).problems == ()


def test_a_formula_for_a_required_cell_without_a_result_says_so_once() -> None:
    (problem,) = read_book(book_of(["=A9", *ROW[1:]], ROW)).problems
    assert (problem.place.cell, "数式" in problem.message.ja) == ("A2", True)


def test_a_formula_in_a_column_that_nobody_reads_does_not_matter() -> None:
    header = [*COLUMNS, "居室"]
    assert read_book(book_of([*ROW, "=A1"], header=header)).problems == ()


@pytest.mark.parametrize("error", ["#N/A", "#REF!"])
def test_an_error_value_is_a_problem_at_its_cell(error: str) -> None:
    (problem,) = read_book(book_of([*ROW[:2], error, *ROW[3:]], ROW)).problems
    assert (problem.place.cell, problem.place.column) == ("C2", "所属")


def test_blank_rows_and_a_late_header_keep_physical_rows() -> None:
    data = workbook({"roster": [[], [], COLUMNS, [], [None, " "], ROW]})
    assert only(read_book(data), "org:Membership")["row"] == ["6"]


def test_merged_cells_are_noted() -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "roster"
    for row in (COLUMNS, ROW, [*ROW[:2], "総務部", *ROW[3:]]):
        sheet.append(row)
    sheet.merge_cells("C2:C3")
    assert any("結合セル" in note.ja for note in read_book(saved(book)).notes)


def test_other_sheets_are_noted_and_two_for_one_table_are_refused() -> None:
    sheets: dict[str, list[list[object]]] = {
        "roster": [[*COLUMNS], ROW],
        "説明": [["読んでください"]],
    }
    assert any(note.ja.startswith("説明") for note in read_book(workbook(sheets)).notes)
    with pytest.raises(InputUnreadableError, match="roster and 在職"):
        read_book(workbook({**sheets, "在職": [[*COLUMNS], ROW]}))


def test_an_unreadable_optional_sheet_is_a_problem() -> None:
    result = read_book(workbook({"roster": [COLUMNS, ROW], "指名": [["職員番号"]], "事故": []}))
    assert [(problem.place.table, problem.place.sheet) for problem in result.problems] == [
        ("designations", "指名"),
        ("incapacities", "事故"),
    ]


@pytest.mark.parametrize("rows", [[], [COLUMNS]])
def test_an_empty_or_header_only_staff_sheet_is_unreadable(rows: list[list[object]]) -> None:
    with pytest.raises(InputUnreadableError, match=r"meibo\.xlsx"):
        read_book(workbook({"roster": rows}))


def test_a_workbook_without_the_staff_sheet_is_unreadable() -> None:
    with pytest.raises(InputUnreadableError, match="no table roster"):
        read_book(workbook({"Sheet1": [COLUMNS, ROW]}))


def test_a_workbook_is_read_from_its_path(tmp_path: Path) -> None:
    path = tmp_path / "名簿.xlsx"
    path.write_bytes(book_of(ROW))
    assert roster.read(path, lexicon()).tables[0].file == "名簿.xlsx"


def test_a_workbook_beside_other_files_is_refused() -> None:
    with pytest.raises(InputUnreadableError, match="one workbook"):
        roster.read_files({"a.xlsx": b"", "roster.csv": b""}, lexicon())


def test_the_old_format_is_refused_with_advice() -> None:
    with pytest.raises(InputUnreadableError, match="old Excel format"):
        roster.read_files({"meibo.xls": b"\xd0\xcf\x11\xe0"}, lexicon())


# What strangers may send.


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"plain text",
        b"PK\x03\x04",
        b"PK\x05\x06" + b"\0" * 18,
        bytes.fromhex("d0cf11e0a1b11ae1"),
    ],
    ids=["empty", "text", "cut", "empty zip", "encrypted or xls"],
)
def test_what_is_no_workbook_is_unreadable(data: bytes) -> None:
    with pytest.raises(InputUnreadableError, match=r"meibo\.xlsx"):
        read_book(data)


def test_a_workbook_cut_anywhere_is_unreadable_or_read() -> None:
    data = book_of(ROW)
    for end in range(0, len(data), 97):
        with pytest.raises(InputUnreadableError):
            read_book(data[:end])


def test_a_workbook_with_any_byte_changed_is_unreadable_or_read() -> None:
    data = book_of(ROW)
    choose = random.Random(3)  # noqa: S311
    for _ in range(150):
        at = choose.randrange(len(data))
        broken = data[:at] + bytes([choose.randrange(256)]) + data[at + 1 :]
        try:
            read_book(broken)
        except InputUnreadableError as error:
            assert error.exit_code == 3


@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "xl/styles.xml"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_document_type_is_refused(part: str, encoding: str) -> None:
    entity = '<!DOCTYPE x [<!ENTITY a "aaaa">]>'

    def change(xml: bytes) -> bytes:
        text = xml.decode()
        body = text[text.index("?>") + 2 :] if text.startswith("<?xml") else text
        return f'<?xml version="1.0" encoding="{encoding}"?>{entity}{body}'.encode(encoding)

    with pytest.raises(InputUnreadableError, match="DOCTYPE"):
        read_book(rewritten(book_of(ROW), part, change))


@pytest.mark.parametrize("part", [SHEET, STRINGS, "xl/styles.xml"])
def test_a_part_that_unpacks_to_too_much_is_refused_before_it_is_parsed(part: str) -> None:
    data = rewritten(with_strings(book_of(ROW)), part, lambda xml: xml + b" " * 135_000_000)
    assert len(data) < 1024 * 1024
    with pytest.raises(InputUnreadableError, match="Too large"):
        read_book(data)


def test_a_sheet_of_millions_of_empty_elements_is_refused() -> None:
    def change(xml: bytes) -> bytes:
        return xml.replace(b"</sheetData>", b"<row/>" * 8_100_000 + b"</sheetData>")

    with pytest.raises(InputUnreadableError, match="Too large"):
        read_book(rewritten(book_of(ROW), SHEET, change))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'<row r="2"', b'<row r="99999999999"'),
        (b'<dimension ref="A1:G2"', b'<dimension ref="A1:XFD1048576"'),
        (b'<c r="A2"', b'<c r="ZZZ2"'),
        (b'<c r="A2"', b'<c r="AAAAAAAA2"'),
        (b"</sheetData>", b""),
    ],
)
def test_addresses_and_dimensions_out_of_bounds_are_unreadable_or_read(
    old: bytes, new: bytes
) -> None:
    def change(xml: bytes) -> bytes:
        assert old in xml
        return xml.replace(old, new)

    data = rewritten(book_of(ROW), SHEET, change)
    try:
        result = read_book(data)
    except InputUnreadableError as error:
        assert error.exit_code == 3
    else:
        assert result.tables[0].rows == 1


def test_a_cell_beyond_what_excel_allows_is_a_problem() -> None:
    def change(xml: bytes) -> bytes:
        return xml.replace("長い".encode(), "長".encode() * 40_000)

    data = book_of(ROW, ["A1", "長い", *ROW[2:]])
    (problem,) = read_book(rewritten(data, SHEET, change)).problems
    assert problem.place.cell == "B3"


def test_furigana_of_a_cell_are_no_part_of_the_name() -> None:
    phonetic = '<t>見本 市長</t><rPh sb="0" eb="2"><t>ミホン</t></rPh>'.encode()

    def change(xml: bytes) -> bytes:
        return xml.replace("<t>見本 市長</t>".encode(), phonetic)

    data = rewritten(with_strings(book_of(ROW)), STRINGS, change)
    assert only(read_book(data), "foaf:Person")["name"] == ["見本 市長"]
    assert only(read_book(data), "org:Membership")["from"] == ["2022-03-20"]


def test_names_in_cells_keep_their_spaces_and_characters() -> None:
    name = " 𠮷野　﨑子 "
    assert only(read_book(book_of(["A1", name, *ROW[2:]])), "foaf:Person")["name"] == [name]
    assert only(staff(f'A1,"{name}",,市長,,2024-04-01,'), "foaf:Person")["name"] == [name]
