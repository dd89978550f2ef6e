"""What the loaded rules and chart call things, so that a roster can be linked to them.

The lexicon is filled from the dataset by a higher floor; the roster reader only
looks names up. Keys are normalised by :func:`normalise`; values are full IRIs.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple


def normalise(text: str) -> str:
    """A unit or post name for comparison: NFKC width, all white space removed.

    Never used on personal names.
    """
    return "".join(unicodedata.normalize("NFKC", text).split())


def folded(text: str) -> str:
    """A header, file stem or sheet title for comparison: ``Staff ID`` is ``staff_id``.

    Width, white space, case, underscores and hyphens do not count, nor do the marks
    that templates put on required columns (★, ※, *).
    """
    plain = normalise(text).casefold().strip("★☆※*")
    return plain.replace("_", "").replace("-", "")


_NONE: Mapping[str, Any] = MappingProxyType({})


class Column(NamedTuple):
    """A column of a roster table. ``kind`` is ``text``, ``date``, ``integer`` or ``list`` (;)."""

    field: str
    kind: str
    required: bool
    label: str
    names: frozenset[str]
    """Normalised, casefolded headers that mean this column (ja, en, aliases)."""


class Table(NamedTuple):
    """A roster table: ``roster``, ``designations``, ``incapacities``, ..."""

    name: str
    label: str
    required: bool
    names: frozenset[str]
    """Normalised, casefolded file stems and sheet titles that mean this table."""
    columns: tuple[Column, ...]
    """In the contract's order."""


class Basis(NamedTuple):
    """A provision that a designation may rest on, by its short number such as ``5-3``."""

    eid: str
    needs_organization: bool
    """The rule asks which organisation's seat is filled."""


class Lexicon(NamedTuple):
    """Everything a roster's words can mean, for one regulation of one municipality."""

    municipality: str
    """IRI of the municipality; minted resources live below it."""
    tables: tuple[Table, ...] = ()
    units: Mapping[str, str] = _NONE
    """Unit path without separators (総務部行革デジタル戦略課) -> unit."""
    posts: Mapping[str, str] = _NONE
    """Full label of a post as the text writes it (総務部長, CDO), and its aliases -> post."""
    roles: Mapping[str, str] = _NONE
    """Label of a post that the loaded rules fill or let somebody fill (本部員) -> post."""
    ranks: Mapping[str, str] = _NONE
    assignments: Mapping[str, str] = _NONE
    bases: Mapping[str, Basis] = _NONE
    procedures: Mapping[str, str] = _NONE
    authorities: Mapping[str, str] = _NONE
    incapacity_marks: Mapping[str, bool] = _NONE
    """How 事故の有無 is written -> whether there is 事故 (有 -> true)."""
    variants: Mapping[int, str] = MappingProxyType({})
    """Variant character -> the common one (髙 -> 高), for ``str.translate``."""
    named: frozenset[str] = frozenset()
    """IRIs of the units and posts that the rules and the chart know."""
    spelt: frozenset[str] = frozenset()
    """Their names, also without the units above them, in common characters: who writes none
    of these writes nothing that could be mistaken for one of them."""
    filling_ranks: frozenset[str] = frozenset()
    """Ranks by which a rule fills a post."""
    principal: frozenset[str] = frozenset()
    """Assignments that each count as one principal post (本務)."""

    def resembles(self, label: str) -> bool:
        """Whether a normalised name is that of something known, but for variants or units above."""
        if not self.variants.keys().isdisjoint(map(ord, label)):
            label = label.translate(self.variants)
        return label in self.spelt
