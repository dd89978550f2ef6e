"""What the service writes down: lines of JSON on standard error, without names and queries.

A request is its endpoint, method, status, time and size. Its path, its
parameters, its client and its token are not written anywhere.
"""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from time import perf_counter

from flask import Flask, Response, g

from kitei.web.labels import endpoint, method
from kitei.web.lines import Patient

_REQUESTS = logging.getLogger("kitei.requests")


class Lines(logging.Formatter):
    """A record as a line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Time (UTC), level, logger and message; what ``extra={"fields": …}`` adds."""
        document = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        return json.dumps(document, ensure_ascii=False)


def configure(*, requests: bool) -> None:
    """Write to standard error; each request too, if wanted. Whoever logs never waits."""
    handler = Patient(sys.stderr.fileno())
    handler.setFormatter(Lines())
    logger = logging.getLogger("kitei")
    logger.handlers[:] = [handler]
    logger.propagate = False
    logger.setLevel(logging.INFO)
    _REQUESTS.setLevel(logging.INFO if requests else logging.WARNING)


def register(app: Flask) -> None:
    """Write down every request of the application, if that is configured."""
    app.after_request(_told)


def tell(endpoint: str, method: str, status: int, seconds: float, size: int | None) -> None:
    """Write a request down, if that is configured."""
    if _REQUESTS.isEnabledFor(logging.INFO):
        fields = {
            "endpoint": endpoint,
            "method": method,
            "status": status,
            "milliseconds": round(seconds * 1000, 1),
            "bytes": size,
        }
        _REQUESTS.info("request", extra={"fields": fields})


def _told(response: Response) -> Response:
    now = perf_counter()
    seconds = now - g.get("started", now)
    tell(endpoint(), method(), response.status_code, seconds, response.content_length)
    return response
