"""Reports on many cities, written piece by piece: an opening, a piece a city, a closing.

So a report is valid wherever the work ends, and nobody has to hold all of it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date
from typing import NamedTuple
from xml.etree import ElementTree as ET

from kitei.check import Report
from kitei.errors import Bilingual
from kitei.many.outcome import BROKEN, CONFORMS, FINDINGS, UNCHECKED, Outcome, Summary
from kitei.report import junit, sarif
from kitei.report.answers import DISCLAIMER
from kitei.report.findings import BREACHED, SEVERITY, document
from kitei.report.findings import CONFORMS as PASSES
from kitei.report.inert import one_line
from kitei.report.places import Places
from kitei.report.table import width

_WORDS = {
    CONFORMS: PASSES,
    FINDINGS: BREACHED,
    BROKEN: Bilingual("検査不能", "not checkable"),
    UNCHECKED: Bilingual("検査対象なし", "nothing to check"),
}
_COLUMNS = (
    Bilingual("市", "City"),
    Bilingual("結果", "Verdict"),
    *SEVERITY.values(),
    Bilingual("最初の指摘", "First finding"),
)
_NUMBER = max(width(word) for said in SEVERITY.values() for word in said)
_WIDEST = 40


class Frame(NamedTuple):
    """What all cities of a report have in common."""

    as_of: date
    fail_on: str
    language: str
    widest: int
    """Columns of the longest name of a city."""


class Format(NamedTuple):
    """How a report is put together."""

    opening: Callable[[Frame], str]
    entry: Callable[[Frame, Outcome, Report | None, Places], str]
    closing: Callable[[Frame, Summary], str]
    between: str = ""


# -- text: one table ------------------------------------------------------------------------


def _text_opening(frame: Frame) -> str:
    header = [column.within(frame.language) for column in _COLUMNS]
    return _row(frame, header) + _row(frame, ["-" * columns for columns in _widths(frame)])


def _text_entry(frame: Frame, outcome: Outcome, report: Report | None, places: Places) -> str:
    del report, places
    cells = [
        one_line(outcome.city),
        _WORDS[outcome.verdict].within(frame.language),
        *(str(count).rjust(_NUMBER) for count in outcome.counts),
        one_line(outcome.first.within(frame.language)),
    ]
    return _row(frame, cells)


def _text_closing(frame: Frame, summary: Summary) -> str:
    counts = {name: str(count) for name, count in summary.verdicts.items()}
    tally = ", ".join(f"{_WORDS[name].within(frame.language)} {n}" for name, n in counts.items())
    found = ", ".join(
        f"{SEVERITY[name].within(frame.language)} {n}" for name, n in summary.findings.items()
    )
    lines = [
        Bilingual(
            f"{frame.as_of}現在: {summary.cities}市のうち {summary.done}市: {tally}",
            f"As of {frame.as_of}: {summary.done} of {summary.cities} cities: {tally}",
        ),
        Bilingual(f"指摘: {found}", f"Findings: {found}"),
    ]
    if not summary.complete:
        left = summary.cities - summary.done
        lines.append(
            Bilingual(
                f"中断した。残り {left}市は検査していない。",
                f"Interrupted; the other {left} cities were not checked.",
            )
        )
    said = [line.within(frame.language) for line in (*lines, DISCLAIMER)]
    return "\n" + "".join(f"{line}\n" for line in said)


def _widths(frame: Frame) -> list[int]:
    verdict = max(width(said.within(frame.language)) for said in _WORDS.values())
    last = width(_COLUMNS[-1].within(frame.language))
    return [min(_WIDEST, max(frame.widest, 4)), verdict, _NUMBER, _NUMBER, _NUMBER, last]


def _row(frame: Frame, cells: list[str]) -> str:
    padded = (
        cell + " " * (columns - width(cell))
        for cell, columns in zip(cells, _widths(frame), strict=True)
    )
    return "  ".join(padded).rstrip() + "\n"


# -- JSON, as one document and by lines -----------------------------------------------------


def _json_opening(frame: Frame) -> str:
    head = json.dumps({"as_of": frame.as_of.isoformat(), "fail_on": frame.fail_on})
    return f'{head[:-1]}, "cities": [\n'


def _json_entry(frame: Frame, outcome: Outcome, report: Report | None, places: Places) -> str:
    del frame, places
    finding = outcome.finding
    fields = {
        "city": outcome.city,
        "verdict": outcome.verdict,
        "reason": outcome.reason,
        "finding": finding.fields() if finding else None,
        "report": document(report) if report else None,
    }
    return json.dumps(fields, ensure_ascii=False)


def _json_closing(frame: Frame, summary: Summary) -> str:
    del frame
    return "\n], " + _closing_members(summary)[1:] + "\n"


def _closing_members(summary: Summary) -> str:
    fields = {
        "summary": summary.fields(),
        "complete": summary.complete,
        "disclaimer": DISCLAIMER._asdict(),
    }
    return json.dumps(fields, ensure_ascii=False)


def _lines_entry(frame: Frame, outcome: Outcome, report: Report | None, places: Places) -> str:
    return _json_entry(frame, outcome, report, places) + "\n"


def _lines_closing(frame: Frame, summary: Summary) -> str:
    head = json.dumps({"as_of": frame.as_of.isoformat(), "fail_on": frame.fail_on})
    return f"{head[:-1]}, {_closing_members(summary)[1:]}\n"


# -- SARIF: a run a city --------------------------------------------------------------------


def _sarif_opening(frame: Frame) -> str:
    del frame
    head = json.dumps({"$schema": sarif.SCHEMA, "version": sarif.VERSION})
    return f'{head[:-1]}, "runs": [\n'


def _sarif_entry(frame: Frame, outcome: Outcome, report: Report | None, places: Places) -> str:
    run = (
        sarif.run_of(report, frame.language, places)
        if report
        else _sarif_broken(frame, outcome, places)
    )
    # What tells the runs of one tool apart (SARIF 3.17.3).
    return json.dumps(
        {"automationDetails": {"id": f"kitei/{outcome.city}/"}, **run}, ensure_ascii=False
    )


def _sarif_broken(frame: Frame, outcome: Outcome, places: Places) -> dict[str, object]:
    finding = outcome.finding
    assert finding is not None  # noqa: S101  (there is neither report nor finding otherwise)
    return {
        "tool": {"driver": sarif.driver([{"id": finding.rule}], frame.language)},
        "language": frame.language,
        "columnKind": "unicodeCodePoints",
        "invocations": [{"executionSuccessful": False}],
        "results": [
            {
                "ruleId": finding.rule,
                "ruleIndex": 0,
                "level": "error",
                "message": {"text": sarif.plain(finding.message.within(frame.language))},
                "locations": [
                    {"physicalLocation": {"artifactLocation": {"uri": places.uri(finding)}}}
                ],
                "partialFingerprints": {"kitei/v1": finding.fingerprint},
                "properties": finding.fields(reason=outcome.reason),
            }
        ],
    }


def _sarif_closing(frame: Frame, summary: Summary) -> str:
    properties = {"asOf": frame.as_of.isoformat(), **json.loads(_closing_members(summary))}
    return f'\n], "properties": {json.dumps(properties, ensure_ascii=False)}}}\n'


# -- JUnit: the suites of each city, its name before theirs ---------------------------------


def _junit_opening(frame: Frame) -> str:
    del frame
    return f'{junit.DECLARATION}<testsuites name="kitei">\n'


def _junit_entry(frame: Frame, outcome: Outcome, report: Report | None, places: Places) -> str:
    if report is None:
        said = outcome.first.within(frame.language)
        return _junit_error(outcome.city, outcome.reason or "", said)
    city = junit.xml(outcome.city)
    suites = junit.suites_of(report, frame.language, places)
    for suite in suites:
        suite.set("name", f"{city}: {suite.get('name')}")
        for case in suite.iter("testcase"):
            case.set("classname", f"{city}: {case.get('classname')}")
    return "".join(ET.tostring(suite, encoding="unicode") + "\n" for suite in suites)


def _junit_error(name: str, kind: str, said: str) -> str:
    name = junit.xml(name)
    counts = {"tests": "1", "failures": "0", "errors": "1", "skipped": "0"}
    suite = ET.Element("testsuite", {"name": name, **counts})
    case = ET.SubElement(suite, "testcase", classname=name, name=kind)
    ET.SubElement(case, "error", type=kind, message=junit.xml(said))
    return ET.tostring(suite, encoding="unicode") + "\n"


def _junit_closing(frame: Frame, summary: Summary) -> str:
    said = Bilingual("全ての市を検査していない。", "not every city was checked")
    last = (
        ""
        if summary.complete
        else _junit_error("kitei", "interrupted", said.within(frame.language))
    )
    return f"{last}</testsuites>\n"


FORMATS: Mapping[str, Format] = {
    "text": Format(_text_opening, _text_entry, _text_closing),
    "json": Format(_json_opening, _json_entry, _json_closing, ",\n"),
    "jsonl": Format(lambda _: "", _lines_entry, _lines_closing),
    "sarif": Format(_sarif_opening, _sarif_entry, _sarif_closing, ",\n"),
    "junit": Format(_junit_opening, _junit_entry, _junit_closing),
}
