"""How posts are filled: 充て職 and 指名 in the many ways in which municipal regulations say it."""

from __future__ import annotations

from pathlib import Path

from tests.cli_support import ROSTER as OSHU_ROSTER
from tests.cli_support import kitei
from tests.pattern_support import (
    DEPUTIES,
    DIRECTOR,
    HEAD,
    MAYOR,
    PLANNER,
    SUPERINTENDENT,
    VICE,
    breaches,
    shows,
)
from tests.tiny_support import (
    DAY,
    HOME,
    WORK,
    Tiny,
    answer_of,
    designated,
    ex_officio,
    reading,
    substitution,
    told,
)

from kitei.namespaces import KITEI


@shows("A1", "A2a", "A2b", "A2c", "A2d", "A5", "A6", "A8", "A10", "X9")
def test_posts_are_filled_by_offices_whatever_the_sentence(tmp_path: Path) -> None:
    city = Tiny(HEAD + DEPUTIES, [MAYOR, VICE, SUPERINTENDENT]).city(tmp_path)
    holder = {"capacity": "holder", "condition": "in-office"}
    assert answer_of(city, "本部長") == told("ANSWER", "M1", basis=["1-1"], **holder)
    assert answer_of(city, "副本部長") == told("ANSWER", "A1", "E1", basis=["1-2"], **holder)


@shows("A3")
def test_members_listed_by_post_each_cite_their_own_provision(tmp_path: Path) -> None:
    rules = ex_officio("member", "director") + ex_officio("member", "planner", source="1-2")
    found = answer_of(Tiny(rules, [DIRECTOR, PLANNER]).city(tmp_path), "本部員")
    assert {(person, basis) for person, _, basis in found.rows} == {
        ("D1", ("art_1__para_1",)),
        ("P1", ("art_1__para_2",)),
    }


@shows("A4")
def test_a_rule_may_rest_on_an_annex(tmp_path: Path) -> None:
    rules = ex_officio("member", "director").replace("art_1__para_1", "annex_1__o_1")
    annex = f'text:annex_1__o_1 kitei:inVersion <{WORK}/2024-04-01> ; kitei:eId "annex_1__o_1" .'
    found = answer_of(Tiny(rules + annex, [DIRECTOR]).city(tmp_path), "本部員")
    assert found.rows == {("D1", "holder", ("annex_1__o_1",))}


SECTION_HEADS = [
    "S1,見本 S1,総務部総務課,課長,本務,2024-04-01,",
    "S2,見本 S2,企画部企画課,課長,本務,2024-04-01,",
]
RANK = "; kitei:byHoldersOfRank kitei:rank-section-head"


@shows("A7")
def test_a_class_of_posts_is_everybody_of_that_rank(tmp_path: Path) -> None:
    tiny = Tiny(ex_officio("member", more=RANK), [*SECTION_HEADS, DIRECTOR])
    expected = told("ANSWER", "S1", "S2", capacity="holder", basis=["1-1"], condition="in-office")
    assert answer_of(tiny.city(tmp_path), "本部員") == expected


@shows("H1", "H3", "X8")
def test_the_holder_of_an_excepted_post_is_not_among_them(tmp_path: Path) -> None:
    one = 'post:general a org:Post ; rdfs:label "総務部総務課長"@ja .'
    rules = ex_officio("member", more=f"{RANK} ; kitei:exceptHolderOf post:general")
    found = answer_of(Tiny(rules, SECTION_HEADS, posts=one).city(tmp_path), "本部員")
    assert {person for person, _, _ in found.rows} == {"S2"}


@shows("H2")
def test_what_a_class_includes_is_named_beside_it(tmp_path: Path) -> None:
    rules = ex_officio("member", "director", more=RANK)
    found = answer_of(Tiny(rules, [*SECTION_HEADS, DIRECTOR]).city(tmp_path), "本部員")
    assert {person for person, _, _ in found.rows} == {"S1", "S2", "D1"}


@shows("A11")
def test_a_body_composed_of_offices_has_their_holders_as_members(tmp_path: Path) -> None:
    rules = (
        "rule:body a kitei:CompositionRule ; dcterms:source text:art_1__para_1 ;"
        " kitei:body unit:body ; kitei:composedOf post:vice-mayor, post:superintendent ."
    )
    view = Tiny(rules, [VICE, SUPERINTENDENT, DIRECTOR]).city(tmp_path).day(DAY)
    members = view.select(
        f"SELECT ?id WHERE {{ <{HOME}/unit/body> <{KITEI}member>/<{KITEI}staffId> ?id }}"
        " ORDER BY ?id"
    )
    assert [row["id"] for row in members] == ["A1", "E1"]


