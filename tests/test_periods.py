"""A post over a period is derived without the posts that it does not depend on."""

from __future__ import annotations

from datetime import date
from functools import cache

import pytest
from tests import invented_support
from tests.cli_support import ROSTER

from kitei import kb
from kitei.ask import ask, find, period
from kitei.calendar import Calendar
from kitei.city import City
from kitei.derive import derive
from kitei.store import Row
from kitei.web.picturing.course import course_of

FIRST, LAST = date(2024, 4, 1), date(2026, 12, 31)


@cache
def example() -> City:
    made = City(kb.find())
    made.read_roster(made.base.example_roster(made.regulation.name))
    return made


@cache
def acceptance() -> City:
    made = City(kb.find())
    made.read_roster(ROSTER)
    return made


@cache
def invented() -> City:
    made = City(kb.find(invented_support.KB), invented_support.NAME)
    made.read_roster(invented_support.ROSTER)
    return made


CITIES = {"example": example, "acceptance": acceptance, "invented": invented}


def told(city: City, posts: list[str] | None, question: str) -> list[Row]:
    """The answers about the posts in a city that is asked of nothing else."""
    days = period.change_days(city.dataset, FIRST, LAST)
    return city.copy().days(days, posts).select(find(question).sparql)


@pytest.mark.parametrize("question", ["history", "cover-gaps"])
@pytest.mark.parametrize("name", CITIES)
def test_a_post_has_the_same_answers_whatever_else_is_derived(name: str, question: str) -> None:
    city = CITIES[name]()
    whole = told(city, None, question)
    posts = sorted({row["post"] for row in whole if row["post"]})
    assert posts
    for post in posts:
        mine = [row for row in whole if row["post"] == post]
        alone = [row for row in told(city, [post], question) if row["post"] == post]
        assert alone == mine, post


def test_a_period_is_derived_once_for_page_and_question(monkeypatch: pytest.MonkeyPatch) -> None:
    graphs: list[str] = []

    def counting(*arguments: object, **options: object) -> None:
        graphs.append(str(options["graph"]))
        derive(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr("kitei.city.derive", counting)
    calendar = Calendar(example())
    cities = [calendar.periods, calendar.periods]
    first, last = date(2024, 4, 1), date(2025, 3, 31)
    courses = [course_of(city, "cdo", first, last, "en") for city in cities]
    history = ask(calendar.periods, find("history"), {"post": "CDO"}, last, first)
    assert courses[0] is not None
    assert courses[0] == courses[1]
    assert next(a.cells["from"].shown.en for a in history.answers) == first.isoformat()
    assert len(graphs) == 1
    course_of(calendar.periods, "cdo-aide", first, last, "en")
    assert len(graphs) == 2
    assert not [graph for graph in example().dataset.graphs() if "period" in graph]
