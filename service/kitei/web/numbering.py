"""Numbers for the processes of a service, which are forked from one and may be replaced."""

from __future__ import annotations

import os
from contextlib import suppress
from itertools import count
from tempfile import TemporaryFile
from weakref import finalize


class Numbers:
    """Gives each process the smallest number that no living one has."""

    def __init__(self) -> None:
        """To be made before processes are forked: all of them take from the same."""
        with TemporaryFile() as file:
            self._handle = os.dup(file.fileno())
        finalize(self, os.close, self._handle)

    def take(self) -> int:
        """The number of this process until it ends, from 0."""
        try:
            import fcntl
        except ImportError:  # Windows, where nothing is forked
            return 0
        # The system lets go of what a process has locked, however that ends.
        for number in count():
            with suppress(BlockingIOError, PermissionError):
                fcntl.lockf(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, number)
                break
        return number
