"""Readings: switched one by one, and told in every format."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.cli_support import Outcome, kitei, refused
from tests.invented_support import KB, NAME
from tests.invented_support import ROSTER as INVENTED
from tests.invented_support import roster_with as invented_with
from tests.readings_support import (
    BY_DEPARTMENT,
    CONFORMING,
    DAY,
    ask_cdo,
    deciding,
    judged,
    statuses,
    vice_mayor_on_leave,
    vice_mayors,
)
from tests.report_support import told as report_told

from kitei import kb
from kitei.city import City
from kitei.errors import UsageError
from kitei.namespaces import local_name
from kitei.readings import choose, readings
from kitei.report import FORMATS


@pytest.fixture
def two_vice_mayors(tmp_path: Path) -> Path:
    """Whether there is one CDO hangs on a reading."""
    return vice_mayors(tmp_path)


def test_a_recorded_leave_is_incapacity_by_default_and_not_when_only_marks_count(
    tmp_path: Path,
) -> None:
    on_leave = vice_mayor_on_leave(tmp_path)
    assert statuses(ask_cdo(on_leave)) == [("ANSWER", "acting", "B1")]
    switched = ask_cdo(on_leave, "--reading", "recorded-incapacity=record-is-not-incapacity")
    assert statuses(switched) == [("ANSWER", "holder", "A1")]


def test_several_holders_are_no_riddle_where_seats_are_not_limited(two_vice_mayors: Path) -> None:
    assert {status for status, _, _ in statuses(ask_cdo(two_vice_mayors))} == {"AMBIGUOUS"}
    switched = ask_cdo(two_vice_mayors, "--reading", "one-seat=every-holder")
    assert statuses(switched) == [("ANSWER", "holder", "A1"), ("ANSWER", "holder", "A2")]


@pytest.mark.parametrize(
    "words",
    [
        "one-seat=every-holder",
        "one-seat=充てる職にある者の全員",
        "CDO、CDO補佐官、本部長及び副本部長は各一人=everybody who holds the office",
        "One CDO, one aide, one head and one deputy head=every-holder",
    ],
)
def test_a_reading_and_its_alternative_go_by_name_or_by_either_label(
    two_vice_mayors: Path, words: str
) -> None:
    assert ask_cdo(two_vice_mayors, "--reading", words).document["readings_switched"] == [
        {"reading": "one-seat", "alternative": "every-holder", "default": "one-seat"}
    ]


def test_what_is_so_by_default_is_no_switch(two_vice_mayors: Path) -> None:
    plain, named = (
        ask_cdo(two_vice_mayors, *more) for more in ((), ("--reading", "one-seat=one-seat"))
    )
    assert "readings_switched" not in plain.document
    assert named.out == plain.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("no-such=every-holder", "one-seat"),
        ("one-seat=no-such", "every-holder"),
        ("one-seat", "one-seat"),
        ("designation-stands=designation-lapses", "異動"),
        ("headings-are-no-organizations=headings-are-organizations", "席"),
    ],
)
def test_a_switch_that_cannot_be_made_is_refused_with_candidates_or_reason(
    words: str, said: str
) -> None:
    assert said in refused(2, "ask", "who-acts", "--example", "--reading", words).err


def test_a_reading_is_switched_once() -> None:
    both = ("--reading", "one-seat=every-holder", "--reading", "one-seat=one-seat")
    assert "one-seat" in refused(2, "check", "--example", *both).err


def test_the_derivation_follows_one_alternative_and_does_not_see_the_default(
    tmp_path: Path,
) -> None:
    query = tmp_path / "q.rq"
    query.write_text(
        "PREFIX kitei: <https://w3id.org/kitei/ns#>\n"
        "SELECT ?alternative WHERE { ?r kitei:follows ?alternative\n"
        'FILTER(STRENDS(STR(?r), "/one-seat")) }',
        encoding="utf-8",
    )
    shown = kitei(
        *("query", query, "--as-of", DAY, "--format", "csv"),
        *("--reading", "one-seat=every-holder"),
    )
    assert [local_name(row[0]) for row in shown.table[1:]] == ["every-holder"]


@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_table_for_people_says_which_reading_was_switched(
    two_vice_mayors: Path, language: str
) -> None:
    said = {
        "ja": "解釈を切り替えた: 「CDO、CDO補佐官、本部長及び副本部長は各一人」について"
        "「充てる職にある者の全員」による(既定は「一人」)。",
        "en": 'Under the reading "everybody who holds the office" in place of "one seat"',
    }[language]
    words = ("--reading", "one-seat=every-holder", "--format", "table", "--lang", language)
    assert said in ask_cdo(two_vice_mayors, *words).out


def test_csv_and_turtle_of_an_answer_carry_the_switch(two_vice_mayors: Path) -> None:
    switch = ("--reading", "one-seat=every-holder")
    rows = ask_cdo(two_vice_mayors, *switch, "--format", "csv").table
    assert rows[0][-1] == "readings_switched"
    assert {row[-1] for row in rows[1:]} == {"one-seat=every-holder"}
    assert "readings_switched" not in ask_cdo(two_vice_mayors, "--format", "csv").out
    assert "Under the reading" in ask_cdo(two_vice_mayors, *switch, "--format", "turtle").out


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_of_a_check_says_which_reading_was_switched(name: str) -> None:
    found = re.compile(r"Under the reading|alternative/head-of-department")
    assert not found.search(report_told(name, judged()))
    assert found.search(report_told(name, judged(BY_DEPARTMENT)))


def test_the_verdict_itself_changes_under_the_switched_reading() -> None:
    words = ("check", "--example", "--as-of", str(CONFORMING), "--format", "json")
    outcome = kitei(*words, "--reading", BY_DEPARTMENT)
    assert (judged().conforms, outcome.code, outcome.document["conforms"]) == (True, 1, False)


def test_timeline_and_compare_follow_the_switch_and_say_so() -> None:
    switch = ("--reading", "head-of-organization=head-of-department", "--format", "json")
    period = ("--from", "2025-02-05", "--to", "2025-02-05")
    document = kitei("timeline", "--example", *period, *switch).document
    assert [item["reading"] for item in document["readings_switched"]] == ["head-of-organization"]
    rules = {finding["rule"] for finding in document["start"]["findings"]}
    assert "designator-not-competent" in rules
    against: tuple[str | Path, ...] = ("--against", kb.find().example_roster("dx-headquarters"))
    document = kitei("compare", "--example", *against, "--as-of", "2025-02-05", *switch).document
    assert "designator-not-competent" in {f["rule"] for f in document["findings"]["stayed"]}
    assert document["readings_switched"]


def test_an_exported_snapshot_says_what_was_switched() -> None:
    out = kitei("export", "--example", "--as-of", DAY, "--reading", "one-seat=every-holder").out
    assert "kitei:switchedTo" in out


def test_readings_are_listed_with_question_alternatives_provision_and_reason() -> None:
    text = kitei("readings", "--lang", "en").out
    assert "* one-seat: one seat (default)" in text
    assert "cannot be switched to: Not every new row" in text
    assert "Provision: Article 2, paragraph 1, Article 3, paragraph 1" in text
    switched = kitei("readings", "--lang", "ja", "--reading", "one-seat=every-holder").out
    assert "* every-holder: 充てる職にある者の全員 (切替え)" in switched
    document = kitei("readings", "--format", "json").document
    found = next(item for item in document["readings"] if item["name"] == "no-chaining")
    assert found["adopted"] == found["followed"] == "no-chain"
    assert found["provisions"] == ["art_3__para_2", "art_6__para_2"]
    assert [item["not_derived"] for item in found["alternatives"]] == [None, None]


# The invented city: other readings, other names, the same code.


def invented(roster: Path, *more: str) -> Outcome:
    """Who acts as head of the invented headquarters."""
    return kitei(
        *("ask", "who-acts", "--post", "本部長", "--as-of", "2025-06-02", "--format", "json"),
        *("--kb", KB, "--regulation", NAME, "--roster", roster),
        *more,
    )


def test_the_invented_city_reads_an_unmarked_record_the_other_way(tmp_path: Path) -> None:
    (holder,) = (person for _, _, person in statuses(invented(INVENTED)))
    roster = invented_with(tmp_path, {"incapacities.csv": f"{holder},2025-06-01,2025-06-03,\n"})
    assert [row[1:] for row in statuses(invented(roster))] == [("holder", holder)]
    switched = invented(roster, "--reading", "recorded-incapacity=unmarked-counts")
    assert holder not in {person for _, _, person in statuses(switched)}
    names = set(deciding(invented(roster, "--all-readings")))
    assert "recorded-incapacity=unmarked-counts" in names
    assert all(name.split("=")[0] != "one-seat" for name in names)


def test_a_reading_is_switched_in_every_version_that_has_it() -> None:
    base = kb.find(KB)
    city = City(base, NAME)
    switches = choose(readings(city.dataset, city.regulation.iri), ["seats=every-holder"])
    assert [switch.reading.version for switch in switches] == ["2024-04-01", "2026-04-01"]
    with pytest.raises(UsageError):
        choose(readings(city.dataset, city.regulation.iri), ["one-seat=every-holder"])
