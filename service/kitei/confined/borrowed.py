"""An evaluator as the server sees it: asked, killed, let go of."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from datetime import date
from pathlib import Path
from time import monotonic

from kitei.confined.evaluator import GO, READY, SECONDS, STAYS, TELL
from kitei.confined.job import CutShortError, Job, Lane, Limits
from kitei.confined.keeper import borrow
from kitei.confined.wire import Channel, TooLargeError, busy, late, packed, too_large, too_much

Known = tuple[bool, date]
"""A day of an audience."""
GRACE = 1.0
"""Seconds beyond its limit after which an evaluator is given up: its own alarm comes first."""
_EARLY = 0.1
"""Seconds within which the end of an evaluator is not laid at its job's door at once."""
_NEARLY = 0.9
"""The part of its time after which a job's end is laid to time: its start may be heard of late."""
_DAYS = 8
"""How many days an evaluator is known for."""


class EndedEarlyError(CutShortError):
    """An evaluator has ended, or was ended, when its job had hardly begun."""


class GoneError(Exception):
    """An evaluator had ended while it was idle; it has not heard of the job."""


class Borrowed:
    """A borrowed evaluator."""

    def __init__(self, path: Path, lane: Lane, limits: Limits, generation: int) -> None:
        """From the keeper at ``path``, with the limits of its lane. Raises ``OSError``."""
        line, self._pid, self._descriptor = borrow(path, lane)
        self._channel = Channel(line)
        self._channel.limit(limits.preparation + limits.seconds + GRACE)
        self._limits = limits
        self.generation = generation
        self._known: dict[Known, None] = {}
        self._latest: Known | None = None
        self.running_since: float | None = None
        """When the job started; ``None`` while its day is being derived."""
        self.given_way = False
        self.stays = True

    def knows(self, day: Known | None) -> bool:
        """Whether it need not derive ``day``; ``None``: no day is asked about."""
        return day is None or day == self._latest or day in self._known

    def _learn(self, day: Known | None) -> None:
        if day is None or day == self._latest:
            return
        self._known.pop(day, None)
        self._known[day] = None
        self._latest = day
        if len(self._known) > _DAYS:
            self._known.pop(next(iter(self._known)))

    def ask(self, job: Job, day: Known | None, waited: float) -> tuple[bytes, bytes]:
        """Head and body of the answer.

        What the job has waited for an evaluator counts as part of its time. Raises
        ``CutShortError``, or ``GoneError`` if there is nobody to be asked.
        """
        limits, channel, known = self._limits, self._channel, self.knows(day)
        seconds = max(min(limits.contended, limits.seconds) / 2, limits.seconds - waited)
        asked = SECONDS.pack(seconds) + packed(job)
        limit = seconds if known else limits.preparation
        started = monotonic()
        if known:
            self.running_since = started
        try:
            self._send((GO if known else TELL) + asked)
            frame = channel.receive(limits.answer)
            if frame == READY:
                started = self.running_since = monotonic()
                limit = seconds
                frame = channel.receive(limits.answer)
            body = channel.receive(limits.answer)
        except TooLargeError as error:
            raise too_large(limits.answer) from error
        except (OSError, EOFError) as error:
            took = monotonic() - started
            if self.given_way or took >= _NEARLY * limit:
                raise (busy() if self.given_way else late()) from error
            if self.running_since is None or took < _EARLY:
                raise EndedEarlyError(*too_much().message) from error
            raise too_much() from error
        self.stays = frame.startswith(STAYS)
        self._learn(day)
        return frame[1:], body

    def _send(self, asked: bytes) -> None:
        try:
            self._channel.send(asked)
        except (BrokenPipeError, ConnectionResetError) as error:
            if self.given_way:
                raise
            raise GoneError from error

    def kill(self) -> None:
        """End it now, whatever it does. It may have ended before."""
        with suppress(ProcessLookupError):
            if self._descriptor is not None:
                signal.pidfd_send_signal(self._descriptor, signal.SIGKILL)
            else:
                os.kill(self._pid, signal.SIGKILL)

    def close(self) -> None:
        """Let go of it; it ends when it finds nobody there."""
        self._channel.close()
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
