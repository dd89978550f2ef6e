"""What findings say, read as a legal officer would: provision, whom, which day, what to do."""

from __future__ import annotations

import re
from datetime import date

import pytest
from tests.rules_support import Example, examples, report

from kitei.check import Finding
from kitei.dates import in_era

FAILING = [example for example in examples() if not example.passing]
# 第5条第3項第1号の3行目, 第9条ただし書: article, then paragraph, item, row, sentence as needed.
PROVISION = re.compile(r"第\d+条(の\d+)*(第\d+項)?(第\d+号)?(の\d+行目)?(本文|ただし書|前段|後段)?")
ERA_DAY = re.compile(r"(令和|平成)(元|\d+)年\d+月\d+日")
# Ways of saying what to do: verbs in their plain form, as regulations and manuals write them.
CURE = re.compile(
    r"(確かめる|書く|加える|除く|消す|改める|直す|終える|得る|する|記す|示す|定める|検討する|要しない|必要)。"
)
# Rules about a row or a spelling: they hold on every day, and say the row instead.
DAYLESS = {
    "roster-assignment",
    "roster-dates",
    "roster-duplicate",
    "roster-near-miss",
    "roster-unreadable",
}
WITHOUT_PROVISION = "the rule is about the roster, or about an act whose text is not held"


def found(example: Example) -> list[Finding]:
    return [finding for finding in report(example).findings if finding.rule == example.rule]


each_rule = pytest.mark.parametrize("example", FAILING, ids=lambda example: example.rule)


@each_rule
def test_a_message_names_the_provision_as_japanese_law_cites_it(example: Example) -> None:
    for finding in found(example):
        if finding.provision is None:
            assert finding.rule.startswith("roster-") or finding.rule == "act-not-judged", (
                WITHOUT_PROVISION
            )
            continue
        assert finding.citation is not None
        assert PROVISION.fullmatch(finding.citation.ja), finding.citation.ja
        assert finding.citation.ja in finding.message.ja
        assert re.search(r"Article \d+", finding.message.en)
        assert finding.citation.en in finding.message.en


@each_rule
def test_a_message_names_whom_or_what_it_is_about(example: Example) -> None:
    for finding in found(example):
        day = re.fullmatch(r"\d{4}-\d{2}-\d{2}", finding.focus)
        named = in_era(date.fromisoformat(finding.focus)) if day else finding.focus
        assert named in finding.message.ja


@each_rule
def test_a_message_names_the_day_in_era_form(example: Example) -> None:
    for finding in found(example):
        if finding.rule not in DAYLESS:
            assert ERA_DAY.search(finding.message.ja)
            assert re.search(r"\d{4}-\d{2}-\d{2}", finding.message.en)
        else:
            assert finding.source is not None
            assert finding.source.row is not None


@each_rule
def test_a_hint_says_what_to_do_in_the_plain_form(example: Example) -> None:
    for finding in found(example):
        assert CURE.search(finding.hint.ja), finding.hint.ja
        assert finding.hint.ja.endswith("。")
        assert finding.hint.en.endswith(".")
        remark = finding.severity == "info"
        nothing_to_cure = "是正は要しない" in finding.hint.ja
        assert not nothing_to_cure or remark or finding.rule == "roster-near-miss"
        if finding.rule == "post-no-substitute":
            continue
        assert nothing_to_cure or not remark, finding.hint.ja


@each_rule
def test_the_words_are_those_of_the_regulation(example: Example) -> None:
    """事故 is an inability, 欠けた a vacancy; nobody is accused of a breach of law."""
    for finding in found(example):
        for text in (*finding.message, *finding.hint):
            assert "違反" not in text
            assert not re.search(r"accident|violat|illegal|himself|herself", text)
        if "事故があるため" in finding.message.ja or "に事故があるが" in finding.message.ja:
            assert "unable to perform the duties" in finding.message.en
        if "欠けている" in finding.message.ja:
            assert "vacant" in finding.message.en
        assert not re.search(r"[ぁ-ん]{2,}", re.sub(r"本務|職務代理", "", finding.hint.en))


@each_rule
def test_a_message_says_one_thing_and_not_what_it_might_be(example: Example) -> None:
    """What the check knows it says: which requirement a member lacks, how many were missing."""
    for finding in found(example):
        assert "か、本文の定める職になく、又は" not in finding.message.ja
        assert "「」" not in finding.message.ja
        assert "-" not in re.sub(r"[\w.-]*\d[\w.-]*", "", finding.message.ja)


def only(rule: str, focus: str) -> Finding:
    (finding,) = (
        finding
        for example in FAILING
        if example.rule == rule
        for finding in found(example)
        if finding.focus == focus
    )
    return finding


def test_a_quorum_that_was_missed_is_told_in_heads() -> None:
    finding = only("meeting-quorum", "2025-06-20")
    assert finding.message.ja == (
        "令和7年6月20日の会議に出席した構成員は7人中3人で、第5条第2項の定足数(4人)に達していない。"
    )
    assert finding.message.en == (
        "3 of 7 members attended the meeting of 2025-06-20; "
        "the quorum of Article 5, paragraph 2 takes 4."
    )


@pytest.mark.parametrize(
    ("rule", "member", "said"),
    [
        ("member-not-eligible", "M004", "その組織に属していない。"),
        ("member-not-eligible", "M018", "その組織に属するが、本文の定める職にない。"),
        ("member-not-eligible", "D001", "本文が掲げていない組織の者である。"),
        ("member-not-subject", "X001", "その日の名簿にない。"),
        ("member-not-subject", "N001", "本規程を発した機関でない任命権者の職員である。"),
    ],
)
def test_a_member_is_told_which_requirement_is_lacking(rule: str, member: str, said: str) -> None:
    assert only(rule, member).message.ja.endswith(f"{member}は、{said}")
