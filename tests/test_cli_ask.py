"""Asking through the command line: who acts, why, in which language and format."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from rdflib import Graph
from tests.cli_support import ROSTER, Outcome, kitei, lines_of, process, roster_with

ASKED = ("--roster", ROSTER, "--format", "json")
MODEL_SENTENCE = (
    "令和6年6月5日現在、CDO(副市長)に事故があるため、第3条第2項の規定により、"
    "CDO補佐官(総務部長)がその職務を代理する。"
)
DISCLAIMER = "収録した本文と名簿から機械的に導いたもので、市の公式解釈ではない。"


@cache
def who_acts(post: str, day: str, *more: str | Path) -> Outcome:
    """Ask who acts, as JSON, of the acceptance roster unless another is given."""
    roster = () if "--roster" in more else ("--roster", ROSTER)
    return kitei(
        "ask", "who-acts", "--post", post, "--as-of", day, "--format", "json", *roster, *more
    )


def answers(outcome: Outcome) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = outcome.document["answers"]
    return found


def only(outcome: Outcome) -> dict[str, Any]:
    (answer,) = answers(outcome)
    return answer


# --- who acts ------------------------------------------------------------------------------------


def test_an_answer_has_the_documented_members() -> None:
    outcome = who_acts("CDO", "2024-06-05")
    document, answer = outcome.document, only(outcome)
    assert document["question"] == "who-acts"
    assert document["as_of"] == "2024-06-05"
    assert document["text"]["version"] == "2024-04-01"
    assert document["text"]["confirmed_current_on"] == "2024-04-01"
    assert {key: answer[key] for key in ("post", "status", "capacity", "person", "name")} == {
        "post": "CDO",
        "status": "ANSWER",
        "capacity": "acting",
        "person": "B001",
        "name": "見本 総務",
    }
    assert answer["basis"] == ["art_3__para_2"]
    assert answer["readings"] == ["recorded-incapacity"]
    assert answer["silences"] == ["who-establishes-incapacity"]
    assert answer["because"]["ja"] == MODEL_SENTENCE
    assert "Article 3, paragraph 2" in answer["because"]["en"]


def test_nobody_acts_when_cdo_and_aide_are_both_unable() -> None:
    answer = only(who_acts("CDO", "2024-06-11"))
    assert (answer["status"], answer["person"], answer["capacity"]) == ("NONE_PROVIDED", None, None)
    assert answer["by"] is None
    assert "no-chaining" in answer["readings"]
    assert "職務を代理する者がいない" in answer["because"]["ja"]


def test_two_vice_mayors_are_two_candidates_and_the_text_does_not_choose() -> None:
    found = answers(who_acts("CDO", "2025-05-01"))
    assert [(a["person"], a["status"]) for a in found] == [
        ("A002", "AMBIGUOUS"),
        ("A003", "AMBIGUOUS"),
    ]
    assert found[0]["because"] == found[1]["because"]


@pytest.mark.parametrize(
    ("post", "day", "persons"),
    [
        ("副市長", "2025-05-01", ["A002", "A003"]),
        ("副市長", "2024-06-05", [None]),
        ("副市長", "2024-07-15", [None]),
        ("総務部長", "2024-06-11", [None]),
        ("総務部長", "2024-05-01", ["B001"]),
        ("財務部税務課長", "2024-05-01", ["H004"]),
    ],
)
def test_a_post_that_the_text_does_not_fill_is_answered_without_a_basis(
    post: str, day: str, persons: list[str | None]
) -> None:
    found = answers(who_acts(post, day))
    assert [answer["person"] for answer in found] == persons
    assert {answer["status"] for answer in found} == {"ANSWER" if persons[0] else "UNSTATED"}
    assert [answer["basis"] for answer in found] == [[]] * len(persons)
    assert {answer["by"] for answer in found} == {None}


def test_members_are_answered_once_each_with_their_own_provision() -> None:
    found = answers(who_acts("本部員", "2024-06-05"))
    assert len(found) == len({answer["person"] for answer in found}) == 18
    basis = {answer["person"]: answer["basis"] for answer in found}
    assert basis["M001"] == ["art_5__para_3"]
    assert basis["E001"] == ["art_5__para_4"]


def test_without_a_post_the_posts_that_the_text_fills_are_answered() -> None:
    outcome = kitei("ask", "who-acts", "--as-of", "2024-05-01", *ASKED)
    posts = [answer["post"] for answer in answers(outcome)]
    assert sorted(posts) == sorted(["CDO", "CDO補佐官", "本部長", "副本部長"])


def test_without_a_roster_the_answer_is_in_posts() -> None:
    outcome = kitei("ask", "who-acts", "--post", "CDO", "--as-of", "2024-06-05", "--format", "json")
    told = {
        (answer["capacity"], answer["by"], tuple(answer["basis"])) for answer in answers(outcome)
    }
    assert told == {
        ("holder", "副市長", ("art_2__para_1",)),
        ("acting", "CDO補佐官", ("art_3__para_2",)),
    }
    assert {answer["person"] for answer in answers(outcome)} == {None}


@pytest.mark.parametrize("post", ["CDO補佐官", "副市長", "市長"])
def test_without_a_roster_a_post_without_a_rule_is_answered_once(post: str) -> None:
    outcome = kitei("ask", "who-acts", "--post", post, "--as-of", "2024-06-05", "--format", "json")
    assert len(answers(outcome)) == 1


@pytest.mark.parametrize(
    "post",
    [
        "CDO",
        "cdo",
        "最高デジタル責任者",
        "Chief Digital Officer",
        "https://w3id.org/kitei/id/032158/post/cdo",
    ],
)
def test_a_post_may_be_named_in_each_usual_way(post: str) -> None:
    assert only(who_acts(post, "2024-06-05"))["person"] == "B001"


@pytest.mark.parametrize("day", ["令和6年6月5日", "R6.6.5", "2024/6/5", "２０２４－０６－０５"])
def test_a_day_may_be_written_in_each_usual_way(day: str) -> None:
    assert who_acts("CDO", day) == who_acts("CDO", "2024-06-05")


@pytest.mark.parametrize(
    ("post", "day", "status"),
    [
        ("CDO", "2024-06-05", "ANSWER"),
        ("CDO", "2024-06-11", "NONE_PROVIDED"),
        ("CDO", "2025-05-01", "AMBIGUOUS"),
        ("副本部長", "2024-09-06", "UNSTATED"),
        ("CDO", "2023-10-01", "TEXT_NOT_HELD"),
        ("CDO", "2021-06-30", "NOT_IN_FORCE"),
    ],
)
def test_every_status_is_exit_0(post: str, day: str, status: str) -> None:
    outcome = who_acts(post, day)
    assert outcome.code == 0
    assert {answer["status"] for answer in answers(outcome)} == {status}
    assert outcome.document["status"] == status
    assert all(
        re.search(r"[。.]$", a["because"][lang]) for a in answers(outcome) for lang in a["because"]
    )


# --- readings and notices ------------------------------------------------------------------------


def marked(tmp_path: Path, *rows: str) -> Path:
    """The acceptance roster with these incapacities."""
    header = "職員番号,開始日,終了日,事故の有無"
    return roster_with(tmp_path, {"incapacities.csv": "\n".join([header, *rows]) + "\n"})


def test_a_record_that_is_marked_needs_no_reading(tmp_path: Path) -> None:
    folder = marked(tmp_path, "A001,2024-06-01,2024-06-20,有")
    assert only(who_acts("CDO", "2024-06-05", "--roster", folder))["readings"] == []


def test_a_record_of_other_days_is_no_part_of_the_answer(tmp_path: Path) -> None:
    folder = marked(tmp_path, "A001,2024-04-10,2024-04-12,", "A001,2024-06-01,2024-06-20,有")
    answer = only(who_acts("CDO", "2024-06-05", "--roster", folder, "--explain"))
    assert (answer["person"], answer["readings"]) == ("B001", [])
    assert "incapacities.csv row 2" not in json.dumps(answer["chain"])


def test_a_record_marked_as_none_changes_nothing(tmp_path: Path) -> None:
    folder = marked(tmp_path, "A001,2024-06-01,2024-06-20,無")
    answer = only(who_acts("CDO", "2024-06-05", "--roster", folder))
    assert (answer["person"], answer["capacity"], answer["readings"]) == ("A001", "holder", [])


def test_the_unmarked_record_of_a_substitute_is_a_reading_too(tmp_path: Path) -> None:
    folder = marked(tmp_path, "A001,2024-06-01,2024-06-20,有", "B001,2024-06-10,2024-06-12,")
    answer = only(who_acts("CDO", "2024-06-11", "--roster", folder))
    assert answer["status"] == "NONE_PROVIDED"
    assert "recorded-incapacity" in answer["readings"]


@pytest.mark.parametrize(
    ("assignment", "reading"),
    [("事務取扱", "handling-holds-post"), ("心得", "probationary-holds-post")],
)
@pytest.mark.parametrize("post", ["CDO", "CDO補佐官"])
def test_an_answer_names_the_reading_by_which_somebody_holds_an_office(
    tmp_path: Path, assignment: str, reading: str, post: str
) -> None:
    staff = "\n".join(lines_of("roster.csv")).replace(
        "見本 総務,総務部,部長,本務", f"見本 総務,総務部,部長,{assignment}"
    )
    folder = roster_with(tmp_path, {"roster.csv": staff})
    answer = only(who_acts(post, "2024-06-05", "--roster", folder))
    assert answer["person"] == "B001"
    assert reading in answer["readings"]


def test_somebody_merely_recorded_as_substitute_holds_nothing(tmp_path: Path) -> None:
    extra = "X001,見本 代行,,副市長,職務代理,2024-04-01,"
    folder = roster_with(tmp_path, {"roster.csv": "\n".join([*lines_of("roster.csv"), extra])})
    assert only(who_acts("CDO", "2024-05-01", "--roster", folder))["person"] == "A001"
    assert only(who_acts("CDO", "2024-07-15", "--roster", folder))["person"] == "B001"


def test_an_answer_after_the_text_was_confirmed_says_so() -> None:
    for day, said in (("2024-04-01", False), ("2024-04-02", True)):
        notices = who_acts("CDO", day).document["notices"]
        assert any("2024-04-01" in notice["ja"] for notice in notices) is said


def test_a_missing_table_is_noted(tmp_path: Path) -> None:
    folder = roster_with(tmp_path, {"incapacities.csv": None})
    outcome = who_acts("CDO", "2024-06-05", "--roster", folder)
    assert only(outcome)["person"] == "A001"
    assert any("事故" in notice["ja"] for notice in outcome.document["notices"])


# --- explanations --------------------------------------------------------------------------------


def test_an_explanation_names_row_rule_and_the_words_of_the_provision() -> None:
    question = ("ask", "who-acts", "--post", "CDO", "--as-of", "2024-06-05", "--roster", ROSTER)
    text = kitei(*question, "--explain", "--lang", "ja").out
    assert re.findall(r"^\[名簿\] (.*)$", text, re.MULTILINE) == [
        "incapacities.csv 2行目",
        "roster.csv 3行目",
        "roster.csv 6行目",
    ]
    assert "[規則] CDOの職務代理" in text
    assert re.search(r"\[条項\] 第3条第2項「.*CDOに事故があるとき、又は欠けたときは.*」", text)
    assert "[解釈] 有無の記載のない記録は事故とみる" in text
    assert "[定めのない事項] 事故の認定者" in text
    assert MODEL_SENTENCE in text
    english = kitei(*question, "--explain", "--lang", "en").out
    assert "[roster] incapacities.csv row 2" in english
    assert "[provision] Article 3, paragraph 2" in english


def test_without_explain_there_is_no_chain() -> None:
    assert "chain" not in only(who_acts("CDO", "2024-06-05"))
    chain = only(who_acts("CDO", "2024-06-05", "--explain"))["chain"]
    assert len(chain) >= 5


# --- periods -------------------------------------------------------------------------------------


def test_history_is_exact_to_the_day() -> None:
    period = ("--from", "2024-05-01", "--to", "2024-09-10")
    outcome = kitei("ask", "history", "--post", "CDO", *period, *ASKED)
    told = [(a["from"], a["through"], a["status"], a["person"]) for a in answers(outcome)]
    assert told == [
        ("2024-05-01", "2024-05-31", "ANSWER", "A001"),
        ("2024-06-01", "2024-06-09", "ANSWER", "B001"),
        ("2024-06-10", "2024-06-12", "NONE_PROVIDED", None),
        ("2024-06-13", "2024-06-20", "ANSWER", "B001"),
        ("2024-06-21", "2024-06-30", "ANSWER", "A001"),
        ("2024-07-01", "2024-07-31", "ANSWER", "B001"),
        ("2024-08-01", "2024-09-10", "ANSWER", "A002"),
    ]
    assert (outcome.document["as_of"], outcome.document["until"]) == ("2024-05-01", "2024-09-10")


def test_history_runs_through_days_without_text() -> None:
    period = ("--from", "2021-06-01", "--to", "2024-04-30")
    outcome = kitei("ask", "history", "--post", "CDO", *period, *ASKED)
    assert [(a["from"], a["through"], a["status"]) for a in answers(outcome)] == [
        ("2021-06-01", "2021-06-30", "NOT_IN_FORCE"),
        ("2021-07-01", "2024-03-31", "TEXT_NOT_HELD"),
        ("2024-04-01", "2024-04-30", "ANSWER"),
    ]


def test_gaps_are_exact_to_the_day() -> None:
    period = ("--from", "2024-04-01", "--to", "2024-12-31")
    outcome = kitei("ask", "cover-gaps", *period, *ASKED)
    assert {(a["post"], a["from"], a["through"], a["status"]) for a in answers(outcome)} == {
        ("CDO", "2024-06-10", "2024-06-12", "NONE_PROVIDED"),
        ("CDO補佐官", "2024-06-10", "2024-06-12", "UNSTATED"),
        ("本部長", "2024-09-06", "2024-09-06", "NONE_PROVIDED"),
        ("副本部長", "2024-09-06", "2024-09-06", "UNSTATED"),
    }


def test_gaps_do_not_pass_over_days_without_text() -> None:
    period = ("--from", "2021-06-01", "--to", "2024-04-30")
    outcome = kitei("ask", "cover-gaps", *period, *ASKED)
    assert [(a["from"], a["through"], a["status"], a["post"]) for a in answers(outcome)] == [
        ("2021-06-01", "2021-06-30", "NOT_IN_FORCE", None),
        ("2021-07-01", "2024-03-31", "TEXT_NOT_HELD", None),
    ]


# --- languages, formats, determinism -------------------------------------------------------------


@pytest.mark.parametrize("language", ["ja", "en"])
def test_questions_are_listed_with_what_they_need(language: str) -> None:
    text = kitei("ask", "--list", "--lang", language).out
    for words in (r"^who-acts .*\[--post\] *optional$", r"^history .* --post *required$"):
        assert re.search(words, text, re.MULTILINE), text
    assert bool(re.search(r"[ぁ-ん]", text)) is (language == "ja")


def test_machine_formats_do_not_depend_on_the_language() -> None:
    for form in ("json", "csv", "turtle"):
        asked = ("ask", "who-acts", "--as-of", "2024-06-05", "--roster", ROSTER, "--format", form)
        assert kitei(*asked, "--lang", "ja") == kitei(*asked, "--lang", "en")


def test_a_table_ends_with_the_sentence_that_it_is_no_official_reading() -> None:
    asked = ("ask", "who-acts", "--as-of", "2024-06-05", "--roster", ROSTER)
    assert kitei(*asked, "--lang", "ja").out.endswith(f"{DISCLAIMER}\n")
    assert kitei(*asked, "--lang", "en").out.endswith("no official interpretation.\n")


def test_csv_and_turtle_say_the_same_as_json() -> None:
    asked = ("ask", "who-acts", "--as-of", "2024-06-11", "--roster", ROSTER, "--format")
    header, *records = kitei(*asked, "csv").table
    told = kitei(*asked, "json").document["answers"]
    assert [dict(zip(header, r, strict=True))["status"] for r in records] == [
        answer["status"] for answer in told
    ]
    turtle = Graph().parse(data=kitei(*asked, "turtle").out, format="turtle")
    assert len(turtle) > len(told)


@pytest.mark.parametrize("day", ["0001-01-01", "1600-02-29", "9999-12-31"])
def test_no_day_is_too_early_or_too_late(day: str) -> None:
    for question in ("who-acts", "versions", "vacancies"):
        assert kitei("ask", question, "--as-of", day, *ASKED).code == 0
    period = ("--from", "0001-01-01", "--to", day)
    assert kitei("ask", "history", "--post", "CDO", *period, *ASKED).code == 0


def test_the_encoding_of_the_roster_makes_no_difference(tmp_path: Path) -> None:
    for encoding in ("cp932", "utf-8-sig"):
        files: dict[str, str | bytes | None] = {
            name: "\r\n".join(lines_of(name)).encode(encoding)
            for name in ("roster.csv", "incapacities.csv", "designations.csv")
        }
        folder = roster_with(tmp_path / encoding, files)
        assert who_acts("CDO", "2024-06-05", "--roster", folder) == who_acts("CDO", "2024-06-05")


def test_two_runs_print_the_same_bytes() -> None:
    asked = ("ask", "designator", "--as-of", "2024-06-05", *ASKED)
    runs = [process(*asked, environment={"PYTHONHASHSEED": seed}) for seed in ("1", "77")]
    assert {run.returncode for run in runs} == {0}
    assert runs[0].stdout == runs[1].stdout
    assert len(json.loads(runs[0].stdout)["answers"]) == 19


def test_a_name_stands_exactly_as_it_was_written(tmp_path: Path) -> None:
    name = '見本　"𠮷野"; <b>\u200d髙﨑'
    staff = "\n".join(lines_of("roster.csv"))
    quoted = '"' + name.replace('"', '""') + '"'
    folder = roster_with(tmp_path, {"roster.csv": staff.replace("見本 副一", quoted)})
    assert only(who_acts("CDO", "2024-05-01", "--roster", folder))["name"] == name
    asked = ("ask", "who-acts", "--post", "CDO", "--as-of", "2024-05-01", "--roster", folder)
    assert kitei(*asked, "--format", "csv").table[1][4] == name
