"""Wrong input through the command line: one line, the right exit code, the place, no traceback."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.cli_support import ROSTER, kitei, lines_of, process, refused, roster_with
from tests.support import SERVICE

from kitei.cli import check as check_command

DAY = ("--as-of", "2024-05-15")
HEADER = lines_of("roster.csv")[0]
HISTORY = ("ask", "history", "--post", "CDO", "--example")
STAFF = "\n".join(lines_of("roster.csv")) + "\n"


# --- the roster as a whole -----------------------------------------------------------------------


def test_a_roster_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert str(tmp_path / "nowhere") in refused(3, "check", "--roster", tmp_path / "nowhere").err


def test_a_folder_without_a_staff_file_says_which_file_is_missing(tmp_path: Path) -> None:
    folder = roster_with(tmp_path, {"roster.csv": None})
    assert "roster.csv" in refused(3, "check", "--roster", folder, *DAY).err


def test_an_empty_folder_is_no_roster(tmp_path: Path) -> None:
    assert "roster.csv" in refused(3, "ask", "who-acts", "--roster", tmp_path).err


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"\xef\xbb\xbf", id="byte order mark only"),
        pytest.param(b"\n\n\n", id="blank lines"),
        pytest.param(f"{HEADER}\n".encode(), id="header only"),
        pytest.param(f"{HEADER}\n,,,,,,\n".encode(), id="header and blank cells"),
        pytest.param(STAFF.encode("utf-16"), id="UTF-16"),
        pytest.param(STAFF.encode("utf-16-le"), id="UTF-16 without mark"),
        pytest.param(STAFF.encode("euc-jp"), id="EUC-JP"),
        pytest.param(b"\xe9\xe8\xff\xfe\xa0\xfd,\xf1\n\xff\n", id="Latin-1"),
        pytest.param(STAFF.encode() + b"\x00", id="NUL"),
        pytest.param(b"\x7fELF\x02\x01\x01\x00\x00\x00\x80\xff" * 40, id="a program"),
        pytest.param(b"PK\x03\x04\x14\x00\x06\x00\x08\x00" * 40, id="a workbook named CSV"),
        pytest.param(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<\n>>\n", id="a PDF"),
        pytest.param("これは名簿ではない\nただの文章\n".encode(), id="prose"),
        pytest.param(b"staff,start\nA1,2024-04-01\n", id="columns are missing"),
    ],
)
def test_a_staff_file_that_cannot_be_read_stops_everything_and_is_named(
    tmp_path: Path, content: bytes
) -> None:
    folder = roster_with(tmp_path, {"roster.csv": content})
    assert "roster.csv" in refused(3, "check", "--roster", folder, *DAY).err
    assert kitei("ask", "who-acts", "--roster", folder, *DAY).code == 3


def test_one_csv_file_is_not_taken_for_a_whole_roster() -> None:
    assert str(ROSTER) in refused(3, "check", "--roster", ROSTER / "roster.csv", *DAY).err


def test_a_hundred_thousand_rows_are_read_to_the_last(tmp_path: Path) -> None:
    rows = [f"X{n:06},見本 {n},見本部{n % 50}課,主事,本務,2024-04-01," for n in range(100_000)]
    last = "Y000001,見本 末尾,,副市長,本務,2024-04-01,"
    staff = "\n".join([HEADER, *rows, "Y000002,見本,,副市長,本務,x,", last])
    folder = roster_with(tmp_path, {"roster.csv": staff})
    outcome = kitei(
        "ask", "who-acts", "--post", "CDO", "--roster", folder, *DAY, "--format", "json"
    )
    assert [answer["person"] for answer in outcome.document["answers"]] == ["Y000001"]


# --- cells and files of the roster ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "row", "rule", "column"),
    [
        ("roster.csv", "X1,見本,,副市長,本務,2024-02-30,", "roster-unreadable", "開始日"),
        ("roster.csv", "X1,見本,,副市長,本務,2024-05-01,2024-04-01", "roster-dates", "終了日"),
        ("roster.csv", "X1,見本,総務部,部長,本務,,", "roster-unreadable", "開始日"),
        ("roster.csv", "M001,見本,総務部総務課,係長,応援,2024-04-01,", "roster-assignment", "区分"),
        ("designations.csv", "M001,本部委員,5-3,総務部総務課,H002,2024-04-10,", None, "役職"),
        ("designations.csv", "M001,本部員,5-9,総務部総務課,H002,2024-04-10,", None, "根拠"),
        ("designations.csv", "M001,本部員,5-3,,H002,2024-04-10,", None, "組織"),
        ("designations.csv", "M001,本部員,5-4,,H002,令和6年4月31日,", None, "指名日"),
        ("incapacities.csv", "A001,いつか,,", "roster-unreadable", "開始日"),
        ("incapacities.csv", "A001,2024-05-10,2024-05-01,", "roster-dates", "終了日"),
    ],
)
def test_a_bad_cell_is_a_finding_with_its_place_and_the_rest_is_checked(
    tmp_path: Path, file: str, row: str, rule: str | None, column: str
) -> None:
    lines = lines_of(file)
    folder = roster_with(tmp_path, {file: "\n".join([*lines, row]) + "\n"})
    outcome = kitei("check", "--roster", folder, "--as-of", "2024-10-01", "--format", "json")
    found = {finding["rule"]: finding for finding in outcome.document["findings"]}
    assert outcome.code == 1
    assert set(found) == {rule or "roster-unreadable", "seat-missing", "member-not-eligible"}
    source = found[rule or "roster-unreadable"]["source"]
    assert source == {"file": file, "row": len(lines) + 1, "column": column}


def test_every_row_may_be_bad_and_each_is_named(tmp_path: Path) -> None:
    rows = ["X1,見本,,副市長,本務,x,", "X2,見本,,市長,本務,y,"]
    folder = roster_with(tmp_path, {"roster.csv": "\n".join([HEADER, *rows]) + "\n"})
    outcome = kitei("check", "--roster", folder, *DAY, "--format", "json")
    assert outcome.code == 1
    named = [
        finding["source"]["row"]
        for finding in outcome.document["findings"]
        if finding["rule"] == "roster-unreadable"
    ]
    assert named == [2, 3]


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("designations.csv", b"\x7fELF\x00\x01"),
        ("designations.csv", STAFF.encode("utf-16")),
        ("designations.csv", b""),
        ("incapacities.csv", "職員番号,開始日\nＡ".encode("euc-jp")),
        ("meetings.csv", b"\x00"),
        ("decisions.csv", b"a,b\n1,2\n"),
        ("organizations.csv", b"\xff\xfe\xfa\xfb\xfc"),
    ],
)
def test_an_optional_file_that_cannot_be_read_is_a_finding(
    tmp_path: Path, file: str, content: bytes
) -> None:
    folder = roster_with(tmp_path, {file: content})
    outcome = kitei("check", "--roster", folder, *DAY, "--format", "json")
    assert outcome.code == 1
    found = [f for f in outcome.document["findings"] if f["rule"] == "roster-unreadable"]
    assert [finding["source"]["file"] for finding in found] == [file]
    assert found[0]["focus"].startswith(file)
    assert kitei("ask", "who-acts", "--roster", folder, *DAY).code == 0


def test_a_column_and_a_file_that_nobody_asked_for_are_noted(tmp_path: Path) -> None:
    staff = "\n".join(f"{line},x" for line in lines_of("roster.csv")).replace(",x", ",血液型", 1)
    folder = roster_with(tmp_path, {"roster.csv": staff, "notes.csv": "a,b\n1,2\n"})
    outcome = kitei("check", "--roster", folder, *DAY, "--format", "json")
    assert (outcome.code, outcome.document["findings"]) == (0, [])
    notices = " ".join(notice["ja"] for notice in outcome.document["notices"])
    assert "血液型" in notices
    assert "notes.csv" in notices


# --- the command line ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        ["check"],
        ["check", *DAY],
        ["ask"],
        ["ask", "nonsense"],
        ["ask", "../who-acts"],
        ["ask", "who-acts", "--as-of", "nonsense"],
        ["ask", "who-acts", "--as-of", "2024-02-30"],
        ["ask", "who-acts", "--as-of", ""],
        ["ask", "who-acts", "--as-of", "令和0年1月1日"],
        ["ask", "who-acts", "--as-of"],
        ["ask", "who-acts", "--post"],
        ["ask", "who-acts", "--post", "存在しない職"],
        ["ask", "who-acts", "--post", ""],
        ["ask", "who-acts", "--who", "CDO"],
        ["ask", "who-acts", "--post", "CDO", "--post=本部長"],
        ["ask", "who-acts", "CDO"],
        ["ask", "who-acts", "--format", "nonsense"],
        ["ask", "who-acts", "--format"],
        ["ask", "who-acts", "--regulation", "nonsense"],
        ["ask", "who-acts", "--from", "2024-04-01"],
        ["ask", "who-acts", "--roster", str(ROSTER), "--example"],
        ["ask", "history", "--roster", str(ROSTER), "--to", "2024-04-02"],
        ["ask", "history", "--post", "CDO"],
        ["ask", "who-holds"],
        ["ask", "provision"],
        [*HISTORY, "--from", "x"],
        [*HISTORY, "--from", "2024-06-01", "--to", "2024-05-31"],
        ["check", "--example", "--format", "nonsense"],
        ["check", "--example", "--fail-on", "nonsense"],
        ["check", "--example", "--as-of", "tomorrow"],
        ["check", "--example", "surplus"],
        ["check", "--example", "--regulation", "nonsense"],
    ],
    ids=" ".join,
)
def test_a_wrong_command_line_is_exit_2(arguments: list[str]) -> None:
    refused(2, *arguments)


@pytest.mark.parametrize("arguments", [[], ["nonsense"], ["--nonsense"]], ids=" ".join)
def test_a_line_without_a_command_says_which_there_are(arguments: list[str]) -> None:
    outcome = kitei(*arguments)
    assert (outcome.code, outcome.out) == (2, "")
    assert re.fullmatch(r"kitei: [^\n]+\n", outcome.err)


def test_an_unknown_question_lists_the_questions() -> None:
    assert "who-acts" in refused(2, "ask", "nonsense").err


def test_an_unknown_post_suggests_those_that_are_like_it() -> None:
    assert "税務課長" in refused(2, "ask", "who-acts", "--post", "務課長").err


def test_an_unknown_regulation_lists_those_that_are_loaded() -> None:
    assert "dx-headquarters" in refused(2, "ask", "who-acts", "--regulation", "x").err


def test_an_unknown_language_is_answered_in_english() -> None:
    outcome = kitei("check", "--lang", "fr")
    assert outcome.code == 2
    assert outcome.err.startswith("kitei: argument --lang")


@pytest.mark.parametrize(("language", "word"), [("ja_JP.UTF-8", "名簿"), ("C", "roster")])
def test_without_an_option_the_locale_decides_the_language(
    monkeypatch: pytest.MonkeyPatch, language: str, word: str
) -> None:
    monkeypatch.setenv("LC_ALL", language)
    assert word in kitei("check").err


# --- nothing to check ----------------------------------------------------------------------------


@pytest.mark.parametrize("day", ["2023-10-01", "2024-03-31", "2021-06-30", "1900-01-01"])
def test_a_day_without_text_is_never_called_conforming(day: str) -> None:
    assert day in refused(4, "check", "--roster", ROSTER, "--as-of", day).err


# --- the process ---------------------------------------------------------------------------------


def failing(error: BaseException) -> Callable[[object], int]:
    """A command that fails so."""

    def run(options: object) -> int:
        del options
        raise error

    return run


@pytest.mark.parametrize("error", [RuntimeError("秘密 S001"), RecursionError(), KeyError("x")])
def test_a_failure_of_our_own_is_exit_5_and_tells_no_data(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    monkeypatch.setattr(check_command, "run", failing(error))
    said = refused(5, "check", "--example").err
    assert type(error).__name__ in said
    assert "秘密" not in said


def test_ctrl_c_is_exit_130_without_a_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check_command, "run", failing(KeyboardInterrupt()))
    assert kitei("check", "--example") == (130, "", "\n")


def test_a_reader_that_goes_away_is_no_failure(tmp_path: Path) -> None:
    rows = [f"X{n},見本,,副市長,本務,x," for n in range(2_000)]
    folder = roster_with(tmp_path, {"roster.csv": STAFF + "\n".join(rows) + "\n"})
    for words, code in ((["ask", "silences"], 0), (["check", "--roster", str(folder)], 1)):
        command = [sys.executable, "-P", "-m", "kitei", *words, *DAY]
        with subprocess.Popen(
            command,
            env={"PYTHONPATH": str(SERVICE), "PYTHONUTF8": "1", "PATH": ""},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        ) as running:
            assert running.stdout is not None
            assert running.stderr is not None
            running.stdout.close()
            assert running.stderr.read() == b""
            assert running.wait(timeout=120) == code


def test_a_terminal_that_knows_no_japanese_still_gets_its_answer() -> None:
    environment = {"PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii", "PYTHONCOERCECLOCALE": "0"}
    done = process("ask", "secretariat", *DAY, "--lang", "ja", environment=environment)
    assert (done.returncode, done.stderr) == (0, "")
    assert "総務部行革デジタル戦略課" in done.stdout


def test_a_failure_leaves_the_process_with_one_line_and_its_code() -> None:
    done = process("check", "--roster", "nowhere", "--lang", "ja")
    assert (done.returncode, done.stdout) == (3, "")
    assert re.fullmatch(r"kitei: [^\n]+\n", done.stderr)
