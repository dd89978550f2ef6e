"""What strangers may send to a whole process: a finding or one line, in bounded memory."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryFile
from typing import NamedTuple

import pytest
from openpyxl import Workbook
from tests.cli_support import ROSTER, kitei, lines_of, roster_with
from tests.support import ROOT, SERVICE
from tests.workbook_support import SHEET, STRINGS, rewritten, with_strings

from kitei.report import FORMATS

DAY = "2024-05-15"
HEADER = lines_of("roster.csv")[0]
STAFF = "\n".join(lines_of("roster.csv")) + "\n"
MEGA = 1_000_000
MOST_MEMORY = 900 * MEGA
"""Resident bytes that no input may make a check take; a quiet check takes some 90 million."""
MOST_SPACE = 4_000 * MEGA
MOST_SECONDS = 120


class Run(NamedTuple):
    """What a process left behind."""

    code: int
    out: str
    err: str
    memory: int
    """Peak resident bytes."""

    @property
    def findings(self) -> list[dict[str, object]]:
        found: list[dict[str, object]] = json.loads(self.out)["findings"]
        return found


def checked(roster: Path | str, *more: str) -> Run:
    """``kitei check`` as a process that may take so much memory and no more."""
    words = ("check", "--roster", str(roster), "--as-of", DAY, "--lang", "en", *more)
    with TemporaryFile() as out, TemporaryFile() as err, TemporaryFile() as peak:
        process = subprocess.run(
            # The limit is set by the process itself: nothing runs between fork and exec.
            [sys.executable, "-P", "-c", _LIMITED, *words, "--format", "json"],
            check=False,
            cwd=ROOT,
            env={
                "PYTHONPATH": str(SERVICE),
                "PYTHONUTF8": "1",
                "PATH": os.environ["PATH"],
                "PEAK": str(peak.fileno()),
            },
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            pass_fds=[peak.fileno()],
        )
        for file in (out, err, peak):
            file.seek(0)
        told, failed = out.read().decode(), err.read().decode()
        status = dict(line.split(b":", 1) for line in peak.read().splitlines())
    assert status, f"ended before it could tell its memory: {process.returncode} {failed[:500]}"
    return Run(process.returncode, told, failed, int(status[b"VmHWM"].split()[0]) * 1024)


# The process tells its own peak: what the kernel counts for a child that has ended begins with
# the memory of the process that started it, here a whole run of tests. The command leaves by
# ``os._exit``, so that is where it is asked.
_LIMITED = f"""
import os, pathlib, resource
resource.setrlimit(resource.RLIMIT_AS, ({MOST_SPACE}, {MOST_SPACE}))
resource.setrlimit(resource.RLIMIT_CPU, ({MOST_SECONDS}, {MOST_SECONDS}))
def leave(code, leave=os._exit):
    os.write(int(os.environ["PEAK"]), pathlib.Path("/proc/self/status").read_bytes())
    leave(code)
