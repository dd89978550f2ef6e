"""The lines of a file, each with its place; nothing is normalised.

Offsets count code points from 0. LF, CR LF and CR all end a line.
"""

from __future__ import annotations

import re
from typing import NamedTuple

# Only what editors and publishing systems put between words. Everything else,
# however odd, is content and must be owned by the node that shows it.
SPACE = " \t\u3000\u00a0\ufeff\x0b\x0c"
GAP = f"[{SPACE}]"
_LINE = re.compile(r"([^\r\n]*)(\r\n|\r|\n|\Z)")


class Line(NamedTuple):
    """A line that is not blank, without the space around its content."""

    number: int  # the physical line, from 1
    start: int
    end: int
    flush: bool  # begins at the margin
    text: str


def lines(source: str) -> list[Line]:
    """The lines of ``source`` that hold more than space, in order."""
    return [
        line
        for number, match in enumerate(_LINE.finditer(source), start=1)
        if (line := _line(number, match.start(1), match[1])).text
    ]


def _line(number: int, offset: int, raw: str) -> Line:
    text = raw.strip(SPACE)
    start = offset + len(raw) - len(raw.lstrip(SPACE))
    # A byte order mark is no indentation.
    flush = not raw.removeprefix("\ufeff").startswith(tuple(SPACE))
    return Line(number, start, start + len(text), flush, text)


def line_number(source: str, offset: int) -> int:
    """The physical line, from 1, that holds the character at ``offset``."""
    return sum(1 for match in re.finditer(r"\r\n|\r|\n", source[:offset])) + 1
