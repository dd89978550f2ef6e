"""``/openapi.json`` and ``/api``: the description is valid, true, and all that is needed."""

from __future__ import annotations

import io
import json
import os
import re
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from openapi_spec_validator import OpenAPIV31SpecValidator
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)
from tests.cli_support import ROSTER
from tests.web_support import AS_OF, Page, assert_problem, checked_page, city, client

from kitei.ask import questions
from kitei.confined import Archive, Here
from kitei.web import create_app
from kitei.web.settings import Settings

# A bound for CI; more by hand: KITEI_FUZZ=20000.
EXAMPLES = max(1, int(os.environ.get("KITEI_FUZZ", "250")) // 25)
"""Requests made up for each operation."""
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    unsupported_method,
]
MACHINES = {
    "check.answer", "choosing.listed", "description.of_dataset", "graphs.graph", "health.healthz",
    "health.readyz", "login.enter", "login.leave", "metrics.metrics", "openapi.document",
    "questions.answer", "questions.catalogue", "resources.term", "resources.thing",
    "resources.vocabulary", "sparql.sparql",
}  # fmt: skip
"""The endpoints that are for programs; the others are pages."""


def document(**asked: str) -> dict[str, Any]:
    found: dict[str, Any] = client().get("/openapi.json", query_string=asked).get_json()
    return found


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_document_is_valid_and_of_its_language(lang: str) -> None:
    described = document(lang=lang)
    OpenAPIV31SpecValidator(described).validate()
    assert described["openapi"] == "3.1.0"
    said = json.dumps([described["info"], described["tags"]], ensure_ascii=False)
    assert bool(re.search(r"[ぁ-ん]", said)) == (lang == "ja")
    protected = create_app(
        city(False),
        Here(Archive.of(city(), city(False), protecting=True)),
        Settings(token="x" * 16),
    )
    guarded = protected.test_client().get("/openapi.json").get_json()
    OpenAPIV31SpecValidator(guarded).validate()
    assert guarded["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"
    assert guarded["security"] == [{}, {"bearer": []}]
    assert "security" not in described


def test_every_address_that_programs_ask_is_described() -> None:
    described = set(document()["paths"])
    rules = [r for r in client().application.url_map.iter_rules() if r.endpoint in MACHINES]
    assert {rule.endpoint for rule in rules} == MACHINES
    for rule in rules:
        # Each question has an address of its own, and so have its parameters.
        named = re.sub(r"^/q/<name>", "/q/who-acts", rule.rule).replace("<parameter>", "post")
        assert re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", named) in described, rule


def test_what_is_described_exists_with_its_methods() -> None:
    adapter = client().application.url_map.bind("")
    for path, methods in document()["paths"].items():
        for method in methods:
            assert adapter.match(path.replace("{", "").replace("}", ""), method.upper())


def test_each_question_is_described_as_its_header_says() -> None:
    described = document()
    for question in questions().values():
        operation = described["paths"][f"/q/{question.name}"]["get"]
        own = {each["name"]: each for each in operation["parameters"] if "name" in each}
        for parameter in question.parameters:
            written = own[parameter.name]
            assert written["required"] == parameter.required
            assert written["description"] == parameter.label.ja
            choices = client().get(written["x-choices"], query_string={"as-of": AS_OF})
            values = [choice["value"] for choice in choices.get_json()["choices"]]
            assert written["example"] in values
        days = {each["$ref"] for each in operation["parameters"] if "$ref" in each}
        assert ("#/components/parameters/from" in days) == question.of_period


def test_the_examples_of_the_document_can_be_asked() -> None:
    described = document()
    for path, methods in described["paths"].items():
        if "{" in path or "get" not in methods:
            continue
        asked = {
            each["name"]: each["example"]
            for each in methods["get"]["parameters"]
            if each.get("example") and each["name"] not in ("graph", "default")
        }
        if path == "/graphs":
            asked = {"default": ""}
        response = client().get(path, query_string=asked, headers={"Accept": "*/*"})
        assert response.status_code == 200, (path, response.text)


def test_the_page_says_all_that_the_document_says() -> None:
    for lang in ("ja", "en"):
        response = client().get("/api", query_string={"lang": lang})
        page = checked_page(response.text)
        assert page.language == lang
        described = document(lang=lang)
        for path, methods in described["paths"].items():
            assert path in page.said
            for operation in methods.values():
                assert operation["summary"] in page.said
        elsewhere = [link for link in page.links if "://" in link]
        assert elsewhere == [], "it works without any other server"


def test_every_link_of_the_page_leads_somewhere() -> None:
    page = Page(client().get("/api?lang=en").text)
    tried = [link for link in page.links if link.startswith(("/q", "/sparql", "/graphs", "/ns"))]
    assert len(tried) > len(questions())
    for link in tried:
        assert client().get(link).status_code == 200, link


def test_a_check_is_answered_as_it_is_described() -> None:
    described = document()["paths"]["/check"]["post"]
    body = described["requestBody"]["content"]["multipart/form-data"]["schema"]
    content = described["responses"]["200"]["content"]
    for form in body["properties"]["format"]["enum"]:
        roster = (io.BytesIO((ROSTER / "roster.csv").read_bytes()), "roster.csv")
        sent = {"roster": roster, "as-of": AS_OF, "format": form, "lang": "en"}
        response = client().post("/check", data=sent, content_type="multipart/form-data")
        assert response.status_code == 200, (form, response.text)
        assert response.mimetype in content
        assert response.headers["Kitei-Conforms"] in ("true", "false")


def test_what_the_document_cannot_be_asked_is_a_problem() -> None:
    assert_problem(client().get("/openapi.json?lang=fr"), 400)
    assert_problem(client().post("/openapi.json"), 405)


# -- requests made up from the document -------------------------------------------------------

CONFIG = SchemathesisConfig.from_dict({"phases": {"coverage": {"enabled": False}}})
SCHEMA = schemathesis.openapi.from_wsgi("/openapi.json", create_app(city()), config=CONFIG)


@schemathesis.serializer("application/sparql-query")
def as_it_is(_context: schemathesis.SerializationContext, value: object) -> bytes:
    """A query is sent as its text."""
    return str(value).encode("utf-8", "surrogatepass")


@SCHEMA.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
def test_requests_made_up_from_the_document(case: schemathesis.Case[Any]) -> None:
    case.call_and_validate(checks=CHECKS)
