"""What is known of a roster's tables beyond its facts, kept beside them.

What a table's columns are called, and which of them were not read, is no fact
that anybody is asked about; findings need it to name a cell, and answers to say
what they rest on. So it lies in a graph of its own that no query sees.
"""

from __future__ import annotations

import json

from kitei import terms
from kitei.errors import Bilingual, InputUnreadableError
from kitei.namespaces import ID
from kitei.roster import Roster, TableRead
from kitei.storage import Store

TABLES = f"{ID}graph/stored-tables"
"""The graph of one triple that says how the roster's tables were read."""


def written(roster: Roster) -> bytes:
    """How a roster was read, as N-Triples."""
    said = {
        "tables": [table._asdict() for table in roster.tables],
        "notes": [list(note) for note in roster.notes],
    }
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, default=dict)
    return f"{terms.iri(TABLES)} {terms.name('rdf:value')} {terms.literal(text)} .\n".encode()


def with_tables(ntriples: bytes, store: Store) -> Roster:
    """A roster, or a part of one, with what ``store`` says of its tables.

    Raises ``InputUnreadableError`` when the store does not know.
    """
    query = f"SELECT ?said WHERE {{ GRAPH <{TABLES}> {{ ?tables ?value ?said }} }}"
    data, _ = store.answer(query, _json, None)
    rows = json.loads(data)["results"]["bindings"]
    try:
        said = json.loads(rows[0]["said"]["value"])
        tables = tuple(
            TableRead(**{**table, "ignored": tuple(table["ignored"])}) for table in said["tables"]
        )
        notes = tuple(Bilingual(*note) for note in said["notes"])
    except (LookupError, ValueError, TypeError) as error:
        raise InputUnreadableError(
            "保管場所に名簿の表の記述がない。kitei load で読み込み直す。",
            "the store does not describe the tables of its roster; load it again with kitei load",
        ) from error
    return Roster(ntriples, tables, (), notes)


def _json(_offered: object) -> str:
    return "application/sparql-results+json"
