"""Where the boxes of a graph stand and how its arrows run: columns, with channels between them.

Every arrow bends only in the lanes of a channel, each in a lane of its own, and
every label stands beside the end of its arrow, in a strip that no lane enters.
So no line runs through text, whatever the graph. The same graph is laid out
the same way every time.

(Kept libraries for this were looked for: graphviz is a program that users would
have to install; grandalf has no label, no group and no release since 2023.)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from typing import NamedTuple

from kitei.web.picturing.svg import Box

PITCH = 22.0
"""Between two arrows at one side of a box: room for a label."""
_GAP, _PAD, _HEAD, _LANE, _MARGIN = 16.0, 10.0, 24.0, 11.0, 14.0
_LEVEL = 3.0
"""Lines closer than this look like one."""

Point = tuple[float, float]


class Node(NamedTuple):
    """A box to be placed. ``unit`` is what it stands in; ``place`` orders it among others."""

    key: str
    width: float
    height: float
    unit: str
    unit_width: float
    place: tuple[int, int, str]


class Arrow(NamedTuple):
    """An arrow to be drawn. ``fills`` says that its target stands behind its origin."""

    key: str
    origin: str
    target: str
    label_width: float
    fills: bool
    deepens: bool
    """Whether the target stands behind the origin, however far behind that stands."""


class Frame(NamedTuple):
    """A unit, drawn round those of its boxes that stand together."""

    unit: str
    box: Box


class Layout(NamedTuple):
    """Where everything stands."""

    width: float
    height: float
    boxes: Mapping[str, Box]
    frames: Sequence[Frame]
    routes: Mapping[str, Sequence[Point]]
    labels: Mapping[str, Point]
    """Where the label of an arrow begins (its baseline)."""


class _Port(NamedTuple):
    """Where an arrow touches a box or passes a column: an end of a step."""

    column: int
    item: str
    right: bool


class _Step(NamedTuple):
    """A part of an arrow within one channel."""

    arrow: str
    start: _Port
    end: _Port


def lay_out(nodes: Sequence[Node], arrows: Sequence[Arrow]) -> Layout:
    """Place ``nodes``, which the ends of all ``arrows`` are among."""
    return _Plan(nodes, arrows).layout()


class _Plan:
    """A layout in the making."""

    def __init__(self, nodes: Sequence[Node], arrows: Sequence[Arrow]) -> None:
        self.nodes = {node.key: node for node in nodes}
        self.arrows = {arrow.key: arrow for arrow in arrows}
        self.depth = _depths(list(self.nodes), arrows)
        self.columns = 1 + max(self.depth.values(), default=0)
        self.passing: list[list[str]] = [[] for _ in range(self.columns)]
        self.chains = {arrow.key: self._chain(arrow) for arrow in arrows}
        self.order = [self._ordered(column) for column in range(self.columns)]
        self.sides: dict[tuple[str, bool], list[str]] = {}
        self._ports()
        self.boxes: dict[str, Box] = {}
        self.frames: list[Frame] = []
        self.level: dict[tuple[str, bool, str], float] = {}

    def _chain(self, arrow: Arrow) -> list[_Step]:
        """The steps of an arrow, channel by channel; it passes columns above their boxes."""
        a, b = self.depth[arrow.origin], self.depth[arrow.target]
        if a == b:
            return [
                _Step(arrow.key, _Port(a, arrow.origin, True), _Port(b, arrow.target, True)),
            ]
        forward = a < b
        between = list(range(a + 1, b) if forward else range(a - 1, b, -1))
        stops = [_Port(a, arrow.origin, forward)]
        for column in between:
            self.passing[column].append(arrow.key)
            stops += [_Port(column, "", not forward), _Port(column, "", forward)]
        stops.append(_Port(b, arrow.target, not forward))
        return [_Step(arrow.key, stops[i], stops[i + 1]) for i in range(0, len(stops), 2)]

    def _ordered(self, column: int) -> list[Node]:
        """The boxes of a column: by their place in the text; offices by that of what they fill."""
        found = [node for node in self.nodes.values() if self.depth[node.key] == column]

        def rank(node: Node) -> tuple[tuple[int, int, str], tuple[int, int, str]]:
            targets = [
                self.nodes[arrow.target].place
                for arrow in self.arrows.values()
                if arrow.origin == node.key and self.depth[arrow.target] > column
            ]
            return (min(targets, default=node.place), node.place)

        return sorted(found, key=rank)

    def _ports(self) -> None:
        for steps in self.chains.values():
            for step in steps:
                for port in (step.start, step.end):
                    if port.item:
                        self.sides.setdefault((port.item, port.right), []).append(step.arrow)

    def layout(self) -> Layout:
        widths = [self._column_width(column) for column in range(self.columns)]
        left = [self._strip(column, right=False) for column in range(self.columns)]
        right = [self._strip(column, right=True) for column in range(self.columns)]
        lanes = [self._lanes_wanted(channel) for channel in range(self.columns)]
        xs: list[float] = []
        x = _MARGIN
        for column in range(self.columns):
            x += left[column]
            xs.append(x)
            x += widths[column] + right[column] + lanes[column]
        for column in reversed(range(self.columns)):
            self._stack(column, xs[column], widths[column])
        routes, labels = self._route(xs, widths, right)
        bottom = max((frame.box.y + frame.box.height for frame in self.frames), default=0)
        return Layout(x + _MARGIN, bottom + _MARGIN, self.boxes, self.frames, routes, labels)

    def _column_width(self, column: int) -> float:
        inside = [max(node.width, node.unit_width) for node in self.order[column]]
        return max(inside, default=0) + 2 * _PAD

    def _strip(self, column: int, *, right: bool) -> float:
        """The width of the strip beside a column in which the labels stand."""
        ends = [
            self.arrows[key].label_width
            for key, steps in self.chains.items()
            if steps[-1].end.column == column and steps[-1].end.right is right
        ]
        return max(ends) + 2 * _GAP if ends else 0

    def _steps(self, channel: int) -> list[_Step]:
        return [
            step
            for steps in self.chains.values()
            for step in steps
            if _channel(step.start) == channel
        ]

    def _lanes_wanted(self, channel: int) -> float:
        return _GAP + _LANE * len(self._steps(channel)) if self._steps(channel) else 0

    def _stack(self, column: int, x: float, width: float) -> None:
        """Place the boxes of a column from the top, level with what they point to if they can."""
        y = _MARGIN
        for key in self.passing[column]:
            y += PITCH
            for side in (False, True):
                self.level["", side, f"{column}/{key}"] = y - PITCH / 2
        y += _GAP if self.passing[column] else 0
        for run in _runs(self.order[column]):
            top = y
            heights = [max(node.height, PITCH * self._busiest(node.key)) for node in run]
            offset = self._offset(run, heights, top + _HEAD)
            top += offset
            y = top + _HEAD
            for node, height in zip(run, heights, strict=True):
                box = Box(x + _PAD, y, width - 2 * _PAD, height)
                self.boxes[node.key] = box
                self._levels(node.key, box)
                y += height + _GAP
            self.frames.append(Frame(run[0].unit, Box(x, top, width, y - _GAP + _PAD - top)))
            y += _PAD + _GAP / 2

    def _busiest(self, key: str) -> int:
        return max(len(self.sides.get((key, side), ())) for side in (False, True))

    def _offset(self, run: Sequence[Node], heights: Sequence[float], y: float) -> float:
        """How far down a frame moves so that its first arrow forward runs straight."""
        for node, height in zip(run, heights, strict=True):
            arrows = self.sides.get((node.key, True), [])
            for index, key in enumerate(self._sorted(node.key, arrows)):
                arrow = self.arrows[key]
                wanted = self.level.get((arrow.target, False, key))
                if arrow.origin == node.key and wanted is not None:
                    return max(0.0, wanted - (y + (index + 0.5) * height / len(arrows)))
            y += height + _GAP
        return 0.0

    def _levels(self, key: str, box: Box) -> None:
        for side in (False, True):
            arrows = self._sorted(key, self.sides.get((key, side), []))
            for index, arrow in enumerate(arrows):
                y = box.y + (index + 0.5) * box.height / len(arrows)
                self.level[key, side, arrow] = y

    def _sorted(self, key: str, arrows: Sequence[str]) -> list[str]:
        """The arrows at one side of a box, by where their other ends stand."""

        def rank(name: str) -> tuple[int, tuple[int, int, str], str]:
            arrow = self.arrows[name]
            other = arrow.origin if arrow.target == key else arrow.target
            return (self.depth[other], self.nodes[other].place, name)

        return sorted(arrows, key=rank)

    def _level(self, port: _Port, arrow: str) -> float:
        if port.item:
            return self.level[port.item, port.right, arrow]
        return self.level["", port.right, f"{port.column}/{arrow}"]

    def _route(
        self, xs: Sequence[float], widths: Sequence[float], right: Sequence[float]
    ) -> tuple[dict[str, list[Point]], dict[str, Point]]:
        lane: dict[tuple[str, int], float] = {}
        for channel in range(self.columns):
            x = xs[channel] + widths[channel] + right[channel] + _GAP / 2
            for index, step in enumerate(self._in_lanes(channel)):
                lane[step.arrow, channel] = x + index * _LANE
        routes: dict[str, list[Point]] = {}
        labels: dict[str, Point] = {}
        for key, steps in self.chains.items():
            points: list[Point] = []
            for step in steps:
                x = lane[key, _channel(step.start)]
                a, b = self._level(step.start, key), self._level(step.end, key)
                points += [(self._edge(step.start, xs, widths), a), (x, a), (x, b)]
                points.append((self._edge(step.end, xs, widths), b))
            routes[key] = points
            end = steps[-1].end
            y = self._level(end, key) - 5
            if end.right:
                labels[key] = (xs[end.column] + widths[end.column] + _GAP / 2, y)
            else:
                labels[key] = (xs[end.column] - _GAP / 2 - self.arrows[key].label_width, y)
        return routes, labels

    def _edge(self, port: _Port, xs: Sequence[float], widths: Sequence[float]) -> float:
        inset = _PAD if port.item else 0
        left, wide = xs[port.column], widths[port.column]
        return left + wide - inset if port.right else left + inset

    def _in_lanes(self, channel: int) -> list[_Step]:
        """The steps of a channel from the left lane to the right one.

        Of two arrows at one level, the one that leaves there bends before the one
        that arrives there, or their lines would lie upon each other.
        """
        steps = self._steps(channel)

        def rank(step: _Step) -> tuple[int, float, str]:
            a, b = self._level(step.start, step.arrow), self._level(step.end, step.arrow)
            if step.start.column == step.end.column:
                return (0, abs(a - b), step.arrow)
            return (1, a if b < a else -a, step.arrow)

        ranked = sorted(steps, key=rank)
        before: dict[int, set[int]] = {index: set() for index in range(len(ranked))}
        for i, one in enumerate(ranked):
            for j, other in enumerate(ranked):
                if i != j and self._leaves_where_arrives(one, other, channel):
                    before[j].add(i)
        try:
            return [ranked[index] for index in TopologicalSorter(before).static_order()]
        except CycleError:
            return ranked

    def _leaves_where_arrives(self, one: _Step, other: _Step, channel: int) -> bool:
        """Whether ``one`` touches the left of the channel where ``other`` touches its right."""
        lefts = [
            self._level(port, one.arrow) for port in (one.start, one.end) if port.column == channel
        ]
        rights = [
            self._level(port, other.arrow)
            for port in (other.start, other.end)
            if port.column == channel + 1
        ]
        return any(abs(a - b) < _LEVEL for a in lefts for b in rights)


def _channel(port: _Port) -> int:
    """The channel that a port opens to; channel n is to the right of column n."""
    return port.column if port.right else port.column - 1


def _depths(keys: Sequence[str], arrows: Sequence[Arrow]) -> dict[str, int]:
    """The column of each box: whatever a rule fills stands behind the offices that fill it."""
    filled = {arrow.target for arrow in arrows if arrow.fills}
    depth = {key: int(key in filled) for key in keys}
    deepening = [arrow for arrow in arrows if arrow.deepens]
    # Rules that fill posts in a ring would go on for ever.
    for _ in keys:
        deeper = {
            arrow.target: depth[arrow.origin] + 1
            for arrow in deepening
            if depth[arrow.target] <= depth[arrow.origin] < len(filled)
        }
        if not deeper:
            break
        for key, value in deeper.items():
            depth[key] = max(depth[key], value)
    used = {value: index for index, value in enumerate(sorted(set(depth.values())))}
    return {key: used[value] for key, value in depth.items()}


def _runs(nodes: Sequence[Node]) -> list[list[Node]]:
    """Successive boxes of one unit."""
    runs: list[list[Node]] = []
    for node in nodes:
        if runs and runs[-1][0].unit == node.unit:
            runs[-1].append(node)
        else:
            runs.append([node])
    return runs
