"""A progress bar on standard error, for somebody who sits at a terminal."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from kitei.many.outcome import Outcome

_USUAL = (80, 24)
Seen = Callable[[Outcome], object]


@contextmanager
def shown(cities: int, unit: str) -> Iterator[Seen]:
    """A bar that is told of each city; nothing at all where standard error is no terminal."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from tqdm import tqdm

    # This process forks: the bar must start no thread and take no lock that others share.
    tqdm.monitor_interval = 0
    tqdm.set_lock(threading.RLock())
    # A terminal that does not know its size says 0, and would be shown nothing.
    columns, lines = (told or usual for told, usual in zip(_size(), _USUAL, strict=True))
    with tqdm(
        total=cities, unit=unit, file=sys.stderr, leave=False, ncols=columns, nrows=lines
    ) as bar:

        def seen(outcome: Outcome) -> None:
            del outcome
            # A table on the same terminal is written where the bar stood.
            bar.clear()
            bar.update()

        yield seen


def _size() -> tuple[int, int]:
    size = os.get_terminal_size(sys.stderr.fileno())
    return size.columns, size.lines
