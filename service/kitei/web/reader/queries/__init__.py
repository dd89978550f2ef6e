"""The queries of the reader, one file each."""

from __future__ import annotations

from functools import cache
from pathlib import Path


@cache
def query(name: str) -> str:
    """The text of a query. Raises ``OSError`` for a name that there is not."""
    return (Path(__file__).parent / f"{name}.rq").read_text(encoding="utf-8")
