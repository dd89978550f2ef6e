"""The kinds of texts (種別) that a number or a title names, and their concepts.

Longest first where one ends another: 共同訓令 before 訓令.
"""

from __future__ import annotations

import re

from kitei.text.numerals import NUMBER

_TYPES = (
    ("共同訓令", "joint-directive"),
    ("閣議決定", "cabinet-decision"),
    ("訓令", "directive"),
    ("規程", "internal-regulation"),
    ("規則", "rule"),
    ("条例", "ordinance"),
    ("告示", "notice"),
    ("要綱", "outline"),
    ("要領", "guideline"),
    ("法律", "act"),
    ("政令", "cabinet-order"),
    ("省令", "ministerial-ordinance"),
    ("府令", "ministerial-ordinance"),
)
_NUMBER_PART = re.compile(rf"[甲乙丙]?第{NUMBER}号.*")


def document_type(*names: str) -> str:
    """The local name of the type that the first telling one of ``names`` ends in; else empty.

    A name is a number (○○市訓令第48号), a title or a 種別 itself.
    """
    for name in names:
        plain = _NUMBER_PART.sub("", name)
        for ending, local in _TYPES:
            if plain.endswith(ending):
                return local
    return ""
