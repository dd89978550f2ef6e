"""Checking through the command line: the document, the exit codes, what may not be in it."""

from __future__ import annotations

import json
import re
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from tests.cli_support import ROSTER, Outcome, kitei, lines_of, process, roster_with, troubled

from kitei.check import check
from kitei.city import City
from kitei.dates import in_era
from kitei.kb import find
from kitei.report.findings import as_json

NEED_DESIGNATIONS = {
    "designator-not-competent",
    "designator-undetermined",
    "member-not-eligible",
    "member-not-subject",
    "member-on-leave",
    "member-rank-undecided",
    "seat-missing",
}
ENGLISH = {
    "職員番号": "staff_id",
    "氏名": "name",
    "所属": "organization",
    "職名": "post",
    "区分": "assignment",
    "開始日": "Start",
    "終了日": "END",
    "役職": "role",
    "根拠": "Basis",
    "組織": "organization",
    "指名者": "Designator",
    "指名日": "date",
}
FOUND = {
    ("act-not-judged", "M002"): ("info", "designations.csv", 24, "指名日"),
    ("designator-not-competent", "X003"): ("violation", "designations.csv", 21, "指名者"),
    ("ex-officio-mismatch", "CDO"): ("violation", "roster.csv", 46, "職名"),
    ("member-not-subject", "X009"): ("violation", "designations.csv", 22, "職員番号"),
    ("member-on-leave", "X003"): ("info", "designations.csv", 21, "職員番号"),
    ("member-rank-undecided", "X002"): ("warning", "designations.csv", 20, "職員番号"),
    ("roster-assignment", "X004"): ("warning", "roster.csv", 50, "区分"),
    ("roster-dates", "X005"): ("violation", "roster.csv", 51, "終了日"),
    ("roster-duplicate", "M001"): ("warning", "roster.csv", 53, None),
    ("roster-primary-post", "X004"): ("warning", "roster.csv", 50, "区分"),
    ("roster-unreadable", "roster.csv:52"): ("violation", "roster.csv", 52, "開始日"),
}
DAYS = ("2024-05-15", "2024-07-15", "2024-09-06", "2025-05-01")


