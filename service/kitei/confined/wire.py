"""What goes over the sockets between pool and evaluator: frames, and answers in them.

A frame is its length (8 bytes, big-endian) and that many bytes. An answer is two:
its head, which is a media type or an error as JSON, and its body.
"""

from __future__ import annotations

import json
import marshal
import pickle
import socket
import struct
import sys
from collections.abc import Callable

from kitei.confined.job import (
    MIB,
    AnswerTooLargeError,
    CutShortError,
    Document,
    Job,
    NotAcceptableError,
    Plain,
    UnexpectedError,
)
from kitei.errors import (
    InputUnreadableError,
    InternalError,
    KiteiError,
    NothingToCheckError,
    TextNotHeldError,
    UsageError,
)

_LENGTH = 8
_PLAIN, _PICKLED = b"m", b"p"
"""How a job begins: by how it was packed."""
_SENT, _RAISED = b"d", b"e"
"""How the head of an answer begins: a document, or an error."""
_READ = 64 * 1024
_TIMEVAL = struct.Struct("@ll")
_ERRORS = {
    kind.__name__: kind
    for kind in (
        InputUnreadableError,
        InternalError,
        NotAcceptableError,
        NothingToCheckError,
        TextNotHeldError,
        UnexpectedError,
        UsageError,
    )
}


class TooLargeError(Exception):
    """The other side announces more than was agreed."""


class Channel:
    """A socket, seen as frames. Frames may arrive together; most arrive in one piece."""

    def __init__(self, line: socket.socket) -> None:
        self._line = line
        self._rest = b""
        # One place for all that arrives: to make room each time, and large room for what is
        # mostly small, took longer than all else here.
        self._buffer = memoryview(bytearray(_READ))

    def limit(self, seconds: float) -> None:
        """Give up after ``seconds`` of silence, with ``OSError``.

        The kernel keeps the time: Python's own timeouts cost another call of the
        system each time something is sent or received.
        """
        value = _TIMEVAL.pack(int(seconds), int(seconds % 1 * 1_000_000))
        for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
            self._line.setsockopt(socket.SOL_SOCKET, option, value)

    def send(self, *frames: bytes) -> None:
        """Send some frames. Raises ``OSError``."""
        parts = [part for frame in frames for part in (len(frame).to_bytes(_LENGTH, "big"), frame)]
        if len(frames[-1]) <= _READ:
            self._line.sendall(b"".join(parts))
        else:
            self._line.sendall(b"".join(parts[:-1]))
            self._line.sendall(parts[-1])  # a large answer, which need not be copied

    def receive(self, most: int) -> bytes:
        """Receive a frame. Raises ``OSError``, ``EOFError`` or ``TooLargeError``."""
        data = self._rest
        while len(data) < _LENGTH:
            size = self._line.recv_into(self._buffer)
            if not size:
                raise EOFError
            data += self._buffer[:size]
        end = _LENGTH + int.from_bytes(data[:_LENGTH], "big")
        if end - _LENGTH > most:
            raise TooLargeError
        self._rest = data[end:]
        if len(data) >= end:
            return data[_LENGTH:end]
        parts, missing = [data[_LENGTH:]], end - len(data)
        while missing:
            # No more than the frame is read, so nothing of the next one.
            parts.append(self._line.recv(missing, socket.MSG_WAITALL))
            if not parts[-1]:
                raise EOFError
            missing -= len(parts[-1])
        return b"".join(parts)

    def close(self) -> None:
        """Close the socket."""
        self._line.close()


def packed(job: Job) -> bytes:
    """A job, ready to be sent."""
    parts = getattr(job, "parts", None)
    if parts is None:
        return _PICKLED + pickle.dumps(job, pickle.HIGHEST_PROTOCOL)
    kind = type(job)
    return _PLAIN + marshal.dumps((kind.__module__, kind.__name__, parts()))


def unpacked(sent: bytes, start: int) -> Job:
    """The job that was sent by our own pool; it begins at ``start``."""
    data = memoryview(sent)[start + 1 :]
    if sent.startswith(_PICKLED, start):
        pickled: Job = pickle.loads(data)  # noqa: S301
        return pickled
    module, name, parts = marshal.loads(data)  # noqa: S302
    kind: type[Plain] = getattr(sys.modules[module], name)
    return kind.of(*parts)


def told(work: Callable[[], Document | None]) -> tuple[bytes, bytes]:
    """Head and body of what ``work`` yielded or raised; empty if it yielded nothing."""
    try:
        document = work()
    except KiteiError as error:
        return failure(error), b""
    except Exception as error:  # the edge of this process
        return failure(UnexpectedError(where(error), where(error))), b""
    if document is None:
        return b"", b""
    return _SENT + document.media_type.encode(), document.body


def failure(error: KiteiError) -> bytes:
    """An error, ready to be sent."""
    kinds = type(error).__mro__
    name = next((kind.__name__ for kind in kinds if kind.__name__ in _ERRORS), "InternalError")
    said = {"error": name, "ja": error.message.ja, "en": error.message.en}
    return _RAISED + json.dumps(said).encode()


def opened(head: bytes, body: bytes) -> Document:
    """The document that was sent. Raises the error that was sent."""
    if head.startswith(_SENT):
        return Document(body, head[1:].decode())
    said: dict[str, str] = json.loads(head[1:])
    raise _ERRORS[said["error"]](said["ja"], said["en"])


def where(error: BaseException) -> str:
    """Type and place of a failure: enough for a bug report, and without any data."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f"{trace.tb_frame.f_globals.get('__name__')}:{trace.tb_lineno}" if trace else "?"
    return f"{type(error).__name__} at {place}"


def late() -> CutShortError:
    """The job took too long."""
    return CutShortError(
        "制限時間内に終わらなかった。問合せを簡単にする。",
        "not finished within the time allowed; make the query simpler",
    )


def too_large(most: int) -> CutShortError:
    """The answer has more than ``most`` bytes."""
    size = f"{most / MIB:g} MiB"
    return AnswerTooLargeError(
        f"答えが大きすぎる (最大 {size})。一部だけを返すことはない。LIMIT などで絞る。",
        f"the answer is larger than {size}, and no part of it is given; "
        "ask for less (LIMIT, fewer variables)",
    )


def too_much() -> CutShortError:
    """The job wanted too much, or ended its process."""
    return CutShortError(
        "使える資源の範囲で終わらなかった。問合せを簡単にする。",
        "not finished within the resources allowed; make the query simpler",
    )


def busy() -> CutShortError:
    """The job gave way to others, or found no evaluator."""
    return CutShortError(
        "混み合っているため打ち切った。後で試すか、問合せを簡単にする。",
        "cut short because others are waiting; try later, or make the query simpler",
    )
