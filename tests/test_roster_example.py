"""The column data and the fictitious city that comes with Kitei."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from tests.roster_lexicon import lexicon, tables
from tests.roster_support import facts

from kitei import roster

EXAMPLE = Path(__file__).parent.parent / "data" / "oshu" / "roster-example"
FICTITIOUS = ("見本", "架空", "例示", "模擬", "仮名", "試行", "雛形", "想定")
QUIET_DAY = date(2026, 11, 22).isoformat()


@pytest.fixture(scope="module")
def city() -> roster.Roster:
    return roster.read(EXAMPLE, lexicon())


def rows(table: str) -> list[dict[str, str]]:
    with (EXAMPLE / f"{table}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def on(day: str, start: str = "開始日", table: str = "roster") -> list[dict[str, str]]:
    """The rows of a table that are in effect on a day."""
    return [
        row
        for row in rows(table)
        if row[start] <= day and (not row["終了日"] or day <= row["終了日"])
    ]


def test_every_table_of_the_example_is_read_without_a_problem(city: roster.Roster) -> None:
    assert city.problems == ()
    assert city.notes == ()
    assert [table.name for table in city.tables] == [
        "roster",
        "designations",
        "incapacities",
        "meetings",
        "decisions",
    ]


def test_everybody_in_the_example_is_plainly_fictitious(city: roster.Roster) -> None:
    people = facts(city, "foaf:Person")
    assert len(people) > 120
    assert all(any(sign in one["name"][0] for sign in FICTITIOUS) for one in people)


def test_on_a_quiet_day_everybody_has_one_principal_post_and_no_head_is_doubled() -> None:
    staff = on(QUIET_DAY)
    principal = Counter(row["職員番号"] for row in staff if row["区分"] == "本務")
    assert set(principal.values()) == {1}
    assert principal.keys() == {row["職員番号"] for row in staff}
    heads = Counter(
        (row["所属"], row["職名"]) for row in staff if row["職名"].endswith(("課長", "部長"))
    )
    assert set(heads.values()) == {1}
    assert not on(QUIET_DAY, table="incapacities")


def test_on_a_quiet_day_all_seventeen_seats_are_designated() -> None:
    seats = [row["組織"] for row in on(QUIET_DAY, "指名日", "designations") if row["根拠"] == "5-3"]
    assert len(seats) == len(set(seats)) == 17


def test_designations_are_made_by_and_of_people_in_post_that_day() -> None:
    for row in rows("designations"):
        present = {one["職員番号"] for one in on(row["指名日"])}
        assert {row["職員番号"], row["指名者"]} <= present


def test_the_columns_keep_the_order_of_the_contract() -> None:
    names = {table.name: [column.field for column in table.columns] for table in tables()}
    assert list(names) == [
        "roster",
        "designations",
        "incapacities",
        "organizations",
        "meetings",
        "decisions",
    ]
    assert names["incapacities"] == ["staff_id", "start", "end", "incapacity", "reason"]
    required = {
        table.name: {column.field for column in table.columns if column.required}
        for table in tables()
    }
    assert required["roster"] == {"staff_id", "name", "post", "start"}
    assert required["designations"] == {"staff_id", "role", "basis", "designator", "date"}


def test_no_header_means_two_columns_of_a_table() -> None:
    for table in tables():
        names = Counter(name for column in table.columns for name in column.names)
        assert set(names.values()) == {1}, table.name
    titles = Counter(name for table in tables() for name in table.names)
    assert set(titles.values()) == {1}
