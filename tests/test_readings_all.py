"""Every reading tried out: which of them decides an answer or a verdict."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

import pytest
from tests.cli_support import failed, kitei
from tests.readings_support import (
    BY_DEPARTMENT,
    CONFORMING,
    DAY,
    ask_cdo,
    city_roster,
    deciding,
    example,
    statuses,
    vice_mayor_on_leave,
    vice_mayors,
)
from tests.report_support import told as report_told

from kitei import kb
from kitei.ask import find
from kitei.ask.robust import ask_all_readings
from kitei.check import Report
from kitei.check.robust import check_all_readings
from kitei.city import City


@pytest.fixture
def on_leave(tmp_path: Path) -> Path:
    """Whether the vice-mayor is able hangs on a reading."""
    return vice_mayor_on_leave(tmp_path)


@cache
def judged_all_ways() -> Report:
    """The same under every reading."""
    return check_all_readings(example(), CONFORMING)


def test_all_readings_names_the_reading_that_decides_an_answer(on_leave: Path) -> None:
    asked = ask_cdo(on_leave, "--all-readings")
    assert statuses(asked) == [("ANSWER", "acting", "B1")]
    assert asked.document["all_readings"]["same"] is False
    assert asked.document["all_readings"]["combinations_tried"] is False
    (trial,) = deciding(asked).items()
    assert trial[0] == "recorded-incapacity=record-is-not-incapacity"
    persons = {
        key: [item["person"] for item in trial[1][key]]  # type: ignore[attr-defined]
        for key in ("vanished", "appeared")
    }
    assert persons == {"vanished": ["B1"], "appeared": ["A1"]}


def test_an_answer_that_hangs_on_no_reading_is_the_same_under_every_one(tmp_path: Path) -> None:
    roster = city_roster(tmp_path, "A1,見本 副,,副市長,本務,2024-04-01,\n")
    asked = ask_cdo(roster, "--all-readings")
    found = asked.document["all_readings"]
    assert found["same"] is True
    assert {"one-seat", "no-chaining", "recorded-incapacity"} <= {
        trial["reading"] for trial in found["tried"]
    }
    text = ask_cdo(roster, "--all-readings", "--format", "table", "--lang", "en").out
    assert "The same under every reading" in text
    assert "combinations were not tried" in text


def test_alternatives_that_nothing_can_be_derived_under_are_named_as_not_tried() -> None:
    asked = kitei("ask", "who-acts", "--all-readings", "--as-of", DAY, "--format", "json")
    names = {item["alternative"] for item in asked.document["all_readings"]["not_tried"]}
    assert names == {"designation-lapses", "headings-are-organizations"}


def test_a_run_that_is_switched_tries_the_default_as_an_alternative(
    tmp_path: Path,
) -> None:
    asked = ask_cdo(vice_mayors(tmp_path), "--all-readings", "--reading", "one-seat=every-holder")
    assert set(deciding(asked)) == {"one-seat=one-seat"}


def test_a_period_is_asked_under_every_reading(on_leave: Path) -> None:
    asked = kitei(
        *("ask", "history", "--post", "CDO", "--from", "2024-05-01", "--to", "2024-07-31"),
        *("--roster", on_leave, "--format", "json", "--all-readings"),
    )
    assert set(deciding(asked)) == {"recorded-incapacity=record-is-not-incapacity"}


def test_a_check_says_under_which_alternative_the_verdict_would_change() -> None:
    report = judged_all_ways()
    assert report.robustness is not None
    found = {trial.alternative.name: trial for trial in report.robustness.decisive}
    assert report.conforms
    assert {name: trial.conforms for name, trial in found.items()} == {
        "chief-or-assistant": True,
        "head-of-department": False,
    }
    appeared = {item.fields["rule"] for item in found["head-of-department"].appeared}
    assert appeared == {"designator-not-competent", "designator-undetermined"}
    vanished = [item.fields["rule"] for item in found["chief-or-assistant"].vanished]
    assert vanished == ["member-rank-undecided"]


def test_the_exit_code_is_that_of_the_default_whatever_an_alternative_would_say(
    on_leave: Path,
) -> None:
    words = ("check", "--roster", on_leave, "--as-of", DAY, "--format", "json")
    switch = "recorded-incapacity=record-is-not-incapacity"
    plain = kitei(*words, "--fail-on", "info", "--all-readings")
    rules = {item["rule"] for item in deciding(plain)[switch]["vanished"]}  # type: ignore[attr-defined]
    assert "post-acting" in rules
    assert plain.code == kitei(*words, "--fail-on", "info").code
    switched = kitei(*words, "--reading", switch)
    assert "post-acting" not in {item["rule"] for item in switched.document["findings"]}


@pytest.mark.parametrize("name", ["text", "markdown", "html"])
def test_people_read_which_reading_decides_a_check(name: str) -> None:
    out = report_told(name, judged_all_ways(), "ja").replace("\\", "")
    assert "次の 2 によると変わり" in out
    assert BY_DEPARTMENT in out
    assert "不適合ありとなる" in out
    assert "組合せは試していない" in out
    assert "試していない: designation-stands=designation-lapses" in out


def test_what_is_waived_fails_no_alternative_either(on_leave: Path) -> None:
    city = City(kb.find())
    city.read_roster(on_leave)

    def settle(report: Report) -> Report:
        return report._replace(findings=[f for f in report.findings if f.rule == "post-acting"])

    report = check_all_readings(city, date(2024, 6, 5), "info", settle)
    assert report.robustness is not None
    verdicts = {trial.alternative.name: trial.conforms for trial in report.robustness.tried}
    assert [name for name, conforms in verdicts.items() if conforms] == ["record-is-not-incapacity"]


def test_a_check_without_a_text_has_no_reading_to_try() -> None:
    failed(4, "check", "--example", "--as-of", "2022-05-01", "--all-readings")
    failed(2, "check", "--all-readings")


def test_trying_every_reading_leaves_the_city_as_it_was(on_leave: Path) -> None:
    city = City(kb.find())
    city.read_roster(on_leave)
    before = len(city.dataset)
    answers = ask_all_readings(city, find("who-acts"), {"post": "CDO"}, date(2024, 6, 5))
    assert answers.robustness is not None
    assert not answers.robustness.same
    assert (len(city.dataset), city.switches) == (before, ())
