"""The facts of a day: run ``ontology/derive/*.rq`` in order over rules and roster.

All reasoning about posts, vacancy, incapacity and substitution is in those
queries. Here they are only given a day and run.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cache
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from kitei import terms
from kitei.namespaces import ID, expand
from kitei.store import Dataset

if TYPE_CHECKING:
    from kitei.image import Image

_HEADER = "#+ "


class Need(NamedTuple):
    """Something that has to be there for a step to yield anything."""

    name: str
    """A class, or a property."""
    value: str | None = None
    """What the property has to be, where that matters (``property=value``)."""

    def is_met(self, dataset: Dataset) -> bool:
        """Whether it is there."""
        if self.value is not None:
            return dataset.has_property(self.name, self.value)
        return dataset.has_instance(self.name) or dataset.has_property(self.name)


class Step(NamedTuple):
    """A query of the derivation, with what its header says (``#+ name: value``)."""

    query: str
    only_judging: bool
    """It judges acts or the roster and answers no question (``only: check``)."""
    needs: frozenset[Need]
    """Without any of these it yields nothing (``needs:``). Empty where it may always yield
    something."""
    lacks: tuple[str, str] | None
    """A class and a property: it is about instances of the one without the other (``lacks:``)."""

    def can_fire(self, dataset: Dataset) -> bool:
        """Whether anything that the step is about is there; parsing it costs more than to ask."""
        if self.needs and not any(need.is_met(dataset) for need in self.needs):
            return False
        return self.lacks is None or dataset.has_instance_without(*self.lacks)


class Wanted(NamedTuple):
    """A day whose facts are wanted: all of them, or the posts only (no acts, no seats)."""

    day: date
    only_posts: bool = False
    posts: tuple[str, ...] | None = None
    """Where given, these posts only and those that they depend on (IRIs)."""

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
    wanted: Sequence[Wanted],
    *,
    graph: str,
    judging: bool = True,
    switched: Sequence[tuple[str, str]] = (),
    image: Image | None = None,
) -> None:
    """Derive the facts of the wanted days under one regulation into ``graph``.

    ``switched`` pairs readings with the alternatives that are followed in place of those
    that the norms adopt (IRIs).

    Without ``judging`` the steps marked ``#+ only: check`` are left out: they judge acts and
    the roster, and answer no question. So are steps about things that are not there.

    ``image`` is one of the dataset as it is: the facts of a single day may be known from one
    that differs in its date alone.
    """
    manner = _manner(regulation, wanted[0], judging, switched)
    alone = image if len(wanted) == 1 else None
    known = alone and alone.known(wanted[0].day, manner)
    if known:
        dataset.load_ntriples(known, graph)
        return
    facts = "".join(_day(day, regulation) for day in wanted)
    facts += "".join(
        f"{terms.iri(reading)} {terms.name('kitei:switchedTo')} {terms.iri(alternative)} .\n"
        for reading, alternative in switched
    )
    dataset.load_ntriples(facts.encode(), graph)
    for step in map(step_of, steps):
        if (judging or not step.only_judging) and step.can_fire(dataset):
            dataset.construct_into(step.query, graph)
    if alone:
        alone.keep(wanted[0].day, manner, dataset.dump(graph))


def known(
    image: Image,
    regulation: str,
    day: date,
    *,
    judging: bool,
    switched: Sequence[tuple[str, str]],
) -> bytes | None:
    """The facts of a day as N-Triples, if ``derive`` need not derive them any more."""
    return image.known(day, _manner(regulation, Wanted(day), judging, switched))


def _manner(
    regulation: str, wanted: Wanted, judging: bool, switched: Sequence[tuple[str, str]]
) -> tuple[object, ...]:
    return (regulation, judging, *wanted[1:], *switched)


@cache
def step_of(path: Path) -> Step:
    """The step in a file."""
    query = path.read_text(encoding="utf-8")
    lines = takewhile(lambda line: line.startswith(_HEADER), query.split("\n"))
    header = dict(line.removeprefix(_HEADER).split(": ", 1) for line in lines)
    needs = frozenset(map(_need, header.get("needs", "").split()))
    kind, without = header["lacks"].split() if "lacks" in header else ("", "")
    lacks = (expand(kind), expand(without)) if kind else None
    return Step(_bare(query), header.get("only") == "check", needs, lacks)


def _need(written: str) -> Need:
    name, _, value = written.partition("=")
    return Need(expand(name), expand(value) if value else None)


def _bare(query: str) -> str:
    """A query without comments that fill a line, and without indentation.

    The engine parses a query anew each time, and what it need not read is a tenth of it.
    """
    lines = (line.lstrip() for line in query.split("\n"))
    return "\n".join(line for line in lines if line and not line.startswith("#"))


def _day(wanted: Wanted, regulation: str) -> str:
    subject, kind = terms.iri(wanted.iri), terms.name("rdf:type")
    lines = [
        f"{subject} {kind} {terms.name('kitei:Day')} .",
        f"{subject} {terms.name('kitei:date')} {terms.day(wanted.day)} .",
        f"{subject} {terms.name('kitei:regulation')} {terms.iri(regulation)} .",
    ]
    if not wanted.only_posts:
        lines.append(f"{subject} {kind} {terms.name('kitei:AskedDay')} .")
    if wanted.posts is not None:
        # As on the day of an act: only the posts that something is to be known of.
        lines.append(f"{subject} {kind} {terms.name('kitei:ActDay')} .")
        needs = terms.name("kitei:needsPost")
        lines += [f"{subject} {needs} {terms.iri(post)} ." for post in wanted.posts]
    return "\n".join(lines) + "\n"
