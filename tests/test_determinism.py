"""The same roster gives the same bytes: in twenty processes, and with its rows in any order."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from random import Random

import pytest
from tests.breach_seeders import SEEDERS
from tests.city_generator import town
from tests.city_law import base, law
from tests.cli_support import process

from kitei.check import Finding, Report, check
from kitei.errors import Bilingual
from kitei.report import FORMATS
from kitei.report.formats import Setting, written

RUNS = 20
DAY = town(law(), 7, quiet=True).day
# What can be sown into one city at the same time.
SOWN = sorted({name for name, seeder in SEEDERS.items() if not seeder.quiet} | {"post-ambiguous"})
Origins = Mapping[str, Mapping[int, int]]
"""File -> row -> the first row about the same person, day or subject before the shuffling.

(A finding about several rows of a person points at the first of them, whichever that is.)
"""


@cache
def roster() -> Mapping[str, bytes]:
    """A roster with a finding of most rules, as files."""
    city, rng = town(law(), 7, quiet=True), Random(7)  # noqa: S311
    for name in SOWN:
        SEEDERS[name].sow(city, rng)
    return city.tables(rng)


def shuffled(seed: int) -> tuple[dict[str, bytes], Origins]:
    """The same rows in another order, and where each was."""
    rng, files, origins = Random(seed), {}, {}  # noqa: S311
    for name, data in roster().items():
        header, *lines = data.splitlines(keepends=True)
        first = _first_rows(name)
        rng.shuffle(lines)
        files[name] = b"".join([header, *lines])
        origins[name] = {row: first[_about(line)] for row, line in enumerate(lines, start=2)}
    return files, origins


def report_on(files: Mapping[str, bytes]) -> Report:
    city = base().copy()
    city.read_roster_files(files)
    return check(city, DAY)


def told_of_old_rows(report: Report, origins: Origins) -> Report:
    """The report with the row numbers of the roster as it was; nothing else is touched."""
    findings = sorted((_moved(f, origins) for f in report.findings), key=lambda f: f.order)
    return report._replace(findings=findings)


def _moved(finding: Finding, origins: Origins) -> Finding:
    source = finding.source
    if source is None or source.row is None:
        return finding
    rows = origins[source.file]
    # A unit that many rows name is pointed out at the first of them, whoever that is about.
    row = 0 if finding.rule == "roster-near-miss" else rows[source.row]

    def place(text: str) -> str:
        return re.sub(r"(\w+\.csv):(\d+)", lambda m: f"{m[1]}:{origins[m[1]][int(m[2])]}", text)

    def words(text: str) -> str:
        text = re.sub(r"(\d+)行目と同じ", lambda m: f"{rows[int(m[1])]}行目と同じ", text)
        return place(re.sub(r"as row (\d+)", lambda m: f"as row {rows[int(m[1])]}", text))

    def named(iri: str) -> str:
        return re.sub(r"/problem/(\d+)-", lambda m: f"/problem/{rows[int(m[1])]}-", iri)

    origin = finding.origin
    case = origin.case._replace(iri=named(origin.case.iri), focus=place(origin.case.focus))
    return finding._replace(
        focus=place(finding.focus),
        message=Bilingual(*map(words, finding.message)),
        source=source._replace(row=row),
        origin=origin._replace(case=case, value=origin.value and named(origin.value)),
    )


def every_format(report: Report) -> dict[str, str]:
    """The report in each format and language."""
    return {
        f"{name} {language}": written(name, report, Setting(language, Path("roster")))
        for name in FORMATS
        for language in ("ja", "en")
    }


def test_the_roster_has_findings_of_most_rules_and_of_all_severities() -> None:
    report = report_on(roster())
    assert {finding.severity for finding in report.findings} == {"violation", "warning", "info"}
    assert len({finding.rule for finding in report.findings}) >= 20
    assert len(report.findings) >= 25


def test_rows_in_any_order_give_the_same_bytes_but_for_their_rows() -> None:
    wanted = every_format(told_of_old_rows(report_on(roster()), _as_written()))
    orders = set()
    for seed in range(RUNS):
        files, origins = shuffled(seed)
        orders.add(files["roster.csv"])
        found = every_format(told_of_old_rows(report_on(files), origins))
        for name, text in wanted.items():
            assert found[name] == text, f"shuffle {seed}: {name}"
    assert len(orders) == RUNS


def _as_written() -> Origins:
    """The same for the roster as it was: a person's later rows stand for the first."""
    found = {}
    for name, data in roster().items():
        first, (_, *lines) = _first_rows(name), data.splitlines(keepends=True)
        found[name] = {row: first[_about(line)] for row, line in enumerate(lines, start=2)}
    return found


def _first_rows(name: str) -> dict[bytes, int]:
    _, *lines = roster()[name].splitlines(keepends=True)
    return {_about(line): row for row, line in reversed(list(enumerate(lines, start=2)))}


def _about(line: bytes) -> bytes:
    """Whom or what a row is about: its first cell."""
    return line.split(b",")[0]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("same") / "roster"
    target.mkdir()
    for name, data in roster().items():
        (target / name).write_bytes(data)
    return target


def test_twenty_processes_write_the_same_bytes_in_every_format(
    tmp_path: Path, folder: Path
) -> None:
    outcomes = set()
    for seed in range(RUNS):
        out = tmp_path / str(seed)
        out.mkdir()
        outputs = [word for name in FORMATS for word in ("--output", f"{name}={out / name}")]
        run = process(
            *("check", "--roster", str(folder), "--as-of", DAY.isoformat(), "--lang", "ja"),
            *outputs,
            environment={"PYTHONHASHSEED": str(seed), "GITHUB_STEP_SUMMARY": ""},
        )
        files = tuple((out / name).read_bytes() for name in FORMATS)
        assert all(files)
        outcomes.add((run.returncode, run.stdout, run.stderr, files))
    assert len(outcomes) == 1
    ((code, *_),) = outcomes
    assert code == 1
