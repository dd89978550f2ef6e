"""What Kitei puts into the CI of others, exercised by running the very commands it contains."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import virtualenv
from tests.ci_support import (
    ACTION,
    DAY,
    HUB,
    ROSTER,
    Job,
    Machine,
    accepts,
    git,
    inputs_of_action,
    machine_in,
    run_steps,
    stand_in_repository,
    yaml,
)
from tests.cli_support import kitei
from tests.support import ROOT

from kitei.cli import init_ci


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Somebody's repository."""
    return stand_in_repository(tmp_path, monkeypatch)


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Machine:
    """Where jobs run; made once, for it takes its time."""
    return machine_in(tmp_path_factory.mktemp("machine"))


@pytest.fixture(scope="module")
def installed(machine: Machine, tmp_path_factory: pytest.TempPathFactory) -> Job:
    """The first step of the action, run: an environment takes its time, and one is enough."""
    folder = tmp_path_factory.mktemp("first step") / "repository"
    folder.mkdir()
    job = run_steps(machine, folder, ACTION["runs"]["steps"][:1], inputs_of_action({}))
    assert job.code == 0, job.out
    return job


def run_action(machine: Machine, installed: Job, folder: Path, **given: str) -> Job:
    """Run the action of this repository with these inputs."""
    steps = ACTION["runs"]["steps"][1:]
    return run_steps(machine, folder, steps, inputs_of_action(given), installed.outputs)


# --- the action ----------------------------------------------------------------------------------


def test_the_action_is_one_by_the_schema_of_actions() -> None:
    accepts("check_jsonschema", "--builtin-schema", "vendor.github-actions", ROOT / "action.yml")


def test_the_action_takes_what_the_workflow_gives_it() -> None:
    of_its_own = {"sarif", "args", "python"}
    assert set(ACTION["inputs"]) == {*init_ci.INPUTS, *of_its_own}
    read = "".join(str(step.get("env", {})) for step in ACTION["runs"]["steps"])
    assert set(re.findall(r"inputs\.([a-z-]+)", read)) == set(ACTION["inputs"])


def test_the_action_reports_a_roster_that_conforms(
    machine: Machine, installed: Job, repository: Path
) -> None:
    inputs = {"roster": "名簿 roster", "as-of": "2024-06-05"}
    job = run_action(machine, installed, repository, **inputs)
    assert job.code == 0, job.out
    assert job.outputs["check"] == {
        "exit-code": "0",
        "conforms": "true",
        "sarif": "kitei.sarif",
    }
    assert "::warning file=名簿 roster/designations.csv,line=" in job.out
    assert "member-rank-undecided" in job.summary
    written = json.loads((repository / "kitei.sarif").read_text(encoding="utf-8"))
    assert written["runs"][0]["results"]


def test_the_action_fails_on_findings_and_says_so_in_its_outputs(
    machine: Machine, installed: Job, repository: Path
) -> None:
    (repository / "kitei.toml").write_text('roster = "名簿 roster"\nas-of = 2024-06-05\n')
    wanted = {"fail-on": "warning", "sarif": "", "args": "--output=junit=a b.xml\n--lang=ja"}
    job = run_action(machine, installed, repository, **wanted)
    assert job.code == 1
    assert job.outputs["check"] == {"exit-code": "1", "conforms": "false", "sarif": ""}
    assert (repository / "a b.xml").read_text(encoding="utf-8").startswith("<?xml")
    assert "適合しない" in job.out or "不適合" in job.out
    assert not list(repository.glob("*.sarif"))


def test_the_action_does_not_call_an_unreadable_roster_a_verdict(
    machine: Machine, installed: Job, repository: Path
) -> None:
    job = run_action(machine, installed, repository, roster="nowhere")
    assert job.code == 3
    assert job.outputs["check"] == {"exit-code": "3", "conforms": "", "sarif": ""}


@pytest.mark.parametrize("name", [*init_ci.INPUTS, "sarif", "args"])
def test_no_input_of_the_action_is_run_as_a_script(
    machine: Machine, repository: Path, tmp_path: Path, name: str
) -> None:
    # Kitei is not what is tested here: a command that prints its words stands for it.
    commands = tmp_path / "commands"
    commands.mkdir()
    (commands / "kitei").write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    (commands / "kitei").chmod(0o755)
    hostile = "\"; touch pwned; $(touch pwned) `touch pwned` '$((a[$(touch pwned)]))"
    step = ACTION["runs"]["steps"][-1]
    step = {**step, "env": {**step["env"], "KITEI_COMMANDS": str(commands)}}
    job = run_steps(machine, repository, [step], inputs_of_action({name: hostile}))
    assert hostile in job.out
    assert not (repository / "pwned").exists()


# --- kitei init-ci github ------------------------------------------------------------------------


