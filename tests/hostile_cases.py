"""What no friend would send: queries and bytes, each with how it may end."""

from __future__ import annotations

from typing import NamedTuple

DIRECT = "application/sparql-query"
FORM = "application/x-www-form-urlencoded"
REFUSED, BUSY = (400,), (503, 504)
ENDED = (200, 400, *BUSY)
ALL = "?a ?b ?c . ?d ?e ?f . ?g ?h ?i"
LONG = 60_000


class Hostile(NamedTuple):
    """A query that no friend would send, and how it may end."""

    name: str
    query: str
    statuses: tuple[int, ...] = ENDED


def doubling(expression: str, times: int = 60) -> str:
    """``expression`` of ?x applied to itself, so that it grows with every step."""
    steps = "".join(
        f"BIND({expression.replace('?x', f'?x{n}')} AS ?x{n + 1}) " for n in range(times)
    )
    return f'SELECT (STRLEN(STR(?x{times})) AS ?n) {{ BIND("aaaaaaaa" AS ?x0) {steps} }}'


def repeated(before: str, part: str, after: str) -> str:
    """A query of nearly the longest kind."""
    return before + part * ((LONG - len(before) - len(after)) // len(part)) + after


RUNAWAYS = [
    Hostile("cross product, counted", f"SELECT (COUNT(*) AS ?n) {{ {ALL} }}", BUSY),
    Hostile("cross product, all of it", f"SELECT * {{ {ALL} }}", BUSY),
    Hostile("cross product, ordered", f"SELECT * {{ {ALL} }} ORDER BY ?c ?f ?i", BUSY),
    Hostile("cross product, distinct", f"SELECT DISTINCT ?a ?d ?g {{ {ALL} }}", BUSY),
    Hostile("cross product, as a graph", f"CONSTRUCT {{ ?a ?e ?i }} {{ {ALL} }}", BUSY),
    Hostile("cross product, described", f"DESCRIBE * {{ {ALL} }}", BUSY),
    Hostile("cross product, never true",
            f"ASK {{ {ALL} FILTER(CONCAT(STR(?a), STR(?f), STR(?i)) = '-') }}", BUSY),
    Hostile("paths over everything", "SELECT (COUNT(*) AS ?n) { ?s (!<urn:x>)* ?o }"),
    Hostile("paths both ways", "SELECT * { ?s (!<urn:x>|!^<urn:x>)+ ?o . ?o (!<urn:y>)+ ?z }"),
    Hostile("paths of paths", "SELECT * { ?s ((((!<urn:x>)*)*)*)* ?o }"),
    Hostile("OPTIONAL chain", "SELECT * { " + "".join(
        f"OPTIONAL {{ ?a{n} ?b{n} ?c{n} }} " for n in range(40)) + "}", BUSY),
    Hostile("OPTIONAL nested", "SELECT * { " + "OPTIONAL { ?s ?p ?o " * 90 + "}" * 91),
    Hostile("EXISTS nested", "SELECT * { ?s ?p ?o " + "FILTER NOT EXISTS { ?x ?y ?z " * 40
            + "}" * 41),
    Hostile("subqueries nested", "SELECT * { " + "{ SELECT * { ?s ?p ?o " * 45 + "} }" * 45 + "}"),
    Hostile("MINUS of everything", f"SELECT * {{ {ALL} MINUS {{ ?x ?y ?z . ?c ?f ?i }} }}", BUSY),
    Hostile("ORDER BY RAND", "SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY RAND()", BUSY),
    Hostile("GROUP_CONCAT of a cross product",
            "SELECT (GROUP_CONCAT(CONCAT(STR(?a), STR(?f))) AS ?x) { ?a ?b ?c . ?d ?e ?f }", BUSY),
    Hostile("CONCAT doubling", doubling("CONCAT(?x, ?x)")),
    Hostile("REPLACE growing", doubling('REPLACE(?x, "a", "aaaaaaaaaa")', 20)),
    Hostile("ENCODE growing", doubling("ENCODE_FOR_URI(CONCAT('%', ?x, '%', ?x))", 40)),
    Hostile("STRDT doubling", doubling("STRDT(CONCAT(STR(?x), STR(?x)), <urn:t>)")),
    Hostile("IRI doubling", doubling("IRI(CONCAT('urn:', STR(?x), STR(?x)))")),
    Hostile("regex (a+)+$", "SELECT * { FILTER(REGEX('" + "a" * 5000 + "!', '(a+)+$')) }"),
    Hostile("regex counted", "ASK { FILTER(REGEX('aaaa', '((a{1,1000}){1,1000}){1,1000}')) }"),
    Hostile("regex alternatives", "ASK { FILTER(REGEX('a', '" + "(a|b)?" * 5000 + "')) }"),
    Hostile("regex from the data", "ASK { ?a ?b ?c . ?d ?e ?f FILTER(REGEX(STR(?c), STR(?f)))"
            " FILTER(STRLEN(?c) < 0) }"),
    Hostile("VALUES, huge", repeated("SELECT * { VALUES ?x { ", "1 ", "} }")),
    Hostile("VALUES, multiplied", "SELECT (COUNT(*) AS ?n) { " + "".join(
        f"VALUES ?x{n} {{ {'1 ' * 500} }} " for n in range(8)) + "}", BUSY),
    Hostile("60 KiB of +", repeated("SELECT (1", "+1", " AS ?x) {}")),
    Hostile("60 KiB of &&", repeated("ASK { FILTER(true", "&&true", ") }")),
    Hostile("60 KiB of UNION", repeated("SELECT * { {}", "UNION{}", " }")),
    Hostile("60 KiB of !", repeated("ASK { FILTER(", "!", "true) }")),
    Hostile("60 KiB of -", repeated("ASK { FILTER(", "- ", "1) }")),
    Hostile("60 KiB of ^", repeated("ASK { ?s ", "^", "<urn:x> ?o }")),
    Hostile("60 KiB of /", repeated("ASK { ?s <u:x>", "/<u:x>", " ?o }")),
    Hostile("60 KiB of |", repeated("ASK { ?s <u:x>", "|<u:x>", " ?o }")),
    Hostile("60 KiB of ?", repeated("ASK { ?s <u:x>", "?", " ?o }")),
    Hostile("60 KiB of prefixes", repeated("", "PREFIX a:<u:a#>\n", "ASK {}")),
    Hostile("60 KiB of BASE", repeated("", "BASE <u:a/b/c/>\n", "ASK { <../x> ?p ?o }")),
    Hostile("60 KiB of OPTIONAL", repeated("SELECT * { ", "OPTIONAL{}", "}")),
    Hostile("60 KiB of ;", repeated("ASK { ?s ?p ?o ", ";", "}")),
    Hostile("60 KiB of a comment", repeated("ASK {} #", "(", "")),
    Hostile("60 KiB of quotes", repeated("ASK { ?s ?p ", "\"'", "")),
]  # fmt: skip
BOMBS = [
    *(Hostile(f"{opening} 30,000 deep", f"{before}{opening * 30_000}", REFUSED)
      for before, opening in (("ASK ", "{"), ("ASK { FILTER(", "("), ("ASK { ?s ?p ", "["),
                              ("ASK { ?s ?p ", "(["), ("ASK { ?s ", "(^"), ("ASK { <<", "<<("))),
    Hostile("brackets as escapes", "ASK " + "\\u007B" * 9_000, REFUSED),
    Hostile("parentheses as long escapes", "ASK { FILTER(" + "\\U00000028" * 5_000, REFUSED),
    Hostile("SERVICE", "ASK { SERVICE <http://127.0.0.1:9/> {} }", REFUSED),
    Hostile("SERVICE SILENT", "ASK { SERVICE SILENT <http://127.0.0.1:9/> {} }", REFUSED),
    Hostile("SERVICE ?variable", "ASK { VALUES ?u {<http://127.0.0.1:9/>} SERVICE ?u {} }",
            REFUSED),
    Hostile("SERVICE behind a comment", "ASK { # }\nSERVICE#\n<http://127.0.0.1:9/> {} }", REFUSED),
    Hostile("SERVICE in escapes", "ASK { \\u0053ERVICE <http://127.0.0.1:9/> {} }", REFUSED),
    Hostile("LOAD", "LOAD <file:///etc/passwd>", REFUSED),
    Hostile("INSERT", "INSERT DATA { <urn:a> <urn:b> <urn:c> }", REFUSED),
    Hostile("an update after a query", "ASK {} ; DROP ALL", REFUSED),
    Hostile("a lone surrogate", "ASK { FILTER('\\uD800' = '') }", REFUSED),
    Hostile("NUL", "ASK {}\0", REFUSED),
    Hostile("beyond 64 KiB", "ASK {}" + " " * 70_000, REFUSED),
]  # fmt: skip


class Raw(NamedTuple):
    """Bytes that no client would send, and the statuses that may answer; 0: none at all."""

    name: str
    data: bytes
    statuses: tuple[int, ...]


HOST = b"Host: localhost\r\n"
ASKED = b"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\n"
POSTED = b"POST /sparql HTTP/1.1\r\n" + HOST + f"Content-Type: {DIRECT}\r\n".encode()
CHUNKED = b"Transfer-Encoding: chunked\r\n"


def path(target: str) -> bytes:
    """A request of a path."""
    return f"GET {target} HTTP/1.1\r\n".encode() + HOST + b"\r\n"


def host(name: str) -> bytes:
    """A request of a host."""
    return ASKED + f"Host: {name}\r\n\r\n".encode()


RAW = [
    Raw("two lengths", POSTED + b"Content-Length: 6\r\nContent-Length: 7\r\n\r\nASK {}x", (400,)),
    Raw("a list of lengths", POSTED + b"Content-Length: 6, 6\r\n\r\nASK {}", (400,)),
    Raw("a negative length", POSTED + b"Content-Length: -6\r\n\r\nASK {}", (400,)),
    Raw("a signed length", POSTED + b"Content-Length: +6\r\n\r\nASK {}", (400,)),
    Raw("a length beyond all", POSTED + b"Content-Length: " + b"9" * 30 + b"\r\n\r\n", (400,)),
    Raw("10 GB announced", POSTED + b"Content-Length: 9999999999\r\n\r\nASK {}", (413,)),
    Raw("a coding nobody knows", POSTED + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", (400,)),
    Raw("chunked, not last", POSTED + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        (400,)),
    Raw("a space before the colon", POSTED + b"Transfer-Encoding : chunked\r\n\r\n", (400,)),
    Raw("a folded header", ASKED + HOST + b"X: a\r\n b\r\n\r\n", (400,)),
    Raw("a bare CR", ASKED + HOST + b"X: a\rY: b\r\n\r\n", (400,)),
    Raw("NUL in a header", ASKED + HOST + b"X: a\0b\r\n\r\n", (400,)),
    Raw("no host", ASKED + b"\r\n", (400,)),
    Raw("two hosts", ASKED + HOST + b"Host: evil.example\r\n\r\n", (400,)),
    Raw("a foreign host with a target of ours",
        b"GET http://localhost/ HTTP/1.1\r\nHost: evil.example\r\n\r\n", (400,)),
    Raw("HTTP/1.0 without a host", b"GET / HTTP/1.0\r\n\r\n", (400,)),
    Raw("HTTP/0.9", b"GET /\r\n\r\n", (400,)),
    Raw("HTTP/2 in the clear", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", (0, 400)),
    Raw("TLS", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", (0, 400)),
    Raw("500 headers", ASKED + HOST + b"".join(b"X%d: a\r\n" % n for n in range(500)) + b"\r\n",
        (431,)),
    Raw("a URL of 1 MB", path("/?a=" + "a" * 1_000_000), (414, 431)),
    Raw("CONNECT", b"CONNECT evil.example:80 HTTP/1.1\r\n" + HOST + b"\r\n", (404, 405)),
    Raw("TRACE", b"TRACE / HTTP/1.1\r\n" + HOST + b"Cookie: a=b\r\n\r\n", (405,)),
    Raw("a method in another's clothes", b"POST / HTTP/1.1\r\n" + HOST
        + b"X-HTTP-Method-Override: GET\r\nContent-Length: 0\r\n\r\n", (405,)),
    Raw("many ranges", b"GET /static/kitei.css HTTP/1.1\r\n" + HOST + b"Range: bytes="
        + b",".join(b"%d-" % n for n in range(1500)) + b"\r\n\r\n", (200, 416)),
    Raw("gzip", POSTED + b"Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n\x1f\x8b", (415,)),
    Raw("chunks without end", POSTED + CHUNKED + b"\r\n" + (b"10000\r\n" + b" " * 65536 + b"\r\n")
        * 40, (0, 400, 413)),
    Raw("10,000 parameters", POSTED.replace(DIRECT.encode(), FORM.encode())
        + b"Content-Length: 49999\r\n\r\n" + b"&".join([b"a=bc"] * 10_000), (400,)),
    Raw("overlong UTF-8", path("/sparql?query=ASK%7B%22%C0%AF%22%7D"), (400,)),
    *(Raw(f"host {name}", host(name), (400,)) for name in (
        "user@localhost", "localhost:80x", "localhost.evil.example", "[fe80::1%25eth0]",
        "localhost,evil.example", "evil.example/localhost", "localhost\\@evil.example", "")),
    *(Raw(f"path {target}", path(target), (400, 404)) for target in (
        "/static/../../kb.py", "/static/%2e%2e/%2e%2e/kb.py", "/static/..%2f..%2fkb.py",
        "/static/%5c..%5ckb.py", "/static/kitei.css%00", "/static/etc/passwd",
        "/id/..%2f..%2fetc/passwd", "/id/%ed%a0%80", "/ns/%00", "/q/..%2fx", "/q/%ff",
        "/reg/%2e%2e%2f", "/reg/a/..%2f..", "/sparql/..;/x.css", "//evil.example/..",
        "/%c0%ae%c0%ae/")),
]  # fmt: skip
