"""``/q`` and ``/q/<question>``: the named questions, as ``kitei ask`` answers them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus

from flask import Blueprint, Response, current_app

from kitei import dates
from kitei.ask import Question, ask, questions
from kitei.calendar import Calendar
from kitei.confined import Document
from kitei.errors import UsageError
from kitei.web import choosing, question_pages
from kitei.web.jobs import JSON, OwnJob
from kitei.web.negotiation import chooser
from kitei.web.parameters import Parameters, acceptable, day_of, language, one, parameters
from kitei.web.problems import RefusedError
from kitei.web.responses import negotiated, respond
from kitei.web.written import MEDIA_TYPES, SUFFIXES, format_of, named, truth, written

_OWN = frozenset({"as-of", "from", "to", "lang", "explain", "format", "excel"})

blueprint = Blueprint("questions", __name__)
blueprint.after_request(negotiated)


@dataclass(frozen=True)
class QuestionJob(OwnJob):
    """A named question to be asked and its answer to be written."""

    name: str
    parameters: Mapping[str, str]
    last: date
    first: date | None
    format: str
    language: str
    explained: bool = False

    def __hash__(self) -> int:
        """Jobs are keys of what is remembered."""
        asked = frozenset(self.parameters.items())
        return hash((self.name, asked, self.last, self.first, self.format, self.language))

    @property
    def question(self) -> Question:
        """The question asked."""
        return questions()[self.name]

    @property
    def day(self) -> date | None:
        """The day that has to be derived; a period is derived by the job itself."""
        return None if self.question.of_period else self.last

    def run(self, calendar: Calendar) -> Document:
        """The answer in the format wanted. Raises ``UsageError`` as ``ask`` does."""
        city = calendar.periods if self.day is None else calendar.on(self.day)
        answers = ask(city, self.question, self.parameters, self.last, self.first)
        return written(answers, self.format, self.language, self.explained)


@blueprint.get("/q", strict_slashes=False)
def catalogue() -> Response:
    """Every question, with its parameters and its address; for who browses, to choose from."""
    accept = acceptable(found := parameters())
    if chooser(accept)([JSON, MEDIA_TYPES["html"]]) == MEDIA_TYPES["html"]:
        return question_pages.catalogue(found)
    return Response(choosing.catalogue(), content_type=JSON)


@blueprint.get("/q/<name>")
def answer(name: str) -> Response:
    """The answer to a question; the suffix of its name or Accept says in which format."""
    stem, _, suffix = name.partition(".")
    if stem not in questions() or (suffix and suffix not in SUFFIXES):
        raise RefusedError(
            HTTPStatus.NOT_FOUND,
            f"「{name}」という問いはない。一覧は /q にある。",
            f"There is no question {name!r}; /q lists them.",
        )
    found = parameters()
    form = format_of(suffix, found)
    if form == "html":
        return question_pages.answer(stem, found, tuple(SUFFIXES))
    job = _job(stem, form, found)
    return named(respond(current_app, job), form, stem, job.last)


def _job(name: str, form: str, found: Parameters) -> QuestionJob:
    question = questions()[name]
    if not question.of_period and {"from", "to"} & found.keys():
        raise UsageError(
            f"「{name}」は一日について問う。as-of を用いる。",
            f"{name} is asked of one day; use as-of.",
        )
    return QuestionJob(
        name=name,
        parameters={key: one(found, key) or "" for key in found if key not in _OWN},
        last=day_of(found, "to") or day_of(found) or dates.today(),
        first=day_of(found, "from"),
        format=form,
        language=language(found),
        explained=truth(found, "explain"),
    )
