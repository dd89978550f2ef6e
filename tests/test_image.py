"""Days that differ in nothing but their date share a derivation, and only those."""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import cache

import pytest
from tests.web_support import city

from kitei import kb
from kitei.calendar import Calendar
from kitei.city import City
from kitei.derive import day_iri
from kitei.image import Image
from kitei.store import Dataset

# What a query of the derivation may do with a value, beside comparing it.
_HARMLESS = {
    *("BIND", "BOUND", "CEIL", "COALESCE", "CONCAT", "COUNT", "FILTER", "FLOOR", "IF", "IRI"),
    *("LANG", "MAX", "MIN", "SAMPLE", "STR", "STRAFTER", "STRENDS", "STRSTARTS"),
}
_NUMBERS = {"members", "share"}
# Between the 5th and the 10th of June 2024 nothing begins or ends.
WITHIN = [date(2024, 6, day) for day in range(6, 10)]
DAYS = [date(2024, 3, 25) + timedelta(days=19 * index) for index in range(14)]


@cache
def example() -> City:
    made = City(kb.find())
    made.read_roster(made.base.example_roster(made.regulation.name))
    return made


def facts(made: City, day: date) -> bytes:
    return made.dataset.dump(day_iri(day))


def derived(day: date, *, judging: bool) -> bytes:
    """The facts of a day that no other has a part in."""
    made = example().copy()
    made.day(day, judging=judging)
    return facts(made, day)


def test_the_derivation_does_nothing_with_dates_but_to_compare_and_to_write_them() -> None:
    for path in kb.find().derivation():
        query = "\n".join(
            line for line in path.read_text(encoding="utf-8").split("\n") if line[:1] != "#"
        )
        assert set(re.findall(r"(?<![:?\w])([A-Za-z_]+) ?\(", query)) <= _HARMLESS, path
        assert set(re.findall(r"(\w+:\w+)\(", query)) <= {"xsd:integer"}, path
        assert set(re.findall(r"\?(\w+) [-+*/] ", query)) <= _NUMBERS, path


def test_a_date_compares_with_dates_only() -> None:
    moment = '"2024-06-05T00:00:00"^^<http://www.w3.org/2001/XMLSchema#dateTime>'
    day = '"2024-06-05"^^<http://www.w3.org/2001/XMLSchema#date>'
    rows = Dataset().select(f"SELECT ({day} <= {moment} || {moment} <= {day} AS ?known) {{}}")
    assert rows == [{"known": None}]


@pytest.mark.parametrize("judging", [False, True])
def test_days_of_a_calendar_have_the_facts_that_each_has_alone(judging: bool) -> None:
    calendar = Calendar(example(), days=4)
    for day in [*DAYS, *WITHIN, *(each + timedelta(days=1) for each in DAYS)]:
        made = calendar.judged(day) if judging else calendar.on(day)
        assert facts(made, day) == derived(day, judging=judging), day


def test_a_day_between_the_same_dates_is_not_derived_anew() -> None:
    image = Image(example().dataset)
    first = example().copy(image)
    first.day(WITHIN[0])
    manner = (first.regulation.iri, True, False, None)
    assert image.known(WITHIN[0], manner) == facts(first, WITHIN[0])
    assert image.known(WITHIN[3], manner) == derived(WITHIN[3], judging=True)
    assert image.known(WITHIN[3], (first.regulation.iri, False, False, None)) is None, "not so"
    assert image.known(date(2024, 6, 12), manner) is None, "something has begun"


def test_a_day_that_the_data_names_is_derived_by_itself() -> None:
    image = Image(example().dataset)
    begins = date(2024, 6, 3)
    made = example().copy(image)
    made.day(begins)
    assert image.known(begins, (made.regulation.iri, True, False, None)) is None


def test_a_day_that_some_text_names_is_derived_by_itself() -> None:
    dataset = example().dataset.copy()
    dataset.load_ntriples(f'<urn:a> <urn:b> "{WITHIN[1]}" .\n'.encode(), "urn:g")
    image = Image(dataset)
    image.keep(WITHIN[0], (), b"<urn:a> <urn:b> <urn:c> .\n")
    assert image.known(WITHIN[0], ())
    assert image.known(WITHIN[1], ()) is None
    assert image.known(WITHIN[2], ())


def test_nothing_is_shared_where_a_date_has_a_time_zone() -> None:
    dataset = example().dataset.copy()
    typed = '"2020-01-01+09:00"^^<http://www.w3.org/2001/XMLSchema#date>'
    dataset.load_ntriples(f"<urn:a> <urn:b> {typed} .\n".encode(), "urn:g")
    image = Image(dataset)
    image.keep(WITHIN[0], (), b"<urn:a> <urn:b> <urn:c> .\n")
    assert image.known(WITHIN[0], ()) is None


def test_a_dataset_with_blank_nodes_is_copied_with_the_same_ones() -> None:
    dataset = Dataset()
    dataset.load_ntriples(b"_:a <urn:b> _:c .\n", "urn:g")
    assert Image(dataset).copy().dump("urn:g") == dataset.dump("urn:g")


def test_a_copy_holds_what_the_dataset_holds() -> None:
    copied = Image(city().dataset).copy()
    assert copied.graphs() == city().dataset.graphs()
    assert all(copied.dump(graph) == city().dataset.dump(graph) for graph in copied.graphs())


def test_a_roster_that_is_read_later_has_its_own_facts() -> None:
    calendar = Calendar(example())
    calendar.on(WITHIN[0])
    empty = calendar.apart()
    empty.forget()
    empty.day(WITHIN[0], judging=False)
    assert facts(empty, WITHIN[0]) != facts(calendar.on(WITHIN[0]), WITHIN[0])
