"""The acceptance cases, through the command line as a user would ask and check."""

from __future__ import annotations

import filecmp
import json
from pathlib import Path
from typing import Any

import pytest
from tests.cli_support import ACCEPTANCE, ROSTER, kitei, process
from tests.support import needs_shared, shared

Case = dict[str, Any]


def cases(name: str) -> list[Case]:
    """The cases of one of the two files."""
    found: list[Case] = json.loads((ACCEPTANCE / name).read_text(encoding="utf-8"))["cases"]
    return found


QUESTIONS, CHECKS = cases("competency.json"), cases("checks.json")


def named(case: Case) -> str:
    return str(case["id"])


def asking(case: Case) -> list[str | Path]:
    """The command line of a question."""
    parameters = [f"--{name}={value}" for name, value in case["params"].items()]
    day = ["--as-of", case["as_of"]]
    return ["ask", case["question"], *parameters, *day, "--roster", ROSTER, "--format", "json"]


def checking(case: Case) -> list[str | Path]:
    """The command line of a check."""
    return ["check", "--roster", ROSTER, "--as-of", case["as_of"], "--format", "json"]


def listed(answers: list[Case], keys: list[str]) -> list[str]:
    """Answers cut down to the keys that the case lists, in an order of their own."""
    return sorted(
        json.dumps({key: answer[key] for key in keys}, ensure_ascii=False, sort_keys=True)
        for answer in answers
    )


def assert_answers(document: Case, case: Case) -> None:
    """Exactly the answers of the case, no one twice and none besides."""
    keys = sorted(case["answers"][0])
    assert listed(document["answers"], keys) == listed(case["answers"], keys)
    assert document["question"] == case["question"]
    assert document["as_of"] == case["as_of"]


def assert_findings(document: Case, case: Case) -> None:
    """Exactly the findings of the case, at any severity."""
    found = [[finding["rule"], finding["focus"]] for finding in document["findings"]]
    assert sorted(found) == sorted(case["findings"])
    severities = {finding["severity"] for finding in document["findings"]}
    assert severities <= {"violation", "warning", "info"}
    assert document["conforms"] is ("violation" not in severities)


def test_there_are_twenty_cases() -> None:
    assert (len(QUESTIONS), len(CHECKS)) == (14, 6)


@pytest.mark.parametrize("case", QUESTIONS, ids=named)
def test_a_question_has_exactly_its_answers(case: Case) -> None:
    outcome = kitei(*asking(case))
    assert outcome.code == 0
    assert_answers(outcome.document, case)


@pytest.mark.parametrize("case", CHECKS, ids=named)
def test_a_check_has_exactly_its_findings(case: Case) -> None:
    outcome = kitei(*checking(case))
    assert_findings(outcome.document, case)
    assert outcome.code == (0 if outcome.document["conforms"] else 1)


@pytest.mark.parametrize("case", [QUESTIONS[2], QUESTIONS[12]], ids=named)
def test_a_question_is_answered_alike_by_a_process_of_its_own(case: Case) -> None:
    done = process(*asking(case))
    assert (done.returncode, done.stderr) == (0, "")
    assert_answers(json.loads(done.stdout), case)
    assert done.stdout == kitei(*asking(case)).out


@pytest.mark.parametrize("case", [CHECKS[0], CHECKS[4]], ids=named)
def test_a_roster_is_checked_alike_by_a_process_of_its_own(case: Case) -> None:
    done = process(*checking(case))
    assert (done.returncode, done.stderr) == (1 if case["id"] == "c05" else 0, "")
    assert_findings(json.loads(done.stdout), case)
    assert done.stdout == kitei(*checking(case)).out


@needs_shared
def test_the_copy_is_what_was_agreed() -> None:
    folder = shared()
    assert folder is not None
    original = folder / "acceptance"
    names = sorted(p.relative_to(original) for p in original.rglob("*") if p.is_file())
    assert names == sorted(p.relative_to(ACCEPTANCE) for p in ACCEPTANCE.rglob("*") if p.is_file())
    different = [n for n in names if not filecmp.cmp(original / n, ACCEPTANCE / n, shallow=False)]
    assert different == []
