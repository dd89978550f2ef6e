"""What the text settles, and what a roster cannot settle for it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from kitei import kb
from kitei.ask import ask, find
from kitei.check.rules import load_shapes, rules_of
from kitei.city import City
from kitei.errors import NothingToCheckError

HEADER = "職員番号,氏名,所属,職名,区分,開始日,終了日\n"
DESIGNATIONS = "職員番号,役職,根拠,組織,代理対象,順位,指名者,指名日,終了日\n"
INCAPACITIES = "職員番号,開始日,終了日,事故の有無\n"
TWO_DIRECTORS = "B1,見本 一,総務部,部長,本務,2024-04-01,\nB2,見本 二,総務部,部長,本務,2024-04-01,\n"
DAY = date(2024, 6, 5)


def rows(question: str, files: Mapping[str, str], **parameters: str) -> list[dict[str, object]]:
    """The answers to a question about an invented roster, as JSON members."""
    city = City(kb.find())
    city.read_roster_files({name: text.encode() for name, text in files.items()})
    found = ask(city, find(question), parameters, DAY).answers
    return [
        {name: value for cell in answer.cells.values() for name, value in cell.fields.items()}
        for answer in found
    ]


def test_a_recorded_order_without_a_provision_for_it_settles_nothing() -> None:
    ranked = "B1,,3-2,,CDO,1,Z1,2024-04-01,\nB2,,3-2,,CDO,2,Z1,2024-04-01,\n"
    files = {
        "roster.csv": HEADER + TWO_DIRECTORS,
        "designations.csv": DESIGNATIONS + ranked,
    }
    answers = rows("who-acts", files, post="CDO")
    assert [(a["status"], a["person"]) for a in answers] == [
        ("AMBIGUOUS", "B1"),
        ("AMBIGUOUS", "B2"),
    ]


def test_two_able_substitutes_are_not_the_silence_about_two_holders() -> None:
    answers = rows("who-acts", {"roster.csv": HEADER + TWO_DIRECTORS}, post="CDO")
    assert {answer["status"] for answer in answers} == {"AMBIGUOUS"}
    assert all("which-vice-mayor" not in answer["silences"] for answer in answers)  # type: ignore[operator]
    assert all("one-seat" not in answer["readings"] for answer in answers)  # type: ignore[operator]


def test_an_incapacitated_holder_still_holds_with_basis_and_all_roles() -> None:
    files = {
        "roster.csv": HEADER
        + "A1,見本 副,,副市長,本務,2024-04-01,\n"
        + TWO_DIRECTORS.splitlines(keepends=True)[0],
        "incapacities.csv": INCAPACITIES + "A1,2024-06-01,2024-06-30,有\n",
    }
    held = rows("who-holds", files, post="CDO")
    assert [(row["person"], row["basis"]) for row in held] == [("A1", ["art_2__para_1"])]
    roles = {(row["person"], row["post"]) for row in rows("concurrent", files)}
    assert {("A1", "CDO"), ("A1", "副市長")} <= roles


def test_a_member_by_one_provision_does_not_rest_on_the_readings_of_another() -> None:
    files = {
        "roster.csv": HEADER + "E1,見本 追加,総務部総務課,主任,本務,2024-04-01,\n",
        "designations.csv": DESIGNATIONS + "E1,本部員,5-4,,,,C1,2024-05-01,\n",
    }
    (answer,) = rows("who-acts", files, post="本部員")
    assert answer["basis"] == ["art_5__para_4"]
    assert answer["readings"] == ["issuers"]


def test_a_provision_and_its_only_sentence_are_one_choice() -> None:
    city = City(kb.find())
    found = ask(city, find("provision"), {"provision": "第3条第2項"}, DAY)
    assert [a.cells["provision"].fields["provision"] for a in found.answers] == ["art_3__para_2"]


def test_a_staff_number_that_no_row_has_is_noted_without_repeating_it() -> None:
    city = City(kb.find())
    city.read_roster_files(
        {
            "roster.csv": (HEADER + TWO_DIRECTORS).encode(),
            "incapacities.csv": (INCAPACITIES + "Ｂ1,2024-06-01,,有\n").encode(),
        }
    )
    notices = ask(city, find("who-acts"), {"post": "CDO"}, DAY).notices
    assert any("在職の表にない職員番号" in notice.ja for notice in notices)
    assert not any("Ｂ1" in notice.ja for notice in notices)


@pytest.mark.parametrize("line", ["kitei:template", "sh:severity"])
def test_a_rule_that_lost_its_message_or_severity_is_not_dropped_in_silence(
    tmp_path: Path, line: str
) -> None:
    shape = next(file.path for file in kb.find().shapes() if file.path.stem == "designation")
    broken = tmp_path / "designation.ttl"
    broken.write_text(shape.read_text(encoding="utf-8").replace(line, "kitei:misspelt", 1))
    with pytest.raises(NothingToCheckError):
        rules_of(load_shapes([broken]))
