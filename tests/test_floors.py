"""The house of the design: imports run downward, engines have one home, code names no city."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support import PACKAGE, ROOT, run_python

from kitei import kb
from kitei.cli import COMMANDS
from kitei.namespaces import expand
from kitei.store import Dataset

# Module or package below kitei -> floor. A module imports from its own floor or from a lower one.
FLOORS = {
    "errors": 0,
    "namespaces": 0,
    "dates": 0,
    "terms": 0,
    "files": 0,
    "text": 1,
    "roster": 1,
    "kb": 1,
    "store": 2,
    "derive": 2,
    "regulation": 2,
    "linking": 2,
    "calendar": 2,
    "foreign": 2,
    "confined": 2,
    "sparql": 2,
    "storage": 2,
    "city": 2,
    "copies": 2,
    "image": 2,
    "readings": 2,
    "ask": 3,
    "check": 3,
    "many": 3,
    "describing": 3,
    "report": 3,
    "cli": 4,
    "web": 4,
}
# The entry point and the version stand beside the house.
OUTSIDE = {"__init__", "__main__"}
# Engine -> the only places that may import it.
HOMES = {
    "flask": {"web"},
    "openpyxl": {"roster", "report"},
    "pyoxigraph": {"store"},
    "pyshacl": {"check"},
    "rdflib": {"text", "report", "check"},
    "cachetools": {"web"},
    "granian": {"web"},
    "limits": {"web"},
    "prometheus_client": {"web"},
    "werkzeug": {"web"},
}
# How citations are formed in Japanese law at large is no rule of one city.
EXCEPTED = {"service/kitei/text/citations.py": {"市長", "本部"}}
# A question is asked in some 50 ms; each of these costs more than that to import.
HEAVY = ("flask", "openpyxl", "pyshacl", "rdflib")
MODULES = sorted(PACKAGE.rglob("*.py"))
SHAPES = sorted((ROOT / "shapes").rglob("*.ttl"))
RULES = sorted((ROOT / "ontology").rglob("*.rq")) + sorted((PACKAGE / "queries").rglob("*.rq"))


def area(path: Path) -> str:
    """The module or package directly below ``kitei`` that a file belongs to."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(path: Path) -> Iterator[str]:
    """The dotted names that a module imports, at its top or late."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            if node.module == "kitei":
                yield from (f"kitei.{alias.name}" for alias in node.names)
            else:
                yield node.module or ""
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module"):
            assert area(path) == "cli", f"{path}: only the command line imports by name"


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_every_module_has_a_floor() -> None:
    assert {area(path) for path in MODULES} - OUTSIDE <= set(FLOORS)


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_imports_run_downward(path: Path) -> None:
    if area(path) in OUTSIDE:
        return
    upward = [
        name
        for name in imported(path)
        if name.startswith("kitei.") and FLOORS.get(name.split(".")[1], 0) > FLOORS[area(path)]
    ]
    assert not upward


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_each_engine_has_one_home(path: Path) -> None:
    strangers = [
        name
        for name in imported(path)
        if area(path) not in HOMES.get(name.split(".")[0], {area(path)})
    ]
    assert not strangers


def test_no_two_areas_import_each_other() -> None:
    uses = {
        (area(path), name.split(".")[1])
        for path in MODULES
        if area(path) not in OUTSIDE
        for name in imported(path)
        if name.startswith("kitei.") and name.split(".")[1] in FLOORS
    }
    assert not [pair for pair in uses if pair[0] < pair[1] and pair[::-1] in uses]


def test_the_command_line_starts_without_engines() -> None:
    assert loaded_by("import kitei.cli, kitei.__main__") & {*HEAVY, "pyoxigraph"} == set()


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_a_command_needs_no_heavy_import(command: str) -> None:
    code = f"from kitei.cli import run\ntry: run(['{command}', '--help'])\nexcept SystemExit: pass"
    assert loaded_by(code) & set(HEAVY) == set()


def test_asking_a_csv_roster_needs_the_sparql_engine_only() -> None:
    asked = "['ask', 'who-acts', '--example', '--as-of', '2024-06-05', '--format', 'json']"
    assert loaded_by(f"from kitei.cli import run\nrun({asked})") & set(HEAVY) == set()


def loaded_by(code: str) -> set[str]:
    """The top-level modules that a new interpreter has loaded after running ``code``."""
    report = "\nimport json, sys\nprint(json.dumps(sorted({m.split('.')[0] for m in sys.modules})))"
    done = run_python(["-c", code + report], cwd=ROOT)
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout.splitlines()[-1]))


@pytest.fixture(scope="module")
def city_words() -> re.Pattern[str]:
    """What only data may say: names of cities, units and posts, and provisions by eId."""
    dataset = Dataset()
    dataset.load(kb.find().data())
    named_by = [expand(name) for name in ("rdfs:label", "skos:altLabel", "kitei:path")]
    kinds = [expand(k) for k in ("org:Post", "org:OrganizationalUnit", "org:FormalOrganization")]
    things = {thing for kind in kinds for thing in dataset.subjects(expand("rdf:type"), kind)}
    labels = {label for thing in things for p in named_by for label, _ in dataset.values(thing, p)}
    japanese = {label for label in labels if re.search(r"[^\x00-\x7f]", label)}
    foreign = {label for label in labels - japanese if len(label) > 2}
    cities = {path.name for path in (ROOT / "data").iterdir() if path.is_dir()}
    codes = {thing.rsplit("/", 1)[-1] for thing in things if thing.rsplit("/", 1)[-1].isdigit()}
    whole_words = "|".join(rf"\b{re.escape(word)}\b" for word in sorted(foreign | cities | codes))
    anywhere = "|".join(re.escape(word) for word in sorted(japanese, key=len, reverse=True))
    return re.compile(rf"{anywhere}|{whole_words}|\bart_\d")


def test_the_words_of_a_city_are_known(city_words: re.Pattern[str]) -> None:
    for word in ("総務部長", "副市長", "CDO", "税務課", "art_3__para_2", "oshu", "032158"):
        assert city_words.search(f" {word} "), word


@pytest.mark.parametrize("path", [*MODULES, *SHAPES, *RULES], ids=named)
def test_rules_are_data(path: Path, city_words: re.Pattern[str]) -> None:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        text = without_prose(text)
    found = {match.group() for match in city_words.finditer(text)} - EXCEPTED.get(
        named(path), set()
    )
    assert not found, f"{named(path)} names what belongs into data: {found}"


def without_prose(source: str) -> str:
    """A module without its docstrings and comments, which may give examples."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            node.body = [
                statement
                for statement in node.body
                if not (
                    isinstance(statement, ast.Expr)
                    and isinstance(statement.value, ast.Constant)
                    and isinstance(statement.value.value, str)
                )
            ] or [ast.Pass()]
    return ast.unparse(tree)
