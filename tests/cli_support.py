"""Running ``kitei`` in tests, in this process or in one of its own."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import subprocess
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any, NamedTuple

from tests.support import ROOT, run_python

from kitei.cli import run

ACCEPTANCE = ROOT / "tests" / "acceptance"
ROSTER = ACCEPTANCE / "roster"
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


def lines_of(name: str) -> list[str]:
    """The lines of a file of the acceptance roster."""
    return (ROSTER / name).read_text(encoding="utf-8").splitlines()


def _no_constant(name: str) -> float:
    raise AssertionError(f"not JSON: {name}")
