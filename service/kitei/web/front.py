"""What stands before Flask: answers that everybody gets are given again without asking it.

A cache by the rules of HTTP (RFC 9111): it keeps responses to GET that have a
validator and do not say ``no-store``, and gives none to a request that carries
anything personal. What it keeps is not given once the data or the day has changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from time import time
from typing import TYPE_CHECKING, Any, NamedTuple

from kitei import dates
from kitei.web.recent import Recent

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# With one of these a request may get another answer than the next, or wants a special one.
_PERSONAL = frozenset(
    {
        "HTTP_AUTHORIZATION",
        "HTTP_CACHE_CONTROL",
        "HTTP_COOKIE",
        "HTTP_IF_MATCH",
        "HTTP_IF_MODIFIED_SINCE",
        "HTTP_IF_NONE_MATCH",
        "HTTP_IF_UNMODIFIED_SINCE",
        "HTTP_RANGE",
        "HTTP_X_FORWARDED_FOR",
        "HTTP_X_FORWARDED_HOST",
        "HTTP_X_FORWARDED_PROTO",
    }
)
_VARYING = (
    "wsgi.url_scheme",
    "HTTP_HOST",
    "SCRIPT_NAME",
    "PATH_INFO",
    "QUERY_STRING",
    "HTTP_ACCEPT",
    "HTTP_ACCEPT_LANGUAGE",
)
_Key = tuple[str | None, ...]
_State = tuple[int, date]
"""What an answer is of: a state of the data, and a day."""
_BESIDES = 1024
"""Bytes that an answer takes beyond its body and what was asked."""


class _Kept(NamedTuple):
    state: _State
    status: str
    headers: list[tuple[str, str]]
    parts: list[bytes]


class Front:
    """A WSGI application before another one."""

    def __init__(
        self,
        app: WSGIApplication,
        generation: Callable[[], int],
        most: int,
        given: Callable[[], object] = lambda: None,
        admits: Callable[[str], bool] = lambda _: True,
    ) -> None:
        """Keep ``most`` bytes; ``given`` is called for each answer that was given again.

        ``admits`` counts such a request of a client; it is left to the application otherwise.
        """
        self._app = app
        self._generation = generation
        self._given = given
        self._admits = admits
        self._kept: Recent[_Key, _Kept] = Recent(most)
        self._today = 0, date.min
        """A second, and the day that it is in."""

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer (PEP 3333)."""
        if environ["REQUEST_METHOD"] != "GET" or not environ.keys().isdisjoint(_PERSONAL):
            return self._app(_plainly(environ), start_response)
        key = tuple(map(environ.get, _VARYING))
        state = self._state()
        kept = self._kept.get(key)
        if kept is not None and kept.state == state:
            if not self._admits(environ.get("REMOTE_ADDR", "")):
                return self._app(_plainly(environ), start_response)
            self._given()
            start_response(kept.status, kept.headers)
            return kept.parts
        return self._asked(environ, start_response, key, state)

    def _state(self) -> _State:
        """What there is now. The day ends with a second, so it is looked up once in each."""
        now = int(time())
        second, day = self._today
        if second != now:
            day = dates.today()
            self._today = now, day
        return self._generation(), day

    def _asked(
        self, environ: WSGIEnvironment, start_response: StartResponse, key: _Key, state: _State
    ) -> Iterable[bytes]:
        """Ask the application, and keep what may be kept."""
        said: list[tuple[str, list[tuple[str, str]]]] = []

        def listening(
            status: str, headers: list[tuple[str, str]], *exception: Any
        ) -> Callable[[bytes], object]:
            said.append((status, headers))
            return start_response(status, headers, *exception)

        parts = self._app(_plainly(environ), listening)
        if not isinstance(parts, list):
            # Werkzeug's ClosingIterator round a response that is all there, perhaps.
            body = b"".join(parts)
            close = getattr(parts, "close", None)
            if close is not None:
                close()
            parts = [body]
        status, headers = said[-1]
        # What came from a newer state of the data must not stand for the older one.
        if _keepable(status, headers) and state[0] == self._generation():
            body = b"".join(parts)
            size = len(body) + sum(map(len, filter(None, key))) + _BESIDES
            self._kept.keep(key, _Kept(state, status, headers, [body]), size)
        return parts


def _plainly(environ: WSGIEnvironment) -> WSGIEnvironment:
    """With the name of the host in one case; it may be of any (RFC 9110, section 4.2.3)."""
    if "HTTP_HOST" in environ:
        environ["HTTP_HOST"] = environ["HTTP_HOST"].lower()
    return environ


def _keepable(status: str, headers: list[tuple[str, str]]) -> bool:
    validated = False
    for name, value in headers:
        field = name.lower()
        if field == "set-cookie" or (field == "cache-control" and "no-store" in value):
            return False
        validated = validated or field == "etag"
    return validated and status.startswith("200")