def test_the_workflow_uses_the_action_where_kitei_lies_on_github(
    machine: Machine, installed: Job, repository: Path
) -> None:
    words = ["--fail-on=info", "--output=gitlab=quality.json", "--lang=en"]
    assert kitei("init-ci", "github", "--source", HUB, ROSTER, DAY, *words).code == 0
    path = repository / ".github" / "workflows" / "kitei.yml"
    accepts("check_jsonschema", "--builtin-schema", "vendor.github-workflows", path)
    steps = yaml(path.read_text(encoding="utf-8"))["jobs"]["check"]["steps"]
    (step,) = (step for step in steps if "kitei" in step["uses"])
    assert step["uses"] == "example/kitei@v0.1.0"
    job = run_action(machine, installed, repository, **step["with"])
    assert job.code == 1, job.out
    assert "does not conform" in job.out
    assert json.loads((repository / "quality.json").read_text(encoding="utf-8"))


def test_the_workflow_installs_with_pip_what_lies_elsewhere(
    machine: Machine, repository: Path
) -> None:
    wheel = shutil.copy(machine.wheel, repository)
    vendored = Path(wheel).name
    words = ["--source", f"./{vendored}", ROSTER, DAY, "--fail-on", "warning", "--lang", "ja"]
    assert kitei("init-ci", "github", *words).code == 0
    path = repository / ".github" / "workflows" / "kitei.yml"
    accepts("check_jsonschema", "--builtin-schema", "vendor.github-workflows", path)
    steps = yaml(path.read_text(encoding="utf-8"))["jobs"]["check"]["steps"]
    assert [step["uses"].split("@")[0] for step in steps if "uses" in step] == [
        "actions/checkout",
        "actions/setup-python",
    ]
    job = run_steps(machine, repository, [step for step in steps if "run" in step], {})
    assert job.code == 1, job.out
    assert "::warning file=名簿 roster/designations.csv,line=" in job.out
    assert "member-rank-undecided" in job.summary


# --- kitei init-ci gitlab ------------------------------------------------------------------------


def test_the_pipeline_checks_and_leaves_the_reports_that_it_declares(
    machine: Machine, repository: Path
) -> None:
    words = ["--source", f"kitei @ {machine.wheel.as_uri()}", ROSTER, DAY]
    assert kitei("init-ci", "gitlab", *words).code == 0
    for name in (".gitlab-ci.yml", "kitei.gitlab-ci.yml"):
        accepts("check_jsonschema", "--builtin-schema", "vendor.gitlab-ci", repository / name)
    job = pipeline(repository)
    done = machine.bash(repository, "\n".join(job["script"]), job["variables"])
    assert done.returncode == 0, done.stdout + done.stderr
    reports = job["artifacts"]["reports"]
    quality = json.loads((repository / reports["codequality"]).read_text(encoding="utf-8"))
    assert {entry["check_name"] for entry in quality} >= {"member-rank-undecided"}
    assert "<testsuite" in (repository / reports["junit"]).read_text(encoding="utf-8")

    for name in reports.values():
        (repository / name).unlink()
    assert kitei("init-ci", "gitlab", *words, "--fail-on=info", "--force").code == 0
    job = pipeline(repository)
    assert job["artifacts"]["when"] == "always"
    done = machine.bash(repository, job["script"][-1], job["variables"])
    assert done.returncode == 1, done.stdout + done.stderr
    assert all((repository / name).exists() for name in reports.values())


def pipeline(folder: Path) -> dict[str, Any]:
    """The only job of the file that was written."""
    (job,) = yaml((folder / "kitei.gitlab-ci.yml").read_text(encoding="utf-8")).values()
    assert isinstance(job, dict)
    return job


# --- kitei init-ci pre-commit --------------------------------------------------------------------


def pre_commit(
    machine: Machine, folder: Path, variables: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """What ``git commit`` would run over the files that are staged."""
    words = [sys.executable, "-m", "pre_commit", "run", "--verbose", "--color", "never"]
    return machine.bash(folder, shlex.join(words), variables)


@pytest.mark.parametrize("kind", ["repository", "wheel"])
def test_the_hook_stops_a_commit_of_a_roster_with_findings(
    machine: Machine, repository: Path, kind: str
) -> None:
    if kind == "repository":
        origin, variables = f"git+{machine.checkout.as_uri()}@v-test", {}
    else:
        # pre-commit makes a package of its own around the dependency, with setuptools, which
        # virtualenv carries.
        embedded = str(Path(virtualenv.__file__).parent / "seed" / "wheels" / "embed")
        origin = f"kitei @ {machine.wheel.as_uri()}"
        variables = {"PIP_NO_BUILD_ISOLATION": "1", "PIP_FIND_LINKS": embedded}
    words = ["--source", origin, ROSTER, DAY, "--lang=en"]
    assert kitei("init-ci", "pre-commit", *words).code == 0
    accepts("pre_commit", "validate-config", repository / ".pre-commit-config.yaml")
    git(repository, "add", ".")
    done = pre_commit(machine, repository, variables)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Passed" in done.stdout
    assert "member-rank-undecided" in done.stdout

    assert kitei("init-ci", "pre-commit", *words, "--fail-on=warning", "--force").code == 0
    git(repository, "add", ".")
    done = pre_commit(machine, repository, variables)
    assert done.returncode == 1
    assert "exit code: 1" in done.stdout

    git(repository, "commit", "--quiet", "--message", "all")
    (repository / "NOTES.md").write_text("nothing of the roster\n")
    git(repository, "add", ".")
    assert "no files to check" in pre_commit(machine, repository, variables).stdout
