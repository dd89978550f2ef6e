"""The named questions for who browses: a form with its choices, and the answer below it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from flask import Response, current_app, request, url_for

from kitei import dates
from kitei.ask import Question, ask, questions
from kitei.ask.choices import choices
from kitei.ask.labels import Labels
from kitei.ask.question import Parameter
from kitei.calendar import Calendar
from kitei.city import City, DayView
from kitei.confined import Document
from kitei.describing import label_of
from kitei.errors import UsageError
from kitei.web.addresses import root
from kitei.web.jobs import OwnJob, as_json
from kitei.web.page import Shown, as_page
from kitei.web.parameters import Parameters, day_of, language, one
from kitei.web.responses import evaluator_of
from kitei.web.shell import page

_OWN = frozenset({"as-of", "excel", "explain", "format", "from", "lang", "sort", "to"})
_NOT = frozenset({"false", "0"})
# What is offered of the formats that the question has, in this order.
_DOWNLOADS = ("csv", "xlsx", "json", "ttl", "txt")


@dataclass(frozen=True)
class QuestionPageJob(OwnJob):
    """A question to be asked, and what its page shows of the answer and of the choices."""

    name: str
    parameters: tuple[tuple[str, str], ...]
    last: date
    first: date | None
    shown: Shown

    @property
    def question(self) -> Question:
        """The question asked."""
        return questions()[self.name]

    @property
    def day(self) -> date:
        """The day of the choices; a period is derived by the job itself."""
        return self.last

    def run(self, calendar: Calendar) -> Document:
        """The page as JSON. A question that cannot be answered so has a ``problem``."""
        city = calendar.on(self.last)
        known = self._answered(calendar, city)
        known["choices"] = self._choices(city)
        return as_json(known)

    def _answered(self, calendar: Calendar, city: City) -> dict[str, Any]:
        given = dict(self.parameters)
        if any(p.required and p.name not in given for p in self.question.parameters):
            return {"open": True}
        if self.question.needs_roster and city.roster is None:
            return {"needs_roster": True}
        try:
            asked = calendar.periods if self.question.of_period else city
            answers = ask(asked, self.question, given, self.last, self.first)
        except UsageError as error:
            return {"problem": error.message.within(self.shown.language)}
        known: dict[str, Any] = json.loads(as_page(answers, self.shown))
        return known

    def _choices(self, city: City) -> dict[str, list[list[str]]]:
        view = city.day(self.last, judging=False)
        return {
            parameter.name: _named(city, view, parameter, self.shown.language)
            for parameter in self.question.parameters
        }


def catalogue(found: Parameters) -> Response:
    """Every question, to be chosen from."""
    day_of(found)
    language(found)
    return page("questions.html", questions=list(questions().values()))


def answer(name: str, found: Parameters, suffixes: Sequence[str]) -> Response:
    """The page of a question. Raises ``UsageError`` for a day or a language that is none."""
    question = questions()[name]
    written = {key: values for key, values in found.items() if any(values)}
    job = _job(question, written)
    table = json.loads(evaluator_of(current_app).run(job).body)
    kept = {key: values for key, values in written.items() if key not in ("sort", "explain")}
    status = HTTPStatus.BAD_REQUEST if "problem" in table else HTTPStatus.OK
    return page(
        "answer.html",
        status.value,
        question=question,
        table=table,
        given=dict(job.parameters),
        first=job.first or (table.get("day") if question.of_period else None),
        last=job.last,
        sort=job.shown.sort,
        explained=job.shown.explained,
        downloads=_downloads(name, suffixes, kept),
        shared=_shared(name, kept, job),
    )


def _job(question: Question, found: Parameters) -> QuestionPageJob:
    if not question.of_period and {"from", "to"} & found.keys():
        raise UsageError(
            f"「{question.name}」は一日について問う。as-of を用いる。",
            f"{question.name} is asked of one day; use as-of.",
        )
    explained = one(found, "explain")
    return QuestionPageJob(
        name=question.name,
        parameters=tuple((key, one(found, key) or "") for key in found if key not in _OWN),
        last=day_of(found, "to") or day_of(found) or dates.today(),
        first=day_of(found, "from"),
        shown=Shown(
            language(found),
            explained is not None and explained not in _NOT,
            one(found, "sort") or "",
        ),
    )


def _named(city: City, view: DayView, parameter: Parameter, lang: str) -> list[list[str]]:
    """Value and name of everything that may be chosen, in the order of the text."""
    labels = Labels(city.dataset)
    named: dict[str, str] = {}
    for choice in choices(city, view, parameter):
        # A provision and its only sentence are cited alike; the first is meant.
        named.setdefault(label_of(city.dataset, labels, choice.iri).within(lang), choice.value)
    return [[value, name] for name, value in named.items()]


def _downloads(
    name: str, suffixes: Sequence[str], kept: Mapping[str, Sequence[str]]
) -> list[tuple[str, str]]:
    asked = urlencode(kept, doseq=True)
    return [
        (suffix, f"{url_for('questions.answer', name=f'{name}.{suffix}')}?{asked}")
        for suffix in _DOWNLOADS
        if suffix in suffixes
    ]


def _shared(name: str, kept: Mapping[str, Sequence[str]], job: QuestionPageJob) -> str:
    """The address that shows the same answer tomorrow: with its day and its language."""
    day = {} if job.question.of_period and "to" in kept else {"as-of": job.last.isoformat()}
    asked = {**kept, **day, "lang": job.shown.language}
    path = url_for("questions.answer", name=name).removeprefix(request.script_root)
    return f"{root().rstrip('/')}{path}?{urlencode(asked, doseq=True)}"
