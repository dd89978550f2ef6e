"""Sentences and brackets inside one run of text.

A sentence ends at 「。」 outside every bracket and quotation, or where the run
ends. Offsets are relative to the run.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from kitei.text.lines import SPACE

OPEN = "(（「『［〔【"
CLOSE = ")）」』］〕】"
_ROUND = {"(": ")", "（": "）"}
# Far beyond any drafter; a file of nothing but brackets must not run for hours.
_DEEPEST = 16
_PROVISO = re.compile("(?:ただし|但し)[、,，]?")


class Bracket(NamedTuple):
    """A pair of round brackets: ``start`` is the opening one, ``end`` follows the closing one."""

    start: int
    end: int
    content: str


def sentence_ends(text: str) -> list[int]:
    """Where each sentence of ``text`` ends; the last end is always ``len(text)``.

    A bracket that is never closed keeps its text together rather than cut it
    at a wrong place.
    """
    ends, depth = [], 0
    for offset, character in enumerate(text):
        if character in OPEN:
            depth += 1
        elif character in CLOSE:
            depth = max(0, depth - 1)
        elif character == "。" and depth == 0:
            ends.append(offset + 1)
    if text[ends[-1] if ends else 0 :].strip(SPACE):
        return [*ends, len(text)]
    return [*ends[:-1], len(text)] if ends else []


def is_proviso(sentence: str) -> bool:
    """Whether ``sentence`` is a ただし書."""
    return _PROVISO.match(sentence) is not None


@lru_cache(maxsize=64)
def brackets(text: str) -> tuple[Bracket, ...]:
    """All closed pairs of round brackets, nested ones included, by opening position.

    Pairs inside more than ``_DEEPEST`` others are passed over.
    """
    found, waiting = [], []
    for offset, character in enumerate(text):
        if character in _ROUND:
            waiting.append(offset)
        elif character in _ROUND.values() and waiting:
            start = waiting.pop()
            if len(waiting) > _DEEPEST:
                continue
            found.append(Bracket(start, offset + 1, text[start + 1 : offset]))
    return tuple(sorted(found))


def top_level(text: str) -> str:
    """``text`` with everything inside round brackets blanked out, lengths kept."""
    plain = list(text)
    for bracket in brackets(text):
        plain[bracket.start : bracket.end] = "\0" * (bracket.end - bracket.start)
    return "".join(plain)
