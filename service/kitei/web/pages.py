"""HTML for who browses: a table of solutions, a graph as Turtle, the facts about a thing.

A job is done where nothing can be opened, so it hands over what the page shows
(``Pick``), no more than a page holds, and the page is rendered here.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from urllib.parse import urlencode

from flask import Response, render_template, request

from kitei.confined import Document
from kitei.store import RESULT_TYPES
from kitei.web.addresses import link
from kitei.web.negotiation import Choose
from kitei.web.parameters import Parameters
from kitei.web.responses import response_of

HTML = "text/html"
MOST_ROWS = 1000
"""Solutions that a page shows; it says when there are more."""
MOST_TEXT = 256 * 1024
"""Characters of Turtle that a page shows; it says when there are more."""
_MADE_WITH = f"{HTML};template="
_RESULTS, _GRAPH = "results.html", "graph.html"
_RESULT_FORMATS = ("json", "xml", "csv", "tsv")
_GRAPH_FORMATS = ("turtle", "ntriples", "jsonld", "rdfxml", "trig", "nquads")


class Pick:
    """Picks a media type, a page being offered last; a page is made of the first type offered."""

    def __init__(self, choose: Choose) -> None:
        self._choose = choose
        self._page = False

    def __call__(self, offered: Sequence[str]) -> str:
        """What is to be written."""
        picked = self._choose([*offered, HTML])
        self._page = picked == HTML
        return offered[0] if self._page else picked

    def document(self, body: bytes, media_type: str) -> Document:
        """What was written, or what a page shows of it."""
        if not self._page:
            return Document(body, media_type)
        if media_type == RESULT_TYPES[0]:
            return for_page(_RESULTS, _table(json.loads(body)))
        text = body.decode()
        left_out = max(0, len(text) - MOST_TEXT)
        return for_page(_GRAPH, {"text": text[:MOST_TEXT], "left_out": left_out})


def for_page(template: str, about: Mapping[str, object]) -> Document:
    """What a page shows, to be rendered with ``template``."""
    return Document(json.dumps(about, ensure_ascii=False).encode(), _MADE_WITH + template)


def is_for_page(document: Document) -> bool:
    """Whether it is what a page shows, rather than an answer."""
    return document.media_type.startswith(_MADE_WITH)


def shown(document: Document, found: Parameters, day: date, language: str) -> Response:
    """The document as a response; rendered if it is what a page shows."""
    _, marked, template = document.media_type.partition(_MADE_WITH)
    if not marked:
        return response_of(document)
    local: Callable[[str], str | None] = partial(link, day=day, language=language)
    body = render_template(
        template,
        **json.loads(document.body),
        lang=language,
        day=day.isoformat(),
        local=local,
        formats=_formats(found, _RESULT_FORMATS if template == _RESULTS else _GRAPH_FORMATS),
    )
    return Response(body, content_type=f"{HTML}; charset=utf-8")


def _formats(found: Parameters, names: Sequence[str]) -> dict[str, str]:
    if request.method == "POST":
        return {}  # a query that may be too long for an address
    return {
        name: f"{request.script_root}{request.path}?"
        + urlencode({**found, "format": [name]}, doseq=True)
        for name in names
    }


def _table(results: dict[str, dict[str, list[dict[str, object]]]]) -> dict[str, object]:
    rows = results.get("results", {}).get("bindings", [])
    header = results["head"].get("vars", [])
    return {
        "truth": results.get("boolean"),
        "header": header,
        "rows": [[row.get(str(name)) for name in header] for row in rows[:MOST_ROWS]],
        "left_out": max(0, len(rows) - MOST_ROWS),
    }
