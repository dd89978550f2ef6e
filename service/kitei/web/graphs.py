"""``/graphs``: the read side of the SPARQL 1.1 Graph Store HTTP Protocol (sections 4 and 5.2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from http import HTTPStatus

from flask import Blueprint, Response, current_app

from kitei import dates, terms
from kitei.calendar import Calendar
from kitei.confined import Document, NotAcceptableError
from kitei.errors import UsageError
from kitei.store import UnwritableError, is_absolute_iri
from kitei.web.jobs import OwnJob
from kitei.web.negotiation import chooser
from kitei.web.pages import Pick, shown
from kitei.web.parameters import Parameters, acceptable, day_of, language, one, parameters
from kitei.web.problems import RefusedError
from kitei.web.responses import evaluator_of, negotiated

# Several graphs may hold the same triple.
_EACH_ONCE = "{ SELECT DISTINCT ?s ?p ?o WHERE { ?s ?p ?o } }"
NOTHING = Document(b"", "")
"""What a job yields when what it was to show does not exist."""

blueprint = Blueprint("graphs", __name__)
blueprint.after_request(negotiated)


@dataclass(frozen=True)
class GraphJob(OwnJob):
    """The triples of the first graph that exists, or of the default graph, on a day."""

    graphs: tuple[str, ...]
    """IRIs to try in turn; empty: the default graph."""
    accept: str
    day: date

    def run(self, calendar: Calendar) -> Document:
        """The graph, or ``NOTHING``. Raises ``NotAcceptableError``."""
        dataset = calendar.on(self.day).dataset
        pattern = _EACH_ONCE
        if self.graphs:
            known = set(dataset.graphs())
            found = [graph for graph in self.graphs if graph in known]
            if not found:
                return NOTHING
            pattern = f"{{ GRAPH {terms.iri(found[0])} {{ ?s ?p ?o }} }}"
        pick = Pick(chooser(self.accept))
        try:
            return pick.document(*dataset.answer(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {pattern}", pick))
        except UnwritableError as error:
            raise NotAcceptableError(*error.message) from error


@blueprint.get("/graphs", strict_slashes=False)
def graph() -> Response:
    """The triples of ``?graph=IRI`` or of ``?default``. Nothing here can be written."""
    found = parameters()
    iri = one(found, "graph")
    if (iri is None) == ("default" not in found):
        raise UsageError(
            "graph=IRI 又は default のいずれか一つを書く。一覧は /.well-known/void にある。",
            "Write either graph=IRI or default; /.well-known/void lists the graphs.",
        )
    if iri is not None and not is_absolute_iri(iri):
        raise UsageError("graph は絶対 IRI で書く。", "graph must be an absolute IRI.")
    day = day_of(found) or dates.today()
    return answered(GraphJob((iri,) if iri else (), acceptable(found), day), found)


def answered(job: GraphJob, found: Parameters) -> Response:
    """What the job yields. Raises ``RefusedError`` (404) when there is no such graph."""
    document = evaluator_of(current_app).run(job)
    if document == NOTHING:
        raise RefusedError(
            HTTPStatus.NOT_FOUND,
            f"そのグラフは {job.day} にはない。一覧は /.well-known/void にある。",
            f"There is no such graph on {job.day}; /.well-known/void lists them.",
        )
    return shown(document, found, job.day, language(found))
