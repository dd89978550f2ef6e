"""What holds for every roster: the table of answers, the days of change, order and agreement."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from tests.acting_support import (
    HELD_FROM,
    HOLDING,
    IN_FORCE_FROM,
    LABELS,
    MEMBER,
    NOT_HOLDING,
    OFFICES,
    SUBSTITUTES,
    WRITTEN,
    Designation,
    Incapacity,
    Service,
    Told,
    World,
    answers_on,
    change_days,
    city_of,
)

from kitei.ask import ask, find
from kitei.check import check
from kitei.report.answers import as_json
from kitei.report.findings import as_json as findings_json

FIRST = date(2024, 5, 1)
PEOPLE = ("P1", "P2", "P3", "P4")
JUDGED = (*OFFICES, *(office for office, _ in OFFICES.values()), MEMBER)
ONE_DAY = timedelta(days=1)


def few(count: int) -> settings:
    """A derived day costs some 30 ms, so examples are few, small, and not shrunk."""
    return settings(
        max_examples=count,
        deadline=None,
        phases=(Phase.explicit, Phase.reuse, Phase.generate),
        suppress_health_check=[HealthCheck.too_slow],
    )


def days_from(first: int, last: int) -> st.SearchStrategy[date]:
    """A day, counted from the first of May."""
    return st.integers(first, last).map(lambda offset: FIRST + timedelta(days=offset))


people = st.sampled_from(PEOPLE)
# The two posts that answers turn on most are drawn most.
posts = st.sampled_from(
    [*WRITTEN, *["vice-mayor", "general-affairs-head"] * 3, *(o for o, _ in OFFICES.values())]
)
assignments = st.sampled_from([*sorted(HOLDING), *["本務"] * 8, *sorted(NOT_HOLDING)])
starts, ends = days_from(-3, 9), st.one_of(st.none(), days_from(-4, 12))
services = st.builds(Service, people, posts, assignments, starts, ends)
incapacities = st.builds(
    Incapacity, people, starts, ends, st.sampled_from(["有", "有", "", "", "無"])
)
designations = st.builds(Designation, people, st.sampled_from(["5-3", "5-4"]), people, starts, ends)
worlds = st.builds(
    World,
    st.lists(services, min_size=2, max_size=9),
    st.lists(incapacities, max_size=5),
    st.lists(designations, max_size=3),
)
# Every day on which anything can change lies in this window, but for facts without end.
WINDOW = [FIRST + timedelta(days=offset) for offset in range(-4, 14)]


def every_case() -> Iterator[tuple[str, World]]:
    """Every row of the table for principal and substitute, on the first day.

    An office is held by nobody, by one or by two, each able or not; CDO and aide are different
    persons, head and deputy head may be the same. Whoever is able has a record that says so, and
    somebody besides is recorded as a mere substitute.
    """
    for principal, theirs in (("cdo", ("P3", "P4")), ("headquarters-head", ("P2", "P3"))):
        for one, other in product(situations("P1", "P2"), situations(*theirs)):
            yield principal, constellation(principal, one, other)


Situation = dict[str, bool]


def constellation(principal: str, one: Situation, other: Situation) -> World:
    """Principal and substitute in these situations on the first day."""
    return World(
        [
            *in_office(one, OFFICES[principal][0], "本務"),
            *in_office(other, OFFICES[SUBSTITUTES[principal][0]][0], "兼務"),
        ],
        [*records(one, "有"), *records(other, "")],
    )


def situations(one: str, two: str) -> list[Situation]:
    """Who holds an office, and whether they are able."""
    return [
        {},
        {one: True},
        {one: False},
        {one: True, two: True},
        {one: True, two: False},
        {one: False, two: False},
    ]


def in_office(situation: Situation, office: str, assignment: str) -> list[Service]:
    held = [Service(person, office, assignment, FIRST, FIRST) for person in situation]
    return [*held, Service("P5", office, "職務代理", FIRST, FIRST)]


def records(situation: Situation, mark: str) -> list[Incapacity]:
    return [
        Incapacity(person, FIRST, FIRST, "無" if able else mark)
        for person, able in situation.items()
    ]


def one_day_each(worlds: Sequence[World]) -> World:
    """All of these on successive days, so that one derivation answers them all."""

    def on(offset: int, row: Any) -> Any:
        return row._replace(start=FIRST + offset * ONE_DAY, end=FIRST + offset * ONE_DAY)

    return World(
        [on(n, row) for n, world in enumerate(worlds) for row in world.services],
        [on(n, row) for n, world in enumerate(worlds) for row in world.incapacities],
    )


def differing(world: World, days: Sequence[date]) -> dict[tuple[str, date], tuple[Told, Told]]:
    """Where the derivation and the oracle disagree: derived, expected."""
    derived = answers_on(world, days)
    return {
        (post, day): (derived[post, day], world.expected(post, day))
        for post in JUDGED
        for day in days
        if derived[post, day] != world.expected(post, day)
    }


def test_every_row_of_the_table_of_answers_holds_for_every_constellation() -> None:
    cases = list(every_case())
    world = one_day_each([case for _, case in cases])
    days = [FIRST + n * ONE_DAY for n in range(len(cases))]
    assert differing(world, days) == {}
    statuses = {
        (told.status, told.capacity)
        for (principal, _), day in zip(cases, days, strict=True)
        if (told := world.expected(principal, day))
    }
    assert statuses == {
        ("ANSWER", "holder"),
        ("AMBIGUOUS", "holder"),
        ("ANSWER", "acting"),
        ("AMBIGUOUS", "acting"),
        ("UNSTATED", None),
        ("NONE_PROVIDED", None),
    }


def test_members_are_those_designated_while_the_roster_lists_them() -> None:
    first, last = FIRST, FIRST + 3 * ONE_DAY
    world = World(
        [
            Service("P1", "vice-mayor", "本務", first, None),
            Service("P2", "vice-mayor", "職務代理", first, last),
            Service("P3", "vice-mayor", "休職", first, None),
        ],
        [Incapacity("P1", last, last, "有")],
        [
            Designation("P1", "5-3", "P2", first, first + ONE_DAY),
            Designation("P2", "5-4", "P1", first + ONE_DAY, None),
            Designation("P3", "5-3", "P1", first, None),
            Designation("P3", "5-4", "P1", first + ONE_DAY, last),
            Designation("P4", "5-4", "P1", first, None),
        ],
    )
    days = [first + n * ONE_DAY for n in range(-1, 6)]
    assert differing(world, days) == {}
    members = [sorted(world.holders(MEMBER, day)) for day in days]
    assert members == [[], ["P1", "P3"], ["P1", "P2", "P3"], *[["P2", "P3"]] * 2, ["P3"], ["P3"]]


@few(16)
@given(worlds, st.sets(st.sampled_from(WINDOW), min_size=1, max_size=8))
def test_answers_are_those_of_the_table_for_any_roster(world: World, days: set[date]) -> None:
    assert differing(world, sorted(days)) == {}


@few(4)
@given(worlds, st.dates(date(2018, 1, 1), HELD_FROM - ONE_DAY))
@example(World(), HELD_FROM - ONE_DAY)
@example(World(), IN_FORCE_FROM)
@example(World(), IN_FORCE_FROM - ONE_DAY)
def test_nothing_is_answered_from_a_text_of_another_day(world: World, day: date) -> None:
    told = answers_on(world, [day])
    status = "NOT_IN_FORCE" if day < IN_FORCE_FROM else "TEXT_NOT_HELD"
    assert {(one.status, one.capacity, tuple(one.persons.items())) for one in told.values()} == {
        (status, None, ((None, frozenset()),))
    }


@few(6)
@given(worlds)
def test_nobody_who_is_unable_or_out_of_office_ever_acts(world: World) -> None:
    for (post, day), told in answers_on(world, WINDOW[::3]).items():
        if told.capacity == "acting":
            in_office = world.holders(SUBSTITUTES[post][0], day)
            assert set(told.persons) <= in_office - world.unable(day), (post, day)
        if told.capacity == "holder" and post in JUDGED:
            assert set(told.persons) == world.holders(post, day), (post, day)


@few(5)
@given(worlds, st.sampled_from(sorted(OFFICES)))
def test_answers_change_only_with_a_fact_and_history_is_the_sum_of_its_days(
    world: World, post: str
) -> None:
    told = answers_on(world, WINDOW)
    for day in WINDOW[1:]:
        if day not in change_days(world):
            for name in JUDGED:
                assert told[name, day] == told[name, day - ONE_DAY], (name, day)
    assert history(world, post) == {day: told[post, day] for day in WINDOW}


def history(world: World, post: str) -> dict[date, Told]:
    """The history of a post, spread out again over the days of its intervals."""
    answers = document(world, "history", {"post": LABELS[post]}, WINDOW[-1], WINDOW[0])["answers"]
    spread: dict[date, list[dict[str, Any]]] = {day: [] for day in WINDOW}
    for answer in answers:
        for day in covered(answer):
            spread[day].append(answer)
    return {
        day: Told(
            rows[0]["status"],
            rows[0]["capacity"],
            {row["person"]: frozenset(row["basis"]) for row in rows},
        )
        for day, rows in spread.items()
    }


def covered(answer: dict[str, Any]) -> list[date]:
    """The days of an interval; its ends lie in the period asked about."""
    first, last = date.fromisoformat(answer["from"]), date.fromisoformat(answer["through"])
    assert first <= last
    return [first + n * ONE_DAY for n in range((last - first).days + 1)]


@few(4)
@given(worlds)
def test_gaps_are_exactly_the_days_on_which_nobody_is_settled_to_act(world: World) -> None:
    told = answers_on(world, WINDOW)
    answers = document(world, "cover-gaps", {}, WINDOW[-1], WINDOW[0])["answers"]
    posts = {label: post for post, label in LABELS.items()}
    found = [(posts[answer["post"]], day) for answer in answers for day in covered(answer)]
    assert len(found) == len(set(found))
    assert set(found) == {
        (post, day) for post in OFFICES for day in WINDOW if told[post, day].status != "ANSWER"
    }


@few(5)
@given(worlds, st.sampled_from(WINDOW), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(world: World, day: date, random: Any) -> None:
    shuffled = World(
        *(
            random.sample(list(rows), len(rows))
            for rows in (world.services, world.incapacities, world.designations)
        )
    )
    assert said(world, day) == said(shuffled, day)


def said(world: World, day: date) -> list[str]:
    """Answers as JSON, byte for byte, and findings but for the rows that they stand in."""
    city = city_of(world)
    asked = [ask(city, find(name), {}, day) for name in ("who-acts", "who-holds", "members")]
    report = json.loads(findings_json(check(city, day), "ja", False))
    found = [json.dumps(f, ensure_ascii=False, sort_keys=True) for f in report["findings"]]
    # A row breaks ties of the order, and a copy names the row that it repeats.
    unplaced = (re.sub(r'"row": \d+|\d+行目|\brow \d+', "", finding) for finding in found)
    return [*(as_json(answers, "ja", False) for answers in asked), *sorted(unplaced)]


def document(
    world: World, question: str, parameters: dict[str, str], day: date, first: date | None = None
) -> dict[str, Any]:
    """The JSON of a question that is asked of this roster."""
    answers = ask(city_of(world), find(question), parameters, day, first)
    parsed: dict[str, Any] = json.loads(as_json(answers, "ja", False))
    return parsed


@few(4)
@given(worlds, st.sampled_from(WINDOW))
@example(constellation("cdo", {"P1": True, "P2": True}, {"P2": True, "P3": False}), FIRST)
@example(constellation("cdo", {"P1": False}, {"P1": False}), FIRST)
@example(constellation("cdo", {}, {"P1": True, "P2": True}), FIRST)
@example(constellation("headquarters-head", {}, {}), FIRST)
def test_findings_and_answers_cannot_disagree(world: World, day: date) -> None:
    city = city_of(world)
    found = {(f.rule, f.focus): f for f in check(city, day).findings}
    for post, label in LABELS.items():
        answers = [
            answer
            for answer in ask(city, find("who-acts"), {"post": label}, day).answers
            if answer.because
        ]
        told, holders = world.expected(post, day), world.holders(post, day)
        assert {answer.cells["status"].fields["status"] for answer in answers} == {told.status}
        settled = told.status in ("ANSWER", "AMBIGUOUS")
        all_unable = bool(holders) and holders <= world.unable(day)
        assert {rule for rule in ABOUT_POSTS if (rule, label) in found} == {
            rule
            for rule, fires in {
                "post-acting": told.capacity == "acting",
                "post-unfilled": not holders and not settled,
                "post-uncovered": all_unable and post in SUBSTITUTES and not settled,
                "post-no-substitute": all_unable and post not in SUBSTITUTES,
                "post-ambiguous": len(holders) > 1,
                "substitute-same-person": same_person(world, post, day),
            }.items()
            if fires
        }, (post, told)
        if acting := found.get(("post-acting", label)):
            assert answers[0].because is not None
            assert acting.message.ja.startswith(answers[0].because.ja)
            assert all(str(person) in acting.message.ja for person in told.persons)


ABOUT_POSTS = (
    "post-acting",
    "post-unfilled",
    "post-uncovered",
    "post-no-substitute",
    "post-ambiguous",
    "substitute-same-person",
)


def same_person(world: World, post: str, day: date) -> bool:
    """Whether the only substitute of a post is one of its holders."""
    if post not in SUBSTITUTES:
        return False
    substitutes = world.holders(SUBSTITUTES[post][0], day)
    return len(substitutes) == 1 and substitutes <= world.holders(post, day)


@pytest.mark.parametrize("mark", ["有", ""])
def test_a_day_on_which_everybody_is_unable_leaves_nobody(mark: str) -> None:
    world = World(
        [
            Service(f"P{n}", office, "本務", FIRST, None)
            for n, (office, _) in enumerate(OFFICES.values())
        ],
        [Incapacity(f"P{n}", FIRST, FIRST, mark) for n in range(len(OFFICES))],
    )
    told = answers_on(world, [FIRST, FIRST + ONE_DAY])
    assert {told[post, FIRST].capacity for post in OFFICES} == {None}
    assert {told[post, FIRST + ONE_DAY].capacity for post in OFFICES} == {"holder"}
