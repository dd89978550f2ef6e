"""A memo: one answer with everything that it takes to trust it, and to get it again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from kitei import __version__
from kitei.ask.answer import Answers
from kitei.ask.explain import Link, grounds, silences
from kitei.ask.inputs import Input, inputs
from kitei.ask.labels import Labels
from kitei.ask.provisions import published
from kitei.ask.question import Question
from kitei.ask.robust import ask_all_readings
from kitei.ask.trials import Progress, Robustness, Tried, Untried
from kitei.city import City
from kitei.errors import Bilingual, InternalError, UsageError
from kitei.namespaces import local_name
from kitei.readings import Reading, readings


class Cited(NamedTuple):
    """A provision that the answer rests on."""

    citation: Bilingual
    text: str
    """As published."""


class Read(NamedTuple):
    """A reading that the answer rests on or hangs on, and what other alternatives come to."""

    reading: Reading
    tried: tuple[Tried, ...]
    untried: tuple[Untried, ...]


class Memo(NamedTuple):
    """What a memo says, in both languages; the report floor writes it."""

    answers: Answers
    parameters: tuple[tuple[Bilingual, str], ...]
    """What was asked about: label of the parameter, and the value as it was given."""
    facts: tuple[Link, ...]
    """Roster facts and rules, in the order in which they lead to the answer."""
    provisions: tuple[Cited, ...]
    readings: tuple[Read, ...]
    robustness: Robustness
    silences: tuple[Link, ...]
    inputs: tuple[Input, ...]
    command: str
    """The command that writes the same memo from the same inputs."""
    program: str
    """Kitei and its version."""


class Wanted(NamedTuple):
    """What a memo is to be about."""

    question: Question
    parameters: Mapping[str, str]
    day: date
    roster: Mapping[str, bytes]
    """The files of the roster, by name; none without a roster."""
    command: str


def memo(city: City, wanted: Wanted, progress: Progress | None = None) -> Memo:
    """The memo that is wanted. Nothing in it depends on when it is written.

    Raises what ``ask`` raises, and ``UsageError`` for a question of a period. No day of
    ``city`` may have been derived, and none is.
    """
    question = wanted.question
    if question.of_period:
        raise UsageError(
            f"「{question.name}」は期間についての問いで、覚書にできない。",
            f"{question.name} is asked of a period; a memo is about one day",
        )
    answers = ask_all_readings(city, question, wanted.parameters, wanted.day, progress=progress)
    found = answers.robustness
    if found is None or answers.view is None:
        raise InternalError("答えの根拠がない。", "the answers have no grounds")
    labels = Labels(answers.view.dataset)
    eids = [labels.eid(thing) for thing in _things(answers, "basis")]
    return Memo(
        answers=answers,
        parameters=tuple(
            (parameter.label, wanted.parameters[parameter.name])
            for parameter in question.parameters
            if parameter.name in wanted.parameters
        ),
        facts=_each(link for answer in answers.answers for link in grounds(answers, answer)),
        provisions=_cited(city, answers, wanted.day, eids),
        readings=_read(answers, found, readings(answers.view.dataset, answers.text.regulation.iri)),
        robustness=found,
        silences=_each(link for answer in answers.answers for link in silences(answers, answer)),
        inputs=tuple(inputs(city, question, _held(answers), wanted.roster)),
        command=wanted.command,
        program=f"Kitei {__version__}",
    )


def _held(answers: Answers) -> str | None:
    return answers.text.version if answers.text.status is None else None


def _each(links: Iterable[Link]) -> tuple[Link, ...]:
    return tuple(dict.fromkeys(links))


def _things(answers: Answers, column: str) -> list[str]:
    """The things that a column of any answer lists, each once, sorted."""
    return sorted(
        {thing for answer in answers.answers for thing in (answer.row.get(column) or "").split()}
    )


def _cited(city: City, answers: Answers, day: date, eids: Iterable[str]) -> tuple[Cited, ...]:
    twin = city.copy()
    labels = Labels(city.dataset)
    iris = {labels.eid(thing): thing for thing in _things(answers, "basis")}
    return tuple(
        Cited(labels.citation(iris[eid]), published(twin, day, eid).strip()) for eid in eids
    )


def _read(
    answers: Answers, found: Robustness, of_regulation: Iterable[Reading]
) -> tuple[Read, ...]:
    """The readings that answers name, and those that would change an answer."""
    wanted = {local_name(thing) for thing in _things(answers, "readings")}
    wanted |= {trial.reading.name for trial in found.decisive}
    wanted |= {switch.reading.name for switch in answers.switched}
    known = {item.name: item for item in of_regulation if item.version == answers.text.version}
    return tuple(
        Read(
            known[name],
            tuple(item for item in found.tried if item.reading.name == name),
            tuple(item for item in found.untried if item.reading.name == name),
        )
        for name in sorted(wanted & set(known))
    )
