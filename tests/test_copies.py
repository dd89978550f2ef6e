"""Copies of a dataset, made when they are wanted or before, and what queries are asked of."""

from __future__ import annotations

import socket
from datetime import date

import pytest
from tests.web_support import city

from kitei.calendar import Calendar
from kitei.confined import Archive, evaluator
from kitei.copies import Copies
from kitei.derive import day_iri
from kitei.store import Dataset

DAYS = [date(2024, 6, 5), date(2024, 6, 6), date(2024, 6, 7), date(2025, 1, 8)]
FOREIGN = b"<https://example.org/a> <https://example.org/b> <https://example.org/c> .\n"
COUNTED = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"


def held(dataset: Dataset) -> list[bytes]:
    """Every statement in every graph; blank nodes have the same names in every copy."""
    return sorted(line for text in dataset.written().texts for line in text.splitlines())


def foreign() -> Dataset:
    made = Dataset()
    made.load_ntriples(FOREIGN, "https://example.org/graph")
    return made


def merged(day: date, beside: Dataset | None) -> Dataset:
    """The dataset of a day that nothing else has a part in."""
    made = city().copy()
    made.day(day, judging=False)
    if beside is not None:
        made.dataset.add(beside)
    made.dataset.merge()
    return made.dataset


@pytest.mark.parametrize("beside", [None, foreign()], ids=["alone", "with the data of others"])
def test_queries_are_asked_of_what_a_day_alone_would_hold(beside: Dataset | None) -> None:
    calendar = Calendar(city(), foreign=beside)
    for day in DAYS:
        made, alone = calendar.dataset(day), merged(day, beside)
        assert held(made) == held(alone), day
        assert made.select(COUNTED) == alone.select(COUNTED)
        assert [name for name in made.graphs() if "/day/" in name] == [day_iri(day)]


def test_a_city_too_large_for_copies_in_advance_is_copied_when_it_is_asked_about(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("kitei.calendar._SPARED", len(city().dataset) - 1)
    calendar = Calendar(city())
    assert not calendar.short()
    assert not calendar.short(opened=True)
    assert held(calendar.dataset(DAYS[0])) == held(merged(DAYS[0], None))


def test_nobody_gets_the_copy_of_another() -> None:
    copies = Copies(city().dataset)
    copies.stock()
    assert not copies.short(1)
    taken = [copies.take(), copies.take()]
    assert copies.short(1)
    taken[0].load_ntriples(FOREIGN, "urn:g")
    assert len(taken[0]) == len(taken[1]) + 1 == len(city().dataset) + 1


def test_copies_are_made_while_nobody_asks_and_not_while_somebody_waits() -> None:
    archive = Archive.of(city())
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.send(b"a job")
        evaluator._stock(ours, archive.calendars, opened=False)
        assert archive.public.short(), "the job comes first"
        ours.recv(5)
        evaluator._stock(ours, archive.calendars, opened=False)
    assert not archive.public.short()


def test_a_keeper_has_copies_ready_for_every_audience() -> None:
    archive = Archive.of(city(), city(False), protecting=True)
    archive.stock()
    for calendar in archive.calendars:
        assert not calendar.short()
        assert not calendar.short(opened=True)
