"""What was wanted lately, up to a size.

Two dictionaries: what is new or wanted again goes into the younger one, and when
that is full it becomes the older one, whose rest is forgotten. So what is looked
up again and again takes neither a lock nor another place in some order, which
took as long as all else that is done for an answer that is given again.
"""

from __future__ import annotations

from threading import Lock
from typing import Generic, TypeVar

_K = TypeVar("_K")
_V = TypeVar("_V")


class Recent(Generic[_K, _V]):
    """Values by their keys. May be used by several threads."""

    def __init__(self, most: int) -> None:
        """Keep values of ``most`` bytes together, and none that takes more than half of it."""
        self._half = most // 2
        self._young: dict[_K, tuple[_V, int]] = {}
        self._old: dict[_K, tuple[_V, int]] = {}
        self._size = 0
        """Bytes of the young ones."""
        self._lock = Lock()

    def get(self, key: _K) -> _V | None:
        """The value of a key, if it is still there."""
        found = self._young.get(key)
        if found is None:
            found = self._old.get(key)
            if found is None:
                return None
            self.keep(key, *found)
        return found[0]

    def keep(self, key: _K, value: _V, size: int) -> None:
        """Keep a value of so many bytes, instead of any other of the same key."""
        if size > self._half:
            return
        with self._lock:
            _, before = self._young.pop(key, (None, 0))
            self._size += size - before
            if self._size > self._half:
                self._old, self._young, self._size = self._young, {}, size
            self._young[key] = value, size
