"""From a job to a response, and the headers that every response carries."""

from __future__ import annotations

from flask import Flask, Response

from kitei.confined import Evaluator, Job

_EXTENSION = "kitei"
# Pages bring no script and load nothing from elsewhere (CSP level 3).
_POLICY = (
    "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)


def register(app: Flask, evaluator: Evaluator) -> None:
    """Give the application its evaluator and its headers."""
    app.extensions[_EXTENSION] = evaluator
    app.after_request(_guarded)


def evaluator_of(app: Flask) -> Evaluator:
    """Where the application has its jobs done."""
    evaluator: Evaluator = app.extensions[_EXTENSION]
    return evaluator


def respond(app: Flask, job: Job) -> Response:
    """Do the job and answer with its document."""
    document = evaluator_of(app).run(job)
    return Response(document.body, content_type=content_type(document.media_type))


def content_type(media_type: str) -> str:
    """The Content-Type of a document; text says that it is UTF-8 (RFC 6657)."""
    return f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type


def _guarded(response: Response) -> Response:
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["Referrer-Policy"] = "no-referrer"
    # Answers may name people: no cache on the way is to keep them.
    response.headers.setdefault("Cache-Control", "no-store")
    return response
