"""Options that several commands share, and the city that they describe."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

from kitei import dates, kb
from kitei.city import City
from kitei.cli.language import LANGUAGES, user_language
from kitei.errors import Bilingual, UsageError
from kitei.readings import choose, readings

# What --all-readings counts on a terminal.
READINGS = Bilingual("解釈の選択肢", "alternative")


def add_city(parser: argparse.ArgumentParser) -> argparse._MutuallyExclusiveGroup:
    """``--kb --regulation --roster --example --reading``: what to load, and how to read it.

    Returns the group of what says where the roster is, of which one may be given.
    """
    parser.add_argument("--kb", type=Path, metavar="DIR", help="add a city's folder of Turtle")
    parser.add_argument("--regulation", metavar="NAME", help="which regulation, if several")
    group = parser.add_mutually_exclusive_group()
    group.add_argument(
        "--roster", type=Path, metavar="PATH", help="staff roster: folder of CSV, or XLSX"
    )
    group.add_argument("--example", action="store_true", help="use the fictitious example roster")
    parser.add_argument(
        "--reading",
        action="append",
        default=[],
        metavar="NAME=ALTERNATIVE",
        help="take a reading otherwise than by default (see kitei readings); may be repeated",
    )
    return group


STORE = "a folder that kitei load has filled, or the address of a SPARQL endpoint"


def add_store(
    parser: argparse._ActionsContainer, said: str = STORE, *, required: bool = False
) -> None:
    """``--store``: where the graphs are kept, in ``parser`` or the group of ``add_city``."""
    parser.add_argument("--store", type=_place, required=required, metavar="DIR|URL", help=said)


def add_store_graphs(parser: argparse.ArgumentParser) -> None:
    """``--store-graphs``: where an endpoint is written to."""
    parser.add_argument(
        "--store-graphs",
        metavar="URL",
        help="where that endpoint takes graphs (Graph Store Protocol)",
    )


def _place(text: str) -> Path | str:
    """A folder, or the address of an endpoint. Raises ``UsageError`` on any other address."""
    if "://" not in text:
        return Path(text)
    scheme, _, rest = text.partition("://")
    if scheme.lower() not in {"http", "https"} or "@" in rest.partition("/")[0]:
        # What may be a password is not repeated.
        raise UsageError(
            "--store の URL は http 又は https で、利用者名とパスワードを含まないもの。",
            "the URL of --store is one of http or https, without user and password in it",
        )
    return f"{scheme.lower()}://{rest}"


def add_data(parser: argparse.ArgumentParser) -> None:
    """``--data``: files of others, for SPARQL alone."""
    parser.add_argument(
        "--data",
        type=Path,
        nargs="+",
        action="extend",
        metavar="FILE",
        help="add RDF files (Turtle, N-Triples, N-Quads, TriG, RDF/XML, JSON-LD) for SPARQL",
    )


def add_day(parser: argparse.ArgumentParser) -> None:
    """``--as-of``: which day."""
    parser.add_argument(
        "--as-of", metavar="DATE", help="the day asked about (ISO or era date); today in Tokyo"
    )


def add_language(parser: argparse.ArgumentParser) -> None:
    """``--lang``: ja or en."""
    parser.add_argument("--lang", choices=LANGUAGES, help="language; default from the locale")


def add_all_readings(parser: argparse.ArgumentParser) -> None:
    """``--all-readings``: what other readings would change."""
    parser.add_argument(
        "--all-readings",
        action="store_true",
        help="say whether it is the same under every other reading, or which reading decides",
    )


def add_fail_on(parser: argparse.ArgumentParser, told: str) -> None:
    """``--fail-on``: what counts as a finding; ``told`` says of what."""
    parser.add_argument(
        "--fail-on", choices=("violation", "warning", "info"), default="violation", help=told
    )


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


def open_city(
    options: argparse.Namespace,
    naming: str | None = None,
    *,
    stored: bool = True,
    sparing: bool = False,
) -> City:
    """The city that the options describe, with its roster and readings if they are given.

    A command that has a store takes from there what a question can touch of the roster,
    unless ``stored`` is false. A ``sparing``
    roster is enough for the check of a day and for every named question.
    """
    base = kb.find(options.kb)
    city = City(base, options.regulation, naming)
    if options.roster is not None:
        city.read_roster(options.roster, sparing=sparing)
    elif options.example:
        city.read_roster(base.example_roster(city.regulation.name), sparing=sparing)
    elif stored and getattr(options, "store", None) is not None:
        _take_stored(city, options.store)
    if options.reading:
        city.switches = choose(readings(city.dataset, city.regulation.iri), options.reading)
    return city


def _take_stored(city: City, where: Path | str) -> None:
    from kitei.storage import open_store
    from kitei.storage.contents import Contents
    from kitei.storage.touched import roster_in

    store = open_store(where)
    contents = Contents(store)
    contents.require(city.base)
    if contents.holds_roster():
        city.take_roster(roster_in(store, city.dataset))
