"""``/picture`` and ``/timeline/<post>``: an organisation on a day and a post over a period."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from typing import Any, ClassVar

from flask import Blueprint, Response, current_app

from kitei import dates
from kitei.ask.standing import standing
from kitei.calendar import Calendar
from kitei.confined import Document
from kitei.web.jobs import OwnJob, as_json
from kitei.web.parameters import day_of, language, parameters
from kitei.web.picturing import course, organisation
from kitei.web.picturing.posts import Posts, posts_of, without_text
from kitei.web.problems import RefusedError
from kitei.web.responses import evaluator_of
from kitei.web.shell import in_words, page
from kitei.web.strings import strings, text

_SVG = "image/svg+xml"

blueprint = Blueprint("picture", __name__)


@dataclass(frozen=True)
class OrganisationJob(OwnJob):
    """The organisation of a day, in words and as a picture."""

    day: date
    language: str

    def run(self, calendar: Calendar) -> Document:
        """JSON: the picture, and the posts and links that it shows."""
        city = calendar.on(self.day)
        text_of_day = standing(city.day(self.day, judging=False), city.regulation)
        held = text_of_day.status is None
        posts = posts_of(city, self.language)
        if not held:
            posts = without_text(posts)
        title = text(
            "picture.title_of_day",
            self.language,
            regulation=city.regulation.title,
            day=_dated(self.language, self.day),
        )
        said = _dated(self.language, self.day)
        return as_json(
            {
                "title": title,
                "notices": [each.within(self.language) for each in text_of_day.notices(self.day)],
                "missing": "" if held else text("picture.without_text", self.language, day=said),
                "svg": organisation.draw(posts, title, self.language).written(),
                **_table(posts),
            }
        )


@dataclass(frozen=True)
class CourseJob(OwnJob):
    """A post over a period, in words and as a picture."""

    post: str
    first: date
    last: date
    shown: date
    language: str
    day: ClassVar[date | None] = None

    def run(self, calendar: Calendar) -> Document:
        """JSON: the picture and its periods; ``null`` where there is no such post.

        Raises ``UsageError`` when the period ends before it begins.
        """
        city = calendar.periods
        found = course.course_of(city, self.post, self.first, self.last, self.language)
        if found is None:
            return as_json(None)
        title = text(
            "picture.course_of_days",
            self.language,
            post=found.label,
            first=_dated(self.language, self.first),
            last=_dated(self.language, self.last),
        )
        span = (self.first, self.last)
        return as_json(
            {
                "title": title,
                "label": found.label,
                "svg": course.draw(found, span, self.shown, title, self.language).written(),
                "segments": [segment._asdict() for segment in found.segments],
            }
        )


@blueprint.get("/picture", endpoint="organisation")
def organisation_page() -> Response:
    """The organisation of a day: picture and tables."""
    return page("picture.html", **_organisation())


@blueprint.get("/picture.svg")
def organisation_file() -> Response:
    """The picture alone."""
    return _file(_organisation()["svg"])


@blueprint.get("/timeline/<name>")
def timeline(name: str) -> Response:
    """A post over a period: picture and table."""
    if name.endswith(".svg"):
        return _file(_course(name.removesuffix(".svg"))["svg"])
    return page("timeline.html", post=name, **_course(name))


def _organisation() -> dict[str, Any]:
    found = parameters()
    job = OrganisationJob(day_of(found) or dates.today(), language(found))
    known: dict[str, Any] = json.loads(evaluator_of(current_app).run(job).body)
    return known


def _course(name: str) -> dict[str, Any]:
    found = parameters()
    shown = day_of(found) or dates.today()
    year = course.fiscal_year(shown)
    first, last = day_of(found, "from") or year[0], day_of(found, "to") or year[1]
    job = CourseJob(name, first, last, shown, language(found))
    known: dict[str, Any] | None = json.loads(evaluator_of(current_app).run(job).body)
    if known is None:
        said = strings()["picture.no_post"]
        raise RefusedError(
            HTTPStatus.NOT_FOUND, said.ja.format(name=name), said.en.format(name=name)
        )
    return {**known, "first": first.isoformat(), "last": last.isoformat()}


def _table(posts: Posts) -> dict[str, object]:
    labels = {post.key: post.label for post in posts.posts}
    return {
        "posts": [
            {
                **post._asdict(),
                "holders": [person._asdict() for person in post.holders],
                "acting": [person.name for person in post.acting],
                "candidates": [person.name for person in post.candidates],
            }
            for post in posts.posts
            if post.real
        ],
        "links": [
            {**link._asdict(), "origin": labels[link.origin], "target": labels[link.target]}
            for link in posts.links
        ],
        "suppliers": [
            {
                **supplier._asdict(),
                "target": labels.get(supplier.target, ""),
                "head": labels.get(supplier.head, ""),
            }
            for supplier in posts.suppliers
        ],
    }


def _dated(language: str, day: date) -> str:
    return f"{in_words(language, day)} ({day})"


def _file(svg: str) -> Response:
    response = Response(svg, content_type=f"{_SVG}; charset=utf-8")
    response.vary.add("Accept-Language")
    return response
