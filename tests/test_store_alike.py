"""Every store does the same: in memory, on disk, behind Oxigraph's server and behind Virtuoso."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from tests.cli_support import ACCEPTANCE, ROSTER, Outcome, kitei, process, roster_with
from tests.store_support import KINDS, Address, Place, place, running
from tests.test_acceptance import QUESTIONS, assert_answers, named

from kitei import foreign, kb
from kitei.city import ROSTER_GRAPH, City
from kitei.errors import InputUnreadableError, UsageError
from kitei.namespaces import ID
from kitei.storage.contents import MERGED, RECORD, Contents
from kitei.storage.reading import roster_of
from kitei.storage.tables import TABLES
from kitei.store import GraphChoice

DAY = date(2024, 6, 5)
MEMORY = ["--roster", str(ROSTER)]
ONE, TWO = "http://example.org/graph/1", "http://example.org/graph/2"
S, XSD = "<http://example.org/s> <http://example.org/p>", "http://www.w3.org/2001/XMLSchema#"
TRICKY = f"""\
{S} "令和6年 𠮷"@ja .
{S} "a \\"quote\\"\\nand \\\\ a line" .
{S} "2024-06-05"^^<{XSD}date> .
{S} "7"^^<{XSD}integer> .
{S} "true"^^<{XSD}boolean> .
{S} <http://example.org/%E4%BB%A4> .
"""
OTHER = '<http://example.org/s> <http://example.org/p> "令和6年 𠮷"@ja .\n'
QUERIES = (
    "SELECT (COUNT(*) AS ?n) (COUNT(DISTINCT ?p) AS ?ps) WHERE { ?s ?p ?o }",
    "SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g ORDER BY ?g",
    """PREFIX foaf: <http://xmlns.com/foaf/0.1/>
    PREFIX kitei: <https://w3id.org/kitei/ns#>
    PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
    SELECT ?label ?condition ?name WHERE {
      ?case a kitei:PostOnDay ; kitei:post/rdfs:label ?label ; kitei:condition ?condition .
      OPTIONAL { ?case kitei:heldBy/foaf:name ?name }
    } ORDER BY ?label ?name""",
    "ASK { ?s <http://example.org/p> '令和6年 𠮷'@ja }",
    "SELECT ?s ?o WHERE { ?s <http://example.org/p> ?o } ORDER BY ?s ?o",
    "PREFIX kitei: <https://w3id.org/kitei/ns#> SELECT ?d WHERE { ?d a kitei:Day } ORDER BY ?d",
    """SELECT ?name FROM <https://w3id.org/kitei/id/graph/roster>
    WHERE { ?s <http://xmlns.com/foaf/0.1/name> ?name } ORDER BY ?name""",
)


@pytest.fixture(scope="module", params=KINDS)
def at(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Address | None]]:
    """A kind of store, with its server running where it has one."""
    kind: str = request.param
    with running(kind, tmp_path_factory.mktemp(kind)) as address:
        yield kind, address


@pytest.fixture
def a(at: tuple[str, Address | None], tmp_path: Path) -> Iterator[Place]:
    """A store without anything of Kitei's in it."""
    with place(at[0], tmp_path, at[1]) as made:
        for graph in (RECORD, ONE, TWO):
            made.store.remove(graph)
        yield made


def city(roster: Path | None = ROSTER) -> City:
    made = City(kb.find())
    if roster is not None:
        made.read_roster(roster)
    return made


def data(folder: Path, text: str = OTHER, name: str = "other.nt") -> list[foreign.DataFile]:
    (folder / name).write_text(text, encoding="utf-8")
    return foreign.files([folder / name])


def csv(_offered: object) -> str:
    return "text/csv"


def ntriples(_offered: object) -> str:
    return "application/n-triples"


def lines(a: Place, graph: str) -> list[str]:
    pattern = f"GRAPH <{graph}> {{ ?s ?p ?o }}"
    found = a.store.construct(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {pattern} }}")
    # A server may escape a literal in its own way; an answer is written in ours.
    whole, _ = a.store.answer(
        "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }", ntriples, GraphChoice([graph], [])
    )
    assert found.count(b"\n<") == max(0, whole.count(b"\n") - 1)
    return sorted(whole.decode().splitlines())


