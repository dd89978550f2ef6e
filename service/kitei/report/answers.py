"""Answers as a table, JSON, CSV or Turtle."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping

from kitei.ask import Answer, Answers
from kitei.ask.explain import explain
from kitei.errors import Bilingual
from kitei.readings import listed, members
from kitei.report.table import table

DISCLAIMER = Bilingual(
    "収録した本文と名簿から機械的に導いたもので、市の公式解釈ではない。",
    "Derived mechanically from the text and roster held here; no official interpretation.",
)
FORMULA = tuple("=+-@\t\r\n＝＋－＠")
"""What begins a formula, or may once a spreadsheet program has trimmed or narrowed it."""


def as_json(answers: Answers, language: str, explained: bool) -> str:
    """The documented JSON: codes, staff numbers and eIds; both languages where there is prose."""
    del language
    document: dict[str, object] = {
        "question": answers.question.name,
        "as_of": answers.as_of.isoformat(),
    }
    if answers.until:
        document["until"] = answers.until.isoformat()
    document |= {
        "text": answers.text.fields(),
        "status": answers.status,
        "answers": [_json_answer(answers, answer, explained) for answer in answers.answers],
        **members(answers.switched),
        **_all_readings(answers),
        "notices": [notice._asdict() for notice in answers.notices],
        "disclaimer": DISCLAIMER._asdict(),
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _all_readings(answers: Answers) -> dict[str, object]:
    if answers.robustness is None:
        return {}
    from kitei.report.readings import fields

    return fields(answers.robustness)


def _fields(answer: Answer) -> dict[str, object]:
    fields: dict[str, object] = {}
    for cell in answer.cells.values():
        fields |= cell.fields
    return fields


def _json_answer(answers: Answers, answer: Answer, explained: bool) -> dict[str, object]:
    fields = _fields(answer)
    if answer.because:
        fields["because"] = answer.because._asdict()
    if explained:
        fields["chain"] = [
            {"kind": link.kind._asdict(), "said": link.said._asdict()}
            for link in explain(answers, answer)
        ]
    return fields


def as_table(answers: Answers, language: str, explained: bool) -> str:
    """A table for people, with the sentences and notices below it."""
    question = answers.question
    period = f" - {answers.until}" if answers.until else ""
    parts = [f"{question.title.within(language)}  {answers.as_of}{period}\n\n"]
    if answers.answers:
        header = [column.label.within(language) for column in question.columns]
        rows = [
            [answer.cells[column.name].shown.within(language) for column in question.columns]
            for answer in answers.answers
        ]
        parts.append(table(header, rows))
    else:
        parts.append(Bilingual("(該当なし)\n", "(none)\n").within(language))
    told = dict.fromkeys(a.because.within(language) for a in answers.answers if a.because)
    parts.extend(f"\n{sentence}" for sentence in told)
    if explained:
        parts.append("\n" + _chains(answers, language))
    parts.extend(f"\n* {notice.within(language)}" for notice in answers.notices)
    if answers.robustness is not None:
        from kitei.report.readings import as_lines

        parts.extend(f"\n{line}" for line in as_lines(answers.robustness, language))
    parts.append(f"\n{DISCLAIMER.within(language)}\n")
    return "".join(parts)


def _chains(answers: Answers, language: str) -> str:
    lines: list[str] = []
    for answer in answers.answers:
        lines.extend(
            f"\n[{link.kind.within(language)}] {link.said.within(language)}"
            for link in explain(answers, answer)
        )
        lines.append("\n")
    return "".join(lines)


def as_csv(answers: Answers, language: str, explained: bool) -> str:
    """CSV (RFC 4180) with the machine fields as columns; lists are joined by ``;``.

    Where readings were switched a last column ``readings_switched`` says which.
    """
    del language, explained
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\r\n").writerows(_rows(answers))
    return stream.getvalue()


def as_csv_for_excel(answers: Answers, language: str, explained: bool) -> str:
    """The same CSV for who opens it in a spreadsheet: a byte order mark, every cell quoted.

    A cell that would be taken for a formula gets an apostrophe before it (OWASP, "CSV
    Injection"), so this is for looking at and not for reading back.
    """
    del language, explained
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    writer.writerows([_harmless(cell) for cell in row] for row in _rows(answers))
    return "\ufeff" + stream.getvalue()


def _harmless(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell


def _rows(answers: Answers) -> list[list[object]]:
    """A header of machine names, and the values below it."""
    rows = [_fields(answer) for answer in answers.answers]
    names = list(rows[0]) if rows else [column.name for column in answers.question.columns]
    switches = listed(answers.switched)
    switched = [f"{item['reading']}={item['alternative']}" for item in switches]
    more = {"readings_switched": ";".join(switched)} if switched else {}
    body = [[*(_flat(row[name]) for name in names), *more.values()] for row in rows]
    return [[*names, *more], *body]


def _flat(value: object) -> object:
    if isinstance(value, list):
        return ";".join(map(str, value))
    if isinstance(value, dict):
        return value.get("ja")
    return "" if value is None else value


def as_turtle(answers: Answers, language: str, explained: bool) -> str:
    """The solutions as RDF, in the result set vocabulary of the W3C's SPARQL tests."""
    del language, explained
    from kitei.report.resultset import result_set

    return result_set(
        [column.name for column in answers.question.columns],
        [answer.row for answer in answers.answers],
        [switch.said for switch in answers.switched],
    )


FORMATS: Mapping[str, Callable[[Answers, str, bool], str]] = {
    "table": as_table,
    "json": as_json,
    "csv": as_csv,
    "turtle": as_turtle,
}
