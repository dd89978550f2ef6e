"""What the benchmarks share: a process is run to its end, and its CPU time and memory are taken.

CPU time is user and system, of the process and of the children that it waited for: other
processes disturb it less than elapsed time.
"""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SERVICE = ROOT / "service"
KITEI = (sys.executable, "-m", "kitei")
RDFLIB = (sys.executable, str(ROOT / "bench" / "rdflib_kitei.py"))
# ru_maxrss is in kilobytes, on macOS in bytes.
RSS_UNIT = 1 if sys.platform == "darwin" else 1024
MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Run:
    """One process: CPU seconds, elapsed seconds, memory in bytes, and what it printed."""

    cpu: float
    elapsed: float
    memory: int
    """The highest resident memory of the process, or of a child that had more."""
    own: int
    """That of the process alone, as last seen while it ran; 0 where the system does not tell."""
    output: bytes


def run(
    command: Sequence[str], cache: Path, limit: float, codes: Sequence[int] = (0,)
) -> Run | None:
    """Run a process to its end; ``None`` when it takes longer than ``limit`` seconds.

    ``cache`` keeps compiled modules. Ends this program when the exit code is none of ``codes``.
    """
    environment = {key: value for key, value in os.environ.items() if key[:6] != "PYTHON"}
    environment |= {
        "PYTHONPATH": str(SERVICE),
        "PYTHONPYCACHEPREFIX": str(cache),
        "PYTHONUTF8": "1",
    }
    with tempfile.TemporaryFile() as output:
        started, own = time.monotonic(), 0
        process = subprocess.Popen(command, stdout=output, env=environment)
        while True:
            pid, status, usage = os.wait4(process.pid, os.WNOHANG)
            if pid:
                break
            own = _peak(process.pid) or own
            if time.monotonic() > started + limit:
                process.kill()
                os.wait4(process.pid, 0)
                process.returncode = -9
                return None
            time.sleep(0.005)
        elapsed = time.monotonic() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in codes:
            sys.exit(f"{' '.join(command)}: exit {process.returncode}")
        output.seek(0)
        used = usage.ru_utime + usage.ru_stime
        return Run(used, elapsed, usage.ru_maxrss * RSS_UNIT, own, output.read())


def must(one: Run | None, what: str) -> Run:
    """The run, or the end of this program: ``what`` took too long."""
    if one is None:
        sys.exit(f"{what} took too long")
    return one


def _peak(pid: int) -> int:
    """The highest resident memory of a running process so far, in bytes."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:")), 0)


def _processor() -> str:
    """The processor's name, as the system knows it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def conditions(*engines: str) -> str:
    """Versions, machine and load, as a line above a table."""
    versions = ", ".join(f"{name} {version(name)}" for name in engines)
    return (
        f"Python {platform.python_version()}, {versions}; {_processor()}, {os.cpu_count()} CPUs, "
        f"{platform.system()}; load {os.getloadavg()[0]:.1f}"
    )


def cpu(runs: Sequence[Run]) -> float:
    """The median of the CPU seconds."""
    return statistics.median(run.cpu for run in runs)


def memory(runs: Sequence[Run]) -> float:
    """The highest memory, in megabytes."""
    return max(run.memory for run in runs) / MEGABYTE


def spread(runs: Sequence[Run]) -> str:
    """The range of the CPU seconds."""
    return f"{min(one.cpu for one in runs):.2f}-{max(one.cpu for one in runs):.2f}"
