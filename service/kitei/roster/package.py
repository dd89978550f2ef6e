"""The zip package of a workbook, inspected before any parser opens it.

A workbook may come from a stranger: what it unpacks to is bounded, and a part
with a document type (the way to entity bombs) is refused.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Mapping
from typing import NamedTuple

from kitei.errors import Bilingual
from kitei.roster.problems import UnreadableTableError
from kitei.roster.raw import MAX_BYTES
from kitei.roster.source import too_large

_MAX_PARTS = 2_000
_MAX_SMALL_PART = 16 * 1024 * 1024
_MAX_STRINGS = 64 * 1024 * 1024
_MAX_TAGS = 8_000_000
"""A parsed element takes some twenty times its bytes, so elements are bounded as well."""
_DOCTYPE = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_FORMULA = re.compile(
    rb"<(?:\w+:)?c\s([^<>]*)>\s*"
    rb"<(?:\w+:)?f(?:\s[^<>]*)?(?:/>|>[^<]*</(?:\w+:)?f>)\s*"
    rb"(<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
"""A formula whose stored value is missing or empty."""
_ADDRESS = re.compile(rb'\br="([A-Z]{1,3})(\d{1,7})"')


class SheetMarks(NamedTuple):
    """What a sheet's XML says that its parsed values do not."""

    uncomputed: Mapping[int, frozenset[str]]
    """Row -> column letters of formulas without a stored result."""
    merged: bool


def inspect(data: bytes) -> dict[str, SheetMarks]:
    """The marks of each worksheet part, by part name.

    Raises ``UnreadableTableError`` when the package is no zip, is encrypted, unpacks to too
    much, or declares a document type.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            parts = package.infolist()
            _bound(parts)
            return _scan(package, parts)
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError) as error:
        raise not_a_workbook() from error
    except RuntimeError as error:  # zipfile's answer to an encrypted part
        raise encrypted() from error


def _bound(parts: list[zipfile.ZipInfo]) -> None:
    total = sum(part.file_size for part in parts)
    if total > MAX_BYTES or len(parts) > _MAX_PARTS:
        raise UnreadableTableError(too_large())
    if any(part.file_size > _most(part.filename) for part in parts):
        raise UnreadableTableError(too_large())
    if any(part.flag_bits & 1 for part in parts):
        raise encrypted()


def _most(part: str) -> int:
    if _is_sheet(part):
        return MAX_BYTES
    return _MAX_STRINGS if part.lower().endswith("sharedstrings.xml") else _MAX_SMALL_PART


def _is_sheet(part: str) -> bool:
    return "worksheets/" in part.lower() and part.lower().endswith(".xml")


def _scan(package: zipfile.ZipFile, parts: list[zipfile.ZipInfo]) -> dict[str, SheetMarks]:
    marks: dict[str, SheetMarks] = {}
    tags = 0
    for part in parts:
        content = package.read(part)
        # Without its NULs, UTF-16 reads as ASCII here, so it hides nothing.
        plain = content.replace(b"\0", b"")
        if _DOCTYPE.search(plain) and not _is_media(part.filename):
            raise _doctype()
        tags += plain.count(b"<") if not _is_media(part.filename) else 0
        if tags > _MAX_TAGS:
            raise UnreadableTableError(too_large())
        if _is_sheet(part.filename):
            marks[part.filename] = SheetMarks(_uncomputed(content), b"mergeCell " in content)
    return marks


def _is_media(part: str) -> bool:
    return "/media/" in part.lower() or part.lower().endswith(".bin")


def _uncomputed(content: bytes) -> Mapping[int, frozenset[str]]:
    found: dict[int, frozenset[str]] = {}
    if b"<f" in content or b":f" in content:
        for match in _FORMULA.finditer(content):
            # An empty value of type str is what a formula such as =IF(A1="","",A1) came to.
            computed = match[2] and b't="str"' in match[1]
            if not computed and (address := _ADDRESS.search(match[1])):
                row, column = int(address[2]), address[1].decode()
                found[row] = found.get(row, frozenset()) | {column}
    return found


def not_a_workbook() -> UnreadableTableError:
    """The file is no workbook, or a broken one."""
    return UnreadableTableError(
        Bilingual(
            "Excelブック(.xlsx)として読めません。Excelで開いて保存し直してください。",
            "This is not a readable workbook (.xlsx). Open it in Excel and save it again.",
        )
    )


def encrypted() -> UnreadableTableError:
    """The workbook asks for a password, or is in the old binary format."""
    return UnreadableTableError(
        Bilingual(
            "パスワード付き、又は古い形式(.xls)のブックです。パスワードを外し、.xlsxで保存し直してください。",
            "The workbook has a password or is in the old .xls format. "
            "Remove the password and save it as .xlsx.",
        )
    )


def _doctype() -> UnreadableTableError:
    return UnreadableTableError(
        Bilingual(
            "文書型宣言(DOCTYPE)を含むブックは読みません。",
            "A workbook with a document type declaration (DOCTYPE) is not read.",
        )
    )
