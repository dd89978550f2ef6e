"""What a new roster changes: findings, who acts, days that nobody covers."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from tests.cli_support import (
    ROSTER,
    Outcome,
    failed,
    kitei,
    lines_of,
    process,
    refused,
    roster_with,
)
from tests.support import ROOT

EXAMPLE = ROOT / "data" / "oshu" / "roster-example"
HEAD = "R0010,架空﨑"
JUNE = ("--as-of", "2026-06-01")
CHAIR = ("meeting-chair", "2026-05-14")


def example_with(folder: Path, **files: str | None) -> Path:
    """The example roster with these files instead; ``None`` takes one away."""
    target = folder / "new"
    shutil.copytree(EXAMPLE, target)
    for name, content in files.items():
        path = target / f"{name}.csv"
        if content is None:
            path.unlink()
        else:
            path.write_text(content, encoding="utf-8")
    return target


def text_of(name: str) -> str:
    return (EXAMPLE / f"{name}.csv").read_text(encoding="utf-8")


def without(name: str, start: str) -> str:
    """A file of the example without the lines that start so."""
    lines = text_of(name).splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith(start))


def compared(new: Path, *more: str, old: Path = EXAMPLE) -> tuple[int, dict[str, Any]]:
    outcome = kitei("compare", "--roster", new, "--against", old, "--format", "json", *more)
    return outcome.code, outcome.document


def named(findings: list[dict[str, Any]]) -> set[tuple[str, str]]:
    return {(finding["rule"], finding["focus"]) for finding in findings}


@pytest.fixture(scope="module")
def headless(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example city without the head of the headquarters."""
    folder = tmp_path_factory.mktemp("headless")
    return example_with(folder, roster=without("roster", HEAD))


@pytest.fixture(scope="module")
def beheaded(headless: Path) -> dict[str, Outcome]:
    """What it means to lose the head, by format."""
    rosters = ("--roster", headless, "--against", EXAMPLE)
    return {
        form: kitei("compare", *rosters, *JUNE, "--format", form, "--lang", "ja")
        for form in ("json", "text")
    }


def test_a_roster_against_itself_changes_nothing() -> None:
    code, document = compared(EXAMPLE, "--as-of", "2024-06-11")
    assert (code, document["passes"]) == (0, True)
    assert document["findings"]["appeared"] == document["findings"]["vanished"] == []
    assert {"post-uncovered"} <= {f["rule"] for f in document["findings"]["stayed"]}
    assert document["posts"] == document["gaps"]["opened"] == document["gaps"]["closed"] == []


def test_without_its_head_the_headquarters_is_led_by_the_deputy(
    beheaded: dict[str, Outcome],
) -> None:
    document = beheaded["json"].document
    assert (beheaded["json"].code, document["passes"]) == (1, False)
    assert {CHAIR, ("post-acting", "本部長")} <= named(document["findings"]["appeared"])
    assert document["findings"]["vanished"] == []
    assert document["posts"] == [
        {
            "post": "本部長",
            "old": {
                "status": "ANSWER",
                "persons": [{"capacity": "holder", "person": "R0010"}],
                "basis": ["art_5__para_2"],
            },
            "new": {
                "status": "ANSWER",
                "persons": [{"capacity": "acting", "person": "R0011"}],
                "basis": ["art_6__para_2"],
            },
        }
    ]


def test_the_same_change_the_other_way_round_is_a_cure(headless: Path) -> None:
    code, document = compared(EXAMPLE, *JUNE, old=headless)
    assert (code, document["findings"]["appeared"]) == (0, [])
    cured = document["findings"]["vanished"]
    assert CHAIR in named(cured)
    assert all(finding["judged_now"] for finding in cured)


def test_a_finding_that_was_there_before_does_not_fail(headless: Path) -> None:
    code, document = compared(headless, *JUNE, old=headless)
    assert code == 0
    assert CHAIR in named(document["findings"]["stayed"])


