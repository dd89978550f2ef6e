"""A step of the derivation that is passed over would have yielded nothing."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from tests.invented_support import KB
from tests.rules_support import examples, roster
from tests.tiny_support import Tiny, reading, substitution

from kitei import kb
from kitei.city import City
from kitei.derive import Wanted, derive, step_of
from kitei.namespaces import expand

BASE = kb.find()
DAY = date(2026, 6, 20)
STEPS = {path.name: step_of(path) for path in BASE.derivation()}
WITHOUT_TEXT = date(2022, 5, 1)


def without_roster() -> City:
    return City(BASE)


def with_staff_only() -> City:
    city = City(BASE)
    city.read_roster_files({"roster.csv": (example_folder() / "roster.csv").read_bytes()})
    return city


def with_every_act() -> City:
    city = City(BASE)
    city.read_roster(example_folder())
    return city


def with_a_chart() -> City:
    example = next(e for e in examples() if e.rule == "organization-unknown" and not e.passing)
    city = City(BASE)
    city.read_roster_files(roster(example))
    return city


def with_an_unreadable_row() -> City:
    example = next(e for e in examples() if e.rule == "roster-unreadable" and not e.passing)
    city = City(BASE)
    city.read_roster_files(roster(example))
    return city


def under_another_regulation() -> City:
    base = kb.find(KB)
    city = City(base, "vitality-headquarters")
    city.read_roster(base.example_roster("vitality-headquarters"))
    return city


def with_substitutions_that_chain() -> City:
    """Whoever would act is unable as well, and the text is read to go on from there."""
    rules = [
        substitution("director", "planner", "2-1"),
        substitution("planner", "leader", "2-2"),
        reading("chain", "post:director", "kitei:SubstitutionRule kitei:chains true"),
    ]
    staff = ["H,総務部長", "P,企画部長"]
    with TemporaryDirectory() as folder:
        return Tiny("\n".join(rules), staff, ["H", "P"]).city(Path(folder))


def example_folder() -> Path:
    return BASE.example_roster(City(BASE).regulation.name)


SITUATIONS = [
    (without_roster, DAY),
    (with_staff_only, DAY),
    (with_every_act, DAY),
    (with_a_chart, DAY),
    (with_an_unreadable_row, DAY),
    (with_substitutions_that_chain, DAY),
    (with_staff_only, WITHOUT_TEXT),
    (under_another_regulation, DAY),
]


@cache
def passed_over(situation: int) -> dict[str, int]:
    """What each step that is passed over would have yielded."""
    make, day = SITUATIONS[situation]
    city, wanted = make(), Wanted(day)
    derive(city.dataset, [], city.regulation.iri, [wanted], graph=wanted.iri)
    found = {}
    for name, step in STEPS.items():
        fires = step.can_fire(city.dataset)
        triples = city.dataset.construct_into(step.query, wanted.iri)
        if not fires:
            found[name] = triples
    return found


@pytest.mark.parametrize("situation", range(len(SITUATIONS)))
def test_what_is_passed_over_yields_nothing(situation: int) -> None:
    assert set(passed_over(situation).values()) <= {0}


def test_without_acts_most_of_what_judges_them_is_passed_over() -> None:
    assert len(passed_over(1)) > len(passed_over(2))


def test_every_step_is_run_in_some_situation() -> None:
    never = set(STEPS).intersection(*(passed_over(n) for n in range(len(SITUATIONS))))
    assert never == set()


def test_steps_need_classes_and_properties_of_the_vocabulary() -> None:
    dataset = City(BASE).dataset
    kinds = ("owl:Class", "owl:ObjectProperty", "owl:DatatypeProperty")
    declared = {
        term for kind in kinds for term in dataset.subjects(expand("rdf:type"), expand(kind))
    }
    needed = {need.name for step in STEPS.values() for need in step.needs}
    lacked = {term for step in STEPS.values() for term in step.lacks or ()}
    assert lacked and needed | lacked <= declared


def test_steps_need_values_that_the_vocabulary_has() -> None:
    dataset = City(BASE).dataset
    values = {need.value for step in STEPS.values() for need in step.needs if need.value}
    assert values and all(dataset.values(value, expand("skos:prefLabel")) for value in values)
