"""The command line: arguments in, one of the other floors asked, text and exit code out."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module
from io import TextIOWrapper
from typing import NoReturn, TextIO

from kitei import __version__
from kitei.cli.language import usage, user_language
from kitei.errors import InternalError, KiteiError, UsageError

# Only the module of the command that is run is imported: start-up time is
# a good part of what a question costs.
COMMANDS = (
    "ask",
    "check",
    "compare",
    "coverage",
    "explain",
    "export",
    "query",
    "serve",
    "text",
    "timeline",
)
_INTERRUPTED = 130


class _Parser(argparse.ArgumentParser):
    """A parser whose errors take the same road as all others."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(*usage(message, self.prog))


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code; failures are one line on standard error."""
    if arguments[:1] == ["--lang"]:
        arguments = [*arguments[2:], *arguments[:2]]
    language = user_language(arguments)
    for stream in (sys.stdout, sys.stderr):
        _make_writable(stream)
    try:
        return _dispatch(arguments)
    except KiteiError as error:
        # Engines explain themselves in several lines; a failure is one line all the same.
        sys.stderr.write(f"kitei: {' '.join(error.message.within(language).split())}\n")
        return error.exit_code
    except KeyboardInterrupt:
        sys.stderr.write("\n")
        return _INTERRUPTED
    except BrokenPipeError:
        # The reader of our output (head, less) has gone; that is not a failure.
        return 0
    except Exception as error:  # the edge: whatever it is, no traceback reaches a user
        message = f"{type(error).__name__} ({_place(error)})"
        text = {"ja": "内部の誤り", "en": "internal error"}[language]
        sys.stderr.write(f"kitei: {text}: {message}\n")
        return InternalError.exit_code


def _dispatch(arguments: Sequence[str]) -> int:
    parser = _Parser(
        prog="kitei",
        description="市の規程を知識グラフとして問い、名簿を照らす。"
        " / Ask a municipal regulation who acts, and check a roster against it.",
    )
    parser.add_argument("--version", action="version", version=f"kitei {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    chosen = next((word for word in arguments if not word.startswith("-")), None)
    for name in COMMANDS:
        module = import_module(f"kitei.cli.{name}") if name == chosen or chosen is None else None
        sub = commands.add_parser(name, help=module.__doc__ if module else None)
        if module:
            module.register(sub)
            sub.set_defaults(run=module.run)
    options, rest = parser.parse_known_args(arguments)
    if rest and not getattr(options, "takes_more", False):
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    options.rest = rest
    code: int = options.run(options)
    return code


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
