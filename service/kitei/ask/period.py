"""Questions about a period: the days on which an answer can change, and equal days merged.

An answer is constant between two days on which a fact starts or the day after
one ends, so only those days are derived.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from kitei.dates import ONE_DAY
from kitei.store import Dataset, Row

# Only facts that can touch a post that a regulation names: a large city starts
# and ends service on almost every day of the year.
_FACTS = """
PREFIX kitei: <https://w3id.org/kitei/ns#>
PREFIX org: <http://www.w3.org/ns/org#>
SELECT DISTINCT ?first ?last
WHERE {
  { ?post kitei:namedBy ?regulation . ?fact kitei:post ?post }
  UNION
  { ?designation kitei:designated ?person . ?fact org:member ?person }
  UNION
  { ?fact a kitei:Designation }
  UNION
  { ?fact a kitei:Incapacity }
  UNION
  { ?fact a kitei:ChartEntry }
  UNION
  { ?fact kitei:inForceFrom ?inForce }
  OPTIONAL { ?fact kitei:from|kitei:inForceFrom|kitei:date ?first }
  OPTIONAL { ?fact kitei:through|kitei:inForceThrough ?last }
}
"""
_HELD_FROM = """
PREFIX eli: <http://data.europa.eu/eli/ontology#>
PREFIX kitei: <https://w3id.org/kitei/ns#>
SELECT ?regulation ?from
WHERE { ?version eli:is_member_of ?regulation ; kitei:inForceFrom ?from ; eli:is_realized_by ?text }
ORDER BY ?from
"""


def change_days(dataset: Dataset, first: date, last: date) -> list[date]:
    """The days from ``first`` to ``last`` on which an answer can differ from the day before."""
    return sorted({first} | limits(dataset, _FACTS, first, last))


def limits(dataset: Dataset, facts: str, first: date, last: date) -> set[date]:
    """The days on which facts begin, or the day after they end.

    ``facts`` is a query for ``?first`` and ``?last`` (inclusive), either of them optional.
    """
    found = set()
    for row in dataset.select(facts):
        if row["first"]:
            found.add(date.fromisoformat(row["first"]))
        if row["last"] and (end := date.fromisoformat(row["last"])) < date.max:
            found.add(end + ONE_DAY)
    return {day for day in found if first <= day <= last}


def default_start(dataset: Dataset, regulation: str) -> date:
    """The first day on which a held text of the regulation is in force."""
    for row in dataset.select(_HELD_FROM, {"regulation": regulation}):
        return date.fromisoformat(row["from"] or "")
    return date.min


def merge(rows: Iterable[Row], days: Sequence[date], last: date) -> list[Row]:
    """Rows with ``date`` turned into rows with ``from`` and ``through`` (inclusive days).

    Equal rows on successive days become one; ``last`` closes the period.
    """
    by_day: dict[str, list[Row]] = {day.isoformat(): [] for day in days}
    for row in rows:
        content = {name: value for name, value in row.items() if name != "date"}
        by_day[row["date"] or ""].append(content)
    ends = [day - ONE_DAY for day in days[1:]] + [last]
    open_rows: dict[tuple[str | None, ...], Row] = {}
    merged: list[Row] = []
    for day, end in zip(days, ends, strict=True):
        still_open: dict[tuple[str | None, ...], Row] = {}
        for content in by_day[day.isoformat()]:
            key = tuple(content.values())
            if key in open_rows:
                row = open_rows[key]
            else:
                row = {"from": day.isoformat(), "through": None, **content}
                merged.append(row)
            row["through"] = end.isoformat()
            still_open[key] = row
        open_rows = still_open
    return merged
