"""Jobs for a pool in tests: queries, and deeds that try what they may."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import date
from time import monotonic, sleep

from tests.support import PATIENCE
from tests.web_support import AS_OF

from kitei.calendar import Calendar
from kitei.confined import Document, Lane, Pool
from kitei.errors import UsageError
from kitei.web.sparql import SparqlJob

DAY = date.fromisoformat(AS_OF)
FOR_EVER = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"


def sparql(query: str, day: date = DAY) -> SparqlJob:
    return SparqlJob(query, "", day, None)


@dataclass(frozen=True)
class Deed:
    """A job that does one thing, to see whether it may."""

    what: str
    day: date | None = None
    lane: Lane = Lane.QUERY
    protected: bool = False

    def run(self, _calendar: Calendar) -> Document:
        """Do it."""
        if self.what == "open":
            with socket.socket():
                return Document(b"opened", "text/plain")
        if self.what == "usage":
            raise UsageError("日本語", "English")
        if self.what == "bug":
            raise ValueError("見本 総務")
        if self.what == "large":
            return Document(b"x" * 200_000, "text/plain")
        if self.what == "pid":
            return Document(str(os.getpid()).encode(), "text/plain")
        if self.what == "parent":
            return Document(str(os.getppid()).encode(), "text/plain")
        return Document(self.what.encode(), "text/plain")


def until(condition: Callable[[], bool]) -> None:
    deadline = monotonic() + PATIENCE
    while not condition():
        assert monotonic() < deadline
        sleep(0.02)


def ended(pool: Pool, *jobs: Future[Document]) -> None:
    """End what is at work until these jobs are done: one that has hardly begun is done again."""
    while not all(job.done() for job in jobs):
        pool.kill_all()
        sleep(0.02)
