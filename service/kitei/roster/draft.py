"""The roster while it is being read: facts so far, people, problems and notes.

A fact is a node whose statements are written as ``predicate object`` lines; its
IRI is a hash of those lines, so that it does not depend on the order of rows.
"""

from __future__ import annotations

from hashlib import blake2b

from kitei.errors import Bilingual
from kitei.roster.header import Header
from kitei.roster.lexicon import Lexicon
from kitei.roster.names import Names
from kitei.roster.people import People
from kitei.roster.problems import DUPLICATE, Place, Problem, duplicate_of
from kitei.terms import integer, iri, name

_IN_TABLE = name("kitei:inTable")
_ROW = name("kitei:row")
_INTEGER_TAIL = integer(0).removeprefix('"0"')


class Draft:
    """Collects what the tables say."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self.names = Names(lexicon)
        self.people = People(lexicon.municipality)
        self.problems: list[Problem] = []
        self.notes: list[Bilingual] = []
        # Encoded piece by piece: one Japanese letter would widen every letter of a joined
        # str, and a city's roster is 200 MB of it.
        self._triples: list[bytes] = []
        self._rows: dict[str, int] = {}
        self._tails: dict[str, bytes] = {}

    def table(self, name_: str) -> str:
        """The term of a table's node."""
        return iri(f"{self.lexicon.municipality}/roster/{name_}")

    def fact(self, kind: str, lines: str, header: Header, row: int, staff_id: str | None) -> None:
        """Add one fact, or a ``roster-duplicate`` problem if an earlier row said the same.

        ``lines`` are its ``predicate object`` statements, one a line.
        """
        encoded = lines.encode()
        digest = blake2b(encoded, digest_size=8).hexdigest()
        first = self._rows.setdefault(kind + digest, row)
        if first != row:
            self.problem(DUPLICATE, header.place(row), duplicate_of(first), staff_id)
            return
        node = f"<{self.lexicon.municipality}/{kind}/{digest}> ".encode()
        between = b" .\n" + node
        self._triples += (
            node,
            encoded.replace(b"\n", between),
            between,
            self._in_table(header.raw.name),
            between,
            f'{_ROW} "{row}"{_INTEGER_TAIL} .\n'.encode(),
        )

    def _in_table(self, table: str) -> bytes:
        tail = self._tails.get(table)
        if tail is None:
            tail = self._tails[table] = f"{_IN_TABLE} {self.table(table)}".encode()
        return tail

    def state(self, subject: str, predicate: str, value: str) -> None:
        """Add one triple; all three are N-Triples terms."""
        self._triples.append(f"{subject} {predicate} {value} .\n".encode())

    def problem(
        self, code: str, place: Place, message: Bilingual, staff_id: str | None = None
    ) -> None:
        """Report a row, cell or file that cannot be taken as it stands."""
        self.problems.append(Problem(code, place, message, staff_id or None))

    def ntriples(self, *, mentioned: bool = False) -> bytes:
        """Everything collected, as N-Triples; of units and posts only those that were mentioned."""
        named = self.names.triples(mentioned=mentioned)
        self._triples.extend(line.encode() for line in named)
        self._triples.extend(line.encode() for line in self.people.triples())
        return b"".join(self._triples)
