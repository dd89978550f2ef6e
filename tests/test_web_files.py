"""Answers as files: Excel workbooks, CSV that Excel opens, and what may be chosen."""

from __future__ import annotations

import builtins
import csv
import io
import zipfile
from datetime import date, datetime
from typing import Any, NoReturn

import pytest
from flask.testing import FlaskClient
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet import _writer
from openpyxl.worksheet.worksheet import Worksheet
from tests.cli_support import ROSTER
from tests.web_support import AS_OF, assert_problem, city, client
from werkzeug.test import TestResponse

from kitei import kb
from kitei.ask import ask, questions
from kitei.city import City
from kitei.confined import Document, Here, Job
from kitei.confined.archive import Archive
from kitei.report.answers import FORMULA, as_csv_for_excel
from kitei.report.workbook import as_xlsx, writable
from kitei.web import create_app
from kitei.web.written import MEDIA_TYPES, SUFFIXES, XLSX

ASKED = {"post": "CDO", "as-of": AS_OF, "lang": "ja"}
NAME = "見本 総務"
EVIL = ["=1+1", "+1", "-1", "@SUM(1)", '=HYPERLINK("http://a.example/","x")', "＝1+1", "#N/A", "1"]


def opened(response: TestResponse) -> Workbook:
    """The workbook of a response."""
    assert response.status_code == 200, response.text
    assert response.content_type == XLSX
    return load_workbook(io.BytesIO(response.data))


def pairs(sheet: Worksheet) -> dict[object, object]:
    """Labels and values of the sheet of notes."""
    return {row[0]: row[1] for row in sheet.iter_rows(values_only=True)}


def named(name: str) -> FlaskClient:
    """A service whose roster calls one person so."""
    text = (ROSTER / "roster.csv").read_text(encoding="utf-8")
    rows = [[name if c == NAME else c for c in row] for row in csv.reader(io.StringIO(text))]
    stream = io.StringIO()
    csv.writer(stream).writerows(rows)
    files = {f.name: f.read_bytes() for f in ROSTER.iterdir() if f.suffix == ".csv"}
    made = City(kb.find())
    made.read_roster_files({**files, "roster.csv": stream.getvalue().encode()})
    return create_app(made).test_client()


@pytest.mark.parametrize(
    ("path", "accept"),
    [
        ("/q/who-acts.xlsx", "text/html"),
        ("/q/who-acts?format=xlsx", "text/html"),
        ("/q/who-acts?format=" + XLSX, ""),
        ("/q/who-acts", f"{XLSX}, */*;q=0.1"),
    ],
)
def test_a_workbook_is_asked_for_by_suffix_format_or_accept(path: str, accept: str) -> None:
    response = client().get(
        path + ("&" if "?" in path else "?") + f"post=CDO&as-of={AS_OF}",
        headers={"Accept": accept},
    )
    assert opened(response).sheetnames in (["回答", "注記"], ["Answers", "Notes"])
    disposition = response.headers["Content-Disposition"]
    assert disposition == f"attachment; filename=who-acts-{AS_OF}.xlsx"
    assert {"Accept", "Accept-Language"} <= {word.strip() for word in response.vary}


def test_the_sheet_of_answers_is_for_people() -> None:
    sheet = opened(client().get("/q/who-acts.xlsx", query_string=ASKED))["回答"]
    header, *rows = sheet.iter_rows(values_only=True)
    assert len(rows) == 1
    answer = dict(zip(header, rows[0], strict=True))
    assert answer["職"] == "CDO"
    assert (answer["者"], answer["者の職員番号"]) == (NAME, "B001")
    assert answer["根拠"] == "第3条第2項"
    assert "第3条第2項の規定により" in str(answer["説明"])
    assert sheet.freeze_panes == "A2"


