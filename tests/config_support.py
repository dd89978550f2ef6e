"""A city in whose folder ``kitei`` is run, with options in a file."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.cli_support import ROSTER, Outcome, kitei

DAY = "2024-05-15"


def stand_in_city(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with a roster, and the current folder in it."""
    (folder / ".git").mkdir()
    (folder / "roster").mkdir()
    for file in ROSTER.iterdir():
        (folder / "roster" / file.name).write_bytes(file.read_bytes())
    monkeypatch.chdir(folder)
    return folder


def write(text: str, folder: Path = Path(), name: str = "kitei.toml") -> None:
    """Write a file of options, in the current folder if no other is named."""
    (folder / name).write_text(text, encoding="utf-8")


def checked(*words: str) -> Outcome:
    """``kitei check`` as JSON, which says what was checked on which day."""
    return kitei("check", "--format", "json", *words)
