"""Every rule of the check has an example that it passes and one with exactly what it finds."""

from __future__ import annotations

from itertools import cycle

import pytest
from tests.cli_support import kitei
from tests.rules_support import BASES, EXAMPLES, Example, examples, report, rows

from kitei import kb
from kitei.check.explaining import rules

# The rules of the design's table. The shapes have to declare these and no others.
TABLE = {
    "act-not-judged", "decision-consent-by-other", "decision-not-approved", "decision-submitter",
    "designator-not-competent", "designator-undetermined", "ex-officio-mismatch", "meeting-chair",
    "meeting-convener", "meeting-not-reported", "meeting-quorum", "member-not-eligible",
    "member-not-subject", "member-on-leave", "member-rank-undecided", "organization-unknown",
    "post-acting", "post-ambiguous", "post-no-substitute", "post-uncovered", "post-unfilled",
    "post-unknown", "roster-assignment", "roster-dates", "roster-duplicate", "roster-near-miss",
    "roster-overlap", "roster-primary-post", "roster-unreadable", "seat-missing", "self-report",
    "substitute-same-person",
}  # fmt: skip
INFO = {
    "act-not-judged", "decision-consent-by-other", "member-on-leave", "post-acting",
    "post-no-substitute", "self-report",
}  # fmt: skip
WARNING = {
    "designator-undetermined", "meeting-not-reported", "member-rank-undecided", "post-ambiguous",
    "post-uncovered", "roster-assignment", "roster-duplicate", "roster-near-miss",
    "roster-overlap", "roster-primary-post", "substitute-same-person",
}  # fmt: skip
_, DECLARED = rules(kb.find())
CASES = examples()


def named(example: Example) -> str:
    return f"{example.rule}-{example.folder.name}"


def test_the_shapes_declare_the_rules_of_the_design() -> None:
    assert set(DECLARED) == TABLE


def test_each_rule_has_the_severity_of_the_design() -> None:
    found = {name: {part.severity for part in parts} for name, parts in DECLARED.items()}
    for name in TABLE:
        wanted = "info" if name in INFO else "warning" if name in WARNING else "violation"
        assert found[name] == {wanted}, name


@pytest.mark.parametrize("rule", sorted(TABLE | set(DECLARED)))
def test_a_rule_has_a_passing_and_a_failing_example(rule: str) -> None:
    kinds = {example.folder.name for example in CASES if example.rule == rule}
    assert kinds == {"passing", "failing"}


def test_nothing_else_lies_among_the_examples() -> None:
    folders = {path.name for path in EXAMPLES.iterdir() if path.is_dir()}
    assert folders == TABLE | {"shared"}
    kinds = {path.suffix for path in EXAMPLES.rglob("*") if path.is_file()}
    assert kinds == {".csv", ".json", ".md"}
    assert all(folder.is_dir() for folder in BASES.values())


@pytest.mark.parametrize("example", CASES, ids=named)
def test_an_example_is_found_to_be_just_what_it_says(example: Example) -> None:
    found = report(example)
    own = [row for row in rows(found) if row[0] == example.rule]
    rest = [row for row in rows(found) if row[0] != example.rule]
    assert own == example.listed("findings")
    assert rest == example.listed("consequences")
    assert bool(own) is not example.passing
    assert example.rule not in {*found.not_judged, *found.unmatched_rules}


@pytest.mark.parametrize(
    "example", [case for case in CASES if not case.passing], ids=lambda case: case.rule
)
def test_a_finding_says_who_or_what_where_and_what_would_cure_it(example: Example) -> None:
    for finding in report(example).findings:
        texts = (*finding.message, *finding.hint)
        assert all(text and "{" not in text and "None" not in text for text in texts)
        assert not any(text.endswith(" ") or "  " in text for text in texts)
        if finding.citation is not None:
            assert finding.citation.ja in finding.message.ja
            assert finding.citation.en in finding.message.en
        assert "見本 " not in "".join(texts), "a personal name"


@pytest.mark.parametrize(
    ("rule", "language"), list(zip(sorted(TABLE), cycle(["ja", "en"]), strict=False))
)
def test_a_rule_is_explained_with_its_shape_and_both_examples(rule: str, language: str) -> None:
    outcome = kitei("explain", rule, "--as-of", "2024-06-05", "--lang", language)
    assert (outcome.code, outcome.err) == (0, "")
    chief = DECLARED[rule][0]
    for text in (chief.title, chief.rationale, chief.hint):
        assert text.within(language) in outcome.out
    for part in DECLARED[rule]:
        assert f"rule:{part.shape.rsplit('#', 1)[-1]} " in outcome.out
    for example in CASES:
        if example.rule == rule:
            assert example.case["situation"][language] in outcome.out
            for _, focus, _ in example.listed("findings"):
                assert f"  -> {focus}" in outcome.out


def test_a_rule_is_explained_by_the_provisions_of_the_regulation_that_is_asked() -> None:
    words = kitei("explain", "post-acting", "--as-of", "2024-06-05", "--lang", "ja").out
    assert "第3条第2項" in words
    assert "CDOに事故があるとき、又は欠けたときは、その職務を代理する。" in words
    assert "第6条第2項" in words
    quorum = kitei("explain", "meeting-quorum", "--as-of", "2024-06-05", "--lang", "ja").out
    assert "その日の本文にその規定がない" in quorum
    other = kitei(
        *("explain", "meeting-quorum", "--as-of", "2025-06-05", "--lang", "ja"),
        *("--kb", BASES["invented"].parent, "--regulation", "vitality-headquarters"),
    )
    assert "第5条第2項" in other.out
    assert "過半数が出席しなければ" in other.out


@pytest.mark.parametrize("language", ["ja", "en"])
def test_an_unknown_rule_is_refused_with_the_names_that_there_are(language: str) -> None:
    outcome = kitei("explain", "seat-mising", "--lang", language)
    assert (outcome.code, outcome.out) == (2, "")
    assert all(name in outcome.err for name in TABLE)
