"""Of a roster in a store, what a question can touch.

A city of 100,000 staff has some hundred whom a regulation speaks of: whoever
serves in a post that it names or by a rank that it names, and whoever is
designated. Their services are taken, with whatever is not a service (designations,
incapacities, the chart, tables), and all that those refer to. The derivation for
questions looks at no other part of a roster (``ask.period`` rests on the same);
tests compare it with the derivation over the whole.

Each query is plain, and its answer is counted by the store as well: an endpoint
that cuts answers short is found out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from kitei.city import ROSTER_GRAPH
from kitei.namespaces import expand
from kitei.roster import Roster
from kitei.storage import Store
from kitei.storage.reading import counted
from kitei.storage.tables import with_tables
from kitei.store import Dataset

_NAMED_POSTS = """
PREFIX kitei: <https://w3id.org/kitei/ns#>
SELECT DISTINCT ?thing WHERE { ?thing kitei:namedBy ?regulation } ORDER BY ?thing
"""
_NAMED_RANKS = """
PREFIX kitei: <https://w3id.org/kitei/ns#>
SELECT DISTINCT ?thing WHERE { ?rule kitei:byHoldersOfRank ?thing } ORDER BY ?thing
"""
_PREFIXES = """
PREFIX foaf: <http://xmlns.com/foaf/0.1/>
PREFIX kitei: <https://w3id.org/kitei/ns#>
PREFIX org: <http://www.w3.org/ns/org#>
"""
# Of these a roster has as many as staff, and what matters of them is reached in other ways.
_MANY = "foaf:Person, org:Membership, org:OrganizationalUnit, org:Post"
_OTHERS = f"?s a ?class ; ?p ?o . FILTER(?class NOT IN ({_MANY}))"
_DESIGNATED = "?designation kitei:designated ?person . ?s org:member ?person ; ?p ?o ."
_TRIPLE = re.compile(r"<([^>]*)>\s+<([^>]*)>\s+(.*\S)\s*\.")
_BATCH = 200


def roster_in(store: Store, dataset: Dataset) -> Roster:
    """The part of the roster in ``store`` that questions can touch, to be taken by a city.

    ``dataset`` holds the rules. Raises ``InputUnreadableError`` when the store
    fails or answers in part.
    """
    lines: set[str] = set()
    for pattern in (_OTHERS, _DESIGNATED):
        lines |= _triples(store, pattern)
    for predicate, query in (("kitei:post", _NAMED_POSTS), ("kitei:rank", _NAMED_RANKS)):
        things = [row["thing"] or "" for row in dataset.select(query)]
        for values in _values(things):
            lines |= _triples(
                store, f"VALUES ?thing {{ {values} }} ?s {predicate} ?thing ; ?p ?o ."
            )
    lines |= _referred(store, lines)
    ntriples = "".join(f"{line} .\n" for line in sorted(lines)).encode()
    return with_tables(ntriples, store)


def _referred(store: Store, lines: set[str]) -> set[str]:
    """What the roster says of things that ``lines`` refer to, and of those that these do."""
    found: set[str] = set()
    known = {_parts(line)[0] for line in lines}
    new = lines
    while new:
        wanted = {
            value[1:-1]
            for _, predicate, value in map(_parts, new)
            if value.startswith("<") and predicate != expand("rdf:type")
        } - known
        known |= wanted
        new = set()
        for values in _values(sorted(wanted)):
            new |= _triples(store, f"VALUES ?s {{ {values} }} ?s ?p ?o .")
        found |= new
    return found


def _values(things: Sequence[str]) -> Iterator[str]:
    for start in range(0, len(things), _BATCH):
        yield " ".join(f"<{thing}>" for thing in things[start : start + _BATCH])


def _triples(store: Store, pattern: str) -> set[str]:
    """The triples that a pattern matches in the roster, each a line without its full stop."""
    where = f"GRAPH <{ROSTER_GRAPH}> {{ {pattern} }}"
    data = store.construct(f"{_PREFIXES}CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {where} }}")
    lines = {
        f"<{subject}> <{predicate}> {value}"
        for subject, predicate, value in map(_parts, data.decode().splitlines())
        if subject
    }
    counted(store, f"SELECT DISTINCT ?s ?p ?o WHERE {{ {where} }}", len(lines), _PREFIXES)
    return lines


def _parts(line: str) -> tuple[str, str, str]:
    match = _TRIPLE.fullmatch(f"{line} ." if not line.rstrip().endswith(".") else line)
    return (match[1], match[2], match[3]) if match else ("", "", "")
