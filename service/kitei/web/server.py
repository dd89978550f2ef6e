"""The server that comes with the package: a few processes of a few threads, in the foreground."""

from __future__ import annotations

import logging
import os
import signal
import socket
from collections.abc import Callable
from multiprocessing.util import Finalize
from threading import Thread
from time import monotonic, sleep
from typing import TYPE_CHECKING

from kitei.confined import without_cores
from kitei.web import memory
from kitei.web.places import Places

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

THREADS = 256
"""Threads of a worker; each waits for its evaluator or its client most of the time.

There have to be more than jobs of all lanes (``Limits``: being done, and waiting) and
bodies that a worker waits for (``Bodies``), so that whatever holds those, there are some
for pages that need no evaluator, and to refuse. Idle ones cost nothing.
(Measured: 4, 8 and 16 differ by less than 15 % of CPU a request.)
"""
_BACKLOG = 1024
_GRACE = 15
"""Seconds that requests may take to finish when the server stops."""
_HEADERS = 128 * 1024
"""Bytes of a request's line (64 KiB in this server) and headers that are kept until they end."""
_HEADER_SECONDS = 10
"""How long they may take, and how long a connection may be idle."""
_CONNECTIONS = 4096
"""Connections of a worker, most of which are idle; who comes later waits until one has ended."""
_OTHER_FILES = 512
"""Files that a worker has open besides: sockets of evaluators, and what it reads."""
_PATIENCE = 30.0
_NEEDED = frozenset({"PROMETHEUS_MULTIPROC_DIR", "TMPDIR", "TZ"})
"""Environment variables that a worker looks at."""


def serve(
    app: WSGIApplication,
    reserved: socket.socket,
    workers: int,
    listening: Callable[[str], None],
    reload: Callable[[], None] | None = None,
) -> None:
    """Serve until Ctrl-C or SIGTERM; ``listening`` gets the URL once it can be opened.

    SIGHUP calls ``reload``. Requests that have begun are finished before this returns.
    """
    from granian.constants import HTTPModes, Interfaces, RuntimeModes
    from granian.http import HTTP1Settings
    from granian.server import Server

    host, port, *_ = reserved.getsockname()
    server = Server(
        "kitei",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=THREADS,
        runtime_mode=RuntimeModes.mt,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(
            header_read_timeout=_HEADER_SECONDS * 1000, max_buffer_size=_HEADERS
        ),
        backlog=_BACKLOG,
        backpressure=_connections(),
        respawn_failed_workers=True,
        workers_kill_timeout=_GRACE,
        log_enabled=False,
    )

    def started() -> None:
        if reload is not None and hasattr(signal, "SIGHUP"):
            signal.signal(signal.SIGHUP, lambda _number, _frame: reload())
        Thread(target=_announce, args=(host, port, listening), daemon=True).start()

    places = Places(workers)
    server.on_startup(started)
    try:
        server.serve(target_loader=lambda _target: _at_work(app, port, places))
    except SystemExit:
        # Workers that a service manager ends together with this process are no failure.
        if not server.interrupt_signal:
            raise


def _connections() -> int:
    """How many connections a worker may have, after allowing as many files as the system does."""
    try:
        import resource
    except ImportError:
        return _CONNECTIONS
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _CONNECTIONS + _OTHER_FILES
    allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < allowed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    return max(_OTHER_FILES, allowed - _OTHER_FILES)


def _at_work(app: WSGIApplication, port: int, places: Places) -> WSGIApplication:
    """The application, in a worker that has begun: what is sent to it stays in memory.

    The server hands each request a copy of the environment variables too, where
    nobody needs them and a token may be among them.
    """
    without_cores()
    if hasattr(signal, "pthread_sigmask"):
        # Ctrl-C is for the first process, which tells the workers; of two signals at a time this
        # server's workers may lose both, and are then waited for.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    places.take()
    for name in os.environ.keys() - _NEEDED:
        del os.environ[name]
    # A process of this kind ends without the hooks of ``atexit``.
    Finalize(None, logging.shutdown, exitpriority=0)
    memory.watch(port)
    return app


def _announce(host: str, port: int, listening: Callable[[str], None]) -> None:
    """Tell the URL as soon as a worker accepts connections."""
    until = monotonic() + _PATIENCE
    while monotonic() < until:
        try:
            with socket.create_connection((host, port), 1):
                break
        except OSError:
            sleep(0.02)
    listening(_url(host, port))


def _url(host: str, port: int) -> str:
    shown = f"[{host}]" if ":" in host else host
    return f"http://{shown}:{port}/"
