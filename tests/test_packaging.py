"""What is built and installed: the wheel's content, and the knowledge base found from anywhere."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from tests.support import ROOT, SERVICE, run_python

WHERE = "import kitei.kb; print(kitei.kb.find().root)"
ASK = ["-m", "kitei", "ask", "who-acts", "--post", "CDO", "--lang", "ja", "--as-of", "2024-06-05"]
LOCKS = sorted((ROOT / "requirements").glob("*.lock"))


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout."""
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel unpacked where Python imports from: a pure wheel is installed so."""
    folder = tmp_path_factory.mktemp("site packages")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def carried(folder: str) -> set[str]:
    """The files below a folder of the checkout that belong into the wheel."""
    top = ROOT / folder
    return {
        path.relative_to(top).as_posix()
        for path in top.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


@pytest.mark.parametrize("folder", ["ontology", "data", "shapes"])
def test_the_wheel_carries_the_knowledge_base(wheel: Path, folder: str) -> None:
    inside = f"kitei/_kb/{folder}/"
    found = {name.removeprefix(inside) for name in names(wheel) if name.startswith(inside)}
    assert found == carried(folder)


def test_the_wheel_carries_the_package_with_its_queries_and_type_marker(wheel: Path) -> None:
    assert {f"kitei/{name}" for name in carried("service/kitei")} <= names(wheel)
    assert "kitei/py.typed" in names(wheel)
    assert "kitei/queries/who-acts.rq" in names(wheel)


def test_the_wheel_brings_one_top_level_name(wheel: Path) -> None:
    tops = {name.split("/")[0] for name in names(wheel)}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"kitei"}


@pytest.mark.parametrize("name", ["data", "shapes", "tests", "ontology", "service", "bench"])
def test_no_folder_of_the_checkout_is_importable(
    installed: Path, tmp_path: Path, name: str
) -> None:
    code = f"import importlib.util, sys; sys.exit(importlib.util.find_spec({name!r}) is not None)"
    assert run_python(["-c", code], cwd=tmp_path, path=installed).returncode == 0


def test_an_installed_wheel_finds_its_own_knowledge_base(installed: Path, tmp_path: Path) -> None:
    done = run_python(["-c", WHERE], cwd=tmp_path, path=installed)
    assert Path(done.stdout.strip()) == installed / "kitei" / "_kb"


def test_a_checkout_finds_its_own_knowledge_base(tmp_path: Path) -> None:
    done = run_python(["-c", WHERE], cwd=tmp_path, path=SERVICE)
    assert Path(done.stdout.strip()) == ROOT


def test_an_editable_installation_points_at_the_checkout_and_copies_nothing(tmp_path: Path) -> None:
    code = f"from hatchling.build import build_editable; build_editable({str(tmp_path)!r})"
    done = run_python(["-c", code], cwd=ROOT)
    assert done.returncode == 0, done.stderr
    (built,) = tmp_path.glob("*.whl")
    content = {name for name in names(built) if ".dist-info/" not in name}
    assert content == {"_kitei.pth"}
    with zipfile.ZipFile(built) as archive:
        assert archive.read("_kitei.pth").decode().strip() == str(SERVICE)


def test_an_installed_wheel_answers_as_the_checkout_does(installed: Path, tmp_path: Path) -> None:
    arguments = [*ASK, "--example"]
    from_wheel = run_python(arguments, cwd=tmp_path, path=installed)
    from_checkout = run_python(arguments, cwd=tmp_path, path=SERVICE)
    assert from_wheel.returncode == 0, from_wheel.stderr
    assert "第3条第2項の規定により" in from_wheel.stdout
    assert from_wheel.stdout == from_checkout.stdout


def test_the_command_is_declared(installed: Path) -> None:
    (entry_points,) = installed.glob("*.dist-info/entry_points.txt")
    assert "kitei = kitei.__main__:main" in entry_points.read_text(encoding="utf-8")


def test_the_licence_and_readme_travel_with_the_wheel(installed: Path) -> None:
    (metadata,) = installed.glob("*.dist-info/METADATA")
    assert "License-Expression: MIT" in metadata.read_text(encoding="utf-8")
    assert list(installed.glob("*.dist-info/licenses/LICENSE"))


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_every_locked_dependency_has_hashes_and_no_index_is_named(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8")
    assert "://" not in text
    entries = re.findall(
        r"^([\w.-]+)==\S+.*\n((?:    --hash=sha256:[0-9a-f]{64}.*\n)*)", text, re.MULTILINE
    )
    assert entries
    assert [name for name, hashes in entries if not hashes] == []


def test_the_locks_agree_and_cover_what_is_declared() -> None:
    pins = {
        lock.name: set(re.findall(r"^([\w.-]+)==(\S+)", lock.read_text("utf-8"), re.MULTILINE))
        for lock in LOCKS
    }
    assert pins["runtime.lock"] | pins["build.lock"] <= pins["dev.lock"]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = {re.split(r"[<>=~!;\[ ]", line)[0].lower() for line in project["dependencies"]}
    assert declared <= {name for name, _ in pins["runtime.lock"]}
