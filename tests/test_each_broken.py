"""Broken cities: each is a finding, and none is able to end the others."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import BinaryIO

import pytest
from tests.cli_support import ROSTER, kitei
from tests.each_support import DAY, cities, doing, each, kill, told, wait_for_ever

from kitei.confined import can_fork
from kitei.many import checking
from kitei.many.outcome import Outcome as CityOutcome

pytestmark = pytest.mark.skipif(not can_fork(), reason="needs fork")
MIB = 1024 * 1024


def test_a_broken_roster_is_a_finding_and_the_others_are_checked(tmp_path: Path) -> None:
    cities(tmp_path, "a", "bytes", "header", "z")
    (tmp_path / "bytes" / "roster.csv").write_bytes(b"\xff\xfe\x00")
    header = (ROSTER / "roster.csv").read_text("utf-8").splitlines()[0]
    (tmp_path / "header" / "roster.csv").write_text(header + "\n", encoding="utf-8")
    (tmp_path / "corrupt.xlsx").write_bytes(b"PK\x03\x04 no workbook")
    (tmp_path / "old.xls").write_bytes(b"old")
    (tmp_path / "empty").mkdir()
    outcome = each(tmp_path, "--format", "json")
    found = told(outcome)
    assert (outcome.code, outcome.err) == (1, "")
    assert [name for name, city in found.items() if city["verdict"] == "conforms"] == ["a", "z"]
    for name in ("bytes", "corrupt.xlsx", "empty", "header", "old.xls"):
        city = found[name]
        assert (city["verdict"], city["reason"]) == ("broken", "input-unreadable"), name
        assert city["report"] is None
        finding = city["finding"]
        assert (finding["rule"], finding["severity"]) == ("city-unreadable", "violation")
        assert finding["focus"] == name
        # The words that the single check of that city ends with.
        alone = kitei("check", "--roster", tmp_path / name, "--as-of", DAY, "--lang", "en")
        said = " ".join(finding["message"]["en"].split())
        assert (alone.code, alone.err) == (3, f"kitei: {said}\n")


def test_a_child_that_does_not_end_well_is_a_finding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def person_in_a_message() -> None:
        raise ValueError("架空 花子")

    deeds = {
        "aborted": os.abort,
        "bug": person_in_a_message,
        "exited": lambda: os._exit(7),
        "greedy": lambda: bytearray(512 * MIB),
        "killed": kill,
    }
    doing(deeds, monkeypatch)
    cities(tmp_path, "a", *deeds, "z")
    outcome = each(tmp_path, "--format", "json", "--memory", "256")
    reasons = {name: city["reason"] for name, city in told(outcome).items()}
    assert reasons == {
        "a": None,
        "aborted": "signal-SIGABRT",
        "bug": "internal",
        "exited": "exit-7",
        "greedy": "memory",
        "killed": "signal-SIGKILL",
        "z": None,
    }
    assert (outcome.code, outcome.err) == (1, "")
    assert "架空" not in outcome.out


def test_a_city_that_takes_too_long_is_a_finding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    doing({"slow": wait_for_ever}, monkeypatch)
    cities(tmp_path, "slow")
    outcome = each(tmp_path, "--format", "json", "--timeout", "1")
    assert told(outcome)["slow"]["reason"] == "timeout"


def test_a_report_that_was_cut_off_is_not_taken_for_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut(spool: BinaryIO, outcome: CityOutcome, pieces: dict[str, bytes]) -> None:
        whole = io.BytesIO()
        true(whole, outcome, pieces)
        spool.write(whole.getvalue()[:-1])
        spool.flush()

    true = checking.write
    monkeypatch.setattr(checking, "write", cut)
    cities(tmp_path, "a")
    assert told(each(tmp_path, "--format", "json"))["a"]["reason"] == "exit-0"


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    inside = cities(tmp_path / "cities", "a", "within")
    cities(tmp_path, "elsewhere")
    (inside / "within" / "roster.csv").unlink()
    (inside / "within" / "roster.csv").symlink_to("/etc/passwd")
    (inside / "again").symlink_to("a")
    (inside / "loop").symlink_to("loop")
    (inside / "nowhere").symlink_to("nothing")
    (inside / "outside").symlink_to(tmp_path / "elsewhere")
    outcome = each(inside, "--format", "json")
    assert "root:" not in outcome.out
    assert {name: city["verdict"] for name, city in told(outcome).items()} == {
        "a": "conforms",
        "again": "conforms",
        "loop": "broken",
        "nowhere": "broken",
        "outside": "broken",
        "within": "broken",
    }
