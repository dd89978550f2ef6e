"""The process that holds one state of the data and forks evaluators, which share its memory.

It has one thread and runs no query, so whatever a job does, the next evaluator
is forked from an unharmed process.
"""

from __future__ import annotations

import gc
import os
import select
import signal
import socket
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

from kitei.confined.archive import Archive
from kitei.confined.evaluator import evaluate
from kitei.confined.job import Lane, Limits

_HANDSHAKE = 5.0
"""Seconds that a pool may take to say what it wants."""
_WORD = 64


def listen(path: Path) -> socket.socket:
    """A socket at ``path`` for pools that want an evaluator."""
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(str(path))
    listener.listen(128)
    return listener


def keep(
    listener: socket.socket, control: socket.socket, archive: Archive, limits: Limits
) -> NoReturn:
    """Fork evaluators until ``control`` is closed. Never returns into the steward's code."""
    try:
        # The kernel takes care of children that have ended.
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        # What is loaded by now stays; the collector need not touch (and so copy) it in a child.
        gc.collect()
        gc.freeze()
        while True:
            ready, _, _ = select.select([listener, control], [], [])
            if control in ready:
                break
            visitor, _ = listener.accept()
            with visitor, suppress(OSError, ValueError):
                visitor.settimeout(_HANDSHAKE)
                lane = Lane(visitor.recv(_WORD).decode())
                _lend(visitor, (listener, control), archive, lane, limits)
    finally:
        os._exit(0)


def _lend(
    visitor: socket.socket,
    ours: tuple[socket.socket, ...],
    archive: Archive,
    lane: Lane,
    limits: Limits,
) -> None:
    """Fork an evaluator and hand over its socket and, where there are such, its descriptor."""
    channel, far = socket.socketpair()
    with channel, far:
        pid = os.fork()
        if pid == 0:
            for other in (visitor, far, *ours):
                other.close()
            evaluate(channel, archive, lane, limits.of(lane))
        handles = [far.fileno()]
        with suppress(AttributeError, OSError):
            handles.append(os.pidfd_open(pid))
        try:
            socket.send_fds(visitor, [str(pid).encode()], handles)
        finally:
            for handle in handles[1:]:
                os.close(handle)


def borrow(path: Path, lane: Lane) -> tuple[socket.socket, int, int | None]:
    """An evaluator of the keeper at ``path``: its socket, its number, its descriptor.

    Raises ``OSError`` when there is no keeper.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as visitor:
        visitor.settimeout(_HANDSHAKE)
        visitor.connect(str(path))
        visitor.sendall(lane.value.encode())
        word, handles, *_ = socket.recv_fds(visitor, _WORD, 2)
        if not handles:
            raise ConnectionResetError
    return socket.socket(fileno=handles[0]), int(word), handles[1] if handles[1:] else None