os._exit = leave
from kitei.__main__ import main
main()
"""


def unharmed(run: Run, *codes: int) -> Run:
    """The process ended as documented: findings, or one line."""
    assert run.code in codes, (run.code, run.err[:500])
    assert "Traceback" not in run.err
    assert run.memory < MOST_MEMORY, f"{run.memory / MEGA:.0f} MB"
    if run.code > 1:
        assert run.out == ""
        assert re.fullmatch(r"kitei: [^\n]+\n", run.err), run.err[:500]
        assert len(run.err) < 2_000
    else:
        assert run.err == ""
        assert run.findings is not None
    return run


# --- CSV -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a header of 100 MB", lambda: b"A" * (100 * MEGA)),
        ("more than is accepted", lambda: b"A,B\n" * (40 * MEGA)),
        ("a quotation mark never closed", lambda: (STAFF + '"').encode() + b"x,\n" * (10 * MEGA)),
        ("twenty thousand columns", lambda: (",".join(["c"] * 20_000) + "\n").encode() * 100),
        ("two headers alike", lambda: STAFF.replace("氏名", "職員番号", 1).encode()),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_staff_file_that_is_no_table_is_refused(
    tmp_path: Path, name: str, content: Callable[[], bytes]
) -> None:
    del name
    unharmed(checked(roster_with(tmp_path, {"roster.csv": content()})), 3)


@pytest.mark.parametrize(
    ("name", "rows", "found"),
    [
        ("a line of 100 MB", "A" * (100 * MEGA), 1),
        ("a cell of 10 MB", "A" * (10 * MEGA) + ",見本,,主事,本務,2024-04-01,\n", 1),
        ("a name of 10 MB", "X1," + "見" * (3 * MEGA) + ",,主事,本務,2024-04-01,\n", 1),
        ("many columns in a row", "X1,見本,,主事,本務,2024-04-01," + "," * 9_000 + "x\n", 1),
        ("a million empty rows", ",,,,,,\n" * MEGA, 0),
        ("formulas in a date", "X1,見本,,主事,本務,=TODAY(),\n", 1),
        ("mixed line ends", "X1,見本,,主事,本務,2024-04-01,\rX2,見,,主事,,2024-04-01,\r\n", 0),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 40 else "",
)
def test_a_hostile_row_is_a_finding_at_most_and_the_rest_is_checked(
    tmp_path: Path, name: str, rows: str, found: int
) -> None:
    del name
    run = unharmed(checked(roster_with(tmp_path, {"roster.csv": STAFF + rows})), 0, 1)
    assert [f["rule"] for f in run.findings] == ["roster-unreadable"] * found


NAMES = (
    "髙橋 𠮷太",
    "山﨑 花",
    "葛\U000e0100城 一",
    "辻\ufe00 二",
    "=1+1",
    "+81",
    "-x",
    "@SUM(A1)",
)


def test_names_come_back_as_they_were_written(tmp_path: Path) -> None:
    """Not normalised, and no formula by being kept."""
    for number, name in enumerate(NAMES):
        rows = [line.replace("見本 副一", name) for line in lines_of("roster.csv")]
        folder = roster_with(tmp_path / str(number), {"roster.csv": "\r\n".join(rows)})
        words = ("ask", "who-acts", "--post", "CDO", "--as-of", DAY, "--roster", folder)
        (answer,) = kitei(*words, "--format", "json").document["answers"]
        assert answer["name"] == name


def test_a_chart_that_is_its_own_parent_is_checked(tmp_path: Path) -> None:
    header = "組織名,上位,長の職名,任命権者,開始日,終了日,旧組織名"
    rows = ["総務部,税務課,部長,市長,,,", "税務課,総務部,課長,市長,,,税務課", "環,環,長,市長,,,環"]
    text = "\n".join([header, *rows]) + "\n"
    run = unharmed(checked(roster_with(tmp_path, {"organizations.csv": text})), 1)
    assert run.findings


# --- paths ---------------------------------------------------------------------------------------


def test_a_link_to_itself_is_no_roster(tmp_path: Path) -> None:
    (tmp_path / "roster.csv").symlink_to(tmp_path / "roster.csv")
    unharmed(checked(tmp_path), 3)
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    unharmed(checked(tmp_path / "loop"), 3)


def test_a_pipe_or_a_folder_in_place_of_a_file_is_not_waited_for(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    os.mkfifo(tmp_path / "a" / "roster.csv")
    unharmed(checked(tmp_path / "a"), 3)
    unharmed(checked(tmp_path / "a" / "roster.csv"), 3)
    (tmp_path / "b" / "roster.csv").mkdir(parents=True)
    unharmed(checked(tmp_path / "b"), 3)
    unharmed(checked("/dev/zero"), 3)


@pytest.mark.parametrize("name", ["a\nb\n::error::x", "\x1b[31mred", "a b;c", "--lang"])
def test_a_path_may_hold_anything(tmp_path: Path, name: str) -> None:
    folder = roster_with(tmp_path / name, {"roster.csv": STAFF + "X1,見本,,主事,本務,いつか,\n"})
    run = unharmed(checked(folder), 1)
    assert len(run.findings) == 1
    gone = unharmed(checked(folder / "nowhere"), 3)
    assert "\x1b" not in gone.err
    reports = tmp_path / "reports"
    reports.mkdir()
    outputs = [word for form in FORMATS for word in ("--output", f"{form}={reports / form}")]
    assert kitei("check", "--roster", folder, "--as-of", DAY, *outputs).code == 1
    for form in FORMATS:
        written = (reports / form).read_text(encoding="utf-8")
        assert "\x1b" not in written
        assert not re.search(r"^::error::x", written, re.MULTILINE)


def test_a_name_cannot_repaint_the_terminal_that_shows_it(tmp_path: Path) -> None:
    name = "見本\u3000\x1b[2J\u202e副"
    rows = STAFF.replace("見本 副一", name)
    folder = roster_with(tmp_path, {"roster.csv": rows})
    query = tmp_path / "names.rq"
    query.write_text("SELECT ?n { ?s <http://xmlns.com/foaf/0.1/name> ?n }", encoding="utf-8")
    of_the_day = ("--as-of", DAY, "--roster", folder)
    for words in (("ask", "who-acts", "--post", "CDO"), ("query", query)):
        shown = kitei(*words, *of_the_day).out
        assert "見本\u3000\ufffd[2J\ufffd副" in shown
        assert not set("\x1b\u202e") & set(shown)
    # For machines it is what the roster says.
    assert name in kitei("query", query, *of_the_day, "--format", "csv").out


# --- workbooks -----------------------------------------------------------------------------------


def book() -> bytes:
    """A workbook that conforms: the acceptance roster, a sheet a table."""
    made = Workbook()
    made.remove(made.worksheets[0])
    for file in sorted(ROSTER.glob("*.csv"), reverse=True):
        sheet = made.create_sheet(file.stem)
        for row in csv.reader(io.StringIO(file.read_text(encoding="utf-8"))):
            sheet.append(row)
    stream = io.BytesIO()
    made.save(stream)
    return with_strings(stream.getvalue())


def workbook_at(folder: Path, data: bytes) -> Path:
    path = folder / "meibo.xlsx"
    path.write_bytes(data)
    return path


def test_the_workbook_of_these_tests_conforms(tmp_path: Path) -> None:
    assert unharmed(checked(workbook_at(tmp_path, book())), 0).findings == []


LAUGHS = "".join(
    f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' if n else '<!ENTITY l0 "haha">' for n in range(10)
)
PARTS = [
    SHEET,
    STRINGS,
    "xl/workbook.xml",
    "xl/styles.xml",
    "xl/_rels/workbook.xml.rels",
    "[Content_Types].xml",
    "docProps/core.xml",
]


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize(
    "entities",
    [LAUGHS, '<!ENTITY l9 SYSTEM "file:///etc/passwd">', '<!ENTITY % p SYSTEM "http://x/"> %p;'],
    ids=["billion laughs", "file", "parameter"],
)
def test_entities_are_refused_in_whatever_part(tmp_path: Path, part: str, entities: str) -> None:
    def change(xml: bytes) -> bytes:
        text = re.sub(r"^<\?xml[^>]*\?>", "", xml.decode())
        used = re.sub(r"(<[A-Za-z][^>/]*>)", r"\1&l9;", text, count=2)
        return f"<!DOCTYPE x [{entities}]>{used}".encode()

    run = unharmed(checked(workbook_at(tmp_path, rewritten(book(), part, change))), 3)
    assert "root:" not in run.err


def _rows(xml: bytes, rows: bytes) -> bytes:
    assert b"</sheetData>" in xml
    return xml.replace(b"</sheetData>", rows + b"</sheetData>")


def _wide() -> bytes:
    return b"<row>" + b"<c><v>1</v></c>" * (MEGA // 4) + b"</row>"


def _dimension(xml: bytes) -> bytes:
    return re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1:XFD1048576"', xml)


@pytest.mark.parametrize(
    ("name", "part", "change"),
    [
        ("a part of 127 MB of space", SHEET, lambda xml: xml + b" " * (127 * MEGA)),
        ("a text of 60 MB", STRINGS, lambda xml: xml.replace(b"<t>", b"<t>" + b"x" * 60 * MEGA, 1)),
        ("a million empty rows", SHEET, lambda xml: _rows(xml, b"<row/>" * MEGA)),
        ("a row of many cells", SHEET, lambda xml: _rows(xml, _wide())),
        ("deep nesting", SHEET, lambda xml: _rows(xml, b"<row>" * 50_000 + b"</row>" * 50_000)),
        ("a declared size of everything", SHEET, _dimension),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_workbook_that_swells_is_read_or_refused_in_bounded_memory(
    tmp_path: Path, name: str, part: str, change: Callable[[bytes], bytes]
) -> None:
    del name
    unharmed(checked(workbook_at(tmp_path, rewritten(book(), part, change))), 0, 1, 3)


def test_a_workbook_within_a_workbook_is_not_unpacked(tmp_path: Path) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("zeros", b"\0" * (100 * MEGA))
    data = io.BytesIO(book())
    with zipfile.ZipFile(data, "a") as outer:
        outer.writestr("xl/embeddings/inner.xlsx", inner.getvalue())
    assert unharmed(checked(workbook_at(tmp_path, data.getvalue())), 0).findings == []


def test_a_part_that_leaves_the_package_leaves_no_file(tmp_path: Path) -> None:
    data = io.BytesIO(book())
    with zipfile.ZipFile(data, "a") as outer:
        outer.writestr("../../evil.csv", b"x")
    path = workbook_at(tmp_path, data.getvalue())
    unharmed(checked(path), 0, 3)
    assert [entry.name for entry in tmp_path.rglob("*")] == ["meibo.xlsx"]


# --- what reaches a reader -----------------------------------------------------------------------

SUBJECTS = (
    "\x1b]0;owned\x07\x1b[2J",
    "a\n::error file=x::owned",
    "a%0A::warning::owned",
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1)) | b",
    "]]><testcase/>",
)


@pytest.mark.parametrize("form", FORMATS)
def test_no_word_of_a_roster_is_obeyed_by_what_shows_the_report(
    tmp_path: Path, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    header = "決定日,件名,方式,付議者,協議日,承認日,関係組織,合議者"
    table = io.StringIO()
    csv.writer(table).writerows(
        [["2024-05-01", subject, "庁議", "", "", "2024-05-01", "", ""] for subject in SUBJECTS]
    )
    text = f"{header}\n{table.getvalue()}"
    folder = roster_with(tmp_path, {"decisions.csv": text})
    outcome = kitei("check", "--roster", folder, "--as-of", DAY, "--format", form, "--lang", "en")
    assert outcome.code == 1
    assert not set(outcome.out) & set("\x1b\x07\x00")
    commands = [line for line in outcome.out.splitlines() if line.startswith("::")]
    assert all(re.match(r"::(error|warning|notice|group|endgroup)\b", line) for line in commands)
    assert (len(commands) >= len(SUBJECTS)) is (form == "github")
    if form in ("html", "markdown", "junit"):
        assert "<img" not in outcome.out
        assert "<testcase/>" not in outcome.out
    if form == "markdown":
        assert "](javascript" not in outcome.out
