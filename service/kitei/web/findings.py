"""``/findings``: the check of the service's own roster on a day, as a page and in files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus

from flask import Blueprint, Response, current_app

from kitei import dates
from kitei.calendar import Calendar
from kitei.confined import Document
from kitei.web.jobs import OwnJob
from kitei.web.parameters import day_of, language, parameters
from kitei.web.problems import RefusedError
from kitei.web.responses import respond
from kitei.web.shell import page
from kitei.web.verdicts import verdict

# Suffix -> the format of the report and its media type.
FORMATS: Mapping[str, tuple[str, str]] = {
    "json": ("json", "application/json"),
    "txt": ("text", "text/plain"),
    "md": ("markdown", "text/markdown"),
    "ttl": ("turtle", "text/turtle"),
    "sarif": ("sarif", "application/sarif+json"),
    "xml": ("junit", "application/xml"),
}

blueprint = Blueprint("findings", __name__)


@dataclass(frozen=True)
class ReportJob(OwnJob):
    """The check of the roster on a day, as a file. Findings name no person."""

    as_of: date
    language: str
    suffix: str
    """One of ``FORMATS``."""

    @property
    def day(self) -> date | None:
        """None: a check judges more than questions are told of the day."""
        return None

    def run(self, calendar: Calendar) -> Document:
        """The report. Raises ``NothingToCheckError``, and ``UsageError`` without a roster."""
        # Late: most questions check nothing.
        from kitei.check import check
        from kitei.report.formats import Setting, written

        form, media_type = FORMATS[self.suffix]
        report = check(calendar.judged(self.as_of), self.as_of)
        return Document(written(form, report, Setting(self.language)).encode(), media_type)


@blueprint.get("/findings")
def findings() -> Response:
    """The findings of the day, by provision."""
    found = parameters()
    day, lang = day_of(found) or dates.today(), language(found)
    return page("findings.html", check=verdict(day, lang), formats=list(FORMATS))


@blueprint.get("/findings.<suffix>")
def report(suffix: str) -> Response:
    """The report of the day in a format, as ``kitei check`` writes it."""
    if suffix not in FORMATS:
        raise RefusedError(
            HTTPStatus.NOT_FOUND,
            f"その形式はない。形式: {', '.join(FORMATS)}",
            f"There is no such format; formats: {', '.join(FORMATS)}",
        )
    found = parameters()
    day, lang = day_of(found) or dates.today(), language(found)
    response = respond(current_app, ReportJob(day, lang, suffix))
    response.vary.add("Accept-Language")
    return response
