"""Every named question: its header, its query, and that it can be asked on any day."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from rdflib import RDF, Graph, Literal, Namespace
from tests.cli_support import ROSTER
from tests.support import PACKAGE, ROOT

from kitei import kb
from kitei.ask import Answers, Question, ask, find, questions
from kitei.ask.cell import cell
from kitei.ask.labels import Labels
from kitei.city import City
from kitei.errors import UsageError
from kitei.report.answers import DISCLAIMER, FORMATS
from kitei.store import Row

RS = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/result-set#")
QUERIES = PACKAGE / "queries"
NAMES = sorted(path.stem for path in QUERIES.glob("*.rq"))
ALL_QUERIES = [
    *sorted(QUERIES.rglob("*.rq")),
    *sorted((ROOT / "ontology" / "derive").glob("*.rq")),
]
HEADER = re.compile(r"#\+ (\w+): (.+)")
BILINGUAL = re.compile(r"[^|]*[ぁ-んァ-ヶ一-龠々][^|]* \| [^|ぁ-んァ-ヶ一-龠]+")
OPTIONS = {
    "roster": {"required", "optional"},
    "period": {"all"},
    "sentence": {"who-acts"},
    "empty": {"UNSTATED"},
    "always": {"true"},
    "unasked": {"listed"},
}
STATUSES = {
    "ANSWER",
    "NONE_PROVIDED",
    "AMBIGUOUS",
    "UNSTATED",
    "TEXT_NOT_HELD",
    "NOT_IN_FORCE",
}
HELD, UNHELD, BEFORE = date(2024, 6, 5), date(2023, 10, 1), date(2021, 6, 30)
REQUIRED = {"post": "CDO", "provision": "art_3__para_2"}

every_question = pytest.mark.parametrize("name", NAMES)


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


# --- the files -----------------------------------------------------------------------------------


@every_question
def test_a_header_stands_at_the_top_in_both_languages(name: str) -> None:
    lines = (QUERIES / f"{name}.rq").read_text(encoding="utf-8").splitlines()
    head = [line for line in lines if line.startswith("#")]
    assert lines[: len(head)] == head
    parsed = [HEADER.fullmatch(line) for line in head]
    assert all(parsed), head
    keys = [match[1] for match in parsed if match]
    assert set(keys) <= {"title", "description", "order", "param", "column", *OPTIONS}
    assert [keys.count(key) for key in ("title", "description", "order")] == [1, 1, 1]
    for key, value in ((match[1], match[2]) for match in parsed if match):
        if key in OPTIONS:
            assert value in OPTIONS[key]
            assert keys.count(key) == 1
        elif key == "order":
            assert value.isdecimal()
        elif key in ("title", "description"):
            assert BILINGUAL.fullmatch(value), value
        else:
            assert BILINGUAL.match(value.partition(" | ")[2].partition(" | within")[0]), value


@every_question
def test_what_the_header_declares_is_what_the_query_answers(name: str) -> None:
    question = find(name)
    projected = set(
        re.findall(r"\?(\w+)", question.sparql.partition("SELECT")[2].partition("WHERE")[0])
    )
    if question.of_period:
        projected |= {"from", "through"}
    columns = [column.name for column in question.columns]
    assert len(columns) == len(set(columns))
    assert "status" in columns or question.options.get("empty")
    for column in question.columns:
        wanted = (
            [f"{column.name}_ja", f"{column.name}_en"] if column.kind == "pair" else [column.name]
        )
        assert set(wanted) <= projected, column
    for parameter in question.parameters:
        assert parameter.variable in projected
        assert (QUERIES / "choices" / f"{parameter.choices}.rq").is_file()


@every_question
def test_every_column_is_of_a_kind_that_can_be_shown(name: str) -> None:
    labels = Labels(city(False).dataset)
    for column in find(name).columns:
        assert cell(column, {}, labels).fields
        value = {"integer": "1", "date": "2024-04-01", "truth": "true"}.get(column.kind, "urn:a/b")
        row: Row = {column.name: value, f"{column.name}_ja": "一", f"{column.name}_en": "one"}
        assert cell(column, row, labels).shown.ja


@pytest.mark.parametrize("path", ALL_QUERIES, ids=named)
def test_a_query_declares_the_prefixes_that_it_uses(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    declared = re.findall(r"^PREFIX (\w+): <[^>]+>$", text, re.MULTILINE)
    body = re.sub(r'^(#|PREFIX ).*$|"[^"]*"|<[^>\s]*>', "", text, flags=re.MULTILINE)
    assert sorted(declared) == declared
    assert set(re.findall(r"(?<![\w:])([a-z]+):(?=\w)", body)) == set(declared)


@pytest.mark.parametrize("path", [p for p in ALL_QUERIES if QUERIES in p.parents], ids=named)
def test_a_question_has_an_order(path: Path) -> None:
    ordered = path.read_text(encoding="utf-8").rpartition("}")[2]
    assert re.search(r"^ORDER BY \S", ordered, re.MULTILINE)


# --- asking --------------------------------------------------------------------------------------


@cache
def city(with_roster: bool, day: date = HELD) -> City:
    """A city that is asked of one day only."""
    del day
    found = City(kb.find())
    if with_roster:
        found.read_roster(ROSTER)
    return found


@cache
def answered(name: str, with_roster: bool = True, day: date = HELD) -> Answers:
    """The answers to a question; one of a period is asked of the year up to the day."""
    question = find(name)
    chosen = {p.name: REQUIRED[p.name] for p in question.parameters if p.required}
    first = day.replace(year=day.year - 1) if question.of_period else None
    if question.of_period:
        return ask(city(with_roster, day).copy(), question, chosen, day, first)
    return ask(city(with_roster, day), question, chosen, day)


def as_document(answers: Answers) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(FORMATS["json"](answers, "ja", False))
    return parsed


@every_question
def test_a_question_is_asked_with_a_roster_of_a_day_whose_text_is_held(name: str) -> None:
    document = as_document(answered(name))
    assert list(document) == [
        key
        for key in (
            "question",
            "as_of",
            "until",
            "text",
            "status",
            "answers",
            "notices",
            "disclaimer",
        )
        if key != "until" or find(name).of_period
    ]
    assert document["question"] == name
    assert document["text"]["version"] == "2024-04-01"
    assert document["disclaimer"]["ja"] == DISCLAIMER.ja
    assert document["answers"] or name == "cover-gaps"
    for answer in document["answers"]:
        assert set(answer) >= {c.name for c in find(name).columns if c.kind != "pair"}
        assert not any("http" in str(value) for key, value in answer.items() if key != "target")


@every_question
def test_a_question_says_whether_it_needs_a_roster(name: str) -> None:
    if find(name).needs_roster:
        with pytest.raises(UsageError, match="roster"):
            answered(name, with_roster=False)
    else:
        document = as_document(answered(name, with_roster=False))
        assert {answer.get("person") for answer in document["answers"]} <= {None}


@every_question
@pytest.mark.parametrize("day", [HELD, UNHELD, BEFORE], ids=str)
def test_every_answer_has_a_status(name: str, day: date) -> None:
    if name == "provision" and day != HELD:
        return
    document = as_document(answered(name, day=day))
    told = {answer.get("status", document["status"]) for answer in document["answers"]}
    assert told | {document["status"]} <= STATUSES


def test_a_provision_is_told_to_be_not_held() -> None:
    assert as_document(answered("provision", day=UNHELD))["status"] == "TEXT_NOT_HELD"


def refusals() -> list[Any]:
    """Question, day and the status that it has when no text of that day is held."""
    return [
        pytest.param(name, day, status, id=f"{name} {day}")
        for name in NAMES
        for day, status in ((UNHELD, "TEXT_NOT_HELD"), (BEFORE, "NOT_IN_FORCE"))
        if name not in ("who-holds", "versions")
    ]


@pytest.mark.parametrize(("name", "day", "status"), refusals())
def test_nothing_is_taken_from_the_text_of_another_day(name: str, day: date, status: str) -> None:
    document = as_document(answered(name, day=day))
    (answer,) = document["answers"]
    assert (answer["status"], document["status"]) == (status, status)
    told = {key for key, value in answer.items() if value and value != {"ja": None, "en": None}}
    assert told <= {"status", "from", "through", "post", "because"}
    assert ("post" in told) <= (name == "history")
    assert not re.search(r"2024-04-01|art_", json.dumps(document))


def test_versions_are_told_whatever_the_day() -> None:
    for day in (HELD, UNHELD, BEFORE):
        versions = as_document(answered("versions", day=day))["answers"]
        assert [(v["version"], v["held"]) for v in versions] == [
            ("2021-07-01", False),
            ("2022-04-01", False),
            ("2023-04-01", False),
            ("2024-04-01", True),
        ]


@every_question
def test_steps_that_only_serve_the_check_change_no_answer(name: str) -> None:
    question = find(name)
    if question.of_period:
        return
    chosen = {p.name: REQUIRED[p.name] for p in question.parameters if p.required}
    judged = ask(judged_city(), question, chosen, HELD)
    assert as_document(judged) == as_document(answered(name))


@cache
def judged_city() -> City:
    """A city whose day has been derived as for a check."""
    found = City(kb.find())
    found.read_roster(ROSTER)
    found.day(HELD)
    return found


# --- formats -------------------------------------------------------------------------------------


@every_question
def test_csv_has_a_header_and_a_record_for_each_answer(name: str) -> None:
    document = as_document(answered(name))
    text = FORMATS["csv"](answered(name), "ja", False)
    assert text.endswith("\r\n")
    header, *records = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    assert len(header) == len(set(header))
    assert [len(record) for record in records] == [len(header)] * len(document["answers"])
    for record, answer in zip(records, document["answers"], strict=True):
        assert header == [key for key in answer if key != "because"]
        assert record[header.index("status")] == answer["status"]


@every_question
def test_turtle_holds_each_solution(name: str) -> None:
    document = as_document(answered(name))
    graph = Graph().parse(data=FORMATS["turtle"](answered(name), "ja", False), format="turtle")
    (top,) = graph.subjects(RDF.type, RS.ResultSet)
    assert set(graph.objects(top, RS.resultVariable)) == {
        Literal(column.name) for column in find(name).columns
    }
    assert len(set(graph.objects(top, RS.solution))) == len(document["answers"])
    for binding in graph.objects(predicate=RS.binding):
        assert graph.value(binding, RS.variable) is not None
        assert graph.value(binding, RS.value) is not None


@every_question
@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_table_is_in_the_language_of_its_reader(name: str, language: str) -> None:
    text = FORMATS["table"](answered(name), language, False)
    question = find(name)
    assert text.startswith(question.title.within(language))
    assert text.endswith(f"{DISCLAIMER.within(language)}\n")
    other = "en" if language == "ja" else "ja"
    assert question.title.within(other) not in text.splitlines()[0]
    assert not re.search(r"\b(None|True|False|http)\b", text)


@every_question
@pytest.mark.parametrize("language", ["ja", "en"])
def test_an_explanation_goes_down_to_the_text(name: str, language: str) -> None:
    kinds = {"ja": ("名簿", "規則", "条項", "解釈", "定めのない事項")}.get(
        language, ("roster", "rule", "provision", "reading", "silence")
    )
    explained = FORMATS["table"](answered(name), language, True)
    links = re.findall(r"^\[(.+?)\] (.*)$", explained, re.MULTILINE)
    assert {kind for kind, _ in links} <= set(kinds)
    assert all(said.strip(" :") for _, said in links)
    with_basis = any(answer.get("basis") for answer in as_document(answered(name))["answers"])
    assert with_basis == any(kind == kinds[2] for kind, _ in links)


def test_an_explanation_in_json_is_in_both_languages() -> None:
    answers = json.loads(FORMATS["json"](answered("who-acts"), "ja", True))["answers"]
    for answer in answers:
        for link in answer["chain"]:
            assert {key: set(text) for key, text in link.items()} == {
                "kind": {"ja", "en"},
                "said": {"ja", "en"},
            }


def test_questions_stand_in_the_order_that_their_files_give_them() -> None:
    places = [question.order for question in questions().values()]
    assert places == sorted(set(places)), "each has a place of its own"
    assert next(iter(questions())) == "who-acts", "what is asked most comes first"


def test_all_files_are_questions() -> None:
    assert sorted(questions()) == NAMES
    assert all(isinstance(question, Question) for question in questions().values())
