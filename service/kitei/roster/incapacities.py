"""事故: who could not perform the duties, from which day to which.

The column 事由 is never looked at: it holds health data and answers nothing.
"""

from __future__ import annotations

from kitei.roster.cells import Record
from kitei.roster.statements import Statements
from kitei.terms import boolean


def read_incapacity(record: Record) -> None:
    """Write an incapacity; an empty 事故の有無 is stated as nothing, for rules to read."""
    marks = record.draft.lexicon.incapacity_marks
    established = record.word("incapacity", marks)
    record.text("staff_id", required=True)
    start, end = record.day("start", required=True), record.day("end")
    fact = Statements(record, "kitei:Incapacity")
    fact.add("kitei:incapacitated", record.person("staff_id"))
    fact.day("kitei:from", start)
    fact.day("kitei:through", end)
    fact.add("kitei:established", None if established is None else boolean(established))
    fact.close("incapacity", start, end)
