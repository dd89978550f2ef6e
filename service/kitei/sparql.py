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
_UPDATE = re.compile(r"\b(?:INSERT|DELETE|LOAD|CLEAR|DROP|CREATE|ADD|MOVE|COPY)\b", re.IGNORECASE)
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
    # SPARQL lets \u0053 stand for S anywhere (section 19.2); engines differ in where
    # they replace it, so both readings have to pass.
    _examine(query)
    if _CODEPOINT.search(query):
        _examine(_CODEPOINT.sub(_character, query))


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
