"""What ``kitei check --each`` takes for a city, and what it refuses."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.cli_support import refused
from tests.each_support import DAY, cities, each, mixed, told

from kitei.confined import can_fork
from kitei.many.cities import find_cities

pytestmark = pytest.mark.skipif(not can_fork(), reason="needs fork")


# --- what is no city -----------------------------------------------------------------------------


def test_what_is_no_city_is_named_and_hidden_files_are_passed_over(tmp_path: Path) -> None:
    cities(tmp_path, "a", ".git")
    for name in ("README.md", "list.csv", "~$open.xlsx", ".DS_Store"):
        (tmp_path / name).write_text("x", encoding="utf-8")
    outcome = each(tmp_path, "--format", "json")
    assert list(told(outcome)) == ["a"]
    assert outcome.err == "kitei: no city, not read: README.md, list.csv\n"


def test_a_folder_without_a_city_is_unreadable(tmp_path: Path) -> None:
    (tmp_path / "roster.csv").write_text("x", encoding="utf-8")
    assert "--roster" in refused(3, "check", "--each", tmp_path).err
    refused(3, "check", "--each", tmp_path / "missing")


def test_nothing_could_be_checked_in_any_city(tmp_path: Path) -> None:
    cities(tmp_path, "a", "b")
    outcome = each(tmp_path, "--format", "json", day="2020-01-01")
    assert outcome.code == 4
    assert {c["verdict"] for c in told(outcome).values()} == {"not-checked"}
    assert {c["reason"] for c in told(outcome).values()} == {"nothing-to-check"}


@pytest.mark.parametrize(
    "words",
    [
        ("--roster", "x"),
        ("--example",),
        ("--baseline", "x"),
        ("--update-baseline",),
        ("--format", "html"),
        ("--output", "markdown=x"),
        ("--jobs", "0"),
        ("--timeout", "soon"),
        ("--regulation", "unheard-of"),
    ],
)
def test_what_cannot_go_with_many_cities_is_refused(words: tuple[str, ...], tmp_path: Path) -> None:
    refused(2, "check", "--each", cities(tmp_path, "a"), *words)


@pytest.mark.parametrize(
    "words", [("--jobs", "2"), ("--timeout", "2"), ("--memory", "2"), ("--format", "jsonl")]
)
def test_what_is_for_many_cities_is_refused_for_one(words: tuple[str, ...]) -> None:
    assert "--each" in refused(2, "check", "--example", *words).err


def test_two_outputs_to_one_file_are_refused_and_nothing_is_written(tmp_path: Path) -> None:
    file = tmp_path / "out"
    words = ("--output", f"json={file}", "--output", f"sarif={file}")
    refused(2, "check", "--each", cities(tmp_path / "cities", "a"), "--as-of", DAY, *words)
    assert [path.name for path in tmp_path.iterdir()] == ["cities"]


# --- memory --------------------------------------------------------------------------------------


def test_entries_are_found_as_documented(tmp_path: Path) -> None:
    folder = mixed(tmp_path)
    found = {
        entry.name: (
            entry.roster.relative_to(folder).as_posix(),
            entry.rules and entry.rules.relative_to(folder).as_posix(),
        )
        for entry in find_cities(folder).entries
    }
    assert found == {
        "1-conforming": ("1-conforming", None),
        "2-troubled": ("2-troubled", None),
        "3-workbook.xlsx": ("3-workbook.xlsx", None),
        "4-below": ("4-below/roster", None),
        "5-own-rules": ("5-own-rules/roster", "5-own-rules"),
        "6-beside": ("6-beside/roster.xlsx", None),
    }
