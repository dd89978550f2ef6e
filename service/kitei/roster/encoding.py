"""Bytes to text: UTF-8 (BOM or not), then cp932, both strictly."""

from __future__ import annotations

import codecs

from kitei.errors import Bilingual
from kitei.roster.problems import UnreadableTableError

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
# Bytes that Python's cp932 passes through although no Japanese text holds them.
_NOT_IN_CP932 = frozenset("\x80\xa0\uf8f0\uf8f1\uf8f2\uf8f3")


def decode(data: bytes) -> tuple[str, str]:
    """The text of a CSV file and the name of its encoding.

    Raises ``UnreadableTableError`` with the row of the first bad byte when the
    bytes are neither UTF-8 nor cp932, or are no text at all.
    """
    _refuse_other_formats(data)
    if data.startswith(codecs.BOM_UTF8):
        text, end = _attempt(data, "utf-8-sig")
        return _accept(text, "utf-8-sig", data, end)
    text, utf8_end = _attempt(data, "utf-8")
    if text is not None:
        return _accept(text, "utf-8", data, utf8_end)
    text, cp932_end = _attempt(data, "cp932")
    # The encoding that reads further is the one that was meant.
    return _accept(text, "cp932", data, max(utf8_end, cp932_end))


def _refuse_other_formats(data: bytes) -> None:
    if data.startswith(b"PK\x03\x04"):
        raise UnreadableTableError(
            Bilingual(
                "CSVではなくExcelブックのようです。"
                "拡張子を.xlsxにするか、CSV UTF-8で保存し直してください。",
                "This looks like an Excel workbook, not CSV. "
                "Name it .xlsx, or save it as CSV UTF-8.",
            )
        )
    if data.startswith((_OLE, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" in data:
        raise UnreadableTableError(
            Bilingual(
                "文字のファイルとして読めません(NULバイトがあるか、Unicodeテキスト形式です)。"
                "CSV UTF-8で保存し直してください。",
                "This is not a text file (it holds NUL bytes, or is UTF-16). Save it as CSV UTF-8.",
            ),
            row_of(data, data.index(b"\0")) if b"\0" in data else None,
        )


def _attempt(data: bytes, encoding: str) -> tuple[str | None, int]:
    """The text, or ``None`` and the offset of the first bad byte."""
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        bom = len(codecs.BOM_UTF8) if encoding == "utf-8-sig" else 0
        return None, error.start + bom
    if encoding == "cp932" and not _NOT_IN_CP932.isdisjoint(text):
        at = next(index for index, char in enumerate(text) if char in _NOT_IN_CP932)
        return None, len(text[:at].encode("cp932"))
    return text, len(data)


def _accept(text: str | None, encoding: str, data: bytes, bad: int) -> tuple[str, str]:
    if text is not None:
        return text, encoding
    row = row_of(data, bad)
    raise UnreadableTableError(
        Bilingual(
            f"{row}行目にUTF-8でもシフトJIS(cp932)でもないバイトがあります。"
            "CSV UTF-8で保存し直してください。",
            f"Row {row} holds a byte that is neither UTF-8 nor Shift_JIS (cp932). "
            "Save it as CSV UTF-8.",
        ),
        row,
    )


def row_of(data: bytes, offset: int) -> int:
    """The 1-based physical line of a byte; lines end with LF, CR LF or CR."""
    before = data[:offset]
    return 1 + before.count(b"\n") + before.count(b"\r") - before.count(b"\r\n")
