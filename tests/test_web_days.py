"""``as-of`` on every read: the facts of that day, and the status where no text is held."""

from __future__ import annotations

import pytest
from rdflib import Graph, Namespace
from tests.web_support import AS_OF, assert_problem, client

from kitei.namespaces import ID, KITEI

K = Namespace(KITEI)
READS = ["/", "/q/who-acts", "/sparql", "/.well-known/void", "/graphs?default", "/id/032158", "/ns"]
WITHOUT_TEXT = [("2022-05-05", "text-not-held"), ("2020-05-05", "text-not-in-force")]
STATUSES = {
    "text-not-held": f"{KITEI}status-text-not-held",
    "text-not-in-force": f"{KITEI}status-not-in-force",
}


def rows(query: str, day: str) -> list[dict[str, str]]:
    asked = {"query": f"PREFIX kitei: <{KITEI}>\n{query}", "as-of": day}
    response = client().get("/sparql", query_string=asked)
    assert response.status_code == 200, response.text
    found = response.get_json(force=True)["results"]["bindings"]
    return [{name: term["value"] for name, term in row.items()} for row in found]


@pytest.mark.parametrize("address", READS)
def test_every_read_takes_a_day(address: str) -> None:
    joint = "&" if "?" in address else "?"
    for day in (AS_OF, "令和6年6月5日", "R6.6.5"):
        assert client().get(f"{address}{joint}as-of={day}").status_code == 200
    for bad in ("2024-02-30", "yesterday", "1500-01-01", ""):
        assert_problem(client().get(f"{address}{joint}as-of={bad}"), 400)
    assert_problem(client().get(f"{address}{joint}as-of={AS_OF}&as-of={AS_OF}"), 400)


@pytest.mark.parametrize(("day", "text"), WITHOUT_TEXT)
def test_sparql_says_that_no_text_is_held(day: str, text: str) -> None:
    asked = rows("SELECT ?text { ?day a kitei:AskedDay ; kitei:textStatus ?text }", day)
    assert asked == [{"text": KITEI + text}]
    cases = rows("SELECT DISTINCT ?status { ?case a kitei:PostOnDay ; kitei:status ?status }", day)
    assert cases == [{"status": STATUSES[text]}]


@pytest.mark.parametrize(("day", "text"), WITHOUT_TEXT)
def test_no_rule_of_another_version_speaks_on_such_a_day(day: str, text: str) -> None:
    facts = f"GRAPH <{ID}day/{day}> {{ ?s ?p ?o }}"
    for pattern in (
        "?case kitei:actedBy ?person",
        "?case kitei:answer ?answer . ?answer kitei:person ?person",
        "?case a kitei:PostOnDay ; kitei:rule ?rule",
        f"{facts} FILTER(STRSTARTS(STR(?o), '{ID}032158/dx-headquarters/2024-04-01'))",
    ):
        assert rows(f"SELECT * {{ {pattern} }} LIMIT 3", day) == [], (pattern, text)


@pytest.mark.parametrize(("day", "text"), WITHOUT_TEXT)
def test_the_other_reads_say_so_too(day: str, text: str) -> None:
    answer = client().get(f"/q/who-acts?post=CDO&as-of={day}").get_json()["answers"][0]
    assert answer["status"] in ("TEXT_NOT_HELD", "NOT_IN_FORCE")
    assert answer["person"] is None
    for address in (f"/graphs?graph={ID}day/{day}&as-of={day}", f"/id/day/{day}"):
        response = client().get(address, headers={"Accept": "text/turtle"})
        graph = Graph().parse(data=response.data, format="turtle")
        assert set(graph.objects(None, K.textStatus)) == {K[text]}


def test_on_a_day_with_text_it_answers() -> None:
    asked = rows("SELECT ?text { ?day a kitei:AskedDay ; kitei:textStatus ?text }", AS_OF)
    assert asked == [{"text": f"{KITEI}text-held"}]
    assert rows("SELECT * { ?case kitei:actedBy ?person } LIMIT 1", AS_OF)


def test_a_dataset_of_ones_own_leaves_the_day_out() -> None:
    query = "SELECT ?day FROM <urn:nothing> { ?day a kitei:AskedDay }"
    assert rows(query, AS_OF) == []
    assert rows(query.replace("urn:nothing", f"{ID}day/{AS_OF}"), AS_OF)
