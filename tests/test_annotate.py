"""``kitei check --annotate``: a copy beside the roster, whole or not at all, never on it."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from tests.annotate_support import COLUMNS, EXTRAS, ROW, changed, packed, parts, simple
from tests.cli_support import ROSTER, kitei, lines_of, refused, roster_with
from tests.roster_support import only, places, saved, staff
from tests.roster_support import read_book as read

from kitei import dates, files
from kitei.errors import UsageError

DAY = ("check", "--as-of", "2024-05-15", "--lang", "ja")
BREACH = ("--roster", ROSTER)


def cell(text: str) -> date | str | None:
    """What a clerk has in a cell."""
    return date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else text or None


def book_of_roster(
    day: str = "[$-411]ge.m.d", change: Callable[[Workbook], None] | None = None
) -> bytes:
    """The acceptance roster as a workbook whose dates are shown in an era, and changed."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for name in ("roster", "designations", "incapacities"):
        sheet = book.create_sheet(name)
        for line in lines_of(f"{name}.csv"):
            sheet.append([cell(text) for text in line.split(",")])
        for row in sheet.iter_rows():
            for one in row:
                if one.is_date:
                    one.number_format = day
    if change is not None:
        change(book)
    return saved(book)


def spoil(book: Workbook) -> None:
    """Two cells that cannot be read."""
    book["roster"]["F3"] = "いつか"
    book["designations"]["C2"] = "9-9"


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    """The spoilt roster in a folder of its own."""
    folder = tmp_path / "in"
    folder.mkdir()
    file = folder / "meibo.xlsx"
    file.write_bytes(book_of_roster(change=spoil))
    return file


# --- a workbook ----------------------------------------------------------------------------------


def test_the_copy_of_a_workbook_shows_each_finding_at_its_cell(
    workbook: Path, tmp_path: Path
) -> None:
    out, before = tmp_path / "meibo.xlsx", workbook.read_bytes()
    outcome = kitei(*DAY, "--roster", workbook, "--annotate", out)
    assert (outcome.code, outcome.err) == (1, "")
    assert workbook.read_bytes() == before
    book = load_workbook(out)
    assert book.sheetnames == ["roster", "designations", "incapacities", "検査結果"]
    staff_sheet, named = book["roster"], book["designations"]
    column = next(c for c in staff_sheet[1] if c.value == "エラー").column
    assert str(staff_sheet.cell(3, column).value).startswith("不適合: ")
    assert [staff_sheet["F3"].fill.fgColor.rgb, named["C2"].fill.fgColor.rgb] == ["FFFFC7CE"] * 2
    assert "公式解釈ではない" in str([*book["検査結果"].values])
    # Said as often as in the report, wherever it stands.
    told = kitei(*DAY, "--roster", workbook, "--format", "json").document["findings"]
    texts = [str(c.value) for sheet in book for row in sheet for c in row if c.value]
    for finding in told:
        assert any(finding["message"]["ja"] in text for text in texts)


def test_a_copy_checked_and_annotated_again_gives_the_same(workbook: Path, tmp_path: Path) -> None:
    outcomes, contents = [], []
    source = workbook
    for name in ("one", "two"):
        out = tmp_path / name / "meibo.xlsx"
        out.parent.mkdir()
        outcomes.append(kitei(*DAY, "--roster", source, "--annotate", out))
        contents.append(out.read_bytes())
        source = out
    assert outcomes[0] == outcomes[1]
    assert contents[0] == contents[1]


def test_macros_are_kept_in_a_workbook_with_macros_and_refused_in_another(tmp_path: Path) -> None:
    data = packed({**parts(book_of_roster()), **EXTRAS})
    main = b"openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    macros = b"ms-excel.sheet.macroEnabled.main+xml"
    data = changed(data, "[Content_Types].xml", main, macros)
    source = tmp_path / "meibo.xlsm"
    source.write_bytes(data)
    words = (*DAY[:3], "--roster", source, "--annotate")
    said = refused(2, *words, tmp_path / "out.xlsx").err
    assert "マクロ" in said
    assert not (tmp_path / "out.xlsx").exists()
    assert kitei(*words, tmp_path / "out.xlsm").code in {0, 1}
    out = parts((tmp_path / "out.xlsm").read_bytes())
    assert out["xl/vbaProject.bin"] == EXTRAS["xl/vbaProject.bin"]
    assert macros in out["[Content_Types].xml"]


