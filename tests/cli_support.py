"""Running ``kitei`` in tests, in this process or in one of its own, and rosters to run it on."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any, NamedTuple

from tests.support import ROOT, SERVICE, run_python

from kitei.cli import run

ACCEPTANCE = ROOT / "tests" / "acceptance"
ROSTER = ACCEPTANCE / "roster"
# Rows after those of the acceptance roster; row numbers in tests count from there.
TROUBLE: dict[str, list[str]] = {
    "roster.csv": [
        "X001,見本 無関係,,CDO,本務,2024-04-01,",
        "X002,見本 主任者,財務部財政課,主任,本務,2024-04-01,",
        "X003,見本 休職者,総務部総務課,係長,休職,2024-04-01,",
        "X003,見本 休職者,総務部総務課,主事,本務,2024-04-01,",
        "X004,見本 未知者,総務部総務課,係長,応援,2024-04-01,",
        "X005,見本 逆順者,総務部総務課,係長,本務,2024-05-01,2024-04-01",
        "X006,見本 不読者,総務部総務課,係長,本務,いつか,",
        "M001,見本 係長1,政策企画部政策企画課,係長,本務,2024-04-01,",
        "B001,見本 総務,,副市長,兼務,2024-07-01,2024-07-31",
    ],
    "designations.csv": [
        "X002,本部員,5-3,財務部財政課,H003,2024-04-10,",
        "X003,本部員,5-3,総務部総務課,M001,2024-04-10,",
        "X009,本部員,5-4,,C001,2024-05-10,",
        "E001,DX推進チーム員,8-2,,Z001,2024-05-10,",
        "M002,本部員,5-3,総務部総務課,H002,2024-03-10,",
        "M005,本部員,5-4,,C001,2024-09-06,",
    ],
}
_JAPANESE = re.compile(r"[ぁ-んァ-ヶ一-龠]")


class Outcome(NamedTuple):
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, Any]:
        """The JSON that was printed; fails on constants that JSON does not have."""
        assert self.err == "", self.err
        parsed: dict[str, Any] = json.loads(self.out, parse_constant=_no_constant)
        return parsed

    @property
    def table(self) -> list[list[str]]:
        """The CSV that was printed."""
        return list(csv.reader(io.StringIO(self.out, newline="")))


def kitei(*arguments: str | Path) -> Outcome:
    """Run a command in this process."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = run([str(argument) for argument in arguments])
    return Outcome(code, out.getvalue(), err.getvalue())


def refused(code: int, *arguments: str | Path) -> Outcome:
    """The command fails with this code and one line in each language; the Japanese outcome."""
    japanese, english = (failed(code, *arguments, "--lang", lang) for lang in ("ja", "en"))
    assert _JAPANESE.search(japanese.err), japanese.err
    words = re.sub(r"['(].*", "", english.err)
    assert not re.search(r"[ぁ-ん]", words), english.err
    return japanese


def failed(code: int, *arguments: str | Path) -> Outcome:
    """The command fails with this code, one line on standard error and nothing else."""
    outcome = kitei(*arguments)
    assert (outcome.code, outcome.out) == (code, ""), outcome
    assert re.fullmatch(r"kitei: [^\n]+\n", outcome.err), outcome.err
    assert "Traceback" not in outcome.err
    return outcome


def process(
    *arguments: str | Path, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command as a process of its own."""
    words = ["-m", "kitei", *(str(argument) for argument in arguments)]
    return run_python(words, cwd=ROOT, environment=environment)


def started(
    *arguments: str | Path, err: int = subprocess.PIPE, family: bool = False
) -> subprocess.Popen[str]:
    """A command that runs, its output to be read; as a ``family``, it gets signals of its own."""
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "kitei", *(str(argument) for argument in arguments)],
        env={**os.environ, "PYTHONPATH": str(SERVICE), "PYTHONUTF8": "1"},
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=err,
        text=True,
        encoding="utf-8",
        start_new_session=family,
    )


def on_a_terminal(*arguments: str | Path, size: tuple[int, int] = (0, 0)) -> Outcome:
    """What a command leaves behind whose standard error is a terminal of so many rows, columns."""
    import pty
    import termios

    master, terminal = pty.openpty()
    termios.tcsetwinsize(terminal, size)
    with started(*arguments, err=terminal) as running:
        out, _ = running.communicate()
    os.close(terminal)
    shown = os.read(master, 10_000).decode()
    os.close(master)
    return Outcome(running.returncode, out, shown)


def roster_with(folder: Path, files: Mapping[str, str | bytes | None]) -> Path:
    """A copy of the acceptance roster with these files instead; ``None`` takes one away."""
    target = folder / "roster"
    shutil.copytree(ROSTER, target)
    for name, content in files.items():
        if content is None:
            (target / name).unlink()
        else:
            data = content.encode() if isinstance(content, str) else content
            (target / name).write_bytes(data)
    return target


def troubled() -> dict[str, str]:
    """The acceptance roster with every trouble in it."""
    return {name: "\n".join([*lines_of(name), *rows]) + "\n" for name, rows in TROUBLE.items()}


def lines_of(name: str) -> list[str]:
    """The lines of a file of the acceptance roster."""
    return (ROSTER / name).read_text(encoding="utf-8").splitlines()


def _no_constant(name: str) -> float:
    raise AssertionError(f"not JSON: {name}")
