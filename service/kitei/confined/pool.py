"""What the server's threads call: lends each job an evaluator, and takes it back or ends it."""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
from contextlib import suppress
from pathlib import Path
from time import monotonic

from kitei.confined.borrowed import EndedEarlyError, GoneError
from kitei.confined.job import Document, Job, Lane, Limits
from kitei.confined.stand import Stand
from kitei.confined.steward import Board, Source, see_to_it, socket_of
from kitei.confined.wire import opened, too_much

_AGAIN = 2
"""How often a job is tried again whose evaluator ended when it had hardly begun."""


class Pool:
    """Jobs are done in evaluators, which come from a keeper, which the steward looks after."""

    def __init__(self, source: Source, limits: Limits | None = None) -> None:
        """Fork the steward and wait until data can be asked about.

        This process must not have started any threads (POSIX: fork copies only one).
        Processes that are forked from this one later may use the pool as well,
        each with evaluators of its own.
        """
        self._limits = limits or Limits()
        self._board = Board()
        self._folder = Path(tempfile.mkdtemp(prefix="kitei-"))
        self._owner = os.getpid()
        self._control, theirs = socket.socketpair()
        self._steward = os.fork()
        if self._steward == 0:
            self._control.close()
            see_to_it(theirs, self._folder, self._board, source, self._limits)
        theirs.close()
        self._control.recv(1)  # the steward's word that there is a keeper, or that there is none
        self._seen = self.generation
        self._stands = {
            lane: Stand(self._folder, self._board, lane, self._limits.of(lane)) for lane in Lane
        }

    @property
    def generation(self) -> int:
        """Which state of the data is served."""
        return self._board.generation

    @property
    def failures(self) -> int:
        """How often changed data could not be loaded."""
        return self._board.failures

    def run(self, job: Job) -> Document:
        """Do a job in an evaluator. Raises what the job raises, or ``CutShortError``.

        A job whose evaluator ends before the job starts or soon after is done once
        more, and then once again: somebody may have ended the process. If the job did
        it, it costs no more than that time again.
        """
        ended = gone = 0
        while True:
            try:
                return self._done(job)
            except EndedEarlyError:
                ended += 1
                if ended > _AGAIN:
                    raise
            except GoneError:
                # Whatever ended an evaluator that was idle may have ended all of them.
                gone += 1
                if gone > self._limits.evaluators:
                    raise too_much() from None

    def _done(self, job: Job) -> Document:
        if self._seen != self.generation:
            # Those of other lanes would hold what nobody asks for any more.
            self._seen = self.generation
            for each in self._stands.values():
                each.dismiss(self._seen)
        day = None if job.day is None else (job.protected, job.day)
        stand = self._stands[job.lane]
        arrived = monotonic()
        evaluator = stand.take(day)
        try:
            head, body = evaluator.ask(job, day, monotonic() - arrived)
        except BaseException:
            evaluator.kill()
            stand.give_back(evaluator, usable=False)
            raise
        stand.give_back(evaluator, usable=evaluator.stays)
        return opened(head, body)

    def running(self, lane: Lane) -> int:
        """How many jobs of a lane are being done."""
        return self._stands[lane].running

    def waiting(self, lane: Lane) -> int:
        """How many jobs of a lane wait for an evaluator."""
        return self._stands[lane].waiting

    def kill_all(self) -> None:
        """End every evaluator that is at work; its job is cut short."""
        for stand in self._stands.values():
            stand.kill()

    def reload(self) -> None:
        """Have the data loaded anew."""
        self._control.sendall(b"r")

    def alive(self) -> bool:
        """Whether there is a keeper, so that jobs can be done."""
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as visitor:
                visitor.connect(str(socket_of(self._folder, self._board.generation)))
        except OSError:
            return False
        return True

    def close(self) -> None:
        """Let go of everything. Evaluators that are still at work end at their deadline."""
        for stand in self._stands.values():
            stand.close()
        self._control.close()
        if os.getpid() == self._owner:
            with suppress(ChildProcessError):
                os.waitpid(self._steward, 0)
            shutil.rmtree(self._folder, ignore_errors=True)


def can_fork() -> bool:
    """Whether this system can have a ``Pool``."""
    return hasattr(os, "fork") and hasattr(socket, "send_fds")
