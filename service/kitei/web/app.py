"""The application factory."""

from __future__ import annotations

from flask import Flask

from kitei.calendar import Calendar
from kitei.city import City
from kitei.confined import Evaluator, Here
from kitei.web import health, home, problems, questions, responses, sparql

# A query of the longest kind, percent-encoded in a form.
_LONGEST_BODY = 256 * 1024


def create_app(city: City, evaluator: Evaluator | None = None) -> Flask:
    """The service of one city, which must not change any more.

    ``evaluator`` is where queries are evaluated; without one that is this
    process, which a stranger's query may keep busy for ever. Serve strangers
    with a ``kitei.confined.Keeper``.
    """
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = _LONGEST_BODY
    responses.register(app, evaluator or Here(Calendar(city)))
    problems.register(app)
    for module in (home, sparql, questions, health):
        app.register_blueprint(module.blueprint)
    return app
