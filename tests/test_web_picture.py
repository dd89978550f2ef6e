"""``/picture`` and ``/timeline/<post>``: what is drawn is what the data and the tables say."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date, timedelta
from functools import cache
from html.parser import HTMLParser
from random import Random
from typing import Any
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient
from tests import invented_support
from tests.city_generator import town
from tests.city_law import base, law
from tests.cli_support import ROSTER
from tests.picture_support import assert_apart
from tests.support import PACKAGE
from tests.web_support import AS_OF, assert_problem, city, client

from kitei import kb
from kitei.calendar import Calendar
from kitei.city import City
from kitei.confined import Archive, Here
from kitei.namespaces import local_name
from kitei.store import Row
from kitei.web import create_app
from kitei.web.picture import CourseJob, OrganisationJob
from kitei.web.picturing import organisation
from kitei.web.picturing.course import Course, Segment, course_of, draw, fiscal_year
from kitei.web.picturing.posts import posts_of
from kitei.web.picturing.svg import Drawing, width_of, wrapped
from kitei.web.settings import Settings

SVG = "{http://www.w3.org/2000/svg}"
EXAMPLE = PACKAGE.parents[1] / "data" / "oshu" / "roster-example"
OUT = date(2024, 6, 11)
"""In the example both the CDO and the aide are unable, and the DX team has no member yet."""
LANGUAGES = ("ja", "en")
TOKEN = "a token of the tests"
POSTS = """
PREFIX kitei: <https://w3id.org/kitei/ns#>
SELECT ?post ?person WHERE {
  ?day a kitei:AskedDay . ?case kitei:day ?day ; kitei:post ?post .
  OPTIONAL { ?case kitei:heldBy ?person }
} ORDER BY ?post ?person"""
RULES = """
PREFIX kitei: <https://w3id.org/kitei/ns#>
SELECT DISTINCT ?rule ?origin ?target WHERE {
  ?day a kitei:AskedDay ; kitei:version ?version ; kitei:needsPost ?target .
  ?rule kitei:operativeIn ?version ; kitei:fills|kitei:principal ?target .
  { ?rule kitei:byHolderOf|kitei:byHoldersOfRank|kitei:substitute|kitei:substitutePool ?origin }
  UNION
  { ?rule a kitei:DesignationRule ; kitei:designator ?origin }
} ORDER BY ?rule"""


@cache
def example() -> Calendar:
    made = City(kb.find())
    made.read_roster(EXAMPLE)
    return Calendar(made)


@cache
def invented() -> Calendar:
    made = City(kb.find(invented_support.KB), invented_support.NAME)
    made.read_roster(invented_support.ROSTER)
    return Calendar(made)


@cache
def page_of(day: date, language: str = "ja") -> dict[str, Any]:
    document: dict[str, Any] = json.loads(OrganisationJob(day, language).run(example()).body)
    return document


def parsed(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)  # noqa: S314  (our own)


def texts(element: ElementTree.Element) -> list[str]:
    return [text.text or "" for text in element.iter(f"{SVG}text")]


def drawn(root: ElementTree.Element, name: str) -> Counter[str]:
    return Counter(
        g.attrib[f"data-{name}"] for g in root.iter(f"{SVG}g") if f"data-{name}" in g.attrib
    )


class Words(HTMLParser):
    """The text of a page outside its picture."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.inside = False
        self.said: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, _: object) -> None:
        self.inside = self.inside or tag == "svg"

    def handle_endtag(self, tag: str) -> None:
        self.inside = self.inside and tag != "svg"

    def handle_data(self, data: str) -> None:
        if not self.inside and data.strip():
            self.said.append(data.strip())


@pytest.mark.parametrize("calendar", [example, invented])
@pytest.mark.parametrize("day", [date(2024, 6, 5), OUT, date(2026, 8, 20)])
def test_every_post_and_every_link_of_the_data_is_drawn_once(calendar: Any, day: date) -> None:
    rows: list[Row] = calendar().on(day).dataset.select(POSTS)
    links = calendar().on(day).dataset.select(RULES)
    assert rows and links
    root = parsed(json.loads(OrganisationJob(day, "ja").run(calendar()).body)["svg"])
    assert drawn(root, "post") == Counter({local_name(row["post"] or "") for row in rows})
    found = drawn(root, "link")
    assert set(found.values()) == {1}
    keys = {
        "/".join(local_name(row[name] or "") for name in ("rule", "origin", "target"))
        for row in links
    }
    assert keys <= set(found)
    assert all(key in keys or "suppliers" in key or "/pool-" in key for key in found)


@pytest.mark.parametrize("language", LANGUAGES)
def test_whatever_the_picture_says_of_posts_stands_in_the_tables(language: str) -> None:
    response = client().get("/picture", query_string={"as-of": AS_OF, "lang": language})
    words = " ".join(Words(response.text).said)
    svg = response.text[response.text.index("<svg") : response.text.index("</svg>") + len("</svg>")]
    groups = [g for g in parsed(svg).iter(f"{SVG}g") if "data-post" in g.attrib]
    assert groups
    for group in groups:
        rows = texts(group)
        label = next(
            " ".join(rows[:n]) for n in range(len(rows), 0, -1) if " ".join(rows[:n]) in words
        )
        rest = [row for row in rows if row not in label and not row[0].isdigit()]
        assert all(row.strip("【】") in words for row in rest), rest


