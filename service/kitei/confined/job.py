"""A job, what it may use, what it yields, and who can do it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import Enum
from typing import Any, Protocol

from kitei.calendar import Calendar
from kitei.confined.archive import Archive
from kitei.errors import InternalError, KiteiError, UsageError

MIB = 1024 * 1024


class CutShortError(KiteiError):
    """A job that could not be finished within its limits; it may succeed later or if simpler."""


class AnswerTooLargeError(CutShortError):
    """An answer that is larger than may be given; no part of it is given."""


class NotAcceptableError(UsageError):
    """The answer exists, but in no form that the request accepts."""


class UnexpectedError(InternalError):
    """A failure of the code in another process; its message is type and place, without data."""


class Lane(Enum):
    """Kinds of job that must not take each other's evaluators."""

    QUERY = "query"
    """What a stranger wrote: it may open nothing."""
    QUESTION = "question"
    """Kitei's own queries and pages."""
    UPLOAD = "upload"
    """A stranger's data: the evaluator ends after one, and with it all that it read."""


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
    def lane(self) -> Lane:
        """Which evaluators may do it."""

    @property
    def protected(self) -> bool:
        """Whether it may see a protected roster."""

    def run(self, calendar: Calendar) -> Document:
        """Do it. Raises ``KiteiError``."""


class Plain(Job, Protocol):
    """A job of a module that is there before the pool, sent as what it consists of.

    (Pickling looks classes up in more steps; in a process that has just been woken that
    takes as long as half of a cheap query.)
    """

    def parts(self) -> tuple[object, ...]:
        """What it consists of: strings, numbers, truth values, tuples of them, ``None``."""

    @classmethod
    def of(cls, *parts: Any) -> Job:
        """The job that consists of these."""


class Evaluator(Protocol):
    """Where jobs are done."""

    @property
    def generation(self) -> int:
        """Which state of the data is served: it grows whenever that was loaded anew."""

    @property
    def failures(self) -> int:
        """How often changed data could not be loaded."""

    def run(self, job: Job) -> Document:
        """Do a job. Raises what the job raises, or ``CutShortError``. Thread safe."""

    def alive(self) -> bool:
        """Whether jobs can be done."""


class Here:
    """Jobs are done in this process and thread, without limits."""

    generation = 1
    failures = 0

    def __init__(self, archive: Archive) -> None:
        self._archive = archive

    def run(self, job: Job) -> Document:
        """Do a job. Raises what the job raises."""
        return job.run(self._archive.calendar(job.protected))

    def alive(self) -> bool:
        """Always true."""
        return True


class Wrapped:
    """An evaluator round another one, for others to build on."""

    def __init__(self, evaluator: Evaluator) -> None:
        self._evaluator = evaluator

    @property
    def generation(self) -> int:
        """Which state of the data is served."""
        return self._evaluator.generation

    @property
    def failures(self) -> int:
        """How often changed data could not be loaded."""
        return self._evaluator.failures

    def run(self, job: Job) -> Document:
        """Do a job. Raises what the job raises, or ``CutShortError``."""
        return self._evaluator.run(job)

    def alive(self) -> bool:
        """Whether jobs can be done."""
        return self._evaluator.alive()


@dataclass(frozen=True)
class Limits:
    """What a job may use."""

    seconds: float = 10.0
    """How long a job may take."""
    contended: float = 1.0
    """How long it may take while others of its lane wait for an evaluator."""
    preparation: float = 30.0
    """How long deriving its day may take, before that time starts."""
    waiting: float = 30.0
    """How long it may wait for an evaluator."""
    memory: int = 1024 * MIB
    """Bytes beyond what the keeper holds already."""
    answer: int = 64 * MIB
    """Bytes of the answer."""
    evaluators: int = 4
    """How many jobs of a lane are done at once."""
    queue: int = 64
    """How many more of them may wait; an eighth where data has been sent."""
    uploading: float = 60.0
    """How long a job may take whose data somebody has sent; a sixth while others wait."""

    @property
    def patience(self) -> float:
        """How long a job may wait and still have some time within its limit."""
        least = max(self.seconds - self.contended / 2, 2 * self.contended)
        return min(self.waiting, least)

    def of(self, lane: Lane) -> Limits:
        """The limits of a lane: data that was sent takes longer than a question to any data."""
        if lane is not Lane.UPLOAD:
            return self
        return replace(
            self,
            seconds=self.uploading,
            contended=self.uploading / 6,
            queue=max(1, self.queue // 8),
        )
