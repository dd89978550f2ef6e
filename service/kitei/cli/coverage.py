"""show which rule, definition, reading or silence cites each sentence"""

from __future__ import annotations

import argparse

from kitei.cli.options import add_city, add_day, add_language, day_of, language_of, open_city
from kitei.cli.printing import put

_UNCOVERED = 1


def register(parser: argparse.ArgumentParser) -> None:
    """Declare the options of ``kitei coverage``."""
    add_city(parser)
    add_day(parser)
    add_language(parser)
    parser.add_argument("--format", choices=("csv", "json", "table"), default="table")


def run(options: argparse.Namespace) -> int:
    """Print the table; 0 when every sentence of the articles is cited, 1 when one is not."""
    from kitei.ask import ask, find
    from kitei.report.answers import FORMATS

    day = day_of(options.as_of)
    answers = ask(open_city(options), find("coverage"), {}, day)
    put(FORMATS[options.format](answers, language_of(options), False))
    covered = all(answer.row.get("covered") == "true" for answer in answers.answers)
    return 0 if covered else _UNCOVERED
