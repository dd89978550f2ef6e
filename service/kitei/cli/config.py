"""Options that a file gives: ``kitei.toml``, or ``[tool.kitei]`` in ``pyproject.toml``.

A key is the long name of an option. At the top stand the options that every command understands
alike (those of ``cli/options.py``); those of one command stand in a table of its name. Nothing
here lists options: they are read off the parsers, so an option is configurable once it exists.
"""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple

from kitei import files
from kitei.cli.options import add_city, add_day, add_language
from kitei.cli.parser import Parser
from kitei.errors import Bilingual, KiteiError, UsageError

# A file in a folder above must not decide where a server listens or whose roster it opens,
# nor what is written for others to run.
WITHOUT = frozenset({"init-ci", "serve"})
"""Commands that no file configures."""
NOT_CONFIGURABLE = frozenset({"config", "each", "help", "list", "no-config", "update-baseline"})
"""Options that say what a run is to do, not how: only the command line gives them."""

_OWN, _SHARED = "kitei.toml", "pyproject.toml"
# Reading TOML costs a third of what a question costs, and most pyproject.toml say nothing of Kitei.
_MENTIONS = re.compile(rb"""^[\s\[]*["']?tool["']?\s*(\]|=|\.\s*["']?kitei)""", re.MULTILINE)
_TYPES = {
    bool: Bilingual("真偽値 (true, false)", "true or false"),
    list: Bilingual("文字列の並び", "a list of strings"),
    dict: Bilingual("表", "a table"),
    str: Bilingual("文字列", "a string"),
}


class _File(NamedTuple):
    """What a file says."""

    path: Path
    """As messages name it."""
    table: Mapping[str, object]
    named: bool
    """By ``--config``; else it was found, and then it reaches nothing outside its folder."""

    def wrong(self, key: str, ja: str, en: str) -> UsageError:
        return UsageError(f"{self.path}: {key}: {ja}", f"{self.path}: {key}: {en}")

    def of_type(self, key: str, value: object, wanted: type) -> None:
        """Raise ``UsageError`` unless ``value`` is what the key takes."""
        if not isinstance(value, wanted):
            kind = _TYPES[wanted]
            raise self.wrong(key, f"{kind.ja}で書く。", f"has to be {kind.en}")

    def unknown(self, key: str, known: Collection[str]) -> UsageError:
        """Names the nearest known key, which is most often what was meant."""
        from difflib import get_close_matches

        name = key.rpartition(".")[2]
        if name in NOT_CONFIGURABLE | WITHOUT:
            return self.wrong(
                key, "設定ファイルには書けない。", "cannot stand in a configuration file"
            )
        near = get_close_matches(name, sorted(known), n=1, cutoff=0.0)
        return self.wrong(
            key,
            f"そのような項目はない。近いもの: {near[0]}",
            f"there is no such key; the nearest is {near[0]}",
        )

    def reached(self, key: str, path: Path) -> Path:
        """A path of the file as seen from the current folder. Raises ``UsageError``."""
        folder = self.path.parent
        target = folder / path
        if not (self.named or target.resolve().is_relative_to(folder.resolve())):
            raise self.outside(key, path)
        return path if path.is_absolute() else target

    def outside(self, key: str, what: Path | str) -> UsageError:
        """For a path or address beyond the folder of a file that nobody named."""
        return self.wrong(
            key,
            f"{what} は設定ファイルのフォルダーの外にある。外を指す設定は --config で渡す。",
            f"{what} lies outside the folder of this file; pass a file that reaches "
            "outside with --config",
        )


