"""``kitei init-ci``: what it writes, what it leaves alone, and what it refuses."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from tests.ci_support import HOOKS, HUB, ROSTER, accepts, stand_in_repository, yaml
from tests.cli_support import failed, kitei, refused
from tests.support import ROOT

from kitei import __version__
from kitei.cli import source


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Somebody's repository."""
    return stand_in_repository(tmp_path, monkeypatch)


# --- kitei init-ci gitlab ------------------------------------------------------------------------


@pytest.mark.usefixtures("repository")
def test_a_pipeline_that_exists_is_left_alone_and_what_to_add_is_said() -> None:
    theirs = "stages: [test]\n"
    Path(".gitlab-ci.yml").write_text(theirs)
    printed = kitei("init-ci", "gitlab", "--source", HUB, ROSTER, "--lang", "en")
    assert printed.code == 0
    assert "Add to .gitlab-ci.yml" in printed.out
    assert Path(".gitlab-ci.yml").read_text() == theirs
    added = printed.out.rpartition("\n\n")[2]
    assert yaml(theirs + added)["include"] == [{"local": "kitei.gitlab-ci.yml"}]
    Path(".gitlab-ci.yml").write_text(theirs + added)
    again = kitei("init-ci", "gitlab", "--source", HUB, ROSTER, "--force")
    assert again.out == "kitei.gitlab-ci.yml\n"


# --- kitei init-ci pre-commit --------------------------------------------------------------------


def test_the_hook_is_one_by_the_rules_of_pre_commit() -> None:
    accepts("pre_commit", "validate-manifest", ROOT / ".pre-commit-hooks.yaml")


def test_the_hook_without_a_repository_is_the_same_as_the_one_in_it() -> None:
    (hook,) = HOOKS
    printed = kitei("init-ci", "pre-commit", "--source", "kitei==1", ROSTER, "--stdout").out
    (local,) = yaml(printed)["repos"][0]["hooks"]
    assert {key: local[key] for key in hook if key != "description"} == {
        key: value for key, value in hook.items() if key != "description"
    }


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("roster/roster.csv", True),
        ("名簿.XLSX", True),
        ("roster.xlsm", True),
        ("rules/2023-04-01.norms.ttl", True),
        ("kitei.toml", True),
        ("pyproject.toml", True),
        ("waivers.toml", True),
        ("README.md", False),
        ("csv/readme.txt", False),
        ("roster.csv.bak", False),
    ],
)
def test_the_hook_looks_at_what_can_change_a_verdict(name: str, counts: bool) -> None:
    (hook,) = HOOKS
    assert bool(re.search(hook["files"], name)) == counts


# --- what init-ci refuses ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("system", "path"),
    [
        ("github", ".github/workflows/kitei.yml"),
        ("gitlab", "kitei.gitlab-ci.yml"),
        ("pre-commit", ".pre-commit-config.yaml"),
    ],
)
def test_a_file_that_exists_is_replaced_only_by_force(
    repository: Path, system: str, path: str
) -> None:
    words = ("init-ci", system, "--source", HUB, ROSTER)
    target = repository / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text("mine\n")
    assert path in refused(2, *words).err
    assert target.read_text() == "mine\n"
    shown = kitei(*words, "--stdout")
    assert shown.code == 0
    assert target.read_text() == "mine\n"
    assert kitei(*words, "--force").code == 0
    assert target.read_text(encoding="utf-8") == shown.out
    assert f"Kitei {__version__}" in shown.out


def test_a_link_that_leads_nowhere_is_a_file_that_exists(repository: Path) -> None:
    (repository / ".pre-commit-config.yaml").symlink_to(repository.parent / "outside.yaml")
    refused(2, "init-ci", "pre-commit", "--source", HUB, ROSTER)
    assert not (repository.parent / "outside.yaml").exists()


def test_files_are_written_in_the_top_folder_only(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (repository / "docs").mkdir()
    monkeypatch.chdir(repository / "docs")
    refused(2, "init-ci", "github", "--source", HUB, ROSTER)
    assert not list((repository / "docs").iterdir())


@pytest.mark.usefixtures("repository")
@pytest.mark.parametrize(
    "origin",
    [
        "git+https://github.com/example/kitei",
        "git+https://github.com/example/kitei@",
        "git+ssh://git@example.org/kitei.git",
        "--index-url=https://example.org",
        "",
        "kitei==1\nrun: evil",
        "${{ secrets.TOKEN }}",
    ],
)
def test_a_source_that_names_no_one_thing_is_refused(origin: str) -> None:
    assert "source" in refused(2, "init-ci", "github", f"--source={origin}", ROSTER).err


@pytest.mark.usefixtures("repository")
def test_pre_commit_cannot_install_from_a_file_of_the_repository() -> None:
    said = refused(2, "init-ci", "pre-commit", "--source=vendor/kitei.whl", ROSTER).err
    assert "vendor/kitei.whl" in said


def test_a_check_that_would_be_refused_is_not_written_down(repository: Path) -> None:
    for word in (
        "--as-of=tomorrow",
        "--output=sarif",
        "--baseline=a\nb",
        "--baseline=${{ github.head_ref }}",
        "--update-baseline",
    ):
        refused(2, "init-ci", "github", "--source", HUB, ROSTER, word)
    refused(2, "init-ci", "github", "--source", HUB)
    assert not (repository / ".github").exists()


@pytest.mark.usefixtures("repository")
def test_a_configured_roster_needs_no_words() -> None:
    Path("kitei.toml").write_text('roster = "名簿 roster"\n')
    shown = kitei("init-ci", "github", "--source", HUB, "--stdout")
    assert shown.code == 0
    (_, step) = yaml(shown.out)["jobs"]["check"]["steps"]
    assert "with" not in step


# --- where Kitei comes from ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (
            {
                "url": "https://github.com/example/kitei.git",
                "vcs_info": {"vcs": "git", "commit_id": "0a1b", "requested_revision": "main"},
            },
            "git+https://github.com/example/kitei.git@0a1b",
        ),
        (
            {"url": "https://example.org/kitei-0.1.0.whl", "archive_info": {}},
            "kitei @ https://example.org/kitei-0.1.0.whl",
        ),
        (None, f"kitei=={__version__}"),
    ],
)
def test_without_a_source_it_is_the_one_that_this_kitei_was_installed_from(
    monkeypatch: pytest.MonkeyPatch, record: object, expected: str
) -> None:
    class Installed:
        def read_text(self, name: str) -> str | None:
            assert name == "direct_url.json"
            return json.dumps(record) if record else None

    monkeypatch.setattr("importlib.metadata.distribution", lambda _: Installed())
    found = source.read(None)
    assert found.requirement == expected
    assert found.action == ("example/kitei@0a1b" if record and "git" in expected else None)


@pytest.mark.usefixtures("repository")
def test_an_installation_from_this_disk_is_no_source_for_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Editable:
        def read_text(self, _: str) -> str:
            return json.dumps({"url": "file:///home/me/kitei", "dir_info": {"editable": True}})

    monkeypatch.setattr("importlib.metadata.distribution", lambda _: Editable())
    said = failed(2, "init-ci", "github", ROSTER, "--lang", "en").err
    assert "--source" in said
    assert "/home/me" not in said
