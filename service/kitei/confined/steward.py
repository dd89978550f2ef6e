"""The process that sees to it that there is a keeper with the present state of the data.

It is forked before the server has threads, by a process that does nothing but
start another one should it be killed. A new keeper loads the data anew
while the old one goes on; only when it is ready do evaluators come from it, so
no request notices. Data that cannot be loaded changes nothing.
"""

from __future__ import annotations

import logging
import math
import mmap
import os
import select
import signal
import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from time import monotonic, sleep
from typing import NamedTuple, NoReturn

from kitei import dates
from kitei.confined.archive import Archive
from kitei.confined.job import Limits
from kitei.confined.keeper import keep, listen
from kitei.confined.wire import where
from kitei.errors import KiteiError

_LOG = logging.getLogger("kitei.data")
_READY, _RELOAD = b"+", b"r"
_MANY = 64
_TICK = 1.0
"""Seconds between two looks at the files."""
_SOON, _LATE = 2.0, 300.0
"""Seconds after which data that could not be loaded is tried again, at first and at last."""

Open = Callable[[], Archive]
Prepare = Callable[[Archive], None]
Fingerprint = Callable[[], object]


class Board:
    """Two numbers that all processes see."""

    _LOADED, _FAILED = 0, 1

    def __init__(self) -> None:
        self._numbers = memoryview(mmap.mmap(-1, 16)).cast("Q")

    @property
    def generation(self) -> int:
        """How often the data has been loaded; 0 before the first time."""
        return self._numbers[self._LOADED]

    @property
    def failures(self) -> int:
        """How often it could not be loaded."""
        return self._numbers[self._FAILED]

    def loaded(self) -> None:
        """The data was loaded once more."""
        self._numbers[self._LOADED] += 1

    def failed(self) -> None:
        """The data could not be loaded."""
        self._numbers[self._FAILED] += 1


class Source:
    """Where the data comes from."""

    def __init__(
        self,
        archive: Archive,
        reopen: Open | None = None,
        fingerprint: Fingerprint | None = None,
        prepare: Prepare | None = None,
    ) -> None:
        """``archive`` is served first; ``reopen`` loads it anew, ``None``: never.

        ``fingerprint`` yields something that differs once the data has changed.
        ``prepare`` is called by each keeper before it forks evaluators, which then
        need not load what it has loaded.
        """
        self.archive = archive
        self.reopen = reopen or (lambda: archive)
        self.fingerprint = fingerprint or (lambda: None)
        self.prepare = prepare or (lambda _archive: None)


def socket_of(folder: Path, generation: int) -> Path:
    """Where the keeper of a generation listens."""
    return folder / f"{generation}"


