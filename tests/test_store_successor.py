"""A store in a folder is replaced as a whole or stays as it was."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from tests.cli_support import ROSTER, kitei, process

from kitei import foreign, kb
from kitei.city import City
from kitei.errors import InputUnreadableError, UsageError
from kitei.storage import embedded, open_store
from kitei.storage.contents import Contents
from kitei.storage.embedded import Embedded
from kitei.storage.successor import successor, sweep
from kitei.store import Dataset

DAY = "2024-06-05"
LOADING = ["--example", "--as-of", DAY]
ASKING = ["who-acts", "--post", "CDO", "--as-of", DAY]
ONE = "http://example.org/graph/1"
TRIPLE = b"<http://example.org/s> <http://example.org/p> <http://example.org/o> .\n"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A store with the example city."""
    folder = tmp_path / "stores" / "city"
    assert kitei("load", "--store", folder, *LOADING).code == 0
    return folder


def only(folder: Path) -> bool:
    """Whether nothing lies beside a store."""
    return [path.name for path in folder.parent.iterdir()] == [folder.name]


def answers(folder: Path) -> bool:
    return kitei("ask", *ASKING, "--store", folder).code == 0


def test_a_store_is_made_where_there_was_none_and_leaves_nothing_beside_it(store: Path) -> None:
    assert only(store)
    assert answers(store)


def test_what_others_keep_in_the_folder_stays(store: Path) -> None:
    Embedded(store).append(ONE, TRIPLE)
    assert kitei("load", "--store", store, "--roster", ROSTER, "--as-of", DAY).code == 0
    assert Dataset(store, writable=False).dump(ONE) == TRIPLE
    assert only(store)


def interrupted(_file: foreign.DataFile) -> Iterator[tuple[str, bytes]]:
    yield ONE, TRIPLE
    raise KeyboardInterrupt


def test_ctrl_c_leaves_the_store_as_it_was(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(foreign, "read", interrupted)
    (store.parent.parent / "o.nt").write_bytes(TRIPLE)
    city = City(kb.find())
    with pytest.raises(KeyboardInterrupt):
        Contents(Embedded(store, writable=True)).load(
            city, foreign.files([store.parent.parent / "o.nt"])
        )
    assert only(store)
    assert answers(store)


def test_ctrl_c_ends_the_bulk_load_itself(store: Path) -> None:
    city = City(kb.find())
    city.read_roster(ROSTER)
    told: list[tuple[int, int]] = []

    def stop(done: int, number: int) -> None:
        told.append((done, number))
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(embedded, "_EVERY", 100)
        with pytest.raises(KeyboardInterrupt):
            Contents(Embedded(store, writable=True)).load(city, [], stop)
    assert [100 <= done < number for done, number in told] == [True]
    assert only(store)
    assert answers(store)


# Whoever is started in the background by a shell ignores Ctrl-C, and so do its children.
_HEARING = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)
from kitei.__main__ import main
main()
"""


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_a_load_is_ended_by_ctrl_c_in_one_line(store: Path) -> None:
    """A process of its own, held up by a pipe that says nothing."""
    pipe = store.parent.parent / "slow.nt"
    os.mkfifo(pipe)
    words = ["load", "--store", str(store), "--rules-only", "--data", str(pipe)]
    loading = subprocess.Popen(
        [sys.executable, "-P", "-c", _HEARING, *words],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1] / "service")},
        stderr=subprocess.PIPE,
    )
    # Opening it for writing returns once it is open for reading. A signal between that and the
    # reading itself is heard when something has been read, which here is never; so another one.
    with loading, pipe.open("wb"):
        for _ in range(12):
            loading.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                _, err = loading.communicate(timeout=5)
                break
        else:
            loading.kill()
            pytest.fail("a load goes on after Ctrl-C")
    assert loading.returncode == 130
    assert err.strip() == b""
    assert only(store)
    assert answers(store)


def test_what_is_no_store_is_never_replaced(tmp_path: Path) -> None:
    for name in ("folder", "file"):
        target = tmp_path / name
        if name == "folder":
            target.mkdir()
            (target / "letter.txt").write_text("dear")
        else:
            target.write_text("dear")
        outcome = kitei("load", "--store", target, *LOADING, "--lang", "en")
        assert outcome.code in {2, 3}
        assert outcome.err.count("\n") == 1
        assert "not a store" in outcome.err
    assert (tmp_path / "folder" / "letter.txt").read_text() == "dear"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder"]


def test_a_store_beside_other_files_is_not_replaced_either(store: Path) -> None:
    (store / "letter.txt").write_text("dear")
    outcome = kitei("load", "--store", store, "--roster", ROSTER, "--lang", "en")
    assert (outcome.code, "not a store" in outcome.err) == (2, True)
    assert (store / "letter.txt").read_text() == "dear"


@pytest.mark.skipif(os.name == "nt", reason="locks of POSIX")
def test_nobody_else_writes_while_a_store_is_being_loaded(store: Path) -> None:
    with pytest.raises(KeyboardInterrupt), successor(store):
        for words in (["load", *LOADING], ["load", "--rules-only"]):
            other = process(*words, "--store", str(store), "--lang", "en")
            # What is there already need not be written.
            writes = "--rules-only" in words
            assert other.returncode == (3 if writes else 0)
            assert ("another process is writing" in other.stderr) == writes
        read = process("ask", *ASKING, "--store", str(store))
        assert read.returncode == 0
        raise KeyboardInterrupt
    assert only(store)


def test_who_reads_a_store_goes_on_reading_it_when_it_is_replaced(store: Path) -> None:
    reading = Contents(open_store(store))
    before = reading.complete()
    assert kitei("load", "--store", store, "--roster", ROSTER, "--as-of", DAY).code == 0
    assert reading.complete() == before
    assert Contents(open_store(store)).complete() != before


def test_what_a_killed_process_left_is_cleared_away(store: Path) -> None:
    left = store.with_name(f".{store.name}.1-a.loading")
    Embedded(left, writable=True).append(ONE, TRIPLE)
    fresh = store.with_name(f".{store.name}.1-b.loading")
    fresh.mkdir()
    sweep(store)
    assert not left.exists()
    assert fresh.exists(), "somebody may just be about to fill it"
    fresh.rmdir()
    # Killed between the two renames: the store comes back.
    store.rename(store.with_name(f".{store.name}.1-a.before"))
    sweep(store)
    assert only(store)
    assert answers(store)


def test_when_the_place_cannot_be_taken_the_old_store_comes_back(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Path.rename

    def failing(path: Path, target: Path) -> Path:
        if path.name.endswith(".loading"):
            raise OSError(28, "No space left on device")
        return real(path, target)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(UsageError, match="No space left"), successor(store):
        pass
    monkeypatch.undo()
    assert only(store)
    assert answers(store)


def test_a_folder_that_cannot_be_written_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="cannot write"), successor(tmp_path / "file" / "store"):
        pass


def test_the_days_that_were_published_before_go_with_the_old_contents(store: Path) -> None:
    query = store.parent.parent / "q.rq"
    query.write_text("ASK {}")
    assert kitei("query", query, "--store", store, "--as-of", "2024-07-01").code == 0
    city = City(kb.find())
    contents = Contents(open_store(store, writable=True))
    assert contents.load(city, [])
    assert not contents.has(city.day(date(2024, 7, 1), judging=False), date(2024, 7, 1))
    with pytest.raises(InputUnreadableError):
        Contents(open_store(store.with_name("none")))
