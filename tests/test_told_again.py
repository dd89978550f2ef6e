"""What is told of a day again for another, between the same changes, is what that would be told.

``Calendar.told`` writes the one date in place of the other. That is sound as long as no finding
reckons with dates (how long, how many days until ...): here findings are compared with those that
are made afresh, on both sides of the changes of the example city. All days of its roster are
compared with ``KITEI_EVERY_DAY=1`` (some minutes).
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise

import pytest
from tests.test_image import example

from kitei.calendar import Calendar
from kitei.image import Image
from kitei.web.verdicts import FindingsJob

EVERY_DAY = bool(os.environ.get("KITEI_EVERY_DAY"))
ONE_IN = 8
DAY = timedelta(days=1)


def spans() -> Iterator[list[date]]:
    """The days between two dates of the data, and those before the first and after the last."""
    dates = Image(example().dataset).dates
    assert dates
    ends = [dates[0] - 5 * DAY, *dates, dates[-1] + 5 * DAY]
    for before, after in pairwise(ends):
        if days := [before + number * DAY for number in range(1, (after - before).days)]:
            yield days


def told(calendar: Calendar, day: date) -> dict[str, object]:
    found: dict[str, object] = json.loads(FindingsJob(day).run(calendar).body)
    return found


SPANS = [days for days in spans() if len(days) > 1]
SOME = SPANS if EVERY_DAY else SPANS[::-ONE_IN]


@pytest.mark.parametrize("days", SOME, ids=lambda days: str(days[0]))
def test_findings_told_again_are_those_of_the_day(
    days: list[date], monkeypatch: pytest.MonkeyPatch
) -> None:
    calendar = Calendar(example())
    told(calendar, days[0])
    with monkeypatch.context() as patch:
        patch.setattr(Calendar, "judged", None)  # none of these is checked
        again = {day: told(calendar, day) for day in (days[1:] if EVERY_DAY else days[-1:])}
    for day, said in again.items():
        assert said == told(Calendar(example()), day), day


def test_the_days_compared_lie_on_both_sides_of_what_begins_and_ends() -> None:
    """Else a comparison would say little: the findings differ from span to span."""
    calendar = Calendar(example())
    found = {str(told(calendar, days[0]).get("counts")) for days in SOME}
    assert len(found) > 3
