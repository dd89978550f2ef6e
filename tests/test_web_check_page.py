"""The page ``/check``: a form that works by itself, and findings that can be acted upon."""

from __future__ import annotations

import re
from html import unescape

import pytest
from flask.testing import FlaskClient
from tests.support import PACKAGE
from tests.upload_support import BROKEN, HEADER, archive, given, post, workbook
from tests.web_support import AS_OF, BEARER, TOKEN, city
from werkzeug.test import TestResponse

from kitei.confined import Here
from kitei.web import create_app
from kitei.web.settings import Settings
from kitei.web.strings import text

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
MEMBER = "M004"


@pytest.fixture(scope="module")
def client() -> FlaskClient:
    """A service whose roster everybody may see."""
    return create_app(city(), Here(archive())).test_client()


@pytest.fixture(scope="module")
def guarded() -> FlaskClient:
    """A service whose roster is protected."""
    here = Here(archive(protecting=True))
    return create_app(city(), here, Settings(token=TOKEN, secret=b"s")).test_client()


def words(response: TestResponse) -> str:
    """What a reader sees."""
    body = re.sub(r"(?s)<(script|style|head)\b.*?</\1>", "", response.text)
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", body)).split())


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_form_says_that_nothing_is_stored(client: FlaskClient, lang: str) -> None:
    response = client.get(f"/check?lang={lang}&as-of={AS_OF}")
    assert response.status_code == 200
    shown = words(response)
    for key in ("check.kept_nothing", "check.kept_how", "check.send", "check.files"):
        assert text(key, lang) in shown
    assert f'<html lang="{lang}">' in response.text
    assert f'type="date" name="as-of" value="{AS_OF}"' in response.text
    assert 'enctype="multipart/form-data"' in response.text


def test_the_menu_leads_to_it(client: FlaskClient) -> None:
    assert 'href="/check' in client.get("/").text


def test_nothing_in_the_pages_needs_what_the_policy_forbids(client: FlaskClient) -> None:
    for response in (client.get("/check"), post(client, given(), BROWSER, as_of=BROKEN)):
        assert not re.search(r"<script(?![^>]*\bsrc=)|\bon\w+=|style=|javascript:", response.text)
        assert "script-src 'self'" in response.headers["Content-Security-Policy"]


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_findings_stand_under_their_provision(client: FlaskClient, lang: str) -> None:
    response = post(client, {"名簿.xlsx": workbook()}, BROWSER, as_of=BROKEN, lang=lang)
    assert (response.status_code, response.headers["Kitei-Conforms"]) == (200, "false")
    shown = words(response)
    verdict = shown.index(text("check.breached", lang))
    provision = shown.index("第5条第3項第1号" if lang == "ja" else "Article 5, paragraph 3")
    finding = shown.index("財務部税務課", provision)
    assert verdict < provision < finding
    assert "名簿.xlsx" in shown
    assert re.search(r'<code class="cell">[A-Z]5</code>', response.text)
    assert ("不適合 2" if lang == "ja" else "violation 2") in shown
    assert "係長等の職にある職員で" in shown, "the text of the provision, on demand"
    assert "違反" not in shown


def test_what_was_read_is_shown(client: FlaskClient) -> None:
    files = given()
    staff = files["roster.csv"].decode().replace("区分,", "区分,電話番号,", 1)
    files["roster.csv"] = staff.encode("cp932")
    shown = words(post(client, files, BROWSER, as_of=AS_OF))
    table = shown[shown.index(text("check.read", "ja")) :]
    assert "roster.csv cp932 50" in table or re.search(r"roster\.csv cp932 \d+", table)
    assert "電話番号" in table
    assert re.search(r"designations\.csv utf-8 18", table)


def test_a_table_that_cannot_be_read_is_shown_as_such(client: FlaskClient) -> None:
    files = {**given(), "designations.csv": b"a,b\n1,2\n"}
    shown = words(post(client, files, BROWSER, as_of=AS_OF))
    assert f"designations.csv {text('check.unreadable', 'ja')}" in shown


