"""What the reader asks of an evaluator. All of it is JSON in one language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from kitei import regulation
from kitei.ask.labels import Labels
from kitei.ask.standing import standing
from kitei.calendar import Calendar
from kitei.city import City
from kitei.confined import Document
from kitei.namespaces import local_name
from kitei.readings import told
from kitei.regulation import Regulation
from kitei.store import Dataset
from kitei.web.jobs import OwnJob, as_json
from kitei.web.reader.edition import edition
from kitei.web.reader.queries import query
from kitei.web.verdicts import FindingsJob

__all__ = ["EditionJob", "FindingsJob", "ShelfJob", "StandingJob"]


@dataclass(frozen=True)
class ShelfJob(OwnJob):
    """The regulations that are loaded, and their versions."""

    day: ClassVar[date | None] = None

    def run(self, calendar: Calendar) -> Document:
        """Name -> title, number, versions, and whether it is the one that is judged by."""
        city = calendar.bare
        found = {each.name: _described(city, each) for each in regulation.loaded(city.dataset)}
        return as_json(found)


@dataclass(frozen=True)
class StandingJob(OwnJob):
    """Which version of a regulation is in force on a day, and whether its text is held."""

    name: str
    day: date
    language: str

    def run(self, calendar: Calendar) -> Document:
        """The standing. No roster has a part in it."""
        wanted = _named(calendar.bare.dataset, self.name)
        if wanted == calendar.city.regulation:
            city = calendar.on(self.day)
        else:
            city = calendar.bare.governed_by(wanted)
        found = standing(city.day(self.day, judging=False), wanted)
        labels = Labels(city.dataset)
        notices = [*told(calendar.city.switches), *found.notices(self.day)]
        return as_json(
            {
                "version": found.version,
                "status": found.status and labels.code(found.status),
                "label": found.status and labels.label(found.status).within(self.language),
                "notices": [each.within(self.language) for each in notices],
            }
        )


@dataclass(frozen=True)
class EditionJob(OwnJob):
    """A version of a regulation: its text line by line, and what rests on each provision."""

    name: str
    version: str
    language: str
    day: ClassVar[date | None] = None

    def run(self, calendar: Calendar) -> Document:
        """The rows of the page. No day and no roster has a part in it."""
        dataset = calendar.bare.dataset
        wanted = _named(dataset, self.name)
        switches = calendar.city.switches
        return as_json(edition(dataset, wanted, self.version, self.language, switches))


def _named(dataset: Dataset, name: str) -> Regulation:
    """Raises ``UsageError`` when no regulation has that name."""
    return regulation.choose(regulation.loaded(dataset), name)


def _described(city: City, each: Regulation) -> dict[str, object]:
    rows = city.dataset.select(query("versions"), {"regulation": each.iri})
    versions = {
        local_name(row["version"] or ""): {
            "from": row["from"],
            "through": row["through"],
            "held": row["expression"] is not None,
            "title": row["title"] or each.title,
        }
        for row in rows
    }
    return {
        "title": each.title,
        "number": next((row["number"] for row in rows if row["number"]), None),
        "versions": versions,
        "judged": each == city.regulation,
    }
