"""``/sparql``: the query operation of the SPARQL 1.1 Protocol (section 2.1), with ``as-of``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from http import HTTPStatus

from flask import Blueprint, Response, current_app, request

from kitei import dates
from kitei.calendar import Calendar
from kitei.confined import Document
from kitei.errors import UsageError
from kitei.sparql import examine
from kitei.store import GraphChoice
from kitei.web.parameters import FORM, Parameters, chooser, day_of, one, parameters, utf8
from kitei.web.problems import RefusedError
from kitei.web.responses import respond

QUERY = "application/sparql-query"
blueprint = Blueprint("sparql", __name__)


@dataclass(frozen=True)
class SparqlJob:
    """A stranger's query, to be evaluated over the facts of one day."""

    query: str
    accept: str
    day: date
    graphs: GraphChoice | None
    untrusted: bool = True

    def run(self, calendar: Calendar) -> Document:
        """The serialised result. Raises ``UsageError`` or ``NotAcceptableError``."""
        dataset = calendar.on(self.day).dataset
        return Document(*dataset.answer(self.query, chooser(self.accept), self.graphs))


@blueprint.route("/sparql", methods=["GET", "POST"], strict_slashes=False)
def sparql() -> Response:
    """Evaluate a query, however it was sent."""
    found = parameters()
    query = _query(found)
    examine(query)
    job = SparqlJob(
        query=query,
        accept=request.headers.get("Accept", ""),
        day=day_of(found) or dates.today(),
        graphs=_graphs(found),
    )
    response = respond(current_app, job)
    response.vary.add("Accept")
    return response


def _query(found: Parameters) -> str:
    """The one query of the request (sections 2.1.1 to 2.1.3).

    Raises ``UsageError`` if there is none or several, ``RefusedError`` (415) if
    it comes in another form.
    """
    if request.method == "POST" and request.mimetype == QUERY:
        if "query" in found:
            raise UsageError("問合せは一つだけ書く。", "Send exactly one query.")
        return utf8(request.get_data())
    if request.method == "POST" and request.mimetype != FORM:
        raise RefusedError(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            f"本体は {QUERY} 又は {FORM} で送る。更新は受け付けない。",
            f"Send {QUERY} or {FORM}; updates are refused.",
        )
    if "update" in found:
        raise UsageError("更新は受け付けない。", "Updates are refused.")
    query = one(found, "query")
    if query is None:
        raise UsageError(
            "query がない (例: /sparql?query=ASK{})。",
            "There is no query (for example /sparql?query=ASK{}).",
        )
    return query


def _graphs(found: Parameters) -> GraphChoice | None:
    """The dataset that the protocol itself describes, which replaces any other (2.1.4)."""
    default = found.get("default-graph-uri", [])
    named = found.get("named-graph-uri", [])
    return GraphChoice(default, named) if default or named else None
