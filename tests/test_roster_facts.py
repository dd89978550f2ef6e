"""What each table of a roster states."""

from __future__ import annotations

import random

import pytest
from tests.roster_lexicon import named
from tests.roster_support import (
    DESIGNATIONS,
    HEADER,
    INCAPACITIES,
    STAFF,
    facts,
    only,
    places,
    read,
    staff,
    triples,
    without_rows,
)

MUNICIPALITY = "https://w3id.org/kitei/id/999999"


def test_a_staff_row_becomes_a_membership_of_a_person_in_a_unit_and_post() -> None:
    result = staff("M1,見本 係長,財務部税務課,係長,本務,2024-04-01,2024-09-30")
    membership = only(result, "org:Membership")
    membership.pop("id")
    assert membership == {
        "type": ["http://www.w3.org/ns/org#Membership"],
        "member": ["person/M1"],
        "organization": [named("unit", "財務部税務課").removeprefix(f"{MUNICIPALITY}/")],
        "post": ["post/財務部税務課係長"],
        "rank": [named("rank", "係長").removeprefix(f"{MUNICIPALITY}/")],
        "assignment": [named("assignment", "本務").removeprefix(f"{MUNICIPALITY}/")],
        "from": ["2024-04-01"],
        "through": ["2024-09-30"],
        "inTable": ["roster/roster"],
        "row": ["2"],
    }
    person = only(result, "foaf:Person")
    assert (person["staffId"], person["name"]) == (["M1"], ["見本 係長"])


def test_an_open_row_states_no_end() -> None:
    assert "through" not in only(staff("Z1,見本,,市長,本務,2024-04-01,"), "org:Membership")


def test_an_empty_unit_is_the_municipality() -> None:
    membership = only(staff("Z1,見本,,市長,本務,2024-04-01,"), "org:Membership")
    assert membership["organization"] == [MUNICIPALITY]


def test_an_empty_assignment_is_the_principal_post() -> None:
    written = without_rows(staff("Z1,見本,,市長,本務,2024-04-01,"))
    assert without_rows(staff("Z1,見本,,市長,,2024-04-01,")) == written


def test_an_unknown_assignment_is_kept_as_a_label_and_reported() -> None:
    result = staff("Z1,見本,,市長,特命,2024-04-01,")
    membership = only(result, "org:Membership")
    assert membership["assignmentLabel"] == ["特命"]
    assert "assignment" not in membership
    assert places(result) == [("roster-assignment", "roster.csv", 2, "区分")]


def test_the_rank_column_goes_before_the_title() -> None:
    header = HEADER.replace("職名,", "職名,職位,")
    result = staff("Z1,見本,総務部総務課,庶務担当,係長,本務,2024-04-01,", header=header)
    assert only(result, "org:Membership")["rank"] == [
        named("rank", "係長").removeprefix(f"{MUNICIPALITY}/")
    ]


def test_a_rank_outside_the_code_list_is_a_label() -> None:
    result = staff("Z1,見本,総務部総務課,主任主査,本務,2024-04-01,")
    assert only(result, "org:Membership")["rankLabel"] == ["主任主査"]


@pytest.mark.parametrize(
    "name", ["髙橋 﨑子", "𠮷野 花子", "葛\U000e0100城 太郎", "渡邉　ﾊﾅｺ", " 見本 ", 'a"b\\c']
)
def test_a_name_is_stored_exactly_as_written(name: str) -> None:
    quoted = '"' + name.replace('"', '""') + '"'
    person = only(staff(f"A1,{quoted},,市長,本務,2024-04-01,"), "foaf:Person")
    assert person["name"] == [name]


def test_the_name_of_the_latest_row_counts_whatever_the_order() -> None:
    rows = [
        "A1,見本 旧姓,総務部総務課,主事,本務,2020-04-01,2024-03-31",
        "A1,見本 新姓,総務部総務課,係長,本務,2024-04-01,",
        "A1,架空 新姓,総務部,係長,兼務,2024-04-01,",
    ]
    assert only(staff(*rows), "foaf:Person")["name"] == ["架空 新姓"]
    assert only(staff(*reversed(rows)), "foaf:Person")["name"] == ["架空 新姓"]


