"""会議 and 最終決定: meetings that were held and decisions that were taken."""

from __future__ import annotations

from kitei.roster.cells import Record
from kitei.roster.statements import Statements
from kitei.terms import iri, literal


def read_meeting(record: Record) -> None:
    """Write a meeting; without 招集日 it was convened on its own day."""
    date = record.day("date", required=True)
    fact = Statements(record, "kitei:MeetingHeld")
    fact.day("kitei:date", date)
    fact.day("kitei:convenedOn", record.day("convened_on") or date)
    fact.add("kitei:convener", record.person("convener", required=True))
    fact.add("kitei:chair", record.person("chair", required=True))
    for attendee in sorted(record.listed("attendees")):
        fact.add("kitei:attendee", record.draft.people.term(attendee))
    fact.day("kitei:reportedOn", record.day("reported_on"))
    fact.close("meeting")


def read_decision(record: Record) -> None:
    """Write a final decision."""
    procedure = record.word("procedure", record.draft.lexicon.procedures, required=True)
    fact = Statements(record, "kitei:FinalDecision")
    fact.day("kitei:date", record.day("date", required=True))
    fact.add("dcterms:title", literal(record.text("subject", required=True)))
    fact.add("kitei:procedure", iri(procedure) if procedure else None)
    fact.add("kitei:submittedBy", record.person("submitted_by"))
    fact.day("kitei:consultedOn", record.day("consulted_on"))
    fact.day("kitei:approvedOn", record.day("approved_on"))
    units = {record.draft.names.unit(path).term for path in record.listed("organizations")}
    for term in sorted(units):
        fact.add("kitei:concerns", term)
    for person in sorted(record.listed("consented_by")):
        fact.add("kitei:consentedBy", record.draft.people.term(person))
    fact.close("decision")
