"""The peer of the benches: the same program on rdflib still gives the same answers."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from bench import city
from tests.support import ROOT, SERVICE

ASK = ("ask", "who-acts", "--post", "CDO", "--format", "json")
CHECK = ("check", "--format", "json", "--lang", "en")


@pytest.mark.parametrize("asked", [ASK, CHECK], ids=["ask", "check"])
def test_kitei_on_rdflib_prints_the_same_bytes(asked: tuple[str, ...], tmp_path: Path) -> None:
    roster = city.write(tmp_path / "city", 40)
    environment = {"PYTHONPATH": f"{SERVICE}:{ROOT}", "PYTHONUTF8": "1"}
    printed = [
        subprocess.run(
            [sys.executable, *program, *asked, "--roster", str(roster), "--as-of", city.DAY],
            env=environment,
            capture_output=True,
            check=False,
            timeout=300,
        ).stdout
        for program in (("-m", "kitei"), (str(ROOT / "bench" / "rdflib_kitei.py"),))
    ]
    assert printed[0]
    assert printed[0] == printed[1]
