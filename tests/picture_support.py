"""What tests of pictures have in common."""

from __future__ import annotations

from itertools import combinations

from kitei.web.picturing.svg import Box


def assert_apart(boxes: list[Box]) -> None:
    """No text upon another."""
    for one, other in combinations(boxes, 2):
        assert not one.meets(other), (one, other)
