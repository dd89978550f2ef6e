"""One shape for everything that goes wrong: problem details (RFC 9457), in ja and en."""

from __future__ import annotations

import json
import logging
from http import HTTPStatus

from flask import Flask, Response
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as BaseResponse

from kitei.confined import CutShortError, NotAcceptableError, UnexpectedError, where
from kitei.errors import Bilingual, KiteiError, UsageError

MEDIA_TYPE = "application/problem+json"
_LOG = logging.getLogger("kitei.web")
_RETRY_AFTER = "5"

_DETAILS = {
    HTTPStatus.NOT_FOUND: Bilingual("ここには何もない。", "There is nothing here."),
    HTTPStatus.METHOD_NOT_ALLOWED: Bilingual(
        "このメソッドは使えない。使えるものは Allow にある。",
        "This method is not allowed; see Allow for those that are.",
    ),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: Bilingual("本体が大きすぎる。", "The body is too large."),
    HTTPStatus.INTERNAL_SERVER_ERROR: Bilingual("内部の誤り。", "Internal error."),
}


class RefusedError(KiteiError):
    """A request that is refused with a status of its own (404, 415)."""

    exit_code = UsageError.exit_code

    def __init__(self, status: HTTPStatus, ja: str, en: str) -> None:
        super().__init__(ja, en)
        self.status = status


def problem(status: HTTPStatus, detail: Bilingual) -> Response:
    """The problem document (RFC 9457, section 3.1; ``about:blank``: section 4.2.1)."""
    document = {
        "type": "about:blank",
        "title": status.phrase,
        "status": status.value,
        "detail": detail.en,
        "detail_ja": detail.ja,
    }
    body = json.dumps(document, ensure_ascii=False) + "\n"
    response = Response(body, status.value, content_type=MEDIA_TYPE)
    if status is HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = _RETRY_AFTER
    return response


def register(app: Flask) -> None:
    """Translate every failure at this edge."""
    app.register_error_handler(KiteiError, _kitei_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unexpected)


def _kitei_error(error: KiteiError) -> Response:
    if isinstance(error, RefusedError):
        return problem(error.status, error.message)
    if isinstance(error, NotAcceptableError):
        return problem(HTTPStatus.NOT_ACCEPTABLE, error.message)
    if isinstance(error, UsageError):
        return problem(HTTPStatus.BAD_REQUEST, error.message)
    if isinstance(error, CutShortError):
        return problem(HTTPStatus.SERVICE_UNAVAILABLE, error.message)
    return _unexpected(error)


def _http_error(error: HTTPException) -> BaseResponse:
    if error.code is None or error.code < HTTPStatus.BAD_REQUEST:
        return error.get_response()  # a redirect
    status = HTTPStatus(error.code)
    fallback = Bilingual(status.phrase, error.description or status.phrase)
    response = problem(status, _DETAILS.get(status, fallback))
    for name, value in error.get_headers():
        if name.lower() != "content-type":
            response.headers[name] = value
    return response


def _unexpected(error: Exception) -> Response:
    # Neither the request nor the message is logged: both may carry names.
    _LOG.error("%s", error if isinstance(error, UnexpectedError) else where(error))
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, _DETAILS[HTTPStatus.INTERNAL_SERVER_ERROR])
