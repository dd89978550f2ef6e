"""A machine that runs the CI jobs of others, and a repository that they are for.

No network: pip finds what Kitei needs in the environment that runs the tests, in the versions that
the lock files name, and Kitei itself is built and installed from a copy of this checkout.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from ruamel.yaml import YAML
from tests.support import ROOT

CARRIED = ("data", "ontology", "service", "shapes", "requirements")
FILES = ("action.yml", ".pre-commit-hooks.yaml", "pyproject.toml", "README.md", "LICENSE")
HUB = "git+https://github.com/example/kitei@v0.1.0"
DAY = "--as-of=2024-06-05"
EXPRESSION = re.compile(r"\$\{\{\s*(\S+?)\s*\}\}")


def yaml(text: str) -> Any:
    """YAML 1.2, in which ``on`` is a word."""
    return YAML(typ="safe").load(text)


ACTION = yaml((ROOT / "action.yml").read_text(encoding="utf-8"))
HOOKS = yaml((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))


class Machine(NamedTuple):
    """Where Kitei lies as a repository and as a wheel, and an environment without network."""

    checkout: Path
    wheel: Path
    environment: dict[str, str]

    def bash(
        self, folder: Path, script: str, variables: Mapping[str, str]
    ) -> subprocess.CompletedProcess[str]:
        """Run a script as GitHub and GitLab do: it ends with the first command that fails."""
        return subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
            cwd=folder,
            env={**self.environment, **variables},
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )


def machine_in(folder: Path) -> Machine:
    """The repository of Kitei with a tag, its wheel, and the libraries without Kitei itself."""
    if missing := [command for command in ("bash", "git") if not shutil.which(command)]:
        pytest.skip(f"needs {', '.join(missing)}")
    checkout = folder / "kitei"
    for name in CARRIED:
        shutil.copytree(ROOT / name, checkout / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in FILES:
        shutil.copy(ROOT / name, checkout / name)
    libraries = folder / "libraries"
    libraries.mkdir()
    for entry in Path(sysconfig.get_path("purelib")).iterdir():
        if not entry.name.startswith(("kitei", "_kitei")):
            (libraries / entry.name).symlink_to(entry)
    git(checkout, "init", "--quiet", ".")
    git(checkout, "add", ".")
    git(checkout, "commit", "--quiet", "--message", "Kitei")
    git(checkout, "tag", "v-test")
    python = [sys.executable, "-m"]
    build = [*python, "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=checkout, check=True, capture_output=True)
    subprocess.run([*python, "virtualenv", "--quiet", str(folder / "venv")], check=True)
    (wheel,) = folder.glob("*.whl")
    return Machine(checkout, wheel, environment(folder, libraries))


def environment(folder: Path, libraries: Path) -> dict[str, str]:
    """The variables of a runner: none of ours, and pip finds the libraries and no index."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("GIT", "KITEI", "PY", "LC_"))}
    return {
        **kept,
        "LANG": "C.UTF-8",
        "PATH": os.pathsep.join([str(folder / "venv" / "bin"), os.environ["PATH"]]),
        "PIP_NO_INDEX": "1",
        # This is how pip spells --no-build-isolation.
        "PIP_NO_BUILD_ISOLATION": "0",
        "PRE_COMMIT_HOME": str(folder / "pre-commit"),
        "PYTHONPATH": str(libraries),
    }


def git(folder: Path, *words: str) -> None:
    """Run git there, as somebody."""
    identity = ["-c", "user.name=test", "-c", "user.email=test@example.org"]
    subprocess.run(["git", *identity, *words], cwd=folder, check=True, capture_output=True)


def stand_in_repository(above: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Somebody's repository with a roster that conforms and draws a warning; we stand in it."""
    folder = above / "a repository"
    folder.mkdir()
    shutil.copytree(ROOT / "data" / "oshu" / "roster-example", folder / "名簿 roster")
    git(folder, "init", "--quiet", ".")
    monkeypatch.chdir(folder)
    return folder


ROSTER = "--roster=名簿 roster"


class Job(NamedTuple):
    """What the steps of a job left behind."""

    code: int
    out: str
    outputs: dict[str, dict[str, str]]
    summary: str


def run_steps(
    machine: Machine,
    folder: Path,
    steps: list[dict[str, Any]],
    inputs: Mapping[str, str],
    before: Mapping[str, dict[str, str]] | None = None,
) -> Job:
    """Run ``run:`` steps as a GitHub runner does, and stop at the first that fails.

    ``before`` are the outputs of steps that have been run already.
    """
    temporary = folder.parent / "runner"
    temporary.mkdir(exist_ok=True)
    outputs = dict(before or {})
    printed, code = "", 0
    summary = temporary / "summary"
    summary.touch()

    def value(match: re.Match[str]) -> str:
        kind, name, *rest = match[1].split(".")
        return inputs[name] if kind == "inputs" else outputs[name][rest[-1]]

    for step in steps:
        assert "${{" not in step["run"], "an expression in a script is run as part of it"
        written = temporary / "output"
        written.write_text("")
        variables = {
            "GITHUB_ACTION_PATH": str(machine.checkout),
            "GITHUB_OUTPUT": str(written),
            "GITHUB_STEP_SUMMARY": str(summary),
            "RUNNER_TEMP": str(temporary),
            **{k: EXPRESSION.sub(value, str(v)) for k, v in step.get("env", {}).items()},
        }
        done = machine.bash(folder, step["run"], variables)
        printed += done.stdout + done.stderr
        lines = written.read_text(encoding="utf-8").splitlines()
        outputs[step.get("id", "")] = dict(line.split("=", 1) for line in lines)
        if code := done.returncode:
            break
    return Job(code, printed, outputs, summary.read_text(encoding="utf-8"))


def inputs_of_action(given: Mapping[str, str]) -> dict[str, str]:
    """These inputs of the action, and what it takes for the others."""
    inputs = {name: str(declared["default"]) for name, declared in ACTION["inputs"].items()}
    assert set(given) <= set(inputs)
    return {**inputs, **given}


def accepts(*words: str | Path) -> None:
    """A validator accepts a file."""
    done = subprocess.run(
        [sys.executable, "-m", *map(str, words)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
