"""The command line: arguments in, one of the other floors asked, text and exit code out."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from io import TextIOWrapper
from types import ModuleType
from typing import TextIO

from kitei import __version__
from kitei.cli.language import user_language
from kitei.cli.parser import Parser
from kitei.cli.printing import say
from kitei.errors import InternalError, KiteiError

# Only the module of the command that is run is imported: start-up time is
# a good part of what a question costs.
COMMANDS = (
    "ask",
    "check",
    "compare",
    "coverage",
    "explain",
    "export",
    "init-ci",
    "load",
    "memo",
    "query",
    "readings",
    "serve",
    "text",
    "timeline",
)
_INTERRUPTED = 130


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code; failures are one line on standard error."""
    if arguments[:1] == ["--lang"]:
        arguments = [*arguments[2:], *arguments[:2]]
    language = user_language(arguments)
    for stream in (sys.stdout, sys.stderr):
        _make_writable(stream)
    try:
        options = _options(arguments)
        # A configuration may ask for a language too.
        language = getattr(options, "lang", None) or language
        return int(options.run(options))
    except KiteiError as error:
        # Engines explain themselves in several lines, and what a user named may hold anything;
        # a failure is one line all the same, and nothing in it is obeyed by a terminal.
        from kitei.report.table import shown

        said = shown(" ".join(error.message.within(language).split()))
        say(said)
        return error.exit_code
    except KeyboardInterrupt:
        with suppress(OSError):
            sys.stderr.write("\n")
        return _INTERRUPTED
    except BrokenPipeError:
        # The reader of our output (head, less) has gone; that is not a failure.
        return 0
    except Exception as error:  # the edge: whatever it is, no traceback reaches a user
        message = f"{type(error).__name__} ({_place(error)})"
        text = {"ja": "内部の誤り", "en": "internal error"}[language]
        say(f"{text}: {message}")
        return InternalError.exit_code


def module_of(command: str) -> ModuleType:
    """The module of a command; importing it is what costs."""
    return import_module(f"kitei.cli.{command.replace('-', '_')}")


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    """What the command line, and a configuration where it is silent, ask for."""
    parser = Parser(
        prog="kitei",
        description="市の規程を知識グラフとして問い、名簿を照らす。"
        " / Ask a municipal regulation who acts, and check a roster against it.",
    )
    parser.add_argument("--version", action="version", version=f"kitei {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    chosen = next((word for word in arguments if not word.startswith("-")), None)
    for name in COMMANDS:
        module = module_of(name) if chosen in (name, None) else None
        sub = commands.add_parser(name, help=module.__doc__ if module else None)
        if module:
            module.register(sub)
            sub.set_defaults(run=module.run)
        if name == chosen:
            _configure(sub, name, arguments[arguments.index(name) + 1 :])
    options, rest = parser.parse_known_args(arguments)
    if rest and not getattr(options, "takes_more", False):
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    options.rest = rest
    for read in ("config", "no_config"):
        # What they said is in the other options by now, and no command asks again.
        vars(options).pop(read, None)
    return options


def _configure(parser: argparse.ArgumentParser, command: str, words: Sequence[str]) -> None:
    """Let a file give the options of ``command``. Who asks for help gets it whatever it says."""
    from kitei.cli import config

    if command not in config.WITHOUT:
        config.add_options(parser)
        if not {"-h", "--help"} & set(words):
            config.apply(parser, command, words, COMMANDS)


def _make_writable(stream: TextIO) -> None:
    """Let every character out: files and pipes are UTF-8, a terminal shows escapes at worst."""
    if isinstance(stream, TextIOWrapper):
        stream.reconfigure(errors="backslashreplace")
        if not stream.isatty():
            stream.reconfigure(encoding="utf-8")


def _place(error: BaseException) -> str:
    """File and line of the failure, enough for a bug report and without any data."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return "?"
    return f"{trace.tb_frame.f_globals.get('__name__', '?')}:{trace.tb_lineno}"
