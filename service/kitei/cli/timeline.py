"""list the days on which the verdict on a roster changes"""

from __future__ import annotations

import argparse

from kitei.cli.options import add_city, add_language, day_of, language_of, open_city, require_roster
from kitei.cli.printing import put
from kitei.cli.progress import progress
from kitei.errors import Bilingual

_DAYS = Bilingual("日", "day")


def register(parser: argparse.ArgumentParser) -> None:
    """Declare the options of ``kitei timeline``."""
    add_city(parser)
    parser.add_argument("--from", dest="first", metavar="DATE", required=True, help="first day")
    parser.add_argument("--to", dest="last", metavar="DATE", required=True, help="last day")
    parser.add_argument("--format", choices=("csv", "json", "text"), default="text")
    add_language(parser)


def run(options: argparse.Namespace) -> int:
    """Print the changes; the exit code is 0 whatever they are."""
    require_roster(options, "経過を見るには名簿", "timeline needs a roster")
    first, last = day_of(options.first), day_of(options.last)
    language = language_of(options)
    city = open_city(options)
    from kitei.check.timeline import timeline
    from kitei.report.timeline import FORMATS

    with progress(_DAYS, language) as show:
        found = timeline(city, first, last, show)
    put(FORMATS[options.format](found, language))
    return 0
