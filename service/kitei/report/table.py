"""Plain-text tables that line up where Japanese and Latin letters mix."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from itertools import zip_longest

_WIDE = frozenset("WFA")


def width(text: str) -> int:
    """Columns that ``text`` takes on a terminal (Unicode UAX 11; ambiguous ones count as wide)."""
    return sum(
        0
        if unicodedata.combining(char)
        else 2
        if unicodedata.east_asian_width(char) in _WIDE
        else 1
        for char in text
    )


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table with a rule below its header.

    A cell may have several lines; columns that are empty throughout are left out.
    """
    kept = [index for index in range(len(header)) if any(row[index] for row in rows)]
    cells = [[row[index].split("\n") for index in kept] for row in (header, *rows)]
    widths = [
        max(width(line) for cell in column for line in cell) for column in zip(*cells, strict=True)
    ]
    cells.insert(1, [["-" * columns] for columns in widths])
    return "".join(
        "  ".join(_pad(text, columns) for text, columns in zip(line, widths, strict=True)).rstrip()
        + "\n"
        for row in cells
        for line in zip_longest(*row, fillvalue="")
    )


def _pad(text: str, columns: int) -> str:
    return text + " " * (columns - width(text))
