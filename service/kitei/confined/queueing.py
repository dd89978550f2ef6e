"""Who waits for an evaluator, and who is next.

Usually whoever came first is next. Once jobs have to be ended, because they take
all evaluators for longer than they may, whoever came last is: a queue of queries
without end would keep an ordinary one waiting for all of them, and nobody misses
the answers that they will not have. A queue is bounded, since each place in it
holds a thread of the server; when it is full, who came first leaves for who comes last.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from kitei.confined.wire import busy


class Place:
    """A place in a queue."""

    def __init__(self, lock: Lock) -> None:
        self._lock = lock
        self._bell = Lock()
        self._bell.acquire()
        self.called = False
        self.dropped = False

    def wait(self, seconds: float) -> None:
        """Release the queue's lock until called, but not longer.

        Raises ``CutShortError`` when the place has gone to somebody else.
        """
        self._lock.release()
        try:
            self._bell.acquire(timeout=seconds)
        finally:
            self._lock.acquire()
        if self.dropped:
            raise busy()
        self.called = False

    def call(self, *, dropped: bool = False) -> None:
        """Wake who waits here."""
        self.called, self.dropped = True, dropped
        if self._bell.locked():  # else it has been rung for somebody who was looking already
            self._bell.release()


class Queue:
    """Threads that wait, in the order in which they came. All of it needs the lock."""

    def __init__(self, lock: Lock, most: int) -> None:
        self._lock = lock
        self._most = most
        self._places: list[Place] = []

    def __len__(self) -> int:
        return len(self._places)

    @contextmanager
    def place(self) -> Iterator[Place]:
        """A place at the end of the queue."""
        if len(self._places) >= self._most:
            self._places.pop(0).call(dropped=True)
        taken = Place(self._lock)
        self._places.append(taken)
        try:
            yield taken
        finally:
            if not taken.dropped:
                self._places.remove(taken)

    def call(self, *, pressed: bool) -> None:
        """Wake who is next, if anybody waits: there may be an evaluator.

        ``pressed``: that is who came last.
        """
        order = reversed(self._places) if pressed else iter(self._places)
        for place in order:
            if not place.called:
                place.call()
                return
