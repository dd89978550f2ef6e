"""A finding: what is wrong, where it stands in the roster, what would cure it."""

from __future__ import annotations

import hashlib
from typing import NamedTuple

from kitei.errors import Bilingual


class Source(NamedTuple):
    """A cell of the roster."""

    file: str
    row: int | None = None
    column: str | None = None
    """The header as the file writes it."""
    sheet: str | None = None
    cell: str | None = None
    """The address in a workbook, such as ``F5``."""

    def fields(self) -> dict[str, str | int | None]:
        """The JSON members; sheet and cell only for a workbook."""
        found: dict[str, str | int | None] = {
            "file": self.file,
            "row": self.row,
            "column": self.column,
        }
        if self.sheet is not None:
            found |= {"sheet": self.sheet, "cell": self.cell}
        return found

    def __str__(self) -> str:
        place = f"{self.file}[{self.sheet}]" if self.sheet else self.file
        return ":".join(str(part) for part in (place, self.row, self.cell or self.column) if part)


class Case(NamedTuple):
    """What a rule was put to: by its IRI, and by the names that reports group it under."""

    iri: str
    """The case in the graph of the day, or the value that a finding is about."""
    focus: str
    provision: str | None
    citation: Bilingual | None
    """The provision as it is cited, or ``None`` for a rule about the roster itself."""
    unit: Bilingual | None
    """The topmost organisation (部) that the case belongs to, if it is about one."""


class Origin(NamedTuple):
    """The validation result behind a finding, as IRIs."""

    case: Case
    shape: str
    path: str
    component: str
    """The SHACL constraint component that was not met."""
    focus_node: str
    value: str | None
    provision: str | None


class Finding(NamedTuple):
    """One finding of the check. Names of persons are never part of it."""

    rule: str
    severity: str
    provision: str | None
    """The eId of the provision, or ``None`` for a rule about the roster itself."""
    citation: Bilingual | None
    """The provision as it is cited."""
    focus: str
    message: Bilingual
    hint: Bilingual
    origin: Origin
    readings: tuple[str, ...] = ()
    source: Source | None = None
    related: tuple[str, ...] = ()

    def fields(self, **more: object) -> dict[str, object]:
        """What every JSON document says of a finding; ``more`` comes before the fingerprint."""
        return {
            "rule": self.rule,
            "severity": self.severity,
            "provision": self.provision,
            "focus": self.focus,
            "message": self.message._asdict(),
            "hint": self.hint._asdict(),
            **more,
            "fingerprint": self.fingerprint,
        }

    @property
    def fingerprint(self) -> str:
        """Stable over edits of the roster: rule, focus and provision, never the row."""
        identity = "\x1f".join((self.rule, self.focus, self.provision or ""))
        return hashlib.blake2b(identity.encode(), digest_size=16).hexdigest()

    @property
    def order(self) -> tuple[str, str, str, str]:
        """The order in which findings are listed."""
        place = "" if self.source is None else f"{self.source.file}:{self.source.row or 0:08}"
        return (self.rule, self.focus, self.provision or "", place)
