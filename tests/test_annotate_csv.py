"""The annotated copy of CSV files: a column more, and every other byte as it was."""

from __future__ import annotations

import csv
import io

import pytest
from tests.annotate_support import annotated_csv, finding
from tests.roster_lexicon import lexicon
from tests.roster_support import HEADER

from kitei import roster
from kitei.check import Finding
from kitei.errors import UsageError

FILE = "roster.csv"
RESULTS = "検査結果.csv"
MAYOR = "Z001,見本 市長,,市長,本務,2022-03-20,"
SECOND = 'Z002,"例示, 花子",,主事,本務,R6.4.1,'
TEXT = "不適合: 見本の指摘 → こう直す"


def at(row: int | None, said: str = "見本の指摘") -> Finding:
    return finding(row, sheet=None, file=FILE, said=said)


def annotated(data: bytes, *findings: Finding) -> bytes:
    return annotated_csv({FILE: data}, *findings).files[FILE]


def table(data: bytes, encoding: str = "utf-8-sig") -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode(encoding), newline="")))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_encoding_line_ends_and_quoting_stay(encoding: str, end: str) -> None:
    text = end.join([HEADER, MAYOR, SECOND]) + end
    data = annotated(text.encode(encoding), at(3))
    expected = f"{HEADER},エラー{end}{MAYOR},{end}{SECOND},{TEXT}{end}"
    assert data == expected.encode(encoding)
    assert table(data, encoding)[2][-1] == TEXT


def test_a_file_without_a_last_line_end_stays_without_one() -> None:
    assert annotated(f"{HEADER}\n{MAYOR}".encode()) == f"{HEADER},エラー\n{MAYOR},".encode()


def test_every_byte_of_a_record_is_kept() -> None:
    # 0xED40 and 0xFA5C are the same character in cp932; only one of them is written by Python.
    name = b"\xed\x40 \x95\x5c"
    row = b'Z001,"' + name + b'",,"\x8e\x73\x92\xb7" ,\x96\x7b\x96\xb1,2022-03-20,'
    row = row.replace(b'" ,', b'",')
    data = annotated(HEADER.encode("cp932") + b"\n" + row + b"\n", at(2))
    assert data.split(b"\n", 1)[1].startswith(row + b",")


def test_what_cp932_lacks_makes_the_copy_utf8_and_says_so() -> None:
    text = f"{HEADER}\n{MAYOR}\n"
    copy = annotated_csv({FILE: text.encode("cp932")}, at(2, said="𠮷野"))
    assert copy.files[FILE].decode("utf-8-sig").startswith(f"{HEADER},エラー\n{MAYOR},")
    assert copy.files[FILE].startswith(b"\xef\xbb\xbf")
    (notice,) = copy.notices
    assert FILE in notice.ja
    assert annotated_csv({FILE: text.encode("cp932")}, at(2)).notices == []


def test_records_of_several_lines_and_blank_lines_keep_their_rows() -> None:
    text = f'{HEADER}\n\nZ001,"見本\n市長",,市長,本務,2022-03-20,\n,,,,,,\n{SECOND}\n'
    rows = table(annotated(text.encode(), at(3), at(6, said="後")))
    assert rows[1] == []
    assert rows[2][-1] == TEXT
    assert rows[4][-1].startswith("不適合: 後")


def test_short_rows_are_filled_up_and_what_long_ones_have_too_much_stays_beyond() -> None:
    text = f"{HEADER}\nZ001,見本 市長,,市長,本務,2022-03-20\n{MAYOR},余り\n{MAYOR},,\n"
    rows = table(annotated(text.encode(), at(2), at(3, said="長い"), at(4, said="空")))
    assert rows[1][6:] == ["", TEXT]
    assert rows[2] == [*MAYOR.split(","), "不適合: 長い → こう直す", "余り"]
    assert rows[3][7:] == ["不適合: 空 → こう直す", "", ""]


def test_a_line_that_is_no_record_stays_and_is_told_elsewhere() -> None:
    text = f'{HEADER}\nZ001,"見本"市長,,市長,本務,2022-03-20,\n{MAYOR}\n'
    files = annotated_csv({FILE: text.encode()}, at(2, said="壊れ"), at(3)).files
    lines = files[FILE].decode().split("\n")
    assert lines[1] == text.split("\n")[1]
    assert lines[2] == f"{MAYOR},{TEXT}"
    assert any("壊れ" in row for row in table(files[RESULTS]))


def test_a_copy_annotated_again_is_the_same_and_reads_the_same() -> None:
    text = f'{HEADER}\nZ009,短い\n{MAYOR}\n{SECOND},,\n"Z,3",長い,,,,,,x,y\n'
    before = {FILE: text.encode()}
    once = annotated_csv(before, at(2), at(3), at(None)).files
    assert annotated_csv(once, at(2), at(3), at(None)).files == once
    old, new = (roster.read_files(files, lexicon()) for files in (before, once))
    assert (new.ntriples, new.problems, new.notes) == (old.ntriples, old.problems, old.notes)


def test_what_is_cured_is_cleared_and_what_somebody_wrote_is_not() -> None:
    once = annotated(f"{HEADER}\n{MAYOR}\n{SECOND}\n".encode(), at(2))
    twice = annotated(once, at(3))
    assert [row[-1] for row in table(twice)] == ["エラー", "", TEXT]
    own = twice.replace(f"{MAYOR},".encode(), f"{MAYOR},対応済み".encode())
    with pytest.raises(UsageError, match=r"roster\.csv:2"):
        annotated(own, at(3))
    with pytest.raises(UsageError, match=RESULTS):
        annotated_csv({FILE: once, RESULTS: "健康診断\n".encode()})


def test_other_files_come_back_as_they_are() -> None:
    files = {FILE: f"{HEADER}\n{MAYOR}\n".encode(), "memo.csv": b"\xff\x00any", "指名.csv": b"x"}
    copy = annotated_csv(files).files
    assert {name: copy[name] for name in ("memo.csv", "指名.csv")} == {
        name: files[name] for name in ("memo.csv", "指名.csv")
    }


@pytest.mark.parametrize("focus", ["=1+1", "+x", "-x", "@x", "＝x"])
def test_no_cell_of_a_copy_is_a_formula(focus: str) -> None:
    found = at(None)._replace(focus=focus)
    data = annotated_csv({FILE: f"{HEADER}\n{MAYOR}\n".encode()}, found).files[RESULTS]
    assert data.startswith(b"\xef\xbb\xbf")
    cells = [cell for row in table(data) for cell in row]
    assert f"'{focus}" in cells
    assert not any(cell.startswith(tuple("=+-@＝")) for cell in cells)
