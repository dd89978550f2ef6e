"""``POST /check``: what a hostile upload may not do, and that nothing of what was sent stays."""

from __future__ import annotations

import io
import json
import logging
import os
import resource
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from tests.support import ROOT
from tests.upload_support import BROKEN, HEADER, archive, given, post, workbook
from tests.web_support import AS_OF, BEARER, assert_problem, city, guarded_client

from kitei.calendar import Calendar
from kitei.confined import Document, Here, Lane, Limits, Pool, Source, can_fork
from kitei.report import FORMATS
from kitei.web import create_app
from kitei.web.checkjob import CheckJob, warm
from kitei.web.upload import LARGEST

SECRET = "見本 極秘太郎"


@pytest.fixture(scope="module", params=["here", "pool"])
def client(request: pytest.FixtureRequest) -> Iterator[FlaskClient]:
    """A client without a token, of a service whose roster is protected."""
    with guarded_client(in_pool=request.param == "pool", prepare=warm) as made:
        yield made


# What a hostile upload may not do


def test_too_much_is_refused(client: FlaskClient) -> None:
    problem = assert_problem(post(client, {"roster.csv": b"x" * (LARGEST + 1)}), 413)
    assert "32 MiB" in str(problem["detail"])


def test_too_many_parts_are_refused(client: FlaskClient) -> None:
    files = [(f"{number}.csv", b"") for number in range(1000)]
    assert_problem(post(client, files), 413)
    assert_problem(post(client, given(), as_of="x" * 300_000), 413)


def test_a_bomb_is_refused(client: FlaskClient) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/worksheets/sheet1.xml", bytes(200 * 1024 * 1024))
    assert len(stream.getvalue()) < 1_000_000
    assert_problem(post(client, {"m.xlsx": stream.getvalue()}), 422)


