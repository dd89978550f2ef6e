"""The connections of this process. The server hands no request its own, so all are looked at."""

from __future__ import annotations

import os
import socket
import stat
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

# What a process has open: Linux, and other systems of the POSIX family.
_OPEN = ("/proc/self/fd", "/dev/fd")
# Linux: tcpi_last_data_sent, in milliseconds, of struct tcp_info (linux/tcp.h).
_INFO, _INFO_SIZE, _LAST_SENT = getattr(socket, "TCP_INFO", None), 104, 44
_QUEUED = 0x5411
"""Linux: SIOCOUTQ (linux/sockios.h), how many bytes the other side has not taken yet."""


def end_silent(client: str, port: int, seconds: float) -> None:
    """Close the connections of ``client`` to ``port`` on which nothing was sent for so long.

    That can be told on Linux only; elsewhere nothing is closed.
    """
    if _INFO is None:
        return
    for handle in _handles():
        with suppress(OSError), _connection(handle, client, port) as found:
            if _silent(found) >= seconds:
                found.shutdown(socket.SHUT_RD)


def end_unfetched(port: int, seconds: float) -> None:
    """Close the connections to ``port`` whose client has taken none of its answer for so long.

    That can be told on Linux only; elsewhere nothing is closed.
    """
    if _INFO is None:
        return
    from fcntl import ioctl

    for handle in _handles():
        with suppress(OSError), _connection(handle, None, port) as found:
            queued = ioctl(found, _QUEUED, bytes(4))
            if any(queued) and _silent(found) >= seconds:
                found.shutdown(socket.SHUT_RDWR)


def _silent(connection: socket.socket) -> float:
    """Seconds since something was sent. Raises ``OSError``."""
    info = connection.getsockopt(socket.IPPROTO_TCP, _INFO or 0, _INFO_SIZE)
    milliseconds: int = struct.unpack_from("=I", info, _LAST_SENT)[0]
    return milliseconds / 1000


def has_gone(client: str, port: int) -> bool:
    """Whether ``client`` has closed a connection to ``port`` that is still open here.

    False where the system does not tell what is open (Windows).
    """
    for handle in _handles():
        with suppress(OSError), _connection(handle, client, port) as found:
            if not found.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT):
                return True
    return False


def _handles() -> list[int]:
    for folder in _OPEN:
        with suppress(OSError):
            return [int(handle.name) for handle in Path(folder).iterdir()]
    return []


@contextmanager
def _connection(handle: int, client: str | None, port: int) -> Iterator[socket.socket]:
    """A second handle of a connection, of any client if ``None``.

    Raises ``OSError`` for whatever else is open.
    """
    if not stat.S_ISSOCK(os.fstat(handle).st_mode):
        raise OSError
    with socket.socket(fileno=os.dup(handle)) as found:
        if found.family not in (socket.AF_INET, socket.AF_INET6):
            raise OSError
        if client not in (None, found.getpeername()[0]) or found.getsockname()[1] != port:
            raise OSError
        yield found
