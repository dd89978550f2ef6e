"""check a roster against the regulation"""

from __future__ import annotations

import argparse
import sys
from contextlib import suppress

from kitei.cli.options import add_city, add_day, add_language, day_of, language_of, open_city
from kitei.errors import UsageError

_FINDINGS = 1


def register(parser: argparse.ArgumentParser) -> None:
    """Declare the options of ``kitei check``."""
    add_city(parser)
    add_day(parser)
    add_language(parser)
    parser.add_argument("--format", choices=("json", "text"), default="text")
    parser.add_argument(
        "--fail-on",
        choices=("violation", "warning", "info"),
        default="violation",
        help="the least severity that makes the exit code 1",
    )


def run(options: argparse.Namespace) -> int:
    """Check and print; 0 conforms, 1 findings at or above ``--fail-on``."""
    if options.roster is None and not options.example:
        raise UsageError(
            "検査には名簿が要る (--roster PATH 又は --example)。",
            "check needs a roster (--roster PATH or --example)",
        )
    day = day_of(options.as_of)
    city = open_city(options)
    from kitei.check import check
    from kitei.report.findings import FORMATS

    report = check(city, day, options.fail_on)
    coloured = sys.stdout.isatty()
    # Whoever reads may have seen enough (head, less); the verdict stands all the same.
    with suppress(BrokenPipeError):
        sys.stdout.write(FORMATS[options.format](report, language_of(options), coloured))
    return 0 if report.conforms else _FINDINGS
