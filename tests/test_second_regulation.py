"""A second city and its regulation, brought as a folder of Turtle: no shape and no code is its own.

Its rules differ where those of other cities do: deputies ranked in advance, members listed by
post, a class of posts, a substitute designated in advance, 事故 without 欠けた, a substitute for
each cause, a second tier, a numbered order, and two holders of one post without any order.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.cli_support import ACCEPTANCE, kitei, process
from tests.cli_support import ROSTER as OSHU_ROSTER
from tests.invented_support import (
    HOME,
    KB,
    NAME,
    VERSIONS,
    WORK,
    Told,
    asked,
    checked,
    findings,
    roster_with,
    who_acts,
)
from tests.tiny_support import WORK as TINY_WORK
from tests.tiny_support import Tiny, ex_officio

from kitei import kb, linking, regulation
from kitei.city import City
from kitei.kb import KnowledgeBase
from kitei.text import read
from kitei.text.graph import to_turtle

MEETINGS = "会議日,招集日,招集者,議長,出席者,報告日\n"
ANSWERS = """
2025-05-09 本部長   ANSWER holder K01 art_3__para_2
2025-05-12 本部長   ANSWER acting K03 art_4__para_2
2025-05-14 本部長   ANSWER acting K02 art_4__para_2
2025-05-16 本部長   ANSWER acting K07 art_4__para_3
2025-05-12 副本部長 ANSWER holder K02,K03 art_3__para_3
2025-05-14 副本部長 UNSTATED
2025-05-16 副本部長 UNSTATED
2025-06-02 部会長   ANSWER acting K16 art_6__para_5
2025-11-10 部会長   UNSTATED - - art_6__para_5
2025-07-01 統括監   ANSWER acting K07 art_7__para_4
2026-07-01 統括監   AMBIGUOUS acting K05,K06 art_7__para_4
2025-05-12 副市長(統括) ANSWER holder K04
2025-05-12 参与     ANSWER holder K05,K06 art_7__para_3
2025-05-12 連絡員   ANSWER holder K13,K14 art_8__para_1
2025-05-12 部会員   ANSWER holder K15,K16 art_6__para_4
2025-08-01 事務局長 ANSWER acting K12 art_9__para_3__point_1
2025-08-05 事務局長 ANSWER acting K13 art_9__para_3__point_2
2025-08-08 事務局長 NONE_PROVIDED - - art_9__para_3__point_1,art_9__para_3__point_2
2026-10-05 本部長   ANSWER acting K08 art_4__para_3
2026-10-10 部会長   ANSWER acting K16 art_6__para_5
2028-03-31 本部長   ANSWER holder K01 art_3__para_2
2028-04-01 本部長   NOT_IN_FORCE
2024-03-31 本部長   NOT_IN_FORCE
"""
FOUND = [
    ("2025-05-09", []),
    ("2025-05-12", [("post-acting", "本部長", "art_4__para_2")]),
    (
        "2025-05-16",
        [
            ("post-acting", "本部長", "art_4__para_3"),
            ("post-no-substitute", "副本部長", "art_3__para_3"),
        ],
    ),
    ("2025-06-02", [("post-acting", "部会長", "art_6__para_5")]),
    ("2025-08-08", [("post-uncovered", "事務局長", "art_9__para_3__point_1")]),
    ("2025-11-10", [("post-unfilled", "部会長", "art_6__para_3")]),
    ("2026-07-01", [("post-acting", "統括監", "art_7__para_4")]),
]


def _rows() -> list[object]:
    return [
        pytest.param(*line.split(maxsplit=2), id="-".join(line.split()[:2]))
        for line in ANSWERS.strip().splitlines()
    ]


@pytest.mark.parametrize(("day", "post", "expected"), _rows())
def test_the_rules_of_the_invented_city_are_answered(day: str, post: str, expected: str) -> None:
    status, *words = expected.split()
    capacity, persons, basis = [*words, *["-"] * 3][:3]
    eids = () if basis == "-" else tuple(basis.split(","))
    if capacity == "-":
        assert who_acts(post, day) == [Told(status, None, None, eids)]
    else:
        named = [Told(status, capacity, person, eids) for person in persons.split(",")]
        assert who_acts(post, day) == named


def test_members_listed_by_post_are_answered_each_with_its_item() -> None:
    assert who_acts("本部員", "2025-05-12") == [
        Told("ANSWER", "holder", person, (f"art_3__para_4__point_{item}",))
        for item, person in enumerate(["K07", "K08", "K09", "K10"], 1)
    ]


@pytest.mark.parametrize(("day", "expected"), FOUND, ids=[day for day, _ in FOUND])
def test_the_shipped_shapes_check_the_invented_city(
    day: str, expected: list[tuple[str, str, str | None]]
) -> None:
    outcome = checked(day)
    assert findings(outcome) == set(expected)
    assert outcome.code == (1 if expected else 0)


def test_a_member_listed_by_post_who_is_away_without_a_judgement_is_in_office() -> None:
    # This city reads a record without a mark as no 事故; the flagship reads it the other way.
    assert "K10" in {told.person for told in who_acts("本部員", "2025-09-01")}
    assert findings(checked("2025-09-01")) == set()


@pytest.mark.parametrize(
    ("meeting", "short"),
    [
        pytest.param("2025-06-20,,K01,K01,K02;K07;K08,", False, id="four of seven, 過半数"),
        pytest.param("2025-06-20,,K01,K01,K02;K07,", True, id="three of seven, 過半数"),
        pytest.param("2026-06-19,,K01,K01,K02;K07;K08;K10,", False, id="five of seven, 3分の2"),
        pytest.param("2026-06-19,,K01,K01,K02;K07;K08,", True, id="four of seven, 3分の2"),
    ],
)
def test_a_meeting_is_held_to_the_quorum_of_its_own_day(
    meeting: str, short: bool, tmp_path: Path
) -> None:
    day = meeting[:10]
    found = findings(
        checked("2026-06-30", roster_with(tmp_path, {"meetings.csv": MEETINGS + meeting}))
    )
    quorum = {row for row in found if row[0].startswith("meeting")}
    assert quorum == ({("meeting-quorum", day, "art_5__para_2")} if short else set())


def test_whoever_designates_a_substitute_in_advance_has_to_be_the_principal(tmp_path: Path) -> None:
    row = "K15,,6-5,,部会長,,K08,2025-02-03,\n"
    outcome = checked("2025-05-09", roster_with(tmp_path, {"designations.csv": row}))
    assert findings(outcome) == {("designator-not-competent", "K15", "art_6__para_5")}
    (found,) = outcome.document["findings"]
    assert (found["source"]["file"], found["source"]["row"]) == ("designations.csv", 7)


# -- a folder of data ------------------------------------------------------------------------------


def test_the_folder_holds_nothing_but_text_turtle_and_a_roster() -> None:
    kinds = {path.suffix for path in KB.rglob("*") if path.is_file()}
    assert kinds == {".csv", ".ttl", ".txt"}


@pytest.mark.parametrize("version", VERSIONS)
def test_the_text_of_the_invented_regulation_goes_round(version: str) -> None:
    source = (KB / NAME / f"{version}.txt").read_bytes().decode()
    turtle = (KB / NAME / f"{version}.text.ttl").read_bytes().decode()
    assert to_turtle(read(source), WORK).partition("@prefix")[2] == turtle.partition("@prefix")[2]
    published = process(
        *("text", "--format", "published", "--as-of", version),
        *("--kb", KB, "--regulation", NAME),
    )
    assert published.stdout == source


@pytest.mark.parametrize("version", VERSIONS)
def test_every_sentence_of_the_invented_regulation_is_cited(version: str) -> None:
    outcome = kitei("coverage", "--kb", KB, "--regulation", NAME, "--as-of", version)
    assert outcome.code == 0, outcome.out


# -- beside another regulation ---------------------------------------------------------------------


def test_a_post_that_both_regulations_name_has_to_be_told_apart() -> None:
    words = ("ask", "who-acts", "--post", "本部長", "--as-of", "2025-05-12", "--kb", KB)
    outcome = kitei(*words)
    assert outcome.code == 2
    assert NAME in outcome.err
    assert "dx-headquarters" in outcome.err
    for name, person in ((NAME, "市長"), ("dx-headquarters", "総務部行革デジタル戦略課長")):
        answers = kitei(*words, "--regulation", name, "--format", "json").document["answers"]
        assert [row["by"] for row in answers if row["capacity"] == "holder"] == [person]


@pytest.mark.parametrize(
    ("post", "title"),
    [("CDO", "奥州市デジタル推進本部規程"), ("参与", "架空市地域活力推進本部規程")],
)
def test_a_post_that_only_one_regulation_names_chooses_it(post: str, title: str) -> None:
    outcome = kitei(
        *("ask", "who-acts", "--post", post, "--as-of", "2025-05-12"),
        *("--kb", KB, "--format", "json"),
    )
    assert outcome.document["text"]["regulation"] == title


def test_check_of_several_regulations_has_to_be_told_which() -> None:
    outcome = kitei("check", "--kb", KB, "--roster", OSHU_ROSTER, "--as-of", "2024-05-15")
    assert outcome.code == 2


def test_another_city_beside_it_changes_no_answer_about_oshu() -> None:
    cases = json.loads((ACCEPTANCE / "competency.json").read_text(encoding="utf-8"))["cases"]
    for case in cases:
        words = [word for name, value in case["params"].items() for word in (f"--{name}", value)]
        command = ("ask", case["question"], *words, "--as-of", case["as_of"])
        same = ("--roster", OSHU_ROSTER, "--format", "json")
        alone = kitei(*command, *same)
        beside = kitei(*command, *same, "--kb", KB, "--regulation", "dx-headquarters")
        assert alone.document == beside.document, case["id"]


def test_another_city_beside_it_changes_no_finding_about_oshu() -> None:
    for case in json.loads((ACCEPTANCE / "checks.json").read_text(encoding="utf-8"))["cases"]:
        command = ("check", "--roster", OSHU_ROSTER, "--as-of", case["as_of"], "--format", "json")
        beside = kitei(*command, "--kb", KB, "--regulation", "dx-headquarters")
        assert kitei(*command).document == beside.document, case["id"]


def test_two_regulations_may_read_the_same_thing_differently(tmp_path: Path) -> None:
    rows = "K11,架空 壱,総務部,部長,,事務取扱,2024-06-01,\n"
    roster = roster_with(tmp_path, {"roster.csv": rows})
    # 事務取扱 does not make a 本部員 here; in Oshu it makes an aide to the CDO.
    assert "K11" not in {told.person for told in who_acts("本部員", "2025-05-12", roster)}
    outcome = kitei(
        *("ask", "who-acts", "--post", "CDO補佐官", "--as-of", "2025-05-12", "--format", "json"),
        *("--kb", KB, "--roster", roster),
    )
    assert "K11" in {row["person"] for row in outcome.document["answers"]}


def test_two_regulations_of_one_city_may_both_name_a_post_of_the_same_label(
    tmp_path: Path,
) -> None:
    other = Tiny(ex_officio("head", "mayor")).turtle().replace(TINY_WORK, f"{HOME}/rules")
    (tmp_path / "other.ttl").write_text(other.replace("999991", "999990"), encoding="utf-8")
    base = KnowledgeBase(kb.find().root, (KB, tmp_path))
    for name, post in ((NAME, "headquarters-head"), ("rules", "head")):
        city = City(base, name)
        lexicon = linking.lexicon(city.dataset, city.regulation)
        assert lexicon.posts["本部長"] == f"{HOME}/post/{post}"
        assert lexicon.roles["本部長"] == f"{HOME}/post/{post}"


# -- two held versions and an abolition ------------------------------------------------------------


def test_the_day_selects_the_version() -> None:
    for day, version, substitute in (
        ("2026-03-31", "2024-04-01", "総務部長"),
        ("2026-04-01", "2026-04-01", "企画部長"),
    ):
        outcome = kitei(
            *("ask", "substitutes", "--post", "本部長", "--as-of", day, "--format", "json"),
            *("--kb", KB, "--regulation", NAME),
        )
        assert outcome.document["text"]["version"] == version
        assert {row["substitute"] for row in outcome.document["answers"]} == {
            "副本部長",
            substitute,
        }


def test_a_reading_of_one_version_does_not_reach_the_other() -> None:
    # K07 handles the duties of 産業部長 in both periods; only the later version lets him hold it.
    assert who_acts("部会長", "2025-11-20")[0].status == "UNSTATED"
    assert who_acts("部会長", "2026-10-20") == [Told("ANSWER", "holder", "K07", ("art_6__para_3",))]
    (answer,) = asked("部会長", "2026-10-20").document["answers"]
    assert answer["readings"] == ["handling"]


def test_an_act_is_judged_by_the_version_and_the_readings_of_its_own_day(tmp_path: Path) -> None:
    # Designated in 2025 by K07, who was 部会長 by the readings of 2026 only: undetermined.
    early = roster_with(tmp_path, {"designations.csv": "K15,,6-5,,部会長,,K07,2025-11-20,\n"})
    assert {row for row in findings(checked("2026-11-02", early)) if row[0] != "post-acting"} == {
        ("designator-undetermined", "K15", "art_6__para_5")
    }


def test_an_act_of_the_later_version_is_judged_by_the_later_reading(tmp_path: Path) -> None:
    late = roster_with(tmp_path, {"designations.csv": "K15,,6-5,,部会長,,K07,2026-10-20,\n"})
    assert {
        row for row in findings(checked("2026-11-02", late)) if row[0] != "post-acting"
    } == set()


def test_an_abolished_regulation_is_not_checked() -> None:
    outcome = checked("2028-04-01")
    assert outcome.code == 4
    assert outcome.out == ""


def test_a_regulation_whose_title_changed_is_one_regulation(tmp_path: Path) -> None:
    renamed = (KB / NAME / "2026-04-01.text.ttl").read_text(encoding="utf-8")
    renamed = renamed.replace("架空市地域活力推進本部規程", "架空市地域創生推進本部規程")
    (tmp_path / "a.ttl").write_text(renamed, encoding="utf-8")
    for name in ("2024-04-01.text.ttl", "2024-04-01.norms.ttl"):
        (tmp_path / name).write_bytes((KB / NAME / name).read_bytes())
    dataset = City(KnowledgeBase(kb.find().root, (tmp_path,))).dataset
    (found,) = regulation.loaded(dataset)
    assert found.title == "架空市地域創生推進本部規程"
    for title in ("架空市地域活力推進本部規程", "架空市地域創生推進本部規程"):
        assert regulation.choose([found], title) == found
