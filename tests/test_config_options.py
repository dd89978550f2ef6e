"""Every option: documented, and able to stand in a file where it should be."""

from __future__ import annotations

import argparse
import json
import re
from pathlib import Path

import pytest
from tests.config_support import stand_in_city, write
from tests.support import ROOT, run_python

from kitei.cli import COMMANDS, config, module_of
from kitei.cli.parser import Parser
from kitei.errors import KiteiError

CONFIGURED = [command for command in COMMANDS if command not in config.WITHOUT]


@pytest.fixture(autouse=True)
def city(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that the command is run in."""
    return stand_in_city(tmp_path, monkeypatch)


def option_names(command: str) -> set[str]:
    """The long options of a command, as its parser declares them."""
    parser = Parser()
    module_of(command).register(parser)
    if command not in config.WITHOUT:
        config.add_options(parser)
    return {
        name.removeprefix("--")
        for action in parser._actions
        for name in action.option_strings
        if name.startswith("--")
    }


def documented(readme: str) -> dict[str, set[str]]:
    """The table of options in a README: option -> commands; a row that names none is for all."""
    text = (ROOT / readme).read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([a-z-]+)` \| (.+?) \| .+ \|$", text, re.MULTILINE)
    assert len(rows) == len(dict(rows)), "an option has one row"
    return {
        name: set(re.findall(r"`([a-z-]+)`", commands)) or set(CONFIGURED)
        for name, commands in rows
    }


@pytest.mark.parametrize("readme", ["README.md", "README.ja.md"])
def test_every_option_is_documented_for_the_commands_that_have_it(readme: str) -> None:
    """Whoever adds an option adds its row, or declares in ``config`` that no file gives it."""
    declared: dict[str, set[str]] = {}
    for command in CONFIGURED:
        for name in option_names(command) - config.NOT_CONFIGURABLE:
            declared.setdefault(name, set()).add(command)
    assert documented(readme) == declared


@pytest.mark.parametrize("readme", ["README.md", "README.ja.md"])
def test_what_stands_at_the_top_is_what_the_table_gives_to_all(readme: str) -> None:
    to_all = {name for name, commands in documented(readme).items() if commands == {*CONFIGURED}}
    assert {*config.shared_options()} == {*to_all, "as-of"}


def test_what_no_file_gives_exists_all_the_same() -> None:
    assert set(COMMANDS) >= config.WITHOUT
    assert {n for command in CONFIGURED for n in option_names(command)} >= config.NOT_CONFIGURABLE


@pytest.mark.parametrize("command", CONFIGURED)
def test_every_documented_option_can_stand_in_a_file(command: str) -> None:
    parser = Parser()
    module_of(command).register(parser)
    for name, action in config.options_of(parser).items():
        write(
            f"{'' if name in config.shared_options() else f'[{command}]'}\n{name} = {a(action)}\n"
        )
        again = Parser()
        module_of(command).register(again)
        config.apply(again, command, [], COMMANDS)
        assert config.options_of(again)[name].default != action.default, name


def a(action: argparse.Action) -> str:
    """Some value that an option takes, in TOML."""
    if action.nargs == 0:
        return "true"
    if action.choices is not None:
        other = [choice for choice in action.choices if choice != action.default]
        return json.dumps(other[0])
    text = next(text for text in ("some", "json=some", "1") if takes(action, text))
    many = isinstance(action, argparse._AppendAction) or action.nargs in {"+", "*"}
    return json.dumps([text] if many else text)


def takes(action: argparse.Action, text: str) -> bool:
    try:
        return not callable(action.type) or action.type(text) is not None
    except (KiteiError, ValueError, argparse.ArgumentTypeError):
        return False


def test_a_question_without_a_file_does_not_load_toml(tmp_path: Path) -> None:
    asked = "['ask', 'who-acts', '--example', '--as-of', '2024-06-05', '--format', 'json']"
    code = (
        f"import sys\nfrom kitei.cli import run\nrun({asked})\nassert 'tomllib' not in sys.modules"
    )
    done = run_python(["-c", code], cwd=tmp_path)
    assert done.returncode == 0, done.stderr
