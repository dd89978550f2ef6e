"""write what makes a CI check a roster: for GitHub, GitLab or pre-commit"""

from __future__ import annotations

import argparse
import json
import shlex
import string
from collections.abc import Sequence
from contextlib import suppress
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

from kitei import __version__
from kitei.cli import check, source
from kitei.cli.options import day_of, language_of, require_roster
from kitei.cli.parser import Parser
from kitei.cli.printing import put
from kitei.errors import Bilingual, UsageError

# Options of the check that the action of this repository takes by their own names.
INPUTS = ("roster", "as-of", "kb", "regulation", "fail-on", "baseline", "lang", "format")
_GITLAB = ".gitlab-ci.yml"


class _Template(string.Template):
    """A file of ``kitei/ci``; YAML of a CI is full of ``$``."""

    delimiter = "%"


class _Written(NamedTuple):
    """A file to be written."""

    path: str
    text: str


def register(parser: argparse.ArgumentParser) -> None:
    """Declare the options: those of the check, as the CI is to give them, and where to write."""
    check.register(parser)
    for action in parser._actions:
        # They are passed on as they were typed; the check itself reads them.
        action.type = None
    parser.add_argument("system", choices=("github", "gitlab", "pre-commit"), metavar="SYSTEM")
    parser.add_argument(
        "--source", metavar="SOURCE", help="where the CI installs Kitei from; as this one was"
    )
    parser.add_argument("--force", action="store_true", help="replace a file that exists")
    parser.add_argument("--stdout", action="store_true", help="print instead of writing")


def run(options: argparse.Namespace) -> int:
    """Write the file, or print it. Nothing that exists is replaced without ``--force``."""
    words = _checked(options)
    origin = source.read(options.source)
    files_of = {"github": _github, "gitlab": _gitlab, "pre-commit": _pre_commit}
    written = files_of[options.system](origin, words)
    if options.stdout:
        put(written.text)
        return 0
    said = _write(written, options.force)
    if options.system == "gitlab":
        said += _include(written.path, language_of(options))
    put(said)
    return 0


def _checked(options: argparse.Namespace) -> list[str]:
    """The words that the check is given. Raises ``UsageError`` where it would refuse them."""
    from kitei.cli import COMMANDS, config

    parser = Parser(prog="kitei check")
    check.register(parser)
    words = _words(parser, options)
    config.add_options(parser)
    config.apply(parser, "check", words, COMMANDS)
    known = parser.parse_args(words)
    require_roster(known, "CIには検査する名簿", "the CI needs a roster")
    day_of(known.as_of)
    return words


def _words(parser: argparse.ArgumentParser, options: argparse.Namespace) -> list[str]:
    """What was given for the options of ``parser``, each as one word."""
    words = []
    for action in parser._actions:
        value = getattr(options, action.dest, None)
        if not action.option_strings or value is None or value == action.default:
            continue
        name = action.option_strings[-1]
        if action.nargs == 0:
            words.append(name)
        else:
            values = value if isinstance(value, list) else [value]
            words += [f"{name}={each}" for each in values]
    for word in words:
        _refuse(word)
    return words


def _refuse(word: str) -> None:
    """Raise ``UsageError`` for a word that would mean something else in the file."""
    from kitei.cli.config import NOT_CONFIGURABLE

    if not word.isprintable() or source.EXPRESSION in word:
        raise UsageError(
            f"改行や {source.EXPRESSION} などは書けない: {word!r}",
            f"no line breaks, {source.EXPRESSION} or the like here: {word!r}",
        )
    if word.removeprefix("--") in NOT_CONFIGURABLE:
        raise UsageError(
            f"{word} はCIで行うことではない。", f"{word} is nothing that a CI is to do"
        )


def _github(origin: source.Source, words: Sequence[str]) -> _Written:
    if origin.action is None:
        steps = _filled("github-pip", requirement=_shell([origin.requirement]), words=_more(words))
    else:
        steps = _filled("github-action", action=_quoted(origin.action), inputs=_inputs(words))
    return _Written(".github/workflows/kitei.yml", _filled("github", steps=steps))


def _gitlab(origin: source.Source, words: Sequence[str]) -> _Written:
    text = _filled("gitlab", requirement=_shell([origin.requirement]), words=_more(words))
    return _Written("kitei.gitlab-ci.yml", text)


def _pre_commit(origin: source.Source, words: Sequence[str]) -> _Written:
    arguments = f"[{', '.join(map(_quoted, words))}]"
    if origin.is_path:
        raise UsageError(
            f"pre-commitは検査するリポジトリのファイルから導入できない: {origin.requirement}",
            f"pre-commit cannot install from a file of the repository: {origin.requirement}",
        )
    if origin.repository and origin.revision:
        text = _filled(
            "pre-commit-git",
            repository=_quoted(origin.repository),
            revision=_quoted(origin.revision),
            arguments=arguments,
        )
    else:
        text = _filled(
            "pre-commit-pip", dependency=_quoted(origin.requirement), arguments=arguments
        )
    return _Written(".pre-commit-config.yaml", text)


def _inputs(words: Sequence[str]) -> str:
    """The ``with:`` of the action: its inputs, and what it has no input for as ``args``."""
    lines, rest = [], []
    for word in words:
        name, _, value = word.removeprefix("--").partition("=")
        if name in INPUTS:
            lines.append(f"{name}: {_quoted(value)}")
        else:
            rest.append(word)
    if rest:
        joined = "\n".join(rest)
        lines.append(f"args: {_quoted(joined)}")
    return "\n        with:" + "".join(f"\n          {line}" for line in lines) if lines else ""


def _filled(name: str, **values: str) -> str:
    text = (files("kitei") / "ci" / f"{name}.yml").read_text(encoding="utf-8")
    return _Template(text).substitute(version=__version__, **values)


def _more(words: Sequence[str]) -> str:
    return f" {_shell(words)}" if words else ""


def _shell(words: Sequence[str]) -> str:
    return shlex.join(words)


def _quoted(text: str) -> str:
    # A JSON string is a string of YAML too.
    return json.dumps(text, ensure_ascii=False)


def _write(written: _Written, force: bool) -> str:
    """Write one file, whole or not at all; what was done, as a line."""
    from kitei.files import make_room, write_all

    here = Path.cwd()
    if not (here / ".git").exists() and any((folder / ".git").exists() for folder in here.parents):
        raise UsageError(
            "リポジトリの最上位のフォルダーで実行する。",
            "run this in the top folder of the repository",
        )
    path = Path(written.path)
    if not force and (path.exists() or path.is_symlink()):
        raise UsageError(
            f"{path} が既にある (--force で置き換え、--stdout で表示する)。",
            f"{path} exists already (--force replaces it, --stdout prints instead)",
        )
    make_room(path)
    write_all([(path, written.text)])
    return f"{path}\n"


def _include(path: str, language: str) -> str:
    """Let the pipeline include ``path``; one that exists is never touched, but told about."""
    main = Path(_GITLAB)
    text = _filled("gitlab-include")
    if not (main.exists() or main.is_symlink()):
        return _write(_Written(_GITLAB, text), force=False)
    with suppress(OSError):
        if path in main.read_text(encoding="utf-8", errors="replace"):
            return ""
    said = Bilingual(f"{_GITLAB} に次を加える。", f"Add to {_GITLAB}:")
    return f"{said.within(language)}\n\n{text}"
