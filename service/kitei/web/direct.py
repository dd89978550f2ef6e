"""A shorter way to the same answer: ``GET /sparql?query=…`` of the public, past Flask.

Flask costs several times what a cheap query does. So a plain request is read
and its answer made with the functions that the view and the application use;
whatever is not plain, is refused or goes wrong is left to Flask, with what is
known already (``OUTCOME``). A test holds that both ways give the same answers.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from time import perf_counter
from typing import TYPE_CHECKING

from werkzeug.sansio.utils import host_is_trusted

from kitei.confined import Document, Evaluator
from kitei.errors import KiteiError
from kitei.web import access, caching, logs, metrics, responses, sharing
from kitei.web.pages import is_for_page
from kitei.web.parameters import parsed
from kitei.web.rate import Window
from kitei.web.responses import OUTCOME
from kitei.web.settings import Settings
from kitei.web.sparql import SparqlJob, job_of

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_PATH, _ENDPOINT = "/sparql", "sparql.sparql"
_PLAIN = frozenset({"query", "as-of", "format", "default-graph-uri", "named-graph-uri"})
# Who may see more, has something already or wants a special answer is for Flask.
_SPECIAL = frozenset(
    {
        "HTTP_AUTHORIZATION",
        "HTTP_COOKIE",
        "HTTP_IF_MATCH",
        "HTTP_IF_MODIFIED_SINCE",
        "HTTP_IF_NONE_MATCH",
        "HTTP_IF_UNMODIFIED_SINCE",
        "HTTP_RANGE",
    }
)
_LONGEST_HEAD = 8 * 1024
"""Characters of all headers below which nobody need look whether they are too long."""
Headers = list[tuple[str, str]]


class Direct:
    """A WSGI application before Flask."""

    def __init__(
        self, app: WSGIApplication, evaluator: Evaluator, window: Window, settings: Settings
    ) -> None:
        """``evaluator`` does jobs for everybody; ``window`` refuses who asks too often."""
        self._app = app
        self._evaluator = evaluator
        self._window = window
        self._hosts = settings.hosts
        self._headers = _common(settings)
        self._trusted = lru_cache(64)(self._trusts)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer (PEP 3333)."""
        started = perf_counter()
        job = self._job(environ)
        if job is None:
            return self._app(environ, start_response)
        try:
            self._window.check(environ.get("REMOTE_ADDR", ""))
            document = self._evaluator.run(job)
        except Exception as error:  # Flask's handlers tell the client
            return self._left(environ, start_response, error, started)
        if is_for_page(document):
            return self._left(environ, start_response, document, started)
        headers = self._of(document, job)
        seconds = perf_counter() - started
        metrics.count(_ENDPOINT, "GET", "200", seconds)
        logs.tell(_ENDPOINT, "GET", 200, seconds, len(document.body))
        start_response("200 OK", headers)
        return [document.body]

    def _job(self, environ: WSGIEnvironment) -> SparqlJob | None:
        """What a plain request asks for; ``None`` if it is not plain or not right."""
        if (
            environ["REQUEST_METHOD"] != "GET"
            or environ.get("PATH_INFO") != _PATH
            or not environ.keys().isdisjoint(_SPECIAL)
            or not self._trusted(environ.get("HTTP_HOST", ""))
            or _size(environ) > _LONGEST_HEAD
        ):
            return None
        try:
            found = parsed(environ.get("QUERY_STRING", "").encode("latin-1"))
            if "query" not in found or not found.keys() <= _PLAIN or len(found["query"]) > 1:
                return None
            return job_of(found, found["query"][0], environ.get("HTTP_ACCEPT", ""))
        except (KiteiError, UnicodeEncodeError):
            return None

    def _trusts(self, host: str) -> bool:
        if self._hosts is None:
            return bool(host)
        return host_is_trusted(host, self._hosts)

    def _left(
        self,
        environ: WSGIEnvironment,
        start_response: StartResponse,
        outcome: Document | Exception,
        started: float,
    ) -> Iterable[bytes]:
        """Let Flask tell what has come out."""
        environ[OUTCOME] = outcome
        environ[metrics.STARTED] = started
        return self._app(environ, start_response)

    def _of(self, document: Document, job: SparqlJob) -> Headers:
        kind = responses.content_type(document.media_type)
        return [
            ("Content-Type", kind),
            ("Content-Length", str(len(document.body))),
            ("ETag", f'"{caching.tag(kind, document.body)}"'),
            ("Cache-Control", caching.KEPT if job.lasting else caching.NOT_KEPT),
            *self._headers,
        ]


def _common(settings: Settings) -> Headers:
    """The headers that depend on nothing but the settings."""
    vary = [*responses.VARY, *(access.VARY if settings.token is not None else ())]
    shared = {} if settings.opened else sharing.SHARED
    return [*responses.HEADERS.items(), *shared.items(), ("Vary", ", ".join(vary))]


def _size(environ: WSGIEnvironment) -> int:
    names = [name for name in environ if name.startswith("HTTP_")]
    return sum(map(len, names)) + sum(map(len, map(environ.__getitem__, names)))
