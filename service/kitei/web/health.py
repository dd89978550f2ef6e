"""``/healthz`` and ``/readyz``: whether the service lives, and whether it can answer."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, Response, current_app

from kitei.errors import Bilingual
from kitei.web.problems import problem
from kitei.web.responses import evaluator_of

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthz() -> Response:
    """200 while this process answers."""
    return Response("ok\n", content_type="text/plain; charset=utf-8")


@blueprint.get("/readyz")
def readyz() -> Response:
    """200 while questions can be evaluated, else 503."""
    if evaluator_of(current_app).alive():
        return Response("ok\n", content_type="text/plain; charset=utf-8")
    detail = Bilingual("問合せを評価できない。", "Queries cannot be evaluated.")
    return problem(HTTPStatus.SERVICE_UNAVAILABLE, detail)
