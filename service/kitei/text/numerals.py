"""Numbers as regulations write them: 5, ５, 五, 二十一, and branches such as 3の2.

``NUMBER`` and ``BRANCH`` are regular expression fragments without groups, so
that other modules can build their patterns from them.
"""

from __future__ import annotations

import re
import unicodedata

# Bounded, so that no text can make int() refuse or run long.
NUMBER = "(?:[0-9０-９]{1,4}|[〇一二三四五六七八九十百千]{1,8})"
# Branch numbers begin at 2; 「第2条の一部」 is no branch.
BRANCH = "(?:の(?:[0-9０-９]{1,3}|[二三四五六七八九十][一二三四五六七八九十]*))*"

_DIGITS = {digit: value for value, digit in enumerate("〇一二三四五六七八九")}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_EACH = re.compile(NUMBER)


def value(text: str) -> int:
    """The integer that ``text`` (one match of ``NUMBER``) writes."""
    plain = unicodedata.normalize("NFKC", text)
    return int(plain) if plain.isdecimal() else _kanji(plain)


def _kanji(text: str) -> int:
    if not any(unit in text for unit in _UNITS):
        return int("".join(str(_DIGITS[digit]) for digit in text))
    total, digit = 0, 0
    for character in text:
        if character in _UNITS:
            total += (digit or 1) * _UNITS[character]
            digit = 0
        else:
            digit = _DIGITS[character]
    return total + digit


def arabic(text: str) -> str:
    """``text`` with every number in ASCII digits: 三の二 -> 3の2, ５ -> 5."""
    return _EACH.sub(lambda match: str(value(match.group())), text)