class _Setting(NamedTuple):
    """An option of the command with what the file gives it."""

    action: argparse.Action
    value: object
    own: bool
    """From the command's own table, which counts more than the top."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """``--config --no-config``: which file, or none."""
    group = parser.add_mutually_exclusive_group()
    group.add_argument(
        "--config", type=Path, metavar="FILE", help="options from this file; kitei.toml if found"
    )
    group.add_argument("--no-config", action="store_true", help="no options from any file")


def apply(
    parser: argparse.ArgumentParser, command: str, words: Sequence[str], commands: Iterable[str]
) -> None:
    """Give the options of ``command`` that ``words`` leave out the values that a file has for them.

    ``commands`` are all there are. Raises ``UsageError`` naming file and key for a key that
    does not exist or a value that it cannot take, and ``InputUnreadableError`` for no TOML.
    """
    asking = Parser(prog=parser.prog, add_help=False)
    add_options(asking)
    asked, _ = asking.parse_known_args(words)
    file = None
    if not asked.no_config:
        file = _named(asked.config) if asked.config else _nearest()
    if file is None:
        return
    settings = _settings(file, parser, command, set(commands) - WITHOUT)
    for setting in _standing(file, parser, settings, _given(parser, words)):
        setting.action.default = setting.value
        setting.action.required = False


def options_of(parser: argparse.ArgumentParser) -> dict[str, argparse.Action]:
    """The options that a file may give, by their long names."""
    found = {
        name.removeprefix("--"): action
        for action in parser._actions
        for name in action.option_strings
        if name.startswith("--")
    }
    return {name: action for name, action in found.items() if name not in NOT_CONFIGURABLE}


def shared_options() -> dict[str, argparse.Action]:
    """The options that stand at the top, for all commands."""
    parser = Parser(add_help=False)
    for add in (add_city, add_day, add_language):
        add(parser)
    return options_of(parser)


def _named(path: Path) -> _File:
    data = files.read(path)
    table = files.parse_toml(path, data) if path.name != _SHARED else _tool(path, data)
    if table is None:
        raise UsageError(f"{path}: [tool.kitei] がない。", f"{path}: there is no [tool.kitei]")
    return _File(path, table, named=True)


def _nearest() -> _File | None:
    """The file in the current folder or above it, as far as the repository reaches."""
    try:
        here = Path.cwd()
        folders = [here, *here.parents]
        depth = next((n for n, f in enumerate(folders) if (f / ".git").exists()), 0)
    except OSError:
        return None
    for level in range(depth + 1):
        folder = Path(*[os.pardir] * level)
        own, shared = folder / _OWN, folder / _SHARED
        if own.is_file():
            return _File(own, files.parse_toml(own, files.read(own)), named=False)
        if shared.is_file() and (table := _tool(shared, files.read(shared))) is not None:
            return _File(shared, table, named=False)
    return None


def _tool(path: Path, data: bytes) -> Mapping[str, object] | None:
    """``[tool.kitei]`` of a ``pyproject.toml``, if there is one."""
    if not _MENTIONS.search(data):
        return None
    tools = files.parse_toml(path, data).get("tool")
    table = tools.get("kitei") if isinstance(tools, dict) else None
    if table is None:
        return None
    _File(path, {}, named=False).of_type("tool.kitei", table, dict)
    return {str(key): value for key, value in table.items()}


def _settings(
    file: _File, parser: argparse.ArgumentParser, command: str, commands: Collection[str]
) -> list[_Setting]:
    """What the file gives the command, each option once; every key at the top is looked at."""
    mine, shared = options_of(parser), shared_options()
    found: dict[str, _Setting] = {}
    for key, value in file.table.items():
        if key in commands:
            file.of_type(key, value, dict)
        elif key not in shared:
            raise _misplaced(file, key, {*shared, *commands}, commands)
        else:
            action = mine.get(key, shared[key])
            given = _Setting(action, _value(file, key, action, value), own=False)
            if key in mine:
                found[key] = given
    table = file.table.get(command, {})
    for key, value in table.items() if isinstance(table, dict) else ():
        name = f"{command}.{key}"
        if key not in mine:
            raise file.unknown(name, mine)
        found[key] = _Setting(mine[key], _value(file, name, mine[key], value), own=True)
    return list(found.values())


def _misplaced(
    file: _File, key: str, known: Collection[str], commands: Collection[str]
) -> UsageError:
    """What is wrong with a key at the top: it belongs into a table, or nowhere."""
    from kitei.cli import module_of

    owners: dict[str, list[str]] = {}
    for command in sorted(commands):
        parser = Parser(add_help=False)
        module_of(command).register(parser)
        for name in options_of(parser):
            owners.setdefault(name, []).append(f"[{command}]")
    if key not in owners:
        return file.unknown(key, {*known, *owners})
    listed = ", ".join(owners[key])
    return file.wrong(key, f"{listed} の下に書く。", f"belongs below {listed}")


def _standing(
    file: _File,
    parser: argparse.ArgumentParser,
    settings: Sequence[_Setting],
    given: Collection[argparse.Action],
) -> Iterator[_Setting]:
    """The settings that the command line leaves standing; one of options that exclude each other.

    Raises ``UsageError`` for two such options in the same table.
    """
    left = [setting for setting in settings if setting.action not in given]
    for group in parser._mutually_exclusive_groups:
        members = group._group_actions
        rivals = [s for s in left if s.action in members and s.value != s.action.default]
        if any(action in given for action in members):
            winners = []
        else:
            winners = [s for s in rivals if s.own] or rivals
        if len(winners) > 1:
            first, second = (s.action.option_strings[-1].removeprefix("--") for s in winners[:2])
            raise file.wrong(
                first, f"{second} と併せて指定できない。", f"not allowed together with {second}"
            )
        left = [setting for setting in left if setting not in rivals or setting in winners]
    yield from left


def _given(parser: argparse.ArgumentParser, words: Sequence[str]) -> set[argparse.Action]:
    """The options that a command line names, whole or by the beginning of their name."""
    known = {name: action for action in parser._actions for name in action.option_strings}
    end = words.index("--") if "--" in words else len(words)
    typed = {word.partition("=")[0] for word in words[:end] if word.startswith("-")}
    return {
        action
        for name, action in known.items()
        for word in typed
        if name == word or (word not in known and word[:2] == "--" and name.startswith(word))
    }


def _value(file: _File, key: str, action: argparse.Action, value: object) -> object:
    """The value as the parser would have made it from words. Raises ``UsageError``."""
    if action.nargs == 0:
        file.of_type(key, value, bool)
        if isinstance(action, argparse.BooleanOptionalAction):
            return value
        return (action.const or True) if value else action.default
    if isinstance(action, argparse._AppendAction) or action.nargs not in {None, "?"}:
        file.of_type(key, value, list)
        items = value if isinstance(value, list) else []
        return [_item(file, key, action, item) for item in items]
    return _item(file, key, action, value)


def _item(file: _File, key: str, action: argparse.Action, value: object) -> object:
    if isinstance(value, date) and not isinstance(value, datetime) and action.metavar == "DATE":
        value = value.isoformat()
    if type(value) is int and action.type not in {None, Path}:
        value = str(value)
    file.of_type(key, value, str)
    if not isinstance(value, str) or not value:
        raise file.wrong(key, "空である。", "is empty")
    try:
        made = action.type(value) if callable(action.type) else value
    except KiteiError as error:
        raise file.wrong(key, *error.message) from error
    except (ValueError, TypeError, argparse.ArgumentTypeError) as error:
        raise file.wrong(key, f"値として読めない: {value}", f"not a value: {value}") from error
    if "://" in value and not file.named:
        raise file.outside(key, value)
    if action.choices is not None and made not in action.choices:
        listed = ", ".join(map(str, action.choices))
        raise file.wrong(
            key, f"{value} はない。次から選ぶ: {listed}", f"not {value}; one of: {listed}"
        )
    return _reached(file, key, made)


def _reached(file: _File, key: str, made: object) -> object:
    """``made`` with each path in it seen from the current folder."""
    if isinstance(made, Path):
        return file.reached(key, made)
    if isinstance(made, tuple):
        parts = [_reached(file, key, part) for part in made]
        return made._make(parts) if hasattr(made, "_make") else tuple(parts)
    return made
