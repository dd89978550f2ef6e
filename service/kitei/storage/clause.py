"""The graphs that a query names itself, as IRIs.

A store may hold more than Kitei has put there. So what a query says with FROM is
never left to an endpoint: it is taken out of the query, and of the graphs named so
those are asked that Kitei knows.
"""

from __future__ import annotations

import json

from kitei.sparql import taken_apart
from kitei.store import Dataset, kind_of


def without_from(query: str) -> tuple[str, tuple[list[str], list[str]] | None]:
    """The query without FROM, and what it named: for the default graph, and for GRAPH.

    The latter is ``None`` where it named nothing. Raises ``UsageError`` on a query that
    is none.
    """
    found = taken_apart(query)
    if found is None:
        return query, None
    kind_of(query)  # raises what is wrong with the query as it was written
    names = [*found.default, *found.named]
    # The engine knows best what a prefix and a base make of a name.
    terms = " ".join(f"(STR({name}) AS ?n{number})" for number, name in enumerate(names))
    said, _ = Dataset().answer(f"{found.prologue} SELECT {terms} WHERE {{}}", _json)
    row = json.loads(said)["results"]["bindings"][0]
    iris = [row[f"n{number}"]["value"] for number in range(len(names))]
    return found.query, (iris[: len(found.default)], iris[len(found.default) :])


def _json(_offered: object) -> str:
    return "application/sparql-results+json"
