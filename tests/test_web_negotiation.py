"""Which form an answer has, by Accept (RFC 9110, section 12.5.1) and ``format``; what it holds."""

from __future__ import annotations

import csv
import io
import json
from xml.etree import ElementTree as ET

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from rdflib import Graph, Literal, URIRef
from tests.web_support import AS_OF, JSON, assert_problem, checked_page, client, fresh_city
from werkzeug.test import TestResponse

from kitei.confined import NotAcceptableError
from kitei.errors import UsageError
from kitei.kb import GraphFile
from kitei.store import GRAPH_TYPES, RESULT_TYPES
from kitei.web import create_app
from kitei.web.negotiation import FORMATS, accepted, chooser

XML, CSV, TSV = "application/sparql-results+xml", "text/csv", "text/tab-separated-values"
TURTLE, NT, LD = "text/turtle", "application/n-triples", "application/ld+json"
OFFERED = (JSON, XML, CSV, TSV)
FIREFOX = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
CHROME = (
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,"
    "*/*;q=0.8,application/signed-exchange;v=b3;q=0.7"
)


@pytest.mark.parametrize(
    ("accept", "picked"),
    [
        ("", JSON),
        ("  ", JSON),
        (",", JSON),
        ("*/*", JSON),
        ("*", JSON),
        ("text/csv", CSV),
        ("TEXT/CSV", CSV),
        ("Text/Csv;Q=0.5", CSV),
        ("  text/csv  ", CSV),
        ("text/*", CSV),
        ("application/*", JSON),
        # quality
        (f"{CSV};q=0.4, {XML};q=0.5", XML),
        (f"{CSV};q=0.401, {XML};q=0.4", CSV),
        (f"{CSV} ; q=0.4 , {XML} ; q=0.5", XML),
        (f"{CSV};q=1.000, {XML};q=0.999", CSV),
        (f"{CSV};q=0.001, image/png", CSV),
        (f"{CSV};q=.4, {XML};q=.5", XML),
        (f"{CSV};q=0.4,{XML};q=1.", XML),
        # not acceptable
        (f"{JSON};q=0, */*", XML),
        (f"{JSON};q=0.000, {XML};q=0, */*;q=0.1", CSV),
        ("text/*;q=0, */*;q=0.1", JSON),
        (f"*/*;q=0, {TSV}", TSV),
        (f"application/*;q=0, {XML};q=0.2", XML),
        (f"text/*, {CSV};q=0", TSV),
        # the most specific range decides, wherever it stands
        (f"*/*;q=0.9, {CSV};q=0.1, application/*;q=0.2, {TSV};q=0.3", TSV),
        (f"{TSV};q=0.1, text/*;q=0.8, */*;q=0.5", CSV),
        (f"*/*, {CSV};q=0.5", JSON),
        (f"{XML};q=0.7, */*;q=0.7", XML),
        ("text/csv, */*", CSV),
        # of equals the first offered
        (f"{TSV}, {CSV}", CSV),
        (f"{CSV};q=0.5, {JSON};q=0.5", JSON),
        # parameters
        ("text/csv;charset=utf-8", CSV),
        ('text/csv; charset="UTF-8"', CSV),
        ("text/csv;header=present", CSV),
        ("text/csv;charset=utf-8;q=0.3, text/tab-separated-values;q=0.2", CSV),
        (f"text/csv;header=absent, {XML};q=0.1", XML),
        ("text/csv;header=absent", CSV),
        ("text/csv;charset=shift_jis, */*;q=0.1", JSON),
        (f'{JSON};profile="a, b; q=0"', JSON),
        (f"{XML};version=1.2;q=0.9, {CSV};q=0.1", CSV),
        (f"{XML};version=1.2", XML),
        (f"{CSV};q=0.5;ext=1, {XML};q=0.4", CSV),
        # what is malformed is passed over
        (f"{CSV};q=much, {XML};q=0.1", XML),
        (f"{CSV};q=2, {XML}", XML),
        (f"{CSV};q=-1, {XML}", XML),
        (f"*/csv, {XML}", XML),
        (f"csv, {XML}", XML),
        (f"/, {XML}", XML),
        (f"{CSV}/x, {XML}", XML),
        ("everything", JSON),
        ("application/x-none, text/csv;q=0.1", CSV),
    ],
)
def test_accept(accept: str, picked: str) -> None:
    assert chooser(accept)(OFFERED) == picked