def test_the_sheet_of_notes_tells_what_the_answers_rest_on() -> None:
    sheet = opened(client().get("/q/who-acts.xlsx", query_string=ASKED))["注記"]
    notes = pairs(sheet)
    assert notes["項目: 職"] == "CDO"
    assert notes["基準日"] == datetime(2024, 6, 5)  # noqa: DTZ001
    assert notes["本文の版(施行日)"] == datetime(2024, 4, 1)  # noqa: DTZ001
    assert notes["規程"] == "奥州市デジタル推進本部規程"
    assert "事故" in str(notes["解釈"])
    assert "確認" in str(notes["注意"])
    assert "市の公式解釈ではない" in str(notes["おことわり"])


def test_days_of_a_period_are_dates() -> None:
    asked = {"post": "CDO", "from": "2024-04-01", "to": "2024-12-31", "lang": "ja"}
    workbook = opened(client().get("/q/history.xlsx", query_string=asked))
    header, *rows = workbook["回答"].iter_rows()
    column = [cell.value for cell in header].index("開始日")
    for row in rows:
        assert isinstance(row[column].value, datetime)
        assert row[column].number_format == "yyyy-mm-dd"
    notes = pairs(workbook["注記"])
    assert notes["期間の末日"] == datetime(2024, 12, 31)  # noqa: DTZ001


@pytest.mark.parametrize("name", EVIL)
def test_a_name_is_never_a_formula_in_a_workbook(name: str) -> None:
    response = named(name).get("/q/who-acts.xlsx", query_string=ASKED)
    cells = [c for row in opened(response)["回答"].iter_rows() for c in row if c.value == name]
    assert cells and all(cell.data_type == "s" for cell in cells)
    assert all(bool(c.quotePrefix) == name.startswith(FORMULA) for c in cells)
    with zipfile.ZipFile(io.BytesIO(response.data)) as package:
        for part in package.namelist():
            assert b"<f>" not in package.read(part), "no part has a formula"


@pytest.mark.parametrize("name", EVIL)
def test_a_name_is_never_a_formula_in_the_csv_for_excel(name: str) -> None:
    service = named(name)
    asked = {**ASKED, "excel": "true"}
    response = service.get("/q/who-acts.csv", query_string=asked)
    assert response.content_type == "text/csv; charset=utf-8"
    assert response.data.startswith(b"\xef\xbb\xbf") and response.data.endswith(b"\r\n")
    (row,) = csv.DictReader(io.StringIO(response.data.decode("utf-8-sig"), newline=""))
    assert row["name"] == (f"'{name}" if name.startswith(FORMULA) else name)
    (plain,) = csv.DictReader(
        io.StringIO(service.get("/q/who-acts.csv", query_string=ASKED).text, newline="")
    )
    assert plain["name"] == name, "plain CSV is exact"
    assert {**row, "name": name} == plain


def test_excel_goes_with_csv_only() -> None:
    for path in ("/q/who-acts.json", "/q/who-acts.xlsx", "/q/who-acts"):
        assert_problem(client().get(path, query_string={**ASKED, "excel": "true"}), 400)
    asked = {**ASKED, "excel": "true", "format": "csv"}
    assert client().get("/q/who-acts", query_string=asked).status_code == 200
    asked = {**ASKED, "excel": "false", "format": "json"}
    assert client().get("/q/who-acts", query_string=asked).is_json


@pytest.mark.parametrize("name", [*SUFFIXES, *MEDIA_TYPES, *MEDIA_TYPES.values()])
def test_format_outweighs_accept(name: str) -> None:
    asked = {**ASKED, "format": name}
    response = client().get("/q/who-acts", query_string=asked, headers={"Accept": "image/png"})
    wanted = MEDIA_TYPES.get(SUFFIXES.get(name, name), name)
    assert response.mimetype == wanted
    assert_problem(client().get("/q/who-acts", query_string={**ASKED, "format": "docx"}), 400)
    assert_problem(client().get("/q/who-acts", query_string={**ASKED, "format": "image/png"}), 406)


