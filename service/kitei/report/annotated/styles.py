"""The cell formats of a workbook, with Kitei's own named styles beside them.

A coloured cell keeps number format, font, border and alignment; only its fill changes. Its format
hangs on a named style of Kitei's whose own fill is the one that the cell had, and whose name tells
the named style that it had: so the colour can be taken back, also after Excel has saved the copy.
"""

from __future__ import annotations

import re
from typing import NamedTuple
from xml.sax.saxutils import quoteattr

from kitei.report.annotated.spans import Edit, Element, edited, extended, tree, whole

_COLOURS = {"violation": "FFFFC7CE", "warning": "FFFFEB9C", "info": "FFDDEBF7"}
_OURS = re.compile(r"Kitei \d+ \((.*)\)", re.DOTALL)
_ERRORS = "Kitei エラー"
_ORDER = (
    "numFmts",
    "fonts",
    "fills",
    "borders",
    "cellStyleXfs",
    "cellXfs",
    "cellStyles",
    "dxfs",
    "tableStyles",
    "colors",
    "extLst",
)
_PLAIN = 'numFmtId="0" fontId="0" fillId="0" borderId="0"'
_NEEDED = {
    "fonts": '<{p}fonts count="1"><{p}font/></{p}fonts>',
    "fills": '<{p}fills count="2"><{p}fill><{p}patternFill patternType="none"/></{p}fill>'
    '<{p}fill><{p}patternFill patternType="gray125"/></{p}fill></{p}fills>',
    "borders": '<{p}borders count="1"><{p}border/></{p}borders>',
    "cellStyleXfs": f'<{{p}}cellStyleXfs count="1"><{{p}}xf {_PLAIN}/></{{p}}cellStyleXfs>',
    "cellXfs": f'<{{p}}cellXfs count="1"><{{p}}xf {_PLAIN} xfId="0"/></{{p}}cellXfs>',
    "cellStyles": '<{p}cellStyles count="1"><{p}cellStyle name="Normal" xfId="0" builtinId="0"/>'
    "</{p}cellStyles>",
}
EMPTY = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    b'<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"></styleSheet>'
)


class Xf(NamedTuple):
    """A cell format: the attributes of an ``xf`` and what it contains."""

    attributes: tuple[tuple[str, str], ...]
    inner: bytes

    def get(self, name: str, default: int = 0) -> int:
        """A number among the attributes."""
        value = dict(self.attributes).get(name, "")
        return int(value) if value.isascii() and value.isdecimal() else default

    def changed(self, **new: int) -> Xf:
        """The format with these attributes instead."""
        found = dict(self.attributes) | {name: str(value) for name, value in new.items()}
        return Xf(tuple(found.items()), self.inner)

    @property
    def look(self) -> tuple[frozenset[tuple[str, str]], bytes]:
        """What two formats that look the same have in common."""
        said = {(key, value) for key, value in self.attributes if key != "applyFill"}
        return frozenset(said), self.inner.strip()


