"""What a command prints: its answer on standard output, lines about it on standard error."""

from __future__ import annotations

import sys
from contextlib import suppress

from kitei.errors import UsageError


def put(text: str | bytes) -> bool:
    """Print an answer, all of it, and say whether somebody reads it.

    Whoever reads may have seen enough (head, less): that is no failure, and what a command has
    found stands. Raises ``UsageError`` where standard output is closed, full or out of reach.
    """
    if sys.stdout is None:
        raise _cannot_write("closed")
    try:
        if isinstance(text, bytes):
            sys.stdout.buffer.write(text)
        else:
            sys.stdout.write(text)
        # Nobody is left to be told when the process ends.
        sys.stdout.flush()
    except BrokenPipeError:
        return False
    except OSError as error:
        raise _cannot_write(error.strerror or type(error).__name__) from error
    return True


def say(line: str) -> None:
    """Print a line of Kitei's own on standard error, where there is one that takes it."""
    with suppress(OSError):
        sys.stderr.write(f"kitei: {line}\n")


def coloured() -> bool:
    """Whether an answer is printed on a terminal."""
    return sys.stdout is not None and sys.stdout.isatty()


def _cannot_write(reason: str) -> UsageError:
    return UsageError(f"書けない: 標準出力: {reason}", f"cannot write to standard output: {reason}")
