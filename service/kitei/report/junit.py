"""Findings as JUnit XML: a suite a department or article, a case each rule and focus.

A finding below ``--fail-on`` passes with its message as output, so that the file agrees with
the exit code; a rule that lacked its table, and a waived finding, are skipped.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import NamedTuple
from xml.etree import ElementTree as ET

from kitei.check import Case, Finding, Report
from kitei.check.checking import SEVERITIES
from kitei.errors import Bilingual
from kitei.readings import told
from kitei.report.findings import ROSTER
from kitei.report.places import Places, line

_ARTICLE = re.compile(r"(第\d+条(?:の\d+)*)|(Article \d+(?:-\d+)*)")
_NOT_JUDGED = Bilingual("判断しなかった規則", "Rules not judged")
_READINGS = Bilingual("解釈の切替え", "Readings switched")
_NO_TABLE = Bilingual("表がない", "for want of a table")
DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
# What XML 1.0 cannot hold, not even escaped.
_NO_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class _Test(NamedTuple):
    suite: str
    name: str
    element: ET.Element


def as_junit(report: Report, language: str, places: Places) -> str:
    """One XML document, its suites and cases in a fixed order."""
    tests, suites = _grouped(report, language, places)
    top = ET.Element("testsuites", {"name": "kitei", **_counts(tests)})
    top.extend(suites)
    ET.indent(top, " ")
    text = ET.tostring(top, encoding="unicode")
    return f"{DECLARATION}{text}\n"


def suites_of(report: Report, language: str, places: Places) -> list[ET.Element]:
    """The suites of a check, for a document that holds those of others as well."""
    return _grouped(report, language, places)[1]


def _grouped(report: Report, language: str, places: Places) -> tuple[list[_Test], list[ET.Element]]:
    """All cases, and the suites that they make up."""
    tests = [_judged(finding, report.fail_on, language, places) for finding in report.findings]
    tests += [
        _test(_suite(case, language), f"{rule}: {case.focus}") for rule, case in report.passed
    ]
    tests += [_skipped_rule(name, language) for name in report.not_judged]
    for item in report.waivers.waived if report.waivers else ():
        test = _test(_suite(item.finding.origin.case, language), _name(item.finding))
        ET.SubElement(test.element, "skipped", message=xml(item.waiver.reason))
        tests.append(test)
    tests += [_switched(said, language) for said in told(report.switched)]
    suites: dict[str, list[_Test]] = defaultdict(list)
    for test in tests:
        suites[test.suite].append(test)
    elements = []
    for name in sorted(suites):
        suite = ET.Element("testsuite", {"name": name, **_counts(suites[name])})
        suite.extend(test.element for test in sorted(suites[name], key=lambda test: test.name))
        elements.append(suite)
    return tests, elements


def _judged(finding: Finding, fail_on: str, language: str, places: Places) -> _Test:
    test = _test(_suite(finding.origin.case, language), _name(finding))
    test.element.set("file", xml(places.path(finding)))
    if (row := line(finding)) is not None:
        test.element.set("line", str(row))
    message = xml(finding.message.within(language))
    said = f"{message}\n-> {xml(finding.hint.within(language))}"
    if SEVERITIES.index(finding.severity) >= SEVERITIES.index(fail_on):
        failure = ET.SubElement(test.element, "failure", type=finding.severity, message=message)
        failure.text = said
    else:
        ET.SubElement(test.element, "system-out").text = f"{finding.severity}: {said}"
    return test


def _skipped_rule(rule: str, language: str) -> _Test:
    test = _test(_NOT_JUDGED.within(language), rule)
    ET.SubElement(test.element, "skipped", message=_NO_TABLE.within(language))
    return test


def _switched(said: Bilingual, language: str) -> _Test:
    """A test that says that a reading was not taken by default: a file has no better place."""
    test = _test(_READINGS.within(language), said.within(language))
    ET.SubElement(test.element, "skipped", message=xml(said.within(language)))
    return test


def _test(suite: str, name: str) -> _Test:
    suite, name = xml(suite), xml(name)
    return _Test(suite, name, ET.Element("testcase", classname=suite, name=name))


def _name(finding: Finding) -> str:
    return f"{finding.rule}: {finding.focus}"


def _suite(case: Case, language: str) -> str:
    """The topmost organisation; else the article; else the roster itself."""
    if case.unit is not None:
        return case.unit.within(language)
    if case.citation is None:
        return ROSTER.within(language)
    citation = case.citation.within(language)
    article = _ARTICLE.match(citation)
    return article[0] if article else citation


def _counts(tests: list[_Test]) -> dict[str, str]:
    def having(tag: str) -> str:
        return str(sum(test.element.find(tag) is not None for test in tests))

    return {
        "tests": str(len(tests)),
        "failures": having("failure"),
        "errors": "0",
        "skipped": having("skipped"),
    }


def xml(text: str) -> str:
    """The text with a mark in place of what XML cannot hold."""
    return _NO_XML.sub("�", text)
