"""The documented exit codes, each for each command: 0 1 2 3 4 5, and never Python's own 1."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from tests.cli_support import ROSTER, kitei, process, refused
from tests.support import ROOT, SERVICE

from kitei import kb

QUIET = ("--as-of", "2024-05-15", "--roster", str(ROSTER))
ACTING = ("--as-of", "2024-06-05", "--roster", str(ROSTER))
UNCOVERED = ("--as-of", "2024-06-11", "--roster", str(ROSTER))
BREACHED = ("--as-of", "2024-10-01", "--roster", str(ROSTER))
NO_TEXT = ("--as-of", "2023-10-01", "--roster", str(ROSTER))
NOWHERE = ("--as-of", "2024-05-15", "--roster", "nowhere")
AGAINST = ("--against", str(ROSTER))
WEEK = ("--from", "2024-06-01", "--to", "2024-06-07", "--roster", str(ROSTER))

Words = tuple[str, ...]
CODES: dict[tuple[str, int], list[Words]] = {
    ("check", 0): [("check", *QUIET), ("check", *UNCOVERED)],
    ("check", 1): [("check", *BREACHED), ("check", *UNCOVERED, "--fail-on", "warning")],
    ("check", 2): [
        ("check",),
        ("check", *QUIET[2:], "--as-of", "2024-02-30"),
        ("check", *QUIET, "--fail-on", "error"),
        ("check", *QUIET, "--regulation", "nothing"),
        ("check", *QUIET, "--example"),
    ],
    ("check", 3): [("check", *NOWHERE), ("check", *QUIET, "--kb", "nowhere")],
    ("check", 4): [("check", *NO_TEXT), ("check", *QUIET[2:], "--as-of", "1999-12-31")],
    ("compare", 0): [("compare", *QUIET, *AGAINST), ("compare", *BREACHED, *AGAINST)],
    ("compare", 2): [("compare", *AGAINST), ("compare", *QUIET)],
    ("compare", 3): [("compare", *NOWHERE, *AGAINST), ("compare", *QUIET, "--against", "nowhere")],
    ("compare", 4): [("compare", *NO_TEXT, *AGAINST)],
    ("timeline", 0): [("timeline", *WEEK)],
    ("timeline", 2): [
        ("timeline", *WEEK[:4]),
        ("timeline", "--from", "2024-06-07", "--to", "2024-06-01", *WEEK[4:]),
    ],
    ("timeline", 3): [("timeline", *WEEK[:5], "nowhere")],
    ("timeline", 4): [("timeline", "--from", "2023-01-01", "--to", "2023-01-09", *WEEK[4:])],
    ("export", 0): [("export", *QUIET)],
    ("export", 2): [("export",), ("export", *QUIET[2:], "--as-of", "someday")],
    ("export", 3): [("export", *NOWHERE)],
    ("export", 4): [("export", *NO_TEXT)],
    ("explain", 0): [("explain", "seat-missing"), ("explain", "post-acting", *QUIET[:2])],
    ("explain", 2): [("explain", "seat-mising"), ("explain",)],
    ("explain", 3): [("explain", "seat-missing", "--kb", "nowhere")],
    ("ask", 0): [
        ("ask", "who-acts", "--post", "CDO", *ACTING),
        ("ask", "who-acts", "--post", "CDO", *UNCOVERED),
        ("ask", "who-acts", "--post", "CDO", *NO_TEXT),
    ],
    ("ask", 2): [("ask", "who"), ("ask", "who-acts", "--post", "王", *QUIET)],
    ("ask", 3): [("ask", "who-acts", *NOWHERE)],
    ("query", 0): [("query", "{query}", *QUIET)],
    ("query", 2): [("query", "{wrong}", *QUIET)],
    ("query", 3): [("query", "nowhere.rq", *QUIET), ("query", "{query}", *NOWHERE)],
    ("text", 0): [("text",)],
    ("text", 2): [("text", "--regulation", "nothing")],
    ("text", 3): [("text", "--kb", "nowhere")],
    ("coverage", 0): [("coverage",)],
    ("coverage", 3): [("coverage", "--kb", "nowhere")],
}
COMMANDS = {
    name: next(
        words for (command, code), (words, *_) in CODES.items() if (command, code) == (name, 0)
    )
    for name, _ in CODES
}


@pytest.fixture(autouse=True)
def _outside_a_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)


@pytest.mark.parametrize(
    ("code", "words"),
    [(code, words) for (_, code), lines in CODES.items() for words in lines],
    ids=lambda value: " ".join(value).replace(str(ROSTER), "R") if isinstance(value, tuple) else "",
)
def test_a_command_ends_with_the_code_of_what_happened(
    tmp_path: Path, code: int, words: Words
) -> None:
    (tmp_path / "q.rq").write_text("SELECT ?s { ?s a <urn:x> }", encoding="utf-8")
    (tmp_path / "w.rq").write_text("SELECT ?s {", encoding="utf-8")
    places = {"query": tmp_path / "q.rq", "wrong": tmp_path / "w.rq"}
    line = [word.format_map(places) for word in words]
    if code > 1:
        refused(code, *line)
        return
    outcome = kitei(*line)
    assert (outcome.code, outcome.err) == (code, "")
    assert outcome.out


def test_compare_ends_with_1_for_what_the_new_roster_brings(tmp_path: Path) -> None:
    """Not for what the old one had as well."""
    better = tmp_path / "better"
    shutil.copytree(ROSTER, better)
    text = (better / "roster.csv").read_text(encoding="utf-8")
    assert "2024-09-30" in text
    staying = [line for line in text.splitlines() if "2024-10-01" not in line]
    (better / "roster.csv").write_text(
        "\n".join(staying).replace("2024-09-30", "") + "\n", encoding="utf-8"
    )
    day = ("--as-of", "2024-10-01")
    assert kitei("compare", *day, "--roster", ROSTER, "--against", better).code == 1
    assert kitei("compare", *day, "--roster", better, "--against", ROSTER).code == 0


@pytest.mark.parametrize("name", ["check", "explain"])
def test_shapes_that_cannot_be_read_are_exit_4(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    for folder in ("ontology", "shapes", "data"):
        shutil.copytree(ROOT / folder, tmp_path / "_kb" / folder)
    with (tmp_path / "_kb" / "shapes" / "roster.ttl").open("a", encoding="utf-8") as file:
        file.write("no Turtle")
    monkeypatch.setattr(kb, "_PACKAGE", tmp_path)
    refused(4, *COMMANDS[name])


def broken_python(folder: Path, lines: Sequence[str]) -> dict[str, str]:
    """An environment whose interpreter does this before Kitei starts."""
    (folder / "sitecustomize.py").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return {"PYTHONPATH": os.pathsep.join([str(folder), str(SERVICE)])}


@pytest.mark.parametrize("error", ["ZeroDivisionError", "RecursionError", "MemoryError"])
@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_where_python_would_end_with_1_the_code_is_5(tmp_path: Path, name: str, error: str) -> None:
    environment = broken_python(
        tmp_path,
        [
            "import kitei.kb",
            "def fail(*_):",
            f"    raise {error}('S001 秘密')",
            "kitei.kb.find = fail",
        ],
    )
    (tmp_path / "q.rq").write_text("SELECT ?s { ?s a <urn:x> }", encoding="utf-8")
    line = [word.format(query=tmp_path / "q.rq") for word in COMMANDS[name]]
    done = process(*line, environment=environment)
    assert (done.returncode, done.stdout) == (5, ""), done.stderr
    assert re.fullmatch(r"kitei: [^\n]+\n", done.stderr)
    assert error in done.stderr
    assert "秘密" not in done.stderr


def test_a_library_that_is_missing_is_exit_5(tmp_path: Path) -> None:
    environment = broken_python(tmp_path, ["import sys", "sys.modules['pyoxigraph'] = None"])
    done = process("check", *QUIET, environment=environment)
    assert (done.returncode, done.stdout) == (5, "")
    assert re.fullmatch(r"kitei: [^\n]+\n", done.stderr)


def test_an_engine_that_fails_in_the_middle_of_a_check_is_exit_5(tmp_path: Path) -> None:
    """pySHACL's own failures must not pass for findings."""
    environment = broken_python(
        tmp_path,
        [
            "import pyshacl",
            "def fail(*_, **__):",
            "    raise SystemError('engine')",
            "pyshacl.validate = fail",
            "pyshacl.entrypoints.validate = fail",
        ],
    )
    done = process("check", *BREACHED, environment=environment)
    assert (done.returncode, done.stdout) == (5, "")


