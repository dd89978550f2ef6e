"""What operations of the OpenAPI document are put together of: parameters, answers, schemas."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Any

from kitei.web.pages import HTML
from kitei.web.parameters import LANGUAGES
from kitei.web.problems import MEDIA_TYPE

Json = dict[str, Any]
Said = Callable[..., str]
"""A string by its key, in the language of the document."""

TEXT: Json = {"type": "string"}
ANY: Json = {}
_BILINGUAL: Json = {
    "type": "object",
    "properties": {"ja": {"type": ["string", "null"]}, "en": {"type": ["string", "null"]}},
    "required": ["ja", "en"],
}
_DAY: Json = {"type": "string", "format": "date"}
# Any request may meet one of these: limits of size and rate, and a service that is busy.
_ALWAYS = (414, 429, 431, 500, 503)


def ref(name: str) -> Json:
    """A schema of the document."""
    return {"$ref": f"#/components/schemas/{name}"}


def parameter(name: str, said: str, schema: Json | None = None, **more: Any) -> Json:
    """A parameter of the address, optional unless ``required`` says otherwise."""
    return {
        "name": name,
        "in": "query",
        "required": False,
        "description": said,
        "schema": schema or TEXT,
        **more,
    }


def shared(*names: str) -> list[Json]:
    """Parameters that several operations have."""
    return [{"$ref": f"#/components/parameters/{name}"} for name in names]


def in_path(name: str, said: str, **more: Any) -> Json:
    """A part of the path."""
    return {**parameter(name, said), "in": "path", "required": True, **more}


def answer(said: Said, content: Mapping[str, Json], **more: Any) -> Json:
    """The response that is hoped for."""
    return {
        "description": said("api.ok"),
        "headers": {"ETag": {"schema": TEXT}},
        "content": {media_type: {"schema": schema} for media_type, schema in content.items()},
        **more,
    }


def responses(said: Said, hoped: Json, *problems: int, kept: bool = True) -> Json:
    """All responses of an operation; what is ``kept`` by a client may be unchanged."""
    found: Json = {"200": hoped}
    if kept:
        found["304"] = {"description": said("api.unchanged")}
    for status in sorted({*problems, *_ALWAYS}):
        found[str(status)] = {"$ref": f"#/components/responses/{name_of(status)}"}
    return found


def name_of(status: int) -> str:
    """The name of the response of a status."""
    return HTTPStatus(status).phrase.replace(" ", "").replace("-", "")


def components(said: Said, protects: bool) -> Json:
    """What the operations refer to."""
    made: Json = {
        "schemas": _schemas(),
        "parameters": _parameters(said),
        "responses": {
            name_of(status): {
                "description": f"{HTTPStatus(status).phrase}: {said('api.problem')}",
                # A page for who browses, or asked for one with ``format``.
                "content": {MEDIA_TYPE: {"schema": ref("Problem")}, HTML: {"schema": TEXT}},
            }
            for status in (400, 401, 403, 404, 405, 406, 409, 413, 415, 422, *_ALWAYS)
        },
    }
    if protects:
        made["securitySchemes"] = {
            "bearer": {"type": "http", "scheme": "bearer", "description": said("api.bearer")}
        }
    return made


def _parameters(said: Said) -> Json:
    days = {"examples": ["2024-06-05", "令和6年6月5日"]}
    return {
        "as-of": parameter("as-of", said("api.as_of"), {**TEXT, **days}, example="2024-06-05"),
        "from": parameter("from", said("api.from"), {**TEXT, **days}, example="2024-04-01"),
        "to": parameter("to", said("api.to"), {**TEXT, **days}, example="2025-03-31"),
        "lang": parameter("lang", said("api.lang"), {**TEXT, "enum": list(LANGUAGES)}),
    }


def _schemas() -> Json:
    text = {"type": ["string", "null"]}
    return {
        "Bilingual": _BILINGUAL,
        "Problem": _object(
            type=TEXT,
            title=TEXT,
            status={"type": "integer", "minimum": 400, "maximum": 599},
            detail=TEXT,
            detail_ja=TEXT,
        ),
        "Answers": _object(
            ("until",),
            question=TEXT,
            as_of=_DAY,
            until=_DAY,
            text=_object(regulation=TEXT, version=text, confirmed_current_on=text),
            status=TEXT,
            answers=_list({"type": "object"}),
            notices=_list(ref("Bilingual")),
            disclaimer=ref("Bilingual"),
        ),
        "Choices": _object(
            question=TEXT,
            parameter=TEXT,
            as_of=_DAY,
            choices=_list(_object(value=TEXT, label=ref("Bilingual"), names=_list(TEXT), iri=TEXT)),
        ),
        "Catalogue": _object(questions=_list(_question())),
        "Results": _object(
            ("results", "boolean"),
            head={"type": "object"},
            results=_object(bindings=_list({"type": "object"})),
            boolean={"type": "boolean"},
        ),
        "Report": _object(
            conforms={"type": "boolean"},
            as_of=_DAY,
            text={"type": "object"},
            checked={"type": "object"},
            findings=_list({"type": "object"}),
        ),
    }


def _question() -> Json:
    parameters = _object(
        ("label", "choices"),
        name=TEXT,
        type={"enum": ["choice", "date"]},
        required={"type": "boolean"},
        label=ref("Bilingual"),
        choices=TEXT,
    )
    return _object(
        name=TEXT,
        href=TEXT,
        title=ref("Bilingual"),
        description=ref("Bilingual"),
        period={"type": "boolean"},
        roster={"enum": ["required", "optional", None]},
        parameters=_list(parameters),
        columns=_list(_object(name=TEXT, type=TEXT, label=ref("Bilingual"))),
        formats={"type": "object", "additionalProperties": TEXT},
    )


def _list(items: Json) -> Json:
    return {"type": "array", "items": items}


def _object(optional: Iterable[str] = (), /, **properties: Json) -> Json:
    required = [name for name in properties if name not in set(optional)]
    return {"type": "object", "properties": properties, "required": required}
