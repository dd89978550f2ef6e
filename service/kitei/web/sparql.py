"""``/sparql``: the query operation of the SPARQL 1.1 Protocol (section 2.1), with ``as-of``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from http import HTTPStatus

from flask import Blueprint, Response, current_app, request

from kitei import dates
from kitei.calendar import Calendar
from kitei.confined import Document, Lane, NotAcceptableError
from kitei.errors import UsageError
from kitei.sparql import examine, volatile
from kitei.store import GRAPH_TYPES, GraphChoice, UnwritableError
from kitei.web import console, description
from kitei.web.caching import NOT_KEPT
from kitei.web.negotiation import accepted, chooser
from kitei.web.pages import HTML, Pick, shown
from kitei.web.parameters import (
    FORM,
    Parameters,
    acceptable,
    day_of,
    language,
    one,
    parameters,
    utf8,
)
from kitei.web.problems import RefusedError
from kitei.web.responses import OUTCOME, evaluator_of, negotiated

QUERY = "application/sparql-query"
# With nothing but these, GET asks what there is: browsers get an editor, others a description.
_OF_A_DESCRIPTION = frozenset({"as-of", "example", "format", "lang"})

blueprint = Blueprint("sparql", __name__)
blueprint.after_request(negotiated)


@dataclass(frozen=True)
class SparqlJob:
    """A stranger's query, to be evaluated over the facts of one day."""

    query: str
    accept: str
    day: date
    graphs: GraphChoice | None
    protected: bool = False
    lane: Lane = Lane.QUERY

    @property
    def lasting(self) -> bool:
        """Whether the same job has the same result while the data stays the same."""
        return not volatile(self.query)

    def __reduce__(self) -> tuple[type[SparqlJob], tuple[object, ...]]:
        """Without the lane: an ``Enum`` takes longer to pickle than all the rest."""
        return SparqlJob, (self.query, self.accept, self.day, self.graphs, self.protected)

    def parts(self) -> tuple[object, ...]:
        """What it consists of."""
        graphs = self.graphs and (tuple(self.graphs.default), tuple(self.graphs.named))
        return self.query, self.accept, self.day.toordinal(), graphs, self.protected

    @classmethod
    def of(
        cls,
        query: str,
        accept: str,
        day: int,
        graphs: tuple[tuple[str, ...], tuple[str, ...]] | None,
        protected: bool,
    ) -> SparqlJob:
        """The query that consists of these."""
        chosen = graphs and GraphChoice(*graphs)
        return cls(query, accept, date.fromordinal(day), chosen, protected)

    def run(self, calendar: Calendar) -> Document:
        """The serialised result. Raises ``UsageError`` or ``NotAcceptableError``."""
        pick = Pick(chooser(self.accept))
        try:
            return pick.document(*calendar.dataset(self.day).answer(self.query, pick, self.graphs))
        except UnwritableError as error:
            raise NotAcceptableError(*error.message) from error


@blueprint.route("/sparql", methods=["GET", "POST"], strict_slashes=False)
def sparql() -> Response:
    """Evaluate a query, however it was sent; without any, say what there is to ask."""
    found = parameters()
    if request.method != "POST" and found.keys() <= _OF_A_DESCRIPTION:
        choose = chooser(acceptable(found))
        browsing = choose([*GRAPH_TYPES, HTML]) == HTML
        return console.editor(found) if browsing else description.of_service(found)
    job = job_of(found, _query(found), request.headers.get("Accept", ""))
    said = language(found)
    response = shown(_done(job), found, job.day, said)
    if not job.lasting:
        response.headers["Cache-Control"] = NOT_KEPT
    return response


def job_of(found: Parameters, query: str, accept: str) -> SparqlJob:
    """What a request wants done; ``accept`` is its header. Raises ``UsageError``."""
    examine(query)
    return SparqlJob(
        query=query,
        accept=accepted(accept, one(found, "format")),
        day=day_of(found) or dates.today(),
        graphs=_graphs(found),
    )


def _done(job: SparqlJob) -> Document:
    """What the job yields, unless that has come out before (``kitei.web.direct``)."""
    outcome = request.environ.get(OUTCOME)
    if isinstance(outcome, Exception):
        raise outcome
    if isinstance(outcome, Document):
        return outcome
    return evaluator_of(current_app).run(job)


def _query(found: Parameters) -> str:
    """The one query of the request (sections 2.1.1 to 2.1.3).

    Raises ``UsageError`` if there is none or several, ``RefusedError`` (415) if
    it comes in another form.
    """
    if request.method == "POST":
        _check_body()
    if "update" in found:
        raise UsageError("更新は受け付けない。", "Updates are refused.")
    if request.method == "POST" and request.mimetype == QUERY:
        if "query" in found:
            raise UsageError("問合せは一つだけ書く。", "Send exactly one query.")
        return utf8(request.get_data())
    query = one(found, "query")
    if query is None:
        raise UsageError(
            "query がない (例: /sparql?query=ASK{})。",
            "There is no query (for example /sparql?query=ASK{}).",
        )
    return query


def _check_body() -> None:
    """Refuse a body that is neither a form nor a query, or not plain UTF-8 (415)."""
    charset = request.mimetype_params.get("charset", "utf-8").lower()
    encoding = request.headers.get("Content-Encoding", "identity").lower()
    if (
        request.mimetype not in (FORM, QUERY)
        or charset not in ("utf-8", "utf8")
        or encoding != "identity"
    ):
        raise RefusedError(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            f"本体は {QUERY} 又は {FORM} (UTF-8、無圧縮) で送る。更新は受け付けない。",
            f"Send {QUERY} or {FORM} in UTF-8, not compressed; updates are refused.",
        )


def _graphs(found: Parameters) -> GraphChoice | None:
    """The dataset that the protocol itself describes, which replaces any other (2.1.4)."""
    default = found.get("default-graph-uri", [])
    named = found.get("named-graph-uri", [])
    return GraphChoice(tuple(default), tuple(named)) if default or named else None