def test_a_graph_comes_back_as_it_was_written(a: Place) -> None:
    a.store.replace(ONE, TRICKY.encode())
    assert lines(a, ONE) == sorted(TRICKY.splitlines())


def test_replacing_forgets_appending_adds_and_removing_may_be_repeated(a: Place) -> None:
    a.store.replace(ONE, TRICKY.encode())
    a.store.replace(ONE, OTHER.encode())
    a.store.append(ONE, b"<http://example.org/a> <http://example.org/b> <http://example.org/c> .\n")
    assert len(lines(a, ONE)) == 2
    a.store.remove(ONE)
    a.store.remove(ONE)
    assert lines(a, ONE) == []


def test_a_query_sees_the_graphs_that_it_is_given(a: Place) -> None:
    a.store.replace(ONE, TRICKY.encode())
    a.store.replace(TWO, OTHER.replace("/s>", "/t>").encode())
    subjects = "SELECT DISTINCT ?s WHERE { ?s ?p ?o } ORDER BY ?s"
    both = GraphChoice([ONE, TWO], [])
    assert a.store.answer(subjects, csv, both)[0].split()[1:] == [
        b"http://example.org/s",
        b"http://example.org/t",
    ]
    assert a.store.answer(subjects, csv, GraphChoice([TWO], [ONE]))[0].split()[1:] == [
        b"http://example.org/t"
    ]
    graphs = "SELECT DISTINCT ?g WHERE { GRAPH ?g { ?s ?p ?o } }"
    assert a.store.answer(graphs, csv, GraphChoice([TWO], [ONE]))[0].split()[1:] == [ONE.encode()]


def test_a_malformed_query_is_refused_before_it_is_sent(a: Place) -> None:
    for query in ("SELECT", 'DEFINE get:soft "replace" ASK {}', "INSERT DATA { <a> <b> <c> }"):
        with pytest.raises(UsageError):
            a.store.answer(query, csv, None)


def test_what_is_there_already_is_not_loaded_again(a: Place, tmp_path: Path) -> None:
    contents, view = Contents(a.store), city().day(DAY, judging=False)
    assert contents.load(city(), data(tmp_path))
    assert contents.publish(view, DAY)
    assert not contents.load(city(), data(tmp_path))
    assert not contents.publish(view, DAY)
    changed = data(tmp_path, OTHER.replace("令和6年", "令和7年"))
    assert contents.load(city(), changed)
    contents.publish(view, DAY)
    found, _ = contents.answer("SELECT ?o { ?s <http://example.org/p> ?o }", csv, DAY)
    assert found.decode().splitlines()[1:] == ["令和7年 𠮷"]


def test_a_load_that_fails_leaves_nothing_half_written_to_be_asked(
    a: Place, at: tuple[str, Address | None], tmp_path: Path
) -> None:
    contents, view = Contents(a.store), city().day(DAY, judging=False)
    contents.load(city(), [])
    contents.publish(view, DAY)
    asked = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    before = contents.answer(asked, csv, DAY)
    with pytest.raises(InputUnreadableError):
        contents.load(city(), data(tmp_path, OTHER + "broken"))
    if at[0] == "disk":
        # The new store never took the place of the old one.
        assert contents.answer(asked, csv, DAY) == before
        assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == ["store"]
    else:
        with pytest.raises(InputUnreadableError):
            contents.answer(asked, csv, DAY)
        with pytest.raises(InputUnreadableError):
            contents.publish(view, DAY)
    assert contents.load(city(), data(tmp_path))
    assert contents.holds_roster()


def test_a_graph_that_another_wrote_is_left_alone(a: Place, tmp_path: Path) -> None:
    a.store.replace(ONE, TRICKY.encode())
    files = data(tmp_path, OTHER.replace(" .\n", f" <{ONE}> .\n"), "other.nq")
    with pytest.raises(UsageError, match="did not write"):
        Contents(a.store).load(city(None), files)
    assert lines(a, ONE) == sorted(TRICKY.splitlines())


