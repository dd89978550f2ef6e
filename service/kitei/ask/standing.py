"""Where the text stands on a day: which version is in force, and whether it is held."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from kitei.city import DayView
from kitei.errors import Bilingual
from kitei.namespaces import local_name
from kitei.regulation import Regulation

_STANDING = """
PREFIX kitei: <https://w3id.org/kitei/ns#>
SELECT ?version ?status ?confirmed
WHERE {
  ?day a kitei:Day ; kitei:date ?date ; kitei:textStatus ?text .
  OPTIONAL {
    ?day kitei:version ?version .
    OPTIONAL { ?version kitei:confirmedCurrentOn ?confirmed }
  }
  OPTIONAL { ?text kitei:impliesStatus ?status }
}
ORDER BY DESC(?date)
LIMIT 1
"""


class Standing(NamedTuple):
    """The version in force on a day."""

    regulation: Regulation
    version: str | None
    """The day from which the version is in force (ISO), or ``None`` if none is."""
    confirmed_current_on: str | None
    """The last day on which the held text was confirmed to be current (ISO)."""
    status: str | None
    """The IRI of the status that follows where no text is held; ``None`` where it is."""

    def fields(self) -> dict[str, str | None]:
        """The JSON members of ``text``."""
        return {
            "regulation": self.regulation.title,
            "version": self.version,
            "confirmed_current_on": self.confirmed_current_on,
        }

    def notices(self, day: date) -> list[Bilingual]:
        """What a reader has to know about the text before trusting an answer for ``day``."""
        if self.confirmed_current_on is None or day.isoformat() <= self.confirmed_current_on:
            return []
        return [
            Bilingual(
                f"本文が現行であることを確認したのは{self.confirmed_current_on}まで。その後の改正は反映していない。",
                f"The text was last confirmed current on {self.confirmed_current_on}; "
                "later amendments are not known here.",
            )
        ]


def standing(view: DayView, regulation: Regulation) -> Standing:
    """The standing of the text on the last day of ``view``."""
    rows = view.select(_STANDING)
    if not rows:
        return Standing(regulation, None, None, None)
    row = rows[0]
    version = local_name(row["version"]) if row["version"] else None
    return Standing(regulation, version, row["confirmed"], row["status"])
