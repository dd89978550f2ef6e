"""The formats for build servers, read back as those would read them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree as ET

import jsonschema
import pytest
from tests.report_support import HOSTILE, hostile, report, told
from tests.support import ROOT

from kitei.check import Report
from kitei.check.baseline import Waived, Waiver, Waivers
from kitei.check.finding import Source
from kitei.errors import Bilingual

SCHEMA = ROOT / "tests" / "schemas" / "sarif-2.1.0-rtm.5.json"
CLEAN = date(2024, 5, 15)
ON = Path("tests/acceptance/roster")
REPORTS: dict[str, Callable[[], Report]] = {
    "real": report,
    "hostile": hostile,
    "clean": lambda: report(CLEAN),
}


def sarif(about: Report, language: str = "en") -> dict[str, Any]:
    """The one run of the log, after the schema has had its say."""
    log: dict[str, Any] = json.loads(told("sarif", about, language, ON))
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    jsonschema.validators.validator_for(schema)(schema).validate(log)
    (run,) = log["runs"]
    found: dict[str, Any] = run
    return found


def waived() -> Report:
    """The report with its first finding waived."""
    first, *rest = report().findings
    waiver = Waiver(first.rule, first.focus, None, "後任を待つ", "課", date(2026, 1, 1))
    return report()._replace(findings=rest, waivers=Waivers([Waived(first, waiver)], [], []))


def twice() -> Report:
    """The report with every finding two times."""
    return report()._replace(findings=[*report().findings, *report().findings])


def in_workbook() -> Report:
    """The report of a roster that is a workbook."""
    source = Source("roster.xlsx", 5, "職員番号", "指名", "A5")
    findings = [finding._replace(source=source) for finding in report().findings]
    return report()._replace(findings=findings, roster_file="roster.xlsx")


# --- SARIF ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("which", REPORTS)
@pytest.mark.parametrize("language", ["ja", "en"])
def test_sarif_meets_its_schema_and_each_result_its_rule(which: str, language: str) -> None:
    run = sarif(REPORTS[which](), language)
    rules = run["tool"]["driver"]["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules) == report().rules
    assert len(run["results"]) == len(REPORTS[which]().findings)
    for result in run["results"]:
        rule = rules[result["ruleIndex"]]
        assert rule["id"] == result["ruleId"]
        assert rule["defaultConfiguration"]["level"] == result["level"]
        assert rule["shortDescription"]["text"] == rule["properties"]["title"][language]


def test_sarif_says_where_and_what_in_the_language_asked_for() -> None:
    for language in ("ja", "en"):
        results = sarif(report(), language)["results"]
        for result, finding in zip(results, report().findings, strict=True):
            said = f"{finding.message.within(language)} {finding.hint.within(language)}"
            assert result["message"]["text"] == said
            assert result["properties"]["message"] == finding.message._asdict()
            (location,) = result["locations"]
            assert location["physicalLocation"] == {
                "artifactLocation": {"uri": "tests/acceptance/roster/designations.csv"},
                "region": {"startLine": 5},
            }
            assert result["partialFingerprints"] == {"kitei/v1": finding.fingerprint}


def test_sarif_levels_follow_severity() -> None:
    models = list(report().findings[:1]) * 3
    severities = ("violation", "warning", "info")
    findings = [m._replace(severity=s) for m, s in zip(models, severities, strict=True)]
    results = sarif(report()._replace(findings=findings))["results"]
    assert [result["level"] for result in results] == ["error", "warning", "note"]
    assert len({result["partialFingerprints"]["kitei/v1"] for result in results}) == 3


def test_sarif_takes_no_word_of_a_roster_for_a_link_or_a_placeholder() -> None:
    for result in sarif(hostile())["results"]:
        text = result["message"]["text"]
        assert not re.search(r"(?<!\\)(?:\\\\)*[\[\]]", text.replace("\\\\", ""))
        assert not re.search(r"(?<!\{)\{(?:\{\{)*(?!\{)", text)
        uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        assert re.fullmatch(r"(?:[A-Za-z0-9._~/-]|%[0-9A-F]{2})+", uri)
        assert unquote(uri).startswith("tests/acceptance/roster/")


def test_sarif_points_into_a_workbook_by_cell_and_never_by_line() -> None:
    for result in sarif(in_workbook())["results"]:
        (location,) = result["locations"]
        assert "region" not in location["physicalLocation"]
        assert {"name": "指名!A5"} in location["logicalLocations"]


def test_sarif_marks_what_is_waived_as_suppressed() -> None:
    *kept, last = sarif(waived())["results"]
    assert [result["suppressions"] for result in kept] == [[]]
    assert last["suppressions"] == [{"kind": "external", "justification": "後任を待つ"}]


# --- JUnit ---------------------------------------------------------------------------------------


def junit(about: Report, language: str = "ja") -> ET.Element:
    return ET.fromstring(told("junit", about, language, ON).encode())  # noqa: S314


@pytest.mark.parametrize("which", [*REPORTS, "waived"])
def test_junit_counts_what_it_lists(which: str) -> None:
    top = junit({**REPORTS, "waived": waived}[which]())
    for level in (top, *top.findall("testsuite")):
        cases = list(level.iter("testcase"))
        for tag, attribute in (("failure", "failures"), ("skipped", "skipped")):
            having = [case for case in cases if case.find(tag) is not None]
            assert level.get(attribute) == str(len(having))
        assert level.get("tests") == str(len(cases))
    names = [suite.get("name") for suite in top]
    assert len(set(names)) == len(names)


def test_junit_has_a_suite_for_each_department_and_article() -> None:
    top = junit(report())
    names = {suite.get("name") for suite in top}
    assert {"財務部", "総務部", "名簿", "判断しなかった規則", "第3条", "第5条"} <= names
    assert "Finance Department" in {suite.get("name") for suite in junit(report(), "en")}
    assert "市長部局" not in names
    failed = {
        (suite.get("name"), case.get("name"), case.get("file"), case.get("line"))
        for suite in top
        for case in suite
        if case.find("failure") is not None
    }
    file = "tests/acceptance/roster/designations.csv"
    assert failed == {
        ("財務部", "seat-missing: 財務部税務課", file, "5"),
        ("財務部", "member-not-eligible: M004", file, "5"),
    }
    passed = {case.get("name") for case in top.iter("testcase") if not len(case)}
    assert {"seat-missing: 総務部総務課", "post-unfilled: CDO"} <= passed
    assert not passed & {name for _, name, _, _ in failed}


def test_junit_fails_exactly_what_fails_the_check() -> None:
    mild = report(date(2024, 6, 11))
    assert mild.conforms
    assert junit(mild).get("failures") == "0"
    assert any(case.find("system-out") is not None for case in junit(mild).iter("testcase"))
    assert junit(mild._replace(fail_on="warning")).get("failures") != "0"


def test_junit_skips_what_is_waived_or_not_judged() -> None:
    skipped = {
        case.get("name"): case.find("skipped")
        for case in junit(waived()).iter("testcase")
        if case.find("skipped") is not None
    }
    assert set(report().not_judged) <= set(skipped)
    element = skipped["member-not-eligible: M004"]
    assert element is not None
    assert element.get("message") == "後任を待つ"


def test_junit_keeps_every_character_that_xml_can_hold() -> None:
    found = {case.get("name") for case in junit(hostile()).iter("testcase")}
    for text in HOSTILE:
        legal = re.sub(r"[\x00\x07\x1b]", "�", text)
        assert f"member-not-eligible: {legal}" in found


# --- GitHub --------------------------------------------------------------------------------------

COMMAND = re.compile(r"::(error|warning|notice) ([^:]*)::(.*)")


def unescaped(text: str) -> str:
    for code, char in (("%3A", ":"), ("%2C", ","), ("%0A", "\n"), ("%0D", "\r"), ("%25", "%")):
        text = text.replace(code, char)
    return text


@pytest.mark.parametrize("which", REPORTS)
def test_github_gets_one_command_a_line_whatever_the_roster_says(which: str) -> None:
    about = REPORTS[which]()
    lines = told("github", about, "en", ON).splitlines()
    assert len(lines) == len(about.findings) + 1
    for text, finding in zip(lines, about.findings, strict=False):
        match = COMMAND.fullmatch(text)
        assert match
        properties = dict(part.split("=", 1) for part in match[2].split(","))
        assert list(properties) == ["file", "line", "title"]
        assert properties["line"] == str(finding.source and finding.source.row)
        if "\u2028" not in finding.focus:
            assert unescaped(properties["title"]) == f"{finding.rule} {finding.focus}"
            assert unescaped(match[3]) == f"{finding.message.en}\n{finding.hint.en}"
    assert lines[-1].startswith("::notice title=kitei::As of ")


def test_github_names_the_cell_of_a_workbook() -> None:
    first = told("github", in_workbook(), "en").splitlines()[0]
    assert first.startswith("::error file=roster.xlsx,title=member-not-eligible M004 (指名!A5)::")


# --- GitLab --------------------------------------------------------------------------------------


@pytest.mark.parametrize("which", [*REPORTS, "again"])
def test_gitlab_gets_what_it_requires_with_fingerprints_of_their_own(which: str) -> None:
    about = {**REPORTS, "again": twice}[which]()
    issues = json.loads(told("gitlab", about, "ja", ON))
    assert len({issue["fingerprint"] for issue in issues}) == len(issues) == len(about.findings)
    for issue, finding in zip(issues, about.findings, strict=True):
        assert issue["check_name"] == finding.rule
        assert issue["severity"] in ("info", "minor", "major", "critical", "blocker")
        assert issue["location"]["path"].startswith("tests/acceptance/roster/")
        assert issue["location"]["lines"]["begin"] >= 1
        assert issue["description"].isprintable()


def test_a_finding_without_a_row_points_at_the_roster() -> None:
    bare = [finding._replace(source=None) for finding in report().findings]
    about = report()._replace(findings=bare)
    (issue, *_) = json.loads(told("gitlab", about, "ja", ON))
    assert issue["location"] == {
        "path": "tests/acceptance/roster/roster.csv",
        "lines": {"begin": 1},
    }
    (result, *_) = sarif(about)["results"]
    (location,) = result["locations"]
    assert location["physicalLocation"] == {
        "artifactLocation": {"uri": "tests/acceptance/roster/roster.csv"}
    }
    assert Bilingual(**result["properties"]["hint"]) == bare[0].hint
