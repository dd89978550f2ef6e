"""The table of answers, row by row: who is in office, what the rules say, what is answered.

Posts that the text fills and posts that it does not ("roster") follow the same table, the latter
with an empty basis. The columns: situation, post asked about, rules, in office, unable, answer.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import NamedTuple

import pytest
from tests.tiny_support import (
    POSTS,
    Tiny,
    Told,
    answer_of,
    designated,
    ex_officio,
    reading,
    substitution,
    told,
    version,
)

OFFICES = {"M": "市長", "A": "副市長", "D": "総務部長", "P": "企画部長"}
HANDLING = "kitei:assignment-handling"
HEAD = ex_officio("head", "mayor")
DEPUTIES = ex_officio("deputy", "vice-mayor", source="1-2")  # any number of them
RULES = {
    "-": "",
    "head": HEAD,
    "heads": ex_officio("head", "vice-mayor"),  # an office with any number of holders, one seat
    "heads+rule": ex_officio("head", "vice-mayor") + substitution("head", "director"),
    "deputies": DEPUTIES,
    "rule": HEAD + DEPUTIES + substitution("head", "deputy"),
    "rule for 事故": HEAD + DEPUTIES + substitution("head", "deputy", on="incapacity"),
    "rule for 欠けた": HEAD + DEPUTIES + substitution("head", "deputy", on="vacancy"),
    "mayor": substitution("mayor", "vice-mayor"),
    "mayor for 事故": substitution("mayor", "vice-mayor", on="incapacity"),
    "order": HEAD
    + DEPUTIES
    + ex_officio("member", "director", source="1-3")
    + substitution("head", "deputy", more="; kitei:rankInOrder 1")
    + substitution("head", "member", "2-2", more="; kitei:rankInOrder 2"),
    "chain": HEAD
    + DEPUTIES
    + substitution("head", "deputy")
    + substitution("deputy", "director", "3-1"),
}
IN_OFFICE = """
one, able                  | 本部長   | head       | M1       |       | ANSWER holder M1 1-1
one, able, roster          | 市長     | -          | M1       |       | ANSWER holder M1
two able, one seat         | 本部長   | heads      | A1 A2    |       | AMBIGUOUS holder A1 A2 1-1
two able, roster           | 市長     | -          | M1 M2    |       | AMBIGUOUS holder M1 M2
some unable                | 本部長   | heads      | A1 A2    | A1    | UNSTATED
some unable, rule for 事故 | 本部長   | heads+rule | A1 A2 D1 | A1    | UNSTATED
some unable, no limit      | 副本部長 | deputies   | A1 A2 A3 | A1 A2 | UNSTATED
some unable, roster        | 副市長   | -          | A1 A2    | A2    | UNSTATED
able, no limit             | 副本部長 | deputies   | A1 A2    |       | ANSWER holder A1 A2 1-2
able, no limit, roster     | 副市長   | -          | A1 A2    |       | ANSWER holder A1 A2
"""
UNCOVERED = """
vacant, no rule                    | 本部長 | head            |       |       | UNSTATED
vacant, no rule, roster            | 市長   | -               |       |       | UNSTATED
unable, no rule                    | 本部長 | head            | M1    | M1    | UNSTATED
unable, no rule, roster            | 市長   | -               | M1    | M1    | UNSTATED
all of several unable, no rule     | 本部長 | heads           | A1 A2 | A1 A2 | UNSTATED
vacant, rule for 事故 only         | 本部長 | rule for 事故   | A1    |       | UNSTATED 2-1
unable, rule for 欠けた only       | 本部長 | rule for 欠けた | M1 A1 | M1    | UNSTATED 2-1
vacant, rule for 事故 only, roster | 市長   | mayor for 事故  | A1    |       | UNSTATED 2-1
"""
COVERED = """
one able                           | 本部長 | rule  | A1       |       | ANSWER acting A1 2-1
one able, roster                   | 市長   | mayor | A1       |       | ANSWER acting A1 2-1
several able, order                | 本部長 | order | A1 D1    |       | ANSWER acting A1 2-1
several able, no order             | 本部長 | rule  | A1 A2    |       | AMBIGUOUS acting A1 A2 2-1
several able, no order, roster     | 市長   | mayor | A1 A2    |       | AMBIGUOUS acting A1 A2 2-1
some unable, order                 | 本部長 | order | A1 D1    | A1    | ANSWER acting D1 2-2
some unable, no order              | 本部長 | rule  | A1 A2    | A1    | UNSTATED 2-1
first rank vacant                  | 本部長 | order | D1       |       | ANSWER acting D1 2-2
tie at the first rank              | 本部長 | order | A1 A2 D1 |       | AMBIGUOUS acting A1 A2 2-1
tie at the first rank, one unable  | 本部長 | order | A1 A2 D1 | A2    | UNSTATED 2-1 2-2
tie at the first rank, both unable | 本部長 | order | A1 A2 D1 | A1 A2 | ANSWER acting D1 2-2
tie at the second rank             | 本部長 | order | D1 D2    |       | AMBIGUOUS acting D1 D2 2-2
tie at the second rank, one unable | 本部長 | order | A1 D1 D2 | A1 D1 | UNSTATED 2-1 2-2
none able                          | 本部長 | rule  | A1       | A1    | NONE_PROVIDED 2-1
none of several able               | 本部長 | rule  | A1 A2    | A1 A2 | NONE_PROVIDED 2-1
none able, order                   | 本部長 | order | A1 D1    | A1 D1 | NONE_PROVIDED 2-1 2-2
none able, roster                  | 市長   | mayor | A1       | A1    | NONE_PROVIDED 2-1
substitute vacant                  | 本部長 | rule  |          |       | NONE_PROVIDED 2-1
no chaining, substitute unable     | 本部長 | chain | A1 D1    | A1    | NONE_PROVIDED 2-1
no chaining, substitute vacant     | 本部長 | chain | D1       |       | NONE_PROVIDED 2-1
"""


class Case(NamedTuple):
    """A row of a table."""

    situation: str
    post: str
    rules: str
    in_office: str
    unable: str
    answer: str

    def told(self, condition: str) -> Told:
        """The expected answer."""
        status, *words = self.answer.split()
        basis = [word for word in words if "-" in word]
        capacity = words.pop(0) if words and words[0].isalpha() else None
        persons = [word for word in words if "-" not in word]
        return told(status, *persons, capacity=capacity, basis=basis, condition=condition)

    def asked(self, folder: Path, in_office: str = "", unable: str = "") -> Told:
        """What is answered, with more persons in office and unable than the row says."""
        staff = [
            f"{person},{OFFICES[person[0]]}" for person in f"{self.in_office} {in_office}".split()
        ]
        tiny = Tiny(RULES[self.rules], staff, f"{self.unable} {unable}".split())
        return answer_of(tiny.city(folder), self.post)


def _cases(table: str) -> list[object]:
    rows = [
        Case(*(cell.strip() for cell in line.split("|"))) for line in table.strip().splitlines()
    ]
    return [pytest.param(row, id=row.situation) for row in rows]


@pytest.mark.parametrize("case", _cases(IN_OFFICE))
def test_a_post_in_office(case: Case, tmp_path: Path) -> None:
    partly = case.situation.startswith("some")
    expected = case.told("partly-incapacitated" if partly else "in-office")
    assert case.asked(tmp_path) == expected


@pytest.mark.parametrize("case", _cases(UNCOVERED))
def test_nobody_in_office_and_no_substitution_for_the_cause(case: Case, tmp_path: Path) -> None:
    vacant = case.situation.startswith("vacant")
    assert case.asked(tmp_path) == case.told("vacancy" if vacant else "incapacity")


@pytest.mark.parametrize("case", _cases(COVERED))
def test_substitution_in_vacancy(case: Case, tmp_path: Path) -> None:
    assert case.asked(tmp_path) == case.told("vacancy")


@pytest.mark.parametrize("case", _cases(COVERED))
def test_substitution_in_incapacity(case: Case, tmp_path: Path) -> None:
    assert case.asked(tmp_path, "M1", "M1") == case.told("incapacity")


@pytest.mark.parametrize("case", _cases(COVERED))
def test_substitution_in_incapacity_of_every_one_of_several(case: Case, tmp_path: Path) -> None:
    assert case.asked(tmp_path, "M1 M2", "M1 M2") == case.told("incapacity")


@pytest.mark.parametrize(
    ("day", "status"),
    [
        pytest.param(date(2023, 3, 31), "NOT_IN_FORCE", id="before the first version"),
        pytest.param(date(2023, 4, 1), "TEXT_NOT_HELD", id="first day of a version without text"),
        pytest.param(date(2024, 3, 31), "TEXT_NOT_HELD", id="last day of a version without text"),
        pytest.param(date(2024, 4, 1), "ANSWER", id="first day of the text"),
        pytest.param(date(2026, 3, 31), "ANSWER", id="last day of the text"),
        pytest.param(date(2026, 4, 1), "NOT_IN_FORCE", id="after abolition"),
    ],
)
@pytest.mark.parametrize("post", ["本部長", "市長"])
def test_without_a_text_in_force_there_is_no_answer(
    day: date, status: str, post: str, tmp_path: Path
) -> None:
    versions = version(date(2023, 4, 1), date(2024, 3, 31), held=False) + version(
        date(2024, 4, 1), date(2026, 3, 31)
    )
    row = "M1,見本 M1,,市長,本務,2018-04-01,"
    found = answer_of(Tiny(RULES["rule"], [row], versions=versions).city(tmp_path), post, day)
    assert found.status == status
    if status == "ANSWER":
        assert {person for person, _, _ in found.rows} == {"M1"}
    else:
        assert found.rows == frozenset({(None, None, ())})


def test_every_office_of_the_table_is_a_post() -> None:
    assert set(OFFICES.values()) <= {label for label, _ in POSTS.values()}


# -- situations that the table takes for granted ---------------------------------------------------


def test_two_rows_of_one_person_in_one_post_are_one_holder(tmp_path: Path) -> None:
    staff = ["A1,副市長", "A1,見本 A1,,副市長,兼務,2025-01-01,"]
    found = answer_of(Tiny(RULES["heads"], staff).city(tmp_path), "本部長")
    assert found == told("ANSWER", "A1", capacity="holder", basis=["1-1"], condition="in-office")


def test_a_row_with_an_unknown_assignment_holds_nothing(tmp_path: Path) -> None:
    staff = ["M1,見本 M1,,市長,応援,2024-04-01,"]
    found = answer_of(Tiny(RULES["head"], staff).city(tmp_path), "本部長")
    assert found == told("UNSTATED", condition="vacancy")


def test_who_is_principal_and_substitute_cannot_stand_in_for_himself(tmp_path: Path) -> None:
    tiny = Tiny(RULES["rule"], ["M1,市長", "M1,副市長"], ["M1"])
    found = answer_of(tiny.city(tmp_path), "本部長")
    assert found == told("NONE_PROVIDED", basis=["2-1"], condition="incapacity")


def test_a_candidate_by_two_rules_is_one_answer_with_both_provisions(tmp_path: Path) -> None:
    rules = (
        HEAD + substitution("head", "vice-mayor") + substitution("head", "superintendent", "2-2")
    )
    tiny = Tiny(rules, ["A1,副市長", "A1,見本 A1,,教育長,兼務,2024-04-01,"])
    found = answer_of(tiny.city(tmp_path), "本部長")
    both = ["2-1", "2-2"]
    assert found == told("ANSWER", "A1", capacity="acting", basis=both, condition="vacancy")


def test_a_holder_by_two_offices_is_one_answer_with_both_provisions(tmp_path: Path) -> None:
    rules = ex_officio("member", "director") + ex_officio("member", "planner", source="1-2")
    tiny = Tiny(rules, ["D1,総務部長", "D1,見本 D1,,企画部長,事務取扱,2024-04-01,", "P1,企画部長"])
    found = answer_of(tiny.city(tmp_path), "本部員")
    assert found.rows == {
        ("D1", "holder", ("art_1__para_1",)),
        ("P1", "holder", ("art_1__para_2",)),
    }
    rules += reading("handling", HANDLING, f"{HANDLING} kitei:holdsPost true")
    found = answer_of(Tiny(rules, tiny.staff).city(tmp_path), "本部員")
    assert ("D1", "holder", ("art_1__para_1", "art_1__para_2")) in found.rows


def test_two_rules_without_an_order_between_them_are_ambiguous(tmp_path: Path) -> None:
    rules = HEAD + substitution("head", "director") + substitution("head", "planner", "2-2")
    found = answer_of(Tiny(rules, ["D1,総務部長", "P1,企画部長"]).city(tmp_path), "本部長")
    assert found.status == "AMBIGUOUS"
    assert {(person, basis) for person, _, basis in found.rows} == {
        ("D1", ("art_2__para_1",)),
        ("P1", ("art_2__para_2",)),
    }


def test_a_rule_without_rank_is_not_before_one_that_has_a_rank(tmp_path: Path) -> None:
    ranked = substitution("head", "planner", "2-2", more="; kitei:rankInOrder 1")
    rules = HEAD + substitution("head", "director") + ranked
    found = answer_of(Tiny(rules, ["D1,総務部長", "P1,企画部長"]).city(tmp_path), "本部長")
    assert found.status == "AMBIGUOUS"


def test_an_answer_without_anybody_cites_the_rule_that_applies_and_no_other(tmp_path: Path) -> None:
    rules = (
        HEAD
        + substitution("head", "director", on="incapacity")
        + substitution("head", "planner", "2-2", on="vacancy")
    )
    found = answer_of(Tiny(rules, ["D1,総務部長"]).city(tmp_path), "本部長")
    assert found == told("NONE_PROVIDED", basis=["2-2"], condition="vacancy")


def test_a_post_filled_by_virtue_of_a_designated_post_is_held(tmp_path: Path) -> None:
    rules = designated("leader", "3-1") + ex_officio("member", "leader")
    tiny = Tiny(rules, ["D1,総務部長"], designations=["D1,部会長,3-1,,,Z9,2024-05-01,"])
    found = answer_of(tiny.city(tmp_path), "本部員")
    assert found == told("ANSWER", "D1", capacity="holder", basis=["1-1"], condition="in-office")


MEMBERS = designated("panellist", "3-1")


def test_a_designated_post_is_vacant_when_the_table_of_designations_is_empty(
    tmp_path: Path,
) -> None:
    found = answer_of(Tiny(MEMBERS, designations=[]).city(tmp_path), "部会員")
    assert found == told("UNSTATED", condition="vacancy")


def test_a_designated_post_is_not_called_vacant_when_no_table_tells(tmp_path: Path) -> None:
    found = answer_of(Tiny(MEMBERS).city(tmp_path), "部会員")
    assert found == told("ANSWER", capacity="holder", basis=["3-1"])


def test_a_designated_post_is_not_called_vacant_when_the_table_is_unreadable(
    tmp_path: Path,
) -> None:
    tiny = Tiny(MEMBERS, files_as_given={"designations.csv": b"\xff\xfe\xff"})
    assert answer_of(tiny.city(tmp_path), "部会員") == told(
        "ANSWER", capacity="holder", basis=["3-1"]
    )


def test_a_designation_ends_with_its_last_day_and_with_service(tmp_path: Path) -> None:
    staff = ["D1,総務部長", "P1,見本 P1,,企画部長,本務,2024-04-01,2025-03-31"]
    rows = ["D1,部会員,3-1,,,Z9,2024-05-01,2025-05-31", "P1,部会員,3-1,,,Z9,2024-05-01,"]
    city = Tiny(MEMBERS, staff, designations=rows).city(tmp_path)
    for day, persons in [
        (date(2024, 4, 30), set()),
        (date(2024, 5, 1), {"D1", "P1"}),
        (date(2025, 4, 1), {"D1"}),
        (date(2025, 5, 31), {"D1"}),
        (date(2025, 6, 1), set()),
    ]:
        found = answer_of(city, "部会員", day)
        assert {person for person, _, _ in found.rows} - {None} == persons, day
