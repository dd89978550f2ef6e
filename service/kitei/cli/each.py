"""``kitei check --each``: a folder of cities."""

from __future__ import annotations

import argparse
import codecs
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from kitei.cli.options import day_of, language_of, open_city
from kitei.cli.printing import put, say
from kitei.errors import UsageError
from kitei.report import EACH_FORMATS

if TYPE_CHECKING:
    from kitei.city import City
    from kitei.many.cities import Cities
    from kitei.many.run import Sink

_MIB = 1024 * 1024
# What may be said beside --each; whatever else is given speaks of one city.
_TOGETHER = frozenset(
    {
        *("as_of", "command", "config", "default_of", "each", "fail_on", "format", "jobs", "kb"),
        *("lang", "memory", "no_config", "output", "reading", "regulation", "rest", "run"),
        "timeout",
    }
)


def register(parser: argparse.ArgumentParser) -> None:
    """Declare ``--each`` and what belongs to it."""
    # Looked up when they are refused, so that options added later are refused as well.
    parser.set_defaults(default_of=parser.get_default)
    group = parser.add_argument_group("many cities / 多くの市")
    group.add_argument(
        "--each", type=Path, metavar="DIR", help="check every city in a folder, several at a time"
    )
    group.add_argument(
        "--jobs", type=_positive, metavar="N", help="cities at a time; as many as there are CPUs"
    )
    group.add_argument(
        "--timeout", type=_positive, metavar="SECONDS", help="for one city; 600 unless told"
    )
    group.add_argument(
        "--memory", type=_positive, metavar="MIB", help="for one city; 4096 unless told"
    )


def refuse(options: argparse.Namespace) -> None:
    """Raise ``UsageError`` for options that need ``--each`` where it is not given."""
    formats = {options.format, *(name for name, _ in options.output)}
    own = ("jobs", "memory", "timeout")
    given = [f"--{name}" for name in own if _given(options, name, getattr(options, name))]
    given += [f"--format {name}" for name in sorted(formats & {"jsonl"})]
    if given:
        raise UsageError(
            f"{given[0]} は --each DIR と併せて指定する。", f"{given[0]} goes with --each DIR"
        )


def run(options: argparse.Namespace) -> int:
    """Check every city; 0 all conform, 1 some do not or are broken, 4 none could be checked."""
    _refuse_what_is_for_one(options)
    language, day = language_of(options), day_of(options.as_of)
    from kitei.many.children import Limits, Stop
    from kitei.many.cities import find_cities

    with Stop() as stop:
        found = find_cities(options.each)
        _tell_others(found, language)
        from kitei.many.checking import Checker
        from kitei.many.formats import Frame
        from kitei.many.progress import shown
        from kitei.many.run import Plan, check_each
        from kitei.report.table import width

        widest = max(width(entry.name) for entry in found.entries)
        frame = Frame(day, options.fail_on, language, widest)
        formats = list(dict.fromkeys([options.format, *(name for name, _ in options.output)]))
        checker = Checker(_opener(options), day, frame, formats)
        limits = Limits(float(options.timeout or 600), (options.memory or 4096) * _MIB)
        with _sinks(options) as sinks, shown(len(found.entries), _unit(language)) as seen:
            plan = Plan(options.jobs or os.cpu_count() or 1, limits, stop, seen)
            summary = check_each(checker, found.entries, plan, sinks)
    return summary.exit_code


def _refuse_what_is_for_one(options: argparse.Namespace) -> None:
    for name, value in vars(options).items():
        if name not in _TOGETHER and _given(options, name, value):
            word = f"--{name.replace('_', '-')}"
            raise UsageError(
                f"{word} は --each と併せて指定できない。", f"{word} cannot be used with --each"
            )
    for name in (options.format, *(name for name, _ in options.output)):
        if name not in EACH_FORMATS:
            listed = ", ".join(EACH_FORMATS)
            raise UsageError(
                f"--each の形式に {name} はない。次から選ぶ: {listed}",
                f"--each has no format {name}; choose from {listed}",
            )


def _given(options: argparse.Namespace, name: str, value: object) -> bool:
    """Whether the command line says it; what a configuration says holds where it can."""
    # Defaults are text until the parser has converted them.
    return str(value) != str(options.default_of(name))


def _tell_others(found: Cities, language: str) -> None:
    if found.others:
        names = ", ".join(name if name.isprintable() else ascii(name) for name in found.others)
        said = {"ja": f"市ではないものは読まない: {names}", "en": f"no city, not read: {names}"}
        say(said[language])


def _opener(options: argparse.Namespace) -> Callable[[Path | None, str | None], City]:
    """Loads the rules that the options ask for, or those of a city in place of ``--kb``."""

    def opened(rules: Path | None, regulation: str | None) -> City:
        given = {**vars(options), "roster": None, "example": False}
        if rules is not None:
            given |= {"kb": rules, "regulation": options.regulation or regulation}
        return open_city(argparse.Namespace(**given))

    return opened


@contextmanager
def _sinks(options: argparse.Namespace) -> Iterator[list[Sink]]:
    """Standard output and the files of ``--output``, which take their places at the end."""
    from kitei.files import staged
    from kitei.many.run import Sink

    with staged(path for _, path in options.output) as files:
        named = zip(options.output, files, strict=True)
        yield [Sink(options.format, _printer()), *(Sink(name, f.write) for (name, _), f in named)]


def _printer() -> Callable[[bytes], None]:
    """Writes to standard output as long as somebody reads it."""
    gone = False
    # A piece may end within a character.
    decoder = codecs.getincrementaldecoder("utf-8")()

    def put_piece(piece: bytes) -> None:
        nonlocal gone
        gone = gone or not put(decoder.decode(piece))

    return put_piece


def _unit(language: str) -> str:
    return {"ja": "市", "en": " cities"}[language]


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise ValueError
    return value
