"""``/q`` as data, and ``/q/<question>/choices/<parameter>``: what can be asked, and of what."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus

from flask import Blueprint, Response, current_app, url_for

from kitei import dates
from kitei.ask import Question, questions
from kitei.calendar import Calendar
from kitei.confined import Document
from kitei.errors import UsageError
from kitei.web.jobs import JSON, OwnJob
from kitei.web.parameters import day_of, parameters
from kitei.web.problems import RefusedError
from kitei.web.responses import respond
from kitei.web.written import SUFFIXES

blueprint = Blueprint("choosing", __name__)


@dataclass(frozen=True)
class ChoicesJob(OwnJob):
    """What a parameter of a question may be on a day."""

    question: str
    parameter: str
    day: date

    def run(self, calendar: Calendar) -> Document:
        """The choices, as JSON."""
        from kitei.ask.choices import choices

        parameter = next(
            each for each in questions()[self.question].parameters if each.name == self.parameter
        )
        city = calendar.on(self.day)
        found = choices(city, city.day(self.day, judging=False), parameter)
        document = {
            "question": self.question,
            "parameter": self.parameter,
            "as_of": self.day.isoformat(),
            "choices": [
                {
                    "value": choice.value,
                    "label": choice.label._asdict(),
                    "names": list(choice.names),
                    "iri": choice.iri,
                }
                for choice in found
            ],
        }
        return Document((json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode(), JSON)


@blueprint.get("/q/<name>/choices/<parameter>")
def listed(name: str, parameter: str) -> Response:
    """Everything that a parameter may be, with labels in both languages."""
    known = questions().get(name)
    if known is None or parameter not in {each.name for each in known.parameters}:
        raise RefusedError(
            HTTPStatus.NOT_FOUND,
            f"問い「{name}」に項目「{parameter}」はない。一覧は /q にある。",
            f"There is no question {name!r} with a parameter {parameter!r}; /q lists them.",
        )
    found = parameters()
    strange = found.keys() - {"as-of"}
    if strange:
        raise UsageError(
            "choices には as-of だけ書ける。", "choices takes no parameter other than as-of."
        )
    return respond(current_app, ChoicesJob(name, parameter, day_of(found) or dates.today()))


def catalogue() -> str:
    """Every question, as JSON."""
    document = {"questions": [described(question) for question in questions().values()]}
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def described(question: Question) -> dict[str, object]:
    """A question: its address, its parameters and columns, the formats of its answer."""
    address = url_for("questions.answer", name=question.name)
    return {
        "name": question.name,
        "href": address,
        "title": question.title._asdict(),
        "description": question.description._asdict(),
        "period": question.of_period,
        "roster": question.options.get("roster"),
        "parameters": [
            {
                "name": each.name,
                "type": "choice",
                "required": each.required,
                "label": each.label._asdict(),
                "choices": url_for("choosing.listed", name=question.name, parameter=each.name),
            }
            for each in question.parameters
        ]
        + [{"name": name, "type": "date", "required": False} for name in days(question)],
        "columns": [
            {"name": each.name, "type": each.kind, "label": each.label._asdict()}
            for each in question.columns
        ],
        "formats": {suffix: f"{address}.{suffix}" for suffix in SUFFIXES},
    }


def days(question: Question) -> tuple[str, ...]:
    """The parameters that say of which day, or of which days, a question is asked."""
    return ("as-of", "from", "to") if question.of_period else ("as-of",)
