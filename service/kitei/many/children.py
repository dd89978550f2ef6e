"""Tasks done in children of this process, some at a time, their results in the order of the tasks.

A child does several tasks, since forking one, and the memory that it then copies, costs a fifth of
a task. One that crashes, takes too long or wants too much memory ends alone and takes one task with
it; others do those that it had before it. What children yield lies in files without a name, so
that this process holds no results, and no more than a few files.
"""

from __future__ import annotations

import faulthandler
import gc
import io
import os
import selectors
import signal
import struct
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from types import FrameType, TracebackType
from typing import BinaryIO, Generic, NamedTuple, Protocol, TypeVar, cast

from kitei.confined import can_fork

Task = TypeVar("Task")
Work = Callable[[Task, BinaryIO], bool]
"""Does a task and writes what it yields; false where the process had better do no other."""
# Tasks for one child: by then its fork costs next to nothing, and little is held up by a slow one.
_BATCH = 16
# Results that wait for an earlier one: beyond these, for each child, no further task is started.
_AHEAD = 2 * _BATCH
# A child that has grown by this part of what a task may use leaves the others to another child.
_GROWN = 8
# Objects made until the collector looks for rings among them: a task makes few that are large.
_COLLECT = 20_000
_END = struct.Struct("<q")
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Limits(NamedTuple):
    """What a task may use."""

    seconds: float
    memory: int
    """Bytes beyond what the process holds when it begins."""


class Yield(Protocol):
    """What a task has written, read from where it lies; whoever takes it closes it."""

    size: int

    def read(self, at: int, size: int) -> bytes:
        """At most ``size`` bytes from ``at`` on, fewer where it ends."""

    def close(self) -> None:
        """Nobody will read it any more."""


class Held:
    """It is in memory."""

    def __init__(self, data: bytes) -> None:
        self._data, self.size = data, len(data)

    def read(self, at: int, size: int) -> bytes:
        """As promised above."""
        return self._data[at : at + size]

    def close(self) -> None:
        """As promised above: it goes with whoever holds it."""


class _Spool:
    """The file of a child, which is there as long as the child or a result in it is."""

    def __init__(self) -> None:
        self.file = cast("BinaryIO", tempfile.TemporaryFile())  # noqa: SIM115  (see release)
        self._users = 1

    def share(self) -> _Spool:
        self._users += 1
        return self

    def release(self) -> None:
        self._users -= 1
        if not self._users:
            self.file.close()


class _Span:
    """It is a part of a child's file, which the child may still be writing to."""

    def __init__(self, spool: _Spool, begin: int, end: int) -> None:
        self._spool, self._begin, self.size = spool.share(), begin, end - begin

    def read(self, at: int, size: int) -> bytes:
        """As promised above."""
        # The child writes where the file stands, so its position is left alone.
        size = min(size, self.size - at)
        return os.pread(self._spool.file.fileno(), size, self._begin + at)

    def close(self) -> None:
        """As promised above."""
        self._spool.release()


class Done(NamedTuple):
    """A task that has ended, one way or another."""

    number: int
    said: Yield
    """What it has written; whoever takes it closes it."""
    status: int
    """0, the exit code of the child that it has ended, or the negated number of the signal."""


class Stop:
    """Whether somebody wants the work to end (Ctrl-C, ``SIGTERM``), told without an exception."""

    def __init__(self) -> None:
        self.signal: int | None = None
        self._read, self._write = os.pipe()
        os.set_blocking(self._write, False)
        self._before: dict[int, object] = {}

    def fileno(self) -> int:
        """Readable once somebody does."""
        return self._read

    def __enter__(self) -> Stop:
        if threading.current_thread() is threading.main_thread():
            for number in _SIGNALS:
                self._before[number] = signal.signal(number, self._note)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, cast("signal.Handlers", handler))
        os.close(self._read)
        os.close(self._write)

    def _note(self, number: int, frame: FrameType | None) -> None:
        del frame
        self.signal = self.signal or number
        with suppress(BlockingIOError):
            os.write(self._write, b"!")


def each_in_order(
    tasks: Sequence[Task], work: Work[Task], jobs: int, limits: Limits, stop: Stop
) -> Iterator[Done]:
    """Do every task, ``jobs`` at a time; the results in the order of ``tasks``.

    After a ``stop`` those that have ended by then still come, and no others. Where processes
    cannot be forked the tasks are done here, one by one and without limits.
    """
    if not can_fork():
        yield from _one_by_one(tasks, work, stop)
        return
    children = _Children(tasks, work, limits, stop)
    ended: dict[int, Done] = {}
    told = 0
    # Objects that no child will ever free need not be looked at, and copied, by its collector.
    gc.collect()
    gc.freeze()
    try:
        while stop.signal is None and told < len(tasks):
            while len(children) < jobs and children.start(jobs, told + jobs * _AHEAD):
                pass
            ended.update((done.number, done) for done in children.ended())
            while told in ended:
                yield ended.pop(told)
                told += 1
        if stop.signal is not None:
            ended.update((done.number, done) for done in children.ended(wait=False))
        for index in sorted(ended):
            yield ended.pop(index)
    finally:
        gc.unfreeze()
        children.end()
        for done in ended.values():
            done.said.close()