def test_a_workbook_needs_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = ask(city().copy(), questions()["who-acts"], {}, date.fromisoformat(AS_OF))
    first = as_xlsx(answers, "ja")

    def refused(*_: object, **__: object) -> NoReturn:
        raise AssertionError("a file")

    monkeypatch.setattr(_writer, "create_temporary_file", refused)
    monkeypatch.setattr(builtins, "open", refused)
    monkeypatch.setattr(io, "open", refused)
    assert as_xlsx(answers, "ja") == first, "and it has the same bytes each time"


def test_an_answer_without_rows_has_both_forms() -> None:
    answers = ask(
        city().copy(), questions()["who-acts"], {"post": "CDO"}, date.fromisoformat(AS_OF)
    )
    empty = answers._replace(answers=[])
    (header,) = load_workbook(io.BytesIO(as_xlsx(empty, "en")))["Answers"].values
    assert "post" in header
    assert as_csv_for_excel(empty, "en", False).count("\r\n") == 1


def test_what_no_cell_can_hold_is_marked() -> None:
    assert writable("a\x00b\x1bc\ufffe") == "a\ufffdb\ufffdc\ufffd"
    assert writable("a\tb\nc") == "a\tb\nc"
    assert writable("_x0041_") == "_x005F_x0041_", "else Excel shows an A"
    long = writable("漢" * 40_000)
    assert len(long) <= 32_767 and long.endswith("…(以下省略)")


# -- the same answer again --------------------------------------------------------------------


class Counting(Here):
    """An evaluator that counts."""

    done = 0

    def run(self, job: Job) -> Document:
        """Do and count."""
        self.done += 1
        return super().run(job)


@pytest.mark.parametrize("suffix", ["json", "csv", "xlsx", "ttl", "html"])
def test_an_answer_is_made_once_and_validated(suffix: str) -> None:
    counting = Counting(Archive.of(city()))
    service = create_app(city(), counting).test_client()
    address = f"/q/who-acts.{suffix}?post=CDO&as-of={AS_OF}"
    first = service.get(address)
    again = service.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert service.get(address).data == first.data
    assert counting.done == 1
    assert service.get(address.replace("CDO", "CDO補佐官")).data != first.data
    assert counting.done == 2


# -- what may be chosen -----------------------------------------------------------------------


def test_the_catalogue_says_what_each_parameter_is() -> None:
    listed = {q["name"]: q for q in client().get("/q").get_json()["questions"]}
    assert listed.keys() == questions().keys()
    for name, question in listed.items():
        assert set(question["formats"]) == set(SUFFIXES)
        assert [c["name"] for c in question["columns"]] == [
            c.name for c in questions()[name].columns
        ]
        days = [p["name"] for p in question["parameters"] if p["type"] == "date"]
        assert days == (["as-of", "from", "to"] if question["period"] else ["as-of"])


def parameters_with_choices() -> list[tuple[str, str]]:
    return [(q.name, p.name) for q in questions().values() for p in q.parameters]


@pytest.mark.parametrize(("question", "parameter"), parameters_with_choices())
def test_every_choice_can_be_asked_about(question: str, parameter: str) -> None:
    document: dict[str, Any] = (
        client().get(f"/q/{question}/choices/{parameter}?as-of={AS_OF}").get_json()
    )
    values = [choice["value"] for choice in document["choices"]]
    assert len(values) == len(set(values)) > 0
    for choice in document["choices"]:
        assert choice["label"]["ja"] and choice["label"]["en"] and choice["names"]
    for value in values[:: max(1, len(values) // 4)]:
        asked = {parameter: value, "as-of": AS_OF}
        response = client().get(f"/q/{question}", query_string=asked)
        assert response.status_code == 200, (value, response.text)


def test_choices_that_do_not_exist_are_404_and_others_parameters_400() -> None:
    for path in ("/q/nope/choices/post", "/q/who-acts/choices/nope", "/q/who-acts/choices"):
        assert_problem(client().get(path), 404)
    assert_problem(client().get("/q/who-acts/choices/post?format=json"), 400)
    assert_problem(client().get("/q/who-acts/choices/post?as-of=x"), 400)
