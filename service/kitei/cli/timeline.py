"""list the days on which the verdict on a roster changes"""

from __future__ import annotations

import argparse
import sys

from kitei.cli.options import add_city, add_language, day_of, language_of, open_city, require_roster
from kitei.errors import Bilingual

_CLEAR = "\r\x1b[K"


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

    def show(done: int, days: int) -> None:
        said = Bilingual(f"{done}/{days}日", f"day {done} of {days}").within(language)
        sys.stderr.write(f"{_CLEAR}{said}")
        sys.stderr.flush()

    seen = sys.stderr.isatty()
    try:
        found = timeline(city, first, last, show if seen else None)
    finally:
        if seen:
            sys.stderr.write(_CLEAR)
    sys.stdout.write(FORMATS[options.format](found, language))
    return 0
