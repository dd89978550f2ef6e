"""``/openapi.json``: what can be asked and how, as OpenAPI 3.1; and ``/api``, a page made of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, current_app, request

from kitei import __version__, dates
from kitei.ask import questions
from kitei.web import openapi_paths as paths
from kitei.web.access import access_of
from kitei.web.choosing import ChoicesJob
from kitei.web.openapi_parts import Json, Said, components
from kitei.web.parameters import language, parameters
from kitei.web.responses import evaluator_of, negotiated
from kitei.web.shell import page
from kitei.web.strings import text

_JSON = "application/json"

blueprint = Blueprint("openapi", __name__)
blueprint.after_request(negotiated)


@blueprint.get("/openapi.json")
def document() -> Response:
    """The document, in one language."""
    body = json.dumps(described(language(parameters())), ensure_ascii=False, indent=1) + "\n"
    return Response(body, content_type=_JSON)


@blueprint.get("/api")
def documentation() -> Response:
    """The same for people, without any script."""
    described_in = described(language(parameters()))
    return page("api.html", api=described_in, groups=list(_groups(described_in)))


def described(lang: str) -> Json:
    """The OpenAPI document of the present application."""
    said: Said = partial(text, language=lang)
    protects = access_of(current_app).protects
    made: Json = {
        "openapi": "3.1.0",
        "info": {
            "title": said("api.title"),
            "description": said("api.about"),
            "version": __version__,
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": request.script_root or "/"}],
        "tags": [
            {"name": "questions", "description": said("api.tag_questions")},
            {"name": "sparql", "description": said("api.tag_sparql")},
            {"name": "check", "description": said("api.tag_check")},
            {"name": "service", "description": said("api.tag_service")},
        ],
        "paths": {
            **paths.questions(said, questions(), _examples()),
            **paths.data(said),
            **paths.check(said),
            **paths.service(said),
        },
        "components": components(said, protects),
    }
    if protects:
        made["security"] = [{}, {"bearer": []}]
    return made


def _examples() -> Mapping[str, str]:
    """Query of choices -> the first thing that it lists today, if it lists anything."""
    found: dict[str, str] = {}
    for question in questions().values():
        for each in question.parameters:
            if each.choices not in found:
                job = ChoicesJob(question.name, each.name, dates.today())
                listed = json.loads(evaluator_of(current_app).run(job).body)["choices"]
                if listed:
                    found[each.choices] = listed[0]["value"]
    return found


def _groups(api: Json) -> Iterator[tuple[str, list[Json]]]:
    """The operations of each tag, with what the page shows of them."""
    for tag in api["tags"]:
        shown = [
            _shown(api, method, path, operation)
            for path, methods in api["paths"].items()
            for method, operation in methods.items()
            if tag["name"] in operation["tags"]
        ]
        if shown:
            yield tag["description"], shown


def _shown(api: Json, method: str, path: str, operation: Json) -> Json:
    known = [_resolved(api, each) for each in operation["parameters"]]
    body = operation.get("requestBody", {}).get("content", {})
    return {
        **operation,
        "method": method.upper(),
        "path": path,
        "parameters": known,
        "bodies": [
            (media_type, content["schema"].get("properties", {}))
            for media_type, content in body.items()
        ],
        "answers": [
            (status, each["description"], list(each.get("content", {})))
            for status, response in operation["responses"].items()
            for each in [_resolved(api, response)]
        ],
        "address": _address(path, known) if method == "get" else None,
    }


def _resolved(api: Json, part: Json) -> Json:
    """A part, or what its reference points to."""
    found: Any = part
    if "$ref" in part:
        found = api
        for name in part["$ref"].removeprefix("#/").split("/"):
            found = found[name]
    resolved: Json = found
    return resolved


def _address(path: str, known: list[Json]) -> str | None:
    """Where an operation can be tried: with an example of all that it needs."""
    if "{" in path:
        return None
    needed = [each for each in known if each["required"] or each["name"] in ("query", "default")]
    if any("example" not in each for each in needed):
        return None
    asked = "&".join(f"{each['name']}={quote(str(each['example']))}" for each in needed)
    return request.script_root + path + (f"?{asked}" if asked else "")
