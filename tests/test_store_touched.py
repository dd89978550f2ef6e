"""Of a roster in a store only a part is taken, and no fact of a day differs for that."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pytest
from bench.city import write
from tests.cli_support import ROSTER, roster_with

from kitei import kb
from kitei.ask import ask, questions
from kitei.city import City
from kitei.errors import InputUnreadableError, UsageError
from kitei.report.answers import FORMATS
from kitei.storage.contents import Contents
from kitei.storage.embedded import Embedded
from kitei.storage.touched import roster_in
from kitei.store import Choose, GraphChoice

DAYS = [date(2024, 4, 1), date(2024, 6, 5), date(2024, 6, 11), date(2024, 8, 1), date(2025, 1, 1)]


def whole_and_part(roster: Path) -> tuple[City, City]:
    """A city with its roster, and one with what a store gives of it."""
    whole = City(kb.find())
    whole.read_roster(roster)
    store = Embedded(None)
    Contents(store).load(whole, [])
    part = City(kb.find())
    part.take_roster(roster_in(store, part.dataset))
    return whole, part


def assert_alike(whole: City, part: City, days: Iterable[date]) -> None:
    for day in days:
        facts = [city.copy().day(day, judging=False) for city in (whole, part)]
        dumped = [view.dataset.dump(view.graph) for view in facts]
        assert dumped[0] == dumped[1], day


def test_the_facts_of_a_day_are_those_of_the_whole_roster() -> None:
    whole, part = whole_and_part(ROSTER)
    assert_alike(whole, part, DAYS)


def test_of_a_large_roster_little_is_taken(tmp_path: Path) -> None:
    write(tmp_path, 3_000)
    whole, part = whole_and_part(tmp_path)
    assert whole.roster and part.roster
    assert len(part.roster.ntriples) * 10 < len(whole.roster.ntriples)
    assert_alike(whole, part, DAYS[:2])


def test_a_chart_of_the_rosters_own_is_taken(tmp_path: Path) -> None:
    chart = "組織名,上位,長の職名,任命権者,開始日\n総務部,,部長,市長,2020-04-01\n"
    roster = roster_with(tmp_path, {"organizations.csv": chart})
    assert_alike(*whole_and_part(roster), DAYS[1:3])


def test_every_question_has_the_same_answers() -> None:
    whole, part = whole_and_part(ROSTER)
    for question in questions().values():
        said = []
        for city in (whole.copy(), part.copy()):
            try:
                answers = ask(city, question, {}, DAYS[1])
                said.append(FORMATS["json"](answers, "ja", False))
            except UsageError as error:
                said.append(str(error))
        assert said[0] == said[1], question.name


class Cutting(Embedded):
    """A store that answers in part, as servers with a limit do."""

    def construct(self, sparql: str) -> bytes:
        lines = super().construct(sparql).splitlines(keepends=True)
        return b"".join(lines[:5])


def test_an_answer_in_part_is_found_out() -> None:
    whole = City(kb.find())
    whole.read_roster(ROSTER)
    store = Cutting(None)
    Contents(store).load(whole, [])
    with pytest.raises(InputUnreadableError, match="in part"):
        roster_in(store, whole.dataset)


def test_an_endless_number_of_rows_is_not_needed(tmp_path: Path) -> None:
    asked: list[str] = []

    class Listening(Embedded):
        def answer(
            self, sparql: str, choose: Choose, graphs: GraphChoice | None
        ) -> tuple[bytes, str]:
            asked.append(sparql)
            return super().answer(sparql, choose, graphs)

    write(tmp_path, 3_000)
    city = City(kb.find())
    city.read_roster(tmp_path)
    store = Listening(None)
    Contents(store).load(city, [])
    asked.clear()
    roster_in(store, City(kb.find()).dataset)
    assert 0 < len(asked) < 20