@pytest.mark.parametrize(
    "accept",
    [
        "image/png",
        "text/csv;q=0",
        "*/*;q=0",
        "text/html, application/pdf",
        "application/*;q=0, text/*;q=0.0",
        "text/csv;charset=utf-16",
        f"{JSON};q=0, image/*",
    ],
)
def test_nothing_acceptable(accept: str) -> None:
    with pytest.raises(NotAcceptableError, match="text/csv"):
        chooser(accept)(OFFERED)


def test_the_example_of_the_rfc() -> None:
    accept = (
        "text/*;q=0.3, text/plain;q=0.7, text/plain;format=flowed, "
        "text/plain;format=fixed;q=0.4, */*;q=0.5"
    )
    choose = chooser(accept)
    assert choose(["text/html", "text/plain"]) == "text/plain"
    assert choose(["text/html", "image/jpeg"]) == "image/jpeg"
    assert choose(["image/jpeg", "text/plain"]) == "text/plain"


@given(st.text(max_size=80), st.text(alphabet='texcsv/*;,q=01. "\\-', max_size=80))
def test_no_header_breaks_the_parser(anything: str, similar: str) -> None:
    for accept in (anything, similar):
        try:
            assert chooser(accept)(OFFERED) in OFFERED
        except NotAcceptableError as error:
            assert error.message.ja


# -- over HTTP ---------------------------------------------------------------------------------


def ask(query: str, accept: str | list[str] = "", **parameters: str) -> TestResponse:
    lines = [accept] if isinstance(accept, str) else accept
    headers = [("Accept", line) for line in lines if line]
    return client().get("/sparql", query_string={"query": query, **parameters}, headers=headers)


SELECT, CONSTRUCT = "SELECT (1 AS ?x) {}", "CONSTRUCT { <urn:s> <urn:p> 1 } {}"


@pytest.mark.parametrize("query", [SELECT, "ASK {}"])
@pytest.mark.parametrize("media_type", RESULT_TYPES)
def test_results_in_every_form(query: str, media_type: str) -> None:
    assert ask(query, media_type).mimetype == media_type


@pytest.mark.parametrize("query", [CONSTRUCT, "DESCRIBE <https://w3id.org/kitei/ns>"])
@pytest.mark.parametrize("media_type", GRAPH_TYPES)
def test_graphs_in_every_form(query: str, media_type: str) -> None:
    assert ask(query, media_type).mimetype == media_type


def test_defaults_are_json_and_turtle() -> None:
    for accept in ("", "*/*"):
        assert ask(SELECT, accept).mimetype == JSON
        assert ask("ASK {}", accept).mimetype == JSON
        assert ask(CONSTRUCT, accept).mimetype == TURTLE
        assert ask("DESCRIBE <urn:x>", accept).mimetype == TURTLE


def test_several_header_lines_are_one_list() -> None:
    assert ask(SELECT, ["image/png", "text/csv;q=0.2", f"{XML};q=0.1"]).mimetype == CSV
    assert ask(SELECT, ["*/*", f"{JSON};q=0, {XML};q=0"]).mimetype == "application/json"


def test_clients_that_accept_results_and_graphs_get_either() -> None:
    accept = f"{XML};q=0.9, {LD};q=0.8, {TURTLE};q=0.7"
    assert ask(SELECT, accept).mimetype == XML
    assert ask(CONSTRUCT, accept).mimetype == LD


@pytest.mark.parametrize(
    ("query", "wanted", "media_type"),
    [
        (SELECT, "json", JSON),
        (SELECT, "JSON", JSON),
        (SELECT, "xml", XML),
        (SELECT, "csv", CSV),
        (SELECT, "tsv", TSV),
        (SELECT, "html", "text/html"),
        (SELECT, "application/sparql-results+xml", XML),
        (SELECT, "application/sparql-results xml", XML),
        (SELECT, "text/csv; charset=utf-8", CSV),
        (CONSTRUCT, "json", LD),
        (CONSTRUCT, "xml", "application/rdf+xml"),
        (CONSTRUCT, "turtle", TURTLE),
        (CONSTRUCT, "ttl", TURTLE),
        (CONSTRUCT, "nt", NT),
        (CONSTRUCT, "jsonld", LD),
        (CONSTRUCT, "trig", "application/trig"),
        (CONSTRUCT, "nquads", "application/n-quads"),
        (CONSTRUCT, "html", "text/html"),
    ],
)
def test_format_outweighs_accept(query: str, wanted: str, media_type: str) -> None:
    assert ask(query, "image/png", format=wanted).mimetype == media_type