def test_a_roster_in_order_says_so(client: FlaskClient) -> None:
    shown = words(post(client, given(), BROWSER, as_of=AS_OF))
    assert text("check.conforms", "ja") in shown


def changed() -> dict[str, bytes]:
    """The roster of the service without the designation of one member."""
    files = given()
    lines = files["designations.csv"].splitlines(keepends=True)
    files["designations.csv"] = b"".join(x for x in lines if not x.startswith(MEMBER.encode()))
    return files


def test_what_changes_against_the_present_roster(client: FlaskClient) -> None:
    shown = words(post(client, changed(), BROWSER, as_of=AS_OF))
    part = shown[shown.index(text("check.appeared", "ja")) :]
    assert part.startswith(f"{text('check.appeared', 'ja')} (1)")
    assert "財務部税務課" in part
    assert f"{text('check.vanished', 'ja')} (0)" in part
    fixed = words(post(client, changed(), BROWSER, as_of=BROKEN))
    part = fixed[fixed.index(text("check.vanished", "ja")) :]
    assert part.startswith(f"{text('check.vanished', 'ja')} (1)")
    assert MEMBER in part


def test_the_present_roster_is_compared_for_who_may_see_it(guarded: FlaskClient) -> None:
    outside = words(post(guarded, changed(), BROWSER, as_of=BROKEN))
    assert text("check.whatif_closed", "ja") in outside
    assert text("check.vanished", "ja") not in outside
    assert MEMBER not in outside
    inside = words(post(guarded, changed(), {**BROWSER, **BEARER}, as_of=BROKEN))
    assert f"{text('check.vanished', 'ja')} (1)" in inside


@pytest.mark.parametrize(
    ("files", "fields", "status", "said"),
    [
        ({}, {}, 400, "roster.csv"),
        ({"a.txt": b""}, {}, 400, "a.txt"),
        ({"roster.csv": HEADER.encode()}, {}, 422, "見出ししかありません"),
        (given(), {"as_of": "2023-05-01"}, 409, "本文を収録していない"),
        (given(), {"as_of": "いつか"}, 400, "いつか"),
        ({"a.txt": b""}, {"format": "annotated"}, 400, "a.txt"),
    ],
)
def test_what_is_wrong_is_said_on_the_page(
    client: FlaskClient,
    files: dict[str, bytes],
    fields: dict[str, str],
    status: int,
    said: str,
) -> None:
    response = post(client, files, BROWSER, **fields)
    assert (response.status_code, response.content_type) == (status, "text/html; charset=utf-8")
    shown = words(response)
    assert text("check.problem", "ja") in shown
    assert said in shown
    assert text("check.send", "ja") in shown, "the form is there again"


def test_without_a_script_a_file_can_be_chosen_to_come_back(client: FlaskClient) -> None:
    names = re.findall(r'name="format" value="(\w+)"', client.get("/check").text)
    assert names == ["page", "annotated", "html", "text", "json"]
    for name in names[1:]:
        response = post(client, given(), BROWSER, as_of=BROKEN, format=name)
        assert response.status_code == 200
        assert response.headers["Content-Disposition"].startswith("attachment; filename=")


def test_markup_in_a_roster_is_text(client: FlaskClient) -> None:
    evil = "<img src=x onerror=alert(1)>"
    files = given()
    files["roster.csv"] = files["roster.csv"].replace(b"\xe5\x8c\xba\xe5\x88\x86", evil.encode(), 1)
    files["designations.csv"] += f"{evil},本部員,5-3,{evil},H001,2024-04-10,\n".encode()
    response = post(client, files, BROWSER, as_of=AS_OF)
    assert response.status_code == 200
    assert "<img" not in response.text
    assert "&lt;img" in response.text


def test_the_script_is_small_and_of_this_service_only() -> None:
    script = (PACKAGE / "web" / "static" / "upload.js").read_text(encoding="utf-8")
    assert len(script) < 8_000
    assert not re.search(r"https?://|innerHTML|eval\(", script)
