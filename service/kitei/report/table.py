"""Plain-text tables that line up where Japanese and Latin letters mix."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from itertools import zip_longest

_WIDE = frozenset("WFA")
# Marks that make a terminal show what follows in another order.
_TURNING = frozenset("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def shown(text: str) -> str:
    """The text with a replacement character for each that a terminal would obey.

    Every other is kept: unlike ``str.isprintable`` this lets an ideographic space through.
    """
    return "".join(
        "\ufffd" if char in _TURNING or unicodedata.category(char) == "Cc" else char
        for char in text
    )


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
    cells = [
        [[shown(line) for line in row[index].split("\n")] for index in kept]
        for row in (header, *rows)
    ]
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
