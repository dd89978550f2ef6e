"""``/sparql`` in a browser: an editor that needs nobody else, and examples that run."""

from __future__ import annotations

import json
import re

import pytest
from tests.support import PACKAGE
from tests.web_support import AS_OF, Page, client

from kitei.ask import questions

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
STATIC = PACKAGE / "web" / "static"


def test_a_browser_gets_the_editor_and_a_client_the_description() -> None:
    assert client().get("/sparql", headers=BROWSER).mimetype == "text/html"
    assert client().get("/sparql?format=html").mimetype == "text/html"
    for accept in ("", "*/*", "text/turtle", "text/turtle,text/html;q=0.9"):
        response = client().get("/sparql", headers={"Accept": accept})
        assert response.mimetype == "text/turtle", accept


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_page_works_without_script(language: str) -> None:
    """The form asks what the field holds, of the day of the page, and gets a table."""
    text = client().get(f"/sparql?lang={language}&as-of={AS_OF}", headers=BROWSER).text
    page = Page(text)
    assert page.language == language
    query = re.search(r"<textarea[^>]*>(.*?)</textarea>", text, re.DOTALL)
    assert query
    asked = {"query": query[1].replace("&lt;", "<").replace("&gt;", ">").replace("&#34;", '"')}
    asked["query"] = asked["query"].replace("&amp;", "&")
    answer = client().get("/sparql", query_string={**asked, "as-of": AS_OF, "format": "html"})
    assert answer.status_code == 200
    assert "雛形 秋穂" in answer.text or "見本 総務" in answer.text


@pytest.mark.parametrize("name", sorted(questions()))
def test_the_query_of_every_question_is_an_example_that_runs(name: str) -> None:
    text = client().get(f"/sparql?example={name}", headers=BROWSER).text
    assert "#+" not in text
    query = questions()[name].sparql
    answer = client().get("/sparql", query_string={"query": query, "as-of": AS_OF})
    assert answer.status_code == 200


def test_an_unknown_example_is_the_first_one() -> None:
    first = client().get("/sparql", headers=BROWSER).text
    unknown = client().get("/sparql?example=nothing", headers=BROWSER).text
    assert re.findall("<textarea.*</textarea>", first, re.DOTALL) == re.findall(
        "<textarea.*</textarea>", unknown, re.DOTALL
    )


def test_what_the_editor_completes_comes_from_here() -> None:
    known = json.loads(client().get(f"/sparql/terms?as-of={AS_OF}").text)
    assert known["prefixes"]["kitei"] == "https://w3id.org/kitei/ns#"
    assert "https://w3id.org/kitei/ns#PostOnDay" in known["classes"]
    assert "https://w3id.org/kitei/ns#actedBy" in known["properties"]


def test_the_page_may_load_from_here_only_and_run_what_is_in_files_only() -> None:
    response = client().get("/sparql", headers=BROWSER)
    policy = response.headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "connect-src 'self'" in policy
    assert "unsafe" not in policy
    assert "<script>" not in response.text
    assert 'style="' not in response.text


def test_nothing_is_kept_in_the_browser() -> None:
    script = (STATIC / "console.js").read_text(encoding="utf-8")
    assert "persistenceId: null" in script
    assert "localStorage" not in script


def test_what_others_made_brings_its_licence() -> None:
    folder = STATIC / "yasgui"
    assert "MIT License" in (folder / "LICENSE").read_text(encoding="utf-8")
    for file in folder.iterdir():
        assert "sourceMappingURL" not in file.read_text(encoding="utf-8")
