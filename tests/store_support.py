"""Stores in tests: in memory, on disk, and behind two servers that the tests start themselves."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from kitei.storage import Store
from kitei.storage.embedded import Embedded
from kitei.storage.endpoint import Endpoint
from kitei.storage.http import PASSWORD, USER, Account

KINDS = ("memory", "disk", "oxigraph", "virtuoso")
_SECONDS = 60.0


class Address(NamedTuple):
    """Where a server answers."""

    query: str
    graphs: str
    account: Account | None = None

    def endpoint(self) -> Endpoint:
        """A store at this server."""
        return Endpoint(self.query, self.graphs, self.account)


class Place(NamedTuple):
    """A store and how the command line names it."""

    store: Store
    words: tuple[str, ...]
    environment: dict[str, str]


def oxigraph_program() -> str | None:
    """The ``oxigraph`` server, of this environment or of the machine."""
    beside = Path(sys.executable).with_name("oxigraph")
    return str(beside) if beside.is_file() else shutil.which("oxigraph")


@contextmanager
def oxigraph() -> Iterator[Address]:
    """An Oxigraph server in memory."""
    program = oxigraph_program()
    if program is None:
        pytest.skip("needs the oxigraph server (pip install oxigraph)")
    at = f"127.0.0.1:{_free_port()}"
    with _running([program, "serve", "--bind", at], until="Listening"):
        yield Address(f"http://{at}/query", f"http://{at}/store")


@contextmanager
def virtuoso(folder: Path) -> Iterator[Address]:
    """A Virtuoso server that keeps its files in ``folder``."""
    program = shutil.which("virtuoso-t")
    if program is None:
        pytest.skip("needs Virtuoso (apt-get install virtuoso-opensource-7-bin)")
    port = _free_port()
    settings = folder / "virtuoso.ini"
    settings.write_text(
        f"""[Database]
DatabaseFile = {folder}/virtuoso.db
ErrorLogFile = {folder}/virtuoso.log
LockFile = {folder}/virtuoso.lck
TransactionFile = {folder}/virtuoso.trx
xa_persistent_file = {folder}/virtuoso.pxa
[TempDatabase]
DatabaseFile = {folder}/temporary.db
TransactionFile = {folder}/temporary.trx
[Parameters]
ServerPort = 127.0.0.1:{_free_port()}
NumberOfBuffers = 10000
[HTTPServer]
ServerPort = 127.0.0.1:{port}
ServerThreads = 4
[SPARQL]
DefaultQuery = ASK {{}}
"""
    )
    with _running([program, "-f", "-c", str(settings)], until="Server online"):
        base = f"http://127.0.0.1:{port}"
        # The account of a fresh installation; the server listens on this machine only.
        yield Address(f"{base}/sparql", f"{base}/sparql-graph-crud-auth", Account("dba", "dba"))


@contextmanager
def running(kind: str, folder: Path) -> Iterator[Address | None]:
    """The server of a kind of store, where it has one."""
    if kind == "oxigraph":
        with oxigraph() as address:
            yield address
    elif kind == "virtuoso":
        with virtuoso(folder) as address:
            yield address
    else:
        yield None


@contextmanager
def place(kind: str, folder: Path, address: Address | None) -> Iterator[Place]:
    """A store of a kind, empty or with what was left in it."""
    if address is not None:
        words = ("--store", address.query, "--store-graphs", address.graphs)
        known = address.account
        secrets = {USER: known.user, PASSWORD: known.password} if known else {}
        yield Place(address.endpoint(), words, secrets)
    elif kind == "disk":
        yield Place(Embedded(folder / "store", writable=True), (), {})
    else:
        yield Place(Embedded(None), (), {})


@contextmanager
def _running(command: list[str], until: str) -> Iterator[None]:
    """A process that has said that it is ready; it ends with the block."""
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env={**os.environ, "LC_ALL": "C"}
    )
    assert process.stdout is not None
    # A server that never gets ready is ended, which ends the reading below.
    watch = threading.Timer(_SECONDS, process.kill)
    watch.start()
    said: list[str] = []
    try:
        for line in process.stdout:
            said.append(line.decode("utf-8", "replace"))
            if until in said[-1]:
                break
        watch.cancel()
        assert said and until in said[-1], said
        # Its pipe must not fill up.
        drain = threading.Thread(target=process.stdout.read, daemon=True)
        drain.start()
        yield
    finally:
        watch.cancel()
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if said and until in said[-1]:
            drain.join(timeout=10)
        process.stdout.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
