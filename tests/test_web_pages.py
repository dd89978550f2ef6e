"""What the pages say: the day at a glance, a question and its answer, the check, a problem."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from functools import cache
from html import unescape
from urllib.parse import urlencode
from zipfile import ZipFile

import pytest
from flask.testing import FlaskClient
from tests.cli_support import ROSTER
from tests.web_support import (
    AS_OF,
    BROWSER,
    Page,
    assert_problem_page,
    checked_page,
    city,
    client,
    example,
)
from werkzeug.test import TestResponse

from kitei import kb
from kitei.ask import questions
from kitei.city import City
from kitei.confined import Archive, Document, Here, Job
from kitei.confined.wire import busy
from kitei.web import create_app
from kitei.web.settings import Settings

TOKEN = "a-token-of-some-length"


def get(path: str, of: FlaskClient | None = None, **asked: str) -> TestResponse:
    """A page as a browser asks for it; ``as_of`` is the parameter ``as-of``."""
    query = {name.replace("_", "-"): value for name, value in asked.items()}
    of = of or client()
    return of.get(path, query_string=query or None, headers=BROWSER, follow_redirects=True)


def page(path: str, of: FlaskClient | None = None, **asked: str) -> Page:
    """A page that is there."""
    response = get(path, of, **{"as_of": AS_OF, **asked})
    assert response.status_code == 200, response.text
    return checked_page(response.text)


@cache
def stranger() -> FlaskClient:
    """Somebody without the token of a protected roster."""
    archive = Archive.of(city(), city(False), protecting=True)
    return create_app(city(False), Here(archive), Settings(token=TOKEN)).test_client()


# -- home ------------------------------------------------------------------------------------


def test_home_says_in_one_sentence_who_acts_and_points_to_the_provision() -> None:
    home = page("/", lang="ja")
    assert "CDO(副市長)に事故があるため、第3条第2項の規定により、CDO補佐官" in home.said
    assert any("art_3__para_2" in link for link in home.links)


def test_home_gives_the_verdict_of_the_day_and_the_way_to_its_details() -> None:
    home = page("/", lang="en")
    counts = re.search(r"violation (\d+)\s+warning (\d+)\s+info (\d+)", home.said)
    assert counts
    findings = example().get("/findings.json", query_string={"as-of": AS_OF}).get_json()
    shown = page("/", example(), lang="en").said
    for severity in ("violation", "warning", "info"):
        number = sum(each["severity"] == severity for each in findings["findings"])
        assert f"{severity} {number}" in shown
    assert any(link.startswith("/findings?") for link in home.links)


def test_home_shows_what_an_answer_rests_on_and_that_it_is_not_official() -> None:
    home = page("/", example(), lang="ja")
    assert "定めのない事項" in home.said
    assert "事故の認定者" in home.said
    assert "本文が現行であることを確認したのは令和6年4月1日 (2024-04-01)まで" in home.said
    assert "市の公式解釈ではない" in home.said


def test_home_of_a_day_whose_text_is_not_held_answers_nothing() -> None:
    home = page("/", lang="en", as_of="2022-06-01")
    assert "is not held, so no answer is given" in home.said
    assert "nothing was checked" in home.said


@pytest.mark.parametrize(
    ("path", "before"), [("/", "/q/"), ("/q/", "/q/"), ("/sparql", "example=")]
)
def test_every_list_of_questions_has_their_order(path: str, before: str) -> None:
    links = re.findall(r"<h[23][^>]*><a href=\"([^\"]+)\"", get(path, as_of=AS_OF).text)
    listed = [re.split("[?&]", link.split(before)[1])[0] for link in links if before in link]
    assert listed == list(questions())


def test_a_day_stands_in_its_era_and_as_iso_and_stays_in_every_link() -> None:
    home = page("/", lang="ja")
    assert "令和6年6月5日 (2024-06-05)" in home.said
    within = [link for link in home.links if not link.startswith(("/static", "http"))]
    assert within
    assert all(f"as-of={AS_OF}" in link for link in within)


# -- questions -------------------------------------------------------------------------------


def test_browsers_choose_from_cards_and_programs_from_json() -> None:
    listed = page("/q", lang="en")
    for name, question in questions().items():
        assert question.title.en in listed.said
        assert any(link.startswith(f"/q/{name}?") for link in listed.links)
    assert client().get("/q").content_type == "application/json"


@pytest.mark.parametrize("name", list(questions()))
def test_a_question_has_a_form_whose_choices_are_all_answered(name: str) -> None:
    question = questions()[name]
    source = get(f"/q/{name}", as_of=AS_OF, lang="ja").text
    checked_page(source)
    for parameter in question.parameters:
        form = re.search(f'name="{parameter.name}".*?</select>', source, re.DOTALL)
        assert form
        choices = re.findall(r'<option value="([^"]+)"', form.group())
        assert choices
        for choice in choices[:4]:
            asked = {"as_of": AS_OF, parameter.name: unescape(choice)}
            assert get(f"/q/{name}", None, **asked).status_code == 200, choice


def test_a_question_that_lacks_something_shows_its_form_and_says_so() -> None:
    assert "条件を選んで" in page("/q/history", lang="ja").said
    response = get("/q/who-acts", post="nobody", lang="en")
    assert response.status_code == 400
    assert "There is no post called" in checked_page(response.text).said
    assert "needs a roster" in page("/q/vacancies", client(False), lang="en").said


def test_an_empty_field_of_the_form_asks_for_everything() -> None:
    asked, unasked = page("/q/who-acts", post="", lang="en"), page("/q/who-acts", lang="en")
    assert "Deputy Head of the Headquarters" in asked.said
    assert asked.said.count("Article") == unasked.said.count("Article")


def test_an_answer_can_be_taken_along_shared_and_asked_in_sparql() -> None:
    shown = page("/q/who-acts", post="cdo", lang="en")
    downloads = [link for link in shown.links if link.startswith("/q/who-acts.")]
    assert {link.partition("?")[0] for link in downloads} >= {
        "/q/who-acts.csv",
        "/q/who-acts.json",
        "/q/who-acts.ttl",
    }
    for link in downloads:
        assert client().get(link).status_code == 200
    rows = list(csv.DictReader(io.StringIO(client().get(downloads[0]).text)))
    assert [row["person"] for row in rows] == ["B001"]
    assert "SELECT ?post ?status" in shown.said
    assert any(link.startswith("/sparql?") for link in shown.links)


def test_the_address_to_share_names_the_day_even_if_the_reader_did_not() -> None:
    source = get("/q/who-acts", post="cdo").text
    found = re.search(r'readonly value="([^"]+)"', source)
    assert found
    assert re.search(r"as-of=\d{4}-\d\d-\d\d", found.group(1))
    assert "post=cdo" in found.group(1)


def test_people_are_sorted_by_their_kana_where_it_is_given() -> None:
    source = get("/q/members", example(), sort="person", as_of=AS_OF).text
    assert 'aria-sort="ascending"' in source
    shown = re.findall(r"(R\d{4})\)</a>", source)
    roster = City(kb.find()).base.example_roster("dx-headquarters")
    lines = csv.DictReader(io.StringIO((roster / "roster.csv").read_text(encoding="utf-8-sig")))
    kana = {line["職員番号"]: line["氏名カナ"] for line in lines}
    assert len(shown) > 5
    assert [kana[each] for each in shown] == sorted(kana[each] for each in shown)
    turned = get("/q/members", example(), sort="-person", as_of=AS_OF).text
    assert [kana[each] for each in re.findall(r"(R\d{4})\)</a>", turned)] == sorted(
        (kana[each] for each in shown), reverse=True
    )


def test_every_value_of_an_answer_leads_to_what_it_names() -> None:
    shown = page("/q/who-acts", lang="en")
    within = [link for link in shown.links if link.startswith(("/id/", "/ns/", "/reg/"))]
    assert len(within) > 10
    for link in dict.fromkeys(within):
        assert get(link).status_code == 200, link


def test_a_chain_is_shown_when_it_is_asked_for() -> None:
    assert "roster.csv" not in page("/q/who-acts", lang="en").said
    assert "roster.csv" in page("/q/who-acts", lang="en", explain="true").said


# -- findings --------------------------------------------------------------------------------


def test_findings_stand_below_their_provision_with_what_to_do() -> None:
    shown = page("/findings", example(), lang="ja")
    assert "第3条第2項" in shown.said
    assert "要確認" in shown.said
    assert any("art_3__para_2" in link for link in shown.links) or "/reg/" not in str(shown.links)


@pytest.mark.parametrize("suffix", ["json", "txt", "md", "ttl", "sarif", "xml"])
def test_findings_are_downloaded_as_the_command_line_writes_them(suffix: str) -> None:
    response = example().get(f"/findings.{suffix}", query_string={"as-of": AS_OF})
    assert response.status_code == 200
    assert "post-acting" in response.text
    assert example().get("/findings.docx").status_code == 404


# -- without a token -------------------------------------------------------------------------


def contents(data: bytes) -> Iterator[bytes]:
    """What a download holds: the files within a workbook, else itself."""
    if not data.startswith(b"PK"):
        yield data
        return
    with ZipFile(io.BytesIO(data)) as parts:
        yield from (parts.read(name) for name in parts.namelist())


def test_without_a_token_no_page_and_no_download_names_a_person() -> None:
    lines = csv.DictReader(io.StringIO((ROSTER / "roster.csv").read_text(encoding="utf-8-sig")))
    people = list(lines)
    words = {line["職員番号"] for line in people} | {line["氏名"] for line in people}
    assert "見本 総務" in page("/", lang="ja").said, "who is logged in sees it"
    asked, seen = ["/", "/q", "/findings", "/sparql", "/ns", "/nothing"], set[str]()
    asked += [f"/q/{name}" for name in questions()]
    asked = [f"{path}?{urlencode({'as-of': AS_OF, 'lang': 'ja'})}" for path in asked]
    while asked:
        path = asked.pop()
        if path in seen or not path.startswith("/") or len(seen) > 400:
            continue
        seen.add(path)
        response = get(path, stranger())
        said = "".join(part.decode("utf-8", "replace") for part in contents(response.data))
        assert not [word for word in words if word in said], path
        # Everything that these pages lead to, and what that leads to in its turn.
        if response.content_type.startswith("text/html"):
            asked = [link.partition("#")[0] for link in Page(said).links] + asked
    assert len(seen) > 100


def test_without_a_token_a_page_says_that_there_is_more_to_see() -> None:
    home = page("/", stranger(), lang="en")
    assert "Log in to see what the check of the roster found" in home.said
    assert "log in to see it" in page("/q/vacancies", stranger(), lang="en").said
    assert "without the roster" in page("/q/who-acts", stranger(), lang="en").said


# -- problems --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "status"), [("/nothing", 404), ("/q/nope", 404), ("/id/nope", 404), ("/?as-of=x", 400)]
)
def test_a_problem_is_a_page_for_who_browses(path: str, status: int) -> None:
    for lang, said in (("ja", "次のページから続けられる。"), ("en", "You can go on from")):
        joint = "&" if "?" in path else "?"
        found = assert_problem_page(get(f"{path}{joint}lang={lang}"), status)
        assert said in found.said
        assert found.language == lang


class Busy(Here):
    """Nobody is free to do a job."""

    def run(self, job: Job) -> Document:  # noqa: ARG002
        raise busy()


@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_page_that_could_not_be_made_just_now_says_when_to_try_again(language: str) -> None:
    waiting = create_app(city(), Busy(Archive.of(city())), Settings()).test_client()
    response = get("/q/vacancies", waiting, as_of=AS_OF, lang=language)
    found = assert_problem_page(response, 503)
    assert response.headers["Retry-After"] in found.said, "and in words"
    assert f"/q/vacancies?as-of={AS_OF}&lang={language}" in map(unescape, found.links)
    posted = waiting.post("/sparql", data={"query": "ASK {}"}, headers=BROWSER)
    said = assert_problem_page(posted, 503).said
    assert "もう一度試す" not in said, "a link would not send it"
    assert "もう一度送る" in said


def test_a_query_that_took_too_long_can_be_changed_where_that_is_said() -> None:
    waiting = create_app(city(), Busy(Archive.of(city())), Settings()).test_client()
    query = 'SELECT * { ?a ?b "<&>" }'
    text = get("/sparql", waiting, query=query, as_of=AS_OF).text
    written = re.search(r"<textarea[^>]*>(.*?)</textarea>", text, re.DOTALL)
    assert written
    assert unescape(written[1]) == query


def test_a_problem_of_a_foreign_host_needs_no_page() -> None:
    app = create_app(city(), settings=Settings(hosts=("kitei.example",)))
    response = app.test_client().get("/", headers={**BROWSER, "Host": "evil.example"})
    assert (response.status_code, response.content_type) == (400, "application/problem+json")
