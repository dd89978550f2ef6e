"""The evaluators of one lane: lent for a job each, taken back, and ended when others wait."""

from __future__ import annotations

from pathlib import Path
from threading import Condition, Lock
from time import monotonic

from kitei.confined.borrowed import Borrowed, Known
from kitei.confined.job import Lane, Limits
from kitei.confined.queueing import Queue
from kitei.confined.steward import Board, socket_of
from kitei.confined.wire import busy, too_much

_ATTEMPTS = 20
_RETRY = 0.05


class Stand:
    """Those that are idle, those at work, and those who wait for one."""

    def __init__(self, folder: Path, board: Board, lane: Lane, limits: Limits) -> None:
        """``limits`` are those of the lane."""
        self.limits = limits
        self._folder = folder
        self._board = board
        self._lane = lane
        self._lock = Lock()
        self._queue = Queue(self._lock, limits.queue)
        self._pressed_until = 0.0
        self._idle: list[Borrowed] = []
        self._busy: list[Borrowed] = []
        self._starting = 0

    def take(self, day: Known | None) -> Borrowed:
        """An evaluator for one job, preferably one that knows the day.

        It is to be given back. Raises ``CutShortError`` where none gets free.
        """
        with self._lock:
            found = self._choose(day)
            if found is None and self._size >= self.limits.evaluators:
                found = self._awaited(day)
            if found is not None:
                self._busy.append(found)
                return found
            self._starting += 1
        return self._start()

    def _awaited(self, day: Known | None) -> Borrowed | None:
        """An idle evaluator, as soon as there is one; ``None``: there may be another one.

        Raises ``CutShortError``.
        """
        until = monotonic() + self.limits.patience
        with self._queue.place() as place:
            while True:
                pause = min(self._make_room(), until - monotonic())
                if pause <= 0:
                    raise busy()
                place.wait(pause)
                found = self._choose(day)
                if found is not None or self._size < self.limits.evaluators:
                    return found

    @property
    def _pressed(self) -> bool:
        """Whether jobs had to be ended lately, so that there are queries without end."""
        return monotonic() < self._pressed_until

    @property
    def _size(self) -> int:
        return len(self._idle) + len(self._busy) + self._starting

    def _choose(self, day: Known | None) -> Borrowed | None:
        while self._idle:
            evaluator = self._preferred(day)
            if evaluator is None:
                return None
            self._idle.remove(evaluator)
            if evaluator.generation == self._board.generation:
                return evaluator
            evaluator.close()
        return None

    def _preferred(self, day: Known | None) -> Borrowed | None:
        for evaluator in self._idle:
            if evaluator.knows(day):
                return evaluator
        # A new one shares what its keeper derived; one that has to derive may do it anywhere,
        # but some are always left for the days that are known.
        deriving = sum(each.running_since is None for each in self._busy)
        return self._idle[0] if deriving < max(1, self.limits.evaluators // 2) else None

    def _make_room(self) -> float:
        """End the job that has had its time while others wait; else, seconds until then."""
        now = monotonic()
        running = [e for e in self._busy if e.running_since is not None and not e.given_way]
        oldest = min(running, key=lambda e: e.running_since or now, default=None)
        if oldest is None or oldest.running_since is None:
            return self.limits.contended
        left = oldest.running_since + self.limits.contended - now
        if left <= 0:
            oldest.given_way = True
            oldest.kill()
            self._pressed_until = now + 2 * self.limits.contended
            return self.limits.contended
        return left

    def dismiss(self, generation: int) -> None:
        """Let go of the idle ones that have another state of the data."""
        with self._lock:
            for evaluator in [e for e in self._idle if e.generation != generation]:
                self._idle.remove(evaluator)
                evaluator.close()

    def _start(self) -> Borrowed:
        try:
            evaluator = self._borrow()
        except BaseException:
            with self._lock:
                self._starting -= 1
                self._queue.call(pressed=self._pressed)
            raise
        with self._lock:
            self._starting -= 1
            self._busy.append(evaluator)
        return evaluator

    def _borrow(self) -> Borrowed:
        """From the keeper of the day; the generation may change between two looks."""
        pause = Condition()
        for _ in range(_ATTEMPTS):
            generation = self._board.generation
            try:
                path = socket_of(self._folder, generation)
                return Borrowed(path, self._lane, self.limits, generation)
            except OSError:
                with pause:
                    pause.wait(_RETRY)
        raise too_much()

    def give_back(self, evaluator: Borrowed, *, usable: bool) -> None:
        """One that has been lent; it is let go of unless it can be used again."""
        with self._lock:
            self._busy.remove(evaluator)
            evaluator.running_since = None
            if usable and not evaluator.given_way:
                # Whoever has worked last has most of what it needs at hand.
                self._idle.insert(0, evaluator)
            else:
                evaluator.close()
            if self._queue:
                self._queue.call(pressed=self._pressed)

    @property
    def running(self) -> int:
        """How many jobs have started and not ended."""
        return sum(each.running_since is not None for each in self._busy)

    @property
    def waiting(self) -> int:
        """How many jobs wait for an evaluator."""
        return len(self._queue)

    def kill(self) -> None:
        """End every evaluator that is at work."""
        with self._lock:
            for evaluator in self._busy:
                evaluator.kill()

    def close(self) -> None:
        """Let go of the idle ones."""
        with self._lock:
            while self._idle:
                self._idle.pop().close()
