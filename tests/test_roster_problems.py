"""Rows and cells that cannot be taken as they stand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.roster_support import (
    DESIGNATIONS,
    HEADER,
    INCAPACITIES,
    MAYOR,
    facts,
    only,
    places,
    read,
    staff,
    triples,
)

from kitei.errors import InputUnreadableError


@pytest.mark.parametrize(
    "written",
    [
        "2024-04-01",
        "2024/4/1",
        "令和6年4月1日",
        "R6.4.1",
        "令和６年４月１日",
        "２０２４－０４－０１",
        " 2024-04-01 ",
    ],
)
def test_a_day_may_be_written_in_each_usual_way(written: str) -> None:
    result = staff(f"A1,見本,,市長,,{written},")
    assert only(result, "org:Membership")["from"] == ["2024-04-01"]


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (",見本,,市長,,2024-04-01,", "職員番号"),
        ("A1,,,市長,,2024-04-01,", "氏名"),
        ("A1,　,,市長,,2024-04-01,", "氏名"),
        ("A1,見本,,,,2024-04-01,", "職名"),
        ("A1,見本,,市長,,,", "開始日"),
        ("A1,見本,,市長,,2024-02-30,", "開始日"),
        ("A1,見本,,市長,,平成32年4月1日,", "開始日"),
        ("A1,見本,,市長,,20240401,", "開始日"),
        ("A1,見本,,市長,,2024-04-01,未定", "終了日"),
    ],
)
def test_a_staff_row_with_a_bad_cell_is_left_out_and_the_rest_is_read(
    row: str, column: str
) -> None:
    result = staff(row, MAYOR)
    assert places(result) == [("roster-unreadable", "roster.csv", 2, column)]
    assert column in result.problems[0].message.ja
    assert only(result, "org:Membership")["row"] == ["3"]


def test_every_bad_cell_of_a_row_is_reported_at_once() -> None:
    assert [place[3] for place in places(staff("A1,,,市長,,x,y"))] == ["氏名", "開始日", "終了日"]


def test_a_problem_hangs_on_its_table_with_its_place_and_person() -> None:
    result = staff("A1,見本,,市長,,x,", MAYOR)
    problem = only(result, "kitei:RosterProblem")
    assert problem["id"][0].endswith("/roster/roster/problem/2-6-roster-unreadable>")
    assert problem["code"] == ["roster-unreadable"]
    assert (problem["file"], problem["row"], problem["column"]) == (
        ["roster.csv"],
        ["2"],
        ["開始日"],
    )
    assert problem["subject"] == ["person/A1"]
    assert "cell" not in problem
    assert len(problem["message"]) == 2
    assert only(result, "kitei:RosterTable")["problem"] == [
        problem["id"][0].removeprefix("<https://w3id.org/kitei/id/999999/").removesuffix(">")
    ]
    nameless = next(one for one in facts(result, "foaf:Person") if one["staffId"] == ["A1"])
    assert "name" not in nameless


def test_a_row_that_ends_before_it_starts_takes_no_part() -> None:
    result = staff("A1,見本,,市長,,2024-04-01,2024-03-31", MAYOR)
    assert places(result) == [("roster-dates", "roster.csv", 2, "終了日")]
    assert only(result, "org:Membership")["member"] == ["person/Z001"]


def test_a_row_of_one_day_is_no_problem() -> None:
    assert staff("A1,見本,,市長,,2024-04-01,2024-04-01").problems == ()


def test_the_second_copy_of_a_row_takes_no_part() -> None:
    result = staff(MAYOR, "A1,架空,,副市長,,2024-04-01,", MAYOR)
    assert places(result) == [("roster-duplicate", "roster.csv", 4, None)]
    assert "2行目" in result.problems[0].message.ja
    assert len(facts(result, "org:Membership")) == 2


def test_a_copy_that_spells_its_fields_differently_is_a_copy() -> None:
    result = staff(
        "A1,見本,財務部税務課,税務課長,本務,2024-04-01,", "A1,見本,財務部　税務課,課長,,R6.4.1,"
    )
    assert places(result) == [("roster-duplicate", "roster.csv", 3, None)]


def test_the_same_person_in_two_posts_is_no_copy() -> None:
    assert staff(MAYOR, MAYOR.replace("本務", "兼務")).problems == ()


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (",本部員,5-3,総務部,,,H1,2024-04-10,", "職員番号"),
        ("M1,本部委員,5-3,総務部,,,H1,2024-04-10,", "役職"),
        ("M1,,5-3,総務部,,,H1,2024-04-10,", "役職"),
        ("M1,本部員,5-9,総務部,,,H1,2024-04-10,", "根拠"),
        ("M1,本部員,,総務部,,,H1,2024-04-10,", "根拠"),
        ("M1,本部員,2026-05-03,総務部,,,H1,2024-04-10,", "根拠"),
        ("M1,本部員,5月3日,総務部,,,H1,2024-04-10,", "根拠"),
        ("M1,本部員,5-3,,,,H1,2024-04-10,", "組織"),
        ("M1,,8-2,,見知らぬ職,1,H1,2024-04-10,", "代理対象"),
        ("M1,本部員,5-4,,,第一,H1,2024-04-10,", "順位"),
        ("M1,本部員,5-4,,,0,H1,2024-04-10,", "順位"),
        ("M1,本部員,5-4,,,,,2024-04-10,", "指名者"),
        ("M1,本部員,5-4,,,,H1,,", "指名日"),
        ("M1,本部員,5-4,,,,H1,2024-04-10,ずっと", "終了日"),
    ],
)
def test_a_designation_with_a_bad_cell_is_unreadable_there(row: str, column: str) -> None:
    good = "M2,本部員,5-4,,,,H1,2024-04-10,"
    result = read(designations=f"{DESIGNATIONS}\n{row}\n{good}\n")
    assert places(result) == [("roster-unreadable", "designations.csv", 2, column)]
    assert only(result, "kitei:Designation")["designated"] == ["person/M2"]


def test_a_missing_organisation_column_is_unreadable_where_the_rule_needs_it() -> None:
    result = read(designations="職員番号,役職,根拠,指名者,指名日\nM1,本部員,5-3,H1,2024-04-10\n")
    assert places(result) == [("roster-unreadable", "designations.csv", 2, "組織")]


def test_a_basis_that_a_spreadsheet_made_a_date_says_how_to_write_it() -> None:
    row = "M1,本部員,5月3日,総務部,,,H1,2024-04-10,"
    result = read(designations=f"{DESIGNATIONS}\n{row}\n")
    assert "書式を文字列" in result.problems[0].message.ja


def test_an_unknown_word_says_which_words_there_are() -> None:
    tables = {
        "designations": f"{DESIGNATIONS}\nM1,委員,5-9,,,,H1,2024-04-10,\n",
        "incapacities": f"{INCAPACITIES}\nA1,2024-06-01,,たぶん,\n",
    }
    messages = [problem.message.ja for problem in read(**tables).problems]
    assert ["DX推進チーム員、本部員" in messages[0], "5-3、5-4、8-2" in messages[1]] == [True, True]
    assert messages[2].endswith(": 有、無")


@pytest.mark.parametrize(
    ("row", "code", "column"),
    [
        ("A1,2024-06-01,,たぶん,", "roster-unreadable", "事故の有無"),
        ("A1,,,有,", "roster-unreadable", "開始日"),
        (",2024-06-01,,有,", "roster-unreadable", "職員番号"),
        ("A1,2024-06-02,2024-06-01,有,", "roster-dates", "終了日"),
    ],
)
def test_an_incapacity_with_a_bad_cell_takes_no_part(row: str, code: str, column: str) -> None:
    result = read(incapacities=f"{INCAPACITIES}\n{row}\n")
    assert places(result) == [(code, "incapacities.csv", 2, column)]
    assert facts(result, "kitei:Incapacity") == []


def test_meetings_and_decisions_report_their_cells() -> None:
    result = read(
        meetings="会議日,招集者,議長\n2024-05-20,,C1\nx,C1,C1\n",
        decisions="決定日,件名,方式\n2024-05-20,見本,持ち回り\n2024-05-20,,庁議\n",
    )
    assert places(result) == [
        ("roster-unreadable", "decisions.csv", 2, "方式"),
        ("roster-unreadable", "decisions.csv", 3, "件名"),
        ("roster-unreadable", "meetings.csv", 2, "招集者"),
        ("roster-unreadable", "meetings.csv", 3, "会議日"),
    ]


def test_a_chart_entry_without_a_name_is_unreadable() -> None:
    result = read(organizations="組織名,上位,長の職名,開始日\n,総務部,課長,x\n")
    assert [place[3] for place in places(result)] == ["組織名", "開始日"]
    assert facts(result, "kitei:ChartEntry") == []


def test_no_message_holds_a_name_even_when_columns_have_slipped() -> None:
    hidden = "見本秘密子"
    row = ",".join([hidden] * 7)
    tables = {
        "designations": f"{DESIGNATIONS}\n{','.join([hidden] * 9)}\n",
        "incapacities": f"{INCAPACITIES}\n{','.join([hidden] * 5)}\n",
        "organizations": f"組織名,上位,長の職名,任命権者,開始日\n{','.join([hidden] * 5)}\n",
        "meetings": f"会議日,招集者,議長\n{','.join([hidden] * 3)}\n",
        "decisions": f"決定日,件名,方式\n{','.join([hidden] * 3)}\n",
    }
    result = read(f"{HEADER}\n{row}\n{MAYOR}\n", **tables)
    assert {problem.place.table for problem in result.problems} == {"roster", *tables}
    assert not any(hidden in text for problem in result.problems for text in problem.message)
    assert not any(hidden in text for note in result.notes for text in note)


@given(st.lists(st.lists(st.text(max_size=12), min_size=1, max_size=8), max_size=6))
def test_any_cells_are_facts_or_problems_and_always_triples(rows: list[list[str]]) -> None:
    lines = [",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows]
    text = "\n".join([HEADER, MAYOR, *lines])
    encoded = text.encode(errors="replace")
    try:
        result = read(encoded)
    except InputUnreadableError:
        assert b"\0" in encoded
        return
    assert triples(result)
    named_rows = {
        problem.place.row for problem in result.problems if problem.code != "roster-assignment"
    }
    memberships = {int(one["row"][0]) for one in facts(result, "org:Membership")}
    assert len(named_rows | memberships) == result.tables[0].rows
    assert not named_rows & memberships


@given(st.binary(max_size=300))
def test_any_bytes_are_a_roster_or_unreadable(data: bytes) -> None:
    for prefix in (b"", f"{HEADER}\n{MAYOR}\n".encode()):
        try:
            assert triples(read(prefix + data))
        except InputUnreadableError as error:
            assert error.message.ja
            assert "\n" not in error.message.en.replace("\\n", "")