def test_the_picture_holds_the_names_of_the_roster_as_they_are_written() -> None:
    rows = example().on(OUT).dataset.select(POSTS)
    held = Counter(row["post"] for row in rows if row["person"])
    posts = {post["key"]: post for post in page_of(OUT)["posts"]}
    assert all(len(posts[key or ""]["holders"]) == count for key, count in held.items())
    assert "髙見本 四季" in page_of(OUT)["svg"], "as the roster has it, not 高見本"


def test_vacant_and_incapacitated_posts_are_marked_by_outline_hatch_and_word() -> None:
    root = parsed(page_of(OUT)["svg"])
    groups = {g.attrib["data-post"]: g for g in root.iter(f"{SVG}g") if "data-post" in g.attrib}
    vacant, unable = groups["dx-team-member"], groups["cdo"]
    assert vacant.attrib["data-state"] == "vacancy"
    assert vacant.find(f"{SVG}rect[@stroke-dasharray]") is not None
    assert any("欠けた" in said for said in texts(vacant))
    assert unable.attrib["data-state"] == "incapacity"
    assert unable.find(f"{SVG}rect[@fill='url(#hatch)']") is not None
    assert any("事故" in said for said in texts(unable))
    able = groups["headquarters-head"]
    assert able.attrib["data-state"] == "in-office"
    assert able.find(f"{SVG}rect[@stroke-dasharray]") is None


def test_a_substitution_that_applies_is_told_with_its_provision_and_who_acts() -> None:
    document = page_of(date(2024, 6, 5))
    (link,) = [link for link in document["links"] if link["applies"]]
    assert (link["kind"], link["basis"], link["target"]) == ("substitution", "第3条第2項", "CDO")
    (post,) = [post for post in document["posts"] if post["acting"]]
    assert post["label"] == "CDO" and post["acting"][0] in document["svg"]
    labels = [said for g in parsed(document["svg"]).iter(f"{SVG}g") for said in texts(g)]
    assert any("第3条第2項" in said and "適用" in said for said in labels)
    assert not [link for link in page_of(date(2024, 5, 1))["links"] if link["applies"]]


