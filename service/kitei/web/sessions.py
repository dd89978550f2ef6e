"""Who is logged in: a table of fixed size in memory that all processes of a service see.

A cookie counts only while its session stands here, so a copy of it is worth
nothing after logging out. Nothing is written to a disk: when the service stops,
all sessions end.
"""

from __future__ import annotations

import mmap
import secrets
from hashlib import sha256
from struct import Struct
from time import time

LIFETIME = 8 * 60 * 60
"""Seconds that a login lasts."""
MOST = 4096
"""Sessions at once. Beyond that one of those that would end first ends earlier."""
_RECORD = Struct("<Q16s")
"""When a session ends (seconds since 1970; 0: it has ended), and a digest of its name."""
_SHELF = 16
"""Sessions whose names begin alike stand together, so that only these are looked through."""


class Sessions:
    """The table. To be made before processes are forked, which then share it.

    There is no lock, which a process that dies could leave closed: a session is written
    in one piece, and where two begin in the same place at the same time one of them is lost.
    """

    def __init__(self) -> None:
        self._table = mmap.mmap(-1, MOST * _RECORD.size)

    def begin(self) -> str:
        """The name of a new session, which nobody can guess."""
        name = secrets.token_urlsafe(24)
        digest, first = _placed(name)
        ends = [self._at(place)[0] for place in range(first, first + _SHELF)]
        self._write(first + ends.index(min(ends)), int(time()) + LIFETIME, digest)
        return name

    def holds(self, name: str) -> bool:
        """Whether a session has begun, has not been ended and is not too old."""
        place = self._found(name)
        return place is not None and self._at(place)[0] > time()

    def end(self, name: str) -> None:
        """End a session, for all processes. It may have ended before."""
        place = self._found(name)
        if place is not None:
            self._write(place, 0, b"")

    def _found(self, name: str) -> int | None:
        digest, first = _placed(name)
        for place in range(first, first + _SHELF):
            if self._at(place)[1] == digest:
                return place
        return None

    def _at(self, place: int) -> tuple[int, bytes]:
        end, digest = _RECORD.unpack_from(self._table, place * _RECORD.size)
        return end, digest

    def _write(self, place: int, end: int, digest: bytes) -> None:
        start = place * _RECORD.size
        self._table[start : start + _RECORD.size] = _RECORD.pack(end, digest)


def _placed(name: str) -> tuple[bytes, int]:
    """The digest of a name, and where its shelf begins."""
    digest = sha256(name.encode()).digest()
    return digest[:16], int.from_bytes(digest[-2:], "big") % (MOST // _SHELF) * _SHELF
