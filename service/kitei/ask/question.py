"""The questions that can be asked, read from the headers of ``queries/*.rq``.

A header line is ``#+ key: value``; texts are ``Japanese | English``::

    #+ title: 職務を行う者 | Who acts
    #+ order: 10               (where it stands in lists; what is asked most comes first)
    #+ param: post label optional posts | 職 | post
    #+ column: basis provisions | 根拠 | provision
    #+ roster: optional        (required, optional; absent: the rules alone)
    #+ period: all             (asked of every day on which something changes)
    #+ sentence: who-acts      (answers are explained in a sentence)
    #+ empty: UNSTATED         (status when nothing is found; ANSWER if absent)
    #+ always: true            (also answered where no text is held)
    #+ unasked: listed         (asked without parameters: only rows where ?listed is bound)
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from kitei.errors import Bilingual, InternalError, UsageError

_QUERIES = Path(__file__).resolve().parents[1] / "queries"
_MARK = "#+ "


class Parameter(NamedTuple):
    """A parameter of a question; its value is one of the things that ``choices`` lists."""

    name: str
    required: bool
    choices: str
    """The query below ``queries/choices/`` that lists thing and name."""
    label: Bilingual
    variable: str
    """The variable of the query that the chosen thing is bound to; it must be projected."""


class Column(NamedTuple):
    """A column of the answer. ``kind`` says how its value is shown."""

    name: str
    kind: str
    label: Bilingual


class Question(NamedTuple):
    """A named question."""

    name: str
    title: Bilingual
    description: Bilingual
    parameters: tuple[Parameter, ...]
    columns: tuple[Column, ...]
    options: Mapping[str, str]
    sparql: str
    order: int
    """Where it stands among the others."""

    @property
    def needs_roster(self) -> bool:
        """Without a roster there is no answer at all."""
        return self.options.get("roster") == "required"

    @property
    def of_period(self) -> bool:
        """Asked of a period, not of one day."""
        return "period" in self.options


@cache
def questions() -> Mapping[str, Question]:
    """Every question by name, in the order in which lists show them."""
    found = sorted(map(_read, _QUERIES.glob("*.rq")), key=lambda each: (each.order, each.name))
    return {each.name: each for each in found}


@cache
def names() -> frozenset[str]:
    """The names of all questions, without reading them."""
    return frozenset(path.stem for path in _QUERIES.glob("*.rq"))


def find(name: str) -> Question:
    """The question called ``name``. Raises ``UsageError`` with the names that exist."""
    if name not in names():
        known = ", ".join(sorted(names()))
        raise UsageError(
            f"「{name}」という問いはない。問い: {known}",
            f"There is no question {name!r}. Questions: {known}",
        )
    return _read(_QUERIES / f"{name}.rq")


@cache
def choices_query(name: str) -> str:
    """The query that lists the values of a parameter: ``?choice ?name`` for a ``?regulation``."""
    return (_QUERIES / "choices" / f"{name}.rq").read_text(encoding="utf-8")


@cache
def _read(path: Path) -> Question:
    sparql = path.read_text(encoding="utf-8")
    head: dict[str, list[str]] = {}
    for line in sparql.split("\n"):
        if line.startswith(_MARK):
            key, _, value = line.removeprefix(_MARK).partition(": ")
            head.setdefault(key, []).append(value)
    try:
        return Question(
            name=path.stem,
            title=_bilingual(head.pop("title")[0].split(" | ")),
            description=_bilingual(head.pop("description")[0].split(" | ")),
            parameters=tuple(_parameter(text) for text in head.pop("param", [])),
            columns=tuple(_column(text) for text in head.pop("column")),
            order=int(head.pop("order")[0]),
            options={key: values[0] for key, values in head.items()},
            sparql=sparql,
        )
    except (KeyError, ValueError, IndexError) as error:
        raise InternalError(
            f"{path.name}: 問いの見出しが不正: {error}", f"{path.name}: bad header: {error}"
        ) from error


def _bilingual(parts: list[str]) -> Bilingual:
    ja, en = parts
    return Bilingual(ja, en)


def _parameter(text: str) -> Parameter:
    words, ja, en, *variable = text.split(" | ")
    name, need, choices = words.split()
    return Parameter(name, need == "required", choices, Bilingual(ja, en), (variable or [name])[0])


def _column(text: str) -> Column:
    words, ja, en = text.split(" | ")
    name, kind = words.split()
    return Column(name, kind, Bilingual(ja, en))