def test_kana_are_stored_where_given() -> None:
    header = HEADER.replace("氏名,", "氏名,フリガナ,")
    result = staff("A1,見本,ミホン,,市長,本務,2024-04-01,", header=header)
    assert only(result, "foaf:Person")["nameKana"] == ["ミホン"]


def test_a_person_whom_only_other_tables_mention_has_a_number_only() -> None:
    result = read(incapacities=f"{INCAPACITIES}\nX9,2024-06-01,,,\n")
    stranger = next(one for one in facts(result, "foaf:Person") if one["staffId"] == ["X9"])
    assert "name" not in stranger


def test_a_staff_number_with_signs_is_one_segment_of_its_iri() -> None:
    result = staff("総務/1 #é,見本,,市長,本務,2024-04-01,")
    assert only(result, "foaf:Person")["id"] == [f"<{MUNICIPALITY}/person/総務/1 #é>"]
    assert b"/person/%E7%B7%8F%E5%8B%99%2F1%20%23%C3%A9>" in result.ntriples


def test_rows_in_any_order_state_the_same_but_for_their_rows() -> None:
    units = ["総務部 総務課", "総務部総務課 庶務係", "財務部税務課", ""]
    titles = ["課長", "係長", "総務課長"]
    rows = [
        f"S{n % 23},見本 {n % 3},{units[n % 4]},{titles[n % 3]},,20{10 + n % 9}-04-01,"
        for n in range(60)
    ]
    shuffled = random.Random(1).sample(rows, len(rows))  # noqa: S311
    first, second = staff(*rows), staff(*shuffled)
    problem = "/problem/"
    assert {line for line in without_rows(first) if problem not in line} == {
        line for line in without_rows(second) if problem not in line
    }
    assert len(first.problems) == len(second.problems)


def test_a_designation_states_who_what_by_whom_and_on_which_provision() -> None:
    result = read(
        designations=f"{DESIGNATIONS}\nM1,本部員,5-3,財務部税務課,,,H1,2024-04-10,2025-03-31\n"
    )
    fact = only(result, "kitei:Designation")
    assert fact["designated"] == ["person/M1"]
    assert fact["designator"] == ["person/H1"]
    assert fact["basisEid"] == ["art_5__para_3"]
    assert fact["organization"] == [named("unit", "財務部税務課").removeprefix(f"{MUNICIPALITY}/")]
    assert (fact["date"], fact["through"]) == (["2024-04-10"], ["2025-03-31"])
    assert fact["role"] == [named("post", "本部員").removeprefix(f"{MUNICIPALITY}/")]


@pytest.mark.parametrize("basis", ["5-3", "５－３", "第5条第3項", "第５条 第３項", "5条3項", "5−3"])
def test_a_basis_may_be_written_as_offices_write_it(basis: str) -> None:
    result = read(designations=f"{DESIGNATIONS}\nM1,本部員,{basis},総務部,,,H1,2024-04-10,\n")
    assert only(result, "kitei:Designation")["basisEid"] == ["art_5__para_3"]


def test_a_designated_substitute_names_its_principal_and_order() -> None:
    row = "M1,,8-2,,財務部税務課長,２,H1,2024-04-10,"
    fact = only(read(designations=f"{DESIGNATIONS}\n{row}\n"), "kitei:Designation")
    assert fact["forPrincipal"] == [
        named("post", "財務部税務課長").removeprefix(f"{MUNICIPALITY}/")
    ]
    assert fact["rankInOrder"] == ["2"]
    assert "role" not in fact


def test_a_principal_may_be_a_post_that_only_the_roster_has() -> None:
    staff_rows = f"{STAFF}K1,見本,財務部見本課,課長,本務,2024-04-01,\n"
    row = "M1,,8-2,,財務部見本課長,1,H1,2024-04-10,"
    result = read(staff_rows, designations=f"{DESIGNATIONS}\n{row}\n")
    assert only(result, "kitei:Designation")["forPrincipal"] == ["post/財務部見本課長"]


@pytest.mark.parametrize(("mark", "stated"), [("有", ["true"]), ("無", ["false"]), ("", None)])
def test_an_incapacity_states_what_its_mark_says_and_nothing_for_an_empty_one(
    mark: str, stated: list[str] | None
) -> None:
    result = read(incapacities=f"{INCAPACITIES}\nA1,2024-06-01,2024-06-20,{mark},\n")
    fact = only(result, "kitei:Incapacity")
    assert fact.get("established") == stated
    assert (fact["incapacitated"], fact["from"]) == (["person/A1"], ["2024-06-01"])