class Steward:
    """The steward's own view, in its own process."""

    def __init__(
        self, control: socket.socket, folder: Path, board: Board, source: Source, limits: Limits
    ) -> None:
        self._control = control
        self._folder = folder
        self._board = board
        self._source = source
        self._limits = limits
        self._keeper: _Keeper | None = None
        self._pause, self._again = 0.0, math.inf

    def serve(self) -> NoReturn:
        """See to it until the server has gone. Never returns into the server's code."""
        code = 1
        try:
            # Ctrl-C reaches every process of the terminal; the server decides when to end.
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(number, signal.SIG_IGN)
            signal.signal(signal.SIGCHLD, signal.SIG_IGN)
            seen = self._source.fingerprint()
            first = self._board.generation == 0
            self._renew((lambda: self._source.archive) if first else self._source.reopen)
            _say(self._control)
            while self._wait(_TICK):
                now = self._source.fingerprint()
                if now != seen:
                    seen, self._pause = now, 0.0
                    self._renew(self._source.reopen)
                elif monotonic() >= self._again:  # it may have been only half there
                    self._renew(self._source.reopen)
            code = 0
        except Exception as error:  # the edge of this process; another one is started
            _LOG.error("%s", where(error))
        finally:
            logging.shutdown()
            os._exit(code)

    def _wait(self, seconds: float) -> bool:
        """Wait for something to happen; whether to go on."""
        watched = [self._control, *([self._keeper.control] if self._keeper else [])]
        ready, _, _ = select.select(watched, [], [], seconds)
        if self._control in ready:
            if _heard(self._control) != _RELOAD:
                return False
            self._renew(self._source.reopen)
        elif ready or self._keeper is None:
            # It has died (the kernel may choose it when memory is short) or never was.
            self._drop()
            self._renew(self._source.reopen)
        return True

    def _renew(self, load: Open) -> None:
        """Start a keeper; once it is ready it takes the place of the present one."""
        ours, theirs = socket.socketpair()
        path = socket_of(self._folder, self._board.generation + 1)
        if os.fork() == 0:
            for other in (ours, self._control, *([self._keeper.control] if self._keeper else [])):
                other.close()
            _become_keeper(theirs, path, load, self._source.prepare, self._limits)
        theirs.close()
        if self._ready(ours):
            self._board.loaded()
            self._drop()
            self._keeper = _Keeper(ours, path)
            self._pause, self._again = 0.0, math.inf
        else:
            self._pause = min(max(_SOON, 2 * self._pause), _LATE)
            self._again = monotonic() + self._pause
            ours.close()
            path.unlink(missing_ok=True)
            self._board.failed()

    def _ready(self, keeper: socket.socket) -> bool:
        """Wait for a new keeper to say that it is ready. Ends this process if the server ends."""
        watched = [keeper, self._control]
        while True:
            ready, _, _ = select.select(watched, [], [])
            if keeper in ready:
                return _heard(keeper) == _READY
            if not _heard(self._control, socket.MSG_PEEK):
                os._exit(0)
            watched = [keeper]  # another wish to reload; it is granted afterwards

    def _drop(self) -> None:
        """Let the present keeper end; evaluators that are at work finish their job."""
        if self._keeper is not None:
            self._keeper.control.close()
            self._keeper.path.unlink(missing_ok=True)
            self._keeper = None


def see_to_it(
    control: socket.socket, folder: Path, board: Board, source: Source, limits: Limits
) -> NoReturn:
    """Have a steward until the server has gone, whoever kills it. Never returns.

    Killing this process itself does no harm as long as the steward lives.
    """
    try:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        while True:
            steward = os.fork()
            if steward == 0:
                Steward(control, folder, board, source, limits).serve()
            if os.waitpid(steward, 0)[1] == 0:
                break
            sleep(_TICK)
    finally:
        os._exit(0)


class _Keeper(NamedTuple):
    """A keeper as the steward sees it."""

    control: socket.socket
    """It ends when this is closed, and is gone when this can be read."""
    path: Path


def _say(control: socket.socket) -> None:
    """Tell the other side to be ready. It may have gone, which is noticed later."""
    with suppress(ConnectionError):
        control.sendall(_READY)


def _heard(control: socket.socket, flags: int = 0) -> bytes:
    """What the other side has said; nothing: it has gone."""
    try:
        return control.recv(_MANY, flags)[:1]  # of many wishes to reload one is enough
    except ConnectionError:  # gone without having heard what was said last
        return b""


def _become_keeper(
    control: socket.socket, path: Path, load: Open, prepare: Prepare, limits: Limits
) -> NoReturn:
    """Load the data, say so, and keep it. Never returns into the steward's code."""
    try:
        listener = listen(path)
        archive = load()
        archive.derive(dates.today())
        prepare(archive)
        archive.stock()
        _say(control)
        keep(listener, control, archive, limits)
    except KiteiError as error:
        _LOG.error("%s", error.message.en)
    except Exception as error:  # the edge of this process
        _LOG.error("%s", where(error))
    finally:
        logging.shutdown()  # which lets handlers finish what they have to write
        os._exit(1)