# --- CSV -----------------------------------------------------------------------------------------


def test_the_copy_of_a_folder_is_a_folder_that_checks_the_same(tmp_path: Path) -> None:
    lines = [line for line in lines_of("designations.csv") if "財務部税務課" not in line]
    lines[1] = lines[1].replace("5-3", "9-9")
    source = roster_with(tmp_path, {"designations.csv": "\n".join(lines) + "\n"})
    first, second = tmp_path / "first", tmp_path / "second"
    one = kitei(*DAY, "--roster", source, "--annotate", first)
    two = kitei(*DAY, "--roster", first, "--annotate", second)
    assert one.code == 1
    assert (two.code, two.out) == (one.code, one.out)
    names = sorted(path.name for path in first.iterdir())
    assert names == sorted([*(path.name for path in source.iterdir()), "検査結果.csv"])
    for name in names:
        assert (first / name).read_bytes() == (second / name).read_bytes()
    text = (first / "designations.csv").read_text(encoding="utf-8").split("\n")
    assert text[0] == f"{lines[0]},エラー"
    assert text[1].startswith(f"{lines[1]},不適合: ")
    assert text[2] == f"{lines[2]},"
    # An older copy is replaced, a folder of somebody's is not touched.
    assert kitei(*DAY, "--roster", source, "--annotate", second).code == 1
    (second / "検査結果.csv").unlink()
    refused(2, *DAY[:3], "--roster", source, "--annotate", second)


def test_the_example_is_annotated_as_well(tmp_path: Path) -> None:
    out = tmp_path / "copy"
    assert kitei("check", "--example", "--as-of", "2024-06-05", "--annotate", out).code == 0
    assert (out / "roster.csv").read_text(encoding="utf-8").startswith("職員番号,")


def test_waived_findings_are_not_in_the_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dates, "today", lambda: date(2024, 6, 1))
    words = (*DAY[:1], "--as-of", "2024-10-01", "--lang", "ja", *BREACH)
    file, out = tmp_path / "waivers.toml", tmp_path / "out"
    assert kitei(*words, "--baseline", file, "--update-baseline").code == 0
    text = file.read_text(encoding="utf-8")
    filled = text.replace('reason = ""', 'reason = "承知"').replace('author = ""', 'author = "課"')
    file.write_text(filled.replace('expires = ""', "expires = 2024-06-30"), encoding="utf-8")
    assert kitei(*words, "--baseline", file, "--annotate", out).code == 0
    copies = "".join(path.read_text(encoding="utf-8-sig") for path in out.iterdir())
    assert "不適合: " not in copies
    assert "免除: " in copies


# --- where a copy may not go ---------------------------------------------------------------------


def test_nothing_is_ever_written_on_the_roster(tmp_path: Path) -> None:
    folder = roster_with(tmp_path, {})
    book = tmp_path / "meibo.xlsx"
    book.write_bytes(book_of_roster())
    hard, link = tmp_path / "hard.xlsx", tmp_path / "link"
    os.link(book, hard)
    link.symlink_to(folder)
    before = {path: path.read_bytes() for path in (book, *folder.iterdir())}
    words = DAY[:3]
    for out in (book, hard, tmp_path / "x" / ".." / "meibo.xlsx"):
        refused(2, *words, "--roster", book, "--annotate", out)
        refused(2, *words, "--roster", book, "--output", f"json={out}")
    for out in (folder, link, folder / "copy", link / "copy"):
        refused(2, *words, "--roster", folder, "--annotate", out)
    refused(2, *words, "--roster", folder, "--output", f"json={link / 'roster.csv'}")
    assert {path: path.read_bytes() for path in before} == before
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        p.name for p in ROSTER.iterdir()
    )


