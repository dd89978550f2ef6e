"""put rules, roster and data into a store on disk or behind a SPARQL endpoint"""

from __future__ import annotations

import argparse

from kitei.cli.options import (
    add_city,
    add_data,
    add_day,
    add_language,
    add_store,
    add_store_graphs,
    day_of,
    language_of,
    open_city,
)
from kitei.cli.printing import put
from kitei.cli.progress import progress
from kitei.errors import Bilingual, UsageError

_LOADED = Bilingual("読み込んだ。", "loaded")
_THERE = Bilingual("変わっていない。", "unchanged")
_TRIPLES = Bilingual("トリプル", "triples")
_NO_ROSTER = Bilingual(
    "保管するものを書く (--roster PATH、--example 又は --rules-only)。",
    "say what to keep (--roster PATH, --example or --rules-only)",
)


def register(parser: argparse.ArgumentParser) -> None:
    """Declare the options of ``kitei load``."""
    add_store(parser, required=True)
    add_store_graphs(parser)
    add_city(parser)
    parser.add_argument(
        "--rules-only", action="store_true", help="keep rules and data without any roster"
    )
    add_data(parser)
    add_day(parser)
    add_language(parser)


def run(options: argparse.Namespace) -> int:
    """Load what is not there yet, and the facts of the day; say whether anything was."""
    if options.roster is None and not options.example and not options.rules_only:
        raise UsageError(*_NO_ROSTER)
    from kitei import foreign
    from kitei.storage import open_store
    from kitei.storage.contents import Contents
    from kitei.storage.http import shown

    day, files = day_of(options.as_of), foreign.files(options.data or [])
    city = open_city(options, stored=False)
    contents = Contents(open_store(options.store, options.store_graphs, writable=True))
    with progress(_TRIPLES, language_of(options)) as show:
        loaded = contents.load(city, files, show)
    published = contents.publish(city.day(day, judging=False), day)
    said = _LOADED if loaded or published else _THERE
    where = shown(options.store) if isinstance(options.store, str) else options.store
    put(f"{where}: {said.within(language_of(options))}\n")
    return 0
