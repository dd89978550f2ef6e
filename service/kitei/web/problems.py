"""One shape for everything that goes wrong: problem details (RFC 9457), in ja and en."""

from __future__ import annotations

import json
import logging
from http import HTTPStatus

from flask import Flask, Response, render_template, request
from flask.globals import request_ctx
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as BaseResponse

from kitei.confined import CutShortError, NotAcceptableError, UnexpectedError, where
from kitei.errors import (
    Bilingual,
    InputUnreadableError,
    KiteiError,
    NothingToCheckError,
    TextNotHeldError,
    UsageError,
)
from kitei.web.negotiation import chooser

MEDIA_TYPE = "application/problem+json"
_JSON, _HTML = "application/json", "text/html"
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
# The first that fits. What was asked with 409 is sound: what is held here does not allow an answer.
_STATUSES: dict[type[KiteiError], HTTPStatus] = {
    NotAcceptableError: HTTPStatus.NOT_ACCEPTABLE,
    UsageError: HTTPStatus.BAD_REQUEST,
    InputUnreadableError: HTTPStatus.UNPROCESSABLE_ENTITY,
    NothingToCheckError: HTTPStatus.CONFLICT,
    TextNotHeldError: HTTPStatus.CONFLICT,
    CutShortError: HTTPStatus.SERVICE_UNAVAILABLE,
}


_TITLES = {
    HTTPStatus.NOT_FOUND: "not_found",
    HTTPStatus.BAD_REQUEST: "refused",
    HTTPStatus.INTERNAL_SERVER_ERROR: "failed",
    HTTPStatus.SERVICE_UNAVAILABLE: "busy",
    HTTPStatus.TOO_MANY_REQUESTS: "busy",
}
"""The title of a page, by status; else by the class of the status."""


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
    if status in (HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.TOO_MANY_REQUESTS):
        response.headers["Retry-After"] = _RETRY_AFTER
    return response


def shown(status: HTTPStatus, detail: Bilingual) -> Response:
    """The problem: a page for who browses, in the language of the page, else its document."""
    try:
        chosen = chooser(request.headers.get("Accept", ""))((MEDIA_TYPE, _JSON, _HTML))
    except NotAcceptableError:
        chosen = MEDIA_TYPE
    response = problem(status, detail)
    # Without an adapter (a host that is not ours) no address can be written.
    if chosen == _HTML and request_ctx.url_adapter is not None:
        title = _TITLES.get(status) or _TITLES[HTTPStatus(status // 100 * 100)]
        said = {"title": title, "status": status.value, "detail": detail}
        wait = response.headers.get("Retry-After")
        response.set_data(render_template("problem.html", **said, wait=wait))
        response.content_type = f"{_HTML}; charset=utf-8"
    response.vary.update(["Accept", "Accept-Language"])
    return response


def register(app: Flask) -> None:
    """Translate every failure at this edge."""
    app.register_error_handler(KiteiError, _kitei_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unexpected)


def status_of(error: KiteiError) -> HTTPStatus:
    """The status that says what kind of failure it is; exit codes 2, 3 and 4 have one each."""
    if isinstance(error, RefusedError):
        return error.status
    kinds = (status for kind, status in _STATUSES.items() if isinstance(error, kind))
    return next(kinds, HTTPStatus.INTERNAL_SERVER_ERROR)


def _kitei_error(error: KiteiError) -> Response:
    status = status_of(error)
    if status is HTTPStatus.INTERNAL_SERVER_ERROR:
        return _unexpected(error)
    return shown(status, error.message)


def _http_error(error: HTTPException) -> BaseResponse:
    if error.code is None or error.code < HTTPStatus.BAD_REQUEST:
        return error.get_response()  # a redirect
    status = HTTPStatus(error.code)
    fallback = Bilingual(
        f"この要求は受け付けられない ({status.value})。", error.description or status.phrase
    )
    response = shown(status, _DETAILS.get(status, fallback))
    for name, value in error.get_headers():
        if name.lower() != "content-type":
            response.headers[name] = value
    return response


def _unexpected(error: Exception) -> Response:
    # Neither the request nor the message is logged: both may carry names.
    _LOG.error("%s", error if isinstance(error, UnexpectedError) else where(error))
    return shown(HTTPStatus.INTERNAL_SERVER_ERROR, _DETAILS[HTTPStatus.INTERNAL_SERVER_ERROR])