@shows("A12")
def test_an_organisation_of_a_list_supplies_its_member() -> None:
    outcome = kitei(
        *("ask", "seats", "--as-of", "2024-05-15", "--roster", OSHU_ROSTER, "--format", "json")
    )
    seats = {row["unit"]: row["person"] for row in outcome.document["answers"]}
    assert seats["財務部税務課"] == "M004"
    assert len(seats) == 17


@shows("X1")
def test_both_of_two_hold_but_none_of_two_substitutes(tmp_path: Path) -> None:
    rules = ex_officio("deputy", "vice-mayor") + substitution("mayor", "vice-mayor")
    both = reading("both", "post:deputy", "post:deputy kitei:seats 2")
    tiny = Tiny(rules + both, [VICE, "A2,副市長"])
    assert answer_of(tiny.city(tmp_path), "副本部長").status == "ANSWER"
    assert answer_of(tiny.city(tmp_path), "市長").status == "AMBIGUOUS"
    three = Tiny(tiny.rules, [*tiny.staff, "A3,副市長"]).city(tmp_path)
    assert answer_of(three, "副本部長").status == "AMBIGUOUS"


@shows("X2")
def test_a_bracket_is_part_of_the_name_of_a_post(tmp_path: Path) -> None:
    general = 'post:general a org:Post ; rdfs:label "副市長(統括)"@ja .'
    rules = ex_officio("head", "general")
    staff = ["A1,副市長", "A2,見本 A2,,副市長（統括）,本務,2024-04-01,"]
    found = answer_of(Tiny(rules, staff, posts=general).city(tmp_path), "本部長")
    assert {person for person, _, _ in found.rows} == {"A2"}


# -- 指名・任命 ------------------------------------------------------------------------------------


@shows("B1", "B2", "B7", "B8")
def test_whoever_is_designated_holds_the_post_and_the_designator_is_judged(tmp_path: Path) -> None:
    rules = HEAD + designated("panellist", "3-1", "; kitei:designator post:head")
    rows = ["D1,部会員,3-1,,,M1,2024-05-01,", "P1,部会員,3-1,,,D1,2024-05-01,"]
    tiny = Tiny(rules, [MAYOR, DIRECTOR, PLANNER], designations=rows)
    found = answer_of(tiny.city(tmp_path), "部会員")
    assert {person for person, _, _ in found.rows} == {"D1", "P1"}
    assert breaches(tiny, tmp_path) == {("designator-not-competent", "P1")}


@shows("B4", "X12")
def test_a_member_has_to_come_from_the_staff_of_the_issuers(tmp_path: Path) -> None:
    rules = (
        HEAD
        + designated("panellist", "3-1", "; kitei:pool kitei:pool-subject-staff")
        + f"<{WORK}> kitei:issuedBy <{HOME}/authority/mayor> ."
    )
    units = "".join(
        f'unit:{name} a org:OrganizationalUnit ; kitei:path "{path}" ;'
        f" kitei:authority <{HOME}/authority/{authority}> ."
        for name, path, authority in (
            ("general", "総務部", "mayor"),
            ("board", "農業委員会事務局", "farm-committee"),
        )
    )
    staff = [
        MAYOR,
        "S1,見本 S1,総務部,主査,本務,2024-04-01,",
        "S2,見本 S2,農業委員会事務局,主査,本務,2024-04-01,",
    ]
    rows = [f"{person},部会員,3-1,,,M1,2024-05-01," for person in ("S1", "S2")]
    tiny = Tiny(rules, staff, designations=rows, posts=units)
    assert breaches(tiny, tmp_path) == {("member-not-subject", "S2")}


@shows("A9", "B3", "B9", "X5")
def test_somebody_from_outside_may_be_entrusted(tmp_path: Path) -> None:
    row = ["G1,部会員,3-1,,,M1,2024-05-01,"]
    for pool, persons in (("; kitei:pool kitei:pool-anybody", {"G1"}), ("", {None})):
        tiny = Tiny(designated("panellist", "3-1", pool), [MAYOR], designations=row)
        found = answer_of(tiny.city(tmp_path), "部会員")
        assert {person for person, _, _ in found.rows} == persons


@shows("B6")
def test_whoever_is_elected_holds_the_post_and_no_designator_is_judged(tmp_path: Path) -> None:
    rules = HEAD + designated("leader", "3-1", "; kitei:activity kitei:activity-electing")
    row = ["D1,部会長,3-1,,,D1,2024-05-01,"]
    tiny = Tiny(rules, [MAYOR, DIRECTOR], designations=row)
    assert {person for person, _, _ in answer_of(tiny.city(tmp_path), "部会長").rows} == {"D1"}
    assert breaches(tiny, tmp_path) == set()
