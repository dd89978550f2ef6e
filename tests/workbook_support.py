"""The parts of a workbook, rewritten."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable

SHEET = "xl/worksheets/sheet1.xml"
STRINGS = "xl/sharedStrings.xml"


def rewritten(data: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """The workbook with one part changed."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, change(content) if name == part else content, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def with_strings(data: bytes) -> bytes:
    """The workbook with its texts in a part of their own, as Excel writes them."""
    texts: list[bytes] = []

    def share(match: re.Match[bytes]) -> bytes:
        texts.append(match[2])
        return b'<c %s t="s"><v>%d</v></c>' % (match[1], len(texts) - 1)

    def sheet(xml: bytes) -> bytes:
        return re.sub(rb'<c (r="\w+") t="inlineStr"><is>(.*?)</is></c>', share, xml)

    def types(xml: bytes) -> bytes:
        override = b'<Override PartName="/%s" ContentType="%s"/></Types>'
        return xml.replace(b"</Types>", override % (STRINGS.encode(), kind))

    kind = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    data = rewritten(rewritten(data, SHEET, sheet), "[Content_Types].xml", types)
    stream = io.BytesIO(data)
    with zipfile.ZipFile(stream, "a", zipfile.ZIP_DEFLATED) as book:
        items = b"".join(b"<si>%s</si>" % text for text in texts)
        space = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
        book.writestr(STRINGS, b'<sst xmlns="%s">%s</sst>' % (space, items))
    return stream.getvalue()
