"""Where the boxes and arrows of a picture lie, whatever the graph."""

from __future__ import annotations

from itertools import pairwise
from random import Random

import pytest
from tests.picture_support import assert_apart

from kitei.web.picturing.layout import Arrow, Layout, Node, lay_out
from kitei.web.picturing.svg import Box


def random_graph(seed: int) -> tuple[list[Node], list[Arrow]]:
    draws = Random(seed)  # noqa: S311
    keys = [f"n{i:02}" for i in range(draws.randrange(2, 14))]
    nodes = [
        Node(
            key,
            draws.uniform(40, 200),
            draws.uniform(20, 60),
            f"u{draws.randrange(4)}",
            50,
            (i, 0, key),
        )
        for i, key in enumerate(keys)
    ]
    arrows = []
    for i in range(draws.randrange(1, 18)):
        origin, target = draws.sample(keys, 2)
        kind = draws.randrange(3)
        arrows.append(Arrow(f"a{i}", origin, target, draws.uniform(30, 120), kind > 0, kind == 2))
    return nodes, arrows


def runs_through(points: list[tuple[float, float]], box: Box) -> bool:
    """Whether a line with right angles enters a box."""
    for (x1, y1), (x2, y2) in pairwise(points):
        span = Box(min(x1, x2), min(y1, y2), abs(x2 - x1) + 0.01, abs(y2 - y1) + 0.01)
        if span.meets(box):
            return True
    return False


def inner(box: Box, by: float = 0.5) -> Box:
    return Box(box.x + by, box.y + by, box.width - 2 * by, box.height - 2 * by)


@pytest.mark.parametrize("seed", range(80))
def test_no_arrow_runs_through_a_box_or_a_label_whatever_the_graph(seed: int) -> None:
    nodes, arrows = random_graph(seed)
    layout: Layout = lay_out(nodes, arrows)
    assert layout == lay_out(nodes, arrows), "laid out the same way every time"
    labels = [
        Box(*layout.labels[a.key], a.label_width, 0)._replace(
            y=layout.labels[a.key][1] - 10, height=12
        )
        for a in arrows
    ]
    assert_apart([*labels, *layout.boxes.values()])
    assert_apart([frame.box for frame in layout.frames])
    for route in layout.routes.values():
        for box in [*labels, *map(inner, layout.boxes.values())]:
            assert not runs_through(list(route), box), (seed, box)
    assert all(box.x + box.width <= layout.width for box in layout.boxes.values())
    assert all(y <= layout.height for route in layout.routes.values() for _, y in route)


def test_rules_that_fill_posts_in_a_ring_are_drawn_all_the_same() -> None:
    nodes = [Node(key, 50, 20, key, 10, (0, 0, key)) for key in "abc"]
    ring = [Arrow(o + t, o, t, 30, fills=True, deepens=True) for o, t in ("ab", "bc", "ca")]
    layout = lay_out(nodes, ring)
    assert set(layout.boxes) == set("abc") and set(layout.routes) == {"ab", "bc", "ca"}
