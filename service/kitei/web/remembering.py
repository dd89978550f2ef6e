"""Answers that are remembered: by the job, so that an audience gets its own and no other's."""

from __future__ import annotations

import pickle
from threading import Lock
from typing import NamedTuple

from cachetools import LRUCache

from kitei.confined import Document, Evaluator, Job, Wrapped

_Key = tuple[int, Job]


class _Kept(NamedTuple):
    document: Document
    size: int
    """Bytes of the answer and of what was asked."""


class Remembering(Wrapped):
    """An evaluator that does a job once while the data stays the same.

    A job is its own key: it holds what is asked, of which day and for which
    audience. Jobs that say ``lasting = False`` are done every time.
    """

    def __init__(self, evaluator: Evaluator, most: int) -> None:
        """Remember ``most`` bytes of answers."""
        super().__init__(evaluator)
        self._kept: LRUCache[_Key, _Kept] = LRUCache(most, getsizeof=_size)
        self._lock = Lock()

    def run(self, job: Job) -> Document:
        """The answer to a job. Raises what the job raises, or ``CutShortError``."""
        if not getattr(job, "lasting", False):
            return super().run(job)
        key = (self.generation, job)
        with self._lock:
            known: _Kept | None = self._kept.get(key)
        if known is not None:
            return known.document
        document = super().run(job)
        kept = _Kept(document, len(document.body) + len(pickle.dumps(job)))
        # What came from a newer state of the data must not stand for the older one.
        if kept.size <= self._kept.maxsize and key[0] == self.generation:
            with self._lock:
                self._kept[key] = kept
        return document


def _size(kept: _Kept) -> int:
    return kept.size
