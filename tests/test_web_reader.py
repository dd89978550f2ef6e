"""``/reg``: the text as published, its anchors and links, its versions, and the page itself."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date

import pytest
from hypothesis import given, settings
from tests import invented_support
from tests.reader_support import HELD, NAME, Page, reader, shown, told, two_regulations
from tests.support import PACKAGE, ROOT
from tests.text_support import WORK, regulations
from tests.web_support import AS_OF, assert_problem, city, client

from kitei.check import check
from kitei.errors import InputUnreadableError
from kitei.regulation import Regulation
from kitei.store import Dataset
from kitei.text import read
from kitei.text.graph import to_graph
from kitei.web.reader.edition import edition

_JAPANESE = re.compile(r"[ぁ-んァ-ヶ一-龠]")


# -- the text --------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_text_of_the_page_is_the_published_file_to_the_character(lang: str) -> None:
    file = ROOT / "data" / "oshu" / NAME / f"{HELD}.txt"
    assert reader(as_of=AS_OF, lang=lang).published == file.read_bytes().decode("utf-8")


@pytest.mark.parametrize("version", invented_support.VERSIONS)
def test_so_is_the_text_of_another_city(version: str) -> None:
    page = two_regulations().get(f"/reg/{invented_support.NAME}/{version}?as-of={version}")
    file = invented_support.KB / invented_support.NAME / f"{version}.txt"
    assert Page(page.text).published == file.read_bytes().decode("utf-8")


def set_text(source: str) -> str:
    """What the page makes of any text that can be read."""
    document = read(source, date(2020, 4, 1))
    dataset = Dataset()
    written = to_graph(document, WORK).serialize(format="nt")
    dataset.load_ntriples(written.encode(), "https://example.org/text")
    rows = edition(dataset, Regulation(WORK, "規則"), "2020-04-01", "ja")["rows"]
    return "".join(
        row["breaks"] + "".join(run.text for piece in row["pieces"] for run in piece["runs"])
        for row in rows
    )


@settings(max_examples=40, deadline=None)
@given(regulations())
def test_no_character_of_any_text_is_lost(source: str) -> None:
    try:
        assert set_text(source) == source
    except InputUnreadableError:
        return  # refused by what reads texts, which has tests of its own


def test_chapters_and_articles_without_a_caption_have_headings() -> None:
    source = (
        "○ある町規則\n\n第1章 総則\n\n第1条 甲は、乙とする。\n\n2 丙とする。\n\n"
        "第2章 細則\n\n(丁)\n\n第2条 戊とする。\n"
    )
    document = read(source, date(2020, 4, 1))
    dataset = Dataset()
    written = to_graph(document, WORK).serialize(format="nt")
    dataset.load_ntriples(written.encode(), "https://example.org/text")
    outline = edition(dataset, Regulation(WORK, "規則"), "2020-04-01", "ja")["outline"]
    assert [(head["level"], head["cite"], head["caption"]) for head in outline] == [
        (2, "第1章", "総則"),
        (3, "第1条", ""),
        (2, "第2章", "細則"),
        (3, "第2条", "(丁)"),
    ]


# -- anchors and links -----------------------------------------------------------------------


def test_every_provision_has_its_anchor_and_that_of_e_gov_once() -> None:
    page = reader(as_of=AS_OF)
    rows = told(
        f"SELECT ?eid ?alias WHERE {{ ?node kitei:eId ?eid ; kitei:inVersion ?version "
        f"OPTIONAL {{ ?node kitei:egovAnchor ?alias }} FILTER(STRENDS(STR(?version), '{HELD}')) }}"
    )
    wanted = {row[name] for row in rows for name in ("eid", "alias")} - {None}
    assert len(wanted) > 100
    assert wanted <= set(page.ids)
    assert [name for name, count in Counter(page.ids).items() if count > 1] == []


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_every_link_within_the_page_leads_somewhere(lang: str) -> None:
    page = reader(as_of=AS_OF, lang=lang)
    targets = [link.href[1:] for link in page.links if link.href.startswith("#")]
    assert len(targets) > 100
    assert {*targets, *(target for _, target, _ in page.described)} - set(page.ids) == set()


def test_references_are_links_in_both_directions() -> None:
    page = reader(as_of=AS_OF)
    cited = told(
        "SELECT ?from ?to WHERE { ?a eli:cites ?b ; kitei:eId ?from . ?b kitei:eId ?to "
        f"FILTER(STRSTARTS(STR(?b), STR(<https://w3id.org/kitei/id/032158/{NAME}/{HELD}/>))) }}"
    )
    assert len(cited) > 10
    links = {(link.row, link.href.removeprefix("#")) for link in page.links}
    for row in cited:
        source, target = row["from"] or "", row["to"] or ""
        assert (page.row_of[source], target) in links
        assert (page.row_of[target], source) in links


def test_a_provision_has_a_permanent_link_with_a_name_that_keeps_day_and_language() -> None:
    page = shown(f"/reg/{NAME}?as-of={AS_OF}&lang=en")
    named = {link.label: link.href for link in page.links if link.label}
    here = f"/reg/{NAME}/{HELD}?as-of={AS_OF}&lang=en"
    assert named["¶ Article 3, paragraph 2"] == f"{here}#art_3__para_2"


# -- versions --------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"/reg/{NAME}?as-of=2022-06-05", "TEXT_NOT_HELD"),
        (f"/reg/{NAME}/2022-04-01?as-of=2022-06-05", "TEXT_NOT_HELD"),
        (f"/reg/{NAME}/2022-04-01?as-of={AS_OF}", "TEXT_NOT_HELD"),
        (f"/reg/{NAME}?as-of=2020-06-05", "NOT_IN_FORCE"),
    ],
)
def test_a_day_without_a_text_says_so_and_gets_no_other_text(
    path: str, status: str, lang: str
) -> None:
    response = client().get(f"{path}&lang={lang}")
    page = Page(response.text)
    assert status in response.text
    assert page.published == ""
    assert f"/reg/{NAME}/{HELD}" in [link.href.partition("?")[0] for link in page.links]


def test_the_version_bar_has_every_version_and_switches_with_its_day() -> None:
    page = reader(as_of=AS_OF, lang="en")
    links = [link.href for link in page.links if "lang=en" in link.href]
    bar = [href for href in links if href.startswith(f"/reg/{NAME}/")]
    assert bar == [
        f"/reg/{NAME}/2021-07-01?as-of=2021-07-01&lang=en",
        f"/reg/{NAME}/2022-04-01?as-of=2022-04-01&lang=en",
        f"/reg/{NAME}/2023-04-01?as-of=2023-04-01&lang=en",
        f"/reg/{NAME}/{HELD}?as-of={AS_OF}&lang=en",
    ]
    assert page.foreign.count("text not held") == 3
    assert "1 April 2022 (2022-04-01) – 31 March 2023 (2023-03-31)" in page.foreign
    assert "令和4年4月1日 (2022-04-01)" in reader(as_of=AS_OF).foreign


def test_of_two_held_versions_the_day_chooses() -> None:
    for day, version in (("2025-06-02", "2024-04-01"), ("2026-06-02", "2026-04-01")):
        page = Page(two_regulations().get(f"/reg/{invented_support.NAME}?as-of={day}").text)
        file = invented_support.KB / invented_support.NAME / f"{version}.txt"
        assert page.published == file.read_bytes().decode("utf-8")


def test_a_version_on_a_day_of_another_says_so_and_shows_no_findings() -> None:
    page = reader(as_of="2022-06-05", lang="en")
    assert "This version is not the one in force on 5 June 2022." in page.foreign
    assert "Findings" not in "".join(page.notes.values())
    assert f"/reg/{NAME}?as-of=2022-06-05&lang=en" in [link.href for link in page.links]


def test_a_text_that_may_have_been_amended_since_says_so() -> None:
    assert "last confirmed current on 2024-04-01" in reader(as_of="2026-04-02", lang="en").foreign
    assert "last confirmed current" not in reader(as_of=HELD, lang="en").foreign


# -- the page --------------------------------------------------------------------------------


def test_the_only_regulation_is_gone_to_and_several_are_listed() -> None:
    response = client().get("/reg/?as-of=2024-06-05&lang=en")
    assert (response.status_code, response.location) == (
        302,
        f"/reg/{NAME}?as-of=2024-06-05&lang=en",
    )
    page = Page(two_regulations().get("/reg/?lang=en").text)
    listed = {link.href for link in page.links}
    assert {f"/reg/{NAME}?lang=en", f"/reg/{invented_support.NAME}?lang=en"} <= listed


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/reg/nope", 404),
        (f"/reg/{NAME}/2024-04-02", 404),
        (f"/reg/{NAME}/{HELD}/x", 404),
        (f"/reg/{NAME}?as-of=yesterday", 400),
        (f"/reg/{NAME}?lang=fr", 400),
    ],
)
def test_what_is_not_there_is_said(path: str, status: int) -> None:
    assert_problem(client().get(path), status)


def test_a_page_in_english_is_in_english_but_for_the_text_and_names() -> None:
    """What else is Japanese stands so in the English labels of the graph, or names a focus."""
    page = reader(as_of=HELD, lang="en")
    labels = told("SELECT ?said WHERE { ?s ?p ?said FILTER(LANG(?said) = 'en') }")
    allowed = [row["said"] or "" for row in labels]
    allowed += [finding.focus for finding in check(city().copy(), date(2024, 4, 1)).findings]
    allowed += ["奥州市デジタル推進本部規程", "日本語"]
    left = page.foreign
    for words in sorted(filter(_JAPANESE.search, allowed), key=len, reverse=True):
        left = left.replace(words, "")
    assert _JAPANESE.findall(left) == []


@pytest.mark.parametrize("day", [AS_OF, "2024-06-11", "2027-04-01"])
@pytest.mark.parametrize("lang", ["ja", "en"])
def test_a_page_weighs_less_than_100_kilobytes_with_its_sheets_and_script(
    day: str, lang: str
) -> None:
    response = client().get(f"/reg/{NAME}?as-of={day}&lang={lang}")
    linked = re.findall(r'(?:src|href)="/static/([^"]+\.(?:css|js))"', response.text)
    assert len(linked) == 3
    more = sum((PACKAGE / "web" / "static" / name).stat().st_size for name in linked)
    assert len(response.data) + more < 90_000, "and with room for longer texts"


def test_no_style_and_no_script_stands_in_the_page() -> None:
    source = client().get(f"/reg/{NAME}?as-of={AS_OF}").text
    assert " style=" not in source
    assert re.findall(r"<script[^>]*>", source) == ['<script src="/static/reader.js" defer>']
    assert not re.search(r" on[a-z]+=", source)
