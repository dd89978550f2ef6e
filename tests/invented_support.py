"""The invented city below ``tests/kb-invented``: its folder, its roster, and how it is asked."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from tests.cli_support import Outcome, kitei
from tests.support import ROOT

KB = ROOT / "tests" / "kb-invented"
NAME = "vitality-headquarters"
ROSTER = KB / "roster-example"
HOME = "https://w3id.org/kitei/id/999990"
WORK = f"{HOME}/{NAME}"
VERSIONS = ("2024-04-01", "2026-04-01")


class Told(NamedTuple):
    """A row of who-acts."""

    status: str
    capacity: str | None
    person: str | None
    basis: tuple[str, ...]


def who_acts(post: str, day: str, roster: Path = ROSTER) -> list[Told]:
    """The answers about a post of the invented regulation, through the command line."""
    return [
        Told(row["status"], row["capacity"], row["person"], tuple(row["basis"]))
        for row in asked(post, day, roster).document["answers"]
    ]


def asked(post: str, day: str, roster: Path = ROSTER) -> Outcome:
    """``kitei ask who-acts`` about the invented regulation."""
    return kitei(
        *("ask", "who-acts", "--post", post, "--as-of", day, "--format", "json"),
        *("--kb", KB, "--regulation", NAME, "--roster", roster),
    )


def checked(day: str, roster: Path = ROSTER) -> Outcome:
    """``kitei check`` of the invented city, down to remarks."""
    return kitei(
        *("check", "--as-of", day, "--format", "json", "--fail-on", "info"),
        *("--kb", KB, "--regulation", NAME, "--roster", roster),
    )


def findings(outcome: Outcome) -> set[tuple[str, str, str | None]]:
    """Rule, focus and provision of each finding."""
    return {
        (found["rule"], found["focus"], found["provision"])
        for found in outcome.document["findings"]
    }


def roster_with(folder: Path, files: Mapping[str, str]) -> Path:
    """A copy of the example roster with rows added to its files (or new files, with header)."""
    target = folder / "roster"
    shutil.copytree(ROSTER, target)
    for name, text in files.items():
        with (target / name).open("a", encoding="utf-8") as file:
            file.write(text)
    return target
