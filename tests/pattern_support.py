"""Rules and people of the drafting patterns, and which test shows which of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from tests.tiny_support import DAY, Tiny, ex_officio

from kitei.check import check

Test = TypeVar("Test", bound=Callable[..., None])
HEAD = ex_officio("head", "mayor")
DEPUTIES = ex_officio("deputy", "vice-mayor", "superintendent", source="1-2")
DIRECTOR, PLANNER, MAYOR = "D1,総務部長", "P1,企画部長", "M1,市長"
VICE, SUPERINTENDENT = "A1,副市長", "E1,教育長"
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
