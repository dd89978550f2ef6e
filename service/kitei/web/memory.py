"""Answers that nobody fetches may not fill the memory of a worker.

The server takes an answer at once, however slowly its client reads it, so that a
stranger could ask for large ones and read none. When they fill too much memory
the connections of those who take nothing are closed, then of those who take little.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from threading import Thread
from time import sleep

from kitei.web.connections import end_unfetched

MOST = 1024 * 1024 * 1024
"""Bytes that a worker may use before it lets go of such clients."""
_FAR_TOO_MUCH = MOST * 3 // 2
"""Bytes from which it lets go of everybody who has not fetched an answer yet."""
_TICK = 0.5
_PATIENCE = 1.0
"""Seconds for which a client may take nothing then."""
_USED = Path("/proc/self/statm")


def watch(port: int) -> None:
    """Look after the memory of this process, which serves ``port``, where the system tells."""
    if _USED.exists():
        Thread(target=_look, args=(port,), daemon=True).start()


def _look(port: int) -> None:
    while True:
        sleep(_TICK)
        with suppress(OSError):
            relieve(port, used())


def used() -> int:
    """Bytes of memory that this process uses. Raises ``OSError``."""
    return int(_USED.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def relieve(port: int, bytes_used: int) -> None:
    """Close connections if that is too much."""
    if bytes_used > MOST:
        end_unfetched(port, 0 if bytes_used > _FAR_TOO_MUCH else _PATIENCE)
