"""Rosters whose answers hang on a reading, and what is asked of them."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

from tests.cli_support import Outcome, kitei

from kitei import kb
from kitei.check import Report, check
from kitei.city import City
from kitei.readings import choose, readings

STAFF = "職員番号,氏名,所属,職名,区分,開始日,終了日\n"
INCAPACITIES = "職員番号,開始日,終了日,事故の有無\n"
DAY = "2024-06-05"


def city_roster(folder: Path, staff: str, unable: str = "") -> Path:
    """A roster of a few people and what is recorded of them."""
    (folder / "roster.csv").write_text(STAFF + staff, encoding="utf-8")
    (folder / "incapacities.csv").write_text(INCAPACITIES + unable, encoding="utf-8")
    return folder


def vice_mayor_on_leave(folder: Path) -> Path:
    """A vice-mayor whose absence is recorded without saying whether it amounts to 事故."""
    staff = "A1,見本 副,,副市長,本務,2024-04-01,\nB1,見本 部,総務部,部長,本務,2024-04-01,\n"
    return city_roster(folder, staff, "A1,2024-06-01,2024-06-30,\n")


def vice_mayors(folder: Path) -> Path:
    """Two people in the office that fills the post of the CDO."""
    return city_roster(
        folder, "A1,見本 副,,副市長,本務,2024-04-01,\nA2,見本 次,,副市長,本務,2024-04-01,\n"
    )


def ask_cdo(roster: Path, *more: str) -> Outcome:
    """Who acts as CDO, in JSON."""
    return kitei(
        *("ask", "who-acts", "--post", "CDO", "--as-of", DAY, "--roster", roster),
        *("--format", "json", *more),
    )


def statuses(outcome: Outcome) -> list[tuple[str, str | None, str | None]]:
    """Status, capacity and person of each answer."""
    return [(a["status"], a["capacity"], a["person"]) for a in outcome.document["answers"]]


def deciding(outcome: Outcome) -> dict[str, dict[str, object]]:
    """The alternatives under which something changes."""
    return {
        f"{trial['reading']}={trial['alternative']}": trial
        for trial in outcome.document["all_readings"]["tried"]
        if not trial["same"]
    }


CONFORMING = date(2025, 2, 5)
BY_DEPARTMENT = "head-of-organization=head-of-department"


@cache
def example(*switches: str) -> City:
    """The example city, of which no day is derived."""
    base = kb.find()
    city = City(base)
    city.read_roster(base.example_roster(city.regulation.name))
    return city.under(choose(readings(city.dataset, city.regulation.iri), switches))


@cache
def judged(*switches: str) -> Report:
    """The check of the example on a day when its designations conform."""
    return check(example(*switches).copy(), CONFORMING)
