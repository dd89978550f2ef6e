"""What is refused of a query before any parser sees it, and what only looks like it."""

from __future__ import annotations

import re
import sys
from contextlib import suppress
from time import process_time
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitei import sparql
from kitei.errors import UsageError
from kitei.sparql import DEEPEST, LONGEST, examine, volatile


@pytest.mark.parametrize(
    "query",
    [
        'SELECT * { ?s ?p "SERVICE" }',
        "SELECT * { ?s ?p '''it's \"SERVICE\" { ''' }",
        'SELECT * { ?s ?p "\\"SERVICE" }',
        "SELECT ?service { ?service ?p $SERVICE } # SERVICE <x> ((((",
        "SELECT * { ?s <http://example.org/SERVICE#a> :SERVICE, ex:service-of }",
        "SELECT * { FILTER(?a<?b) FILTER(?c>?d) }",
        "SELECT * { ?s ex:a\\#b 1 }",
        "SELECT * { ?s ?p <http://example.org/a)))> }",
        "ASK " + "{" * DEEPEST + "}" * DEEPEST,
        'SELECT ("' + "(" * 500 + '" AS ?x) {}',
        "SELECT ?x { BIND('INSERT' AS ?x) }",
        "SELECT * { " + "(1)" * 1000 + "}",
    ],
)
def test_what_only_looks_dangerous_passes(query: str) -> None:
    examine(query)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { SERVICE <http://example.org/> {} }",
        "select*{seRViCe<http://example.org/>{}}",
        "SELECT * { # a comment\nSERVICE # another\n<http://example.org/> {} }",
        "SELECT * { { OPTIONAL { SERVICE SILENT ?x {} } } }",
        "PREFIX : <http://example.org/> SELECT * {SERVICE:x{}}",
        "SELECT * {SERV\\u0049CE <http://example.org/> {}}",
        "SELECT * {?s ?p 1SERVICE<http://example.org/>{}}",
        "SELECT * {SERVICESILENT<http://example.org/>{}}",
        "SELECT * {FILTER(1<2)SERVICE<http://example.org/>{}}",
        'SELECT * {?s <a#b> "#" SERVICE <x> {}}',
        "SELECT * {?s <\\u0061#b> ?o . SERVICE <x> {}}",
        "SELECT * {?s ?p '' SERVICE <x> {} '' }",
        'SELECT * {?s ?p "a\\\\" . SERVICE <x> {}}',
        "SELECT * {?s ?p '# ' . SERVICE <x> {} }",
    ],
)
def test_service_is_found_wherever_it_hides(query: str) -> None:
    with pytest.raises(UsageError, match="SERVICE"):
        examine(query)


@pytest.mark.parametrize(
    "query",
    [
        "ASK " + "{" * (DEEPEST + 1),
        "SELECT * {FILTER(1<" + "(" * 200 + "1" + ")" * 200 + ">0)}",
        "SELECT * { ?s ?p " + "[" * 60 + "(" * 60,
        "SELECT * { " + ")" * 500 + "(" * 101,
        "SELECT * { " + ("(" * 90 + "<a" + ")" * 90 + ">") * 2,
        "SELECT * { #\n" + "(" * 101,
    ],
)
def test_deep_nesting_is_refused(query: str) -> None:
    with pytest.raises(UsageError, match="too deeply"):
        examine(query)


def test_the_longest_query_is_measured_in_bytes() -> None:
    examine("#" * LONGEST)
    for query in ("#" * (LONGEST + 1), "あ" * (LONGEST // 3 + 1)):
        with pytest.raises(UsageError, match="too long"):
            examine(query)


@pytest.mark.parametrize("query", ["CLEAR ALL", "insert data { <a> <b> <c> }", "LOAD <x>"])
def test_updates_are_named_as_such(query: str) -> None:
    with pytest.raises(UsageError, match="updates are refused"):
        examine(query)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT (RAND() AS ?x) {}",
        "SELECT (rand ( ) AS ?x) {}",
        "SELECT (NOW#c\n() AS ?x) {}",
        "SELECT (STRUUID() AS ?x) (1 AS ?y) {}",
        "SELECT (UUID() AS ?x) {}",
        "SELECT (BNODE('a') AS ?x) {}",
        "ASK { FILTER(1<RAND()&&2>1) }",
        "ASK { FILTER(0.5>RAND\t()) }",
        "SELECT (R\\u0041ND() AS ?x) {}",
        "SELECT (1*1RAND() AS ?x) {}",
    ],
)
def test_what_may_differ_each_time_is_known(query: str) -> None:
    assert volatile(query)


@pytest.mark.parametrize(
    "query", ["ASK {}", "SELECT ?known { ?known ?nowhere 'Randall' }", "SELECT ?random_ {}"]
)
def test_what_stays_the_same_is_known(query: str) -> None:
    assert not volatile(query)


@pytest.mark.parametrize(
    "part", ['"""\\"', "<a ", "'\\'", '"""a', "\\u0041", '"\n', "'''", "<", ":", "?", '""""', "#"]
)
def test_scanning_takes_linear_time(part: str) -> None:
    query = (part * LONGEST)[:LONGEST]
    started = process_time()
    with suppress(UsageError):
        examine(query)
    assert process_time() - started < 2, "some hundredths of a second are usual"


@given(st.text(alphabet="(){}[]<>\"'#\\ \n:?aSERVICEu0049.", max_size=60))
def test_no_text_breaks_the_scanner(text: str) -> None:
    try:
        examine(text)
    except UsageError as error:
        assert error.message.ja


_PARTS = st.sampled_from(
    [
        *"(){}[]<>\"'#\\:? \n.a1",
        "SERVICE",
        "ſervice",
        "İnsert",
        "add",
        "select",
        "now",
        "uuıd",
        "\\u0053",
    ]
)


@given(st.lists(_PARTS, max_size=40).map("".join))
def test_a_glance_lets_nothing_pass_that_the_scan_finds(query: str) -> None:
    def outcome() -> tuple[str | None, bool]:
        try:
            examine(query)
        except UsageError as error:
            return error.message.en, volatile(query)
        return None, volatile(query)

    glanced = outcome()
    with patch.object(sparql, "_lacks", return_value=False):
        assert glanced == outcome()


def test_every_letter_is_known_that_a_pattern_takes_for_another() -> None:
    others = "".join(map(chr, range(128, sys.maxunicode + 1)))
    assert set(re.findall("[a-z]", others, re.IGNORECASE)) == sparql._ALIKE
