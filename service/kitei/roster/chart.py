"""組織: the units of the city, their heads, and what they were called before."""

from __future__ import annotations

from kitei.roster.cells import Record
from kitei.roster.lexicon import normalise
from kitei.roster.names import Unit
from kitei.roster.statements import Statements
from kitei.terms import iri, literal


def read_chart_entry(record: Record) -> None:
    """Write an entry of the organisation chart."""
    above = record.unit("parent")
    written = record.text("name", required=True)
    names = record.draft.names
    unit = names.below(above, written) if above else names.unit(written)
    head = record.text("head_post")
    start, end = record.day("start"), record.day("end")
    fact = Statements(record, "kitei:ChartEntry")
    fact.add("kitei:unit", unit.term)
    if head and not record.spoiled:
        post = names.post(unit, head)
        fact.add("kitei:headTitle", literal(post.title))
        fact.add("kitei:headPost", post.term)
    _add_authority(record, fact)
    fact.add("kitei:parent", above.term if above else None)
    fact.day("kitei:from", start)
    fact.day("kitei:through", end)
    _add_former(record, fact, above)
    fact.close("chart-entry", start, end)


def _add_authority(record: Record, fact: Statements) -> None:
    written = record.text("authority")
    concept = record.draft.lexicon.authorities.get(normalise(written))
    if concept:
        fact.add("kitei:authority", iri(concept))
    elif written:
        fact.add("kitei:authorityLabel", literal(normalise(written)))


def _add_former(record: Record, fact: Statements, above: Unit | None) -> None:
    """The former name, linked where the rules still know the unit by it."""
    written = record.text("formerly")
    if not written:
        return
    known = record.draft.lexicon.units
    for path in (f"{above.path if above else ''}{normalise(written)}", normalise(written)):
        if path in known:
            fact.add("kitei:formerly", iri(known[path]))
            break
    fact.add("kitei:formerlyLabel", literal(written))
