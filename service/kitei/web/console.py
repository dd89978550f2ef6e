"""``/sparql`` in a browser: an editor, what can be written in it, and examples.

Without JavaScript the page is a form whose answer is a table. With it, YASGUI
takes the form's place; what it completes comes from ``/sparql/terms``, never
from elsewhere, and nothing that is asked or answered is kept in the browser.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from flask import Blueprint, Response, current_app

from kitei import dates
from kitei.ask import questions
from kitei.calendar import Calendar
from kitei.confined import Document, Lane
from kitei.namespaces import PREFIXES
from kitei.web.jobs import OwnJob, as_json
from kitei.web.parameters import Parameters, day_of, one, parameters
from kitei.web.responses import POLICY, respond
from kitei.web.shell import page

_FIRST = """\
PREFIX foaf: <http://xmlns.com/foaf/0.1/>
PREFIX kitei: <https://w3id.org/kitei/ns#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>

SELECT ?post ?condition ?holder ?acting WHERE {
  ?day a kitei:AskedDay .
  ?case kitei:day ?day ; kitei:post ?office ; kitei:condition ?state .
  ?office rdfs:label ?post .
  ?state <http://www.w3.org/2004/02/skos/core#prefLabel> ?condition .
  OPTIONAL { ?case kitei:heldBy/foaf:name ?holder }
  OPTIONAL { ?case kitei:actedBy/foaf:name ?acting }
  FILTER(LANG(?post) = "ja" && LANG(?condition) = "ja")
}
ORDER BY ?post
"""
# YASGUI's table puts a style element of its own into the page; any other stays forbidden.
_TABLE_STYLE = "'sha256-zCK2EVMoPc04mRF/g5CotUvxbJPWS+8V0b+s9ptqQIk='"
_CLASSES = "SELECT ?term { ?thing a ?term FILTER(ISIRI(?term)) } GROUP BY ?term ORDER BY ?term"
_PROPERTIES = "SELECT ?term { ?thing ?term ?value } GROUP BY ?term ORDER BY ?term"

blueprint = Blueprint("console", __name__)


@dataclass(frozen=True)
class TermsJob(OwnJob):
    """The classes and properties that occur on a day."""

    day: date
    lane: ClassVar[Lane] = Lane.QUERY
    """Where the dataset is at hand that queries are asked of."""

    def run(self, calendar: Calendar) -> Document:
        """``prefixes``, ``classes`` and ``properties`` as JSON."""
        dataset = calendar.dataset(self.day)
        document = {
            "prefixes": dict(sorted(PREFIXES.items())),
            "classes": [row["term"] for row in dataset.select(_CLASSES)],
            "properties": [row["term"] for row in dataset.select(_PROPERTIES)],
        }
        return as_json(document)


@blueprint.get("/sparql/terms")
def terms() -> Response:
    """What the editor completes."""
    return respond(current_app, TermsJob(day_of(parameters()) or dates.today()))


def editor(found: Parameters) -> Response:
    """The page, with the query of the question that ``example`` names. Raises ``UsageError``."""
    known = questions()
    chosen = known.get(one(found, "example") or "")
    response = page(
        "console.html",
        query=_FIRST if chosen is None else _without_header(chosen.sparql),
        questions=list(known.values()),
        chosen=chosen,
    )
    response.headers["Content-Security-Policy"] = POLICY.replace(
        "style-src 'self'", f"style-src 'self' {_TABLE_STYLE}"
    )
    return response


def _without_header(sparql: str) -> str:
    """A question's query without what only Kitei reads."""
    lines = sparql.splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith("#+")).lstrip()
