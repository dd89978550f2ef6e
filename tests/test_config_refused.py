"""What is wrong with a file of options, and what a found one may not do."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.cli_support import kitei, refused
from tests.config_support import stand_in_city, write

from kitei.cli import config


@pytest.fixture(autouse=True)
def city(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that the command is run in."""
    return stand_in_city(tmp_path, monkeypatch)


# --- what is wrong with a file -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "key", "near"),
    [
        ('rooster = "x"', "rooster", "roster"),
        ('[check]\nfail_on = "info"', "check.fail_on", "fail-on"),
        ('fail_on = "info"', "fail_on", "fail-on"),
        ("[chek]", "chek", "check"),
    ],
)
def test_an_unknown_key_is_named_with_the_nearest_known(text: str, key: str, near: str) -> None:
    write(text)
    said = refused(2, "check", "--example").err
    assert f"kitei.toml: {key}: " in said
    assert said.endswith(f" {near}\n")


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("[serve]\nport = 80", "serve"),
        ("[init-ci]\nforce = true", "init-ci"),
        ("[check]\nupdate-baseline = true", "check.update-baseline"),
        ('[check]\nconfig = "x"', "check.config"),
        ("[ask]\nlist = true", "ask.list"),
    ],
)
def test_what_only_the_command_line_gives_is_refused(text: str, key: str) -> None:
    write(text)
    command = "ask" if key.startswith("ask") else "check"
    assert f"kitei.toml: {key}: 設定ファイルには書けない" in refused(2, command, "--example").err


def test_an_option_of_one_command_at_the_top_is_sent_to_its_table() -> None:
    write('fail-on = "info"')
    said = refused(2, "ask", "readings").err
    assert "[check], [compare]" in said


@pytest.mark.parametrize(
    "text",
    [
        "roster = 5",
        'roster = ["roster"]',
        'roster = ""',
        'example = "yes"',
        "as-of = 2024-05-15T00:00:00",
        "as-of = 20240515",
        'lang = "fr"',
        'check = "x"',
        '[check]\nfail-on = "bad"',
        '[check]\noutput = "sarif=x"',
        '[check]\noutput = ["sarif"]',
        "[check]\noutput = [5]",
    ],
)
def test_a_value_of_the_wrong_kind_is_named(text: str) -> None:
    write(text)
    key = re.findall(r"([a-z-]+) =", text)[-1]
    assert re.match(rf"kitei: kitei\.toml: (check\.)?{key}: ", refused(2, "check").err)


@pytest.mark.parametrize("content", [b"]", b"\xff\xfe", b"a = 1\na = 2", b"a = " + b"[" * 5000])
def test_a_file_that_is_no_toml_is_unreadable(city: Path, content: bytes) -> None:
    (city / "kitei.toml").write_bytes(content)
    assert "kitei.toml" in refused(3, "check", "--example").err


def test_a_named_file_that_is_not_there_is_unreadable() -> None:
    assert "nowhere.toml" in refused(3, "check", "--config", "nowhere.toml").err


# --- what a found file may not do ----------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        'roster = "../other"',
        'kb = "/etc"',
        'regulation = "https://example.org/"',
        '[check]\noutput = ["text=../../x"]',
    ],
)
def test_a_found_file_reaches_nothing_outside_its_folder(text: str) -> None:
    write(text)
    assert "--config" in refused(2, "check").err


def test_a_link_does_not_lead_a_found_file_outside(city: Path) -> None:
    (city / "inner" / ".git").mkdir(parents=True)
    (city / "inner" / "link").symlink_to(city / "roster")
    write('roster = "link"', city / "inner")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(city / "inner")
        assert "link" in refused(2, "check").err


def test_no_file_says_where_the_server_listens() -> None:
    write('[serve]\nhost = "0.0.0.0"\nport = 1\n')
    said = refused(2, "serve", "--port", "99999").err
    assert "--port" in said
    assert "kitei.toml" not in said
    assert "serve" in config.WITHOUT


def test_a_store_is_a_folder_beside_the_file_or_an_address_that_somebody_names(city: Path) -> None:
    write('[load]\nrules-only = true\nstore = "kept"\n')
    (city / "inner").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(city / "inner")
        assert kitei("load").code == 0
    assert (city / "kept").is_dir()
    write('[load]\nrules-only = true\nstore = "https://example.org/sparql"\n')
    assert "--config" in refused(2, "load").err