FULL = Path("/dev/full")
KITEI = (sys.executable, "-P", "-m", "kitei")


def ended(command: Sequence[str], **streams: int) -> subprocess.CompletedProcess[str]:
    """A command whose ``stdout`` or ``stderr`` may be elsewhere. What Python holds back to write
    it later, it does hold back.
    """
    environment = {**os.environ, "PYTHONPATH": str(SERVICE), "PYTHONUTF8": "1"}
    environment.pop("PYTHONUNBUFFERED", None)
    return subprocess.run(
        command,
        env=environment,
        cwd=ROOT,
        stdout=streams.get("stdout", subprocess.PIPE),
        stderr=streams.get("stderr", subprocess.PIPE),
        text=True,
        encoding="utf-8",
        check=False,
    )


@pytest.mark.skipif(not FULL.exists(), reason="needs a device that is always full")
@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_output_that_cannot_be_written_is_told_and_never_a_pass(tmp_path: Path, name: str) -> None:
    (tmp_path / "q.rq").write_text("SELECT ?s { ?s a <urn:x> }", encoding="utf-8")
    line = [word.format(query=tmp_path / "q.rq") for word in COMMANDS[name]]
    said = {"ja": "書けない: 標準出力: ", "en": "cannot write to standard output: "}
    with FULL.open("wb") as full:
        for language, start in said.items():
            done = ended([*KITEI, *line, "--lang", language], stdout=full.fileno())
            assert done.returncode == 2
            assert re.fullmatch(rf"kitei: {start}[^\n]+\n", done.stderr), done.stderr


