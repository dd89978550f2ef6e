"""``/id/…`` and ``/ns``: what the names of Kitei stand for, as data or as a page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from typing import ClassVar

from flask import Blueprint, Response, current_app

from kitei import describing, terms
from kitei.calendar import Calendar
from kitei.confined import Document
from kitei.dates import era_of, parse_day, today
from kitei.describing import Account, Value
from kitei.namespaces import ID, KITEI, expand, local_name
from kitei.web.addresses import NS, below, candidates
from kitei.web.graphs import NOTHING, GraphJob, answered
from kitei.web.jobs import OwnJob, as_graph, media_type_of
from kitei.web.pages import HTML, for_page, shown
from kitei.web.parameters import Parameters, acceptable, day_of, language, parameters
from kitei.web.problems import RefusedError
from kitei.web.responses import evaluator_of, negotiated

blueprint = Blueprint("resources", __name__)
blueprint.after_request(negotiated)


@dataclass(frozen=True)
class ResourceJob(OwnJob):
    """The facts about the first of several things that exists, on a day."""

    iris: tuple[str, ...]
    document: str
    """The address of this description, for what is to be said about itself."""
    accept: str
    day: date

    def run(self, calendar: Calendar) -> Document:
        """The description, or ``NOTHING``. Raises ``NotAcceptableError``."""
        dataset = calendar.on(self.day).dataset
        iri = next((iri for iri in self.iris if describing.exists(dataset, iri)), None)
        if iri is None:
            return NOTHING
        media_type = media_type_of(self.accept)
        if media_type == HTML:
            return for_page("resource.html", _plain(describing.account(dataset, iri)))
        facts = describing.facts(dataset, iri) + self._incomplete(describing.left_out(dataset, iri))
        return as_graph(facts, media_type)

    def _incomplete(self, left_out: int) -> bytes:
        """The statement that not everything is told, about this very document."""
        if not left_out:
            return b""
        said = (
            terms.literal(f"ここを指す事実のうち {left_out} 件を省いた。", "ja"),
            terms.literal(f"{left_out} facts that point here are left out.", "en"),
        )
        comment = terms.name("rdfs:comment")
        lines = [f"{terms.iri(self.document)} {comment} {text} .\n" for text in said]
        return "".join(lines).encode()


@dataclass(frozen=True)
class VocabularyJob(OwnJob):
    """The whole vocabulary: what defines the terms of Kitei's namespace."""

    accept: str
    day: ClassVar[date | None] = None

    def run(self, calendar: Calendar) -> Document:
        """The vocabulary, which is the same on every day. Raises ``NotAcceptableError``."""
        dataset = calendar.bare.dataset
        media_type = media_type_of(self.accept)
        if media_type == HTML:
            return for_page("vocabulary.html", {"terms": describing.terms_of(dataset)})
        return as_graph(describing.vocabulary(dataset), media_type)


@blueprint.get("/id/<path:path>")
def thing(path: str) -> Response:
    """What ``https://w3id.org/kitei/id/<path>`` stands for: a graph itself, else facts."""
    found = parameters()
    iris = tuple(candidates(ID, path))
    day = day_of(found) or _day_named(path) or today()
    if path.startswith("graph/"):
        return answered(GraphJob(iris, acceptable(found), day), found)
    return _described(iris, below(f"id/{path}"), found, day)


@blueprint.get("/ns", strict_slashes=False)
def vocabulary() -> Response:
    """The vocabulary."""
    found = parameters()
    day = day_of(found) or today()
    document = evaluator_of(current_app).run(VocabularyJob(acceptable(found)))
    return shown(document, found, day, language(found))


@blueprint.get("/ns/<path:name>")
def term(name: str) -> Response:
    """A term of the vocabulary, one of its parts, or one of its versions."""
    found = parameters()
    iris = (*candidates(KITEI, name), *candidates(f"{NS}/", name))
    return _described(iris, below(f"ns/{name}"), found, day_of(found) or today())


def _plain(account: Account) -> dict[str, object]:
    """An account as JSON has it."""
    groups = {
        name: [
            {**group._asdict(), "values": [value._asdict() for value in group.values]}
            for group in listed
        ]
        for name, listed in (("out", account.out), ("into", account.into))
    }
    return {**account._asdict(), **groups, "place": _place(account), "course": _course(account)}


def _place(account: Account) -> list[str] | None:
    """Regulation, version and eId of a provision: where it stands in its text."""
    versions, eids = _of(account, "kitei:inVersion"), _of(account, "kitei:eId")
    if not versions or not eids:
        return None
    version = versions[0].iri or ""
    return [local_name(version.rpartition("/")[0]), local_name(version), eids[0].text.en]


def _course(account: Account) -> str | None:
    """The local name of a post that a regulation names: it has a timeline."""
    kinds = {value.iri for value in _of(account, "rdf:type")}
    named = expand("org:Post") in kinds and _of(account, "kitei:namedBy")
    return local_name(account.iri) if named else None


def _of(account: Account, name: str) -> list[Value]:
    """The values of a property."""
    return [v for group in account.out if group.iri == expand(name) for v in group.values]


def _described(iris: tuple[str, ...], document: str, found: Parameters, day: date) -> Response:
    job = ResourceJob(iris, document, acceptable(found), day)
    described = evaluator_of(current_app).run(job)
    if described == NOTHING:
        raise RefusedError(
            HTTPStatus.NOT_FOUND,
            f"{day} の時点で、その名で知られているものはない。",
            f"Nothing is known under this name on {day}.",
        )
    return shown(described, found, day, language(found))


def _day_named(path: str) -> date | None:
    """The day that ``day/2024-06-05/…`` is about: its facts exist on no other."""
    head, _, rest = path.partition("/")
    if head != "day":
        return None
    try:
        day = parse_day(rest.partition("/")[0])
        era_of(day)
    except ValueError:
        return None
    return day
