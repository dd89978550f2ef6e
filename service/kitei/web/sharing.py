"""Cross-origin reading (CORS, Fetch standard section 3.2): of public answers only.

Never with credentials: a page of another origin reads what everybody may read,
and not even that where an operator has opened the roster of real people.
"""

from __future__ import annotations

from flask import Flask, Response, current_app, request

from kitei.web.access import granted

_CLOSED = "KITEI_CLOSED_TO_OTHER_ORIGINS"
SHARED = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Allow, ETag, Link, Retry-After",
}
"""What a public answer carries."""
_A_DAY = "86400"
_PRIVATE = frozenset({"check"})
"""Blueprints whose answers are for who asked: what was found in a roster that somebody sent."""


def register(app: Flask, closed: bool) -> None:
    """Share public answers, unless the application is ``closed`` to pages of other origins."""
    app.config[_CLOSED] = closed
    app.after_request(_shared)


def _shared(response: Response) -> Response:
    if granted() or current_app.config[_CLOSED] or request.blueprint in _PRIVATE:
        return response
    for name, value in SHARED.items():
        response.headers[name] = value
    if request.method == "OPTIONS":
        response.headers["Access-Control-Allow-Methods"] = response.headers.get("Allow", "")
        response.headers["Access-Control-Allow-Headers"] = "Accept, Content-Type, If-None-Match"
        response.headers["Access-Control-Max-Age"] = _A_DAY
    return response
