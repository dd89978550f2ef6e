"""The server that comes with the package: one process, a few threads, in the foreground."""

from __future__ import annotations

import errno
import signal
import socket
from collections.abc import Callable
from types import FrameType

from flask import Flask

from kitei.errors import UsageError

_THREADS = 8


def serve(app: Flask, host: str, port: int, listening: Callable[[str], None]) -> None:
    """Serve until Ctrl-C or SIGTERM; ``listening`` gets each URL once it can be opened.

    Port 0 is any free port. Raises ``UsageError`` when the address cannot be used.
    """
    from waitress.server import (  # type: ignore[import-untyped]
        MultiSocketServer,
        create_server,
    )

    try:
        server = create_server(app, host=host, port=port, threads=_THREADS, ident="")
    except (OSError, ValueError) as error:
        raise _unusable(host, port, error) from error
    signal.signal(signal.SIGTERM, _interrupt)
    if isinstance(server, MultiSocketServer):
        addresses = list(server.effective_listen)
    else:
        addresses = [(server.effective_host, server.effective_port)]
    for address, number in addresses:
        listening(_url(address, int(number)))
    try:
        server.run()
    finally:
        server.close()


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _url(host: str, port: int) -> str:
    shown = f"[{host}]" if ":" in host else host
    return f"http://{shown}:{port}/"


def _unusable(host: str, port: int, error: Exception) -> UsageError:
    if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
        return UsageError(
            f"ポート {port} は使用中。--port で別の番号を選ぶ (0: 空いている番号)。",
            f"port {port} is in use; choose another with --port (0: any that is free)",
        )
    if isinstance(error, socket.gaierror | ValueError):
        return UsageError(f"ホスト {host} が分からない。", f"unknown host: {host}")
    return UsageError(
        f"{host}:{port} で待ち受けできない: {error}", f"cannot listen on {host}:{port}: {error}"
    )
