"""The service under load, for some seconds: the short form of ``make bench-load``."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from kitei.confined import can_fork

ROOT = Path(__file__).resolve().parents[1]

pytestmark = pytest.mark.skipif(
    not can_fork() or not Path("/proc/self/stat").exists(), reason="needs fork and /proc"
)


def test_no_answer_is_wrong_while_evaluators_are_killed_and_data_changes() -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "service"), "PYTHONUTF8": "1"}
    run = subprocess.run(
        [sys.executable, "-m", "bench.load", "--seconds", "15", "--clients", "4"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    said = run.stdout
    assert "wrong: 0" in said
    assert "evaluators killed: 0" not in said
    assert "data changed: 0" not in said
