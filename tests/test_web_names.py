"""Names of people stand on every page and in every download exactly as the roster writes them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from html import unescape

import pytest
from flask.testing import FlaskClient
from tests.cli_support import ROSTER
from tests.web_support import AS_OF, BROWSER, city

from kitei import kb
from kitei.city import City
from kitei.web import create_app

NAME = '  髙﨑\u3000𠮷葛\U000e0100 ﾀﾛｳ  <b>O\'Neil & "Co"</b>'
"""Old forms, a variation selector, wide and narrow, spaces, and what HTML would take for itself."""
PERSON = "B001"
"""Who acts for the CDO on the day."""


@pytest.fixture(scope="module")
def renamed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """A service whose roster gives somebody an unusual name."""
    folder = tmp_path_factory.mktemp("roster")
    for file in ROSTER.glob("*.csv"):
        rows = list(csv.reader(io.StringIO(file.read_text(encoding="utf-8-sig"), newline="")))
        if file.stem == "roster":
            column, number = rows[0].index("氏名"), rows[0].index("職員番号")
            for row in rows[1:]:
                row[column] = NAME if row[number] == PERSON else row[column]
        with (folder / file.name).open("w", encoding="utf-8", newline="") as target:
            csv.writer(target).writerows(rows)
    made = City(kb.find())
    made.read_roster(folder)
    yield create_app(made).test_client()


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("path", [
    "/", "/q/who-acts", "/q/who-holds", "/picture", "/timeline/cdo-aide", "/id/032158/person/B001",
    "/id/032158/post/cdo-aide", "/q/who-acts.json", "/q/who-acts.csv", "/q/history.csv?post=CDO",
])  # fmt: skip
def test_a_name_is_never_altered(renamed: FlaskClient, path: str, language: str) -> None:
    joint = "&" if "?" in path else "?"
    asked = f"{path}{joint}as-of={AS_OF}&lang={language}"
    response = renamed.get(asked, headers=BROWSER)
    assert response.status_code == 200
    said = _said(path.partition("?")[0], response.text)
    assert NAME in said
    assert NAME not in _said(path.partition("?")[0], _of_another_city(asked))


def _of_another_city(asked: str) -> str:
    """The same page of the city whose roster was not changed."""
    return create_app(city()).test_client().get(asked, headers=BROWSER).text


def _said(path: str, source: str) -> str:
    if path.endswith(".json"):
        return source.replace('\\"', '"')
    if path.endswith(".csv"):
        return "\n".join(cell for row in csv.reader(io.StringIO(source)) for cell in row)
    assert "<b>" not in source, "what a roster holds is text"
    return unescape(source)
