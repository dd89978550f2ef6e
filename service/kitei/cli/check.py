"""check a roster against the regulation"""

from __future__ import annotations

import argparse
import os
from contextlib import nullcontext
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from kitei import dates
from kitei.cli import each
from kitei.cli.options import (
    READINGS,
    add_all_readings,
    add_city,
    add_day,
    add_fail_on,
    add_language,
    day_of,
    language_of,
    open_city,
    require_roster,
)
from kitei.cli.printing import coloured, put, say
from kitei.cli.progress import progress
from kitei.errors import Bilingual, UsageError
from kitei.report import EACH_FORMATS, FORMATS

if TYPE_CHECKING:
    from kitei.check import Report
    from kitei.check.baseline import Waiver
    from kitei.city import City

_FINDINGS = 1
_FORMATS = tuple(dict.fromkeys((*FORMATS, *EACH_FORMATS)))
# GitHub takes 1 MiB for a step; what was checked comes after the tables.
_STEP_SUMMARY = 900_000


def register(parser: argparse.ArgumentParser) -> None:
    """Declare the options of ``kitei check``."""
    add_city(parser)
    each.register(parser)
    add_day(parser)
    add_language(parser)
    add_all_readings(parser)
    parser.add_argument(
        "--baseline", type=Path, metavar="FILE", help="findings that are waived, until when (TOML)"
    )
    parser.add_argument(
        "--update-baseline", action="store_true", help="write every failing finding to --baseline"
    )
    parser.add_argument("--format", choices=_FORMATS, default="text", help="what is printed")
    parser.add_argument(
        "--output",
        action="append",
        default=[],
        type=_output,
        metavar="FORMAT=FILE",
        help="write a report in that format to a file as well; may be repeated",
    )
    parser.add_argument(
        "--annotate",
        type=Path,
        metavar="OUT",
        help="write a copy of the roster with the findings in it: .xlsx, or a folder for CSV",
    )
    add_fail_on(parser, "the least severity that makes the exit code 1")


def run(options: argparse.Namespace) -> int:
    """Check and print; 0 conforms, 1 findings at or above ``--fail-on``.

    What other readings would change has no part in the exit code.
    """
    if options.each is not None:
        return each.run(options)
    each.refuse(options)
    require_roster(options, "検査には名簿", "check needs a roster")
    if options.update_baseline and options.baseline is None:
        raise UsageError(
            "--update-baseline には --baseline FILE が要る。",
            "--update-baseline needs --baseline FILE",
        )
    day = day_of(options.as_of)
    city = open_city(options, sparing=True)
    roster = options.roster or city.base.example_roster(city.regulation.name)
    _require_targets(options, roster)
    from kitei.check import check

    waivers = _waivers(options, city)
    if options.update_baseline:
        return _update(options, check(city, day, options.fail_on), waivers)
    report = _checked(options, city, day, waivers)
    _report(options, report, city, roster)
    return 0 if report.conforms else _FINDINGS


def _checked(options: argparse.Namespace, city: City, day: date, waivers: list[Waiver]) -> Report:
    """The report, less what the baseline waives; under every reading if that is asked."""
    from kitei.check import baseline, check

    def settle(report: Report) -> Report:
        waived = options.baseline is not None
        return baseline.apply(report, waivers, dates.today()) if waived else report

    if not options.all_readings:
        formats = {options.format, *(name for name, _ in options.output)}
        return settle(check(city, day, options.fail_on, name_passed="junit" in formats))
    from kitei.check.robust import check_all_readings

    with progress(READINGS, language_of(options)) as show:
        return check_all_readings(city, day, options.fail_on, settle, show)


def _output(text: str) -> tuple[str, Path]:
    """The format and file of an ``--output``. Raises ``UsageError``."""
    name, _, file = text.partition("=")
    if name not in _FORMATS or not file:
        listed = ", ".join(_FORMATS)
        raise UsageError(
            f"--output は 形式=ファイル と書く: {text} (形式: {listed})",
            f"write --output as FORMAT=FILE: {text} (formats: {listed})",
        )
    return name, Path(file)


def _require_targets(options: argparse.Namespace, roster: Path) -> None:
    """Raise ``UsageError`` where a result would take the place of the roster."""
    from kitei import files

    given = [roster, *roster.iterdir()] if roster.is_dir() else [roster]
    for _, file in options.output:
        if any(files.same(file, own) for own in given):
            raise UsageError(
                f"--output に名簿のファイルは指定できない: {file}",
                f"--output cannot write on a file of the roster: {file}",
            )
    if options.annotate is None:
        return
    if options.update_baseline:
        raise UsageError(
            "--annotate は --update-baseline と併せて指定できない。",
            "--annotate is not allowed with --update-baseline",
        )
    from kitei.report.annotated.copying import require_target

    require_target(roster, options.annotate)


def _report(options: argparse.Namespace, report: Report, city: City, roster: Path) -> None:
    """Write every ``--output``, the annotated copy, the summary of a GitHub step, and standard
    output last.
    """
    from kitei import files
    from kitei.report.formats import Setting, written

    setting = Setting(language_of(options), options.roster)
    text = written(options.format, report, setting._replace(coloured=coloured()))
    outputs = [(file, written(name, report, setting)) for name, file in options.output]
    if options.annotate is None or city.roster is None:
        files.write_all(outputs)
    else:
        from kitei.report.annotated.copying import annotated_copy

        tables = city.roster.tables
        copy = annotated_copy(roster, options.annotate, report, tables, setting.language)
        with files.folder(copy.folder) if copy.folder else nullcontext():
            files.write_all([*outputs, *copy.contents])
        for notice in copy.notices:
            say(notice.within(setting.language))
    step = os.environ.get("GITHUB_STEP_SUMMARY")
    if step and "github" in (options.format, *(name for name, _ in options.output)):
        files.append(Path(step), written("markdown", report, setting._replace(most=_STEP_SUMMARY)))
    put(text)


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
    say(said.within(language_of(options)))
    return 0