@pytest.mark.skipif(not FULL.exists(), reason="needs a device that is always full")
def test_a_file_that_cannot_be_written_is_told_alike() -> None:
    for form in ("json", "sarif"):
        assert "/dev/full" in refused(2, "check", *QUIET, "--output", f"{form}=/dev/full").err


@pytest.mark.skipif(not FULL.exists(), reason="needs a device that is always full")
@pytest.mark.parametrize(("name", "code"), [("check", 3), ("ask", 3), ("compare", 2), ("text", 2)])
def test_a_failure_that_nobody_can_be_told_keeps_its_code(name: str, code: int) -> None:
    with FULL.open("wb") as full:
        done = ended([*KITEI, *CODES[name, code][0]], stderr=full.fileno())
    assert (done.returncode, done.stdout) == (code, "")


@pytest.mark.skipif(os.name == "nt", reason="closes what a shell of POSIX would")
@pytest.mark.parametrize(
    ("closed", "code", "words"),
    [
        ("1", 2, COMMANDS["check"]),
        ("2", 3, CODES["check", 3][0]),
        ("2", 0, ("timeline", *WEEK)),
        ("2", 3, ("check", "--each", "nowhere")),
        ("2", 0, ("check", "--each", str(ROSTER.parent), "--as-of", "2024-05-15")),
    ],
)
def test_a_stream_that_is_closed_is_no_error_of_ours(closed: str, code: int, words: Words) -> None:
    done = ended(["sh", "-c", f'exec "$@" {closed}>&-', "sh", *KITEI, *words])
    assert done.returncode == code
