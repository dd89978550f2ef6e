"""Folders of cities for ``kitei check --each``, and what is done to a city while it is checked."""

from __future__ import annotations

import csv
import json
import os
import shutil
import signal
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.cli_support import ROSTER, Outcome, kitei, troubled
from tests.invented_support import KB
from tests.roster_support import workbook

from kitei.check import Report
from kitei.many.checking import Checker
from kitei.many.cities import Entry

DAY = "2024-06-05"
Deeds = Mapping[str, Callable[[], object]]


def cities(folder: Path, *names: str) -> Path:
    """A folder of cities that are all alike and conform."""
    for name in names:
        shutil.copytree(ROSTER, folder / name)
    return folder


def mixed(folder: Path) -> Path:
    """A city of each kind: conforming, troubled, a workbook, one level down, with its own rules."""
    cities(folder, "1-conforming", "2-troubled")
    for name, text in troubled().items():
        (folder / "2-troubled" / name).write_text(text, encoding="utf-8")
    sheets = {
        path.stem: list(csv.reader(path.read_text("utf-8").splitlines()))
        for path in sorted(ROSTER.glob("*.csv"))
    }
    (folder / "3-workbook.xlsx").write_bytes(workbook(sheets))
    cities(folder / "4-below", "roster")
    shutil.copytree(KB, folder / "5-own-rules")
    (folder / "5-own-rules" / "roster-example").rename(folder / "5-own-rules" / "roster")
    (folder / "6-beside").mkdir()
    shutil.copy(folder / "3-workbook.xlsx", folder / "6-beside" / "roster.xlsx")
    return folder


def each(folder: Path, *more: str | Path, day: str = DAY) -> Outcome:
    """``kitei check --each`` in this process."""
    return kitei("check", "--each", folder, "--as-of", day, "--lang", "en", *more)


def told(outcome: Outcome) -> dict[str, dict[str, Any]]:
    """The cities of a JSON report by name, in its order."""
    document = json.loads(outcome.out)
    return {city["city"]: city for city in document["cities"]}


def doing(deeds: Deeds, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have something done in the child that checks a city of that name, before it is checked."""
    true = Checker._report

    def report(self: Checker, entry: Entry, apart: bool) -> Report:
        if entry.name in deeds:
            deeds[entry.name]()
        return true(self, entry, apart)

    monkeypatch.setattr(Checker, "_report", report)


def kill() -> None:
    """End this process as the kernel does when memory runs out."""
    os.kill(os.getpid(), signal.SIGKILL)


def wait_for_ever() -> None:
    """Do nothing until somebody ends this process."""
    while True:
        signal.pause()


def interrupt_parent(number: int) -> Callable[[], None]:
    """Press Ctrl-C, as seen by the parent, and stay at work."""

    def press() -> None:
        os.kill(os.getppid(), number)
        wait_for_ever()

    return press
