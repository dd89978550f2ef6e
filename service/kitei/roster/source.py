"""What a roster was given as: its tables as they stand, and what could not be read."""

from __future__ import annotations

from kitei.errors import Bilingual
from kitei.roster.problems import Place
from kitei.roster.raw import MAX_BYTES, RawTable


class Source:
    """What a roster was given as: its tables as rows, and those that cannot be read."""

    def __init__(self) -> None:
        self.tables: dict[str, RawTable] = {}
        self.unreadable: dict[str, tuple[Place, Bilingual]] = {}
        self.notes: list[Bilingual] = []

    def refuse(self, place: Place, message: Bilingual) -> None:
        """A table that is there but cannot be read."""
        self.tables.pop(place.table, None)
        self.unreadable[place.table] = (place, message)


def ignored_table(name: str) -> Bilingual:
    """A file or sheet that no table answers to."""
    return Bilingual(
        f"{name} は名簿の表ではないため読みません。", f"{name} is no roster table; it is not read."
    )


def same_table(first: str, second: str) -> Bilingual:
    """Two files or sheets mean the same table."""
    return Bilingual(
        f"「{first}」と「{second}」が同じ表を指しています。一方を除いてください。",
        f"{first} and {second} mean the same table. Remove one of them.",
    )


def too_large() -> Bilingual:
    """More bytes than any roster has."""
    most = MAX_BYTES // (1024 * 1024)
    return Bilingual(f"大きすぎます({most} MiBまで)。", f"Too large ({most} MiB at most).")
