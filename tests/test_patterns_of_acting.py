"""Who acts, who convenes, who reports: 職務代理 and procedure as they are drafted."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.pattern_support import (
    DEPUTIES,
    DIRECTOR,
    HEAD,
    MAYOR,
    PLANNER,
    SUPERINTENDENT,
    VICE,
    breaches,
    shows,
)
from tests.tiny_support import (
    Tiny,
    Told,
    answer_of,
    designated,
    eid,
    ex_officio,
    norms_of,
    substitution,
    told,
)

DEPUTY_STAFF = [VICE, SUPERINTENDENT]
BOTH = [("vacancy", [], []), ("incapacity", [MAYOR], ["M1"])]


def acting(person: str, condition: str, basis: str = "2-1") -> Told:
    """One person acts under one provision."""
    return told("ANSWER", person, capacity="acting", basis=[basis], condition=condition)


# -- 職務代理 --------------------------------------------------------------------------------------


@shows("C1", "C2", "C5", "C8", "C12")
@pytest.mark.parametrize(("condition", "in_office", "unable"), BOTH)
def test_a_named_office_acts_in_either_cause(
    condition: str, in_office: list[str], unable: list[str], tmp_path: Path
) -> None:
    tiny = Tiny(HEAD + substitution("head", "director"), [*in_office, DIRECTOR], unable)
    assert answer_of(tiny.city(tmp_path), "本部長") == acting("D1", condition)


@shows("C3")
def test_a_rule_for_incapacity_says_nothing_of_a_vacancy(tmp_path: Path) -> None:
    rules = HEAD + substitution("head", "director", on="incapacity")
    vacant = answer_of(Tiny(rules, [DIRECTOR]).city(tmp_path), "本部長")
    assert vacant == told("UNSTATED", basis=["2-1"], condition="vacancy")
    unable = answer_of(Tiny(rules, [MAYOR, DIRECTOR], ["M1"]).city(tmp_path), "本部長")
    assert unable == acting("D1", "incapacity")


def test_a_rule_for_each_cause_has_its_own_substitute(tmp_path: Path) -> None:
    rules = (
        HEAD
        + substitution("head", "director", on="incapacity")
        + substitution("head", "planner", "2-2", on="vacancy")
    )
    staff = [DIRECTOR, PLANNER]
    vacant = answer_of(Tiny(rules, staff).city(tmp_path), "本部長")
    assert vacant == acting("P1", "vacancy", "2-2")
    unable = answer_of(Tiny(rules, [*staff, MAYOR], ["M1"]).city(tmp_path), "本部長")
    assert unable == acting("D1", "incapacity")


IN_ADVANCE = (
    ex_officio("leader", "director")
    + designated("panellist", "3-1")
    + substitution(
        "leader",
        source="3-2",
        more="; kitei:substitutePool post:panellist ; kitei:designator post:leader",
    )
)
PANEL = ["S1,総務部主査", "S2,総務部主査"]
MEMBERS = [f"{person},部会員,3-1,,,Z9,2024-05-01," for person in ("S1", "S2")]


@shows("C6")
@pytest.mark.parametrize(
    ("row", "person"),
    [
        pytest.param("S2,,3-2,部会長,,D1,2024-05-01,", "S2", id="in effect"),
        pytest.param("S2,,3-2,部会長,,D1,2024-05-01,2025-06-02", "S2", id="its last day"),
        pytest.param("S2,,3-2,部会長,,D1,2024-05-01,2025-06-01", None, id="ended the day before"),
        pytest.param("S2,,3-2,部会長,,D1,2025-06-03,", None, id="made the day after"),
        pytest.param("S2,,3-2,本部長,,D1,2024-05-01,", None, id="for another principal"),
        pytest.param("Z9,,3-2,部会長,,D1,2024-05-01,", None, id="of nobody in the pool"),
        pytest.param("S2,部会員,3-1,部会長,,D1,2024-05-01,", None, id="under another provision"),
    ],
)
def test_a_substitute_designated_in_advance_acts(
    row: str, person: str | None, tmp_path: Path
) -> None:
    tiny = Tiny(IN_ADVANCE, [DIRECTOR, *PANEL], ["D1"], [*MEMBERS, row])
    found = answer_of(tiny.city(tmp_path), "部会長")
    expected = told("NONE_PROVIDED", basis=["3-2"], condition="incapacity")
    assert found == (acting(person, "incapacity", "3-2") if person else expected)


def test_a_substitute_designated_in_advance_from_no_post_has_to_be_on_the_roster(
    tmp_path: Path,
) -> None:
    rules = HEAD + substitution("head", more="; kitei:pool kitei:pool-subject-staff")
    row = "S1,,2-1,本部長,,M1,2024-05-01,"
    tiny = Tiny(rules, ["S1,総務部主査"], designations=[row])
    assert answer_of(tiny.city(tmp_path), "本部長") == acting("S1", "vacancy")
    gone = Tiny(rules, ["S1,見本 S1,,総務部主査,本務,2024-04-01,2025-05-31"], designations=[row])
    assert answer_of(gone.city(tmp_path), "本部長").status == "NONE_PROVIDED"


def rank(person: str, order: int | str) -> str:
    """A place in the order that was set in advance."""
    return f"{person},,2-1,本部長,{order},M1,2024-05-01,"


@shows("C7")
@pytest.mark.parametrize(
    ("rows", "unable", "status", "persons"),
    [
        pytest.param([rank("E1", 1), rank("A1", 2)], [], "ANSWER", "E1", id="first"),
        pytest.param([rank("E1", 1), rank("A1", 2)], ["E1"], "ANSWER", "A1", id="first unable"),
        pytest.param([rank("E1", 1), rank("A1", 1)], [], "AMBIGUOUS", "A1 E1", id="tie"),
        pytest.param([rank("E1", 1), rank("A1", 1)], ["E1"], "UNSTATED", "", id="tie, one unable"),
        pytest.param([rank("E1", 1)], [], "AMBIGUOUS", "A1 E1", id="only one of them ranked"),
        pytest.param([], [], "AMBIGUOUS", "A1 E1", id="no order recorded"),
        pytest.param([], ["E1"], "ANSWER", "A1", id="no order recorded, but only one is able"),
        pytest.param([], ["A1", "E1"], "NONE_PROVIDED", "", id="no order recorded, nobody able"),
    ],
)
def test_deputies_act_in_the_order_set_in_advance(
    rows: list[str], unable: list[str], status: str, persons: str, tmp_path: Path
) -> None:
    order = "; kitei:orderedBy kitei:order-set-in-advance"
    rules = HEAD + DEPUTIES + substitution("head", "deputy", more=order)
    found = answer_of(Tiny(rules, DEPUTY_STAFF, unable, rows).city(tmp_path), "本部長")
    assert found.status == status
    assert {person or "" for person, _, _ in found.rows} == (set(persons.split()) or {""})


TOGETHER = (
    HEAD
    + DEPUTIES
    + substitution("head", "deputy")
    + substitution("head", "director", "2-2", more="; kitei:togetherWith post:deputy")
)


@shows("C9")
@pytest.mark.parametrize(
    ("staff", "unable", "answer"),
    [
        pytest.param([VICE, DIRECTOR], [], "A1 2-1", id="deputy able"),
        pytest.param([VICE, DIRECTOR], ["A1"], "D1 2-2", id="deputy unable"),
        pytest.param([DIRECTOR], [], "D1 2-2", id="deputy vacant"),
        pytest.param([*DEPUTY_STAFF, DIRECTOR], ["A1", "E1"], "D1 2-2", id="both unable"),
    ],
)
@pytest.mark.parametrize("cause", BOTH, ids=["vacancy", "incapacity"])
def test_a_second_tier_acts_only_when_the_first_is_out_as_well(
    staff: list[str],
    unable: list[str],
    answer: str,
    cause: tuple[str, list[str], list[str]],
    tmp_path: Path,
) -> None:
    condition, in_office, out = cause
    tiny = Tiny(TOGETHER, [*in_office, *staff], [*out, *unable])
    person, basis = answer.split()
    assert answer_of(tiny.city(tmp_path), "本部長") == acting(person, condition, basis)


def test_a_second_tier_waits_while_one_of_two_deputies_is_able(tmp_path: Path) -> None:
    tiny = Tiny(TOGETHER, [*DEPUTY_STAFF, DIRECTOR], ["A1"])
    found = answer_of(tiny.city(tmp_path), "本部長")
    assert found == told("UNSTATED", basis=["2-1"], condition="vacancy")


def test_a_second_tier_that_is_out_provides_nobody_under_its_own_provision(
    tmp_path: Path,
) -> None:
    found = answer_of(Tiny(TOGETHER, [VICE, DIRECTOR], ["A1", "D1"]).city(tmp_path), "本部長")
    assert found == told("NONE_PROVIDED", basis=["2-2"], condition="vacancy")


@shows("C10")
@pytest.mark.parametrize(
    ("staff", "unable", "person", "basis"),
    [
        pytest.param([DIRECTOR, PLANNER], [], "D1", "2-1", id="first"),
        pytest.param([DIRECTOR, PLANNER], ["D1"], "P1", "2-2", id="first unable"),
        pytest.param([PLANNER], [], "P1", "2-2", id="first vacant"),
    ],
)
def test_a_numbered_order_decides(
    staff: list[str], unable: list[str], person: str, basis: str, tmp_path: Path
) -> None:
    rules = (
        HEAD
        + substitution("head", "director", more="; kitei:rankInOrder 1")
        + substitution("head", "planner", "2-2", more="; kitei:rankInOrder 2")
    )
    found = answer_of(Tiny(rules, staff, unable).city(tmp_path), "本部長")
    assert found == acting(person, "vacancy", basis)


def test_an_order_within_the_first_tier_comes_before_the_second_tier(tmp_path: Path) -> None:
    first = "; kitei:rankInOrder 1 ; kitei:orderedBy kitei:order-set-in-advance"
    rules = (
        HEAD
        + DEPUTIES
        + substitution("head", "deputy", more=first)
        + substitution("head", "director", "2-2", more="; kitei:rankInOrder 2")
    )
    rows = [rank("E1", 1), rank("A1", 2)]
    staff = [*DEPUTY_STAFF, DIRECTOR]
    for unable, person, basis in ((["E1"], "A1", "2-1"), (["A1", "E1"], "D1", "2-2")):
        found = answer_of(Tiny(rules, staff, unable, rows).city(tmp_path), "本部長")
        assert found == acting(person, "vacancy", basis)


@shows("C13")
def test_seniority_is_an_order_that_no_roster_can_decide(tmp_path: Path) -> None:
    order = "; kitei:orderedBy kitei:order-by-seniority"
    silence = (
        f"silence:seniority a kitei:Silence ; dcterms:source text:{eid('2-1')} ;"
        " kitei:concerns post:head ; kitei:arisesWith kitei:status-ambiguous ."
    )
    rules = HEAD + DEPUTIES + substitution("head", "deputy", more=order) + silence
    city = Tiny(rules, DEPUTY_STAFF).city(tmp_path)
    assert answer_of(city, "本部長").status == "AMBIGUOUS"
    assert norms_of(city, "本部長", "silences") == {"seniority"}
    one = Tiny(rules, DEPUTY_STAFF, ["E1"]).city(tmp_path)
    assert answer_of(one, "本部長") == acting("A1", "vacancy")


# -- 会議、報告及び庁議 ----------------------------------------------------------------------------

BODY = (
    "rule:body a kitei:CompositionRule ; dcterms:source text:art_4__para_1 ;"
    " kitei:body unit:body ; kitei:composedOf post:head, post:deputy .\n"
)
MEETINGS = "会議日,招集日,招集者,議長,出席者,報告日\n"
BOARD = [MAYOR, VICE, SUPERINTENDENT, "A2,副市長"]


def competence(activity: str) -> str:
    """A duty of the head towards the body."""
    return (
        f"rule:{activity} a kitei:Competence ; dcterms:source text:art_5__para_1 ;"
        f" kitei:activity kitei:activity-{activity} ; kitei:holder post:head ;"
        " kitei:toward unit:body .\n"
    )


DUTIES = competence("convening") + competence("chairing")


def meeting(rules: str, row: str, folder: Path) -> set[tuple[str, str]]:
    """The findings about one meeting."""
    files = {"meetings.csv": (MEETINGS + row).encode()}
    tiny = Tiny(HEAD + DEPUTIES + BODY + rules, BOARD, files_as_given=files)
    return {found for found in breaches(tiny, folder) if found[0].startswith("meeting")}


@shows("D1", "D2")
def test_a_meeting_is_convened_and_chaired_by_whom_the_rules_name(tmp_path: Path) -> None:
    day = "2025-05-20"
    assert meeting(DUTIES, f"{day},,M1,M1,A1,{day}", tmp_path) == set()
    assert meeting(DUTIES, f"{day},,A1,M1,A1,{day}", tmp_path) == {("meeting-convener", day)}
    assert meeting(DUTIES, f"{day},,M1,A1,A1,{day}", tmp_path) == {("meeting-chair", day)}


@shows("D4", "D5", "D6")
@pytest.mark.parametrize(
    ("fraction", "enough", "short"),
    [
        pytest.param((1, 2, "true"), "A1;A2", "A1", id="過半数"),
        pytest.param((1, 2, "false"), "A1", "", id="半数以上"),
        pytest.param((2, 3, "false"), "A1;A2", "A1", id="3分の2以上"),
    ],
)
def test_a_quorum_counts_the_members_of_the_day(
    fraction: tuple[int, int, str], enough: str, short: str, tmp_path: Path
) -> None:
    numerator, denominator, more = fraction
    rule = (
        "rule:quorum a kitei:QuorumRule ; dcterms:source text:art_5__para_2 ;"
        f" kitei:body unit:body ; kitei:numerator {numerator} ;"
        f" kitei:denominator {denominator} ; kitei:moreThan {more} .\n"
    )
    day = "2025-05-20"
    rules = DUTIES + rule
    assert meeting(rules, f"{day},,M1,M1,{enough},", tmp_path) == set()
    assert meeting(rules, f"{day},,M1,M1,{short},", tmp_path) == {("meeting-quorum", day)}


@shows("E1")
def test_a_meeting_has_to_be_reported(tmp_path: Path) -> None:
    rule = (
        "rule:report a kitei:ReportingRule ; dcterms:source text:art_6__para_1 ;"
        " kitei:body unit:body ; kitei:toward post:mayor .\n"
    )
    day = "2025-05-20"
    rules = DUTIES + rule
    assert meeting(rules, f"{day},,M1,M1,A1,{day}", tmp_path) == set()
    assert meeting(rules, f"{day},,M1,M1,A1,", tmp_path) == {("meeting-not-reported", day)}


@shows("E4")
def test_a_decision_has_to_be_submitted_and_approved(tmp_path: Path) -> None:
    rule = (
        "rule:council a kitei:ApprovalRule ; dcterms:source text:art_7__para_1 ;"
        " kitei:procedure kitei:procedure-council ; kitei:submitter post:head ;"
        " kitei:approver unit:council ."
    )
    header = "決定日,件名,方式,付議者,協議日,承認日,関係組織,合議者\n"
    for row, expected in (
        ("2025-05-20,件名,庁議,M1,,2025-05-20,,", set()),
        ("2025-05-20,件名,庁議,A1,,2025-05-20,,", {("decision-submitter", "件名")}),
        ("2025-05-20,件名,庁議,M1,,2025-05-21,,", {("decision-not-approved", "件名")}),
    ):
        files = {"decisions.csv": (header + row).encode()}
        tiny = Tiny(HEAD + rule, BOARD, files_as_given=files)
        assert breaches(tiny, tmp_path) == expected
