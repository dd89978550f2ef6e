"""check a roster against the regulation"""

from __future__ import annotations

import argparse
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from kitei import dates
from kitei.cli.options import (
    add_city,
    add_day,
    add_language,
    day_of,
    language_of,
    open_city,
    require_roster,
)
from kitei.errors import Bilingual, UsageError
from kitei.report import FORMATS

if TYPE_CHECKING:
    from kitei.check import Report
    from kitei.check.baseline import Waiver
    from kitei.city import City

_FINDINGS = 1
# GitHub takes 1 MiB for a step; what was checked comes after the tables.
_STEP_SUMMARY = 900_000


def register(parser: argparse.ArgumentParser) -> None:
    """Declare the options of ``kitei check``."""
    add_city(parser)
    add_day(parser)
    add_language(parser)
    parser.add_argument(
        "--baseline", type=Path, metavar="FILE", help="findings that are waived, until when (TOML)"
    )
    parser.add_argument(
        "--update-baseline", action="store_true", help="write every failing finding to --baseline"
    )
    parser.add_argument("--format", choices=FORMATS, default="text", help="what is printed")
    parser.add_argument(
        "--output",
        action="append",
        default=[],
        type=_output,
        metavar="FORMAT=FILE",
        help="write a report in that format to a file as well; may be repeated",
    )
    parser.add_argument(
        "--fail-on",
        choices=("violation", "warning", "info"),
        default="violation",
        help="the least severity that makes the exit code 1",
    )


def run(options: argparse.Namespace) -> int:
    """Check and print; 0 conforms, 1 findings at or above ``--fail-on``."""
    require_roster(options, "検査には名簿", "check needs a roster")
    if options.update_baseline and options.baseline is None:
        raise UsageError(
            "--update-baseline には --baseline FILE が要る。",
            "--update-baseline needs --baseline FILE",
        )
    day = day_of(options.as_of)
    city = open_city(options)
    from kitei.check import baseline, check

    waivers = _waivers(options, city)
    report = check(city, day, options.fail_on)
    if options.update_baseline:
        return _update(options, report, waivers)
    if options.baseline is not None:
        report = baseline.apply(report, waivers, dates.today())
    _report(options, report)
    return 0 if report.conforms else _FINDINGS


def _output(text: str) -> tuple[str, Path]:
    """The format and file of an ``--output``. Raises ``UsageError``."""
    name, _, file = text.partition("=")
    if name not in FORMATS or not file:
        listed = ", ".join(FORMATS)
        raise UsageError(
            f"--output は 形式=ファイル と書く: {text} (形式: {listed})",
            f"write --output as FORMAT=FILE: {text} (formats: {listed})",
        )
    return name, Path(file)


def _report(options: argparse.Namespace, report: Report) -> None:
    """Write every ``--output``, the summary of a GitHub step, and standard output last."""
    from kitei.report import files
    from kitei.report.formats import Setting, written

    setting = Setting(language_of(options), options.roster)
    text = written(options.format, report, setting._replace(coloured=sys.stdout.isatty()))
    files.write_all((file, written(name, report, setting)) for name, file in options.output)
    step = os.environ.get("GITHUB_STEP_SUMMARY")
    if step and "github" in (options.format, *(name for name, _ in options.output)):
        files.append(Path(step), written("markdown", report, setting._replace(most=_STEP_SUMMARY)))
    # Whoever reads may have seen enough (head, less); the verdict stands all the same.
    with suppress(BrokenPipeError):
        sys.stdout.write(text)


def _waivers(options: argparse.Namespace, city: City) -> list[Waiver]:
    """The waivers of ``--baseline``; a file that is to be written need not exist or be filled."""
    from kitei.check import baseline
    from kitei.check.rules import load_shapes, rules_of

    update = options.update_baseline
    if options.baseline is None or (update and not options.baseline.exists()):
        return []
    shapes = load_shapes([file.path for file in city.base.shapes()])
    names = {rule.name for rule in rules_of(shapes)}
    return baseline.read(options.baseline, names, filled=not update)


def _update(options: argparse.Namespace, report: Report, known: list[Waiver]) -> int:
    """Write ``--baseline`` and say so on standard error."""
    from kitei.check import baseline
    from kitei.check.checking import SEVERITIES

    limit = SEVERITIES.index(options.fail_on)
    failing = [f for f in report.findings if SEVERITIES.index(f.severity) >= limit]
    entries = baseline.updated(report.findings, failing, known)
    baseline.write(options.baseline, entries)
    empty = sum(not (entry.reason and entry.author and entry.expires) for entry in entries)
    said = Bilingual(
        f"{options.baseline}: 免除 {len(entries)} 件を書いた。埋めるべきもの: {empty} 件",
        f"{options.baseline}: {len(entries)} waivers written, {empty} of them to be filled in",
    )
    sys.stderr.write(f"kitei: {said.within(language_of(options))}\n")
    return 0
