"""What stands before Flask: answers that everybody gets are given again without asking it.

A cache by the rules of HTTP (RFC 9111): it keeps responses to GET that have a
validator and do not say ``no-store``, and gives none to a request that carries
anything personal. All it keeps becomes unreachable when the data or the day changes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple

from cachetools import LRUCache

from kitei import dates

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
_Key = tuple[Any, ...]
_WRITTEN = 2
"""Where what the request says begins in a key."""
_BESIDES = 1024
"""Bytes that an answer takes beyond its body and what was asked."""


class _Kept(NamedTuple):
    status: str
    headers: list[tuple[str, str]]
    body: bytes
    size: int


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
        self._kept: LRUCache[_Key, _Kept] = LRUCache(most, getsizeof=lambda kept: kept.size)
        self._lock = Lock()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer (PEP 3333)."""
        if "HTTP_HOST" in environ:  # of any case (RFC 9110, section 4.2.3)
            environ["HTTP_HOST"] = environ["HTTP_HOST"].lower()
        if environ["REQUEST_METHOD"] != "GET" or not environ.keys().isdisjoint(_PERSONAL):
            return self._app(environ, start_response)
        key = self._key(environ)
        with self._lock:
            kept: _Kept | None = self._kept.get(key)
        if kept is not None and not self._admits(environ.get("REMOTE_ADDR", "")):
            return self._app(environ, start_response)
        if kept is not None:
            self._given()
            start_response(kept.status, kept.headers)
            return [kept.body]
        return self._asked(environ, start_response, key)

    def _key(self, environ: WSGIEnvironment) -> _Key:
        today: date = dates.today()
        return (self._generation(), today, *map(environ.get, _VARYING))

    def _asked(
        self, environ: WSGIEnvironment, start_response: StartResponse, key: _Key
    ) -> Iterable[bytes]:
        """Ask the application, and keep what may be kept."""
        said: list[tuple[str, list[tuple[str, str]]]] = []

        def listening(
            status: str, headers: list[tuple[str, str]], *exception: Any
        ) -> Callable[[bytes], object]:
            said.append((status, headers))
            return start_response(status, headers, *exception)

        parts = self._app(environ, listening)
        if not isinstance(parts, list) and getattr(parts, "__len__", None) is None:
            # Werkzeug's ClosingIterator round a response that is all there.
            body = b"".join(parts)
            close = getattr(parts, "close", None)
            if close is not None:
                close()
            parts = [body]
        status, headers = said[-1]
        if _keepable(status, headers):
            body = b"".join(parts)
            size = len(body) + sum(map(len, filter(None, key[_WRITTEN:]))) + _BESIDES
            if size <= self._kept.maxsize / 2 and key[0] == self._generation():
                with self._lock:
                    self._kept[key] = _Kept(status, headers, body, size)
        return parts


def _keepable(status: str, headers: list[tuple[str, str]]) -> bool:
    validated = False
    for name, value in headers:
        field = name.lower()
        if field == "set-cookie" or (field == "cache-control" and "no-store" in value):
            return False
        validated = validated or field == "etag"
    return validated and status.startswith("200")
