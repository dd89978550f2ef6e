"""What tests of several areas share: where the checkout is, and what lies outside it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SERVICE = ROOT / "service"
PACKAGE = SERVICE / "kitei"

PATIENCE = 120
"""Seconds after which a test gives up waiting: far more than it takes on a machine that is busy."""
NEEDS_SHARED = "needs the acceptance cases beside the checkout (KITEI_SHARED)"


def shared() -> Path | None:
    """The folder with the acceptance cases, if there is one."""
    folder = Path(os.environ.get("KITEI_SHARED") or ROOT.parent / "shared")
    return folder if (folder / "acceptance").is_dir() else None


needs_shared = pytest.mark.skipif(shared() is None, reason=NEEDS_SHARED)
"""For tests that read what is not part of this repository."""


def run_python(
    arguments: Sequence[str],
    *,
    cwd: Path,
    path: Path = SERVICE,
    environment: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run this interpreter in ``cwd`` with only ``path`` added to what it can import."""
    return subprocess.run(
        [sys.executable, "-P", *arguments],
        cwd=cwd,
        env={
            **os.environ,
            "PYTHONPATH": str(path),
            "PYTHONUTF8": "1",
            "PYTHONDONTWRITEBYTECODE": "1",
            **(environment or {}),
        },
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
