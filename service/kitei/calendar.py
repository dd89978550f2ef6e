"""The days of a city, for a process that is asked about many of them.

A day is a dataset of its own: rules, chart, roster and the facts of that day.
So no question can see the facts of another day, and a day that is forgotten
is freed as a whole. (Measured at 200 staff: copying takes 20 ms and 4 MB
beside 50 ms of derivation. Deriving into one store and removing the oldest
graph needs no copy, but the engine keeps what it removes: after 600 days a
derivation took four times as long.)

There are three kinds of them, each made when it is first asked for: the facts
that questions are told (``on``), those that a check judges besides (``judged``),
and what a stranger's query is asked of (``dataset``).
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from datetime import date
from functools import cached_property
from threading import Lock
from typing import Generic, TypeVar

from kitei.city import City, DayView, Period
from kitei.copies import Copies
from kitei.derive import day_iri
from kitei.image import Image
from kitei.store import Dataset

_DAYS = 16
_TRIPLES = 2_000_000
_SPARE, _SPARE_OPEN, _SPARED = 2, 1, 60_000
"""How many copies are made in advance (a page with a verdict takes two), how many of what queries
are asked of, and of how many triples at most: those of larger cities would fill the memory."""
_PERIODS = 4
"""How many days take as much room as a period."""
_K = TypeVar("_K")
_T = TypeVar("_T")


class Calendar:
    """Keeps the days that were asked about last. May be used by several threads."""

    def __init__(
        self,
        city: City,
        bare: City | None = None,
        *,
        days: int = _DAYS,
        triples: int = _TRIPLES,
        foreign: Dataset | None = None,
    ) -> None:
        """Keep at most ``days``, fewer of a city so large that they would exceed ``triples``.

        ``city`` and the data of others (``foreign``) must not change any more.
        ``bare`` is the same city without a roster, for who brings one.
        """
        self.city = city
        """The city without any day."""
        self._bare = bare
        self._foreign = foreign
        size = len(city.dataset) + (len(city.dataset) + len(foreign) if foreign else 0)
        limit = max(1, min(days, triples // max(1, size)))
        self._spares = size <= _SPARED
        self._days = _Kept(self._derived, limit)
        self._judged = _Kept(self._derived_to_judge, limit)
        self._open = _Kept(self._opened, limit)
        self._periods = _Kept(self._derived_period, max(1, limit // _PERIODS))

    def on(self, day: date) -> City:
        """The city with the facts of ``day``, derived once, and of no other day.

        Nothing is to be derived into it: others hold the same one.
        """
        return self._days.get(day)

    def judged(self, day: date) -> City:
        """The city with all that is judged on ``day``, for checks, derived once.

        It holds more than ``on``, and facts of the days on which acts were done. Checks add
        what all of them find alike; nothing else is to be added.
        """
        return self._judged.get(day)

    def told(self, day: date, kind: str, tell: Callable[[], tuple[str, str]]) -> str:
        """What is told of ``day``; where one is known that differs in its date, what was of that.

        ``tell`` tells it from nothing else but what this calendar has of the day and what
        stands in the second text that it gives; a day is written as ISO or in its era.
        """
        known = self._image.known(day, (kind,))
        if known is not None:
            return known.decode()
        text, beside = tell()
        self._image.keep(day, (kind,), text.encode(), beside.encode())
        return text

    def dataset(self, day: date) -> Dataset:
        """What SPARQL is asked of: the city on ``day``, and the data of others.

        Those are added after the derivation and apart from what ``on`` returns, so
        that no answer to a named question comes of them.
        """
        return self._open.get(day)

    def holds(self, day: date, *, opened: bool = False) -> bool:
        """Whether ``day`` need not be derived any more, for ``on`` or (``opened``) ``dataset``."""
        return day in (self._open if opened else self._days)

    def short(self, *, opened: bool = False) -> bool:
        """Whether copies are missing that the next days will want (``opened``: of queries)."""
        return self._spares and self._stocked(opened).short(_SPARE_OPEN if opened else _SPARE)

    def stock(self, *, opened: bool = False) -> None:
        """Make one of the copies that are missing."""
        self._stocked(opened).stock()

    def _stocked(self, opened: bool) -> Copies:
        return self._merged if opened else self._image.copies

    @cached_property
    def periods(self) -> City:
        """The city to be asked of periods: each is derived once, apart from any day."""
        return self.city.with_periods(self._periods.get)

    def apart(self) -> City:
        """The city without any day, for one request to derive into and throw away."""
        return self.city.copy(self._image)

    @cached_property
    def bare(self) -> City:
        """The city without any roster."""
        if self._bare is not None or self.city.roster is None:
            return self._bare or self.city
        bare = self.city.copy()
        bare.forget()
        return bare

    def __len__(self) -> int:
        return len(self._days)

    @cached_property
    def _image(self) -> Image:
        return Image(self.city.dataset)

    def _derived(self, day: date) -> City:
        city = self.apart()
        city.day(day, judging=False)
        return city

    def _derived_to_judge(self, day: date) -> City:
        city = self.apart()
        city.day(day)
        return city

    def _derived_period(self, period: Period) -> DayView:
        return self.apart().days(*period)

    @cached_property
    def _merged(self) -> Copies:
        """The city without any day and the data of others, as queries see them."""
        whole = self._image.copy()
        if self._foreign is not None:
            whole.add(self._foreign)
        whole.merge()
        return Copies(whole, given=True)

    def _opened(self, day: date) -> Dataset:
        facts = self._facts(day) if self._spares else None
        if facts is not None and b"_:" not in facts:
            copied = self._merged.take()
            copied.add_merged(facts, day_iri(day))
            return copied
        # What others hold must not change; what nobody holds yet is made for this alone.
        mine = self._derived(day).dataset if day not in self._days else self.on(day).dataset.copy()
        if self._foreign is not None:
            mine.add(self._foreign)
        mine.merge()
        return mine

    def _facts(self, day: date) -> bytes:
        known = self.city.facts(day, self._image)
        if known is not None:
            return known
        city = self.on(day) if day in self._days else self._derived(day)
        return city.dataset.dump(day_iri(day))


class _Kept(Generic[_K, _T]):
    """What is made once for a day or a period, until others are asked for more recently."""

    def __init__(self, make: Callable[[_K], _T], most: int) -> None:
        self._make, self._most = make, most
        self._kept: OrderedDict[_K, _T | Future[_T]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: _K) -> _T:
        with self._lock:
            known = self._kept.get(key)
            if known is not None:
                self._kept.move_to_end(key)
            else:
                mine = self._kept[key] = Future[_T]()
        if known is None:
            return self._made(key, mine)
        # Whoever comes second waits here for the first, and nobody else does.
        return known.result() if isinstance(known, Future) else known

    def _made(self, key: _K, promise: Future[_T]) -> _T:
        try:
            made = self._make(key)
        except BaseException as error:
            with self._lock:
                self._kept.pop(key, None)
            promise.set_exception(error)
            raise
        promise.set_result(made)
        with self._lock:
            if self._kept.get(key) is promise:
                self._kept[key] = made
        self._forget()
        return made

    def _forget(self) -> None:
        """Let go of what was not asked about for longest."""
        with self._lock:
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)

    def __contains__(self, key: _K) -> bool:
        return key in self._kept

    def __len__(self) -> int:
        return len(self._kept)