def test_fail_on_says_which_new_findings_fail(tmp_path: Path) -> None:
    new = example_with(
        tmp_path, incapacities=text_of("incapacities") + "R0008,2026-07-01,2026-07-03,有\n"
    )
    day = ("--as-of", "2026-07-02")
    code, document = compared(new, *day)
    assert code == 0
    assert named(document["findings"]["appeared"]) == {("post-no-substitute", "CDO補佐官")}
    assert compared(new, *day, "--fail-on", "info")[0] == 1


def test_days_that_nobody_covers_open_and_close(tmp_path: Path) -> None:
    incapacities = without("incapacities", "R0004,2026-08-17") + "R0010,2026-09-01,2026-09-05,有\n"
    incapacities += "R0011,2026-09-04,2026-09-07,有\n"
    new = example_with(tmp_path, incapacities=incapacities)
    code, document = compared(new, "--as-of", "2026-08-01", "--until", "2026-09-30")
    assert code == 0
    gaps = document["gaps"]
    # The deputy has nobody to act for him, so his whole absence is one of his own.
    assert gaps["opened"] == [
        {"post": "副本部長", "from": "2026-09-04", "through": "2026-09-07"},
        {"post": "本部長", "from": "2026-09-04", "through": "2026-09-05"},
    ]
    assert gaps["closed"] == [{"post": "CDO", "from": "2026-08-20", "through": "2026-08-20"}]
    assert {(gap["post"], gap["from"], gap["status"]) for gap in gaps["new"]} == {
        ("CDO補佐官", "2026-08-20", "UNSTATED"),
        ("副本部長", "2026-09-04", "UNSTATED"),
        ("本部長", "2026-09-04", "NONE_PROVIDED"),
    }


def test_a_finding_that_is_no_longer_judged_is_not_called_cured(
    headless: Path, tmp_path: Path
) -> None:
    new = example_with(tmp_path, roster=without("roster", HEAD), meetings=None)
    _, document = compared(new, *JUNE, old=headless)
    gone = {f["focus"]: f for f in document["findings"]["vanished"] if f["rule"] == CHAIR[0]}
    assert gone[CHAIR[1]]["judged_now"] is False
    assert CHAIR[0] in document["not_judged"]["new"]
    assert CHAIR[0] not in document["not_judged"]["old"]
    said = kitei("compare", "--roster", new, "--against", headless, *JUNE, "--lang", "en").out
    assert "meeting-chair 2026-05-14 (not judged in the new roster)" in said


def test_text_says_what_changes_in_words(beheaded: dict[str, Outcome]) -> None:
    said = beheaded["text"]
    assert said.code == 1
    assert "+ 不適合 meeting-chair 2026-05-14" in said.out
    assert "本部長: R0010 (本人) -> R0011 (職務代理)" in said.out
    assert "公式解釈ではない" in said.out


def test_no_name_of_a_person_is_told(beheaded: dict[str, Outcome]) -> None:
    names = {line.split(",")[1] for line in text_of("roster").splitlines()[1:]}
    for outcome in beheaded.values():
        assert not [name for name in names if name in outcome.out]


def test_the_order_of_rows_makes_no_difference(tmp_path: Path) -> None:
    head, *rows = lines_of("roster.csv")
    new = roster_with(tmp_path, {"roster.csv": "\n".join([head, *reversed(rows)]) + "\n"})
    code, document = compared(new, "--as-of", "2024-06-11", old=ROSTER)
    assert (code, document["posts"]) == (0, [])
    assert document["findings"]["appeared"] == document["findings"]["vanished"] == []


def test_what_cannot_be_compared_is_refused(tmp_path: Path) -> None:
    day = ("--as-of", "2024-06-11")
    refused(2, "compare", "--against", ROSTER, *day)
    failed(2, "compare", "--roster", ROSTER, *day)
    refused(2, "compare", "--roster", ROSTER, "--against", ROSTER, *day, "--until", "2024-06-10")
    refused(3, "compare", "--roster", ROSTER, "--against", tmp_path / "none", *day)
    refused(4, "compare", "--roster", ROSTER, "--against", ROSTER, "--as-of", "2024-03-01")


def test_help_says_when_the_exit_code_is_one() -> None:
    done = process("compare", "--help")
    assert "new finding that makes the exit code 1" in " ".join(done.stdout.split())