class Styles:
    """The styles part of a workbook, to which formats are added."""

    def __init__(self, part: str, data: bytes) -> None:
        """Raises ``InputUnreadableError`` when the part is no readable XML."""
        self._part = part
        self._data = _complete(part, data)
        self._root = tree(part, self._data)
        self._fills = [self._raw(fill) for fill in self._list("fills").children]
        self._bases = self._formats("cellStyleXfs")
        self._formats_now = self._formats("cellXfs")
        self._names = {
            entry.attributes.get("name", ""): whole(entry.attributes, "xfId")
            for entry in self._list("cellStyles").children
        }
        self._old = (
            len(self._fills),
            len(self._bases),
            len(self._formats_now),
            len(self._names),
        )

    def _list(self, local: str) -> Element:
        found = self._root.child(local)
        assert found is not None  # noqa: S101 - _complete has seen to it
        return found

    def _raw(self, element: Element) -> bytes:
        return self._data[element.start : element.end]

    def _formats(self, local: str) -> list[Xf]:
        return [
            Xf(tuple(xf.attributes.items()), self._data[xf.inner : xf.stop])
            for xf in self._list(local).children
        ]

    def coloured(self, style: int, severity: str) -> int:
        """The format that looks like ``style`` but for the colour of ``severity``."""
        xf = self._at(style)
        base = self._base(xf)
        fill = self._fill(severity)
        return self._index(xf.changed(fillId=fill, applyFill=1, xfId=base))

    def errors(self, severity: str) -> int:
        """The format of the column エラー: wrapped text in the colour of ``severity``."""
        named = self._wrapping()
        xf = self._bases[named].changed(fillId=self._fill(severity), applyFill=1, xfId=named)
        return self._index(xf)

    def plain(self) -> int:
        """The format of wrapped text without a colour."""
        named = self._wrapping()
        return self._index(self._bases[named].changed(xfId=named))

    def _wrapping(self) -> int:
        if _ERRORS not in self._names:
            prefix = self._root.prefix
            wrap = f'<{prefix}alignment vertical="top" wrapText="1"/>'.encode()
            plain = (("numFmtId", "0"), ("fontId", "0"), ("fillId", "0"), ("borderId", "0"))
            self._names[_ERRORS] = len(self._bases)
            self._bases.append(Xf((*plain, ("applyAlignment", "1")), wrap))
        return self._names[_ERRORS]

    def is_errors(self, style: int) -> bool:
        """Whether a cell of this format is one that an annotation put into the column エラー."""
        return self._at(style).get("xfId") == self._names.get(_ERRORS, -1)

    def ours(self) -> frozenset[int]:
        """The formats that carry a colour of Kitei's."""
        named = {index for name, index in self._names.items() if _OURS.fullmatch(name)}
        found = enumerate(self._formats_now)
        return frozenset(index for index, xf in found if xf.get("xfId") in named)

    def original(self, style: int) -> int:
        """The format that a cell coloured by Kitei had before."""
        xf = self._at(style)
        for name, index in self._names.items():
            match = _OURS.fullmatch(name)
            if match and index == xf.get("xfId"):
                fill = self._bases[index].get("fillId")
                plain = xf.changed(fillId=fill, xfId=self._names.get(match[1], 0))
                return self._like(plain)
        return style

    def _like(self, wanted: Xf) -> int:
        for index, xf in enumerate(self._formats_now):
            if xf.look == wanted.look:
                return index
        return self._index(wanted)

    def _at(self, style: int) -> Xf:
        found = self._formats_now
        return found[style] if style < len(found) else found[0]

    def _index(self, wanted: Xf) -> int:
        for index, xf in enumerate(self._formats_now):
            if (frozenset(xf.attributes), xf.inner) == (frozenset(wanted.attributes), wanted.inner):
                return index
        self._formats_now.append(wanted)
        return len(self._formats_now) - 1

    def _fill(self, severity: str) -> int:
        p = self._root.prefix
        fill = (
            f'<{p}fill><{p}patternFill patternType="solid"><{p}fgColor rgb="{_COLOURS[severity]}"/>'
            f'<{p}bgColor indexed="64"/></{p}patternFill></{p}fill>'
        ).encode()
        if fill not in self._fills:
            self._fills.append(fill)
        return self._fills.index(fill)

    def _base(self, xf: Xf) -> int:
        """The named style of Kitei's that remembers fill and named style of ``xf``."""
        above = xf.get("xfId")
        of = next((name for name, index in self._names.items() if index == above), "")
        count = 0
        for name, index in self._names.items():
            if match := _OURS.fullmatch(name):
                count += 1
                if match[1] == of and self._bases[index].get("fillId") == xf.get("fillId"):
                    return index
        origin = self._bases[above] if above < len(self._bases) else self._bases[0]
        self._names[f"Kitei {count + 1} ({of})"] = len(self._bases)
        self._bases.append(origin.changed(fillId=xf.get("fillId"), applyFill=1))
        return len(self._bases) - 1

    def data(self) -> bytes:
        """The part with everything that was added; the same bytes where nothing was."""
        fills, bases, formats, names = self._old
        prefix = self._root.prefix
        entries = [
            f"<{prefix}cellStyle name={quoteattr(name)} xfId={quoteattr(str(index))}/>".encode()
            for name, index in list(self._names.items())[names:]
        ]
        added = {
            "fills": self._fills[fills:],
            "cellStyleXfs": [self._written(xf) for xf in self._bases[bases:]],
            "cellXfs": [self._written(xf) for xf in self._formats_now[formats:]],
            "cellStyles": entries,
        }
        edits: list[Edit] = []
        for local, new in added.items():
            if new:
                edits += extended(self._data, self._list(local), new)
        return edited(self._data, edits)

    def _written(self, xf: Xf) -> bytes:
        said = " ".join(f"{name}={quoteattr(value)}" for name, value in xf.attributes)
        tag = f"{self._root.prefix}xf"
        return f"<{tag} {said}>".encode() + xf.inner + f"</{tag}>".encode()


def _complete(part: str, data: bytes) -> bytes:
    """The part with every list that formats refer to, each in the order of the schema."""
    for local, default in _NEEDED.items():
        root = tree(part, data)
        found = root.child(local)
        if found is not None and found.children:
            continue
        new = default.format(p=root.prefix).encode()
        if found is not None:
            data = edited(data, [Edit(found.start, found.end, new)])
            continue
        later = _ORDER[_ORDER.index(local) + 1 :]
        after = next((child for child in root.children if child.local in later), None)
        if after is None:
            data = edited(data, extended(data, root, [new]))
        else:
            data = edited(data, [Edit(after.start, after.start, new)])
    return data