def test_targets_of_the_wrong_kind_are_refused(tmp_path: Path) -> None:
    book, folder = tmp_path / "meibo.xlsx", roster_with(tmp_path, {})
    book.write_bytes(book_of_roster())
    (tmp_path / "file").write_text("x", encoding="utf-8")
    for roster, out in (
        (book, "copy"),
        (book, "copy.xlsm"),
        (book, "nowhere/copy.xlsx"),
        (folder, "file"),
        (folder, "nowhere/copy"),
    ):
        refused(2, *DAY[:3], "--roster", roster, "--annotate", tmp_path / out)
    words = ("--baseline", tmp_path / "b.toml", "--update-baseline")
    refused(2, *DAY[:3], "--roster", folder, "--annotate", tmp_path / "copy", *words)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "meibo.xlsx", "roster"]


def test_a_copy_and_a_report_are_written_together_or_not_at_all(tmp_path: Path) -> None:
    folder, out = roster_with(tmp_path, {}), tmp_path / "copy"
    words = (*DAY[:3], "--roster", folder, "--annotate", out)
    refused(2, *words, "--output", f"json={tmp_path / 'nowhere' / 'x'}")
    refused(2, *words, "--output", f"json={out / 'roster.csv'}")
    assert not out.exists()
    assert kitei(*words, "--output", f"json={tmp_path / 'x.json'}").code == 0
    assert (tmp_path / "x.json").is_file()


def test_a_folder_that_could_not_be_filled_is_taken_away(tmp_path: Path) -> None:
    made = tmp_path / "made"
    with pytest.raises(UsageError), files.folder(made):
        files.write_all([(made / "a", b"1"), (made / "b" / "c", b"2")])
    assert not made.exists()


# --- what a workbook shows and what it holds ---------------------------------------------------


@pytest.mark.parametrize("number", [14, 27, 28, 29, 30, 31, 36, 50, 51, 54, 57, 58])
def test_a_built_in_japanese_date_format_is_a_date(number: int) -> None:
    styles = "xl/styles.xml"
    text = parts(simple())[styles]
    text = re.sub(rb"<numFmts.*?</numFmts>", b"", text)
    text = re.sub(rb'<xf numFmtId="16\d"', b'<xf numFmtId="%d"' % number, text)
    assert b'numFmtId="%d"' % number in text
    result = read(packed({**parts(simple([*ROW])), styles: text}))
    assert result.problems == ()
    assert only(result, "org:Membership")["from"] == ["2022-03-20"]


def test_a_built_in_japanese_time_of_day_is_no_date() -> None:
    data = simple([*ROW])
    styles = "xl/styles.xml"
    text = re.sub(rb"<numFmts.*?</numFmts>", b"", parts(data)[styles])
    text = re.sub(rb'<xf numFmtId="16\d"', b'<xf numFmtId="32"', text)
    found = places(read(packed({**parts(data), styles: text})))
    assert [place[3] for place in found] == ["開始日"]


@pytest.mark.parametrize(
    "written",
    [
        "令和6年4月1日",
        "令和６年４月１日",
        "令6.4.1",
        "R6.4.1",
        "r6/4/1",
        "㋿6年4月1日",
        "Ｒ6.4.1",
        "令和 6年 4月 1日",
    ],
)
def test_text_that_writes_an_era_is_a_day(written: str) -> None:
    result = read(simple([*ROW[:5], written, None]))
    assert only(result, "org:Membership")["from"] == ["2024-04-01"]
    assert only(staff(f"A1,見本,,市長,,{written},"), "org:Membership")["from"] == ["2024-04-01"]


def test_a_workbook_that_counts_from_1904_gives_the_same_day() -> None:
    book = Workbook()
    book.epoch = CALENDAR_MAC_1904
    sheet = book.worksheets[0]
    sheet.title = "roster"
    sheet.append(COLUMNS)
    sheet.append(ROW)
    assert only(read(saved(book)), "org:Membership")["from"] == ["2022-03-20"]