def test_the_picture_follows_the_day() -> None:
    assert page_of(OUT)["svg"] != page_of(date(2024, 7, 10))["svg"]
    before = json.loads(OrganisationJob(date(2023, 6, 1), "ja").run(example()).body)
    assert not before["links"] and "収録していない" in before["missing"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_post_is_said_to_be_vacant_on_a_day_whose_text_is_not_held(language: str) -> None:
    """Nothing says that it was there to be filled; the holders that the roster has are shown."""
    job = OrganisationJob(date(2022, 5, 5), language)
    posts = json.loads(job.run(example()).body)["posts"]
    assert {post["condition"] for post in posts} <= {"", "in-office", "incapacity"}
    assert any(post["holders"] for post in posts)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("seed", range(2))
def test_no_text_lies_upon_another_in_random_cities(language: str, seed: int) -> None:
    draws = Random(seed)  # noqa: S311
    made = base().copy()
    made.read_roster_files(town(law(), seed).tables(draws))
    calendar = Calendar(made)
    for _ in range(2):
        day = date(2024, 4, 1) + timedelta(days=draws.randrange(900))
        assert_apart(organisation.draw(posts_of(calendar.on(day), language), "t", language).texts)
    first, last = fiscal_year(day)
    found = course_of(calendar.apart(), "cdo", first, last, language)
    assert found is not None
    assert_apart(draw(found, (first, last), day, "t", language).texts)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_lies_upon_another_under_another_regulation(language: str) -> None:
    for day in (date(2024, 6, 5), date(2026, 8, 20)):
        posts = posts_of(invented().on(day), language)
        assert_apart(organisation.draw(posts, "t", language).texts)


def test_text_is_measured_by_full_width_characters() -> None:
    assert width_of("規程", 10) == 20
    assert width_of("葛\U000e0100城", 10) == 20, "a variation selector takes no room"
    assert 0 < width_of("CDO", 10) < 30
    assert wrapped("one two three", 10, width_of("one two", 10)) == ["one two", "three"]
    assert wrapped("総務部行革デジタル戦略課長", 10, 20) == ["総務部行革デジタル戦略課長"]


def test_what_xml_cannot_hold_is_shown_as_such_and_the_rest_is_escaped() -> None:
    drawing = Drawing(10, 10, "<t>", "d & d")
    drawing.text((0, 0), "見本\x0b<b>", 10)
    root = parsed(drawing.written())
    assert texts(root) == ["見本\ufffd<b>"]
    assert root.findtext(f"{SVG}title") == "<t>"


@pytest.mark.parametrize("address", ["/picture.svg", "/timeline/cdo.svg"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_picture_is_a_file_that_needs_no_style_and_says_what_it_is(
    address: str, language: str
) -> None:
    response = client().get(address, query_string={"as-of": AS_OF, "lang": language})
    assert response.content_type == "image/svg+xml; charset=utf-8"
    root = parsed(response.text)
    assert root.attrib["role"] == "img"
    assert root.findtext(f"{SVG}title") and root.findtext(f"{SVG}desc")
    assert not any(
        "style" in element.attrib or element.tag.endswith("style") for element in root.iter()
    )
    assert "'unsafe-inline'" not in response.headers["Content-Security-Policy"]
    inline = client().get(
        address.removesuffix(".svg"), query_string={"as-of": AS_OF, "lang": language}
    )
    assert inline.status_code == 200 and response.text in inline.text
    assert len(inline.data) < 100_000 and " style=" not in inline.text


@pytest.mark.parametrize(
    "address", ["/picture", "/picture.svg", "/timeline/cdo", "/timeline/cdo.svg"]
)
def test_without_a_token_nobody_is_named(address: str) -> None:
    whole = city()
    archive = Archive.of(whole, City(kb.find()), protecting=True)
    app = create_app(whole, Here(archive), Settings(token=TOKEN))
    asked = {"as-of": AS_OF, "lang": "ja"}
    stranger: FlaskClient = app.test_client()
    bearer = {"Authorization": f"Bearer {TOKEN}"}
    names = [
        row.split(",")[1]
        for row in (ROSTER / "roster.csv").read_text("utf-8").split("\n")[1:]
        if row
    ]
    known = stranger.get(address, query_string=asked, headers=bearer).text
    assert any(name in known for name in names)
    unknown = stranger.get(address, query_string=asked)
    assert unknown.status_code == 200
    assert not any(name in unknown.text for name in names)
    if address == "/picture":
        assert "CDO" in unknown.text and "第3条第2項" in unknown.text, "the rules are for everybody"


def test_the_course_of_a_post_says_who_held_it_who_was_unable_who_acted_and_when_nobody_did() -> (
    None
):
    job = CourseJob("cdo", date(2024, 4, 1), date(2024, 8, 31), OUT, "ja")
    found = [
        (s["lane"], s["first"], s["last"], s["basis"])
        for s in json.loads(job.run(example()).body)["segments"]
    ]
    assert found == [
        ("heldBy", "2024-04-01", "2024-06-30", ""),
        ("heldBy", "2024-08-01", "2024-08-31", ""),
        ("incapacitatedHolder", "2024-06-03", "2024-06-14", ""),
        ("actedBy", "2024-06-03", "2024-06-09", "第3条第2項"),
        ("actedBy", "2024-06-13", "2024-06-14", "第3条第2項"),
        ("actedBy", "2024-07-01", "2024-07-31", "第3条第2項"),
        ("status", "2024-06-10", "2024-06-12", "第3条第2項"),
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_table_of_a_course_says_what_its_picture_does_in_era_and_iso_form(
    language: str,
) -> None:
    asked = {"as-of": AS_OF, "lang": language, "from": "2024-04-01", "to": "2024-08-31"}
    page = client().get("/timeline/cdo", query_string=asked).text
    words = Words(page).said
    root = parsed(page[page.index("<svg") : page.index("</svg>") + len("</svg>")])
    groups = [g for g in root.iter(f"{SVG}g") if "data-said" in g.attrib]
    assert len(groups) == sum(drawn(root, "lane").values()) > 2
    for group in groups:
        said, days, *basis = texts(group)
        assert {said, *days.split(" – "), *basis} <= set(words)
    assert ("令和6年4月1日" if language == "ja" else "1 April 2024") in words
    assert drawn(root, "day") == Counter([AS_OF])


def test_the_days_of_a_course_are_the_fiscal_year_of_the_day_unless_asked() -> None:
    assert fiscal_year(date(2025, 3, 31)) == (date(2024, 4, 1), date(2025, 3, 31))
    assert fiscal_year(date(2025, 4, 1)) == (date(2025, 4, 1), date(2026, 3, 31))
    page = client().get("/timeline/cdo", query_string={"as-of": "2025-02-01"}).text
    assert 'value="2024-04-01"' in page and 'value="2025-03-31"' in page


def test_a_line_marks_the_day_only_within_the_period() -> None:
    segment = Segment("heldBy", "l", "見本 一郎", "", "2024-04-01", "2024-04-30")
    course = Course("p", "p", [segment])
    span = (date(2024, 4, 1), date(2024, 4, 30))
    for day, lines in ((date(2024, 4, 30), 1), (date(2024, 5, 1), 0)):
        root = parsed(draw(course, span, day, "t", "ja").written())
        assert sum(drawn(root, "day").values()) == lines


def test_an_unknown_post_and_a_period_the_wrong_way_round_are_problems() -> None:
    for address in ("/timeline/nobody", "/timeline/nobody.svg"):
        document = assert_problem(client().get(address), 404)
        assert "nobody" in str(document["detail"])
    asked = {"from": "2024-05-01", "to": "2024-04-01"}
    assert_problem(client().get("/timeline/cdo", query_string=asked), 400)
