"""The facts of a day: run ``ontology/derive/*.rq`` in order over rules and roster.

All reasoning about posts, vacancy, incapacity and substitution is in those
queries. Here they are only given a day and run.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import NamedTuple

from kitei import terms
from kitei.namespaces import ID
from kitei.store import Dataset

_ONLY_CHECK = "#+ only: check"


class Wanted(NamedTuple):
    """A day whose facts are wanted: all of them, or the posts only (no acts, no seats)."""

    day: date
    only_posts: bool = False

    @property
    def iri(self) -> str:
        """The IRI of the day, which also names the graph of its facts."""
        return day_iri(self.day)


def day_iri(day: date) -> str:
    """The IRI of a day's facts."""
    return f"{ID}day/{day.isoformat()}"


def derive(
    dataset: Dataset,
    steps: Sequence[Path],
    regulation: str,
    wanted: Iterable[Wanted],
    *,
    graph: str,
    judging: bool = True,
) -> None:
    """Derive the facts of the wanted days under one regulation into ``graph``.

    Without ``judging`` the steps marked ``#+ only: check`` are left out: they
    judge acts and the roster, and answer no question.
    """
    facts = "".join(_day(day, regulation) for day in wanted)
    dataset.load_ntriples(facts.encode(), graph)
    for query in map(_query, steps):
        if judging or not query.startswith(_ONLY_CHECK):
            dataset.construct_into(query, graph)


@cache
def _query(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _day(wanted: Wanted, regulation: str) -> str:
    subject, kind = terms.iri(wanted.iri), terms.name("rdf:type")
    lines = [
        f"{subject} {kind} {terms.name('kitei:Day')} .",
        f"{subject} {terms.name('kitei:date')} {terms.day(wanted.day)} .",
        f"{subject} {terms.name('kitei:regulation')} {terms.iri(regulation)} .",
    ]
    if not wanted.only_posts:
        lines.append(f"{subject} {kind} {terms.name('kitei:AskedDay')} .")
    return "\n".join(lines) + "\n"
