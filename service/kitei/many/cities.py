"""The cities of a folder: one sub-folder or one workbook each.

===================  ==========================================================
``NAME.xlsx``        a roster as a workbook
``NAME/``            a roster as CSV files in the folder
``NAME/roster/``     the same one level down, where the folder holds more
``NAME/roster.xlsx`` a workbook in the folder
``NAME/**/*.ttl``    rules of the city's own, in place of those of ``--kb``
===================  ==========================================================

The name of the file or folder is the city's name in every report.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from kitei.errors import Bilingual, InputUnreadableError

# .xls is what the reader of rosters explains how to save anew.
_WORKBOOKS = frozenset({".xlsx", ".xlsm", ".xls"})
_ROSTER = "roster"
# Excel's mark on a workbook that is open, and what file managers and version control hide.
_PASSED_OVER = (".", "~$")
_OUTSIDE = Bilingual(
    "フォルダーの外を指すリンクはたどらない。実物を置く。",
    "A link that leads out of the folder is not followed; put the roster itself there.",
)
_SHUT = Bilingual("開けない。", "It cannot be opened.")


class Entry(NamedTuple):
    """A city, and where its roster and its own rules lie."""

    name: str
    roster: Path
    rules: Path | None
    """The folder with the city's own Turtle, if it has any."""
    refused: Bilingual | None = None
    """Why it is not even opened."""


class Cities(NamedTuple):
    """What a folder of cities holds."""

    entries: Sequence[Entry]
    """By name."""
    others: Sequence[str]
    """The names of what is no city, hidden files aside."""


def find_cities(folder: Path) -> Cities:
    """The cities of ``folder``, by name.

    Raises ``InputUnreadableError`` when it cannot be read or holds no city.
    """
    try:
        paths = sorted(folder.iterdir(), key=lambda path: path.name)
        shown = [path for path in paths if not path.name.startswith(_PASSED_OVER)]
        cities = [path for path in shown if _is_city(path)]
    except OSError as error:
        raise InputUnreadableError(
            f"フォルダーを開けない: {folder}: {error.strerror}",
            f"cannot open the folder: {folder}: {error.strerror}",
        ) from error
    if not cities:
        raise InputUnreadableError(
            f"市のフォルダー又はブックが一つもない: {folder} (一つの名簿なら --roster で指定する)",
            f"no folder or workbook of a city in {folder} (name a single roster with --roster)",
        )
    within = folder.resolve()
    others = [path.name for path in shown if path not in set(cities)]
    return Cities([_entry(path, within) for path in cities], others)


def _is_city(path: Path) -> bool:
    # A link that leads nowhere was meant to be one.
    return path.is_dir() or path.suffix.lower() in _WORKBOOKS or not path.exists()


def _entry(path: Path, within: Path) -> Entry:
    try:
        return _opened(path, within)
    except (OSError, RuntimeError):
        # A folder that may not be entered, a link to itself.
        return Entry(path.name, path, None, _SHUT)


def _opened(path: Path, within: Path) -> Entry:
    if _leads_out(path, within):
        return Entry(path.name, path, None, _OUTSIDE)
    if not path.is_dir():
        return Entry(path.name, path, None)
    below = list(path.rglob("*"))
    if any(_leads_out(item, within) for item in below):
        return Entry(path.name, path, None, _OUTSIDE)
    rules = path if any(item.suffix == ".ttl" for item in below) else None
    return Entry(path.name, _roster(path), rules)


def _leads_out(path: Path, within: Path) -> bool:
    """Whether it is a link to something elsewhere: a report may quote the head of a table."""
    return path.is_symlink() and not path.resolve().is_relative_to(within)


def _roster(folder: Path) -> Path:
    """Where the roster of a city's folder lies; the folder itself unless it says otherwise."""
    below = folder / _ROSTER
    if below.is_dir():
        return below
    workbooks = (folder / f"{_ROSTER}{suffix}" for suffix in sorted(_WORKBOOKS))
    return next((path for path in workbooks if path.is_file()), folder)
