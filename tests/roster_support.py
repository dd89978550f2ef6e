"""Reading small rosters in tests, and looking at their facts."""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import unquote

import pyoxigraph as ox
from openpyxl import Workbook
from tests.roster_lexicon import CITY, lexicon

from kitei import roster
from kitei.namespaces import expand, local_name

HEADER = "職員番号,氏名,所属,職名,区分,開始日,終了日"
MAYOR = "Z001,見本 市長,,市長,本務,2022-03-20,"
STAFF = f"{HEADER}\n{MAYOR}\n"
DESIGNATIONS = "職員番号,役職,根拠,組織,代理対象,順位,指名者,指名日,終了日"
INCAPACITIES = "職員番号,開始日,終了日,事故の有無,事由"

Fact = dict[str, list[str]]


def read(staff: str | bytes = STAFF, **tables: str | bytes) -> roster.Roster:
    """The roster of these CSV texts; ``staff`` is roster.csv."""
    return roster.read_files(files(roster=staff, **tables), lexicon())


def files(**tables: str | bytes) -> dict[str, bytes]:
    """CSV files by name."""
    return {
        f"{name}.csv": text.encode() if isinstance(text, str) else text
        for name, text in tables.items()
    }


def staff(*rows: str, header: str = HEADER) -> roster.Roster:
    """The roster whose 在職 has these rows."""
    return read("\n".join([header, *rows]) + "\n")


def triples(result: roster.Roster) -> set[str]:
    """All triples as N-Triples lines, percent-encoding undone; fails on what is no N-Triples."""
    return {
        unquote(f"{quad.subject} {quad.predicate} {quad.object}")
        for quad in ox.parse(result.ntriples, format=ox.RdfFormat.N_TRIPLES)
    }


def without_rows(result: roster.Roster) -> set[str]:
    """All triples but those that say where a fact stands."""
    return {line for line in triples(result) if f"<{expand('kitei:row')}>" not in line}


def facts(result: roster.Roster, kind: str) -> list[Fact]:
    """The resources of a type such as ``org:Membership``: property -> values, IRIs shortened."""
    found: dict[str, Fact] = defaultdict(lambda: defaultdict(list))
    for quad in ox.parse(result.ntriples, format=ox.RdfFormat.N_TRIPLES):
        found[str(quad.subject)][local_name(quad.predicate.value)].append(_short(quad.object))
    wanted = expand(kind)
    return [
        {name: sorted(values) for name, values in fact.items()} | {"id": [unquote(subject)]}
        for subject, fact in found.items()
        if wanted in fact["type"]
    ]


def only(result: roster.Roster, kind: str) -> Fact:
    """The one resource of a type."""
    (fact,) = facts(result, kind)
    return fact


def _short(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> str:
    assert isinstance(term, ox.NamedNode | ox.Literal)
    return unquote(term.value.removeprefix(f"{CITY}/"))


def places(result: roster.Roster) -> list[tuple[str, str, int | None, str | None]]:
    """Code, file, row and column of each problem."""
    return [
        (problem.code, problem.place.file, problem.place.row, problem.place.column)
        for problem in result.problems
    ]


def workbook(sheets: Mapping[str, Iterable[Sequence[object]]]) -> bytes:
    """An XLSX workbook with these sheets."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
    return saved(book)


def saved(book: Workbook) -> bytes:
    """The bytes of a workbook."""
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def read_book(data: bytes, name: str = "meibo.xlsx") -> roster.Roster:
    """The roster in a workbook."""
    return roster.read_files({name: data}, lexicon())
