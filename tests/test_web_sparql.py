"""``/sparql``: the query operation of the SPARQL 1.1 Protocol, over the facts of a day."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest
from tests.web_support import AS_OF, JSON, assert_problem, client, fresh_city

from kitei.kb import GraphFile
from kitei.namespaces import ID
from kitei.web import create_app

WHO_ACTS = """PREFIX kitei: <https://w3id.org/kitei/ns#>
SELECT ?staff {
  ?day a kitei:AskedDay . ?case kitei:day ?day ; kitei:actedBy ?person .
  ?person kitei:staffId ?staff
}"""
DAYS = """PREFIX kitei: <https://w3id.org/kitei/ns#>
SELECT DISTINCT ?date { ?day a kitei:Day ; kitei:date ?date } ORDER BY ?date"""
QUERY = "application/sparql-query"


def get(query: str, **parameters: str):  # type: ignore[no-untyped-def]
    accept = parameters.pop("accept", JSON)
    parameters = {name.replace("_", "-"): value for name, value in parameters.items()}
    return client().get(
        "/sparql", query_string={"query": query, **parameters}, headers={"Accept": accept}
    )


def column(response) -> list[str]:  # type: ignore[no-untyped-def]
    assert response.status_code == 200, response.text
    document = response.get_json(force=True)
    (name,) = document["head"]["vars"]
    return [row[name]["value"] for row in document["results"]["bindings"]]


def test_a_query_is_asked_in_three_ways() -> None:
    url = f"/sparql?as-of={AS_OF}"
    answers = [
        get(WHO_ACTS, as_of=AS_OF),
        client().post("/sparql", data={"query": WHO_ACTS, "as-of": AS_OF}),
        client().post(url, data=WHO_ACTS, content_type=QUERY),
        client().post(f"{url}&x=1", data=WHO_ACTS, content_type=f"{QUERY}; charset=utf-8"),
    ]
    assert [column(answer) for answer in answers] == [["B001"]] * 4


def test_the_facts_are_those_of_the_day_asked_and_of_no_other() -> None:
    assert column(get(WHO_ACTS, as_of="2024-06-05")) == ["B001"]
    assert column(get(WHO_ACTS, as_of="令和6年4月2日")) == []
    assert column(get(WHO_ACTS, as_of="R6.6.5")) == ["B001"]
    assert column(get(DAYS, as_of="2024-06-05")) == ["2024-06-05"]
    in_any = DAYS.replace("{", "{ GRAPH ?g {", 1).replace("}", "} }", 1)
    assert column(get(in_any, as_of="2024-06-05")) == ["2024-06-05"]
    assert get(WHO_ACTS).status_code == 200


def test_a_question_about_a_period_leaves_nothing_behind() -> None:
    before = column(get("SELECT DISTINCT ?g { GRAPH ?g {} } ORDER BY ?g", as_of=AS_OF))
    answer = client().get("/q/cover-gaps?from=2024-04-01&to=2024-12-31")
    assert answer.get_json()["answers"]
    assert column(get("SELECT DISTINCT ?g { GRAPH ?g {} } ORDER BY ?g", as_of=AS_OF)) == before
    assert f"{ID}day/{AS_OF}" in before
    assert f"{ID}graph/period" not in before


def test_a_triple_in_two_graphs_is_counted_once() -> None:
    units = "?u a <http://www.w3.org/ns/org#OrganizationalUnit>"
    counted = column(get(f"SELECT (COUNT(*) AS ?n) {{ {units} }}"))
    assert counted == column(get(f"SELECT (COUNT(DISTINCT ?u) AS ?n) {{ {units} }}"))


@pytest.mark.parametrize(
    ("accept", "content_type", "start"),
    [
        ("*/*", "application/sparql-results+json", "{"),
        ("application/json", "application/json", "{"),
        ("application/sparql-results+xml", "application/sparql-results+xml", "<?xml"),
        ("text/csv", "text/csv; charset=utf-8", "staff\r\nB001\r\n"),
        ("text/tab-separated-values", "text/tab-separated-values; charset=utf-8", '?staff\n"B001"'),
        ("text/csv;q=0.4, application/sparql-results+xml;q=0.5, image/png",
         "application/sparql-results+xml", "<?xml"),
        ("text/*", "text/csv; charset=utf-8", "staff"),
        ("application/sparql-results+json;q=0, */*;q=0.1", "application/json", "{"),
    ],
)  # fmt: skip
def test_solutions_come_in_the_form_liked_best(accept: str, content_type: str, start: str) -> None:
    response = get(WHO_ACTS, as_of=AS_OF, accept=accept)
    assert response.status_code == 200
    assert response.content_type == content_type
    assert response.text.startswith(start)
    assert "Accept" in response.headers["Vary"]


@pytest.mark.parametrize(
    ("accept", "content_type", "body"),
    [
        ("*/*", "text/turtle; charset=utf-8", "id:s id:p 1 ."),
        ("application/n-triples", "application/n-triples", f"<{ID}s> <{ID}p>"),
        ("application/rdf+xml", "application/rdf+xml", "<rdf:RDF"),
        ("application/ld+json", "application/ld+json", f'"{ID}s"'),
    ],
)
def test_graphs_come_in_the_form_liked_best(accept: str, content_type: str, body: str) -> None:
    response = get("CONSTRUCT { <s> <p> 1 } {}", accept=accept)
    assert response.content_type == content_type
    assert body in response.text
    assert "foaf:" not in response.text, "prefixes that nothing uses"


def test_an_answer_in_no_form_that_is_accepted_is_406() -> None:
    assert_problem(get("ASK {}", accept="image/png"), 406)
    assert_problem(get("ASK {}", accept="text/turtle"), 406)
    assert_problem(get("CONSTRUCT {} {}", accept=JSON), 406)


def test_head_answers_without_a_body() -> None:
    response = client().head("/sparql", query_string={"query": "ASK {}"})
    assert (response.status_code, response.data) == (200, b"")


@pytest.mark.parametrize(
    ("parameters", "told"),
    [
        ({"as-of": AS_OF, "default-graph-uri": "urn:g"}, "no query"),
        ({"query": "SELECT"}, "cannot be run"),
        ({"query": ["ASK {}", "ASK {}"]}, "once"),
        ({"query": "ASK {}", "as-of": "2024-02-30"}, "not a date"),
        ({"query": "ASK {}", "as-of": "1500-01-01"}, "not a date"),
        ({"query": "ASK {}", "as-of": ["2024-02-01", "2024-02-02"]}, "once"),
        ({"query": "ASK {}", "default-graph-uri": "no iri"}, "cannot be run"),
        ({"query": "CLEAR ALL"}, "updates are refused"),
        ({"update": "CLEAR ALL"}, "Updates are refused"),
        ({"query": "SELECT * { SERVICE <http://example.org/> {} }"}, "SERVICE"),
        ({"query": "ASK {" + " " * 70_000 + "}"}, "too long"),
        ({"query": "ASK " + "{" * 3000 + "}" * 3000}, "too deeply"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_bad_requests_are_400(
    method: str, parameters: dict[str, str | list[str]], told: str
) -> None:
    if method == "GET":
        response = client().get("/sparql", query_string=parameters)
    else:
        response = client().post("/sparql", data=parameters)
    assert told in str(assert_problem(response, 400)["detail"])


def test_parameters_that_are_not_utf8_are_400() -> None:
    latin = quote('SELECT ("', safe="") + "%E9" + quote('" AS ?x) {}', safe="")
    assert_problem(client().get(f"/sparql?query={latin}"), 400)
    assert_problem(client().post("/sparql", data=b'ASK { "\xe9" }', content_type=QUERY), 400)
    form = "application/x-www-form-urlencoded"
    assert_problem(client().post("/sparql", data=f"query={latin}", content_type=form), 400)


def test_other_bodies_are_415_and_other_methods_405() -> None:
    for content_type in ("text/plain", "application/sparql-update", "multipart/form-data", ""):
        response = client().post("/sparql", data="ASK {}", content_type=content_type)
        assert_problem(response, 415)
    for method in ("PUT", "DELETE", "PATCH"):
        response = client().open("/sparql", method=method)
        assert_problem(response, 405)
        assert {"GET", "POST"} <= set(response.headers["Allow"].split(", "))


def test_a_body_that_is_too_large_is_413() -> None:
    response = client().post("/sparql", data=b" " * 300_000, content_type=QUERY)
    assert_problem(response, 413)


# -- which graphs a query sees ---------------------------------------------------------------

TEXT = f"{ID}graph/oshu/dx-headquarters/2024-04-01.text"
COUNT = "SELECT (COUNT(*) AS ?n) {} {{ ?s ?p ?o }}"


def test_from_and_default_graph_uri_replace_the_default_graph() -> None:
    by_from = column(get(COUNT.format(f"FROM <{TEXT}>"), as_of=AS_OF))
    by_protocol = column(get(COUNT.format(""), as_of=AS_OF, default_graph_uri=TEXT))
    inside = column(get(f"SELECT (COUNT(*) AS ?n) {{ GRAPH <{TEXT}> {{ ?s ?p ?o }} }}"))
    everything = column(get(COUNT.format(""), as_of=AS_OF))
    assert by_from == by_protocol == inside
    assert 0 < int(inside[0]) < int(everything[0])


def test_the_protocol_outweighs_from() -> None:
    day = f"{ID}day/{AS_OF}"
    asked = COUNT.format(f"FROM <{day}>")
    assert column(get(asked, as_of=AS_OF, default_graph_uri=TEXT)) == column(
        get(COUNT.format(f"FROM <{TEXT}>"))
    )
    assert column(get(asked, as_of=AS_OF)) != ["0"]
    assert column(get(asked, as_of="2024-06-06")) == ["0"], "the graph of another day"


def test_named_graph_uri_limits_what_graph_sees() -> None:
    graphs = "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }"
    assert column(get(graphs, named_graph_uri=TEXT)) == [TEXT]
    assert column(get(graphs, default_graph_uri=TEXT)) == []
    assert len(column(get(graphs))) > 3


def test_from_a_file_reads_nothing(tmp_path: Path) -> None:
    secret = tmp_path / "secret.nt"
    secret.write_text("<urn:a> <urn:b> <urn:c> .", encoding="utf-8")
    uri = secret.as_uri()
    assert column(get(COUNT.format(f"FROM <{uri}>"))) == ["0"]
    assert column(get(COUNT.format(""), default_graph_uri=uri)) == ["0"]
    named = f"ASK FROM NAMED <{uri}> {{ GRAPH ?g {{ ?s ?p ?o }} }}"
    assert get(named).get_json(force=True)["boolean"] is False


def test_without_a_roster_the_rules_alone_are_there() -> None:
    found = client(False).get("/sparql", query_string={"query": COUNT.format("")})
    assert int(column(found)[0]) > 1000


def test_data_added_by_a_city_are_seen(tmp_path: Path) -> None:
    path = tmp_path / "more.ttl"
    path.write_text("<urn:a> <urn:b> <urn:c> .", encoding="utf-8")
    more = create_app(fresh_city(False, [GraphFile(path, "urn:more")])).test_client()
    query = {"query": "ASK { GRAPH <urn:more> { <urn:a> ?p ?o } <urn:a> <urn:b> ?c }"}
    assert more.get("/sparql", query_string=query).get_json(force=True)["boolean"] is True
