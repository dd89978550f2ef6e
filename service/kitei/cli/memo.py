"""write a one-page memo of an answer: provisions, readings, silences, digests"""

from __future__ import annotations

import argparse
import re
import shlex
from html import unescape
from pathlib import Path

from kitei import files, kb
from kitei.ask import find
from kitei.city import City
from kitei.cli.ask import parameters_of, question_first
from kitei.cli.options import (
    READINGS,
    add_city,
    add_day,
    add_language,
    day_of,
    language_of,
    open_city,
)
from kitei.cli.printing import put
from kitei.cli.progress import progress
from kitei.errors import Bilingual

_DIFFERS = 1
_INPUT = re.compile(r"\b([0-9a-f]{64})  (.+)")


def register(parser: argparse.ArgumentParser) -> None:
    """Declare the options of ``kitei memo``; parameters of a question are options of their own."""
    parser.add_argument("question", metavar="QUESTION", help="see kitei ask --list")
    parser.add_argument("--format", choices=("html", "markdown"), default="markdown")
    group = parser.add_mutually_exclusive_group()
    group.add_argument("--output", type=Path, metavar="FILE", help="write to a file")
    group.add_argument(
        "--verify",
        type=Path,
        metavar="FILE",
        help="write nothing: 0 when FILE is what would be written, 1 when it is not, and why",
    )
    add_city(parser)
    add_day(parser)
    add_language(parser)
    parser.set_defaults(takes_more=True)


def run(options: argparse.Namespace) -> int:
    """Write the memo; the exit code is 0 for every status."""
    from kitei.ask.memo import Wanted, memo
    from kitei.report.memo import FORMATS

    name, rest = question_first(options.question, options.rest)
    question, parameters = find(name), parameters_of(rest)
    day, language = day_of(options.as_of), language_of(options)
    city = open_city(options, parameters.get("post"))
    words = ["memo", name, *(f"--{key}={value}" for key, value in parameters.items())]
    words += [f"--as-of={day}", *_city_words(options), f"--format={options.format}"]
    command = shlex.join(["kitei", *words, f"--lang={language}"])
    wanted = Wanted(question, parameters, day, _roster(options, city), command)
    with progress(READINGS, language) as show:
        text = FORMATS[options.format](memo(city, wanted, show), language)
    if options.verify is not None:
        return _verify(options.verify, text, language)
    if options.output is not None:
        files.write_all([(options.output, text)])
    else:
        put(text)
    return 0


def _city_words(options: argparse.Namespace) -> list[str]:
    """The options that say what is loaded, as somebody in the same folder would write them."""
    given = (("--kb", options.kb), ("--roster", options.roster))
    words = [f"{name}={_shown(path)}" for name, path in given if path is not None]
    if options.regulation is not None:
        words.append(f"--regulation={options.regulation}")
    if options.example:
        words.append("--example")
    return [*words, *(f"--reading={text}" for text in sorted(options.reading))]


def _shown(path: Path) -> str:
    """A path; where something outside this folder lies on this machine is nobody's business."""
    here = Path.cwd()
    if not path.is_absolute():
        return path.as_posix()
    return path.relative_to(here).as_posix() if path.is_relative_to(here) else path.name


def _roster(options: argparse.Namespace, city: City) -> dict[str, bytes]:
    """The files of the roster that was read."""
    from kitei.roster.opening import load

    if options.example:
        return load(kb.find(options.kb).example_roster(city.regulation.name))
    return load(options.roster) if options.roster is not None else {}


def _verify(path: Path, text: str, language: str) -> int:
    """Say on standard output whether the file is that text; which inputs differ if it is not."""
    before = files.read(path).decode("utf-8", "replace")
    if before == text:
        said = Bilingual("同じ: 入力も答えも変わっていない。", "the same: inputs and answer")
        put(f"{path}: {said.within(language)}\n")
        return 0
    old, new = _digests(before), _digests(text)
    differ = [name for name in {**old, **new} if old.get(name) != new.get(name)]
    names = ", ".join(differ)
    said = (
        Bilingual(f"異なる入力: {names}", f"inputs that differ: {names}")
        if differ
        else Bilingual(
            "入力は同じで、記載が異なる。", "the inputs are the same, but it says something else"
        )
    )
    put(f"{path}: {said.within(language)}\n")
    return _DIFFERS


def _digests(text: str) -> dict[str, str]:
    """The inputs that a memo lists, name -> SHA-256."""
    return {name: digest for digest, name in _INPUT.findall(unescape(text))}
