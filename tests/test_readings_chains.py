"""Chains: whether the substitute of the substitute acts is a reading."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.tiny_support import Tiny, answer_of, ex_officio, norms_of, reading, substitution, told

CHAIN = "\n".join(
    [
        ex_officio("head", "director"),
        substitution("head", "deputy", "2-1"),
        substitution("deputy", "leader", "2-2"),
        substitution("leader", "councillor", "2-3"),
    ]
)
CHAINING = reading(
    "chain", "post:head, post:deputy, post:leader", "kitei:SubstitutionRule kitei:chains true"
)
STAFFED = ["H,総務部長", "D,副本部長", "L,部会長", "C,理事"]


@pytest.mark.parametrize(
    ("unable", "expected"),
    [
        (["H"], told("ANSWER", "D", capacity="acting", basis=["2-1"], condition="incapacity")),
        (
            ["H", "D"],
            told("ANSWER", "L", capacity="acting", basis=["2-1", "2-2"], condition="incapacity"),
        ),
        (
            ["H", "D", "L"],
            told("ANSWER", "C", capacity="acting", basis=["2-1", "2-3"], condition="incapacity"),
        ),
        (["H", "D", "L", "C"], told("NONE_PROVIDED", basis=["2-1"], condition="incapacity")),
    ],
    ids=["substitute", "second", "third", "nobody"],
)
def test_whoever_acts_for_the_substitute_acts_where_substitutions_chain(
    tmp_path: Path, unable: list[str], expected: object
) -> None:
    city = Tiny(CHAIN + "\n" + CHAINING, STAFFED, unable).city(tmp_path)
    assert answer_of(city, "本部長") == expected


def test_a_vacant_substitute_is_passed_over_as_well(tmp_path: Path) -> None:
    staff = [row for row in STAFFED if not row.startswith("D")]
    city = Tiny(CHAIN + "\n" + CHAINING, staff, ["H"]).city(tmp_path)
    assert answer_of(city, "本部長").rows == {("L", "acting", ("art_2__para_1", "art_2__para_2"))}
    assert norms_of(city, "本部長", "readings") == {"chain"}


def test_nothing_chains_without_a_reading_that_says_so(tmp_path: Path) -> None:
    city = Tiny(CHAIN, STAFFED, ["H", "D"]).city(tmp_path)
    assert answer_of(city, "本部長").status == "NONE_PROVIDED"


def test_several_at_the_end_of_a_chain_are_as_ambiguous_as_without_it(tmp_path: Path) -> None:
    city = Tiny(CHAIN + "\n" + CHAINING, [*STAFFED, "C2,理事"], ["H", "D", "L"]).city(tmp_path)
    assert answer_of(city, "本部長").status == "AMBIGUOUS"
    city = Tiny(CHAIN + "\n" + CHAINING, [*STAFFED, "C2,理事"], ["H", "D", "L", "C"]).city(tmp_path)
    assert answer_of(city, "本部長").status == "UNSTATED"


def test_a_chain_that_comes_back_to_its_beginning_ends(tmp_path: Path) -> None:
    circle = "\n".join(
        [
            substitution("director", "planner", "2-1"),
            substitution("planner", "director", "2-2"),
            reading(
                "chain",
                "post:director, post:planner",
                "kitei:SubstitutionRule kitei:chains true",
            ),
        ]
    )
    city = Tiny(circle, ["H,総務部長", "P,企画部長"], ["H", "P"]).city(tmp_path)
    assert answer_of(city, "総務部長").status == "NONE_PROVIDED"
