"""The examples of the rules below ``shapes/examples``, as rosters that can be checked."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from tests.invented_support import KB
from tests.support import ROOT

from kitei import kb
from kitei.check import Report, check
from kitei.city import City
from kitei.dates import parse_day

EXAMPLES = ROOT / "shapes" / "examples"
BASES = {
    "acceptance": ROOT / "tests" / "acceptance" / "roster",
    "chart": EXAMPLES / "shared" / "chart",
    "invented": KB / "roster-example",
}
_REPORTS: dict[Path, Report] = {}
Row = tuple[str, str, str | None]
"""Rule, focus and eId of the provision."""


class Example(NamedTuple):
    """One example: a roster, a day, and exactly what the check has to say."""

    folder: Path
    case: dict[str, Any]

    @property
    def rule(self) -> str:
        return self.folder.parent.name

    @property
    def passing(self) -> bool:
        return self.folder.name == "passing"

    def listed(self, key: str) -> list[Row]:
        """``findings`` or ``consequences``."""
        return sorted((rule, focus, provision) for rule, focus, provision in self.case[key])


def examples() -> list[Example]:
    """Every example, by rule."""
    return [
        Example(file.parent, json.loads(file.read_text(encoding="utf-8")))
        for file in sorted(EXAMPLES.glob("*/*/case.json"))
    ]


def report(example: Example) -> Report:
    """The check of an example, done once."""
    if example.folder not in _REPORTS:
        _REPORTS[example.folder] = _check(example)
    return _REPORTS[example.folder]


def _check(example: Example) -> Report:
    city = _city(example.case.get("regulation")).copy()
    city.read_roster_files(roster(example))
    return check(city, parse_day(example.case["as_of"]))


def rows(found: Report) -> list[Row]:
    """Its findings."""
    return sorted((f.rule, f.focus, f.provision) for f in found.findings)


@cache
def _city(regulation: str | None) -> City:
    return City(kb.find(KB if regulation else None), regulation)


def roster(example: Example) -> dict[str, bytes]:
    """The base rosters of an example, laid over one another, with its own rows on top."""
    folders = [BASES[name] for name in example.case.get("base", ["acceptance"])]
    tables: dict[str, list[Mapping[str, str]]] = {}
    for folder in [*folders, example.folder]:
        for file in sorted(folder.glob("*.csv")):
            tables[file.name] = _laid_over(tables.get(file.name, []), file)
    return {name: _written(lines) for name, lines in tables.items()}


def _laid_over(below: list[Mapping[str, str]], file: Path) -> list[Mapping[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        own = list(csv.DictReader(lines))
    first = next(iter(own[0])) if own else ""
    kept = list(below)
    for row in own:
        if row[first].startswith("-"):
            gone = _filled({**row, first: row[first][1:]})
            left = [line for line in kept if not gone.items() <= line.items()]
            assert len(left) < len(kept), f"{file}: no such row: {gone}"
            kept = left
        else:
            kept.append(row)
    return kept


def _filled(row: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in row.items() if value}


def _written(lines: list[Mapping[str, str]]) -> bytes:
    names = list(dict.fromkeys(name for line in lines for name in line))
    text = io.StringIO()
    writer = csv.DictWriter(text, names, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(lines)
    return text.getvalue().encode()
