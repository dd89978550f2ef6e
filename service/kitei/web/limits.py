"""How large the head of a request may be (RFC 9110, section 15.5.15; RFC 6585, section 5)."""

from __future__ import annotations

from http import HTTPStatus

from flask import Flask, request

from kitei.web.problems import RefusedError

LONGEST_URL = 208 * 1024
"""Bytes: a query of the longest kind with every byte percent-encoded, and its parameters.

The server of ``kitei serve`` itself refuses URLs beyond 64 KiB with 414; this is for others.
"""
LONGEST_HEADERS = 16 * 1024
"""Bytes of all header fields together, without the URL."""


def register(app: Flask) -> None:
    """Refuse such requests before anything else looks at them."""
    app.before_request(_examine)


def _examine() -> None:
    if len(request.query_string) + len(request.path) > LONGEST_URL:
        raise RefusedError(
            HTTPStatus.REQUEST_URI_TOO_LONG,
            f"URL が長すぎる (最大 {LONGEST_URL} バイト)。長い問合せは POST で送る。",
            f"The URL is too long (at most {LONGEST_URL} bytes); send long queries by POST.",
        )
    if sum(len(name) + len(value) for name, value in request.headers) > LONGEST_HEADERS:
        raise RefusedError(
            HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
            f"ヘッダーが大きすぎる (合計で最大 {LONGEST_HEADERS} バイト)。",
            f"The headers are too large (at most {LONGEST_HEADERS} bytes in all).",
        )