def test_the_reason_of_an_incapacity_is_nowhere() -> None:
    rows = "A1,2024-06-01,,有,秘密の病名\nA2,いつか,,有,秘密の病名\n"
    result = read(incapacities=f"{INCAPACITIES}\n{rows}")
    assert "病名" not in result.ntriples.decode()
    assert "病名" not in repr(result.problems) + repr(result.notes)
    assert not any("事由" in note.ja for note in result.notes)


def test_a_chart_entry_below_its_parent_has_a_head_and_a_former_name() -> None:
    header = "組織名,上位,長の職名,任命権者,開始日,終了日,旧組織名"
    result = read(organizations=f"{header}\n見本課,総務部,課長,市長,2026-04-01,,総務課\n")
    fact = only(result, "kitei:ChartEntry")
    assert fact["unit"] == ["unit/総務部見本課"]
    assert fact["headTitle"] == ["課長"]
    assert fact["headPost"] == ["post/総務部見本課長"]
    assert fact["parent"] == [named("unit", "総務部").removeprefix(f"{MUNICIPALITY}/")]
    assert fact["authority"] == [named("authority", "市長").removeprefix(f"{MUNICIPALITY}/")]
    assert fact["formerly"] == [named("unit", "総務部総務課").removeprefix(f"{MUNICIPALITY}/")]
    assert fact["formerlyLabel"] == ["総務課"]
    unit = next(
        one for one in facts(result, "org:OrganizationalUnit") if one["path"] == ["総務部見本課"]
    )
    assert unit["ancestorPath"] == ["総務部"]


def test_a_chart_entry_may_write_its_full_path() -> None:
    result = read(organizations="組織名,上位,任命権者\n総務部見本課,総務部,架空委員会\n")
    fact = only(result, "kitei:ChartEntry")
    assert fact["unit"] == ["unit/総務部見本課"]
    assert fact["authorityLabel"] == ["架空委員会"]


def test_a_meeting_without_a_day_of_convocation_was_convened_on_its_day() -> None:
    result = read(
        meetings="会議日,招集日,招集者,議長,出席者,報告日\n令和6年5月20日,,C1,D1,M1；M2;M1,2024-05-27\n"
    )
    fact = only(result, "kitei:MeetingHeld")
    assert fact["date"] == fact["convenedOn"] == ["2024-05-20"]
    assert fact["attendee"] == ["person/M1", "person/M2"]
    assert (fact["convener"], fact["chair"]) == (["person/C1"], ["person/D1"])
    assert fact["reportedOn"] == ["2024-05-27"]


def test_a_decision_states_its_procedure_and_whom_it_concerns() -> None:
    result = read(
        decisions="決定日,件名,方式,付議者,協議日,承認日,関係組織,合議者\n"
        "2024-06-05,見本の決定,合議,,2024-06-01,2024-06-05,財務部税務課;総務部 総務課,H1;H2\n"
    )
    fact = only(result, "kitei:FinalDecision")
    assert fact["title"] == ["見本の決定"]
    assert fact["procedure"] == [named("procedure", "合議").removeprefix(f"{MUNICIPALITY}/")]
    assert len(fact["concerns"]) == 2
    assert fact["consentedBy"] == ["person/H1", "person/H2"]
    assert "submittedBy" not in fact


def test_each_given_table_is_a_node_with_its_rows_and_absent_ones_are_not() -> None:
    result = read(designations=f"{DESIGNATIONS}\n")
    tables = {one["tableName"][0]: one["rows"] for one in facts(result, "kitei:RosterTable")}
    assert tables == {"roster": ["1"], "designations": ["0"]}
    assert [table.name for table in result.tables] == ["roster", "designations"]


def test_the_note_on_missing_incapacities_goes_when_they_are_given() -> None:
    assert any("事故" in note.ja for note in read().notes)
    assert read(incapacities=f"{INCAPACITIES}\n").notes == ()


def test_line_breaks_and_control_characters_in_a_name_survive_as_triples() -> None:
    result = staff('A1,"見\r\n本\t\u2028\x85\x0b",,市長,本務,2024-04-01,')
    assert only(result, "foaf:Person")["name"] == ["見\r\n本\t\u2028\x85\x0b"]
    assert triples(result)
