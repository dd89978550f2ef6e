"""Many days in one process: each derived once, none visible from another."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier

import pytest
from tests.web_support import city

from kitei.calendar import Calendar
from kitei.city import City
from kitei.derive import day_iri, derive
from kitei.errors import InternalError

DAY = date(2024, 6, 5)


def derived(day: City) -> list[str]:
    return [graph for graph in day.dataset.graphs() if "/day/" in graph]


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The graphs derived during a test."""
    graphs: list[str] = []

    def counting(*arguments: object, **options: object) -> None:
        graphs.append(str(options["graph"]))
        derive(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr("kitei.city.derive", counting)
    return graphs


def test_a_day_sees_its_own_facts_only() -> None:
    calendar = Calendar(city())
    first, second = calendar.on(DAY), calendar.on(date(2024, 6, 6))
    assert derived(first) == [day_iri(DAY)]
    assert derived(second) == [day_iri(date(2024, 6, 6))]
    assert derived(city()) == [], "the city itself stays as it was"


def test_a_day_is_derived_once_whoever_asks(counted: list[str]) -> None:
    calendar = Calendar(city())
    barrier = Barrier(6)

    def ask(number: int) -> City:
        barrier.wait()
        return calendar.on(DAY + timedelta(number % 2))

    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(ask, range(6)))
    assert sorted(counted) == [day_iri(DAY), day_iri(DAY + timedelta(1))]
    assert len({id(one) for one in found}) == 2
    found[0].day(DAY, judging=False)
    assert len(counted) == 2, "asking a question of that day derives nothing either"


def test_the_day_not_asked_for_longest_is_forgotten(counted: list[str]) -> None:
    calendar = Calendar(city(), days=2)
    first, second, third = (DAY + timedelta(n) for n in range(3))
    for day in (first, second, first, third, first):
        calendar.on(day)
    assert len(calendar) == 2
    assert len(counted) == 3
    calendar.on(second)
    assert len(counted) == 4


def test_a_large_city_keeps_fewer_days() -> None:
    calendar = Calendar(city(), days=16, triples=1)
    calendar.on(DAY)
    calendar.on(DAY + timedelta(1))
    assert len(calendar) == 1


def test_a_day_that_could_not_be_derived_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    calendar = Calendar(city())
    with monkeypatch.context() as patch:
        patch.setattr("kitei.city.derive", _fail)
        with pytest.raises(InternalError):
            calendar.on(DAY)
    assert derived(calendar.on(DAY)) == [day_iri(DAY)]


def _fail(*_arguments: object, **_options: object) -> None:
    raise InternalError("試験", "test")
