"""``/q``, ``/``, ``/healthz``, and what every response has in common."""

from __future__ import annotations

import csv
import io
import json
import logging

import pytest
from tests.cli_support import ROSTER, kitei
from tests.web_support import AS_OF, assert_problem, checked_page, city, client

from kitei.ask import questions
from kitei.confined import Document, Job
from kitei.errors import InternalError
from kitei.web import create_app

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
ASKED = {"post": "CDO", "as-of": AS_OF}


def test_a_question_is_answered_as_the_command_line_does() -> None:
    arguments = ["--post", "CDO", "--as-of", AS_OF, "--roster", str(ROSTER), "--format"]
    for form, content_type in (("json", "application/json"), ("csv", "text/csv; charset=utf-8")):
        response = client().get(f"/q/who-acts.{form}", query_string=ASKED)
        assert response.content_type == content_type
        printed = kitei("ask", "who-acts", *arguments, form).out
        assert response.get_data(as_text=True) == printed


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        ("", "application/json"),
        ("*/*", "application/json"),
        ("text/csv", "text/csv; charset=utf-8"),
        ("text/plain", "text/plain; charset=utf-8"),
        ("text/turtle", "text/turtle; charset=utf-8"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html; charset=utf-8"),
    ],
)
def test_accept_chooses_the_format(accept: str, content_type: str) -> None:
    response = client().get("/q/who-acts", query_string=ASKED, headers={"Accept": accept})
    assert response.content_type == content_type
    assert {"Accept", "Accept-Language"} <= {word.strip() for word in response.vary}


def test_the_suffix_outweighs_accept() -> None:
    response = client().get("/q/who-acts.csv", query_string=ASKED, headers={"Accept": "text/html"})
    rows = list(csv.DictReader(io.StringIO(response.text, newline="")))
    assert [row["person"] for row in rows] == ["B001"]
    assert_problem(client().get("/q/who-acts", headers={"Accept": "image/png"}), 406)


def test_every_question_is_listed_and_answers_or_says_what_it_needs() -> None:
    listed = client().get("/q").get_json()["questions"]
    assert [question["name"] for question in listed] == list(questions())
    for question in listed:
        needs = any(parameter["required"] for parameter in question["parameters"])
        response = client().get(question["href"], query_string={"as-of": AS_OF})
        if needs:
            assert_problem(response, 400)
        else:
            assert response.get_json()["question"] == question["name"]


def test_every_question_has_a_page() -> None:
    for question in client().get("/q").get_json()["questions"]:
        if not any(parameter["required"] for parameter in question["parameters"]):
            response = client().get(f"{question['href']}.html", query_string={"as-of": AS_OF})
            assert response.status_code == 200
            checked_page(response.text)


def test_a_question_about_a_period_takes_from_and_to() -> None:
    asked = {"post": "CDO", "from": "2024-04-01", "to": "令和6年12月31日"}
    document = client().get("/q/history", query_string=asked).get_json()
    assert (document["as_of"], document["until"]) == ("2024-04-01", "2024-12-31")


def test_explain_gives_the_chain() -> None:
    document = client().get("/q/who-acts", query_string={**ASKED, "explain": "true"}).get_json()
    assert document["answers"][0]["chain"]


@pytest.mark.parametrize("name", ["nope", "who-acts.exe", "who-acts.json.csv", "..%2Fwho-acts"])
def test_an_unknown_question_is_404(name: str) -> None:
    assert_problem(client().get(f"/q/{name}"), 404)


@pytest.mark.parametrize(
    "asked",
    [
        {"post": "nobody"},
        {"posts": "CDO"},
        {"as-of": "yesterday"},
        {"from": "2024-04-01"},
        {"lang": "fr"},
        {"explain": "maybe"},
        {"post": ["CDO", "CDO"]},
    ],
)
def test_a_bad_parameter_is_400(asked: dict[str, str | list[str]]) -> None:
    assert_problem(client().get("/q/who-acts", query_string=asked), 400)


