"""What a query says with FROM is taken out of it whole, and nothing that only looks like it."""

from __future__ import annotations

import pytest

from kitei.errors import UsageError
from kitei.storage.clause import without_from

PATTERN = "{ ?s ?p ?o }"
# Query, what it names for the default graph, and what for GRAPH.
NAMING = {
    "plain": (f"SELECT * FROM <http://e/a> {PATTERN}", ["http://e/a"], []),
    "several": (
        f"SELECT * FROM <http://e/a> FROM NAMED <http://e/b> FROM <http://e/c> {PATTERN}",
        ["http://e/a", "http://e/c"],
        ["http://e/b"],
    ),
    "no space": (f"SELECT *from<http://e/a>WHERE{PATTERN}", ["http://e/a"], []),
    "lines": (
        f"ASK # FROM <http://e/c>\nFROM\n\tNAMED\r\n<http://e/b>{PATTERN}",
        [],
        ["http://e/b"],
    ),
    "prefix": (f"PREFIX e: <http://e/> ASK FROM e:a.b {PATTERN}", ["http://e/a.b"], []),
    "empty prefix": (
        f"PREFIX : <http://e/> ASK FROM :a FROM : {PATTERN}",
        ["http://e/a", "http://e/"],
        [],
    ),
    "prefix named": (f"PREFIX named: <http://e/> ASK FROM named:a {PATTERN}", ["http://e/a"], []),
    "prefixes like forms": (
        f"PREFIX ask: <http://e/> PREFIX from: <http://f/> ASK FROM ask:a FROM from:b {PATTERN}",
        ["http://e/a", "http://f/b"],
        [],
    ),
    "base": (f"BASE <http://e/x/> DESCRIBE ?s FROM <../a> {PATTERN}", ["http://e/a"], []),
    "no base": (f"ASK FROM <a> {PATTERN}", ["https://w3id.org/kitei/id/a"], []),
    "construct": (
        f'CONSTRUCT {{ ?s ?p "FROM <http://e/b>" }} FROM <http://e/a> WHERE {PATTERN}',
        ["http://e/a"],
        [],
    ),
}
WITHOUT = (
    "ASK {}",
    'SELECT ?from { ?from <http://e/FROM> "FROM <http://e/a>"@from }',
    "PREFIX from: <http://e/> ASK { from:x from:y <http://e/z> } # FROM <http://e/a>",
    "ASK { ?s ?p '''\nFROM <http://e/a>''' }",
)
REFUSED = (
    "SELECT * \\u0046ROM <http://e/a> {}",
    "SELECT * FROM <http://e/\\u0061> {}",
    "PREFIX e: <http://e/> SELECT * FROM e:a\\,b {}",
    "SELECT * FROM unknown:a {}",
    "SELECT * FROM {}",
    "SELECT * {} FROM <http://e/a>",
    "SELECT * FROM",
    "FROM <http://e/a>",
)


@pytest.mark.parametrize("named", NAMING)
def test_what_a_query_names_is_taken_out_of_it(named: str) -> None:
    query, default, graphs = NAMING[named]
    plain, wanted = without_from(query)
    assert wanted == (default, graphs)
    assert without_from(plain) == (plain, None)
    assert len(plain) == len(query), "errors are told at their place"


@pytest.mark.parametrize("query", WITHOUT, ids=range(len(WITHOUT)))
def test_what_only_looks_like_it_stays(query: str) -> None:
    assert without_from(query) == (query, None)


@pytest.mark.parametrize("query", REFUSED, ids=range(len(REFUSED)))
def test_what_cannot_be_told_is_refused(query: str) -> None:
    with pytest.raises(UsageError):
        without_from(query)
