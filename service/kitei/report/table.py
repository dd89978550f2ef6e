"""Plain-text tables that line up where Japanese and Latin letters mix."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

_WIDE = frozenset("WFA")


def width(text: str) -> int:
    """Columns that ``text`` takes on a terminal (Unicode UAX 11; ambiguous ones count as wide)."""
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in _WIDE else 1
        for char in text
    )


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table with a rule below its header; columns that are empty throughout are left out."""
    kept = [index for index in range(len(header)) if any(row[index] for row in rows)]
    lines = [[header[index] for index in kept]] + [[row[index] for index in kept] for row in rows]
    widths = [max(map(width, column)) for column in zip(*lines, strict=True)]
    lines.insert(1, ["-" * columns for columns in widths])
    return "".join(
        "  ".join(_pad(text, columns) for text, columns in zip(line, widths, strict=True)).rstrip()
        + "\n"
        for line in lines
    )


def _pad(text: str, columns: int) -> str:
    return text + " " * (columns - width(text))
