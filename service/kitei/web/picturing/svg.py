"""SVG that needs no style sheet: presentation attributes only, so that the strictest policy holds.

State is told by outline, hatching and words, never by colour alone: it has to
survive a black-and-white printer.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple
from xml.etree.ElementTree import Element, SubElement, tostring

INK, SOFT, LINE, SHADE, PAPER = "#1d2733", "#4b5a6b", "#8593a3", "#f3f6f9", "#ffffff"
ACCENT, BAD = "#12507a", "#a3201b"
_FONT = "'Noto Sans JP','Noto Sans CJK JP','Hiragino Sans','Yu Gothic',Meiryo,sans-serif"
# What XML 1.0 cannot hold at all (section 2.2), though a roster may.
_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_THIN, _SLIM, _BROAD = frozenset(" ijl.,:;'|!"), frozenset("ftr()[]-I/"), frozenset("mwMW@%")


class Box(NamedTuple):
    """A rectangle."""

    x: float
    y: float
    width: float
    height: float

    def meets(self, other: Box) -> bool:
        """Whether the two overlap."""
        return (
            self.x < other.x + other.width
            and other.x < self.x + self.width
            and self.y < other.y + other.height
            and other.y < self.y + self.height
        )


def width_of(text: str, size: float) -> float:
    """How wide a line is set at ``size``: a full-width character is one em."""
    return size * sum(map(_em, text))


def _em(character: str) -> float:
    if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    if unicodedata.east_asian_width(character) in "WFA":
        return 1
    # Generous for bold letters of proportional fonts: a box may be wider than its text.
    if character in _THIN:
        return 0.34
    if character in _SLIM:
        return 0.44
    if character in _BROAD:
        return 0.98
    return 0.72 if character.isupper() else 0.63


def wrapped(text: str, size: float, most: float) -> list[str]:
    """``text`` in lines no wider than ``most`` where its spaces allow that."""
    lines: list[str] = []
    for word in text.split(" "):
        if lines and width_of(f"{lines[-1]} {word}", size) <= most:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


class Drawing:
    """A picture that grows."""

    def __init__(self, width: float, height: float, title: str, description: str) -> None:
        """An empty picture, with its name and description for who cannot see it."""
        self.root = Element(
            "svg",
            {
                "xmlns": "http://www.w3.org/2000/svg",
                "viewBox": f"0 0 {width:.0f} {height:.0f}",
                "width": f"{width:.0f}",
                "height": f"{height:.0f}",
                "role": "img",
                "aria-labelledby": "picture-title picture-description",
                "font-family": _FONT,
                "fill": INK,
            },
        )
        SubElement(self.root, "title", id="picture-title").text = _writable(title)
        SubElement(self.root, "desc", id="picture-description").text = _writable(description)
        self._define()
        self.box(Box(0, 0, width, height), fill=PAPER, stroke="none")
        self.texts: list[Box] = []
        """Where text was set."""

    def _define(self) -> None:
        definitions = SubElement(self.root, "defs")
        hatch = SubElement(
            definitions,
            "pattern",
            id="hatch",
            width="7",
            height="7",
            patternUnits="userSpaceOnUse",
            patternTransform="rotate(45)",
        )
        SubElement(hatch, "rect", width="7", height="7", fill=PAPER)
        SubElement(hatch, "rect", width="1.6", height="7", fill="#c3cbd4")
        for name, colour in (("ink", INK), ("accent", ACCENT), ("bad", BAD)):
            marker = SubElement(
                definitions,
                "marker",
                id=f"arrow-{name}",
                viewBox="0 0 10 10",
                refX="9",
                refY="5",
                markerWidth="8",
                markerHeight="8",
                orient="auto",
                markerUnits="userSpaceOnUse",
            )
            SubElement(marker, "path", d="M0 0 10 5 0 10z", fill=colour)

    def group(self, **data: str) -> Element:
        """A group of what belongs together, with ``data-`` attributes that say what it is."""
        return SubElement(self.root, "g", {f"data-{name}": value for name, value in data.items()})

    def box(self, box: Box, into: Element | None = None, /, **attributes: str) -> None:
        """A rectangle."""
        place = {
            name: _number(value)
            for name, value in zip(("x", "y", "width", "height"), box, strict=True)
        }
        SubElement(self._in(into), "rect", {**place, **_attributes(attributes)})

    def line(
        self, points: list[tuple[float, float]], into: Element | None = None, /, **attributes: str
    ) -> None:
        """A line through points."""
        path = "M" + " ".join(f"{_number(x)} {_number(y)}" for x, y in points)
        SubElement(self._in(into), "path", {"d": path, "fill": "none", **_attributes(attributes)})

    def text(
        self,
        at: tuple[float, float],
        said: str,
        size: float,
        into: Element | None = None,
        /,
        **attributes: str,
    ) -> Box:
        """A line of text whose baseline begins at a point; where it stands."""
        x, y = at
        box = Box(x, y - 0.88 * size, width_of(said, size), 1.1 * size)
        if attributes.pop("halo", ""):
            self.box(box, into, fill=PAPER, stroke="none")
        place = {"x": _number(x), "y": _number(y), "font-size": _number(size)}
        element = SubElement(self._in(into), "text", {**place, **_attributes(attributes)})
        element.text = _writable(said)
        self.texts.append(box)
        return box

    def written(self) -> str:
        """The picture as XML, without a declaration: fit for a page and for a file."""
        return tostring(self.root, encoding="unicode")

    def _in(self, into: Element | None) -> Element:
        return self.root if into is None else into


def _attributes(given: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in given.items()}


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _writable(text: str) -> str:
    return _UNWRITABLE.sub("\ufffd", text)
