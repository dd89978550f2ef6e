"""Which test shows which drafting pattern: the examples name the codes that they stand for."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from tests.tiny_support import DAY, Tiny

from kitei.check import check

Test = TypeVar("Test", bound=Callable[..., None])
_MARKED = re.compile(r"^@shows\(([^)]*)\)", re.MULTILINE)


def shows(*codes: str) -> Callable[[Test], Test]:
    """Say which patterns a test is the example of."""

    def mark(test: Test) -> Test:
        test.__dict__["shows"] = codes
        return test

    return mark


def shown() -> set[str]:
    """The codes that the examples name."""
    found: set[str] = set()
    for file in Path(__file__).parent.glob("test_pattern*.py"):
        for codes in _MARKED.findall(file.read_text(encoding="utf-8")):
            found |= set(re.findall(r'"(\w+)"', codes))
    return found


def breaches(tiny: Tiny, folder: Path) -> set[tuple[str, str]]:
    """Rule and focus of each finding about a tiny city, remarks included."""
    report = check(tiny.city(folder), DAY, "info")
    return {(found.rule, found.focus) for found in report.findings}
