"""How many requests a client may make."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus
from itertools import count
from threading import Lock

from cachetools import TTLCache
from flask import Flask, request

from kitei.web.problems import RefusedError
from kitei.web.responses import OUTCOME

_BURST = 5
"""Seconds over which requests may be spread unevenly."""
_LOGINS, _MINUTE = 10, 60
"""How often a client may try to log in, in so many seconds."""
_CLIENTS = 10_000
"""Clients that are counted at once; of more, those that came first begin anew."""


class Window:
    """Counts the requests of each client (address) from its first one on, then afresh."""

    def __init__(self, most: int, seconds: float) -> None:
        """Admit ``most`` requests of a client in so many seconds; 0: any number."""
        self._most = most
        self._counts: TTLCache[str, Iterator[int]] = TTLCache(_CLIENTS, seconds)
        self._lock = Lock()

    def admits(self, client: str) -> bool:
        """Whether this further request of a client may be answered."""
        if not self._most:
            return True
        with self._lock:
            counted = self._counts.get(client)
            if counted is None:
                counted = self._counts[client] = count(1)
            return next(counted) <= self._most

    def check(self, client: str) -> None:
        """Count a request. Raises ``RefusedError`` (429) if there are too many."""
        if not self.admits(client):
            raise RefusedError(
                HTTPStatus.TOO_MANY_REQUESTS,
                "要求が多すぎる。しばらく待つ。",
                "Too many requests; wait a while.",
            )


def register(app: Flask, rate: int) -> Window:
    """Refuse more than ``rate`` requests a second of a client (0: any number), and many logins.

    Clients are told apart by address; each worker counts for itself. Returns what counts.
    """
    usual = Window(rate * _BURST, _BURST)
    logins = Window(_LOGINS, _MINUTE)

    def limit() -> None:
        client = request.remote_addr or ""
        if OUTCOME not in request.environ:  # else it has been counted
            usual.check(client)
        if request.method == "POST" and request.endpoint == "login.enter":
            logins.check(client)

    app.before_request(limit)
    return usual
