"""Random cities that comply get remarks at most."""

from __future__ import annotations

import os

import pytest
from tests.city_generator import checked, town
from tests.city_law import law

CITIES = int(os.environ.get("KITEI_CITIES", "100"))
"""How many compliant cities are drawn. The gate (``.ci/run``) draws five hundred."""
CHUNK = 50


@pytest.mark.parametrize("first", range(0, CITIES, CHUNK))
def test_a_compliant_city_gets_remarks_at_most(first: int) -> None:
    for seed in range(first, min(first + CHUNK, CITIES)):
        report = checked(town(law(), seed), seed)
        graver = [(f.rule, f.focus, f.message.en) for f in report.findings if f.severity != "info"]
        assert graver == [], f"city {seed}"


def test_the_cities_differ_in_all_that_matters() -> None:
    """Or the five hundred would be one."""
    cities = [town(law(), seed) for seed in range(60)]
    for table in ("organizations", "meetings", "decisions"):
        assert {bool(getattr(city, table)) for city in cities} == {True, False}
    out = [
        post
        for city in cities
        for post in law().substitutes
        if not city.able(post, city.day) and city.competent(post, city.day)
    ]
    assert set(out) == set(law().substitutes), "nobody ever acts"
    kinds = {row.assignment for city in cities for row in city.roster}
    assert {"本務", "兼務", "職務代理", "休職"} <= kinds
    assert len({city.day for city in cities}) > 30
