"""Reports through the command line: several at once, whole or not at all."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest
from tests.cli_support import ROSTER, Outcome, failed, kitei, process, refused, roster_with
from tests.support import ROOT

from kitei.report import FORMATS

DAY = ("check", "--as-of", "2024-10-01", "--roster")
FILES = [f"{name}.{number}" for number, name in enumerate(FORMATS)]


@pytest.fixture(autouse=True)
def _no_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)


def outputs(folder: Path) -> list[str]:
    """``--output`` for every format."""
    return [
        w for n, f in zip(FORMATS, FILES, strict=True) for w in ("--output", f"{n}={folder / f}")
    ]


def test_every_format_at_once_says_what_it_says_alone(tmp_path: Path) -> None:
    together = kitei(*DAY, ROSTER, *outputs(tmp_path), "--lang", "ja")
    assert together.code == 1
    assert together.out == kitei(*DAY, ROSTER, "--lang", "ja").out
    assert sorted(file.name for file in tmp_path.iterdir()) == sorted(FILES)
    for name, file in zip(FORMATS, FILES, strict=True):
        alone = kitei(*DAY, ROSTER, "--format", name, "--lang", "ja")
        assert (alone.code, alone.err) == (1, "")
        assert (tmp_path / file).read_bytes() == alone.out.encode()


@pytest.mark.parametrize("name", FORMATS)
def test_no_format_changes_the_exit_code(name: str) -> None:
    assert kitei(*DAY, ROSTER, "--format", name).code == 1
    assert kitei("check", "--example", "--as-of", "2023-01-01", "--format", name).code == 4
    words = ("check", "--as-of", "2024-06-11", "--roster", ROSTER, "--format", name)
    assert kitei(*words).code == 0
    assert kitei(*words, "--fail-on", "warning").code == 1


def test_two_runs_write_the_same_bytes(tmp_path: Path) -> None:
    written = []
    for seed in ("1", "77"):
        folder = tmp_path / seed
        folder.mkdir()
        run = process(*DAY, ROSTER, *outputs(folder), environment={"PYTHONHASHSEED": seed})
        assert run.returncode == 1
        written.append({file: (folder / file).read_bytes() for file in FILES})
    assert written[0] == written[1]


def test_no_format_names_a_person(tmp_path: Path) -> None:
    text = (ROSTER / "roster.csv").read_text(encoding="utf-8")
    lines = [line.split(",") for line in text.splitlines()]
    named = [",".join([c[0], "姓秘 名" if n else c[1], *c[2:]]) for n, c in enumerate(lines)]
    folder = roster_with(tmp_path, {"roster.csv": "\n".join(named) + "\n"})
    for day in ("2024-06-11", "2024-09-06", "2024-10-01"):
        kitei("check", "--as-of", day, "--roster", folder, *outputs(tmp_path))
        for file in FILES:
            content = (tmp_path / file).read_text(encoding="utf-8")
            assert content
            assert "姓秘" not in content


# --- where the roster lies -----------------------------------------------------------------------


def uris(outcome: Outcome) -> set[str]:
    results = outcome.document["runs"][0]["results"]
    places = [place["physicalLocation"] for result in results for place in result["locations"]]
    return {place["artifactLocation"]["uri"] for place in places}


def test_files_are_named_as_seen_from_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = roster_with(tmp_path, {})
    (tmp_path / "désk 机").mkdir()
    monkeypatch.chdir(tmp_path)
    words = ("--format", "sarif")
    assert uris(kitei(*DAY, "roster", *words)) == {"roster/designations.csv"}
    assert uris(kitei(*DAY, folder, *words)) == {"roster/designations.csv"}
    monkeypatch.chdir(tmp_path / "désk 机")
    assert uris(kitei(*DAY, "../roster", *words)) == {"../roster/designations.csv"}
    assert uris(kitei(*DAY, folder, *words)) == {"designations.csv"}
    folder.rename(tmp_path / "désk 机" / "名 簿")
    quoted = "%E5%90%8D%20%E7%B0%BF/designations.csv"
    assert uris(kitei(*DAY, "名 簿", *words)) == {quoted}


# --- what cannot be written ----------------------------------------------------------------------


def test_an_output_that_cannot_be_written_leaves_all_as_it_was(tmp_path: Path) -> None:
    good, folder = tmp_path / "good.json", tmp_path / "folder"
    good.write_text("old", encoding="utf-8")
    folder.mkdir()
    for bad in (
        tmp_path / "nowhere" / "x.html",
        folder,
        "/dev/null",
        good / "x",
        "x\0y",
        "n" * 300,
    ):
        words = ("--output", f"json={good}", "--output", f"html={bad}")
        refused(2, *DAY, ROSTER, *words)
        assert good.read_text(encoding="utf-8") == "old"
        assert {file.name for file in tmp_path.iterdir()} == {"good.json", "folder"}
    assert not Path("/dev/null").is_file()


def test_outputs_that_make_no_sense_are_refused(tmp_path: Path) -> None:
    for words in ("json", "=x", "json=", f"pdf={tmp_path / 'x'}"):
        refused(2, *DAY, ROSTER, "--output", words)
    file = tmp_path / "x"
    refused(2, *DAY, ROSTER, "--output", f"json={file}", "--output", f"html={tmp_path}/./x")
    failed(2, *DAY, ROSTER, "--format", "pdf")
    assert not file.exists()


@pytest.mark.skipif(os.name == "nt", reason="modes and links of POSIX")
def test_a_file_that_is_replaced_keeps_its_mode_and_its_links(tmp_path: Path) -> None:
    file, link = tmp_path / "real.json", tmp_path / "link.json"
    file.write_text("old", encoding="utf-8")
    file.chmod(0o640)
    link.symlink_to(file)
    assert kitei(*DAY, ROSTER, "--output", f"json={link}").code == 1
    assert link.is_symlink()
    assert json.loads(file.read_text(encoding="utf-8"))["conforms"] is False
    assert file.stat().st_mode & 0o777 == 0o640


# --- the summary of a step -----------------------------------------------------------------------


def test_the_summary_of_a_step_is_appended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    summary = tmp_path / "summary.md"
    summary.write_text("before\n", encoding="utf-8")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    assert kitei(*DAY, ROSTER, "--format", "json").code == 1
    assert summary.read_text(encoding="utf-8") == "before\n"
    assert kitei(*DAY, ROSTER, "--format", "github", "--lang", "ja").code == 1
    markdown = kitei(*DAY, ROSTER, "--format", "markdown", "--lang", "ja").out
    assert summary.read_text(encoding="utf-8") == "before\n" + markdown
    assert re.search(r"(?m)^\| 不適合 \| seat-missing \|", markdown)
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "nowhere" / "x"))
    refused(2, *DAY, ROSTER, "--format", "github")


def test_outside_a_step_nothing_is_appended() -> None:
    run = process(*DAY, ROSTER, "--format", "github", environment={"GITHUB_STEP_SUMMARY": ""})
    assert (run.returncode, run.stderr) == (1, "")
    assert all(line.startswith("::") for line in run.stdout.splitlines())
    assert str(ROOT) not in run.stdout
