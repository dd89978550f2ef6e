"""The operations of the OpenAPI document, an address at a time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kitei.ask import Question
from kitei.ask.question import Parameter
from kitei.store import GRAPH_TYPES, RESULT_TYPES
from kitei.web.checkjob import ANNOTATED, XLSX, ZIP
from kitei.web.checkjob import MEDIA_TYPES as REPORTS
from kitei.web.choosing import days
from kitei.web.negotiation import FORMATS
from kitei.web.openapi_parts import (
    ANY,
    TEXT,
    Json,
    Said,
    answer,
    in_path,
    parameter,
    ref,
    responses,
    shared,
)
from kitei.web.pages import HTML
from kitei.web.parameters import FORM, LANGUAGES
from kitei.web.sparql import QUERY
from kitei.web.written import MEDIA_TYPES, SUFFIXES

_JSON = "application/json"
_EXAMPLE = "SELECT * WHERE { ?s ?p ?o } LIMIT 3"
_REFUSED = (400, 401, 404, 406)
_RESULTS = {name: ref("Results") if name.endswith("json") else TEXT for name in RESULT_TYPES}
_GRAPHS = {name: ANY if name.endswith("json") else TEXT for name in GRAPH_TYPES}


def questions(said: Said, known: Mapping[str, Question], first: Mapping[str, str]) -> Json:
    """``/q``: the list, each question, and the choices of each parameter.

    ``first`` has an example of what each query of choices lists.
    """
    hoped = answer(said, {_JSON: ref("Catalogue"), HTML: TEXT})
    listed = _operation("catalogue", "questions", said("api.op_catalogue"), [])
    paths: Json = {"/q": {"get": {**listed, "responses": responses(said, hoped, *_REFUSED)}}}
    for question in known.values():
        paths[f"/q/{question.name}"] = {"get": _asked(said, question, first)}
        for each in question.parameters:
            path = f"/q/{question.name}/choices/{each.name}"
            paths[path] = {"get": _choices(said, question, each)}
    return paths


def _asked(said: Said, question: Question, first: Mapping[str, str]) -> Json:
    own = [_chosen(said, question, each, first) for each in question.parameters]
    formats = parameter(
        "format", said("api.format"), {**TEXT, "enum": sorted({*MEDIA_TYPES, *SUFFIXES})}
    )
    truth = {"type": "boolean"}
    more = [
        formats,
        parameter("explain", said("api.explain"), truth),
        parameter("excel", said("api.excel"), truth),
    ]
    named = _operation(
        question.name,
        "questions",
        _within(said, question.title),
        [*own, *shared(*days(question), "lang"), *more],
    )
    content = {
        media_type: ref("Answers") if media_type == _JSON else TEXT
        for media_type in MEDIA_TYPES.values()
    }
    return {
        **named,
        "description": _within(said, question.description),
        "responses": responses(said, answer(said, content), *_REFUSED),
    }


def _within(said: Said, text: Any) -> str:
    return str(text.within(said("api.code")))


def _chosen(said: Said, question: Question, each: Parameter, first: Mapping[str, str]) -> Json:
    found = parameter(each.name, _within(said, each.label), required=each.required)
    found["x-choices"] = f"/q/{question.name}/choices/{each.name}"
    if each.choices in first:
        found["example"] = first[each.choices]
    return found


def _choices(said: Said, question: Question, each: Parameter) -> Json:
    label = f"{_within(said, question.title)}: {_within(said, each.label)}"
    name = f"{question.name}-choices-{each.name}"
    summary = said("api.op_choices", label=label)
    return {
        **_operation(name, "questions", summary, shared("as-of")),
        "responses": responses(said, answer(said, {_JSON: ref("Choices")}), *_REFUSED),
    }


def data(said: Said) -> Json:
    """SPARQL, graphs, names, and the description of the data."""
    get = _operation("sparql", "sparql", said("api.op_sparql"), _of_sparql(said, posted=False))
    post = _operation(
        "sparql-post", "sparql", said("api.op_sparql_post"), _of_sparql(said, posted=True)
    )
    hoped = answer(said, {**_RESULTS, **_GRAPHS, HTML: TEXT})
    form: Json = {
        "type": "object",
        "properties": {"query": {**TEXT, "description": said("api.posted")}},
        "required": ["query"],
        "example": {"query": _EXAMPLE},
    }
    content = {FORM: {"schema": form}, QUERY: {"schema": TEXT, "example": _EXAMPLE}}
    return {
        "/sparql": {
            "get": {**get, "responses": responses(said, hoped, *_REFUSED)},
            "post": {
                **post,
                "requestBody": {"required": True, "content": content},
                "responses": responses(said, hoped, *_REFUSED, 403, 413, 415, kept=False),
            },
        },
        "/graphs": _read(said, "graphs", said("api.op_graphs"), _of_graphs(said)),
        "/id/{path}": _read(
            said, "id", said("api.op_id"), [in_path("path", said("api.path")), *_common(said)]
        ),
        "/ns": _read(said, "ns", said("api.op_ns"), _common(said)),
        "/ns/{name}": _read(
            said, "term", said("api.op_term"), [in_path("name", said("api.term")), *_common(said)]
        ),
        "/.well-known/void": _read(said, "void", said("api.op_void"), _common(said)),
    }


def _common(said: Said) -> list[Json]:
    formats = parameter("format", said("api.format"), {**TEXT, "enum": sorted(FORMATS)})
    return [*shared("as-of", "lang"), formats]


def _of_sparql(said: Said, *, posted: bool) -> list[Json]:
    graphs = {"type": "array", "items": {**TEXT, "format": "iri"}}
    query = parameter("query", said("api.query"), example=_EXAMPLE)
    more = [
        parameter("default-graph-uri", said("api.default_graph"), graphs),
        parameter("named-graph-uri", said("api.named_graph"), graphs),
    ]
    return [*([] if posted else [query]), *more, *_common(said)]


def _of_graphs(said: Said) -> list[Json]:
    default = {**TEXT, "enum": [""]}
    return [
        parameter("graph", said("api.graph"), {**TEXT, "format": "iri"}),
        parameter("default", said("api.default"), default, allowEmptyValue=True, example=""),
        *_common(said),
    ]


def _read(said: Said, name: str, summary: str, parameters: list[Json]) -> Json:
    hoped = answer(said, {**_GRAPHS, HTML: TEXT})
    return {
        "get": {
            **_operation(name, "sparql", summary, parameters),
            "responses": responses(said, hoped, *_REFUSED),
        }
    }


def check(said: Said) -> Json:
    """``POST /check``."""
    severities = {**TEXT, "enum": ["violation", "warning", "info"]}
    fields: Json = {
        "roster": {
            "type": "array",
            "items": {"type": "string", "format": "binary"},
            "description": said("api.roster"),
        },
        "as-of": {**TEXT, "description": said("api.as_of")},
        "fail-on": {**severities, "description": said("api.fail_on")},
        "lang": {**TEXT, "enum": list(LANGUAGES), "description": said("api.lang")},
        "format": {
            **TEXT,
            "enum": [*REPORTS, ANNOTATED],
            "description": said("api.format"),
        },
    }
    body = {"type": "object", "properties": fields, "required": ["roster"]}
    found = [media_type for media_type, _ in REPORTS.values()]
    content: Json = {media_type: ANY if "json" in media_type else TEXT for media_type in found}
    # That of GitLab is a list.
    content[_JSON] = {"anyOf": [ref("Report"), {"type": "array"}]}
    hoped = answer(said, {**content, XLSX: TEXT, ZIP: TEXT})
    hoped["headers"] = {
        "Kitei-Conforms": {
            "description": said("api.conforms"),
            "schema": {**TEXT, "enum": ["true", "false"]},
        }
    }
    return {
        "/check": {
            "post": {
                **_operation("check", "check", said("api.op_check"), []),
                "requestBody": {
                    "required": True,
                    "content": {"multipart/form-data": {"schema": body}},
                },
                "responses": responses(said, hoped, *_REFUSED, 403, 409, 413, 415, 422, kept=False),
            }
        }
    }


def service(said: Said) -> Json:
    """What operators and browsers use."""
    plain = answer(said, {"text/plain": TEXT})
    openapi = answer(said, {_JSON: {"type": "object"}})
    return {
        "/healthz": _served(said, "healthz", said("api.op_healthz"), plain),
        "/readyz": _served(said, "readyz", said("api.op_readyz"), plain),
        "/metrics": _served(said, "metrics", said("api.op_metrics"), plain),
        "/openapi.json": _served(
            said, "openapi", said("api.op_openapi"), openapi, shared("lang"), 400
        ),
        "/login": {"post": _entered(said, "login", said("api.op_login"), {"token": TEXT})},
        "/logout": {"post": _entered(said, "logout", said("api.op_logout"), {})},
    }


def _served(
    said: Said,
    name: str,
    summary: str,
    hoped: Json,
    parameters: list[Json] | None = None,
    *problems: int,
) -> Json:
    return {
        "get": {
            **_operation(name, "service", summary, parameters or []),
            "responses": responses(said, hoped, *problems, 401),
        }
    }


def _entered(said: Said, name: str, summary: str, fields: Mapping[str, Json]) -> Json:
    seen = responses(said, {}, 400, 401, 403, 413, kept=False)
    del seen["200"]
    made = _operation(name, "service", summary, [])
    if fields:
        body = {"type": "object", "properties": dict(fields), "required": list(fields)}
        made["requestBody"] = {"required": True, "content": {FORM: {"schema": body}}}
    return {
        **made,
        "responses": {"303": {"description": said("api.see_other")}, **seen},
    }


def _operation(name: str, tag: str, summary: str, parameters: list[Json]) -> Json:
    return {"operationId": name, "tags": [tag], "summary": summary, "parameters": parameters}
