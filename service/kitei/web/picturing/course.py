"""The course of a post over a period: its holders, who was unable, who acted, and gaps."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from kitei.ask import period
from kitei.ask.answer import listed
from kitei.city import City, DayView
from kitei.dates import require_period
from kitei.namespaces import local_name
from kitei.store import Row
from kitei.web.picturing.posts import Words, condition_of, query
from kitei.web.picturing.svg import BAD, INK, LINE, PAPER, SHADE, SOFT, Box, Drawing, width_of
from kitei.web.strings import text

_SETTLED = "status-answer"
_LANES = {
    "heldBy": "picture.holders",
    "incapacitatedHolder": "picture.unable",
    "actedBy": "picture.acting",
    "status": "picture.gaps",
    "textStatus": "picture.no_text",
}
_LOOKS = {
    "heldBy": {"fill": "#b9d3e6", "stroke": INK},
    "incapacitatedHolder": {"fill": "url(#hatch)", "stroke": INK, "stroke-width": "1.6"},
    "actedBy": {"fill": "#f0c9a0", "stroke": INK},
    "status": {"fill": PAPER, "stroke": BAD, "stroke-dasharray": "4 3", "stroke-width": "2"},
    "textStatus": {"fill": SHADE, "stroke": SOFT, "stroke-dasharray": "2 3"},
}
_SIZE, _SMALL, _ROW, _MARGIN = 13.0, 11.5, 38.0, 14.0
_TOP, _LEAST_BAR = 58.0, 3.0
_WHOLE, _LEAST = 1080.0, 520.0
"""The width of the picture, and the least that is left for the days."""
_APRIL = 4
_TICKS = 13
_MONTHS = (1, 2, 3, 6, 12, 24, 60, 120, 240, 600)


class Segment(NamedTuple):
    """Successive days on which the same holds."""

    lane: str
    lane_label: str
    said: str
    """Who, or why nobody."""
    basis: str
    first: str
    """ISO, within the period."""
    last: str


class Course(NamedTuple):
    """The course of a post."""

    post: str
    label: str
    segments: list[Segment]


def fiscal_year(day: date) -> tuple[date, date]:
    """The fiscal year of a day: from April to March (Local Autonomy Act, article 208)."""
    year = day.year if day.month >= _APRIL else day.year - 1
    return date(year, 4, 1), date(year + 1, 3, 31)


def course_of(city: City, name: str, first: date, last: date, language: str) -> Course | None:
    """The course of the post with a local name; ``None`` where the regulation names no such post.

    Raises ``UsageError`` when the period ends before it begins.
    """
    require_period(first, last)
    days = period.change_days(city.dataset, first, last)
    home = f"{city.regulation.municipality}/"
    named = {row["choice"] or "" for row in listed(city, DayView(city.dataset, ""), "posts")}
    post = next((p for p in sorted(named) if p.startswith(home) and local_name(p) == name), None)
    if post is None:
        return None
    view = city.days(days, [post])
    rows = period.merge(view.select(query("course"), {"post": post}), days, last)
    words = Words(city, language)
    segments = [_segment(row, words, language) for row in rows]
    order = list(_LANES)
    segments.sort(key=lambda s: (order.index(s.lane), s.first, s.said))
    return Course(post, words.label(post), segments)


def _segment(row: Row, words: Words, language: str) -> Segment:
    lane = local_name(row["lane"] or "")
    said = words.person(row["person"]).name if row["person"] else words.label(row["status"])
    details = []
    if row["person"] and local_name(row["status"] or _SETTLED) != _SETTLED:
        details.append(words.label(row["status"]))
    if condition_of(row["condition"]) not in ("", "in-office"):
        details.append(words.label(row["condition"]))
    for detail in details:
        said = text("picture.because", language, said=said, state=detail)
    return Segment(
        lane,
        text(_LANES[lane], language),
        said,
        words.citations(row["basis"]),
        row["from"] or "",
        row["through"] or "",
    )


def draw(course: Course, span: tuple[date, date], day: date, title: str, language: str) -> Drawing:
    """The picture of a course over ``span``, with a line at ``day`` if that lies within it."""
    return _Picture(course, span, day, title, language).drawing


class _Picture:
    def __init__(
        self, course: Course, span: tuple[date, date], day: date, title: str, language: str
    ) -> None:
        self.first, self.last = span
        self.days = (self.last - self.first).days + 1
        self.language = language
        self.left = max((self._label_width(s) for s in course.segments), default=100.0) + 28
        cited = max((width_of(s.basis, _SMALL) for s in course.segments), default=0.0)
        self.wide = max(_LEAST, 3 * cited + 40, _WHOLE - self.left - 2 * _MARGIN)
        lanes = len({segment.lane for segment in course.segments})
        self.height = _TOP + _ROW * len(course.segments) + 30 * lanes + _MARGIN
        self.drawing = Drawing(
            self.left + self.wide + 2 * _MARGIN,
            self.height,
            title,
            text("picture.course_description", language, count=len(course.segments)),
        )
        self._axis()
        self._segments(course.segments, day)

    def _label_width(self, segment: Segment) -> float:
        return max(width_of(segment.said, _SIZE), width_of(_dates(segment), _SMALL))

    def _x(self, day: date) -> float:
        return _MARGIN + self.left + self.wide * (day - self.first).days / self.days

    def _axis(self) -> None:
        """Months, as many as there is room for, each with a line."""
        step = next((m for m in _MONTHS if self.days / 30.4 / m <= _TICKS), _MONTHS[-1])
        month = self.first.year * 12 + self.first.month - 1
        end = self.last.year * 12 + self.last.month - 1
        free = 0.0
        while month <= end and month // 12 <= date.max.year:
            start = date(month // 12, month % 12 + 1, 1)
            month += step
            if start < self.first:
                continue
            x = self._x(start)
            self.drawing.line([(x, _TOP - 8), (x, self.height - _MARGIN)], stroke="#d5dbe2")
            if x >= free:
                box = self.drawing.text(
                    (x + 2, _TOP - 12), f"{start.year:04}-{start.month:02}", _SMALL, fill=SOFT
                )
                free = box.x + box.width + 6

    def _segments(self, segments: list[Segment], day: date) -> None:
        """Bars first, then the line of the day, then text: no line runs through it."""
        y, lane = _TOP, ""
        rows: list[tuple[Segment, float]] = []
        for segment in segments:
            if segment.lane != lane:
                lane = segment.lane
                self._heading(segment, y)
                y += 30
            rows.append((segment, y))
            y += _ROW
        bars = [self._bar(*row) for row in rows]
        if self.first <= day <= self.last:
            self._today(day)
        for row, bar in zip(rows, bars, strict=True):
            self._texts(*row, bar)

    def _heading(self, segment: Segment, y: float) -> None:
        right = _MARGIN + self.left + self.wide
        self.drawing.line([(_MARGIN, y + 4), (right, y + 4)], stroke=LINE)
        self.drawing.text(
            (_MARGIN, y + 22), segment.lane_label, _SIZE, **{"font-weight": "700", "fill": SOFT}
        )

    def _bar(self, segment: Segment, y: float) -> Box:
        first, last = date.fromisoformat(segment.first), date.fromisoformat(segment.last)
        width = max(self.wide * ((last - first).days + 1) / self.days, _LEAST_BAR)
        box = Box(self._x(first), y + 4, width, _ROW - 14)
        group = self.drawing.group(lane=segment.lane)
        self.drawing.box(box, group, **{"rx": "2", **_LOOKS[segment.lane]})
        return box

    def _texts(self, segment: Segment, y: float, bar: Box) -> None:
        group = self.drawing.group(said=segment.lane)
        self.drawing.text((_MARGIN + 12, y + 14), segment.said, _SIZE, group)
        self.drawing.text((_MARGIN + 12, y + 30), _dates(segment), _SMALL, group, fill=SOFT)
        if not segment.basis:
            return
        wide = width_of(segment.basis, _SMALL)
        room = _MARGIN + self.left + self.wide - bar.x - bar.width
        # The provision stands in its bar, or after or before it, wherever there is room.
        if wide + 10 <= bar.width:
            x = bar.x + 5
        elif wide + 10 <= room:
            x = bar.x + bar.width + 5
        else:
            x = bar.x - wide - 5
        self.drawing.text((x, y + 21), segment.basis, _SMALL, group, halo="1")

    def _today(self, day: date) -> None:
        x = self._x(day) + self.wide / self.days / 2
        group = self.drawing.group(day=day.isoformat())
        end = (x, self.height - _MARGIN)
        self.drawing.line([(x, 24), end], group, stroke=BAD, **{"stroke-width": "1.6"})
        said = day.isoformat()
        at = min(max(x - width_of(said, _SMALL) / 2, _MARGIN), _MARGIN + self.left + self.wide - 70)
        self.drawing.text((at, 19), said, _SMALL, group, **{"fill": BAD, "font-weight": "700"})


def _dates(segment: Segment) -> str:
    return f"{segment.first} – {segment.last}"