def test_format_is_a_form_that_the_answer_has() -> None:
    assert_problem(ask(SELECT, format="turtle"), 406)
    assert_problem(ask(CONSTRUCT, format="csv"), 406)
    assert_problem(ask(SELECT, format="image/png"), 406)
    for unknown in ("docx", "", "*", "a/b/c"):
        assert_problem(ask(SELECT, format=unknown), 400)
    with pytest.raises(UsageError):
        accepted("", "sparql-results+json")


def test_every_name_of_a_format_is_one_that_is_written() -> None:
    for accept in FORMATS.values():
        assert chooser(accept)([*RESULT_TYPES, *GRAPH_TYPES, "text/html"])


@pytest.mark.parametrize("accept", [SELECT, "ASK {}", CONSTRUCT, "ASK {", "ASK"])
def test_every_answer_varies_with_accept(accept: str) -> None:
    assert "Accept" in ask(accept, "image/png").vary
    assert "Accept" in ask(accept).vary


# -- what the forms hold -------------------------------------------------------------------------

JAPANESE = '規程「第3条」\n𠮷・ｶﾅ "引用" \\ <&>,;\t終'
ODD = f"""SELECT ?text ?tagged ?number ?thing ?nothing WHERE {{
  BIND({json.dumps(JAPANESE, ensure_ascii=False)} AS ?text)
  BIND("事故"@ja AS ?tagged) BIND(7 AS ?number) BIND(<urn:例> AS ?thing)
}}"""


def test_json_leaves_out_what_is_unbound() -> None:
    (row,) = ask(ODD).get_json(force=True)["results"]["bindings"]
    assert row["text"] == {"type": "literal", "value": JAPANESE}
    assert row["tagged"] == {"type": "literal", "value": "事故", "xml:lang": "ja"}
    assert row["thing"] == {"type": "uri", "value": "urn:例"}
    assert row["number"]["datatype"].endswith("#integer")
    assert "nothing" not in row


def test_xml_is_well_formed() -> None:
    space = "{http://www.w3.org/2005/sparql-results#}"
    document = ET.fromstring(ask(ODD, XML).data)  # noqa: S314  (our own)
    found = {b.get("name"): b[0].text for b in document.iter(f"{space}binding")}
    assert found == {"text": JAPANESE, "tagged": "事故", "number": "7", "thing": "urn:例"}


def test_csv_has_plain_values() -> None:
    rows = list(csv.reader(io.StringIO(ask(ODD, CSV).text, newline="")))
    assert rows == [
        ["text", "tagged", "number", "thing", "nothing"],
        [JAPANESE, "事故", "7", "urn:例", ""],
    ]


def test_tsv_has_turtle_terms() -> None:
    header, row, rest = ask(ODD, TSV).text.split("\n")
    assert header == "?text\t?tagged\t?number\t?thing\t?nothing"
    text, tagged, number, thing, nothing = row.split("\t")
    assert (tagged, number, thing, nothing, rest) == ('"事故"@ja', "7", "<urn:例>", "", "")
    turtle = f"<urn:s> <urn:p> {text} ."
    (read,) = Graph().parse(data=turtle, format="turtle").objects(URIRef("urn:s"), None)
    assert str(read) == JAPANESE


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")  # rdflib's own, in JSON-LD
@pytest.mark.parametrize("media_type", GRAPH_TYPES)
def test_graphs_round_trip(media_type: str) -> None:
    text = json.dumps(JAPANESE, ensure_ascii=False)
    answer = ask(
        f'CONSTRUCT {{ <urn:s> <urn:p:名> {text}, "事故"@ja, 7, <urn:例> }} {{}}', media_type
    )
    # Without graphs TriG is Turtle, and N-Quads are N-Triples.
    alike = {"application/trig": TURTLE, "application/n-quads": NT}
    graph = Graph().parse(data=answer.data, format=alike.get(media_type, media_type))
    values = {str(value) for value in graph.objects(URIRef("urn:s"), URIRef("urn:p:名"))}
    assert values == {JAPANESE, "事故", "7", "urn:例"}
    assert Literal("事故", "ja") in set(graph.objects())


