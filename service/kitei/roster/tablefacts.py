"""The tables themselves as facts, with the problems that hang on them."""

from __future__ import annotations

from collections.abc import Iterable

from kitei.roster.draft import Draft
from kitei.roster.problems import Place, Problem
from kitei.terms import boolean, integer, literal, name

_TYPE = name("rdf:type")


def state_table(draft: Draft, place: Place, rows: int, *, readable: bool) -> None:
    """State that a table was given, from where, and with how many rows."""
    node = draft.table(place.table)
    draft.state(node, _TYPE, name("kitei:RosterTable"))
    draft.state(node, name("kitei:tableName"), literal(place.table))
    draft.state(node, name("kitei:file"), literal(place.file))
    if place.sheet is not None:
        draft.state(node, name("kitei:sheet"), literal(place.sheet))
    draft.state(node, name("kitei:rows"), integer(rows))
    if not readable:
        draft.state(node, name("kitei:unreadable"), boolean(True))


def state_problems(draft: Draft, problems: Iterable[Problem]) -> None:
    """State each problem below its table."""
    for problem in problems:
        place = problem.place
        table = draft.table(place.table)
        node = f"{table[:-1]}/problem/{place.row or 0}-{place.position}-{problem.code}>"
        draft.state(table, name("kitei:problem"), node)
        for prefixed, value in _properties(draft, problem):
            draft.state(node, name(prefixed), value)


def _properties(draft: Draft, problem: Problem) -> Iterable[tuple[str, str]]:
    place = problem.place
    yield "rdf:type", name("kitei:RosterProblem")
    yield "kitei:code", literal(problem.code)
    yield "kitei:file", literal(place.file)
    if place.sheet is not None:
        yield "kitei:sheet", literal(place.sheet)
    if place.row is not None:
        yield "kitei:row", integer(place.row)
    if place.column is not None:
        yield "kitei:column", literal(place.column)
    if place.cell is not None:
        yield "kitei:cell", literal(place.cell)
    if problem.staff_id is not None:
        yield "kitei:subject", draft.people.term(problem.staff_id)
    yield "kitei:message", literal(problem.message.ja, "ja")
    yield "kitei:message", literal(problem.message.en, "en")
