"""One of many cities: checked, and told in each format that is wanted.

This runs in a child of the process that writes the reports. What it yields goes through a file:
a line of JSON (the outcome, and how long each piece is), then the pieces, so that whoever writes
the reports need not hold them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import BinaryIO, NamedTuple

from kitei import regulation
from kitei.check import Report, check
from kitei.city import City
from kitei.confined import where
from kitei.errors import Bilingual, InputUnreadableError, KiteiError
from kitei.kb import GraphFile
from kitei.many.children import Yield
from kitei.many.cities import Entry
from kitei.many.formats import FORMATS, Frame
from kitei.many.outcome import Outcome, broken, refused, reported
from kitei.report.places import Places
from kitei.store import Dataset

_CHUNK = 1 << 12
OpenCity = Callable[[Path | None, str | None], City]
"""Loads the rules: those of a folder in addition to the installed ones, and which regulation."""
_MEMORY, _INTERNAL = _UNTIDY = ("memory", "internal")
_NO_MEMORY = Bilingual(
    "使ってよいメモリ(--memory)では足りない。",
    "It needs more memory than it is allowed (--memory).",
)


class Checker:
    """Checks one city after another, each as if it were the only one."""

    def __init__(
        self, open_city: OpenCity, day: date, frame: Frame, formats: Sequence[str]
    ) -> None:
        """Load what all cities share. Raises what ``open_city`` raises."""
        self._open, self._day, self.frame, self.formats = open_city, day, frame, formats
        self._shared = open_city(None, None)

    def warm_up(self) -> None:
        """Do once, on a roster of one empty row, what every check would otherwise do again.

        (Modules that are imported late, shapes and queries that are read and kept.)
        """
        staff = next(table for table in self._shared.lexicon.tables if table.name == "roster")
        header = ",".join(column.label for column in staff.columns)
        blank = ",".join("-" for _ in staff.columns)
        city = self._shared.copy()
        try:
            row = f"{header}\n{blank}\n".encode()
            city.read_roster_files({"roster.csv": row}, sparing=True)
            check(city, self._day)
        except KiteiError:
            # Whatever it is, each city will say it for itself.
            return

    def tell(self, entry: Entry, spool: BinaryIO, *, apart: bool) -> bool:
        """Check ``entry`` and write what is to be told. Raises nothing but a broken ``spool``.

        ``apart`` says that very many will be checked in this process: the engine keeps what it
        forgets, which few do not notice. Answers whether the check came to an end of its own,
        so that nothing can be left of it.
        """
        outcome, report = self._checked(entry, apart)
        write(spool, outcome, self.pieces(outcome, entry, report))
        return outcome.reason not in _UNTIDY

    def pieces(self, outcome: Outcome, entry: Entry, report: Report | None) -> dict[str, bytes]:
        """What each format says of a city."""
        places = Places(entry.roster, report.roster_file if report else "")
        return {
            name: FORMATS[name]
            .entry(self.frame, outcome, report, places)
            .encode("utf-8", "backslashreplace")
            for name in self.formats
        }

    def _checked(self, entry: Entry, apart: bool) -> tuple[Outcome, Report | None]:
        try:
            report = self._report(entry, apart)
        except KiteiError as error:
            return refused(entry.name, error), None
        except MemoryError:
            return broken(entry.name, _MEMORY, _NO_MEMORY), None
        except Exception as error:  # the edge of this city: the others go on
            place = where(error)
            message = Bilingual(f"内部の誤り: {place}", f"internal error: {place}")
            return broken(entry.name, _INTERNAL, message), None
        return reported(entry.name, report), report

    def _report(self, entry: Entry, apart: bool) -> Report:
        if entry.refused is not None:
            raise InputUnreadableError(*entry.refused)
        if entry.rules is not None:
            city = self._open(entry.rules, _regulation_of(entry.rules))
        else:
            city = self._shared.copy() if apart else self._shared
        named = "junit" in self.formats
        try:
            city.read_roster(entry.roster, sparing=True)
            return check(city, self._day, self.frame.fail_on, name_passed=named)
        finally:
            if city is self._shared:
                city.forget()


def _regulation_of(folder: Path) -> str | None:
    """The one regulation that a city's own rules bring, if it is one."""
    dataset = Dataset()
    dataset.load(GraphFile(path, path.as_uri()) for path in sorted(folder.resolve().rglob("*.ttl")))
    try:
        own = regulation.loaded(dataset)
    except InputUnreadableError:
        return None
    return own[0].iri if len(own) == 1 else None


# -- what goes through the file -------------------------------------------------------------


class Told(NamedTuple):
    """A city as a child has told it."""

    outcome: Outcome
    spans: Mapping[str, tuple[int, int]]
    """Format -> where its piece begins and ends in the file."""


def write(spool: BinaryIO, outcome: Outcome, pieces: Mapping[str, bytes]) -> None:
    """Tell a city."""
    head = {"outcome": outcome, "sizes": {name: len(piece) for name, piece in pieces.items()}}
    spool.write(json.dumps(head).encode() + b"\n")
    spool.writelines(pieces.values())
    spool.flush()


def read(said: Yield) -> Told | None:
    """What a child has told; ``None`` if it did not get to the end."""
    line = _line(said)
    if line is None:
        return None
    head = json.loads(line)
    at, spans = len(line), {}
    for name, length in head["sizes"].items():
        spans[name] = (at, at + length)
        at += length
    if at != said.size:
        return None
    city, verdict, counts, first, reason = head["outcome"]
    return Told(Outcome(city, verdict, tuple(counts), Bilingual(*first), reason), spans)


def _line(said: Yield) -> bytes | None:
    """The first line, if it has an end."""
    line = b""
    while b"\n" not in line:
        more = said.read(len(line), _CHUNK)
        if not more:
            return None
        line += more
    return line[: line.index(b"\n") + 1]
