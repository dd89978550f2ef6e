"""Who may see the roster: whoever knows the token, by header or by a cookie from ``/login``.

Where a roster is protected, everybody else is answered from a city that never
had it (``kitei.confined.Archive``). What a protected answer may not do:
be kept by a cache on the way, or be read by a page of another origin.
"""

from __future__ import annotations

import hmac
from dataclasses import replace
from hashlib import sha256
from http import HTTPStatus
from typing import Any, cast

from flask import Flask, Response, current_app, g, request
from itsdangerous import BadSignature, TimestampSigner

from kitei.confined import Document, Job, Wrapped
from kitei.web.problems import RefusedError
from kitei.web.sessions import LIFETIME, Sessions

COOKIE = "kitei"
VARY = ("Authorization", "Cookie")
"""What an answer depends on where something is protected."""
_EXTENSION = "kitei-access"
# What a page of another origin may POST: queries, which it does as nobody in particular.
_FOR_ALL_ORIGINS = frozenset({"sparql.sparql"})


class Access:
    """The token of a protected roster. Without one nothing is protected."""

    def __init__(self, token: str | None, secret: bytes = b"") -> None:
        """``secret`` signs cookies; all processes of a service share it.

        To be made before processes are forked: all of them know who has logged out.
        """
        self._digest = None if token is None else sha256(token.encode()).digest()
        self._signer = TimestampSigner(secret + (self._digest or b""), digest_method=sha256)
        self._sessions = Sessions()

    @property
    def protects(self) -> bool:
        """Whether there is something to protect."""
        return self._digest is not None

    def knows(self, token: str) -> bool:
        """Whether this is the token; takes as long for any (no timing attack)."""
        digest = sha256(token.encode("utf-8", "surrogateescape")).digest()
        return self._digest is not None and hmac.compare_digest(digest, self._digest)

    def cookie(self) -> str:
        """The value of the cookie of somebody who has shown the token just now."""
        return self._signer.sign(self._sessions.begin()).decode("ascii")

    def admits(self, cookie: str) -> bool:
        """Whether a cookie is one of ours, not too old, and nobody has logged out with it."""
        session = self._session(cookie)
        return session is not None and self._sessions.holds(session)

    def forget(self, cookie: str) -> None:
        """Let nobody in with this cookie any more, wherever copies of it are."""
        session = self._session(cookie)
        if session is not None:
            self._sessions.end(session)

    def _session(self, cookie: str) -> str | None:
        try:
            return self._signer.unsign(cookie, max_age=LIFETIME).decode("ascii")
        except BadSignature:
            return None


class ForAudience(Wrapped):
    """Does jobs with what the request that asks for them may see."""

    def run(self, job: Job) -> Document:
        """Do a job. Raises what the job raises, or ``CutShortError``."""
        seen = replace(cast("Any", job), protected=granted())
        return super().run(cast("Job", seen))


def register(app: Flask, access: Access) -> None:
    """Let the application know who asks. To be registered before what adds headers."""
    app.extensions[_EXTENSION] = access
    app.before_request(_recognise)
    app.after_request(_discreet)


def access_of(app: Flask) -> Access:
    """The application's access."""
    access: Access = app.extensions[_EXTENSION]
    return access


def granted() -> bool:
    """Whether the present request may see the protected roster."""
    return bool(g.get("granted", False))


def locked() -> bool:
    """Whether there is a roster that the present request may not see."""
    return access_of(current_app).protects and not granted()


def own_origin() -> bool:
    """Whether the request comes from a page of this service, or from no page at all."""
    origin = request.headers.get("Origin")
    if origin is not None:
        return origin == request.host_url.rstrip("/")
    return request.headers.get("Sec-Fetch-Site", "none") in ("same-origin", "none")


def _recognise() -> None:
    """Find out who asks. Raises ``RefusedError``: 401 for a wrong token, 403 for a foreign page."""
    access = access_of(current_app)
    at_home = own_origin()
    if request.method == "POST" and not at_home and request.endpoint not in _FOR_ALL_ORIGINS:
        raise RefusedError(
            HTTPStatus.FORBIDDEN,
            "他のサイトのページからの送信は受け付けない。",
            "Nothing is accepted from a page of another site.",
        )
    if not access.protects:
        return
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        if not access.knows(token.strip()):
            raise RefusedError(
                HTTPStatus.UNAUTHORIZED, "トークンが正しくない。", "The token is not right."
            )
        g.granted = True
    elif at_home:
        g.granted = access.admits(request.cookies.get(COOKIE, ""))


def _discreet(response: Response) -> Response:
    if response.status_code == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = 'Bearer realm="kitei", error="invalid_token"'
    if access_of(current_app).protects:
        response.vary.update(VARY)
    if granted():
        response.headers["Cache-Control"] = "no-store"
        response.headers.pop("Access-Control-Allow-Origin", None)
    return response
