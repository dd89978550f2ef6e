"""The application factory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from kitei.city import City
from kitei.confined import Archive, Evaluator, Here
from kitei.web import (
    access,
    caching,
    check,
    choosing,
    console,
    description,
    findings,
    graphs,
    health,
    home,
    limits,
    login,
    logs,
    metrics,
    openapi,
    picture,
    problems,
    questions,
    rate,
    reader,
    resources,
    responses,
    sharing,
    shell,
    sparql,
)
from kitei.web.bodies import Bodies
from kitei.web.direct import Direct
from kitei.web.front import Front
from kitei.web.remembering import Remembering
from kitei.web.settings import Settings
from kitei.web.tally import Tally
from kitei.web.upload import InMemory

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

# A query of the longest kind, percent-encoded in a form.
_LONGEST_BODY = 256 * 1024


def create_app(
    city: City, evaluator: Evaluator | None = None, settings: Settings | None = None
) -> Flask:
    """The service of one city, which must not change any more.

    ``evaluator`` is where queries are evaluated; without one that is this
    process, which a stranger's query may keep busy for ever. Serve strangers
    with a ``kitei.confined.Pool``.
    """
    settings = settings or Settings()
    evaluator = evaluator or Here(Archive.of(city))
    app = Flask(__name__)
    app.request_class = InMemory
    app.config["MAX_CONTENT_LENGTH"] = _LONGEST_BODY
    app.config["TRUSTED_HOSTS"] = list(settings.hosts) if settings.hosts is not None else None
    # What is registered first hears of a request first and of its response last.
    given_again = Tally()
    metrics.register(app, given_again)
    logs.register(app)
    window = rate.register(app, settings.rate)
    limits.register(app)
    access.register(app, access.Access(settings.token, settings.secret))
    responses.register(app, access.ForAudience(Remembering(evaluator, settings.remembered)))
    sharing.register(app, closed=settings.opened)
    caching.register(app)
    problems.register(app)
    shell.register(app)
    for module in (
        home,
        reader,
        sparql,
        console,
        description,
        graphs,
        resources,
        questions,
        check,
        picture,
        choosing,
        openapi,
        findings,
        login,
        health,
        metrics,
    ):
        app.register_blueprint(module.blueprint)
    inner: WSGIApplication = Direct(app.wsgi_app, evaluator, window, settings)
    if settings.proxies:
        inner = ProxyFix(inner, *[settings.proxies] * 3)  # For, Proto, Host
    app.wsgi_app = Front(  # type: ignore[method-assign]
        Bodies(inner, settings.patience),
        lambda: evaluator.generation,
        settings.remembered,
        given_again.add,
        window.admits,
    )
    return app
