"""What is refused of a SPARQL query before a parser sees it.

The engine calls out to other servers on SERVICE, and a query nested some
thousand levels deep ends its process; neither can be switched off there. So
the text is scanned once, in linear time, with the lexical rules of SPARQL 1.1
(section 19.8) for what may hide or fake a keyword: comments, strings, IRIs,
variables and local names.

Queries that are long rather than deep (thousands of ``+`` or UNION) and those
that run for ever are not found here; ``kitei.confined`` contains them.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from kitei.errors import UsageError

LONGEST = 64 * 1024
"""The longest query, in bytes of UTF-8."""
DEEPEST = 100
"""The deepest nesting of brackets."""

_TOKEN = re.compile(
    r"""
      (?P<comment>  \# [^\r\n]* )
    | (?P<string>   \"{3} (?: [^"\\] | \\. | "(?!"") )* \"{3}
                  | '{3}  (?: [^'\\] | \\. | '(?!'') )* '{3}
                  | "     (?: [^"\\\r\n] | \\. )* "
                  | '     (?: [^'\\\r\n] | \\. )* ' )
    | (?P<iri>      < (?: [^<>"{}|^`\\\x00-\x20] | \\u[0-9A-Fa-f]{4} | \\U[0-9A-Fa-f]{8} )* > )
    | (?P<variable> [?$] \w+ )
    | (?P<local>    : (?: [\w:%-] | \\. )* )
    | (?P<escape>   \\. )
    """,
    re.VERBOSE | re.DOTALL,
)
_CODEPOINT = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_NO_BRACKET = re.compile(r"[^()\[\]]+")
_BRACKET = re.compile(r"[({\[)}\]]")
_SERVICE = re.compile("service", re.IGNORECASE)
# "from:" is a prefix; nothing else in SPARQL is called so.
_FROM = re.compile(r"(?<![\w@-])FROM\b(?![:.-])", re.IGNORECASE)
_CLAUSE = re.compile(
    _FROM.pattern
    + r"\s*(?P<named>NAMED\b(?![:.-]))?\s*"
    + r"(?P<name><[^>]*>|(?:[^\W\d_](?:[\w.-]*[\w-])?)?:_*(?:\.+[\w%:-]+)*)",
    re.IGNORECASE,
)
_FORM = re.compile(r"(?<![\w@-])(?:SELECT|ASK|CONSTRUCT|DESCRIBE)\b(?![:.-])", re.IGNORECASE)
_UPDATE = re.compile(r"\b(?:INSERT|DELETE|LOAD|CLEAR|DROP|CREATE|ADD|MOVE|COPY)\b", re.IGNORECASE)
_VOLATILE = re.compile(r"(?:NOW|RAND|UUID|BNODE)(?!\w)", re.IGNORECASE)
# Where none of these occurs, not even within a word, nothing of the kind has to be looked for.
_REFUSED = (
    *("service", "insert", "delete", "load", "clear"),
    *("drop", "create", "add", "move", "copy"),
)
_CHANGING = ("now", "rand", "uuid", "bnode")
# Letters that ``re.IGNORECASE`` takes for other ones.
_ALIKE = frozenset("\u0130\u0131\u017f\u212a")
_QUERY = re.compile(r"\b(?:SELECT|ASK|CONSTRUCT|DESCRIBE)\b", re.IGNORECASE)


def examine(query: str) -> None:
    """Refuse a query that is too long, too deep, an update, or that calls for SERVICE.

    Raises ``UsageError``. Well-formedness is for the parser to judge.
    """
    if len(query.encode("utf-8", "surrogatepass")) > LONGEST:
        raise UsageError(
            f"問合せが長すぎる (最大 {LONGEST} バイト)。",
            f"the query is too long (at most {LONGEST} bytes)",
        )
    if _harmless(query):
        return
    # SPARQL lets \u0053 stand for S anywhere (section 19.2); engines differ in where
    # they replace it, so both readings have to pass.
    _examine(query)
    if _CODEPOINT.search(query):
        _examine(_CODEPOINT.sub(_character, query))


def volatile(query: str) -> bool:
    """Whether a query may yield something else each time: NOW, RAND, UUID, STRUUID, BNODE.

    It may say so of a query that does not (a string that holds such a word); never the
    other way round.
    """
    if _lacks(query, _CHANGING):
        return False
    if _VOLATILE.search(query):
        return True
    return "\\" in query and bool(_VOLATILE.search(_CODEPOINT.sub(_character, query)))


class From(NamedTuple):
    """A query that says itself which graphs it is about, taken apart."""

    prologue: str
    """Its prefixes and base."""
    query: str
    """The query with spaces instead of what says so."""
    default: list[str]
    """The names after FROM, as written."""
    named: list[str]
    """The names after FROM NAMED, as written."""


def taken_apart(query: str) -> From | None:
    """What a query says with FROM; ``None`` if it says nothing of the kind.

    Raises ``UsageError`` where that depends on when an escape such as ``\\u0046`` is read.
    """
    masked = _TOKEN.sub(_masked, query)
    found = list(_CLAUSE.finditer(masked))
    names = [query[clause.start("name") : clause.end("name")] for clause in found]
    plain = _CODEPOINT.sub(_character, query) if _CODEPOINT.search(query) else query
    whole = _TOKEN.sub(_masked, plain)
    if len(_FROM.findall(whole)) != len(found) or any("\\" in name for name in names):
        raise UsageError(
            "FROM の後には、グラフの名をそのまま書く (エスケープは用いない)。",
            "after FROM, write the name of a graph plainly, without escapes",
        )
    if not found:
        return None
    form = _FORM.search(masked)
    pieces, end = [], 0
    for clause in found:
        pieces += [query[end : clause.start()], " " * (clause.end() - clause.start())]
        end = clause.end()
    by_kind = {
        bool(kind): [n for n, c in zip(names, found, strict=True) if bool(c["named"]) == kind]
        for kind in (False, True)
    }
    prologue = query[: form.start()] if form else ""
    return From(prologue, "".join([*pieces, query[end:]]), by_kind[False], by_kind[True])


def _masked(token: re.Match[str]) -> str:
    """As long as the token, without anything that could be taken for a keyword."""
    text = token.group()
    if token.lastgroup == "iri":
        return f"<{'i' * (len(text) - 2)}>"
    if token.lastgroup == "comment":
        return " " * len(text)
    last = text[-1] if token.lastgroup == "string" else "_"
    return text[0] + "_" * (len(text) - 2) + last[: len(text) - 1]


def _harmless(query: str) -> bool:
    """Whether a glance is enough: it has too few brackets, and no part of it spells such a word.

    What a scan would take out (strings, comments, names) can only make that less.
    """
    brackets = query.count("(") + query.count("{") + query.count("[")
    return brackets <= DEEPEST and _lacks(query, _REFUSED)


def _lacks(query: str, words: tuple[str, ...]) -> bool:
    """Whether none of ``words`` can be read in it; it may say no of a query that lacks them."""
    if "\\" in query or not (query.isascii() or _ALIKE.isdisjoint(query)):
        return False
    return not any(map(query.lower().__contains__, words))


def _examine(query: str) -> None:
    rest = _TOKEN.sub(_without, query)
    if _depth(rest) > DEEPEST:
        raise UsageError(
            f"括弧の入れ子が深すぎる (最大 {DEEPEST} 段)。",
            f"the query is nested too deeply (at most {DEEPEST} levels)",
        )
    if _SERVICE.search(rest):
        raise UsageError(
            "SERVICE は用いることができない。ほかのサーバーには問い合わせない。",
            "SERVICE is refused: no other server is asked",
        )
    if _UPDATE.search(rest) and not _QUERY.search(rest):
        raise UsageError(
            "更新はできない。問合せだけを受け付ける。", "updates are refused; only queries are run"
        )


def _without(token: re.Match[str]) -> str:
    if token.lastgroup != "iri":
        return ":" if token.lastgroup == "local" else " "
    # After an expression "<" is "less than", and what follows is no IRI: its opening
    # brackets count. Its closing ones count only against those, for if it is an IRI
    # after all, they close nothing.
    kept, level = "", 0
    for bracket in _NO_BRACKET.sub("", token.group()):
        if bracket in "([" or level:
            kept += bracket
            level += 1 if bracket in "([" else -1
    return f" {kept} "


def _depth(text: str) -> int:
    deepest = level = 0
    for bracket in _BRACKET.findall(text):
        level = level + 1 if bracket in "({[" else max(0, level - 1)
        deepest = max(deepest, level)
    return deepest


def _character(escape: re.Match[str]) -> str:
    code = int(escape.group(1) or escape.group(2), 16)
    return chr(code) if code <= 0x10FFFF else escape.group()  # noqa: PLR2004
