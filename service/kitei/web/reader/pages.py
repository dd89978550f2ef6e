"""The addresses of the reader: the regulations, one on a day, one of its versions."""

from __future__ import annotations

import json
from datetime import date
from functools import partial
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, current_app, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from kitei import dates
from kitei.confined import CutShortError, Job
from kitei.web import addresses
from kitei.web.caching import NOT_KEPT
from kitei.web.parameters import day_of, language, parameters
from kitei.web.problems import RefusedError
from kitei.web.reader.jobs import EditionJob, ShelfJob, StandingJob
from kitei.web.responses import evaluator_of
from kitei.web.shell import link, page
from kitei.web.verdicts import verdict

blueprint = Blueprint("reader", __name__, url_prefix="/reg")


@blueprint.get("/")
def works() -> BaseResponse:
    """The regulations; where there is one, that one."""
    shelf = _done(ShelfJob())
    if len(shelf) == 1:
        return redirect(link("reader.work", name=next(iter(shelf))), HTTPStatus.FOUND)
    return page("reader-list.html", shelf=shelf)


@blueprint.get("/<name>")
def work(name: str) -> Response:
    """A regulation as it is in force on the day."""
    day, lang = _asked()
    known = _known(name)
    standing = _done(StandingJob(name, day, lang))
    return _shown(name, known, standing, standing["version"])


@blueprint.get("/<name>/<version>")
def edition(name: str, version: str) -> Response:
    """A version of a regulation, whatever is in force on the day."""
    day, lang = _asked()
    known = _known(name)
    if version not in known["versions"]:
        listed = ", ".join(known["versions"])
        raise RefusedError(
            HTTPStatus.NOT_FOUND,
            f"版「{version}」はない。版: {listed}",
            f"There is no version {version!r}; versions: {listed}",
        )
    return _shown(name, known, _done(StandingJob(name, day, lang)), version)


def _asked() -> tuple[date, str]:
    found = parameters()
    return day_of(found) or dates.today(), language(found)


def _done(job: Job) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(evaluator_of(current_app).run(job).body)
    return found


def _known(name: str) -> dict[str, Any]:
    shelf = _done(ShelfJob())
    if name not in shelf:
        raise RefusedError(
            HTTPStatus.NOT_FOUND,
            f"規程「{name}」は収録していない。一覧は /reg/ にある。",
            f"No regulation {name!r} is held; /reg/ lists them.",
        )
    found: dict[str, Any] = shelf[name]
    return found


def _shown(
    name: str, known: dict[str, Any], standing: dict[str, Any], version: str | None
) -> Response:
    """The page of a version, or what takes its place where there is no text to show."""
    day, lang = _asked()
    shown = known["versions"].get(version)
    held = shown is not None and shown["held"]
    current = version is not None and version == standing["version"]
    text = _done(EditionJob(name, version, lang)) if held and version else None
    checked = _findings(day, lang) if text and current and known["judged"] else None
    there = link("reader.edition", name=name, version=version) if held else ""
    response = page(
        "reader.html",
        name=name,
        local=partial(addresses.link, day=day, language=lang),
        base="" if request.path == urlsplit(there).path else there,
        known=known,
        version=version,
        shown=shown,
        title=shown["title"] if shown else known["title"],
        standing=standing,
        current=current,
        text=text,
        checked=checked,
        elsewhere=_placed(text, checked["findings"]) if text and checked else [],
    )
    if checked and "late" in checked:  # whoever asks again is to get the findings
        response.headers["Cache-Control"] = NOT_KEPT
    return response


def _findings(day: date, lang: str) -> dict[str, Any]:
    try:
        return verdict(day, lang)
    except CutShortError:
        # The text is to be read also when the check has no time.
        return {"late": True, "findings": []}


def _placed(text: dict[str, Any], findings: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Put each finding at its provision; those that have none in this text are returned."""
    rows = {eid: row for row in text["rows"] for eid in row["eids"]}
    for finding in findings:
        if finding["provision"] in rows:
            rows[finding["provision"]].setdefault("found", []).append(finding)
    return [finding for finding in findings if finding["provision"] not in rows]