def _one_by_one(tasks: Sequence[Task], work: Work[Task], stop: Stop) -> Iterator[Done]:
    for index, task in enumerate(tasks):
        if stop.signal is not None:
            return
        spool = io.BytesIO()
        work(task, spool)
        yield Done(index, Held(spool.getvalue()), 0)


class _Child:
    """A process at work on some tasks that follow one another."""

    def __init__(self, pid: int, todo: range, said: int, spool: _Spool) -> None:
        # The pipe says where in the file each task has ended; its own end is the child's.
        self.pid, self.said, self.spool = pid, said, spool
        self._first, self.todo, self._at = todo.start, todo, 0

    def has_done(self, end: int) -> Done:
        """One more task, which wrote as far as ``end``."""
        done = Done(self.todo.start, _Span(self.spool, self._at, end), 0)
        self.todo, self._at = self.todo[1:], end
        return done

    def lost(self, status: int) -> Done | None:
        """The task that its end has cost, if it ended on one."""
        if not self.todo or (status == 0 and self.todo.start > self._first):
            return None
        done = Done(self.todo.start, Held(b""), status)
        self.todo = self.todo[1:]
        return done


class _Children(Generic[Task]):
    """The children that are at work, and the tasks that wait for one."""

    def __init__(self, tasks: Sequence[Task], work: Work[Task], limits: Limits, stop: Stop) -> None:
        self._tasks, self._work, self._limits = tasks, work, limits
        self._waiting = [range(len(tasks))] if tasks else []
        self._selector = selectors.DefaultSelector()
        self._selector.register(stop, selectors.EVENT_READ)
        self._running: dict[int, _Child] = {}

    def __len__(self) -> int:
        return len(self._running)

    def start(self, jobs: int, before: int) -> bool:
        """Fork a child for the next tasks ``before`` that number, if there are any.

        Towards the end they are fewer, so that all of the ``jobs`` have something to do.
        """
        if not self._waiting or self._waiting[0].start >= before:
            return False
        left, first = sum(map(len, self._waiting)), self._waiting.pop(0)
        size = min(_BATCH, max(1, left // (2 * jobs)), before - first.start)
        self._put_back(first[size:])
        self._fork(first[:size])
        return True

    def _put_back(self, tasks: range) -> None:
        if tasks:
            self._waiting = sorted([*self._waiting, tasks], key=lambda some: some.start)

    def _fork(self, todo: range) -> None:
        spool = _Spool()
        read, write = os.pipe()
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                self._confine()
                self._do(todo, spool.file, write)
                code = 0
            finally:
                os._exit(code)
        os.close(write)
        self._running[read] = _Child(pid, todo, read, spool)
        self._selector.register(read, selectors.EVENT_READ)

    def ended(self, *, wait: bool = True) -> list[Done]:
        """The tasks that have ended since; with ``wait`` there is news, if only of a ``stop``."""
        ready = [key.fd for key, _ in self._selector.select(None if wait else 0)]
        return [done for fd in ready if fd in self._running for done in self._heard(fd)]

    def _heard(self, fd: int) -> Iterator[Done]:
        child = self._running[fd]
        # Each end was written, and so is read, in one piece.
        if news := os.read(fd, 512 * _END.size):
            for (end,) in _END.iter_unpack(news):
                yield child.has_done(end)
        else:
            lost = child.lost(self._reap(child))
            self._put_back(child.todo)
            if lost is not None:
                yield lost

    def end(self) -> None:
        """Kill those that are left."""
        for child in list(self._running.values()):
            os.kill(child.pid, signal.SIGKILL)
            self._reap(child)
        self._selector.close()

    def _reap(self, child: _Child) -> int:
        _, status = os.waitpid(child.pid, 0)
        self._selector.unregister(child.said)
        os.close(child.said)
        del self._running[child.said]
        child.spool.release()
        return os.waitstatus_to_exitcode(status)

    # -- in the child ---------------------------------------------------------------------------

    def _do(self, todo: range, spool: BinaryIO, said: int) -> None:
        begun = _held()
        for number in todo:
            self._limit()
            goes_on = self._work(self._tasks[number], spool)
            spool.flush()
            os.write(said, _END.pack(spool.tell()))
            if not goes_on or _held() - begun > self._limits.memory // _GROWN:
                return

    def _confine(self) -> None:
        """Let nothing of this process reach the terminal, nor anything of the terminal it."""
        import resource

        gc.set_threshold(_COLLECT, *gc.get_threshold()[1:])
        faulthandler.disable()
        # Ctrl-C reaches every process of the terminal; the parent decides when to end.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        nowhere = os.open(os.devnull, os.O_RDWR)
        for descriptor in range(3):
            os.dup2(nowhere, descriptor)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    def _limit(self) -> None:
        """Let the kernel end this process when the task takes too much from now on."""
        import resource

        signal.setitimer(signal.ITIMER_REAL, self._limits.seconds)
        if held := _held():
            _, most = resource.getrlimit(resource.RLIMIT_AS)
            allowed = held + self._limits.memory
            if most != resource.RLIM_INFINITY:
                allowed = min(allowed, most)
            resource.setrlimit(resource.RLIMIT_AS, (allowed, most))


def _held() -> int:
    """The address space of this process in bytes; 0 where the system does not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")
