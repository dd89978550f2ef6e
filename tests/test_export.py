"""The exported facts of a day: any SHACL engine finds in them what ``kitei check`` finds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pyrudof
import pytest
from rdflib import RDF, SH, Graph
from tests.cli_support import ACCEPTANCE, ROSTER, kitei, process, refused, roster_with, troubled
from tests.support import ROOT, run_python

from kitei import kb
from kitei.check import check, checking, validation
from kitei.check.rules import Rule
from kitei.check.validation import Result
from kitei.city import City

EXAMPLE = ROOT / "data" / "oshu" / "roster-example"
Found = set[tuple[str, str]]
"""Shape and focus node of each result."""
ACCEPTED = [
    case["as_of"] for case in json.loads((ACCEPTANCE / "checks.json").read_text("utf-8"))["cases"]
]
CASES = [
    *((ROSTER, day) for day in ACCEPTED),
    *((EXAMPLE, day) for day in ("2024-06-11", "2025-09-04", "2026-08-20")),
]
# What the acceptance roster has nothing of, everything in it at fault.
ACTS = {
    "meetings.csv": "会議日,招集日,招集者,議長,出席者,報告日\n2024-06-07,2024-06-04,X999,X999,,\n"
    "2024-03-07,,X999,X999,,\n",
    "decisions.csv": "決定日,件名,方式,付議者,協議日,承認日,関係組織,合議者\n"
    "2024-06-09,見本甲,庁議,X999,,2024-06-10,,\n"
    "2024-06-09,見本乙,合議,,2024-06-08,2024-06-08,財務部税務課,X999\n"
    "2024-06-09,見本丙,合議,,2024-06-08,2024-06-08,,\n",
    "organizations.csv": "組織名,上位,長の職名,開始日,終了日\n総務部,,部長,2024-04-01,2024-06-07\n",
}


@pytest.fixture(scope="module")
def shapes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All shapes as one file, as one would hand them to an engine."""
    graph = Graph()
    for file in kb.find().shapes():
        graph.parse(file.path, format="turtle")
    path = tmp_path_factory.mktemp("shapes") / "all.ttl"
    graph.serialize(path, format="turtle")
    return path


