"""Bodies that arrive slowly or not to their end.

A thread that reads a body waits for its client, who may send a byte an hour. So
only some may wait at once, fewer of one client, and what has waited too long is
ended by closing its connection (``connections``). What is cut off on its way is
no request: its length tells, or the client that has gone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from threading import Condition, Thread
from time import monotonic
from typing import TYPE_CHECKING, Any

from kitei.errors import UsageError
from kitei.web.connections import end_silent, has_gone
from kitei.web.problems import RefusedError

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

AT_ONCE = 32
"""Bodies that a process waits for; others are told to come later."""
OF_ONE = 16
"""Of them, those of one client."""
HELD = 256 * 1024 * 1024
"""Bytes of large bodies that a process holds at once; others are told to come later."""
SMALL = 256 * 1024
"""Bytes of a body that is always taken: queries and forms are no longer."""


class Bodies:
    """A WSGI application before another one, for which it reads bodies."""

    def __init__(self, app: WSGIApplication, patience: float) -> None:
        """``patience``: seconds for a body; no answer may take longer, or it is lost as well."""
        self._app = app
        self._patience = patience
        self._changed = Condition()
        self._waiting: dict[object, tuple[float, str, int]] = {}
        self._watched = False
        self._held: dict[object, int] = {}

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer (PEP 3333)."""
        if environ.get("CONTENT_LENGTH", "0") != "0" or "HTTP_TRANSFER_ENCODING" in environ:
            return self._with_body(environ, start_response)
        return self._app(environ, start_response)

    def _with_body(
        self, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        body = environ["wsgi.input"] = _Body(environ, self)
        try:
            return self._app(environ, start_response)
        finally:
            with self._changed:
                self._held.pop(body, None)

    def hold(self, body: object, size: int) -> None:
        """So much of a body is in memory. Raises ``RefusedError`` (503) where all is too much."""
        with self._changed:
            self._held[body] = size
            if sum(self._held.values()) <= HELD:
                return
            del self._held[body]
        raise RefusedError(
            HTTPStatus.SERVICE_UNAVAILABLE,
            "送られた名簿の処理が混み合っている。後で試す。",
            "Too much is being sent at once; try later.",
        )

    @contextmanager
    def waiting(self, client: str, port: int) -> Iterator[None]:
        """While something is read. Raises ``RefusedError`` (503) where too many wait already."""
        token = object()
        with self._changed:
            clients = Counter(each for _, each, _ in self._waiting.values())
            if len(self._waiting) >= AT_ONCE or clients[client] >= OF_ONE:
                raise RefusedError(
                    HTTPStatus.SERVICE_UNAVAILABLE,
                    "送信中の要求が多すぎる。後で試す。",
                    "Too many requests are still being sent; try later.",
                )
            self._waiting[token] = (monotonic(), client, port)
            self._watch()
        try:
            yield
        finally:
            with self._changed:
                del self._waiting[token]

    def _watch(self) -> None:
        """Have a thread end what waits too long; each process that reads has its own."""
        if not self._watched:
            self._watched = True
            Thread(target=self._end_late, daemon=True).start()
        elif len(self._waiting) == 1:
            self._changed.notify()

    def _end_late(self) -> None:
        while True:
            with self._changed:
                while not self._waiting:
                    self._changed.wait()
                since, client, port = next(iter(self._waiting.values()))  # the oldest
                left = since + self._patience - monotonic()
                if left > 0:
                    self._changed.wait(left)
                    continue
            end_silent(client, port, self._patience)
            with self._changed:
                self._changed.wait(1)


class _Body:
    """The input of a request (PEP 3333), complete or not at all."""

    def __init__(self, environ: WSGIEnvironment, bodies: Bodies) -> None:
        self._inner = environ["wsgi.input"]
        self._bodies = bodies
        self._client = str(environ.get("REMOTE_ADDR", ""))
        self._port = int(environ.get("SERVER_PORT", "0"))
        length = environ.get("CONTENT_LENGTH", "")
        self._left = int(length) if length.isdecimal() else None
        self._size = 0

    def read(self, size: int = -1) -> bytes:
        """Some of it. Raises ``UsageError`` when it ends before its end.

        The server gives what came of a chunked body that was cut off as if that were all
        of it. But who sends no more before there is an answer gets none from this server,
        so that a client who has closed its connection by then has sent a part.
        """
        if size is None or size < 0:
            return b"".join(iter(lambda: self.read(1 << 16), b""))
        with self._bodies.waiting(self._client, self._port):
            data: bytes = self._inner.read(size)
        self._size += len(data)
        if self._size > SMALL:
            self._bodies.hold(self, self._size)
        if self._left is not None:
            self._left -= len(data)
        if size and not data and self._is_part():
            raise UsageError("本体が途中で終わっている。", "The body ends before its length.")
        return data

    def _is_part(self) -> bool:
        """Whether there has to be more than was read."""
        if self._left is None:
            return has_gone(self._client, self._port)
        return self._left > 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)