@pytest.mark.parametrize("part_name", ["xl/worksheets/sheet1.xml", "xl/workbook.xml"])
def test_an_entity_is_not_followed(client: FlaskClient, tmp_path: Path, part_name: str) -> None:
    secret = tmp_path / "secret"
    secret.write_text(SECRET, encoding="utf-8")
    doctype = f'<!DOCTYPE x [<!ENTITY e SYSTEM "{secret.as_uri()}">]>'
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook())) as old, zipfile.ZipFile(stream, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == part_name:
                data = doctype.encode() + data[data.index(b"<w" if b"<w" in data else b"<") :]
            new.writestr(name, data)
    response = post(client, {"m.xlsx": stream.getvalue()})
    assert_problem(response, 422)
    assert SECRET not in response.text


def test_a_cell_beyond_all_measure_is_a_finding(client: FlaskClient) -> None:
    files = given()
    files["roster.csv"] += f"X1,{'あ' * 40_000},,主事,本務,2024-04-01,\n".encode()
    found = post(client, files, as_of=AS_OF).get_json()["findings"]
    assert [f["rule"] for f in found if f["severity"] == "violation"] == ["roster-unreadable"]


@pytest.mark.parametrize(
    "headers", [{"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site"}]
)
def test_a_page_of_another_site_can_send_nothing(
    client: FlaskClient, headers: dict[str, str]
) -> None:
    assert_problem(post(client, given(), headers), 403)


# Nothing stays


def test_answers_are_kept_by_nobody(client: FlaskClient) -> None:
    for response in (
        post(client, given()),
        post(client, given(), BEARER),
        post(client, {}),
        client.get("/check"),
    ):
        assert response.headers["Cache-Control"] == "no-store"
        assert {"Authorization", "Cookie"} <= set(response.vary)
        assert "Access-Control-Allow-Origin" not in response.headers


def large() -> dict[str, bytes]:
    """A roster of several MB: more than Werkzeug would keep in memory."""
    rows = (f"X{n:06},見本 {n},財務部税務課,主事,本務,2024-04-01,\n" for n in range(40_000))
    files = given()
    files["roster.csv"] += "".join(rows).encode()
    assert len(files["roster.csv"]) > 2_000_000
    return files


def test_no_file_is_made_of_what_was_sent(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Every way in which this process opens a file to write is watched (PEP 578)."""
    app = create_app(city(), Here(archive()))
    opened: list[object] = []
    watching = True

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        if not watching:
            return
        writes = event == "open" and arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
        if writes or event.startswith(("tempfile.", "os.mkdir", "os.rename", "shutil.")):
            opened.append((event, arguments))

    def refused(*_arguments: object, **_options: object) -> None:
        raise AssertionError("a temporary file")

    monkeypatch.chdir(tmp_path)
    for name in ("SpooledTemporaryFile", "TemporaryFile", "NamedTemporaryFile", "mkstemp"):
        monkeypatch.setattr(tempfile, name, refused)
    sys.addaudithook(watch)
    try:
        for form in ("json", "annotated", "page"):
            for files in (large(), {"m.xlsx": workbook()}):
                assert post(app.test_client(), files, as_of=AS_OF, format=form).status_code == 200
    finally:
        watching = False
    written = [each for each in opened if "__pycache__" not in str(each)]
    assert written == []


def test_the_form_parser_would_have_used_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test above is worth something: with the usual request class, a file is wanted."""
    from flask import Request
    from werkzeug import formparser

    used: list[object] = []

    def spooled(*_arguments: object, **_options: object) -> io.BytesIO:
        used.append(True)
        return io.BytesIO()

    monkeypatch.setattr(formparser, "SpooledTemporaryFile", spooled)
    app = create_app(city(), Here(archive()))
    assert post(app.test_client(), given(), as_of=AS_OF).status_code == 200
    assert not used
    app.request_class = Request
    assert post(app.test_client(), given(), as_of=AS_OF).status_code == 200
    assert used


def test_nothing_of_it_is_written_down(
    client: FlaskClient, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    row = f"Z999,{SECRET},,市長,本務,2024-04-01,\n".encode()
    files = {**given(), "roster.csv": given()["roster.csv"] + row}
    broken = {"roster.csv": HEADER.encode() + row + b'"'}
    for sent in (files, broken, {f"{SECRET}.csv": row}, {f"{SECRET}.xlsx": row}):
        post(client, sent, as_of=AS_OF)
    out, err = capfd.readouterr()
    assert SECRET not in caplog.text + out + err
    assert "Z999" not in caplog.text + out + err
    assert SECRET not in client.get("/metrics").text


def test_findings_name_nobody(client: FlaskClient) -> None:
    for form in FORMATS:
        text = post(client, given(), as_of=BROKEN, format=form).text
        assert "見本 " not in text


def test_the_next_request_knows_nothing_of_it(client: FlaskClient) -> None:
    row = f"Z999,{SECRET},,副市長,本務,2024-04-01,\n".encode()
    before = client.get(f"/q/who-acts?post=CDO&as-of={AS_OF}").text
    findings = post(client, given(), as_of=AS_OF).get_json()
    post(client, {**given(), "roster.csv": given()["roster.csv"] + row}, as_of=AS_OF)
    assert client.get(f"/q/who-acts?post=CDO&as-of={AS_OF}").text == before
    assert post(client, given(), as_of=AS_OF).get_json() == findings
    query = {"query": f'ASK {{ ?s ?p "{SECRET}" }}', "as-of": AS_OF}
    answer = client.get("/sparql", query_string=query, headers=BEARER)
    assert answer.get_json()["boolean"] is False


class Spy(CheckJob):
    """A check that also tells in which process it was done, and what that may leave behind."""

    def run(self, calendar: Calendar) -> Document:
        """Do it."""
        super().run(calendar)
        told = {"pid": os.getpid(), "cores": resource.getrlimit(resource.RLIMIT_CORE)}
        return Document(json.dumps(told).encode(), "application/json")


@pytest.mark.skipif(not can_fork(), reason="needs fork")
def test_the_process_that_read_it_ends_with_the_answer() -> None:
    pool = Pool(Source(archive(), prepare=warm))
    try:
        job = Spy(given(), date.fromisoformat(AS_OF), "violation", "json", "ja")
        seen = [json.loads(pool.run(job).body) for _ in range(3)]
        assert len({each["pid"] for each in seen}) == 3
        assert all(each["cores"] == [0, 0] for each in seen)
        for each in seen:
            assert gone(each["pid"])
        assert pool.running(Lane.UPLOAD) == 0
    finally:
        pool.close()


def gone(pid: int) -> bool:
    """Whether a process has ended, once its keeper has seen to it."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        import select

        return bool(select.select([descriptor], [], [], 10)[0])
    finally:
        os.close(descriptor)


@pytest.mark.skipif(not can_fork(), reason="needs fork")
def test_a_check_that_does_not_end_is_cut_short_and_says_so() -> None:
    pool = Pool(Source(archive(), prepare=warm), Limits(uploading=0.05))
    try:
        app = create_app(city(), pool)
        problem = assert_problem(post(app.test_client(), large(), as_of=AS_OF), 503)
        assert "fewer rows" in str(problem["detail"])
    finally:
        pool.close()


@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")
def test_a_process_without_cores_cannot_be_dumped() -> None:
    code = (
        "import os, ctypes, resource\n"
        "from kitei.confined import without_cores\n"
        "without_cores()\n"
        "print(resource.getrlimit(resource.RLIMIT_CORE), ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT / "service")},
    )
    assert done.stdout.split("\n")[0] == "(0, 0) 0"