@pytest.fixture(scope="module")
def trouble(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A roster that breaks many rules at once."""
    return roster_with(tmp_path_factory.mktemp("trouble"), {**troubled(), **ACTS})


@pytest.fixture(scope="module")
def exported(
    trouble: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[tuple[Path, str], Path]:
    """The export of each case."""
    folder = tmp_path_factory.mktemp("export")
    files = {}
    for number, (roster, day) in enumerate([*CASES, (trouble, "2024-06-11")]):
        outcome = kitei("export", "--roster", roster, "--as-of", day)
        assert (outcome.code, outcome.err) == (0, "")
        files[roster, day] = folder / f"{number}.ttl"
        files[roster, day].write_text(outcome.out, encoding="utf-8")
    return files


@pytest.fixture(scope="module")
def by_pyshacl(
    exported: dict[tuple[Path, str], Path], shapes: Path
) -> dict[tuple[Path, str], Found]:
    """What the plain ``pyshacl`` command finds, several at a time."""

    def run(data: Path) -> Found:
        words = ["-m", "pyshacl", "-s", str(shapes), "-f", "turtle", str(data)]
        done = run_python(words, cwd=ROOT)
        found = in_report(done.stdout)
        assert done.returncode == (1 if found else 0), done.stderr
        return found

    with ThreadPoolExecutor(4) as pool:
        return dict(zip(exported, pool.map(run, exported.values()), strict=True))


def in_report(turtle: str) -> Found:
    report = Graph().parse(data=turtle, format="turtle")
    assert (None, RDF.type, SH.ValidationReport) in report
    return {
        (str(report.value(node, SH.sourceShape)), str(report.value(node, SH.focusNode)))
        for node in report.subjects(RDF.type, SH.ValidationResult)
    }


def by_pyrudof(data: Path, shapes: Path) -> Found:
    engine = pyrudof.Rudof(pyrudof.RudofConfig())
    engine.read_data(str(data), pyrudof.RDFFormat.Turtle, reader_mode=pyrudof.ReaderMode.Strict)
    engine.read_shacl(
        str(shapes), pyrudof.ShaclFormat.Turtle, reader_mode=pyrudof.ReaderMode.Strict
    )
    return {(str(entry.source_shape), entry.focus_node) for entry in engine.validate_shacl()}


def by_kitei(roster: Path, day: str) -> Found:
    """What ``kitei check`` makes its findings of, before several shapes become one finding."""
    seen: list[Result] = []
    true = validation.validate

    def recording(snapshot: Graph, graph: Graph, rules: list[Rule]) -> list[Result]:
        seen.extend(true(snapshot, graph, rules))
        return seen

    city = City(kb.find(), None, None)
    city.read_roster(roster)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checking, "validate", recording)
        report = check(city, date.fromisoformat(day))
    assert bool(report.findings) is bool(seen)
    return {(result.shape, result.focus) for result in seen}


@pytest.mark.parametrize(("roster", "day"), CASES, ids=lambda value: Path(value).name)
def test_three_engines_find_the_same(
    roster: Path,
    day: str,
    exported: dict[tuple[Path, str], Path],
    by_pyshacl: dict[tuple[Path, str], Found],
    shapes: Path,
) -> None:
    expected = by_kitei(roster, day)
    assert by_pyshacl[roster, day] == expected
    assert by_pyrudof(exported[roster, day], shapes) == expected


def test_three_engines_find_the_same_where_much_is_wrong(
    trouble: Path,
    exported: dict[tuple[Path, str], Path],
    by_pyshacl: dict[tuple[Path, str], Found],
    shapes: Path,
) -> None:
    case = (trouble, "2024-06-11")
    expected = by_kitei(*case)
    assert len({shape for shape, _ in expected}) > 15
    assert by_pyshacl[case] == expected
    assert by_pyrudof(exported[case], shapes) == expected


def test_all_shapes_together_are_one_valid_shapes_graph(
    exported: dict[tuple[Path, str], Path], shapes: Path
) -> None:
    data = exported[ROSTER, ACCEPTED[0]]
    words = ["-m", "pyshacl", "-m", "-s", str(shapes), "-f", "turtle", str(data)]
    in_report(run_python(words, cwd=ROOT).stdout)


def test_the_same_facts_are_the_same_bytes(exported: dict[tuple[Path, str], Path]) -> None:
    arguments = ("export", "--roster", ROSTER, "--as-of", ACCEPTED[0])
    first = exported[ROSTER, ACCEPTED[0]].read_text("utf-8")
    for seed in ("1", "2"):
        done = process(*arguments, environment={"PYTHONHASHSEED": seed})
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout == first


def test_facts_of_the_days_of_acts_and_names_of_persons_stay_behind(
    exported: dict[tuple[Path, str], Path],
) -> None:
    text = exported[EXAMPLE, "2026-08-20"].read_text("utf-8")
    subjects = {line.split(" ")[0] for line in text.splitlines() if line.startswith("<")}
    days = {s.split("/day/")[1][:10] for s in subjects if "/day/" in s}
    assert days == {"2026-08-20"}
    assert not [name for name in names() if name in text]


def names() -> Iterator[str]:
    for line in (EXAMPLE / "roster.csv").read_text("utf-8").splitlines()[1:]:
        yield line.split(",")[1]


def test_only_prefixes_that_are_used_are_declared(
    exported: dict[tuple[Path, str], Path],
) -> None:
    text = exported[EXAMPLE, "2026-08-20"].read_text("utf-8")
    lines = text.splitlines()
    declared = [line.split()[1] for line in lines if line.startswith("@prefix")]
    body = "\n".join(line for line in lines if not line.startswith("@prefix"))
    assert declared == sorted(declared)
    assert all(prefix in body for prefix in declared)


def test_what_no_shape_could_judge_is_not_exported(tmp_path: Path) -> None:
    refused(2, "export", "--as-of", "2024-06-11")
    refused(3, "export", "--roster", tmp_path / "none", "--as-of", "2024-06-11")
    refused(4, "export", "--example", "--as-of", "2024-03-01")
    refused(4, "export", "--example", "--as-of", "2020-03-01")
