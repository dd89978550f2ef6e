"""Work for strangers, done in a process that can be killed.

The SPARQL engine can neither be stopped nor given a deadline, and some queries
end its process. So the keeper, a process forked before there are any threads,
holds the city and its days; each job is done in a child of the keeper, which
has a deadline, a limit on memory, and for SPARQL no right to open anything.
What a job derives dies with its child.

Where processes cannot be forked (Windows), ``Here`` does the same work without
these limits.
"""

from __future__ import annotations

import faulthandler
import json
import os
import pickle
import signal
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from threading import Lock
from time import monotonic
from typing import NoReturn, Protocol

from kitei.calendar import Calendar
from kitei.errors import InputUnreadableError, InternalError, KiteiError, UsageError

_MIB = 1024 * 1024
_CHUNK = 256 * 1024
_WAITING = 30.0
"""Seconds that a job may wait for its turn and for its day to be derived."""


class CutShortError(KiteiError):
    """A job that could not be finished within its limits; it may succeed later or if simpler."""


class NotAcceptableError(UsageError):
    """The answer exists, but in no form that the request accepts."""


class UnexpectedError(InternalError):
    """A failure of the code in another process; its message is type and place, without data."""


_ERRORS = {
    kind.__name__: kind
    for kind in (
        InputUnreadableError,
        InternalError,
        NotAcceptableError,
        UnexpectedError,
        UsageError,
    )
}


@dataclass(frozen=True)
class Document:
    """What a job yields."""

    body: bytes
    media_type: str


class Job(Protocol):
    """Something that can be sent to another process (picklable) and done there."""

    @property
    def day(self) -> date | None:
        """The day that must have been derived before the job starts, if there is one."""

    @property
    def untrusted(self) -> bool:
        """Whether strangers wrote what is run, so that nothing may be opened meanwhile."""

    def run(self, calendar: Calendar) -> Document:
        """Do it. Raises ``KiteiError``."""


class Evaluator(Protocol):
    """Where jobs are done."""

    def run(self, job: Job) -> Document:
        """Do a job. Raises what the job raises, or ``CutShortError``. Thread safe."""

    def alive(self) -> bool:
        """Whether jobs can still be done."""


class Here:
    """Jobs are done in this process and thread, without limits."""

    def __init__(self, calendar: Calendar) -> None:
        self._calendar = calendar

    def run(self, job: Job) -> Document:
        """Do a job. Raises what the job raises."""
        return job.run(self._calendar)

    def alive(self) -> bool:
        """Always true."""
        return True


@dataclass(frozen=True)
class Limits:
    """What a job may use."""

    seconds: float = 10.0
    memory: int = 1024 * _MIB
    """Bytes beyond what the keeper holds already."""
    answer: int = 64 * _MIB
    """Bytes of the answer."""


class Keeper:
    """Jobs are done in children of a process that is forked when this object is made."""

    def __init__(self, calendar: Calendar, limits: Limits | None = None) -> None:
        """Fork. This process must not have started any threads (POSIX: fork copies only one)."""
        self._limits = limits or Limits()
        self._lock = Lock()
        self._control, theirs = socket.socketpair()
        self._pid = os.fork()
        if self._pid == 0:
            self._control.close()
            _keep(theirs, calendar, self._limits)
        theirs.close()

    def run(self, job: Job) -> Document:
        """Do a job in a child. Raises what the job raises, or ``CutShortError``."""
        started = monotonic()
        ours, theirs = socket.socketpair()
        with ours:
            ours.settimeout(self._limits.seconds + _WAITING)
            try:
                with theirs, self._lock:
                    socket.send_fds(self._control, [b"+"], [theirs.fileno()])
                ours.sendall(pickle.dumps(job))
                ours.shutdown(socket.SHUT_WR)
                answer = _received(ours, self._limits.answer)
            except OSError as error:
                raise _unfinished() from error
        return _opened(answer, monotonic() - started >= self._limits.seconds)

    def alive(self) -> bool:
        """Whether the keeper still runs."""
        try:
            return os.waitpid(self._pid, os.WNOHANG) == (0, 0)
        except ChildProcessError:
            return False

    def close(self) -> None:
        """End the keeper. Children that are still at work end at their deadline."""
        self._control.close()
        with suppress(ChildProcessError):
            os.waitpid(self._pid, 0)


