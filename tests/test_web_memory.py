"""Answers that are asked for and not fetched: they fill no worker."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from typing import NamedTuple

import pytest
from tests.confined_support import until

from kitei.web import memory
from kitei.web.memory import MOST, relieve

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="what is sent is told on Linux")


class Pair(NamedTuple):
    """Both ends of a connection."""

    here: socket.socket
    there: socket.socket


class House:
    """A port with connections."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self._listening = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        self.port: int = self._listening.getsockname()[1]

    def visitor(self) -> Pair:
        """A connection, whose other end belongs to somebody else as far as ports tell."""
        there = self._stack.enter_context(socket.create_connection(("127.0.0.1", self.port)))
        here = self._stack.enter_context(self._listening.accept()[0])
        here.setblocking(False)
        return Pair(here, there)


@pytest.fixture
def house() -> Iterator[House]:
    with ExitStack() as stack:
        yield House(stack)


def fill(end: socket.socket) -> None:
    """Send until nothing more is taken."""
    try:
        while True:
            end.send(b"x" * 65_536)
    except BlockingIOError:
        pass


def ended(end: socket.socket) -> bool:
    """Whether a connection was closed by this side."""
    try:
        end.send(b"")
        return end.recv(1, socket.MSG_PEEK) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True


def test_who_fetches_nothing_is_let_go_when_memory_is_short(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "_PATIENCE", 0.2)
    stuck, idle = house.visitor(), house.visitor()
    fill(stuck.here)
    relieve(house.port, MOST)
    assert not ended(stuck.here), "there is enough memory"
    relieve(house.port + 1, 2 * MOST)
    assert not ended(stuck.here), "that is another service"

    def let_go() -> bool:
        relieve(house.port, MOST + 1)
        return ended(stuck.here)

    until(let_go)
    assert not ended(idle.here), "who waits for nothing keeps no memory"
    idle.there.sendall(b"?")
    assert idle.here.recv(1) == b"?"


def test_who_fetches_slowly_is_let_go_when_memory_is_very_short(house: House) -> None:
    slow = house.visitor()
    fill(slow.here)
    slow.there.recv(1)
    relieve(house.port, 2 * MOST)
    assert ended(slow.here)


def test_the_memory_of_a_process_is_known() -> None:
    assert 1_000_000 < memory.used() < 100_000_000_000
