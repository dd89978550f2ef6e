"""``/reg``: beside each provision what rests on it, and what the check found there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date

import pytest
from flask.testing import FlaskClient
from tests import invented_support
from tests.reader_support import HELD, NAME, Page, reader, shown, told, two_regulations
from tests.web_support import AS_OF, BEARER, city, client, guarded_client

from kitei.check import check
from kitei.confined import Archive, CutShortError, Document, Here, Job, Wrapped
from kitei.readings import choose, readings
from kitei.web import create_app
from kitei.web.reader.jobs import FindingsJob

# -- what rests on a provision ---------------------------------------------------------------


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize(
    ("kind", "words"), [("Rule", "rdfs:label"), ("Seat", "rdfs:label"),
                        ("Reading", "rdfs:label|kitei:reason"), ("Silence", "kitei:statement")],
)  # fmt: skip
def test_every_norm_stands_at_each_provision_that_it_rests_on(
    kind: str, words: str, lang: str
) -> None:
    page = reader(as_of=AS_OF, lang=lang)
    rows = told(
        f"SELECT ?eid ?said WHERE {{ ?norm a/rdfs:subClassOf* kitei:{kind} ; {words} ?said ; "
        f"dcterms:source/kitei:eId ?eid . FILTER(LANG(?said) = '{lang}') }}"
    )
    assert len(rows) > 10
    for row in rows:
        assert (row["said"] or "") in page.notes[page.row_of[row["eid"] or ""]]


def test_a_reading_says_what_was_adopted_and_what_else_it_could_be() -> None:
    said = reader(as_of=AS_OF, lang="en").notes["art_5__para_3"]
    assert "Adopted: head of the section; Alternatives: director of the department" in said


def test_a_service_that_reads_otherwise_says_which_reading_it_takes() -> None:
    known = readings(city().dataset, city().regulation.iri)
    switches = choose(known, ["head-of-organization=head-of-department"])
    page = Page(
        create_app(city().under(switches))
        .test_client()
        .get(f"/reg/{NAME}?as-of={AS_OF}&lang=en")
        .text
    )
    assert switches[0].said.en in page.foreign
    said = page.notes["art_5__para_3"]
    assert "Adopted: director of the department; Alternatives: head of the section" in said


def test_a_text_that_is_not_held_is_linked_to_what_is_known_of_it() -> None:
    page = reader(as_of=AS_OF, lang="en")
    there = [
        link.href for link in page.links if link.row == "art_9__para_1" and "/id/" in link.href
    ]
    assert len(there) == 1
    response = client().get(there[0], headers={"Accept": "text/html"})
    assert "奥州市庁議運営規程" in response.text


def test_a_defined_term_shows_its_definition_once_a_line() -> None:
    page = reader(as_of=AS_OF)
    here = [(target, tip) for row, target, tip in page.described if row == "art_3__para_2"]
    assert here == [
        ("def-4", "CDO補佐官: 最高デジタル責任者補佐官"),
        ("def-2", "CDO: 最高デジタル責任者"),
    ]
    assert "最高デジタル責任者補佐官" in page.notes[page.row_of["def-4"]]


def test_a_term_within_the_name_of_a_post_or_before_its_definition_is_not_that_term() -> None:
    page = reader(as_of=AS_OF)
    rows = {row for row, target, _ in page.described if target == "def-5"}
    assert "art_4__para_2" in rows, "本部の所掌事務"
    assert "art_5__para_2" not in rows, "本部長"
    assert "art_1__para_1" not in rows, "奥州市デジタル推進本部"


def test_a_rule_that_nobody_named_is_told_by_its_kind_and_facts() -> None:
    page = two_regulations().get(f"/reg/{invented_support.NAME}/2026-04-01?as-of=2026-04-01")
    rules = {name: said for name, said in Page(page.text).notes.items() if "本人の職" in said}
    assert rules
    assert all("職務代理の規定" in said for said in rules.values())


# -- findings --------------------------------------------------------------------------------


@pytest.mark.parametrize("day", [AS_OF, "2024-06-11", "2027-04-01"])
@pytest.mark.parametrize("lang", ["ja", "en"])
def test_each_finding_stands_at_its_provision(day: str, lang: str) -> None:
    page = shown(f"/reg/{NAME}?as-of={day}&lang={lang}")
    found = check(city().copy(), date.fromisoformat(day)).findings
    assert any(finding.provision for finding in found)
    for finding in found:
        said = page.notes[page.row_of[finding.provision]] if finding.provision else page.foreign
        for words in (finding.message, finding.hint):
            assert words.within(lang) in said
        assert finding.rule in said


def test_a_finding_says_which_readings_it_rests_on() -> None:
    said = shown(f"/reg/{NAME}?as-of=2027-04-01&lang=en").notes["art_5__para_3__point_1__o_3"]
    assert "Readings: Each organisation supplies at least one member" in said


def test_without_a_roster_nothing_is_said_to_conform() -> None:
    page = Page(client(False).get(f"/reg/{NAME}?as-of={AS_OF}&lang=en").text)
    assert "Nothing was checked" in page.foreign
    assert "conforms" not in page.foreign
    assert page.published


def test_a_regulation_that_is_not_judged_by_has_its_text_and_no_findings() -> None:
    response = two_regulations().get(f"/reg/{NAME}?as-of={AS_OF}&lang=en")
    assert "checked against another regulation" in response.text
    assert len(Page(response.text).published) > 2000


@pytest.fixture(scope="module", params=["here", "pool"])
def guarded(request: pytest.FixtureRequest) -> Iterator[FlaskClient]:
    """A client without any right, of a service whose roster is protected."""
    with guarded_client(in_pool=request.param == "pool") as client:
        yield client


def test_nobody_sees_findings_or_staff_of_a_protected_roster(guarded: FlaskClient) -> None:
    path = f"/reg/{NAME}?as-of=2024-06-11&lang=en"
    findings = check(city().copy(), date(2024, 6, 11)).findings
    inside = guarded.get(path, headers=BEARER).text
    outside = guarded.get(path).text
    assert all(finding.rule in inside for finding in findings)
    assert not any(finding.rule in outside for finding in findings)
    assert "Findings are shown to those only who may see the roster." in outside
    assert Page(outside).published == Page(inside).published != ""


def test_a_reader_names_nobody_at_all(guarded: FlaskClient) -> None:
    rows = city().dataset.select("SELECT ?n { ?p <http://xmlns.com/foaf/0.1/name> ?n }")
    names = {row["n"] or "" for row in rows}
    assert names
    for headers in ({}, BEARER):
        page = guarded.get(f"/reg/{NAME}?as-of={AS_OF}", headers=headers).text
        assert not any(name in page for name in names)


class _Counting(Wrapped):
    """Counts jobs, and cuts some short."""

    def __init__(self, refused: type[Job] | None = None) -> None:
        super().__init__(Here(Archive.of(city())))
        self.done: Counter[str] = Counter()
        self.refused = refused

    def run(self, job: Job) -> Document:
        self.done[type(job).__name__] += 1
        if self.refused and isinstance(job, self.refused):
            raise CutShortError("時間切れ。", "Out of time.")
        return super().run(job)


def test_a_check_that_is_cut_short_leaves_the_text_to_be_read() -> None:
    counting = _Counting(FindingsJob)
    visitor = create_app(city(), counting).test_client()
    response = visitor.get(f"/reg/{NAME}?as-of={AS_OF}&lang=en")
    assert "was not finished in time" in response.text
    assert Page(response.text).published == reader(as_of=AS_OF).published
    # Nobody keeps such a page: whoever asks again gets the findings when there is time.
    assert response.headers["Cache-Control"] == "no-store"
    counting.refused = None
    later = visitor.get(f"/reg/{NAME}?as-of={AS_OF}&lang=en").text
    assert "was not finished in time" not in later
    assert Page(later).notes != Page(response.text).notes


def test_what_a_page_needs_is_asked_for_once_and_remembered() -> None:
    counting = _Counting()
    visitor = create_app(city(), counting).test_client()
    for _ in range(3):
        assert visitor.get(f"/reg/{NAME}?as-of={AS_OF}").status_code == 200
        assert visitor.get(f"/reg/{NAME}/{HELD}?as-of={AS_OF}").status_code == 200
    assert set(counting.done.values()) == {1}
