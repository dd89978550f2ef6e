"""``/sparql`` without a query, and ``/.well-known/void``: what there is to ask."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask import Blueprint, Response, current_app

from kitei import dates
from kitei.calendar import Calendar
from kitei.confined import Document
from kitei.derive import day_iri
from kitei.store import GRAPH_TYPES, write_ntriples
from kitei.web.addresses import root
from kitei.web.catalogue import Addresses, service_description, void
from kitei.web.jobs import OwnJob
from kitei.web.negotiation import chooser
from kitei.web.pages import Pick, shown
from kitei.web.parameters import Parameters, acceptable, day_of, language, parameters
from kitei.web.responses import evaluator_of, negotiated

_WRITERS = {"service": service_description, "void": void}

blueprint = Blueprint("description", __name__)
blueprint.after_request(negotiated)


@dataclass(frozen=True)
class DescriptionJob(OwnJob):
    """The description of the service or of its dataset, as it stands on a day."""

    what: str
    """``service`` or ``void``."""
    at: Addresses
    accept: str
    day: date

    def run(self, calendar: Calendar) -> Document:
        """The description. Raises ``NotAcceptableError``."""
        pick = Pick(chooser(self.accept))
        media_type = pick(GRAPH_TYPES)
        written = _WRITERS[self.what](calendar.on(self.day), day_iri(self.day), self.at)
        return pick.document(write_ntriples(written, media_type), media_type)


def of_service(found: Parameters) -> Response:
    """The SPARQL 1.1 Service Description (section 2: asked without a query)."""
    return _described("service", found)


@blueprint.get("/.well-known/void")
def of_dataset() -> Response:
    """The VoID description (Vocabulary of Interlinked Datasets, section 7.2)."""
    return _described("void", parameters())


def _described(what: str, found: Parameters) -> Response:
    day = day_of(found) or dates.today()
    job = DescriptionJob(what, Addresses(root()), acceptable(found), day)
    return shown(evaluator_of(current_app).run(job), found, day, language(found))
