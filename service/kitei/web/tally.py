"""A count over the processes of a service, cheap enough for what takes hardly longer itself."""

from __future__ import annotations

import os
from mmap import mmap
from threading import Lock

from kitei.web.numbering import Numbers

_MOST = 1024
"""Processes that count for themselves; more of them would share what they count in."""
_SIZE = 8


class Tally:
    """A number for each process, which it alone changes, in memory that all of them see."""

    def __init__(self) -> None:
        """To be made before processes are forked."""
        self._numbers = Numbers()
        self._counts = memoryview(mmap(-1, _MOST * _SIZE)).cast("Q")
        self._lock = Lock()
        self._process, self._mine = 0, 0

    def add(self) -> None:
        """One more."""
        with self._lock:
            if self._process != os.getpid():
                self._process, self._mine = os.getpid(), self._numbers.take() % _MOST
            self._counts[self._mine] += 1

    @property
    def total(self) -> int:
        """How many there were in all processes."""
        return sum(self._counts)
