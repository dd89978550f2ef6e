"""How many requests a client may make."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from flask import Flask, request
from limits import RateLimitItem, RateLimitItemPerMinute, RateLimitItemPerSecond
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from kitei.web.problems import RefusedError
from kitei.web.responses import OUTCOME

_LOGINS = RateLimitItemPerMinute(10, namespace="login")
_BURST = 5
"""Seconds over which requests may be spread unevenly."""


Check = Callable[[str], None]
"""Counts a request of a client (address), and raises ``RefusedError`` if there are too many."""


def register(app: Flask, rate: int) -> Check:
    """Refuse more than ``rate`` requests a second of a client (0: any number), and many logins.

    Clients are told apart by address; each worker counts for itself. Returns what counts.
    """
    limiter = FixedWindowRateLimiter(MemoryStorage())
    usual = RateLimitItemPerSecond(rate * _BURST, _BURST) if rate else None

    def check(client: str) -> None:
        if usual is not None:
            _hit(limiter, usual, client)

    def limit() -> None:
        client = request.remote_addr or ""
        if OUTCOME not in request.environ:  # else it has been counted
            check(client)
        if request.method == "POST" and request.endpoint == "login.enter":
            _hit(limiter, _LOGINS, client)

    app.before_request(limit)
    return check


def _hit(limiter: FixedWindowRateLimiter, item: RateLimitItem, client: str) -> None:
    if not limiter.hit(item, client):
        raise RefusedError(
            HTTPStatus.TOO_MANY_REQUESTS,
            "要求が多すぎる。しばらく待つ。",
            "Too many requests; wait a while.",
        )
