"""A dataset that changes no more: copies of it, and days that differ in nothing but their date.

Why the facts of one day can be those of another: the derivation
(``ontology/derive/*.rq``) does nothing with the date of a day but to compare it
with other dates, and to write it into the IRIs of that day's cases
(``tests/test_image.py`` holds the queries to that). Two days between the same two
dates that the dataset knows compare alike with all of them. So one is derived
from the other by writing its date in the other's place, wherever that stands;
which is done only where it can stand for nothing else. What is told of such facts
may be told again in the same way (``tests/test_told_again.py`` compares findings).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from threading import Lock
from typing import NamedTuple

from kitei.copies import Copies
from kitei.dates import in_era
from kitei.store import Dataset

_DATE = b'"^^<http://www.w3.org/2001/XMLSchema#date>'
_PLAIN = re.compile(rb"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOST = 64
"""Texts that are kept."""
Manner = tuple[object, ...]
"""How a text was made, beside the day: those of another manner are others."""


class _Kept(NamedTuple):
    day: date
    text: bytes


class Image:
    """What a dataset holds, for copies and for the facts of days derived over them."""

    def __init__(self, dataset: Dataset) -> None:
        """``dataset`` must not change any more."""
        self.copies = Copies(dataset)
        self._written = self.copies.written.texts
        self.dates = _ordered({each for text in self._written for each in _dates(text)})
        """Those that the data knows; ``None`` where some compare with others in another way."""
        self._kept: OrderedDict[Manner, _Kept] = OrderedDict()
        self._lock = Lock()
        self._span = lru_cache(_MOST)(self._span_of)

    def copy(self) -> Dataset:
        """A copy of the dataset, to be added to."""
        return self.copies.take()

    def known(self, day: date, manner: Manner) -> bytes | None:
        """What ``keep`` was given of ``day``, or of one that differs in no more than its date."""
        span = self._span(day)
        with self._lock:
            kept = None if span is None else self._kept.get((span, *manner))
        if kept is None:
            return None
        text = kept.text
        for old, new in zip(_forms(kept.day), _forms(day), strict=True):
            text = text.replace(old, new)
        return text

    def keep(self, day: date, manner: Manner, text: bytes, beside: bytes = b"") -> None:
        """Remember a text about ``day`` that was made of nothing else but a copy and ``beside``.

        The facts derived over it, say, or what is told of these. Of a text with blank nodes
        nothing is remembered: those of another day are others.
        """
        span = self._span(day)
        if span is None or b"_:" in text or any(form in beside for form in _forms(day)):
            return
        with self._lock:
            self._kept[span, *manner] = _Kept(day, text)
            if len(self._kept) > _MOST:
                self._kept.popitem(last=False)

    def _span_of(self, day: date) -> int | None:
        """Between which two dates of the dataset a day lies; ``None`` if that is not told.

        It is not where the day's own date stands in the dataset, as a date or in any text.
        """
        written = (form in text for form in _forms(day) for text in self._written)
        if self.dates is None or any(written):
            return None
        return bisect_left(self.dates, day)


def _dates(text: bytes) -> Iterator[bytes]:
    """What stands in the date literals of N-Quads."""
    *dated, _ = text.split(_DATE)
    return (part[part.rfind(b'"') + 1 :] for part in dated)


def _ordered(found: set[bytes]) -> list[date] | None:
    """The dates in order; ``None`` if there is one that may compare with others in another way."""
    if not all(map(_PLAIN.fullmatch, found)):
        return None
    try:
        return sorted(date.fromisoformat(each.decode()) for each in found)
    except ValueError:
        return None


def _forms(day: date) -> tuple[bytes, ...]:
    """How facts and texts write a day."""
    return day.isoformat().encode(), in_era(day).encode()