def test_without_a_roster_only_the_rules_are_there(a: Place) -> None:
    contents = Contents(a.store)
    contents.load(city(None), [])
    assert not contents.holds_roster()


SECRET = '<http://example.org/s> <http://example.org/p> "of somebody else" .\n'
# Every way to ask for a graph by its name; ONE is one that Kitei did not write.
REACHING = (
    f"SELECT ?o FROM <{ONE}> {{ ?s ?p ?o }}",
    f"PREFIX g: <{ONE[:-1]}> SELECT ?o FROM g:1 FROM <{ROSTER_GRAPH}> {{ ?s ?p ?o }}",
    f"BASE <{ONE}> SELECT ?o from<> {{ ?s ?p ?o }}",
    f"SELECT ?o FROM NAMED <{ONE}> {{ GRAPH ?g {{ ?s ?p ?o }} }}",
    f"SELECT ?o FROM <{ROSTER_GRAPH}> FROM NAMED <{ONE}> {{ GRAPH <{ONE}> {{ ?s ?p ?o }} }}",
    f"SELECT ?o FROM <{ROSTER_GRAPH}> {{ GRAPH <{ONE}> {{ ?s ?p ?o }} }}",
    f"SELECT ?o {{ GRAPH <{ONE}> {{ ?s ?p ?o }} }}",
    "SELECT ?o { GRAPH ?g { ?s ?p ?o } }",
    "SELECT ?o { ?s ?p ?o }",
)


def test_no_query_reaches_a_graph_that_kitei_did_not_write(a: Place) -> None:
    a.store.replace(ONE, SECRET.encode())
    contents = Contents(a.store)
    contents.load(city(), [])
    contents.publish(city().day(DAY, judging=False), DAY)
    assert b"of somebody else" in a.store.construct(
        f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{ONE}> {{ ?s ?p ?o }} }}"
    )
    answers = {query: contents.answer(query, csv, DAY)[0] for query in REACHING}
    assert [query for query, found in answers.items() if b"of somebody else" in found] == []


def test_a_query_with_from_sees_what_it_names_and_nothing_else(a: Place, tmp_path: Path) -> None:
    contents = Contents(a.store)
    contents.load(city(), data(tmp_path, OTHER.replace(" .\n", f" <{ONE}> .\n"), "other.nq"))
    contents.publish(city().day(DAY, judging=False), DAY)
    loaded = b"\r\n".join([b"o", "令和6年 𠮷".encode(), b""])
    for query in REACHING[:1] + REACHING[2:4]:
        assert contents.answer(query, csv, DAY)[0] == loaded, query
    # Neither what Kitei keeps for itself, nor the merge of all, is a graph to be named.
    for own in (RECORD, MERGED, TABLES, f"{ID}day/2020-01-01"):
        assert contents.answer(f"SELECT ?o FROM <{own}> {{ ?s ?p ?o }}", csv, DAY)[0] == b"o\r\n"


def test_rules_of_another_version_are_not_asked(a: Place, tmp_path: Path) -> None:
    contents = Contents(a.store)
    contents.load(city(), [])
    contents.require(kb.find())
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "more.ttl").write_text("<http://example.org/s> a <http://example.org/c> .")
    with pytest.raises(InputUnreadableError, match="other rules"):
        contents.require(kb.find(tmp_path / "more"))


def test_how_the_tables_were_read_is_kept(a: Place, tmp_path: Path) -> None:
    roster = roster_with(
        tmp_path, {"designations.csv": "職員番号,役職,根拠\n", "others.csv": "a,b\n"}
    )
    made = city(roster)
    Contents(a.store).load(made, [])
    back = roster_of(a.store)
    assert made.roster and made.roster.notes
    assert (back.tables, back.notes) == (made.roster.tables, made.roster.notes)
    again = city(None)
    again.take_roster(back)
    assert again.dataset.dump(ROSTER_GRAPH) == made.dataset.dump(ROSTER_GRAPH)


