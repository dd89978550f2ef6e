"""``kitei check --each`` at a terminal: progress, and what an interrupt leaves behind."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from tests.cli_support import on_a_terminal, started
from tests.each_support import DAY, cities, doing, each, interrupt_parent, told, wait_for_ever
from tests.support import ROOT, run_python

from kitei.confined import can_fork
from kitei.many.children import Stop

pytestmark = pytest.mark.skipif(not can_fork(), reason="needs fork")


# --- interrupted ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupt_leaves_valid_reports_on_what_was_done(
    number: int, code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    doing({"c": interrupt_parent(number)}, monkeypatch)
    inside = cities(tmp_path / "cities", *"abcdef")
    files = {name: tmp_path / name for name in ("json", "jsonl", "sarif", "junit")}
    outputs = [word for n, file in files.items() for word in ("--output", f"{n}={file}")]
    outcome = each(inside, "--jobs", "1", *outputs)
    assert (outcome.code, outcome.err) == (code, "")
    assert "Interrupted; the other 4 cities were not checked." in outcome.out
    document = json.loads(files["json"].read_text("utf-8"))
    assert [city["city"] for city in document["cities"]] == ["a", "b"]
    assert document["complete"] is False
    assert document["summary"]["exit_code"] == code
    *lines, last = files["jsonl"].read_text("utf-8").splitlines()
    assert ([json.loads(line)["city"] for line in lines], json.loads(last)["complete"]) == (
        ["a", "b"],
        False,
    )
    log = json.loads(files["sarif"].read_text("utf-8"))
    assert (len(log["runs"]), log["properties"]["complete"]) == (2, False)
    top = ET.fromstring(files["junit"].read_text("utf-8"))  # noqa: S314  (our own)
    assert [error.get("type") or "" for error in top.iter("error")] == ["interrupted"]


def test_what_was_done_out_of_turn_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    doing({"a": wait_for_ever, "c": interrupt_parent(signal.SIGINT)}, monkeypatch)
    outcome = each(cities(tmp_path, *"abcd"), "--jobs", "2", "--format", "json")
    assert (outcome.code, list(told(outcome))) == (130, ["b"])


def test_ctrl_c_at_a_terminal_ends_the_whole_family(tmp_path: Path) -> None:
    inside = cities(tmp_path / "cities", *(f"{number:03}" for number in range(60)))
    report = tmp_path / "report.json"
    words = ("check", "--each", inside, "--as-of", DAY, "--jobs", "2", "--output", f"json={report}")
    running = started(*words, family=True)
    assert running.stdout is not None
    for _ in range(3):  # the head of the table, and the first city
        running.stdout.readline()
    os.killpg(running.pid, signal.SIGINT)
    _, errors = running.communicate(timeout=60)
    assert (running.returncode, errors) == (130, "")
    with pytest.raises(ProcessLookupError):
        os.killpg(running.pid, 0)
    document = json.loads(report.read_text("utf-8"))
    assert document["complete"] is False
    assert 0 < document["summary"]["done"] < document["summary"]["cities"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cities", "report.json"]


def test_the_verdict_stands_when_nobody_reads_on(tmp_path: Path) -> None:
    cities(tmp_path, "a", "b")
    (tmp_path / "c").mkdir()
    running = started("check", "--each", tmp_path, "--as-of", DAY)
    assert running.stdout is not None
    assert running.stderr is not None
    running.stdout.close()
    assert (running.wait(timeout=60), running.stderr.read()) == (1, "")
    running.stderr.close()


# --- progress ------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(0, 0), (50, 120)])
def test_progress_is_shown_on_a_terminal_and_wiped_out(
    size: tuple[int, int], tmp_path: Path
) -> None:
    cities(tmp_path, "a", "b", "c")
    words = ("check", "--each", tmp_path, "--as-of", DAY, "--format", "json", "--lang", "en")
    done = on_a_terminal(*words, size=size)
    assert done.code == 0
    assert "0/3" in done.err
    assert not done.err.rpartition("\r")[2].strip()
    assert json.loads(done.out)["complete"] is True


def test_no_progress_and_no_library_for_it_without_a_terminal(tmp_path: Path) -> None:
    code = (
        "import sys; from kitei.cli import run; "
        f"run(['check', '--each', {str(cities(tmp_path, 'a'))!r}, '--as-of', '{DAY}']); "
        "print('tqdm' in sys.modules)"
    )
    done = run_python(["-c", code], cwd=ROOT)
    assert (done.stdout.splitlines()[-1], done.stderr) == ("False", "")


# --- memory --------------------------------------------------------------------------------------


def test_handlers_are_put_back() -> None:
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    with Stop():
        assert signal.getsignal(signal.SIGINT) != before[0]
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before
