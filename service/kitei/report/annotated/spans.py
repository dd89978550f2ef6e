"""XML with its positions in the bytes, so that a part can be changed where it has to be alone.

A part that went through an XML library comes back with other prefixes, quotation marks and
declarations, and Excel holds a workbook broken whose ``mc:Ignorable`` names a prefix that is gone.
Here every byte that is not replaced stays as it was. Document types are refused before
(:mod:`kitei.roster.package`), so no entity is ever expanded.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from kitei.errors import InputUnreadableError

_START = re.compile(rb"""<[^\s/>]+(?:\s+[^\s=]+\s*=\s*(?:"[^"]*"|'[^']*'))*\s*/?>""")
_MOST_DIGITS = 9
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


class Element:
    """An element of a part: raw name, attributes, and where its bytes begin and end."""

    __slots__ = ("attributes", "children", "end", "inner", "name", "start", "stop", "text")

    def __init__(self, name: str, attributes: dict[str, str], start: int, inner: int) -> None:
        self.name = name
        self.attributes = attributes
        self.start = start
        self.inner = inner
        """Where the start tag ends."""
        self.stop = inner
        """Where the end tag begins; ``inner`` for an empty element."""
        self.end = inner
        self.children: list[Element] = []
        self.text = ""

    @property
    def local(self) -> str:
        """The name without its prefix."""
        return self.name.rpartition(":")[2]

    @property
    def prefix(self) -> str:
        """The prefix with its colon, or nothing."""
        return self.name[: -len(self.local)]

    def child(self, local: str) -> Element | None:
        """The first child of that name."""
        return next((child for child in self.children if child.local == local), None)

    def every(self, local: str) -> Iterator[Element]:
        """The children of that name."""
        return (child for child in self.children if child.local == local)


class Edit(NamedTuple):
    """Bytes ``start`` to ``end`` give way to ``new``."""

    start: int
    end: int
    new: bytes


def edited(data: bytes, edits: list[Edit]) -> bytes:
    """``data`` with these edits, which do not overlap; several at one place keep their order."""
    parts, at = [], 0
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.end)):
        parts += [data[at : edit.start], edit.new]
        at = edit.end
    return b"".join([*parts, data[at:]])


def start_tag(data: bytes, start: int) -> int:
    """Where the start tag that begins at ``start`` ends."""
    match = _START.match(data, start)
    if match is None:
        raise broken("XML")
    return match.end()


def parse(
    part: str,
    data: bytes,
    begin: Callable[[str, dict[str, str], int], None],
    finish: Callable[[str, int], None],
    text: Callable[[str], None] | None = None,
) -> None:
    """Report each element of a part with the position of its tags.

    Raises ``InputUnreadableError`` when the part is not well-formed UTF-8.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or _other_encoding(data):
        raise broken(part)
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda name, attributes: begin(
        name, attributes, parser.CurrentByteIndex
    )
    parser.EndElementHandler = lambda name: finish(name, parser.CurrentByteIndex)
    if text is not None:
        parser.buffer_text = True
        parser.CharacterDataHandler = text
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise broken(part) from error


def _other_encoding(data: bytes) -> bool:
    match = re.match(rb"""(?:\xef\xbb\xbf)?<\?xml[^>]*?encoding\s*=\s*["']([^"']+)""", data)
    return match is not None and match[1].lower() not in {b"utf-8", b"us-ascii", b"ascii"}


def whole(attributes: Mapping[str, str], name: str, default: int = 0) -> int:
    """A whole number among attributes. Raises ``InputUnreadableError`` when it is none."""
    text = attributes.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS):
        raise broken(f"@{name}")
    return int(text)


def broken(part: str) -> InputUnreadableError:
    """A part that cannot be changed safely."""
    return InputUnreadableError(
        f"注記付きの写しを作れない: ブックの {part} を UTF-8 の XML として読めない。",
        f"no annotated copy: part {part} of the workbook is not readable as XML in UTF-8",
    )


def tree(part: str, data: bytes) -> Element:
    """The root element of a small part."""
    root = Element("", {}, 0, 0)
    stack = [root]

    def begin(name: str, attributes: dict[str, str], at: int) -> None:
        element = Element(name, attributes, at, start_tag(data, at))
        stack[-1].children.append(element)
        stack.append(element)

    def finish(_: str, at: int) -> None:
        element = stack.pop()
        if data[element.inner - 2 : element.inner] != b"/>":
            element.stop = at
            element.end = data.index(b">", at) + 1

    def text(value: str) -> None:
        stack[-1].text += value

    parse(part, data, begin, finish, text)
    return root.children[0]


def with_attributes(tag: bytes, changes: Mapping[str, str]) -> bytes:
    """A start tag with these attributes, each in its old place or behind the name."""
    for name, value in changes.items():
        new = f"{name}={quoteattr(value)}".encode()
        pattern = re.compile(rb"(\s)" + re.escape(name.encode()) + rb"""\s*=\s*("[^"]*"|'[^']*')""")
        tag, count = pattern.subn(lambda match, new=new: match[1] + new, tag, count=1)  # type: ignore[misc]
        if not count:
            tag = re.sub(rb"^<[^\s/>]+", lambda match, new=new: match[0] + b" " + new, tag)  # type: ignore[misc]
    return tag


def extended(data: bytes, element: Element, new: list[bytes]) -> list[Edit]:
    """The edits that add children at the end of ``element``; a ``count`` counts them as well."""
    tag = data[element.start : element.inner]
    if "count" in element.attributes:
        tag = with_attributes(tag, {"count": str(len(element.children) + len(new))})
    if tag.endswith(b"/>"):
        closing = f"</{element.name}>".encode()
        opened = tag[:-2].rstrip() + b">"
        return [Edit(element.start, element.inner, opened + b"".join(new) + closing)]
    return [
        Edit(element.start, element.inner, tag),
        Edit(element.stop, element.stop, b"".join(new)),
    ]


def inline_cell(prefix: str, address: str, style: int, text: str) -> bytes:
    """A cell that holds ``text`` as text, whatever it begins with."""
    p, said = prefix, words(text)
    return (
        f'<{p}c r="{address}" s="{style}" t="inlineStr"><{p}is>'
        f'<{p}t xml:space="preserve">{said}</{p}t></{p}is></{p}c>'
    ).encode()


def words(text: str) -> str:
    """Text as SpreadsheetML writes it: without what XML forbids, and ``_x0041_`` is no A."""
    return escape(_ESCAPED.sub("_x005F_", _ILLEGAL.sub("\ufffd", text)))
