"""Copies of a dataset that changes no more, some of them made before anybody wants one."""

from __future__ import annotations

from contextlib import suppress

from kitei.store import Dataset


class Copies:
    """Copies of one dataset, each to be added to by who takes it. May be used by threads."""

    def __init__(self, dataset: Dataset, *, given: bool = False) -> None:
        """``dataset`` must not change any more; ``given``: it is itself the first copy."""
        self.written = dataset.written()
        self._spare = [dataset] if given else []

    def take(self) -> Dataset:
        """A copy that nobody else has."""
        with suppress(IndexError):
            return self._spare.pop()
        return Dataset.of(self.written)

    def short(self, most: int) -> bool:
        """Whether fewer than ``most`` are made already."""
        return len(self._spare) < most

    def stock(self) -> None:
        """Make one for who will want it."""
        self._spare.append(Dataset.of(self.written))
