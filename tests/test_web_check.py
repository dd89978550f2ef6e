"""``POST /check``: a roster is judged as the command line judges it."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from tests.cli_support import ROSTER, kitei
from tests.support import ROOT
from tests.upload_support import BROKEN, HEADER, given, part, post, raw, workbook
from tests.web_support import AS_OF, assert_problem, guarded_client

from kitei.report import FORMATS
from kitei.web.checkjob import XLSX, warm


@pytest.fixture(scope="module", params=["here", "pool"])
def client(request: pytest.FixtureRequest) -> Iterator[FlaskClient]:
    """A client without a token, of a service whose roster is protected."""
    with guarded_client(in_pool=request.param == "pool", prepare=warm) as made:
        yield made


@pytest.mark.parametrize("day", [AS_OF, BROKEN])
def test_the_answer_is_that_of_the_command_line(client: FlaskClient, day: str) -> None:
    response = post(client, given(), as_of=day)
    told = kitei("check", "--roster", ROSTER, "--as-of", day, "--format", "json")
    assert response.status_code == 200, response.text
    assert response.content_type == "application/json"
    assert json.loads(response.text) == json.loads(told.out)
    conforms = told.code == 0
    assert response.headers["Kitei-Conforms"] == str(conforms).lower()
    assert response.get_json()["conforms"] is conforms


def test_a_workbook_is_judged_as_its_tables_are(client: FlaskClient) -> None:
    (one, other) = (
        post(client, files, as_of=BROKEN).get_json()["findings"]
        for files in (given(), {"名簿.xlsx": workbook()})
    )
    assert [f["fingerprint"] for f in one] == [f["fingerprint"] for f in other]
    assert any(f["source"] and f["source"]["cell"] for f in other)


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_of_the_command_line(client: FlaskClient, form: str) -> None:
    response = post(client, given(), as_of=BROKEN, format=form, lang="en")
    told = kitei(
        *("check", "--roster", ROSTER, "--as-of", BROKEN, "--format", form, "--lang", "en")
    )
    assert response.status_code == 200, response.text
    # The command line names files by their path.
    folder = f"{ROSTER.relative_to(ROOT).as_posix()}/"
    assert response.text.split() == told.out.replace(folder, "").split()


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        ("*/*", "application/json"),
        ("text/plain", "text/plain; charset=utf-8"),
        ("application/sarif+json, */*;q=0.1", "application/sarif+json"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html; charset=utf-8"),
        (XLSX, XLSX),
    ],
)
def test_accept_chooses(client: FlaskClient, accept: str, content_type: str) -> None:
    response = post(client, {"m.xlsx": workbook()}, {"Accept": accept}, as_of=AS_OF)
    assert (response.status_code, response.content_type) == (200, content_type)


def test_nothing_acceptable(client: FlaskClient) -> None:
    assert_problem(post(client, given(), {"Accept": "image/png"}), 406)
    assert post(client, given(), {"Accept": "image/png"}, format="json").status_code == 200


def test_fail_on_decides_what_conforms(client: FlaskClient) -> None:
    strict = post(client, given(), as_of=AS_OF, fail_on="info")
    assert strict.headers["Kitei-Conforms"] == "false"
    assert post(client, given(), as_of=AS_OF).headers["Kitei-Conforms"] == "true"


def test_an_annotated_workbook_comes_back(client: FlaskClient) -> None:
    response = post(client, {"名簿.xlsx": workbook()}, as_of=BROKEN, format="annotated")
    assert response.content_type == XLSX
    assert f"{BROKEN}.xlsx" in response.headers["Content-Disposition"]
    book = load_workbook(io.BytesIO(response.data))
    assert "検査結果" in book.sheetnames
    texts = [str(cell.value) for row in book["designations"].iter_rows() for cell in row]
    assert any(text.startswith("不適合: ") for text in texts)


def test_annotated_csv_comes_back_as_a_zip_that_reads_again(client: FlaskClient) -> None:
    response = post(client, given(), as_of=BROKEN, format="annotated")
    assert response.content_type == "application/zip"
    with zipfile.ZipFile(io.BytesIO(response.data)) as package:
        files = {name: package.read(name) for name in package.namelist()}
    assert "エラー".encode() in files["designations.csv"]
    again, before = (post(client, each, as_of=BROKEN).get_json() for each in (files, given()))
    assert again["findings"] == before["findings"]


# What is wrong with a request, and how it is said


def test_a_roster_that_cannot_be_read(client: FlaskClient) -> None:
    files = {**given(), "roster.csv": HEADER.encode() + b'a,"b\nc\n'}
    problem = assert_problem(post(client, files), 422)
    assert "roster.csv" in str(problem["detail"])
    assert "2行目" in str(problem["detail_ja"])
    assert_problem(post(client, {"designations.csv": given()["designations.csv"]}), 422)
    assert_problem(post(client, {"m.xlsx": b"PK\x03\x04 no workbook"}), 422)


def test_a_day_whose_text_is_not_held(client: FlaskClient) -> None:
    assert_problem(post(client, given(), as_of="2023-05-01"), 409)
    assert_problem(post(client, given(), as_of="2020-01-01"), 409)


@pytest.mark.parametrize(
    "name",
    ["roaster.csv", "roster.txt", "../../etc/passwd", "roster.csv.exe", "meibo.csv", "名簿"],
)
def test_an_unknown_name_is_answered_with_those_that_are_known(
    client: FlaskClient, name: str
) -> None:
    problem = assert_problem(post(client, {**given(), name: b"x"}), 400)
    assert "roster.csv" in str(problem["detail"])
    assert "在職.csv" in str(problem["detail_ja"])


@pytest.mark.parametrize("name", ["a/../roster.csv", "C:\\名簿\\在職.csv", "/etc/Roster.CSV"])
def test_only_the_base_name_counts(client: FlaskClient, name: str) -> None:
    files = given()
    files[name] = files.pop("roster.csv")
    response = post(client, files, as_of=AS_OF)
    assert response.status_code == 200, response.text
    assert "etc" not in response.text
    assert "C:" not in response.text


def test_one_name_twice_is_not_one_of_them_silently(client: FlaskClient) -> None:
    files = [*given().items(), ("b/roster.csv", given()["roster.csv"])]
    assert_problem(post(client, files), 400)
    same = [*given().items(), ("在職.csv", given()["roster.csv"])]
    assert_problem(post(client, same), 422)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"--x--\r\n",
        b"--x",
        b"--x\r\n\r\n\r\n--x--",
        b"no form at all",
        part(b'name="roster"') + b"--x--\r\n",
        part(b'filename="roster.csv"')[:-10],
        part(b'name="r"; filename="roster.csv\0.xlsx"') + b"--x--\r\n",
        part(b'name="r"; filename="\xe2\x80\xaeroster.xlsx"') + b"--x--\r\n",
        part(b'name="r"; filename="' + b"r" * 5000 + b'.xlsx"') + b"--x--\r\n",
        part(b'name="r"; filename="\xff\xfe.csv"') + b"--x--\r\n",
    ],
)
def test_a_form_that_is_none_is_told_so(client: FlaskClient, body: bytes) -> None:
    assert_problem(raw(client, body), 400)


def test_a_boundary_that_is_none(client: FlaskClient) -> None:
    assert_problem(raw(client, b"--x", boundary="規"), 400)
    assert_problem(raw(client, b"--x", boundary=""), 400)


def test_another_media_type(client: FlaskClient) -> None:
    assert_problem(client.post("/check", data=b"{}", content_type="application/json"), 415)
    assert_problem(client.post("/check", data=b"PK", content_type=XLSX), 415)
    assert_problem(client.post("/check", data={"as-of": AS_OF}), 400)


@pytest.mark.parametrize(
    "fields",
    [
        {"as_of": "yesterday"},
        {"format": "pdf"},
        {"fail_on": "error"},
        {"lang": "fr"},
        {"names": "1"},
    ],
)
def test_a_wrong_field(client: FlaskClient, fields: dict[str, str]) -> None:
    assert_problem(post(client, given(), None, **fields), 400)


def test_fields_may_stand_in_the_url_once(client: FlaskClient) -> None:
    data = {"roster": [(io.BytesIO(content), name) for name, content in given().items()]}
    response = client.post(f"/check?as-of={BROKEN}&format=text", data=data)
    assert response.text.startswith("第")
    assert_problem(post(client, given(), as_of="x"), 400)
    data = {"roster": [(io.BytesIO(content), name) for name, content in given().items()]}
    data["as-of"] = AS_OF  # type: ignore[assignment]
    assert_problem(client.post(f"/check?as-of={BROKEN}", data=data), 400)
