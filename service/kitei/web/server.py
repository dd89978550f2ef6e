"""The server that comes with the package: one process, a few threads, in the foreground."""

from __future__ import annotations

import errno
import os
import signal
import socket
from collections.abc import Callable
from types import FrameType

from flask import Flask

from kitei.errors import UsageError

_THREADS = 8


def serve(app: Flask, host: str, port: int, listening: Callable[[str], None]) -> None:
    """Serve until Ctrl-C or SIGTERM; ``listening`` gets the URL once it can be opened.

    Port 0 is any free port. Raises ``UsageError`` when the address cannot be used.
    """
    from waitress.server import create_server  # type: ignore[import-untyped]

    with _listener(host, port) as listener:
        server = create_server(app, sockets=[listener], threads=_THREADS, ident="")
        signal.signal(signal.SIGTERM, _interrupt)
        address, number, *_ = listener.getsockname()
        listening(_url(address, number))
        try:
            server.run()
        finally:
            server.close()


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


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _url(host: str, port: int) -> str:
    shown = f"[{host}]" if ":" in host else host
    return f"http://{shown}:{port}/"


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