def test_without_a_roster_the_rules_alone_answer() -> None:
    document = client(False).get("/q/who-acts", query_string=ASKED).get_json()
    assert document["answers"][0]["person"] is None
    detail = assert_problem(client(False).get("/q/vacancies"), 400)["detail"]
    assert "roster" in str(detail)
    assert client(False).get("/").status_code == 200


# -- pages -----------------------------------------------------------------------------------


def test_the_first_page_shows_who_acts_and_why() -> None:
    page = checked_page(client().get("/", query_string={"as-of": AS_OF}).text)
    assert page.language == "ja"
    assert "CDO(副市長)に事故があるため、第3条第2項の規定により" in page.said
    assert "見本 総務 (B001)" in page.said
    for question in questions().values():
        assert question.title.ja in page.said


def test_every_link_of_the_first_page_leads_somewhere() -> None:
    for language in ("ja", "en"):
        page = checked_page(client().get("/", query_string={"lang": language}).text)
        assert len(page.links) > len(questions()) - 3
        for link in page.links:
            response = client().get(link, headers=BROWSER, follow_redirects=True)
            assert response.status_code == 200, link


def test_pages_speak_the_language_of_the_reader() -> None:
    said = {"Accept-Language": "en-GB,en;q=0.9,ja;q=0.1"}
    response = client().get("/", query_string={"as-of": AS_OF}, headers=said)
    page = checked_page(response.text)
    assert page.language == "en"
    assert "is unable to perform the duties" in page.said
    assert checked_page(client().get("/?lang=ja", headers=said).text).language == "ja"


def test_names_are_escaped_on_pages() -> None:
    from kitei import kb
    from kitei.city import City

    evil = "<script>alert(1)</script>&"
    lines = (ROSTER / "roster.csv").read_text(encoding="utf-8").replace("見本 総務", evil)
    attacked = City(kb.find())
    attacked.read_roster_files({"roster.csv": lines.encode()})
    for path in ("/", "/q/who-acts.html"):
        source = create_app(attacked).test_client().get(path, query_string={"as-of": AS_OF}).text
        assert evil in checked_page(source).said


# -- what all responses share ----------------------------------------------------------------


@pytest.mark.parametrize("path", ["/", "/q", "/q/who-acts", "/healthz", "/nothing", "/sparql"])
def test_every_response_is_guarded(path: str) -> None:
    response = client().get(path)
    headers = response.headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    lasting = response.status_code == 200 and path != "/healthz"
    assert headers["Cache-Control"] == ("no-cache" if lasting else "no-store")
    assert headers["Server"] == "Kitei"


def test_unknown_addresses_are_problems_too() -> None:
    assert_problem(client().get("/nothing"), 404)
    assert_problem(client().post("/q/who-acts"), 405)


def test_health_is_plain() -> None:
    assert client().get("/healthz").text == "ok\n"


class Broken:
    """An evaluator that fails in its own ways."""

    generation = 1
    failures = 0

    def __init__(self, error: Exception) -> None:
        self.error = error

    def run(self, _job: Job) -> Document:
        """Fail."""
        raise self.error

    def alive(self) -> bool:
        """No."""
        return False


@pytest.mark.parametrize(
    "error",
    [ValueError("見本 総務"), InternalError("見本 総務", "見本 総務"), KeyError("見本 総務")],
)
def test_failures_show_and_log_neither_data_nor_code(
    error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    broken = create_app(city(), Broken(error)).test_client()
    with caplog.at_level(logging.DEBUG):
        document = assert_problem(broken.get("/q/who-acts?post=見本"), 500)
    assert "見本" not in json.dumps(document, ensure_ascii=False) + caplog.text
    assert type(error).__name__ in caplog.text
    assert_problem(broken.get("/readyz"), 503)
    assert broken.get("/healthz").status_code == 200
