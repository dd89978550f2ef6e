"""evaluate a SPARQL query over rules, roster and the facts of a day"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from kitei.cli.options import (
    add_city,
    add_data,
    add_day,
    add_language,
    add_store,
    add_store_graphs,
    day_of,
    open_city,
)
from kitei.cli.printing import put
from kitei.errors import InputUnreadableError, UsageError
from kitei.namespaces import PREFIXES

if TYPE_CHECKING:
    from kitei.store import Choose

# Format -> what it is for solutions, and what for graphs.
_RESULTS = {
    "table": "application/sparql-results+json",
    "json": "application/sparql-results+json",
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
    "xml": "application/sparql-results+xml",
}
_GRAPHS = {
    "table": "text/turtle",
    "turtle": "text/turtle",
    "json": "application/ld+json",
    "xml": "application/rdf+xml",
}
_FORMATS = ("table", "json", "csv", "turtle", "xml", "tsv")


def register(parser: argparse.ArgumentParser) -> None:
    """Declare the options of ``kitei query``."""
    parser.add_argument("file", metavar="FILE", help="the query; - reads standard input")
    parser.add_argument(
        "--format",
        choices=_FORMATS,
        default="table",
        help="of a SELECT or ASK: not turtle; of a graph: turtle (default), json (JSON-LD), xml",
    )
    add_store(add_city(parser))
    add_store_graphs(parser)
    add_data(parser)
    add_day(parser)
    add_language(parser)


def run(options: argparse.Namespace) -> int:
    """Evaluate and print."""
    from kitei.sparql import examine

    query = _read(options.file)
    examine(query)
    data, media_type = _answer(options, query, lambda offered: _choose(options.format, offered))
    if options.format == "table" and media_type == _RESULTS["table"]:
        put(_table(data))
        return 0
    text = data.decode("utf-8")
    # The CSV and TSV of the engine end their lines as their own standards say.
    put(text if text.endswith("\n") else text + "\n")
    return 0


def _answer(options: argparse.Namespace, query: str, choose: Choose) -> tuple[bytes, str]:
    """What the query yields, from memory or from the store that is named."""
    from kitei import foreign

    day = day_of(options.as_of)
    if options.store is not None:
        return _stored_answer(options, query, choose, day)
    files = foreign.files(options.data or [])
    dataset = open_city(options).day(day, judging=False).dataset
    # Only now, so that nothing is derived from what others say.
    dataset.add(foreign.dataset(files))
    dataset.merge()
    return dataset.answer(query, choose)


def _stored_answer(
    options: argparse.Namespace, query: str, choose: Choose, day: date
) -> tuple[bytes, str]:
    if options.data:
        raise UsageError(
            "--store を問うときは、そこに読み込んだものだけが対象となる (kitei load)。",
            "with --store, only what was loaded there is queried (kitei load)",
        )
    from kitei.storage import open_store
    from kitei.storage.contents import Contents

    view = open_city(options).day(day, judging=False)
    contents = Contents(open_store(options.store))
    if not contents.has(view, day):
        contents = Contents(open_store(options.store, options.store_graphs, writable=True))
        contents.publish(view, day)
    return contents.answer(query, choose, day)


def _read(name: str) -> str:
    try:
        data = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise InputUnreadableError(
            f"{name}: 読めない: {error.strerror}", f"{name}: cannot be read: {error.strerror}"
        ) from error
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputUnreadableError(f"{name}: UTF-8 ではない。", f"{name}: not UTF-8") from error


def _choose(wanted: str, offered: Sequence[str]) -> str:
    media_type = (_RESULTS if "text/csv" in offered else _GRAPHS).get(wanted)
    if media_type is None:
        possible = ", ".join(_RESULTS if "text/csv" in offered else _GRAPHS)
        raise UsageError(
            f"この問合せの結果は {wanted} にできない。できるもの: {possible}",
            f"the result of this query cannot be written as {wanted}; possible: {possible}",
        )
    return media_type


def _table(data: bytes) -> str:
    """SPARQL JSON results as a table; the answer to an ASK as one word."""
    from kitei.report.table import table

    document = json.loads(data)
    if "boolean" in document:
        return f"{str(document['boolean']).lower()}\n"
    names = document["head"]["vars"]
    rows = [
        [_shown(solution[name]) if name in solution else "" for name in names]
        for solution in document["results"]["bindings"]
    ]
    return table(names, rows) if any(any(row) for row in rows) else f"({len(rows)})\n"


def _shown(term: dict[str, str]) -> str:
    """A term for people: a literal as its text, an IRI with its prefix."""
    value = term["value"]
    if not isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if term["type"] == "uri":
        return _abbreviated(value)
    return f"_:{value}" if term["type"] == "bnode" else " ".join(value.splitlines())


def _abbreviated(iri: str) -> str:
    # Of two namespaces the longer one says more.
    for prefix, base in sorted(PREFIXES.items(), key=lambda item: -len(item[1])):
        if iri.startswith(base):
            return f"{prefix}:{iri.removeprefix(base)}"
    return f"<{iri}>"
