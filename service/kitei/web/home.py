"""``/``: a plain page that shows at once what the service knows."""

from __future__ import annotations

import json
from datetime import date
from urllib.parse import urlencode

from flask import Blueprint, Response, current_app, render_template, request

from kitei import __version__, dates
from kitei.ask import questions
from kitei.dates import in_era
from kitei.web.parameters import day_of, language, parameters
from kitei.web.questions import QuestionJob
from kitei.web.responses import evaluator_of

# Asked without parameters it answers for the posts that the text fills.
_SHOWN = "who-acts"
_EXAMPLES = (
    """PREFIX kitei: <https://w3id.org/kitei/ns#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT ?post ?acting
WHERE {
  ?day a kitei:AskedDay .
  ?case kitei:day ?day ; kitei:post/rdfs:label ?post ; kitei:actedBy ?acting .
  FILTER(LANG(?post) = "ja")
}
ORDER BY ?post""",
    """PREFIX kitei: <https://w3id.org/kitei/ns#>
SELECT ?citation ?text
WHERE {
  ?provision kitei:citation ?citation ; kitei:text ?text .
  FILTER(LANG(?citation) = "ja")
}
ORDER BY ?provision""",
)

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
def home() -> Response:
    """Who acts on the day and why, the questions, and examples of SPARQL."""
    found = parameters()
    day, lang = day_of(found) or dates.today(), language(found)
    job = QuestionJob(_SHOWN, {}, day, None, "html", lang)
    body = render_template(
        "home.html",
        lang=lang,
        day=day.isoformat(),
        day_in_words=in_era(day) if lang == "ja" else day,
        table=json.loads(evaluator_of(current_app).run(job).body),
        shown=_SHOWN,
        questions=list(questions().values()),
        examples=[(query, _address(query, day)) for query in _EXAMPLES],
        host=request.host_url,
        version=__version__,
    )
    response = Response(body, content_type="text/html; charset=utf-8")
    response.vary.add("Accept-Language")
    return response


def _address(query: str, day: date) -> str:
    return "/sparql?" + urlencode({"as-of": day.isoformat(), "query": query})
