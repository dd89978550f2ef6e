"""Options from ``kitei.toml`` and ``[tool.kitei]``: found, and outranked by the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.cli_support import failed, kitei, refused
from tests.config_support import DAY, checked, stand_in_city, write


@pytest.fixture(autouse=True)
def city(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that the command is run in."""
    return stand_in_city(tmp_path, monkeypatch)


# --- what a file gives ---------------------------------------------------------------------------


def test_a_file_in_the_current_folder_gives_roster_and_day() -> None:
    write(f'roster = "roster"\nas-of = "{DAY}"\n')
    assert checked().document["as_of"] == DAY
    assert checked().out == checked("--no-config", "--roster", "roster", "--as-of", DAY).out


def test_a_day_may_be_written_as_a_toml_date() -> None:
    write(f'roster = "roster"\nas-of = {DAY}\n')
    assert checked().document["as_of"] == DAY


def test_a_pyproject_table_says_the_same_as_a_file() -> None:
    write(f'[tool.kitei]\nroster = "roster"\nas-of = "{DAY}"\n', name="pyproject.toml")
    assert checked().document["as_of"] == DAY


@pytest.mark.parametrize(
    "text",
    [
        'tool.kitei.roster = "roster"\n',
        '[tool]\nkitei.roster = "roster"\n',
        '[tool."kitei"]\nroster = "roster"\n',
        'tool = {kitei = {roster = "roster"}}\n',
        '  [ tool . kitei ]\nroster = "roster"\n',
    ],
)
def test_a_pyproject_table_is_found_however_toml_lets_it_be_written(text: str) -> None:
    write(text, name="pyproject.toml")
    assert checked("--as-of", DAY).code in {0, 1}


def test_a_pyproject_without_such_a_table_is_not_even_read_as_toml() -> None:
    write("[tool.other]\nkitei = 1\n[[[\n", name="pyproject.toml")
    assert checked("--example", "--as-of", DAY).code == 0


def test_kitei_toml_counts_before_a_pyproject_beside_it() -> None:
    write('[tool.kitei]\nroster = "nowhere"\n', name="pyproject.toml")
    write('roster = "roster"\n')
    assert checked("--as-of", DAY).code in {0, 1}


def test_the_table_of_a_command_is_for_that_command_alone() -> None:
    write(f'example = true\nas-of = "{DAY}"\n[coverage]\nformat = "json"\n')
    assert kitei("coverage").out.startswith(("{", "["))
    assert not kitei("ask", "readings").out.startswith(("{", "["))


def test_a_list_repeats_an_option(city: Path) -> None:
    write('example = true\n[check]\noutput = ["sarif=a.sarif", "junit=b.xml"]\n')
    assert checked("--as-of", DAY).code == 0
    assert json.loads((city / "a.sarif").read_text(encoding="utf-8"))["version"] == "2.1.0"
    assert (city / "b.xml").exists()


def test_what_must_be_given_may_be_given_by_the_file() -> None:
    write('roster = "roster"\nas-of = "2024-05-15"\n[compare]\nagainst = "roster"\n')
    assert kitei("compare").code == 0
    assert failed(2, "compare", "--no-config").err


def test_the_file_may_choose_the_language_of_failures_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    write('lang = "ja"\n')
    assert "名簿が要る" in failed(2, "check").err


# --- where it is found ---------------------------------------------------------------------------


def test_a_file_at_the_top_of_the_repository_is_found_from_below(
    city: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(f'roster = "roster"\nas-of = "{DAY}"\n')
    (city / "docs" / "deep").mkdir(parents=True)
    monkeypatch.chdir(city / "docs" / "deep")
    assert checked().document["as_of"] == DAY


def test_the_nearest_file_counts_alone(city: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write('roster = "roster"\nas-of = "2024-05-15"\n')
    (city / "sub").mkdir()
    write("example = true\n", city / "sub")
    monkeypatch.chdir(city / "sub")
    assert checked("--as-of", "2024-05-16").document["as_of"] == "2024-05-16"
    assert "roster" in failed(2, "compare", "--against", "x", "--roster", "y", "--example").err


def test_a_file_above_the_repository_is_not_looked_at(
    city: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("nonsense = 1\n")
    (city / "inner" / ".git").mkdir(parents=True)
    monkeypatch.chdir(city / "inner")
    assert checked("--example", "--as-of", DAY).code == 0


def test_outside_a_repository_only_the_current_folder_counts(
    city: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("nonsense = 1\n")
    (city / ".git").rmdir()
    (city / "sub").mkdir()
    monkeypatch.chdir(city / "sub")
    assert checked("--example", "--as-of", DAY).code == 0


def test_a_named_file_replaces_the_found_one(city: Path) -> None:
    write("nonsense = 1\n")
    (city / "ci").mkdir()
    write(f'roster = "../roster"\nas-of = "{DAY}"\n', city / "ci", "weekly.toml")
    assert checked("--config", "ci/weekly.toml").document["as_of"] == DAY
    assert checked("--config=ci/weekly.toml").document["as_of"] == DAY


def test_a_named_pyproject_needs_the_table() -> None:
    write("[project]\n", name="pyproject.toml")
    assert "[tool.kitei]" in refused(2, "check", "--config", "pyproject.toml").err


def test_without_configuration_a_broken_file_does_not_matter() -> None:
    write("]")
    assert checked("--no-config", "--example", "--as-of", DAY).code == 0


def test_help_is_given_whatever_the_file_says() -> None:
    write("]")
    with pytest.raises(SystemExit):
        kitei("check", "--help")


# --- the command line counts more ----------------------------------------------------------------


def test_the_command_line_counts_more_than_the_file() -> None:
    write('roster = "roster"\nas-of = 2023-01-01\n')
    assert checked("--as-of", DAY).document["as_of"] == DAY
    assert checked("--as", DAY).document["as_of"] == DAY


def test_a_repeated_option_on_the_command_line_replaces_the_list(city: Path) -> None:
    write('example = true\n[check]\noutput = ["sarif=a.sarif"]\n')
    checked("--as-of", DAY, "--output", "junit=b.xml")
    assert sorted(path.name for path in city.glob("[ab].*")) == ["b.xml"]


def test_an_option_that_excludes_the_one_in_the_file_replaces_it() -> None:
    write('roster = "nowhere"\n')
    assert checked("--example", "--as-of", DAY).code == 0
    write("example = true\n")
    assert failed(3, "check", "--roster", "nowhere").err


def test_the_table_of_a_command_counts_more_than_the_top() -> None:
    write('roster = "nowhere"\nas-of = 2023-01-01\n[check]\nexample = true\nas-of = 2024-05-15\n')
    assert checked().document["as_of"] == DAY


def test_two_options_that_exclude_each_other_are_refused() -> None:
    write('roster = "roster"\nexample = true\n')
    assert "kitei.toml" in refused(2, "check").err


def test_a_switch_that_is_off_excludes_nothing() -> None:
    write(f'roster = "roster"\nexample = false\nas-of = "{DAY}"\n')
    assert checked().document["as_of"] == DAY
