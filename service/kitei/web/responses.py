"""From a job to a response, and the headers that every response carries."""

from __future__ import annotations

from flask import Flask, Response

from kitei.confined import Document, Evaluator, Job

OUTCOME = "kitei.outcome"
"""The key of the WSGI environment for what has come of the request's job, if it is done already."""
_EXTENSION = "kitei"
# Pages load nothing from elsewhere, and nothing that stands in them is run (CSP level 3).
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": POLICY,
    # "no-referrer" would have browsers send "Origin: null" with our own forms (Fetch, section 3.1).
    "Referrer-Policy": "same-origin",
    "Server": "Kitei",  # else the HTTP server names its make
}
"""What every response carries."""
VARY = ("Accept", "Accept-Language")
"""What a negotiated answer depends on."""


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
    return response_of(evaluator_of(app).run(job))


def response_of(document: Document) -> Response:
    """A document as it is."""
    return Response(document.body, content_type=content_type(document.media_type))


def negotiated(response: Response) -> Response:
    """Say that the answer, or its refusal, depends on what the request accepts (RFC 9110, 12.5.5).

    For ``after_request`` of a blueprint.
    """
    response.vary.update(VARY)
    return response


def content_type(media_type: str) -> str:
    """The Content-Type of a document; text says that it is UTF-8 (RFC 6657)."""
    return f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type


def _guarded(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response
