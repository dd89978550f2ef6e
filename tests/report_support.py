"""Reports to be written: a real one with trouble in it, and one that a stranger made hostile."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

from tests.cli_support import ROSTER

from kitei.check import Report, check
from kitei.check.finding import Source
from kitei.city import City
from kitei.errors import Bilingual
from kitei.kb import find
from kitei.report.formats import Setting, written

HOSTILE = (
    "<script>alert(1)</script>",
    "a\n::error file=x::owned",
    "a\r::warning::b%0A,c:d",
    "x | y | z",
    "[link](https://example.org) ![i](u) **b** `c` @all #1",
    'quote" onload="x\' &amp; </td>',
    "{0} {{1}} \\[a\\]",
    "\x1b[31mred\x00\x07\u2028end",
    "]]> <!-- --> ?>",
    "x\n## heading\n- item",
)


@cache
def report(day: date = date(2024, 10, 1)) -> Report:
    """The check of the acceptance roster on a day."""
    city = City(find())
    city.read_roster(ROSTER)
    return check(city, day)


@cache
def hostile() -> Report:
    """A report whose focus, words, file and column were written by somebody hostile."""
    (model, *_) = report().findings
    findings = [
        model._replace(
            focus=text,
            message=Bilingual(f"文 {text}", f"said {text}"),
            hint=Bilingual(f"法 {text}", f"cure {text}"),
            source=Source(f"{text.replace('/', '')}.csv", 7, text),
            origin=model.origin._replace(case=model.origin.case._replace(focus=text)),
        )
        for text in HOSTILE
    ]
    return report()._replace(
        findings=findings, notices=[Bilingual("注\n::error::<b>", "note\n::error::<b>")]
    )


def told(name: str, about: Report, language: str = "en", roster: Path | None = None) -> str:
    """The report in a format."""
    return written(name, about, Setting(language, roster))
