"""Options that several commands share, and the city that they describe."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

from kitei import dates, kb
from kitei.city import City
from kitei.cli.language import LANGUAGES, user_language
from kitei.errors import UsageError


def add_city(parser: argparse.ArgumentParser) -> None:
    """``--kb --regulation --roster --example``: what to load."""
    parser.add_argument("--kb", type=Path, metavar="DIR", help="add a city's folder of Turtle")
    parser.add_argument("--regulation", metavar="NAME", help="which regulation, if several")
    group = parser.add_mutually_exclusive_group()
    group.add_argument(
        "--roster", type=Path, metavar="PATH", help="staff roster: folder of CSV, or XLSX"
    )
    group.add_argument("--example", action="store_true", help="use the fictitious example roster")


def add_day(parser: argparse.ArgumentParser) -> None:
    """``--as-of``: which day."""
    parser.add_argument(
        "--as-of", metavar="DATE", help="the day asked about (ISO or era date); today in Tokyo"
    )


def add_language(parser: argparse.ArgumentParser) -> None:
    """``--lang``: ja or en."""
    parser.add_argument("--lang", choices=LANGUAGES, help="language; default from the locale")


def language_of(options: argparse.Namespace) -> str:
    """The language that the options or the locale ask for."""
    return options.lang or user_language()


def day_of(text: str | None) -> date:
    """The day that an option writes, today if it is absent. Raises ``UsageError``."""
    if text is None:
        return dates.today()
    try:
        return dates.parse_day(text)
    except ValueError as error:
        raise UsageError(
            f"日付として読めない: {text} (例: 2024-06-05、令和6年6月5日)",
            f"not a date: {text} (write 2024-06-05 or 令和6年6月5日)",
        ) from error


def require_roster(options: argparse.Namespace, ja: str, en: str) -> None:
    """Raise ``UsageError`` without a roster; ``ja`` and ``en`` say who needs it, as a clause."""
    if options.roster is None and not options.example:
        raise UsageError(
            f"{ja}が要る (--roster PATH 又は --example)。", f"{en} (--roster PATH or --example)"
        )


def open_city(options: argparse.Namespace, naming: str | None = None) -> City:
    """The city that the options describe, with its roster if one is given."""
    base = kb.find(options.kb)
    city = City(base, options.regulation, naming)
    if options.roster is not None:
        city.read_roster(options.roster)
    elif options.example:
        city.read_roster(base.example_roster(city.regulation.name))
    return city
