"""Servers that are measured: started, asked, their CPU time and memory taken, and stopped."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from bench.measuring import SERVICE

_PATIENCE = 120.0
_TICKS = os.sysconf("SC_CLK_TCK")


class Server:
    """A server on a port of this machine."""

    def __init__(self, name: str, command: list[str], port: int, path: str) -> None:
        """``path`` is where it takes queries."""
        self.name = name
        self.command = command
        self.port = port
        self.path = path
        self.pid = 0

    @property
    def url(self) -> str:
        """Its root."""
        return f"http://127.0.0.1:{self.port}"

    def get(self, path: str, accept: str = "*/*", limit: float = 60) -> tuple[int, bytes]:
        """Status and body. Raises ``OSError`` or ``HTTPException``."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=limit)
        try:
            connection.request("GET", path, headers={"Accept": accept})
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def processes(self) -> list[int]:
        """Those of its session: also evaluators whose keeper has ended."""
        found = ((each, _stat(each)) for each in Path("/proc").glob("[0-9]*"))
        return [int(each.name) for each, fields in found if fields and int(fields[3]) == self.pid]

    def cpu(self) -> float:
        """Seconds of all its processes that live, and of those they waited for."""
        return sum(_cpu(pid) for pid in self.processes())

    def memory(self) -> int:
        """Bytes that its processes have for themselves or share, each page counted in part."""
        return sum(_memory(pid) for pid in self.processes())


@contextmanager
def started(server: Server) -> Iterator[Server]:
    """Start a server, wait until it answers, and stop it in the end."""
    environment = {**os.environ, "PYTHONPATH": str(SERVICE), "PYTHONUTF8": "1"}
    quiet = subprocess.DEVNULL
    with subprocess.Popen(
        server.command, stdout=quiet, stderr=quiet, env=environment, start_new_session=True
    ) as process:
        server.pid = process.pid
        try:
            _await(server, process)
            yield server
        finally:
            process.send_signal(signal.SIGINT if server.name == "kitei" else signal.SIGTERM)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()


def _await(server: Server, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until and process.poll() is None:
        try:
            if server.get(f"{server.path}?query=ASK%7B%7D")[0] == 200:
                return
        except (OSError, HTTPException):
            pass
        time.sleep(0.1)
    raise TimeoutError(f"{server.name} does not answer: {' '.join(server.command)}")


def free_port() -> int:
    """A port that is free now."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def family(pid: int) -> dict[int, int]:
    """A process and all that descend from it -> their parents."""
    parents = {int(each.name): _parent(each) for each in Path("/proc").glob("[0-9]*")}
    found, more = {pid: parents.get(pid, 0)}, True
    while more:
        new = {child: parent for child, parent in parents.items() if parent in found}
        more = not new.keys() <= found.keys()
        found |= new
    return found


def evaluators(pid: int) -> list[int]:
    """The evaluators of ``kitei serve``: below the steward's guardian, the steward and a keeper."""
    parents = family(pid)
    depth = {pid: 0}
    while len(depth) < len(parents):
        depth |= {each: depth[up] + 1 for each, up in parents.items() if up in depth}
    return [each for each, level in depth.items() if level == 4]


def _parent(process: Path) -> int:
    fields = _stat(process)
    return int(fields[1]) if fields else 0


def _cpu(pid: int) -> float:
    fields = _stat(Path(f"/proc/{pid}"))
    return sum(map(int, fields[11:15])) / _TICKS if fields else 0.0


def _memory(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)


def _stat(process: Path) -> list[str]:
    """The fields behind the name of a process: state, parent and so on; none if it has gone."""
    try:
        return (process / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return []
