"""What is logged where nobody reads: it is dropped and counted, and the service goes on."""

from __future__ import annotations

import fcntl
import json
import logging
import os
import signal
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from tests.test_cli_serve import Server

from kitei.web.lines import Patient

pytestmark = pytest.mark.skipif(os.name == "nt", reason="pipes of POSIX")
PIPE = 4096
"""Bytes that a pipe of these tests holds: the least that the kernel allows."""


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    reader, writer = os.pipe()
    yield reader, writer
    for end in (reader, writer):
        with suppress(OSError):
            os.close(end)


def logger(handler: logging.Handler) -> logging.Logger:
    made = logging.Logger("tests")
    made.addHandler(handler)
    return made


def test_lines_are_written_in_their_order(pipe: tuple[int, int]) -> None:
    handler = Patient(pipe[1])
    log = logger(handler)
    for number in range(50):
        log.info("line %d", number)
    handler.flush()
    assert os.read(pipe[0], PIPE).decode().split("\n") == [*(f"line {n}" for n in range(50)), ""]


def test_who_logs_does_not_wait_for_who_does_not_read(pipe: tuple[int, int]) -> None:
    handler = Patient(pipe[1], most=5)
    log = logger(handler)
    for number in range(100_000):
        log.info("line %d", number)  # would never end if it waited
    handler.flush()  # nor does this, which finds the pipe full
    seen = b""
    while b"nobody read them" not in seen:
        seen += os.read(pipe[0], PIPE)
    lines = seen.decode().split("\n")
    told = next(line for line in lines if "dropped" in line)
    assert lines[:3] == ["line 0", "line 1", "line 2"]
    assert 0 < int(told.split()[0]) < 100_000
    assert told.partition(" ")[2] == "lines were dropped because nobody read them"


def test_who_has_gone_is_no_failure(pipe: tuple[int, int]) -> None:
    handler = Patient(pipe[1])
    os.close(pipe[0])
    logger(handler).info("anybody there?")
    handler.flush()


def test_a_forked_process_writes_its_own_lines(pipe: tuple[int, int]) -> None:
    handler = Patient(pipe[1])
    log = logger(handler)
    log.info("parent")
    child = os.fork()
    if child == 0:
        log.info("child")
        handler.flush()
        os._exit(0)
    os.waitpid(child, 0)
    handler.flush()
    assert sorted(os.read(pipe[0], PIPE).split()) == [b"child", b"parent"]


def test_requests_are_answered_while_nobody_reads_the_log() -> None:
    """A megabyte of lines into a pipe of four kilobytes, which nobody drains meanwhile."""
    server = Server("--example", "--workers", "1", "--rate", "0", "--log-requests")
    try:
        assert server.process.stderr is not None
        fcntl.fcntl(server.process.stderr, fcntl.F_SETPIPE_SZ, PIPE)
        with ThreadPoolExecutor(4) as threads:
            asked = threads.map(lambda _: server.ask("/healthz")[0].status, range(600))
            assert set(asked) == {200}
        server.process.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            server.process.wait(30)
        assert server.process.poll() == 0, "it ends although nobody reads"
        lines = [json.loads(line) for line in server.process.stderr]
        assert lines
        assert lines[0]["endpoint"] == "health.healthz"
    finally:
        server.process.kill()
        server.process.communicate()


def test_the_last_lines_are_written_before_a_worker_ends() -> None:
    server = Server("--example", "--workers", "2", "--log-requests")
    statuses = [server.ask("/healthz")[0].status for _ in range(20)]
    code, _, err = server.stop(signal.SIGTERM)
    assert (code, set(statuses)) == (0, {200})
    assert len(err.splitlines()) == 20
