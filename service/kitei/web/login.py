"""``/login`` and ``/logout``: how a browser shows the token, which never stands in a URL."""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import urlsplit

from flask import Blueprint, Response, current_app, request, url_for

from kitei.web.access import COOKIE, access_of, granted
from kitei.web.parameters import language, parameters
from kitei.web.sessions import LIFETIME
from kitei.web.shell import page

blueprint = Blueprint("login", __name__)


@blueprint.get("/login")
def form() -> Response:
    """The form."""
    return _page(HTTPStatus.OK)


@blueprint.post("/login")
def enter() -> Response:
    """Give a cookie to whoever knows the token, and go where they came from."""
    access = access_of(current_app)
    if not access.knows(request.form.get("token", "")):
        return _page(HTTPStatus.FORBIDDEN, wrong=True)
    access.forget(request.cookies.get(COOKIE, ""))
    response = _to(request.form.get("next", ""))
    response.set_cookie(
        COOKIE,
        access.cookie(),
        max_age=LIFETIME,
        httponly=True,
        samesite="Strict",
        secure=request.is_secure,
    )
    return response


@blueprint.post("/logout")
def leave() -> Response:
    """End the session, for all copies of its cookie, and take the cookie back."""
    access_of(current_app).forget(request.cookies.get(COOKIE, ""))
    response = _to("")
    response.delete_cookie(COOKIE, httponly=True, samesite="Strict", secure=request.is_secure)
    return response


def _page(status: HTTPStatus, *, wrong: bool = False) -> Response:
    if request.method == "GET":
        language(parameters())
    return page(
        "login.html",
        status.value,
        wrong=wrong,
        needed=access_of(current_app).protects,
        inside=granted(),
        next=_within(request.values.get("next", "")),
    )


def _to(place: str) -> Response:
    return Response(status=HTTPStatus.SEE_OTHER, headers={"Location": _within(place)})


def _within(place: str) -> str:
    """A path of this service: nobody is led elsewhere after logging in."""
    if not place.isprintable():
        return url_for("home.home")
    parts = urlsplit(place)
    if parts.scheme or parts.netloc or not place.startswith("/") or place.startswith(("//", "/\\")):
        return url_for("home.home")
    return place
