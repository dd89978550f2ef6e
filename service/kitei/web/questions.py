"""``/q`` and ``/q/<question>``: the named questions, as ``kitei ask`` answers them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from urllib.parse import urlencode

from flask import Blueprint, Response, current_app, render_template, request, url_for

from kitei import dates
from kitei.ask import Question, ask, questions
from kitei.calendar import Calendar
from kitei.confined import Document
from kitei.errors import UsageError
from kitei.report.answers import FORMATS
from kitei.web.page import as_page
from kitei.web.parameters import Parameters, chooser, day_of, language, one, parameters
from kitei.web.problems import RefusedError
from kitei.web.responses import evaluator_of, respond

# Format -> media type, the default first.
_MEDIA_TYPES = {
    "json": "application/json",
    "csv": "text/csv",
    "table": "text/plain",
    "turtle": "text/turtle",
    "html": "text/html",
}
_SUFFIXES = {"json": "json", "csv": "csv", "txt": "table", "ttl": "turtle", "html": "html"}
_OWN = frozenset({"as-of", "from", "to", "lang", "explain"})
_TRUTHS = {"true": True, "1": True, "": True, "false": False, "0": False}

blueprint = Blueprint("questions", __name__)


@dataclass(frozen=True)
class QuestionJob:
    """A named question to be asked and its answer to be written."""

    name: str
    parameters: Mapping[str, str]
    last: date
    first: date | None
    format: str
    language: str
    explained: bool = False
    untrusted: bool = False

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
        city = calendar.apart() if self.day is None else calendar.on(self.day)
        answers = ask(city, self.question, self.parameters, self.last, self.first)
        write = as_page if self.format == "html" else FORMATS[self.format]
        body = write(answers, self.language, self.explained)
        return Document(body.encode(), _MEDIA_TYPES[self.format])


@blueprint.get("/q", strict_slashes=False)
def catalogue() -> Response:
    """Every question, with its parameters and its address."""
    document = {"questions": [_described(question) for question in questions().values()]}
    body = json.dumps(document, ensure_ascii=False, indent=1) + "\n"
    return Response(body, content_type=_MEDIA_TYPES["json"])


def _described(question: Question) -> dict[str, object]:
    return {
        "name": question.name,
        "href": url_for("questions.answer", name=question.name),
        "title": question.title._asdict(),
        "description": question.description._asdict(),
        "period": question.of_period,
        "roster": question.options.get("roster"),
        "parameters": [
            {"name": p.name, "required": p.required, "label": p.label._asdict()}
            for p in question.parameters
        ],
    }


@blueprint.get("/q/<name>")
def answer(name: str) -> Response:
    """The answer to a question; the suffix of its name or Accept says in which format."""
    stem, _, suffix = name.partition(".")
    if stem not in questions() or (suffix and suffix not in _SUFFIXES):
        raise RefusedError(
            HTTPStatus.NOT_FOUND,
            f"「{name}」という問いはない。一覧は /q にある。",
            f"There is no question {name!r}; /q lists them.",
        )
    found = parameters()
    job = _job(stem, _format(suffix), found)
    response = _page(job, found) if job.format == "html" else respond(current_app, job)
    response.vary.update(["Accept", "Accept-Language"])
    return response


def _format(suffix: str) -> str:
    if suffix:
        return _SUFFIXES[suffix]
    media_type = chooser(request.headers.get("Accept", ""))(list(_MEDIA_TYPES.values()))
    return next(name for name, value in _MEDIA_TYPES.items() if value == media_type)


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
        explained=_truth(one(found, "explain")),
    )


def _truth(text: str | None) -> bool:
    if text is None:
        return False
    if text not in _TRUTHS:
        raise UsageError("explain は true 又は false。", "explain must be true or false.")
    return _TRUTHS[text]


def _page(job: QuestionJob, found: Parameters) -> Response:
    table = json.loads(evaluator_of(current_app).run(job).body)
    asked = urlencode(found, doseq=True)
    links = {
        suffix: f"{url_for('questions.answer', name=f'{job.name}.{suffix}')}?{asked}"
        for suffix in ("json", "csv")
    }
    body = render_template("answer.html", table=table, lang=job.language, links=links)
    return Response(body, content_type="text/html; charset=utf-8")
