"""Where a service listens: an address that is free, and kept until it is served."""

from __future__ import annotations

import errno
import os
import socket
from typing import NamedTuple

from kitei.errors import UsageError


class Address(NamedTuple):
    """Where to listen."""

    host: str
    port: int
    """0: any that is free."""


def reserve(address: Address) -> socket.socket:
    """A socket that is bound and does not listen: it keeps the port for the workers.

    (They share the port, as anybody of the same user could; so it must be free at first.)
    Raises ``UsageError``.
    """
    with _listener(*address) as probe:
        host, port, *_ = probe.getsockname()
        family = probe.family
    reserved = socket.socket(family, socket.SOCK_STREAM)
    try:
        if hasattr(socket, "SO_REUSEPORT"):
            reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        reserved.bind((host, port))
    except OSError as error:
        reserved.close()
        raise _unusable(host, port, error) from error
    return reserved


def _listener(host: str, port: int) -> socket.socket:
    """A socket bound to the address, which nothing else can then take. Raises ``UsageError``."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.getaddrinfo(host, port, family)
    except (socket.gaierror, UnicodeError) as error:
        raise UsageError(f"ホスト {host} が分からない。", f"unknown host: {host}") from error
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise _unusable(host, port, error) from error


def _unusable(host: str, port: int, error: OSError) -> UsageError:
    if error.errno == errno.EADDRINUSE:
        return UsageError(
            f"ポート {port} は使用中。--port で別の番号を選ぶ (0: 空いている番号)。",
            f"port {port} is in use; choose another with --port (0: any that is free)",
        )
    why = os.strerror(error.errno or 0)
    return UsageError(
        f"{host}:{port} で待ち受けできない: {why}", f"cannot listen on {host}:{port}: {why}"
    )
