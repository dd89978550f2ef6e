"""A roster that is sent to ``POST /check``, as a form."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from functools import cache

from flask.testing import FlaskClient
from openpyxl import Workbook
from tests.cli_support import ROSTER
from tests.roster_support import saved
from tests.web_support import city
from werkzeug.test import TestResponse

from kitei.confined import Archive

BROKEN = "2024-10-05"
"""A day on which the acceptance roster has violations."""
HEADER = "職員番号,氏名,所属,職名,区分,開始日,終了日\n"


def archive(*, protecting: bool = False) -> Archive:
    """What a service with the acceptance roster is made of."""
    return Archive.of(city(), city(with_roster=False), protecting=protecting)


def given() -> dict[str, bytes]:
    """The files of the acceptance roster."""
    return {file.name: file.read_bytes() for file in sorted(ROSTER.glob("*.csv"))}


def post(
    client: FlaskClient,
    files: Mapping[str, bytes] | list[tuple[str, bytes]],
    headers: Mapping[str, str] | None = None,
    **fields: str,
) -> TestResponse:
    """What the service says to a form. (Werkzeug's client would write a large one to disk.)"""
    pairs = list(files.items()) if isinstance(files, Mapping) else files
    parts = [
        part(f'name="{name.replace("_", "-")}"'.encode(), value.encode())
        for name, value in fields.items()
    ]
    parts += [
        part('name="roster"; filename="{}"'.format(name.replace("\\", "\\\\")).encode(), data)
        for name, data in pairs
    ]
    return raw(client, b"".join(parts) + b"--x--\r\n", headers=headers)


def raw(
    client: FlaskClient,
    body: bytes,
    boundary: str = "x",
    headers: Mapping[str, str] | None = None,
) -> TestResponse:
    """What the service says to a form as it is sent."""
    media_type = f"multipart/form-data; boundary={boundary}"
    return client.post("/check", data=body, content_type=media_type, headers=dict(headers or {}))


def part(disposition: bytes, content: bytes = b"a,b\n") -> bytes:
    """A part of a form."""
    return (
        b"--x\r\nContent-Disposition: form-data; " + disposition + b"\r\n\r\n" + content + b"\r\n"
    )


@cache
def workbook() -> bytes:
    """The same roster as a workbook."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, data in given().items():
        sheet = book.create_sheet(name.removesuffix(".csv"))
        for row in csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")):
            sheet.append(row)
    return saved(book)
