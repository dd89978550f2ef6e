"""compare two rosters: what appears, what vanishes, who acts, which days nobody covers"""

from __future__ import annotations

import argparse
from pathlib import Path

from kitei.cli.options import (
    add_city,
    add_day,
    add_fail_on,
    add_language,
    day_of,
    language_of,
    open_city,
    require_roster,
)
from kitei.cli.printing import put

_NEW_FINDINGS = 1


def register(parser: argparse.ArgumentParser) -> None:
    """Declare the options of ``kitei compare``."""
    add_city(parser)
    parser.add_argument(
        "--against", type=Path, metavar="PATH", required=True, help="the old roster"
    )
    add_day(parser)
    parser.add_argument(
        "--until", metavar="DATE", help="last day looked at for days that nobody covers; --as-of"
    )
    add_language(parser)
    parser.add_argument("--format", choices=("json", "text"), default="text")
    add_fail_on(parser, "the least severity of a new finding that makes the exit code 1")


def run(options: argparse.Namespace) -> int:
    """Compare and print; 1 if a finding at or above ``--fail-on`` was not there before."""
    require_roster(options, "比べる新しい名簿", "compare needs the new roster")
    day = day_of(options.as_of)
    until = day_of(options.until) if options.until else None
    new = open_city(options)
    old = open_city(argparse.Namespace(**{**vars(options), "roster": options.against}))
    from kitei.check.comparison import compare
    from kitei.report.comparison import FORMATS

    comparison = compare(new, old, day, until, options.fail_on)
    put(FORMATS[options.format](comparison, language_of(options)))
    return 0 if comparison.passes else _NEW_FINDINGS
