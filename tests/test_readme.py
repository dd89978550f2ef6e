"""Both READMEs are run as a newcomer would: every command, and the output where one is shown.

A ``sh`` block is a script. A ``text`` block right after it is what it prints, where a line ``...``
stands for any lines. A last comment ``# exit code N`` says that the script ends so. ``make`` lines
are checked as dry runs (``make test`` is what runs this test), ``kitei serve`` is the server that
the other blocks talk to (its options must exist), and the environment is the one that runs the
tests.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from urllib.parse import unquote

import pytest
import rdflib
from tests.support import ROOT

from kitei.cli import serve
from kitei.cli.parser import Parser

READMES = {"README.md": "en_US.UTF-8", "README.ja.md": "ja_JP.UTF-8"}
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
EXIT_CODE = re.compile(r"# exit code (\d)$")
ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+")
SERVE = re.compile(r"kitei serve\b")
NEEDED = ("bash", "make", "curl")


@dataclass(frozen=True)
class Script:
    """A block of commands in a README, and what it prints if that is shown."""

    readme: str
    line: int
    commands: str
    output: str | None

    def __str__(self) -> str:
        return f"{self.readme}:{self.line}"


def scripts(readme: str) -> list[Script]:
    """The ``sh`` blocks of a README, in order."""
    text = (ROOT / readme).read_text(encoding="utf-8")
    fences = list(FENCE.finditer(text))
    found = []
    for fence, after in zip_longest(fences, fences[1:]):
        if fence[1] == "sh":
            shown = None
            if after and after[1] == "text" and not text[fence.end() : after.start()].strip():
                shown = after[2]
            line = text.count("\n", 0, fence.start()) + 1
            found.append(Script(readme, line, fence[2], shown))
    return found


SCRIPTS = [script for readme in READMES for script in scripts(readme)]


@dataclass(frozen=True)
class Checkout:
    """A copy of the checkout to work in, and the environment of somebody who works there."""

    folder: Path
    environment: dict[str, str]


@pytest.fixture(scope="module", params=READMES)
def checkout(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """A fresh copy for each README: its blocks may use what earlier blocks wrote."""
    folder = tmp_path_factory.mktemp("check out") / "kitei"
    folder.mkdir()
    for name in ("data", "ontology", "shapes", "service", "requirements"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("Makefile", "pyproject.toml"):
        shutil.copy(ROOT / name, folder)
    commands = folder / ".venv" / "bin"
    commands.mkdir(parents=True)
    write_command(commands / "python", f'exec "{sys.executable}" -P "$@"')
    write_command(commands / "kitei", f'exec "{sys.executable}" -P -m kitei "$@"')
    environment = {
        **{key: value for key, value in os.environ.items() if key[:3] != "LC_"},
        "LANG": READMES[request.param],
        "PATH": os.pathsep.join([str(commands), os.environ["PATH"]]),
        "PYTHONPATH": str(folder / "service"),
        "PYTHONUTF8": "1",
        "PYTHONWARNINGS": "error",
    }
    return Checkout(folder, environment)


def write_command(path: Path, script: str) -> None:
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """``kitei serve --example``, as the READMEs start it, on a free port; its address."""
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "kitei", "serve", "--example", "--port", "0"],
        env={**os.environ, "PYTHONPATH": str(ROOT / "service"), "PYTHONUTF8": "1"},
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    with process:
        assert process.stdout
        line = process.stdout.readline()
        address = ADDRESS.search(line)
        assert address, line
        yield address[0]
        process.terminate()
    assert process.returncode == 0


@pytest.mark.parametrize(
    ("checkout", "script"),
    [(script.readme, script) for script in SCRIPTS],
    indirect=["checkout"],
    ids=map(str, SCRIPTS),
)
def test_a_newcomer_can_paste_it(
    checkout: Checkout, script: Script, request: pytest.FixtureRequest
) -> None:
    missing = [command for command in NEEDED if not shutil.which(command)]
    if missing:
        pytest.skip(f"needs {', '.join(missing)}")
    commands = script.commands
    if ADDRESS.search(commands):
        commands = ADDRESS.sub(request.getfixturevalue("server"), commands)
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", "\n".join(map(adapted, commands.splitlines()))],
        cwd=checkout.folder,
        env=checkout.environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    expected = EXIT_CODE.search(script.commands.rstrip())
    assert done.returncode == int(expected[1] if expected else 0), done.stdout + done.stderr
    assert not done.stderr
    if script.output is not None:
        assert shows(script.output, done.stdout), done.stdout


def adapted(line: str) -> str:
    """A line as it can be run inside a test run."""
    if line.startswith("make "):
        return f"{line} --dry-run > make.log"
    if line == ". .venv/bin/activate" or SERVE.match(line):
        return ":"
    return line.replace("curl -s ", "curl -sS --fail ")


def shows(shown: str, printed: str) -> bool:
    """Whether the shown output is what was printed; a line ``...`` stands for any lines."""
    parts = re.split(r"^\.\.\.\n", shown, flags=re.MULTILINE)
    pattern = r"(?:.*\n)*?".join(
        "".join(rf"{re.escape(line.rstrip())}[ ]*\n" for line in part.splitlines())
        for part in parts
    )
    return re.fullmatch(pattern, printed.rstrip("\n") + "\n") is not None


def test_both_readmes_show_the_same_commands() -> None:
    english, japanese = (
        [re.sub(r"( --lang |&lang=)\w\w", "", script.commands) for script in scripts(readme)]
        for readme in READMES
    )
    assert english == japanese


def test_the_two_commands_come_before_all_others_but_the_result() -> None:
    for readme in READMES:
        commands = [script.commands.strip() for script in scripts(readme)]
        assert commands[0].startswith("kitei ask who-acts")
        assert "SELECT" in commands[1]
        assert commands[2:4] == ["make serve", "make test"]


@pytest.mark.parametrize("readme", READMES)
def test_the_sparql_is_plain_and_needs_only_the_committed_turtle(readme: str) -> None:
    (commands,) = [one.commands for one in scripts(readme) if "SubstitutionRule ;" in one.commands][
        :1
    ]
    query = commands.partition("\n")[2].rpartition("SPARQL\n")[0]
    assert len(query.splitlines()) <= 11
    graph = rdflib.Graph()
    for folder in ("ontology", "data"):
        for path in sorted((ROOT / folder).rglob("*.ttl")):
            graph.parse(path, format="turtle")
    rows = {tuple(map(str, row)) for row in graph.query(query) if isinstance(row, tuple)}
    assert rows == {
        ("CDO補佐官", "事故", "第3条第2項"),
        ("CDO補佐官", "欠けた", "第3条第2項"),
    }


def serve_options() -> set[str]:
    """The long options of ``kitei serve``, as its parser declares them."""
    parser = Parser()
    serve.register(parser)
    names = {name for action in parser._actions for name in action.option_strings}
    return {name for name in names if name.startswith("--")} - {"--help"}


@pytest.mark.parametrize("readme", READMES)
def test_every_option_of_the_service_is_documented(readme: str) -> None:
    """Whoever adds an option to ``kitei serve`` adds its row."""
    text = (ROOT / readme).read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(--[a-z-]+)[^|]*\|[^|]+\|$", text, re.MULTILINE)
    assert len(rows) == len(set(rows)), "an option has one row"
    assert set(rows) == serve_options()


@pytest.mark.parametrize("readme", READMES)
def test_a_service_is_shown_with_options_that_it_takes(readme: str) -> None:
    lines = [line for script in scripts(readme) for line in script.commands.splitlines()]
    shown = [shlex.split(line)[2:] for line in lines if SERVE.match(line)]
    assert shown
    for words in shown:
        parser = Parser()
        serve.register(parser)
        parser.parse_args(words)


@pytest.mark.parametrize("readme", READMES)
def test_every_link_leads_to_a_file(readme: str) -> None:
    text = FENCE.sub("", (ROOT / readme).read_text(encoding="utf-8"))
    targets = re.findall(r"\]\(([^)#]+)\)", text)
    assert targets
    assert [target for target in targets if not (ROOT / unquote(target)).exists()] == []
