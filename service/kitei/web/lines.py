"""Lines written where perhaps nobody reads: then they are dropped and counted, and nobody waits.

A pipe that is not drained keeps whoever writes into it. So a thread writes, which
each process starts with its first line and which ends when there are no more.
"""

from __future__ import annotations

import logging
import os
from collections import deque
from contextlib import suppress
from threading import Condition, Thread

MOST = 1_000
"""Lines of a process that wait to be written; what comes then is dropped."""
_TOGETHER = 100
"""Lines that are written at once."""
_LINGER = 1.0
"""Seconds without a line after which the thread ends, and with which a process may end."""


class Patient(logging.Handler):
    """A handler that never keeps who logs waiting for who reads."""

    def __init__(self, descriptor: int, most: int = MOST) -> None:
        """Write to the file ``descriptor``."""
        super().__init__()
        self._descriptor = descriptor
        self._most = most
        self._begin()

    def _begin(self) -> None:
        """Start afresh: a process that was forked has no part in the thread of another."""
        self._process = os.getpid()
        self._changed = Condition()
        self._records: deque[logging.LogRecord] = deque()
        self._dropped = 0
        self._thread = False
        self._idle = True

    def emit(self, record: logging.LogRecord) -> None:
        """Have a record written, or count it."""
        if self._process != os.getpid():
            self._begin()
        with self._changed:
            if len(self._records) < self._most:
                self._records.append(record)
            else:
                self._dropped += 1
            self._idle = False
            if self._thread:
                self._changed.notify_all()
            else:
                self._thread = True
                Thread(target=self._write, daemon=True).start()

    def flush(self) -> None:
        """Wait until everything is written, but not for long."""
        if self._process == os.getpid():
            with self._changed:
                self._changed.wait_for(lambda: self._idle, _LINGER)

    def _write(self) -> None:
        while records := self._next():
            lines = "".join(f"{self.format(record)}\n" for record in records).encode()
            with suppress(OSError):  # nobody is there any more
                while lines:
                    lines = lines[os.write(self._descriptor, lines) :]

    def _next(self) -> list[logging.LogRecord]:
        """The next records; none if this thread is to end."""
        with self._changed:
            if not self._records and not self._dropped:
                self._idle = True
                self._changed.notify_all()
                self._changed.wait_for(lambda: self._records, _LINGER)
            found = [self._records.popleft() for _ in range(min(_TOGETHER, len(self._records)))]
            if self._dropped:
                found.append(_lost(self._dropped))
                self._dropped = 0
            self._thread = bool(found)
            return found


def _lost(number: int) -> logging.LogRecord:
    """A line that says how many are missing before it."""
    said = "%d lines were dropped because nobody read them"
    return logging.LogRecord("kitei.logs", logging.WARNING, "", 0, said, (number,), None)
