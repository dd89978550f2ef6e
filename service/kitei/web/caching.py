"""Validators: a strong ETag on every answer, and 304 for who has it already (RFC 9110, 8.8, 13)."""

from __future__ import annotations

from hashlib import sha256
from http import HTTPStatus

from flask import Flask, Response, request

from kitei.errors import Bilingual
from kitei.web.access import granted
from kitei.web.problems import problem

KEPT, NOT_KEPT = "no-cache", "no-store"
"""Cache-Control of what may be kept, to be asked for again each time, and of what may not."""
_DIGITS = 32
# Whether the service is well, what it has counted, who is logged in.
_OF_THE_MOMENT = frozenset({"health", "metrics", "login"})
_FAILED = Bilingual(
    "If-Match の版はもうない。", "What If-Match names is not the present representation."
)


def register(app: Flask) -> None:
    """Give every answer its validator, and say who may keep it."""
    app.after_request(_validated)


def _validated(response: Response) -> Response:
    # Public answers may be kept, but change with data and day, so they are to be asked for again.
    # No cache on the way is to keep what only some may see.
    read = request.method in ("GET", "HEAD") and response.status_code == HTTPStatus.OK
    kept = read and not granted() and request.blueprint not in _OF_THE_MOMENT
    response.headers.setdefault("Cache-Control", KEPT if kept else NOT_KEPT)
    if response.direct_passthrough:
        return response  # the style sheet, which Flask has validated
    return _conditional(response) if read else response


def _conditional(response: Response) -> Response:
    validator = tag(response.content_type or "", response.get_data())
    response.set_etag(validator)
    if request.if_match and not request.if_match.contains(validator):
        return problem(HTTPStatus.PRECONDITION_FAILED, _FAILED)
    if request.if_none_match.contains_weak(validator):
        response.status_code = HTTPStatus.NOT_MODIFIED
        response.set_data(b"")
        del response.headers["Content-Length"]
    return response


def tag(content_type: str, body: bytes) -> str:
    """The validator of a representation: the same bytes as another type are another one."""
    digest = sha256(content_type.encode())
    digest.update(body)
    return digest.hexdigest()[:_DIGITS]
