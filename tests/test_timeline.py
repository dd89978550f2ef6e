"""When the verdict changes: every such day, and no other."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from tests.cli_support import ROSTER, failed, kitei, on_a_terminal, refused, roster_with
from tests.support import ROOT

from kitei import kb
from kitei.check import timeline as module
from kitei.check.timeline import change_days, timeline, verdict
from kitei.city import City

EXAMPLE = ROOT / "data" / "oshu" / "roster-example"
# Somebody who holds no post that the text knows, whose second row ends within the window: only
# the rule about principal posts sees it.
STRANGER = (
    "職員番号,氏名,所属,職名,区分,開始日,終了日\n"
    "R0900,見本 圏外,上下水道部水道課,主事,本務,2024-04-01,\n"
    "R0900,見本 圏外,上下水道部下水道課,主事,本務,2024-06-06,2024-06-08\n"
)
ORGANIZATIONS = "組織名,上位,長の職名,開始日,終了日\n総務部,,部長,2024-04-01,2024-06-07\n"
MEETINGS = "会議日,招集日,招集者,議長,出席者,報告日\n2024-06-07,2024-06-04,X999,X999,,\n"
DECISIONS = (
    "決定日,件名,方式,付議者,協議日,承認日,関係組織,合議者\n"
    "2024-06-09,見本,庁議,X999,,2024-06-10,,\n"
)


def city_of(roster: Path) -> City:
    city = City(kb.find(), None, None)
    city.read_roster(roster)
    return city


def days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def changed_day_by_day(city: City, first: date, last: date) -> list[date]:
    """The slow and certain way: every day is checked."""
    verdicts = [(day, verdict(city, day).code) for day in days(first, last)]
    return [day for (_, a), (day, b) in pairwise(verdicts) if a != b]


def everything(folder: Path) -> Path:
    """The acceptance roster with one of everything that can start or end within ten days."""
    wanted = (ROSTER / "roster.csv").read_text(encoding="utf-8").rstrip("\n") + "\n"
    columns = wanted.splitlines()[0].split(",")
    extra = "".join(
        ",".join(row.get(column, "") for column in columns) + "\n"
        for row in csv.DictReader(io.StringIO(STRANGER))
    )
    return roster_with(
        folder,
        {
            "roster.csv": wanted + extra,
            "meetings.csv": MEETINGS,
            "decisions.csv": DECISIONS,
            "organizations.csv": ORGANIZATIONS,
        },
    )


def test_every_day_of_change_is_found_for_one_of_every_kind_of_fact(tmp_path: Path) -> None:
    city = city_of(everything(tmp_path))
    window = (date(2024, 6, 5), date(2024, 6, 10))
    found = [change.day for change in timeline(city, *window).changes]
    assert found == changed_day_by_day(city, *window)
    # The second principal post of a stranger, the meeting, the end of a unit, the decision.
    assert {date(2024, 6, d) for d in (6, 7, 8, 9)} <= set(found)


@pytest.mark.parametrize("first", [date(2024, 3, 30), date(2025, 9, 3)])
def test_every_day_of_change_of_the_example_city_is_found(first: date) -> None:
    city = city_of(EXAMPLE)
    last = first + timedelta(days=3)
    assert [c.day for c in timeline(city, first, last).changes] == changed_day_by_day(
        city, first, last
    )


def test_a_day_can_only_change_where_a_fact_starts_or_has_ended() -> None:
    city = city_of(EXAMPLE)
    first, last = date(2024, 6, 1), date(2024, 6, 30)
    expected = [1, 3, 5, 10, 13, 15]
    assert change_days(city.dataset, first, last) == [date(2024, 6, d) for d in expected]


def test_a_change_says_what_appears_and_what_vanishes() -> None:
    outcome = kitei(
        "timeline", "--example", "--from", "2024-06-08", "--to", "2024-06-14", "--format", "json"
    )
    assert outcome.code == 0
    document = outcome.document
    assert [f["rule"] for f in document["start"]["findings"]] == [
        "member-rank-undecided",
        "post-acting",
    ]
    told = [
        (c["day"], [f["rule"] for f in c["appeared"]], [f["rule"] for f in c["vanished"]])
        for c in document["changes"]
    ]
    nobody = ["post-no-substitute", "post-uncovered"]
    assert told == [
        ("2024-06-10", nobody, ["post-acting"]),
        ("2024-06-13", ["post-acting"], nobody),
    ]


def test_days_without_a_text_are_said_to_be_unchecked_and_not_to_conform() -> None:
    outcome = kitei(
        "timeline", "--roster", ROSTER, "--from", "2024-03-30", "--to", "2024-04-02", "--format",
        "json",
    )  # fmt: skip
    document = outcome.document
    assert "収録していない" in document["start"]["unchecked"]["ja"]
    assert [(c["day"], c["unchecked"]) for c in document["changes"]] == [("2024-04-01", None)]


def test_a_period_of_which_no_day_can_be_checked_fails() -> None:
    refused(4, "timeline", "--roster", ROSTER, "--from", "2024-01-01", "--to", "2024-02-01")


def test_csv_has_a_row_for_each_finding() -> None:
    outcome = kitei(
        "timeline", "--example", "--from", "2024-06-09", "--to", "2024-06-10", "--format", "csv"
    )
    rows = list(csv.DictReader(io.StringIO(outcome.out, newline="")))
    assert [(row["day"], row["change"], row["focus"]) for row in rows] == [
        ("2024-06-09", "present", "R0148"),
        ("2024-06-09", "present", "CDO"),
        ("2024-06-10", "appeared", "CDO補佐官"),
        ("2024-06-10", "appeared", "CDO"),
        ("2024-06-10", "vanished", "CDO"),
    ]
    assert all(len(row["fingerprint"]) == 32 for row in rows)


def test_text_is_the_same_for_people() -> None:
    said = kitei("timeline", "--example", "--from", "2024-06-09", "--to", "2024-06-10").out
    assert "= info post-acting CDO" in said
    assert "+ warning post-uncovered CDO" in said
    assert "- info post-acting CDO" in said


def test_a_period_has_both_ends_in_order_and_a_roster() -> None:
    period = ("--from", "2024-06-09", "--to", "2024-06-08")
    refused(2, "timeline", "--example", *period)
    refused(2, "timeline", "--from", "2024-06-08", "--to", "2024-06-09")
    failed(2, "timeline", "--example", "--from", "2024-06-08")
    failed(2, "timeline", "--example", "--from", "never", "--to", "2024-06-09")


def test_an_interrupt_leaves_nothing_half_written(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "check", interrupted)
    outcome = kitei("timeline", "--example", "--from", "2024-06-08", "--to", "2024-06-14")
    assert (outcome.code, outcome.out, outcome.err) == (130, "", "\n")


def test_progress_is_shown_on_a_terminal_and_wiped_out() -> None:
    period = ("--from", "2024-06-08", "--to", "2024-06-14")
    done = on_a_terminal("timeline", "--example", *period, "--lang", "en")
    assert done.code == 0
    assert "day 1 of 3" in done.err
    assert done.err.endswith("\r\x1b[K")
    assert "\x1b" not in done.out