@pytest.fixture(scope="module")
def roster(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The troubled roster as a folder."""
    return roster_with(tmp_path_factory.mktemp("troubled"), {**troubled()})


@cache
def checked(day: str, roster: Path = ROSTER, *more: str) -> Outcome:
    return kitei("check", "--as-of", day, "--format", "json", "--roster", roster, *more)


def findings(outcome: Outcome) -> dict[tuple[str, str], dict[str, Any]]:
    """The findings by rule and focus; fails when two have both in common."""
    listed = outcome.document["findings"]
    found = {(finding["rule"], finding["focus"]): finding for finding in listed}
    assert len(found) == len(listed)
    return found


# --- the document --------------------------------------------------------------------------------


def test_the_document_has_the_documented_members(roster: Path) -> None:
    document = checked("2024-05-15", roster).document
    assert list(document)[:5] == ["conforms", "as_of", "text", "checked", "findings"]
    assert document["conforms"] is False
    assert document["as_of"] == "2024-05-15"
    assert document["text"]["version"] == "2024-04-01"
    assert document["disclaimer"]["ja"].endswith("市の公式解釈ではない。")
    counts = document["checked"]
    assert list(counts) == ["rules", "shapes", "focus_nodes", "unmatched_rules", "not_judged"]
    assert [type(value) for value in counts.values()] == [int, int, int, list, list]
    assert min(counts["rules"], counts["shapes"], counts["focus_nodes"]) > 0


@pytest.mark.parametrize("day", DAYS)
def test_each_finding_is_complete_in_both_languages(roster: Path, day: str) -> None:
    for finding in checked(day, roster).document["findings"]:
        members = ["rule", "severity", "provision", "focus", "message", "hint", "readings"]
        assert list(finding)[:9] == [*members, "source", "related"]
        assert finding["severity"] in ("violation", "warning", "info")
        assert finding["provision"] is None or finding["provision"].startswith("art_")
        for text in (finding["message"], finding["hint"]):
            assert list(text) == ["ja", "en"]
            assert re.search(r"[ぁ-ん]", text["ja"])
            assert re.search(r"[a-z]", text["en"])
            assert not re.search(r"[{}]|\bNone\b|違反", text["ja"] + text["en"])


def test_every_trouble_is_found_where_it_is(roster: Path) -> None:
    found = findings(checked("2024-05-15", roster))
    assert {
        key: (f["severity"], *(f["source"][k] for k in ("file", "row", "column")))
        for key, f in found.items()
    } == FOUND


@pytest.mark.parametrize("day", DAYS)
def test_a_message_names_provision_focus_and_day(roster: Path, day: str) -> None:
    named_day = in_era(date.fromisoformat(day))
    for (rule, focus), finding in findings(checked(day, roster)).items():
        message = finding["message"]
        if finding["provision"] is None:
            assert finding["source"] is not None
            continue
        assert focus in message["ja"]
        assert focus in message["en"] or rule.startswith("post-") or rule.startswith("seat-")
        assert named_day in message["ja"] or "指名日" in message["ja"]
        assert day in message["en"] or re.search(r"\bday\b|designation of", message["en"])
        if "定めがない" not in message["ja"] and rule != "act-not-judged":
            assert re.search(r"第\d+条", message["ja"])
            assert re.search(r"Article \d+", message["en"])


def test_a_post_with_nobody_able_is_told_in_the_words_of_the_answer() -> None:
    finding = findings(checked("2024-06-11"))["post-uncovered", "CDO"]
    asked = ("ask", "who-acts", "--post", "CDO", "--as-of", "2024-06-11", "--format", "json")
    (answer,) = kitei(*asked, "--roster", ROSTER).document["answers"]
    assert finding["message"] == answer["because"]
    assert set(finding["readings"]) >= set(answer["readings"])


def test_a_seat_without_a_member_points_at_the_designation_concerned() -> None:
    finding = findings(checked("2024-10-01"))["seat-missing", "財務部税務課"]
    assert finding["source"] == {"file": "designations.csv", "row": 5, "column": "職員番号"}
    assert finding["provision"] == "art_5__para_3__point_1__o_3"
    assert "期限の定めはない" in finding["hint"]["ja"]


def test_a_seat_that_was_never_filled_has_no_row(tmp_path: Path) -> None:
    rows = [line for line in lines_of("designations.csv") if not line.startswith("M004")]
    folder = roster_with(tmp_path, {"designations.csv": "\n".join(rows) + "\n"})
    found = findings(checked("2024-05-15", folder))
    assert list(found) == [("seat-missing", "財務部税務課")]
    assert found["seat-missing", "財務部税務課"]["source"] is None


def test_columns_come_back_as_they_were_written(tmp_path: Path) -> None:
    files: dict[str, str | bytes | None] = {}
    for name, text in troubled().items():
        header, _, rest = text.partition("\n")
        files[name] = ",".join(ENGLISH[word] for word in header.split(",")) + "\n" + rest
    found = findings(checked("2024-05-15", roster_with(tmp_path, files)))
    columns = {key: finding["source"]["column"] for key, finding in found.items()}
    assert columns == {key: ENGLISH.get(column or "") for key, (*_, column) in FOUND.items()}


def test_a_finding_about_a_post_points_at_no_row_that_is_not_its_own(roster: Path) -> None:
    for day in DAYS:
        for (rule, _), finding in findings(checked(day, roster)).items():
            if rule.startswith(("post-", "substitute-")):
                assert finding["source"] is None, rule


# --- what it rests on ----------------------------------------------------------------------------


def test_a_head_who_is_unable_and_uncovered_leaves_the_designator_open(roster: Path) -> None:
    found = findings(checked("2024-09-06", roster))
    assert ("designator-undetermined", "M005") in found
    assert ("designator-not-competent", "M005") not in found


def test_principal_and_only_substitute_may_not_be_one_person(roster: Path) -> None:
    found = findings(checked("2024-07-15", roster))
    assert ("substitute-same-person", "CDO") in found
    assert ("post-acting", "CDO") not in found


def test_without_designations_their_rules_are_not_judged(tmp_path: Path) -> None:
    folder = roster_with(tmp_path, {"designations.csv": None})
    document = checked("2024-10-01", folder).document
    assert set(document["checked"]["not_judged"]) >= NEED_DESIGNATIONS
    assert (document["conforms"], document["findings"]) == (True, [])
    text = kitei("check", "--roster", folder, "--as-of", "2024-10-01", "--lang", "ja").out
    assert "seat-missing" in text


def test_an_unreadable_table_of_designations_judges_no_seat(tmp_path: Path) -> None:
    folder = roster_with(tmp_path, {"designations.csv": b"\x00"})
    outcome = checked("2024-10-01", folder)
    assert [rule for rule, _ in findings(outcome)] == ["roster-unreadable"]
    assert set(outcome.document["checked"]["not_judged"]) >= NEED_DESIGNATIONS


def test_rules_that_met_nothing_are_listed(tmp_path: Path) -> None:
    header = lines_of("designations.csv")[0]
    folder = roster_with(tmp_path, {"designations.csv": f"{header}\n"})
    document = checked("2024-05-15", folder).document
    unmatched = set(document["checked"]["unmatched_rules"])
    assert {"designator-not-competent", "member-not-eligible", "member-not-subject"} <= unmatched
    assert "seat-missing" not in unmatched
    assert len(document["findings"]) == 17


def test_without_incapacities_nobody_is_unable_and_that_is_noted(tmp_path: Path) -> None:
    outcome = checked("2024-06-11", roster_with(tmp_path, {"incapacities.csv": None}))
    assert outcome.document["findings"] == []
    assert any("事故の表がない" in notice["ja"] for notice in outcome.document["notices"])


# --- exit codes ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "fail_on", "code"),
    [
        ("2024-05-15", None, 0),
        ("2024-05-15", "info", 0),
        ("2024-06-05", "violation", 0),
        ("2024-06-05", "warning", 0),
        ("2024-06-05", "info", 1),
        ("2024-06-11", None, 0),
        ("2024-06-11", "warning", 1),
        ("2024-10-01", None, 1),
        ("2024-10-01", "warning", 1),
    ],
)
def test_the_exit_code_follows_the_severity_asked_for(
    day: str, fail_on: str | None, code: int
) -> None:
    more = ("--fail-on", fail_on) if fail_on else ()
    outcome = checked(day, ROSTER, *more)
    assert outcome.code == code
    assert outcome.document["conforms"] is (code == 0)


def test_other_exit_codes_tell_what_went_wrong(tmp_path: Path) -> None:
    assert kitei("check", "--as-of", "2024-05-15").code == 2
    assert checked("2024-05-15", tmp_path / "nowhere").code == 3
    assert checked("2023-10-01").code == 4


def test_the_example_roster_can_be_checked_on_its_days() -> None:
    outcome = kitei("check", "--example", "--as-of", "2024-06-05", "--format", "json")
    assert outcome.code in (0, 1)
    assert outcome.document["checked"]["rules"] > 0


# --- order, names, text --------------------------------------------------------------------------


def test_two_runs_print_the_same_bytes_in_the_order_of_the_rules(roster: Path) -> None:
    words = ("check", "--roster", roster, "--as-of", "2025-05-01", "--format", "json")
    runs = [process(*words, environment={"PYTHONHASHSEED": seed}) for seed in ("1", "77")]
    assert [run.returncode for run in runs] == [1, 1]
    assert runs[0].stdout == runs[1].stdout
    listed = [(f["rule"], f["focus"]) for f in json.loads(runs[0].stdout)["findings"]]
    assert listed == sorted(listed)


def test_a_fingerprint_outlives_an_edit_of_the_roster(roster: Path, tmp_path: Path) -> None:
    moved = {
        name: "\n".join([header, *reversed(rows)]) + "\n"
        for name, text in troubled().items()
        for header, *rows in [text.splitlines()]
    }
    before, after = (
        {key: finding["fingerprint"] for key, finding in findings(outcome).items()}
        for outcome in (
            checked("2025-05-01", roster),
            checked("2025-05-01", roster_with(tmp_path, {**moved})),
        )
    )
    same = {key for key in before if key[0] != "roster-unreadable"}
    assert len(set(before.values())) == len(before)
    assert {key: before[key] for key in same} == {key: after[key] for key in same}


@pytest.mark.parametrize(
    ("day", "form", "language"),
    [
        ("2024-09-06", "json", "ja"),
        ("2025-05-01", "json", "ja"),
        ("2024-07-15", "text", "ja"),
        ("2025-05-01", "text", "en"),
    ],
)
def test_no_name_of_a_person_is_ever_printed(
    tmp_path: Path, day: str, form: str, language: str
) -> None:
    named = {name: text.replace("見本 ", "姓秘 名") for name, text in troubled().items()}
    folder = roster_with(tmp_path, {**named})
    outcome = kitei(
        *("check", "--roster", folder, "--as-of", day), "--format", form, "--lang", language
    )
    assert "X001" in outcome.out
    assert not re.search("姓秘|名係長|名所属長|入院", outcome.out)


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_text_for_people_says_what_where_and_what_to_do(roster: Path, language: str) -> None:
    words = ("check", "--roster", roster, "--as-of", "2024-05-15", "--lang", language)
    text = kitei(*words).out
    for (rule, focus), (severity, file, row, column) in FOUND.items():
        place = ":".join(str(part) for part in (file, row, column) if part)
        shown = {"violation": "不適合", "warning": "要確認", "info": "参考"}[severity]
        line = f"  {shown if language == 'ja' else severity} {rule} {focus}  ({place})\n"
        assert line in text
    assert text.count("    -> ") == len(FOUND)
    assert ("不適合あり" if language == "ja" else "does not conform") in text
    assert "違反" not in text


def test_a_conforming_roster_is_told_so_in_words() -> None:
    words = ("check", "--roster", ROSTER, "--as-of", "2024-05-15")
    assert "2024-05-15現在: 適合 " in kitei(*words, "--lang", "ja").out
    assert "As of 2024-05-15: conforms " in kitei(*words, "--lang", "en").out


def test_checking_after_asking_finds_the_same() -> None:
    city = City(find())
    city.read_roster(ROSTER)
    city.day(date(2024, 10, 1), judging=False)
    assert as_json(check(city, date(2024, 10, 1)), "ja", False) == checked("2024-10-01").out