@pytest.fixture(scope="module")
def words(
    at: tuple[str, Address | None], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[str]]:
    """What names, on the command line, a store that ``kitei load`` has filled."""
    kind, address = at
    folder = tmp_path_factory.mktemp("stores")
    with pytest.MonkeyPatch.context() as patch:
        named_so = ["--store", str(folder / "store")]
        if kind == "memory":
            # The same commands without a store: what all others are compared with.
            yield MEMORY
            return
        if address is not None:
            with place(kind, folder, address) as found:
                found.store.remove(RECORD)
                named_so = list(found.words)
                for name, value in found.environment.items():
                    patch.setenv(name, value)
        extra = data(folder)[0].path
        loading: list[str | Path] = ["--roster", ROSTER, "--data", extra, "--as-of", str(DAY)]
        done = kitei("load", *named_so, *loading)
        assert (done.code, done.err) == (0, "")
        yield named_so


@cache
def of_memory(*command: str | Path) -> Outcome:
    """What a command says without a store, which is the same for every kind of store."""
    return kitei(*command, *MEMORY)


@pytest.fixture(scope="module")
def queries(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The queries as files, numbered, and what ``--data`` names."""
    folder = tmp_path_factory.mktemp("queries")
    for number, query in enumerate(QUERIES):
        (folder / f"{number}.rq").write_text(query, encoding="utf-8")
    data(folder)
    return folder


@pytest.fixture(scope="module")
def two_days(words: list[str], queries: Path) -> list[str]:
    """``words`` of a store with another day, which has to keep out of the answers of this one."""
    assert kitei("query", queries / "0.rq", "--as-of", "2024-06-11", *words).code == 0
    return words


@pytest.mark.parametrize("case", QUESTIONS, ids=named)
def test_a_question_is_answered_from_any_store(case: dict[str, object], words: list[str]) -> None:
    parameters = case["params"]
    assert isinstance(parameters, dict)
    given = [f"--{name}={value}" for name, value in parameters.items()]
    day = ["--as-of", str(case["as_of"]), "--format", "json"]
    outcome = kitei("ask", str(case["question"]), *given, *day, *words)
    assert outcome.code == 0
    assert_answers(outcome.document, case)
    own = of_memory("ask", str(case["question"]), *given, *day)
    assert outcome.document == own.document


@pytest.mark.parametrize("number", range(len(QUERIES)))
def test_a_query_has_the_answer_that_memory_gives(
    number: int, two_days: list[str], queries: Path
) -> None:
    query = queries / f"{number}.rq"
    asked: list[str | Path] = ["query", query, "--as-of", str(DAY), "--format", "csv"]
    extra: list[str | Path] = ["--data", queries / "other.nt"]
    outcome = kitei(*asked, *two_days, *(extra if two_days is MEMORY else []))
    assert (outcome.code, outcome.err) == (0, "")
    own = of_memory(*asked, *extra)
    # How strings of several languages are ordered is left to each engine.
    assert sorted(outcome.out.splitlines()) == sorted(own.out.splitlines())
    assert len(own.out.split()) > (0 if QUERIES[number].startswith("ASK") else 1)


def test_a_query_of_another_day_publishes_that_day(words: list[str], tmp_path: Path) -> None:
    query = tmp_path / "day.rq"
    query.write_text(
        "PREFIX kitei: <https://w3id.org/kitei/ns#>\n"
        "SELECT ?date WHERE { ?day a kitei:AskedDay ; kitei:date ?date }"
    )
    for day in ("2024-06-11", "2024-06-05", "2024-06-11"):
        outcome = kitei("query", query, "--as-of", day, "--format", "json", *words)
        rows = outcome.document["results"]["bindings"]
        assert [row["date"]["value"] for row in rows] == [day]


def test_a_process_of_its_own_reads_the_store(words: list[str]) -> None:
    case = json.loads((ACCEPTANCE / "competency.json").read_text(encoding="utf-8"))["cases"][0]
    given = [f"--{name}={value}" for name, value in case["params"].items()]
    day = ["--as-of", case["as_of"], "--format", "json"]
    done = process("ask", case["question"], *given, *day, *words)
    assert (done.returncode, done.stderr) == (0, "")
    assert_answers(json.loads(done.stdout), case)
