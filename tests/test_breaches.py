"""A breach sown into a compliant city is found with what follows from it, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from random import Random

import pytest
from tests.breach_seeders import SEEDERS, Key, Seeded
from tests.city_generator import checked, town
from tests.city_law import law
from tests.invented_support import KB, NAME
from tests.invented_support import ROSTER as INVENTED

from kitei import kb
from kitei.check import Report, check
from kitei.check.explaining import rules
from kitei.city import City
from kitei.dates import parse_day

SOWN = 3
"""How many cities each breach is sown into."""
_, DECLARED = rules(kb.find())
# The one rule that this regulation has no use for: its text names no quorum.
ELSEWHERE = {"meeting-quorum"}


def keys(report: Report) -> set[Key]:
    """Rule and focus of each finding."""
    return {(finding.rule, finding.focus) for finding in report.findings}


def test_every_rule_can_be_breached() -> None:
    assert set(SEEDERS) | ELSEWHERE == set(DECLARED)


@pytest.mark.parametrize("rule", sorted(SEEDERS))
def test_a_breach_is_found_with_what_follows_from_it_and_nothing_else(rule: str) -> None:
    # Each rule starts elsewhere, so that not all are sown into the same cities.
    seeds = (1_000 * (1 + sorted(SEEDERS).index(rule)) + number for number in count())
    for _ in range(SOWN):
        seed, before, after, seeded = sown(rule, seeds)
        was, now = keys(before), keys(after)
        assert now - was == {(rule, seeded.focus), *seeded.follows}, f"{seed}: {seeded.why}"
        assert {focus for _, focus in was - now} <= seeded.silenced, seed
        (finding,) = (f for f in after.findings if (f.rule, f.focus) == (rule, seeded.focus))
        assert finding.severity == DECLARED[rule][0].severity


def sown(rule: str, seeds: Iterator[int]) -> tuple[int, Report, Report, Seeded]:
    """A city in which the rule is not breached at that focus, before and after it is."""
    seeder = SEEDERS[rule]
    for seed in seeds:
        city = town(law(), seed, quiet=seeder.quiet)
        seeded = seeder.sow(city, Random(seed))  # noqa: S311
        if seeded is None:
            continue
        before = checked(town(law(), seed, quiet=seeder.quiet), seed)
        if (rule, seeded.focus) in keys(before):
            # A remark that the city had anyway, such as a member who is on leave.
            continue
        return seed, before, checked(city, seed), seeded
    raise AssertionError(rule)


# --- the rule that only another regulation has ---------------------------------------------------

MEMBERS = ("K01", "K02", "K03", "K07", "K08", "K09", "K10")
"""The head, the deputy heads and the members of the invented headquarters."""


@pytest.fixture(scope="module")
def invented() -> City:
    return City(kb.find(KB), NAME)


@pytest.mark.parametrize("seed", range(6))
def test_a_meeting_has_its_quorum_from_the_fourth_of_seven_on(invented: City, seed: int) -> None:
    rng = Random(seed)  # noqa: S311
    enough, others = rng.randint(4, 7), ["K14", "K15", "K16"]
    for present, breached in ((enough, False), (rng.randint(1, 3), True)):
        # The chair is present without being listed; who is no member does not count.
        listed = [*rng.sample(MEMBERS[1:], present - 1), *rng.sample(others, rng.randint(0, 3))]
        rng.shuffle(listed)
        city = invented.copy()
        files = {path.name: path.read_bytes() for path in INVENTED.iterdir()}
        row = f"2025-06-20,,K01,K01,{';'.join(listed)},"
        files["meetings.csv"] = f"会議日,招集日,招集者,議長,出席者,報告日\n{row}\n".encode()
        city.read_roster_files(files)
        report = check(city, parse_day("2025-06-30"))
        assert keys(report) == ({("meeting-quorum", "2025-06-20")} if breached else set()), listed
