"""Ask a named question of a city on a day, or over a period."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from kitei.ask import period
from kitei.ask.because import because
from kitei.ask.cell import Cell, cell
from kitei.ask.labels import Labels
from kitei.ask.question import Parameter, Question, choices_query
from kitei.ask.standing import Standing, standing
from kitei.city import City, DayView
from kitei.dates import require_period
from kitei.errors import Bilingual, UsageError
from kitei.namespaces import local_name
from kitei.readings import Switch, told
from kitei.store import Row

if TYPE_CHECKING:
    from kitei.ask.trials import Robustness

_ANSWER = "ANSWER"


class Answer(NamedTuple):
    """One answer: a cell for each column, and the sentence that explains it."""

    cells: Mapping[str, Cell]
    row: Row
    because: Bilingual | None = None


class Answers(NamedTuple):
    """All answers to a question, with what they rest on."""

    question: Question
    as_of: date
    until: date | None
    """The last day asked about, for a question about a period."""
    text: Standing
    status: str
    """Of the question as a whole: that of its answers where they agree."""
    answers: Sequence[Answer]
    notices: Sequence[Bilingual] = ()
    view: DayView | None = None
    switched: Sequence[Switch] = ()
    """Readings that were not taken by default; the notices say so too."""
    robustness: Robustness | None = None
    """What other readings would change, where that was asked."""
    asked: Mapping[str, str] = MappingProxyType({})
    """The parameters, as they were given."""


def ask(
    city: City,
    question: Question,
    parameters: Mapping[str, str],
    day: date,
    first: date | None = None,
) -> Answers:
    """The answers to ``question`` as of ``day``; a question of a period runs from ``first``.

    ``parameters`` give each parameter by any label of its choices. Raises
    ``UsageError`` on an unknown, missing or ambiguous parameter, or when the
    question needs a roster and there is none.
    """
    if question.needs_roster and city.roster is None:
        raise UsageError(
            f"「{question.title.ja}」には名簿が要る (--roster PATH 又は --example)。",
            f"{question.name} needs a roster (--roster PATH or --example).",
        )
    _require(question, parameters)
    if question.of_period:
        start = first or min(day, period.default_start(city.dataset, city.regulation.iri))
        return _ask_period(city, question, parameters, start, day)._replace(asked=parameters)
    view = city.day(day, judging=False)
    bindings = _bind(city, view, question, parameters)
    rows = view.select(question.sparql, bindings)
    if not parameters and "unasked" in question.options:
        rows = [row for row in rows if row[question.options["unasked"]]]
    return _answers(city, question, rows, view, (day, None))._replace(asked=parameters)


def _ask_period(
    city: City, question: Question, parameters: Mapping[str, str], first: date, last: date
) -> Answers:
    require_period(first, last)
    days = period.change_days(city.dataset, first, last)
    # What a regulation names hangs on no day.
    bindings = _bind(city, DayView(city.dataset, ""), question, parameters)
    posts = {p.choices: bindings[p.variable] for p in question.parameters if p.variable in bindings}
    view = city.days(days, posts.values() if posts.keys() == {"posts"} else None)
    rows = period.merge(view.select(question.sparql, bindings), days, last)
    return _answers(city, question, rows, view, (first, last))


def _answers(
    city: City,
    question: Question,
    rows: list[Row],
    view: DayView,
    days: tuple[date, date | None],
) -> Answers:
    day, until = days
    labels = Labels(city.dataset)
    text = standing(view, city.regulation)
    if text.status is not None and not until and not (rows and "always" in question.options):
        rows = [{**row, "status": text.status} for row in rows or [{}]]
    answers = [_answer(question, row, labels, day, text) for row in rows]
    return Answers(
        question,
        day,
        until,
        text,
        _overall(question, answers),
        answers,
        [*told(city.switches), *text.notices(until or day), *_roster_notices(city, question)],
        view,
        city.switches,
    )


def _answer(question: Question, row: Row, labels: Labels, day: date, text: Standing) -> Answer:
    cells = {column.name: cell(column, row, labels) for column in question.columns}
    told = because(row, labels, day, text) if "sentence" in question.options else None
    return Answer(cells, row, told)


def _overall(question: Question, answers: Sequence[Answer]) -> str:
    statuses = {
        str(answer.cells["status"].fields["status"])
        for answer in answers
        if "status" in answer.cells
    }
    if not answers:
        return question.options.get("empty", _ANSWER)
    return statuses.pop() if len(statuses) == 1 else _ANSWER


def _roster_notices(city: City, question: Question) -> list[Bilingual]:
    """What to know of the roster before trusting an answer: its notes, and missing tables."""
    if city.roster is None or "roster" not in question.options:
        return []
    given = {table.name for table in city.roster.tables}
    missing = [
        Bilingual(
            f"名簿に{table.label}の表がない。これに係る答えは出ない。",
            f"The roster has no table {table.name}; answers that need it are missing.",
        )
        for table in city.lexicon.tables
        if table.name == "designations" and table.name not in given
    ]
    return [*city.roster.notes, *missing]


def _require(question: Question, parameters: Mapping[str, str]) -> None:
    """Raise ``UsageError`` on a parameter that is missing or unknown."""
    known = {parameter.name for parameter in question.parameters}
    for name in parameters:
        if name not in known:
            raise UsageError(
                f"「{question.name}」に --{name} はない。",
                f"{question.name} has no parameter --{name}.",
            )
    for parameter in question.parameters:
        if parameter.required and parameter.name not in parameters:
            raise UsageError(
                f"「{question.name}」には --{parameter.name} が要る。",
                f"{question.name} needs --{parameter.name}.",
            )


def _bind(
    city: City, view: DayView, question: Question, parameters: Mapping[str, str]
) -> dict[str, str]:
    known = {parameter.name: parameter for parameter in question.parameters}
    # Where no text is held there may be nothing to choose from; the status says so.
    return {
        known[name].variable: _resolve(city, at_home(city, rows), known[name], value)
        for name, value in parameters.items()
        if (rows := listed(city, view, known[name].choices))
    }


def listed(city: City, view: DayView, choices: str) -> list[Row]:
    """What a query of choices lists under the regulation that is judged by."""
    return view.select(choices_query(choices), {"regulation": city.regulation.iri})


def at_home(city: City, listed: list[Row]) -> list[Row]:
    """Those of the choices that are the city's own."""
    home = f"{city.regulation.municipality}/"
    return [row for row in listed if (row["choice"] or "").startswith(home)]


def _resolve(city: City, rows: list[Row], parameter: Parameter, wanted: str) -> str:
    """The thing that ``wanted`` names among the choices of ``parameter``.

    An exact label, local name or IRI. Raises ``UsageError`` when there is none,
    or with the candidates when there are several.
    """
    found = sorted(
        {
            row["choice"] or ""
            for row in rows
            if wanted in (row["name"], row["choice"], local_name(row["choice"] or ""))
        }
    )
    # A provision and its only sentence are cited alike: what contains the others is meant.
    if found and all(thing.startswith(found[0]) for thing in found):
        return found[0]
    labels = Labels(city.dataset)
    if found:
        names = "、".join(f"{labels.label(thing).ja} ({local_name(thing)})" for thing in found)
        raise UsageError(
            f"「{wanted}」は一つに定まらない: {names}", f"{wanted!r} is ambiguous: {names}"
        )
    near = sorted({row["name"] or "" for row in rows if wanted in (row["name"] or "")})[:8]
    hint = f" ({'、'.join(near)})" if near else ""
    raise UsageError(
        f"{parameter.label.ja}「{wanted}」は収録していない。{hint}",
        f"There is no {parameter.label.en} called {wanted!r}.{hint}",
    )
