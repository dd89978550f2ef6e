"""A sparing roster leaves persons out; every check and question says the same without them."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.rules_support import Example, examples, roster

from kitei import kb
from kitei.ask import ask, questions
from kitei.check import Report, check
from kitei.city import City
from kitei.dates import parse_day
from kitei.errors import NothingToCheckError, UsageError
from kitei.report.answers import FORMATS
from kitei.report.findings import as_json

FIRST = date(2024, 5, 30)
DAY = date(2024, 6, 5)
HEADER = ("職員番号", "氏名", "所属", "職名", "職位", "区分", "開始日", "終了日")
# Named by the text, almost so (variants, a unit above missing or written apart), and invented.
UNITS = (
    "",
    "総務部",
    "総務部行革デジタル戦略課",
    "財務部税務課",
    "総務部 総務課 庶務係",
    "都市整備部土木課",
    "土木課",
    "教育委員會事務局学校教育課",
    "架空部架空課",
    "架空部架空課",
    "架空部 架空課 見本係",
    "架空部例示課",
)
TITLES = ("課長", "係長", "主事", "部長", "副市長", "市長", "CDO", "総務部長", "見本長", "主任")
ASSIGNMENTS = ("本務", "本務", "本務", "本務", "", "兼務", "職務代理", "休職", "不明")
Row = tuple[str, ...]
# What a question that must be asked about something is asked about.
WORDS = {"posts": "市長", "units": "総務部", "provisions": "5-3"}

people = st.sampled_from([f"S{number:02}" for number in range(14)])
starts = st.integers(-2, 9).map(lambda offset: (FIRST + timedelta(offset)).isoformat())
ends = st.one_of(st.just(""), starts, starts, st.just("六月末"))
staff = st.lists(
    st.tuples(
        people,
        st.sampled_from(["見本 一", "例示 二"]),
        st.sampled_from(UNITS),
        st.sampled_from(TITLES),
        st.sampled_from(["", "", "", "係長", "主査"]),
        st.sampled_from(ASSIGNMENTS),
        starts,
        ends,
    ),
    min_size=4,
    max_size=24,
)
designations = st.lists(
    st.tuples(
        people,
        st.just("本部員"),
        st.just("5-3"),
        st.sampled_from(["財務部税務課", "架空部例示課"]),
        people,
        starts,
    ),
    max_size=3,
)
incapacities = st.lists(st.tuples(people, starts, ends), max_size=3)
charts = st.lists(
    st.tuples(
        st.sampled_from([unit for unit in UNITS if unit]),
        st.sampled_from(["課長", "部長", "見本長"]),
    ),
    max_size=6,
)
decisions = st.lists(
    st.tuples(
        starts,
        st.just("見本の決定"),
        st.just("合議"),
        people,
        st.sampled_from(["財務部税務課", "架空部架空課"]),
        people,
    ),
    max_size=2,
)


def said(files: dict[str, bytes], day: date, *, sparing: bool) -> tuple[Report | str, int]:
    """The report of a check, or why there is none, and how many facts it rests on."""
    city = plain_city().copy()
    city.read_roster_files(files, sparing=sparing)
    facts = len(city.dataset)
    try:
        return check(city, day), facts
    except NothingToCheckError as error:
        return str(error), facts


def same(files: dict[str, bytes], day: date) -> tuple[int, int]:
    """Check a roster read in full and sparingly; how many facts each rests on."""
    (whole, most), (spared, fewest) = (said(files, day, sparing=flag) for flag in (False, True))
    if isinstance(whole, str) or isinstance(spared, str):
        assert whole == spared
    else:
        assert as_json(spared, "ja", False) == as_json(whole, "ja", False)
        assert spared._replace(findings=()) == whole._replace(findings=())
    return most, fewest


@cache
def plain_city() -> City:
    return City(kb.find())


def table(header: Sequence[str], rows: Sequence[Row]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([header, *rows])
    return text.getvalue().encode()


def files_of(
    staff: list[Row],
    designations: list[Row],
    incapacities: list[Row],
    chart: list[Row] | None,
    decisions: list[Row],
) -> dict[str, bytes]:
    """The files of a roster with these rows."""
    files = {
        "roster.csv": table(HEADER, staff),
        "designations.csv": table(
            ("職員番号", "役職", "根拠", "組織", "指名者", "指名日"), designations
        ),
        "incapacities.csv": table(("職員番号", "開始日", "終了日"), incapacities),
        "decisions.csv": table(
            ("決定日", "件名", "方式", "付議者", "関係組織", "合議者"), decisions
        ),
    }
    if chart is not None:
        files["organizations.csv"] = table(("組織名", "長の職名"), chart)
    return files


SITUATIONS = [example for example in examples() if not example.case.get("regulation")]


@pytest.mark.parametrize(
    "example", SITUATIONS, ids=[f"{e.rule}-{e.folder.name}" for e in SITUATIONS]
)
def test_every_example_of_a_rule_reads_the_same_sparingly(example: Example) -> None:
    same(roster(example), parse_day(example.case["as_of"]))


def answered(files: dict[str, bytes], *, sparing: bool) -> list[str]:
    """The facts of a day for questions, and the answer to every question with its chain."""
    city = plain_city().copy()
    city.read_roster_files(files, sparing=sparing)
    view = city.day(DAY, judging=False)
    told = [view.dataset.dump(view.graph).decode()]
    for question in questions().values():
        given = {p.name: WORDS[p.choices] for p in question.parameters if p.required}
        # Periods derive into the city's dataset, where other days would show in their answers.
        asked = city.copy() if question.of_period else city
        if question.of_period:
            asked.forget()
            asked.read_roster_files(files, sparing=sparing)
        try:
            answers = ask(asked, question, given, DAY, FIRST if question.of_period else None)
            told.append(FORMATS["json"](answers, "ja", True))
        except UsageError as error:
            told.append(str(error))
    return told


def same_answers(files: dict[str, bytes]) -> None:
    whole, spared = (answered(files, sparing=flag) for flag in (False, True))
    assert spared == whole


@pytest.mark.parametrize(
    "example", SITUATIONS[::12], ids=[f"{e.rule}-{e.folder.name}" for e in SITUATIONS[::12]]
)
def test_every_question_has_the_same_answer_when_a_roster_is_read_sparingly(
    example: Example,
) -> None:
    same_answers(roster(example))


RANDOM = settings(
    max_examples=40,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow],
)
ANY_ROSTER = given(staff, designations, incapacities, st.one_of(st.none(), charts), decisions)


@settings(RANDOM, max_examples=10)
@ANY_ROSTER
def test_any_roster_answers_the_same_when_it_is_read_sparingly(
    staff: list[Row],
    designations: list[Row],
    incapacities: list[Row],
    chart: list[Row] | None,
    decisions: list[Row],
) -> None:
    same_answers(files_of(staff, designations, incapacities, chart, decisions))


@RANDOM
@ANY_ROSTER
def test_any_roster_is_judged_the_same_when_it_is_read_sparingly(
    staff: list[Row],
    designations: list[Row],
    incapacities: list[Row],
    chart: list[Row] | None,
    decisions: list[Row],
) -> None:
    same(files_of(staff, designations, incapacities, chart, decisions), DAY)


def test_staff_whom_no_rule_touches_add_nothing_to_what_a_check_rests_on() -> None:
    few, many = (
        table(
            HEADER,
            [
                ("A1", "見本 市長", "", "市長", "", "本務", "2022-03-20", ""),
                *(
                    (f"S{n}", "見本 一", "架空部架空課", "主事", "", "本務", start, end)
                    for n in range(count)
                    for start, end in (("2020-04-01", "2024-03-31"), ("2024-04-01", ""))
                ),
            ],
        )
        for count in (0, 50)
    )
    _, facts = same({"roster.csv": few}, DAY)
    most, fewest = same({"roster.csv": many}, DAY)
    assert fewest == facts
    assert most > facts + 50


def test_who_has_two_principal_posts_at_a_time_is_read_all_the_same() -> None:
    rows = [
        ("A1", "見本 市長", "", "市長", "", "本務", "2022-03-20", ""),
        ("S1", "見本 一", "架空部架空課", "主事", "", "本務", "2020-04-01", "2024-06-05"),
        ("S1", "見本 一", "架空部例示課", "主事", "", "本務", "2024-06-05", ""),
    ]
    report, _ = said({"roster.csv": table(HEADER, rows)}, DAY, sparing=True)
    assert isinstance(report, Report)
    assert [f.focus for f in report.findings if f.rule == "roster-primary-post"] == ["S1"]
