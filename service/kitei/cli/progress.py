"""How far a long command has come: on a terminal, and nowhere else."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from kitei.errors import Bilingual

_CLEAR = "\r\x1b[K"


@contextmanager
def progress(unit: Bilingual, language: str) -> Iterator[Callable[[int, int], None] | None]:
    """Something to tell how many of how many ``unit`` are done; ``None`` without a terminal."""
    if not sys.stderr.isatty():
        yield None
        return

    def show(done: int, number: int) -> None:
        said = Bilingual(f"{unit.ja} {done}/{number}", f"{unit.en} {done} of {number}")
        sys.stderr.write(_CLEAR + said.within(language))
        sys.stderr.flush()

    try:
        yield show
    finally:
        sys.stderr.write(_CLEAR)
