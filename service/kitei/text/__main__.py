"""``python -m kitei.text FILE --work IRI``: the text of a regulation as Turtle."""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path

from kitei.errors import InputUnreadableError, KiteiError
from kitei.text import read


def main(arguments: list[str] | None = None) -> int:
    """Print the Turtle; a failure is one line on standard error and its exit code."""
    parser = argparse.ArgumentParser(prog="python -m kitei.text", description=__doc__)
    parser.add_argument("file", type=Path, help="the published text, UTF-8")
    parser.add_argument("--work", required=True, metavar="IRI", help="IRI of the regulation")
    parser.add_argument(
        "--version",
        type=date.fromisoformat,
        metavar="DATE",
        help="day from which this text is in force, if the text does not say it",
    )
    options = parser.parse_args(arguments)
    try:
        turtle = _turtle(options.file, options.work, options.version)
    except KiteiError as error:
        sys.stderr.write(f"{options.file}: {error.message.ja} / {error.message.en}\n")
        return error.exit_code
    # Bytes, so that no platform translates the line ends.
    sys.stdout.buffer.write(turtle.encode())
    return 0


def _turtle(file: Path, work: str, version: date | None) -> str:
    from kitei.text.graph import to_turtle

    try:
        # read_text() would translate CR LF, and the graph must give every byte back.
        source = file.read_bytes().decode("utf-8")
    except OSError as error:
        raise InputUnreadableError(
            f"読み込めない: {error.strerror}", f"cannot be read: {error.strerror}"
        ) from error
    except UnicodeDecodeError as error:
        raise InputUnreadableError(
            f"UTF-8ではない({error.start}バイト目)", f"not UTF-8 (at byte {error.start})"
        ) from error
    return to_turtle(read(source, version), work.rstrip("/"))


if __name__ == "__main__":
    sys.exit(main())
