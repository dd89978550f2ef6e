"""指名: who was designated or appointed to what, by whom, on which provision."""

from __future__ import annotations

import re
import unicodedata

from kitei.roster import problems
from kitei.roster.cells import Record, iso_day
from kitei.roster.lexicon import Basis
from kitei.roster.statements import Statements
from kitei.terms import integer, iri, literal

_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−ー﹣", "-"))
_IN_WORDS = re.compile(r"第?(\d+)条(の\d+)?(?:第?(\d+)項)?(?:第?(\d+)号)?")


def basis_key(text: str) -> str:
    """A provision's short number: 5-3 for ５－３ and for 第5条第3項."""
    plain = "".join(unicodedata.normalize("NFKC", text).translate(_DASHES).split())
    if match := _IN_WORDS.fullmatch(plain):
        article, branch, paragraph, item = match.groups()
        return "-".join(part for part in (article + (branch or ""), paragraph, item) if part)
    return plain


def read_designation(record: Record) -> None:
    """Write a designation."""
    basis = _basis(record)
    role, principal = _role(record), _principal(record)
    unit = record.unit("organization")
    if basis and basis.needs_organization and unit is None:
        message = problems.organization_needed(record.header.title("organization"))
        record.refuse("organization", message)
    date, end = record.day("date", required=True), record.day("end")
    record.text("staff_id", required=True)
    order = record.number("order")
    fact = Statements(record, "kitei:Designation")
    fact.add("kitei:designated", record.person("staff_id"))
    fact.add("kitei:role", role)
    fact.add("kitei:basisEid", literal(basis.eid) if basis else None)
    fact.add("kitei:organization", unit.term if unit else None)
    fact.add("kitei:designator", record.person("designator", required=True))
    fact.day("kitei:date", date)
    fact.day("kitei:through", end)
    fact.add("kitei:forPrincipal", principal)
    fact.add("kitei:rankInOrder", integer(order) if order else None)
    fact.close("designation", date, end)


def _basis(record: Record) -> Basis | None:
    known, title = record.draft.lexicon.bases, record.header.title("basis")
    text = record.text("basis", required=True)
    basis = known.get(basis_key(text))
    if text and basis is None:
        became_date = iso_day(text) or "月" in text
        message = (
            problems.basis_became_date(title)
            if became_date
            else problems.unknown_word(title, known)
        )
        record.refuse("basis", message)
    return basis


def _role(record: Record) -> str | None:
    """The post designated to; it may be left out where a principal is given."""
    required = not record.text("principal")
    role = record.word("role", record.draft.lexicon.roles, required=required)
    return iri(role) if role else None


def _principal(record: Record) -> str | None:
    text = record.text("principal")
    post = record.draft.names.labelled(text) if text else None
    if text and post is None:
        record.refuse("principal", problems.unknown_post(record.header.title("principal")))
    return post
