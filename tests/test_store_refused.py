"""What cannot be asked or served from a store is one line in the user's language, and a code."""

from __future__ import annotations

import os
import shutil
import signal
from pathlib import Path

import pytest
from tests.cli_support import ROSTER, kitei
from tests.support import ROOT
from tests.test_cli_serve import Server
from tests.test_store_client import serving
from tests.test_web_watched import counted

from kitei.storage.contents import RECORD
from kitei.storage.embedded import Embedded

SECRET = "hush-hush"
DAY = ["--as-of", "2024-06-05"]
QUERY = min((ROOT / "ontology" / "derive").glob("*.rq"))
COMMANDS = {
    "ask": ["ask", "who-acts", "--post", "CDO", *DAY],
    "query": ["query", str(QUERY), *DAY],
    "serve": ["serve", "--port", "0", "--open-roster"],
}


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with the example city, which no test changes."""
    folder = tmp_path_factory.mktemp("loaded") / "store"
    assert kitei("load", "--store", folder, "--example", *DAY).code == 0
    return folder


def refused(code: int, *words: str | Path) -> dict[str, str]:
    """The one line in each language, of a command that ends with ``code``."""
    said = {}
    for language in ("ja", "en"):
        outcome = kitei(*words, "--lang", language)
        assert (outcome.code, outcome.out) == (code, "")
        assert outcome.err.startswith("kitei: ")
        assert outcome.err.count("\n") == 1
        said[language] = outcome.err
    assert said["ja"] != said["en"]
    return said


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("other", [["--roster", str(ROSTER)], ["--example"]], ids=lambda o: o[0])
def test_a_store_and_another_roster_are_too_much(
    command: str, other: list[str], loaded: Path
) -> None:
    said = refused(2, *COMMANDS[command], "--store", loaded, *other)
    assert "--store" in said["en"]
    assert other[0] in said["en"]


@pytest.mark.parametrize("command", ["query", "serve"])
def test_files_of_others_come_from_the_store_too(
    command: str, loaded: Path, tmp_path: Path
) -> None:
    said = refused(2, *COMMANDS[command], "--store", loaded, "--data", tmp_path / "x.nt")
    assert "kitei load" in said["ja"]


@pytest.mark.parametrize("command", COMMANDS)
def test_a_store_that_is_not_there_is_told(command: str, tmp_path: Path) -> None:
    said = refused(3, *COMMANDS[command], "--store", tmp_path / "none")
    assert "there is no store" in said["en"]
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "letter.txt").write_text("dear")
    said = refused(3, *COMMANDS[command], "--store", tmp_path / "other")
    assert "not a store" in said["en"]


@pytest.mark.parametrize("command", COMMANDS)
def test_a_store_that_was_not_loaded_is_told(command: str, tmp_path: Path) -> None:
    Embedded(tmp_path / "empty", writable=True).remove(RECORD)
    said = refused(3, *COMMANDS[command], "--store", tmp_path / "empty")
    assert "kitei load" in said["en"]


@pytest.mark.parametrize("command", COMMANDS)
def test_a_store_with_other_rules_is_told(command: str, loaded: Path, tmp_path: Path) -> None:
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "more.ttl").write_text("<http://example.org/s> a <http://example.org/c> .")
    said = refused(3, *COMMANDS[command], "--store", loaded, "--kb", tmp_path / "more")
    assert "other rules" in said["en"]


@pytest.mark.parametrize("command", COMMANDS)
def test_an_endpoint_that_nobody_answers_at_is_told(command: str) -> None:
    with serving() as gone:
        url = f"{gone.url}?key={SECRET}"
    said = refused(3, *COMMANDS[command], "--store", url)
    assert "refused" in said["en"]
    assert gone.url in said["en"]
    assert SECRET not in str(said)


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("scheme", ["http", "https", "ftp"])
def test_an_address_with_a_password_is_refused_and_not_repeated(command: str, scheme: str) -> None:
    url = f"{scheme}://user:{SECRET}@127.0.0.1:1/sparql"
    assert SECRET not in str(refused(2, *COMMANDS[command], "--store", url))


def test_a_password_in_a_configuration_is_not_repeated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "kitei.toml").write_text(f'[ask]\nstore = "http://user:{SECRET}@localhost/"\n')
    said = refused(2, *COMMANDS["ask"])
    assert "kitei.toml" in said["en"]
    assert SECRET not in str(said)


def test_the_roster_of_a_store_is_not_served_to_everybody_unless_somebody_says_so(
    loaded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("KITEI_TOKEN", raising=False)
    assert "--open-roster" in refused(2, "serve", "--port", "0", "--store", loaded)["en"]


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_a_roster_that_comes_later_is_not_shown_by_a_service_that_protects_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("KITEI_TOKEN", raising=False)
    store = tmp_path / "store"
    assert kitei("load", "--store", store, "--rules-only", *DAY).code == 0
    server = Server("--store", str(store), "--workers", "1")
    try:
        assert kitei("load", "--store", store, "--roster", ROSTER, *DAY).code == 0
        while not counted(server.ask("/metrics")[1], "kitei_data_failures_total"):
            assert server.process.poll() is None
        assert "見本" not in server.ask("/q/who-acts", post="CDO", **{"as-of": DAY[1]})[1]
        shutil.rmtree(store)
        server.process.send_signal(signal.SIGHUP)
        while counted(server.ask("/metrics")[1], "kitei_data_failures_total") < 2:
            assert server.process.poll() is None
        assert server.ask("/readyz")[0].status == 200
    finally:
        code, _, err = server.stop(signal.SIGTERM)
    assert code == 0
    assert "the store has a roster now" in err
    assert "there is no store" in err
    assert "Traceback" not in err
