"""The process that does jobs, one after the other, and may die of any of them."""

from __future__ import annotations

import faulthandler
import os
import select
import signal
import socket
from collections.abc import Iterable
from datetime import date
from struct import Struct
from threading import Thread, stack_size
from time import monotonic
from typing import NoReturn

from kitei.calendar import Calendar
from kitei.confined.archive import Archive
from kitei.confined.cores import without_cores
from kitei.confined.job import MIB, Lane, Limits
from kitei.confined.wire import Channel, told, unpacked

READY = b"r"
"""The first frame of an answer if the day had to be derived, or if asked: the job starts."""
TELL, GO = b"t", b"g"
"""How a job begins: whether its start is to be told in any case."""
SECONDS = Struct("d")
"""What follows: how long it may take. Then comes the job."""
STAYS, LEAVES = b"s", b"l"
"""How the last frame begins: whether the evaluator can be given another job."""
_JOBS = 10_000
"""After so many jobs an evaluator gives way to a fresh one."""
_LOOK, _LONG = 16, 0.005
"""What it holds is looked at after so many jobs, and after any that took so many seconds."""
_IDLE = 0.5
"""Seconds without a job after which there is time to prepare for others."""
_STACK = 8 * MIB
"""Bytes for what calls itself, such as a nested query: what a process usually has."""
_PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 0


def evaluate(line: socket.socket, archive: Archive, lane: Lane, limits: Limits) -> NoReturn:
    """Do jobs until the other side has gone. Never returns into the keeper's code."""
    try:
        _harden()
        # The keeper's heap is full of holes left by what it has loaded, and the allocator goes
        # round all of them, page after page. A thread begins with a heap of its own: a cheap
        # query takes three quarters of the time, and copies fewer pages of the keeper's.
        stack_size(_STACK)
        worker = Thread(target=_work, args=(line, archive, lane, limits))
        worker.start()
        worker.join()
    finally:
        os._exit(0)


def _work(line: socket.socket, archive: Archive, lane: Lane, limits: Limits) -> NoReturn:
    """Do jobs, in the one thread that does anything. Ends the process."""
    try:
        memory = Memory()
        channel = Channel(line)
        _confine(lane, limits, memory)
        # What an engine once allocated it keeps; the next job is to find room.
        most = memory.resident + limits.memory // 2
        left = 1 if lane is Lane.UPLOAD else _JOBS
        stocked = () if lane is Lane.UPLOAD else tuple(archive.calendars)
        while left:
            _stock(line, stocked, opened=lane is Lane.QUERY)
            asked = channel.receive(limits.answer)
            started = monotonic()
            head, body = _done(asked, channel, archive, limits)
            _end_in(0)
            left -= 1
            if left % _LOOK == 0 or monotonic() - started > _LONG:
                left = left if memory.resident < most else 0
            channel.send((STAYS if left else LEAVES) + head, body)
    finally:
        os._exit(0)


def _stock(line: socket.socket, calendars: Iterable[Calendar], *, opened: bool) -> None:
    """Make the copies that the next days will want, while nobody asks for anything."""
    for calendar in calendars:
        while calendar.short(opened=opened) and not select.select([line], [], [], _IDLE)[0]:
            calendar.stock(opened=opened)


def _done(asked: bytes, channel: Channel, archive: Archive, limits: Limits) -> tuple[bytes, bytes]:
    """The answer to a job, or what hindered it."""
    job = unpacked(asked, 1 + SECONDS.size)
    calendar = archive.calendar(job.protected)
    opened = job.lane is Lane.QUERY
    derives = job.day is not None and not calendar.holds(job.day, opened=opened)
    if derives:
        _end_in(limits.preparation)
        hindered = told(lambda: _prepare(job.day, calendar, opened))
        if hindered != (b"", b""):
            return hindered
    if derives or asked.startswith(TELL):
        channel.send(READY)
    _end_in(*SECONDS.unpack_from(asked, 1))
    return told(lambda: job.run(calendar))


def _prepare(day: date | None, calendar: Calendar, opened: bool) -> None:
    if day is not None and opened:
        calendar.dataset(day)
    elif day is not None:
        calendar.on(day)


def _end_in(seconds: float) -> None:
    """Let the kernel end this process then, whatever code it is in; 0: let it live."""
    signal.setitimer(signal.ITIMER_REAL, seconds)


def _harden() -> None:
    # Some queries are expected to crash; that is told to the client, not to the terminal.
    faulthandler.disable()
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    without_cores()


def _confine(lane: Lane, limits: Limits, memory: Memory) -> None:
    import resource

    if memory.held:
        resource.setrlimit(resource.RLIMIT_AS, (memory.held + limits.memory,) * 2)
    if lane is Lane.QUERY:
        resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))


class Memory:
    """What this process uses, in bytes; 0 where the system does not tell."""

    def __init__(self) -> None:
        """Open what tells it: an evaluator of strangers' queries can open nothing later."""
        try:
            self._statm = os.open("/proc/self/statm", os.O_RDONLY)
        except OSError:
            self._statm = -1

    @property
    def held(self) -> int:
        """The address space."""
        return self._pages(0)

    @property
    def resident(self) -> int:
        """What is in memory."""
        return self._pages(1)

    def _pages(self, column: int) -> int:
        if self._statm < 0:
            return 0
        return int(os.pread(self._statm, 200, 0).split()[column]) * _PAGE