def can_fork() -> bool:
    """Whether this system can have a ``Keeper``."""
    return hasattr(os, "fork") and hasattr(socket, "send_fds")


# -- the keeper ----------------------------------------------------------------------------


def _keep(control: socket.socket, calendar: Calendar, limits: Limits) -> NoReturn:
    """Take jobs until the server has gone. Never returns into the server's code."""
    try:
        # Ctrl-C reaches every process of the terminal; the server decides when to end.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        # The kernel takes care of children that have ended.
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        while True:
            word, descriptors, *_ = socket.recv_fds(control, 1, 1)
            if not word:
                break
            with socket.socket(fileno=descriptors[0]) as channel, suppress(OSError):
                _take(channel, control, calendar, limits)
    finally:
        os._exit(0)


def _take(
    channel: socket.socket, control: socket.socket, calendar: Calendar, limits: Limits
) -> None:
    channel.settimeout(_WAITING)
    job: Job = pickle.loads(_received(channel, limits.answer))  # noqa: S301  (our own parent)
    # The keeper derives, so that the next job for this day finds it done.
    prepared = _told(lambda: _prepare(job, calendar))
    if prepared is not None:
        channel.sendall(prepared)
    elif os.fork() == 0:
        try:
            control.close()
            # A timeout would be kept by poll(2), which needs a right to descriptors.
            channel.settimeout(None)
            _confine(job, limits)
            channel.sendall(_told(lambda: job.run(calendar)) or b"")
        finally:
            os._exit(0)


def _prepare(job: Job, calendar: Calendar) -> None:
    if job.day is not None:
        calendar.on(job.day)


def _confine(job: Job, limits: Limits) -> None:
    """Let the kernel end this process at its deadline, whatever code it is in by then."""
    import resource

    # Some queries are expected to crash; that is told to the client, not to the terminal.
    faulthandler.disable()
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, limits.seconds)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    held = _held()
    if held:
        resource.setrlimit(resource.RLIMIT_AS, (held + limits.memory,) * 2)
    if job.untrusted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))


def _held() -> int:
    """The address space of this process in bytes; 0 where the system does not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


# -- what goes over the wire: a line of JSON, then the body ---------------------------------


def _told(work: Callable[[], Document | None]) -> bytes | None:
    """What ``work`` yielded or raised, ready to be sent; ``None`` if it yielded nothing."""
    try:
        document = work()
    except KiteiError as error:
        return _failure(type(error), *error.message)
    except Exception as error:  # the edge of this process
        return _failure(UnexpectedError, where(error), where(error))
    if document is None:
        return None
    head = {"media_type": document.media_type, "length": str(len(document.body))}
    return json.dumps(head).encode() + b"\n" + document.body


def _failure(kind: type[KiteiError], ja: str, en: str) -> bytes:
    name = next((k.__name__ for k in kind.__mro__ if k.__name__ in _ERRORS), "InternalError")
    return json.dumps({"error": name, "ja": ja, "en": en}).encode() + b"\n"


def where(error: BaseException) -> str:
    """Type and place of a failure: enough for a bug report, and without any data."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f"{trace.tb_frame.f_globals.get('__name__')}:{trace.tb_lineno}" if trace else "?"
    return f"{type(error).__name__} at {place}"


def _received(channel: socket.socket, most: int) -> bytes:
    """Everything until the other side stops writing; cut off where it exceeds ``most``."""
    parts = []
    size = 0
    while size <= most and (part := channel.recv(_CHUNK)):
        parts.append(part)
        size += len(part)
    return b"".join(parts)[:most]


def _opened(answer: bytes, late: bool) -> Document:
    line, _, body = answer.partition(b"\n")
    head: dict[str, str] = json.loads(line) if line.endswith(b"}") else {}
    if "error" in head:
        raise _ERRORS[head["error"]](head["ja"], head["en"])
    if head.get("length") != str(len(body)):
        raise _unfinished(late)
    return Document(body, head["media_type"])


def _unfinished(late: bool = False) -> CutShortError:
    if late:
        return CutShortError(
            "制限時間内に終わらなかった。問合せを簡単にする。",
            "not finished within the time allowed; make the query simpler",
        )
    return CutShortError(
        "使える資源の範囲で終わらなかった。問合せを簡単にする。",
        "not finished within the resources allowed; make the query simpler",
    )
