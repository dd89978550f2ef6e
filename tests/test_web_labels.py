"""What a page of a thing shows has a name in both languages, also where the data give it none."""

from __future__ import annotations

import re
from functools import cache
from html import unescape

import pytest
from tests.web_support import BROWSER, example

from kitei import describing, kb, terms
from kitei.calendar import Calendar
from kitei.city import City
from kitei.dates import parse_day
from kitei.describing import Account
from kitei.namespaces import ID, local_name
from kitei.store import Dataset

DAY = "2024-06-05"
_LABELS = """SELECT DISTINCT ?language WHERE {{
  {{ {0} ?p ?label }} UNION {{ GRAPH ?g {{ {0} ?p ?label }} }}
  VALUES ?p {{ {1} {2} }} BIND(LANG(?label) AS ?language) }}"""
# One thing of each kind that has a page: the days of acts and their judgements, too.
_ONE_OF_EACH = """SELECT ?kind (MIN(?thing) AS ?one) WHERE {
  { ?thing a ?kind } UNION { GRAPH ?g { ?thing a ?kind } } FILTER(isIRI(?thing)) }
GROUP BY ?kind ORDER BY ?kind"""


@cache
def dataset() -> Dataset:
    """The example city with the facts of a day."""
    made = City(kb.find())
    made.read_roster(made.base.example_roster(made.regulation.name))
    return Calendar(made).on(parse_day(DAY)).dataset


@cache
def things() -> dict[str, str]:
    return {row["kind"] or "": row["one"] or "" for row in dataset().select(_ONE_OF_EACH)}


@cache
def languages(thing: str) -> frozenset[str]:
    """The languages in which a thing is named."""
    names = map(terms.name, ("rdfs:label", "skos:prefLabel"))
    rows = dataset().select(_LABELS.format(terms.iri(thing), *names))
    return frozenset(row["language"] or "" for row in rows)


@pytest.mark.parametrize("kind", sorted(things()))
def test_every_property_and_kind_on_a_page_is_named_in_both_languages(kind: str) -> None:
    account = describing.account(dataset(), things()[kind])
    assert languages(kind) >= {"ja", "en"}
    for group in (*account.out, *account.into):
        assert languages(group.iri) >= {"ja", "en"}, group.iri


def described(name: str) -> Account:
    return describing.account(dataset(), ID + name)


def test_what_has_no_name_is_called_by_its_kind_and_what_it_is_about() -> None:
    case = described(f"day/{DAY}/post/cdo")
    assert case.label.ja == "職のその日: CDO、2024-06-05"
    assert case.label.en == "post on a day: CDO, 2024-06-05"
    person = described("032158/person/R0002")
    (service,) = next(group for group in person.into if local_name(group.iri) == "member").values
    assert service.text.ja.startswith("在職: 副市長、架空 三太、")


def test_a_provision_leads_to_its_text_and_a_post_to_its_timeline() -> None:
    version = "032158/dx-headquarters/2024-04-01"
    asked = {"as-of": DAY, "lang": "ja"}
    ways = {
        f"{version}/art_3__para_2": ("本文で読む", "その職務を代理する。"),
        "032158/post/cdo": ("この職の経過", "CDOの経過"),
    }
    for name, (said, found) in ways.items():
        source = example().get(f"/id/{name}", query_string=asked, headers=BROWSER).text
        link = re.search(rf'href="([^"]+)">{said}<', source)
        assert link, name
        there = example().get(unescape(link[1]), headers=BROWSER)
        assert there.status_code == 200
        assert found in there.text
    meeting = things()["https://w3id.org/kitei/ns#MeetingHeld"].removeprefix(ID)
    source = example().get(f"/id/{meeting}", query_string=asked, headers=BROWSER).text
    assert not any(said in source for said, _ in ways.values())


def test_people_stand_in_the_order_of_their_kana() -> None:
    rows = dataset().select(
        "PREFIX kitei: <https://w3id.org/kitei/ns#> "
        "SELECT ?person ?kana WHERE { ?person kitei:nameKana ?kana }"
    )
    kana = {row["person"]: row["kana"] for row in rows}
    meeting = describing.account(dataset(), things()["https://w3id.org/kitei/ns#MeetingHeld"])
    present = next(group for group in meeting.out if local_name(group.iri) == "attendee").values
    shown = [kana[each.iri] for each in present]
    assert len(shown) > 2
    assert shown == sorted(shown, key=str)
