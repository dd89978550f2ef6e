"""``/``: who acts on the day and why, whether the roster conforms, and where to go from here."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from flask import Blueprint, Response, current_app

from kitei import __version__, dates
from kitei.ask import questions
from kitei.web.page import Shown
from kitei.web.parameters import day_of, language, parameters
from kitei.web.question_pages import QuestionPageJob
from kitei.web.responses import evaluator_of
from kitei.web.shell import page
from kitei.web.verdicts import verdict

# Asked without parameters it answers for the posts that the text fills.
_SHOWN = "who-acts"
_VERSIONS = "versions"

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
def home() -> Response:
    """The day at a glance."""
    found = parameters()
    day, lang = day_of(found) or dates.today(), language(found)
    return page(
        "home.html",
        table=_answered(_SHOWN, day, lang),
        versions=_answered(_VERSIONS, day, lang),
        check=verdict(day, lang),
        shown=_SHOWN,
        questions=list(questions().values()),
        program=__version__,
    )


def _answered(name: str, day: date, lang: str) -> dict[str, Any]:
    job = QuestionPageJob(name, (), day, None, Shown(lang))
    known: dict[str, Any] = json.loads(evaluator_of(current_app).run(job).body)
    return known