def test_what_xml_cannot_hold_is_said_and_not_written() -> None:
    control = 'SELECT ("a\\u0001b" AS ?x) {}'
    assert_problem(ask(control, XML), 406)
    assert ask(control).get_json(force=True)["results"]["bindings"][0]["x"]["value"] == "a\x01b"
    for bad in ('<urn:s> <urn:p> "\\uFFFF"', "<urn:s> <http://example.org/2024> 1"):
        query = f"CONSTRUCT {{ {bad} }} {{}}"
        detail = assert_problem(ask(query, "application/rdf+xml"), 406)["detail"]
        assert "choose another" in str(detail)
        assert ask(query).status_code == 200
    assert ask('SELECT ("<oxprefix: >" AS ?x) {}', XML).status_code == 200


# -- pages ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("accept", [FIREFOX, CHROME, "text/html"])
def test_browsers_get_a_table(accept: str) -> None:
    response = ask(ODD, accept)
    assert response.content_type == "text/html; charset=utf-8"
    page = checked_page(response.text)
    assert "事故" in page.said and "nothing" in page.said
    for link in page.links:
        assert client().get(link, follow_redirects=True).status_code == 200, link


def test_a_truth_value_and_a_graph_have_pages() -> None:
    assert "true" in checked_page(ask("ASK {}", FIREFOX).text).said
    page = checked_page(ask(CONSTRUCT, FIREFOX).text)
    assert "<urn:s> <urn:p> 1 ." in page.said
    assert all(client().get(link, follow_redirects=True).status_code == 200 for link in page.links)


def test_a_page_that_shows_a_part_says_so() -> None:
    many = "SELECT ?a ?b { VALUES ?a { 1 2 3 4 5 6 } ?b a ?c } LIMIT 1003"
    page = checked_page(ask(many, FIREFOX, lang="en").text)
    assert "there are 3 more rows" in page.said
    assert "ほかに 3 行" in checked_page(ask(many, FIREFOX, lang="ja").text).said
    assert len(ask(many).get_json(force=True)["results"]["bindings"]) == 1003
    whole = client().get("/graphs?default&format=html&lang=en").text
    assert "This page shows a part" in checked_page(whole).said
    assert "part" not in checked_page(ask(SELECT, FIREFOX, lang="en").text).said


def test_things_in_a_table_lead_to_their_own_page() -> None:
    query = "SELECT ?post { ?day a <https://w3id.org/kitei/ns#AskedDay> . ?c ?p ?day } LIMIT 3"
    response = client().get(
        "/sparql", query_string={"query": query, "as-of": AS_OF}, headers={"Accept": FIREFOX}
    )
    assert response.status_code == 200
    named = "SELECT ?x { VALUES ?x { <https://w3id.org/kitei/ns#Rule> <javascript:alert(1)> } }"
    page = checked_page(ask(named, FIREFOX).text.replace("javascript:", "js:"))
    assert [link for link in page.links if "Rule" in link]
    assert not [link for link in page.links if link.startswith("js:")]


def test_markup_in_data_is_text(tmp_path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "evil.ttl"
    evil = "<script>alert(1)</script>"
    path.write_text(
        f'<urn:s> <http://www.w3.org/2000/01/rdf-schema#label> "{evil}"@en .', encoding="utf-8"
    )
    attacked: FlaskClient = create_app(
        fresh_city(False, [GraphFile(path, "urn:evil")])
    ).test_client()
    for query in ("SELECT * { <urn:s> ?p ?o }", "CONSTRUCT WHERE { <urn:s> ?p ?o }"):
        response = attacked.get("/sparql", query_string={"query": query, "format": "html"})
        assert evil in checked_page(response.text).said
