"""The zip package of a workbook: parts in, the same parts out, some of them changed."""

from __future__ import annotations

import io
import posixpath
import zipfile
from collections.abc import Mapping
from xml.sax.saxutils import quoteattr

from kitei.errors import InputUnreadableError, UsageError
from kitei.report.annotated.spans import Element, broken, edited, extended, tree
from kitei.roster.package import inspect
from kitei.roster.problems import UnreadableTableError

CONTENT_TYPES = "[Content_Types].xml"
_ROOT_RELATIONS = "_rels/.rels"
_SPACE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_LONG_AGO = (1980, 1, 1, 0, 0, 0)


class Package:
    """The parts of a workbook by name, and what has been changed in them."""

    def __init__(self, data: bytes) -> None:
        """Raises ``InputUnreadableError`` for what the roster reader would not read either,
        and ``UsageError`` for what could not be kept.
        """
        try:
            inspect(data)
        except UnreadableTableError as error:
            raise InputUnreadableError(*error.message) from error
        self._zip = zipfile.ZipFile(io.BytesIO(data))
        self._new: dict[str, bytes] = {}
        names = self._zip.namelist()
        _refuse(names)
        self._names = set(names)
        self.workbook = self._main_part()

    def read(self, part: str) -> bytes:
        """The content of a part as it now is. Raises ``InputUnreadableError``."""
        if part in self._new:
            return self._new[part]
        if part not in self._names:
            raise broken(part)
        return self._zip.read(part)

    def write(self, part: str, content: bytes) -> None:
        """Put ``content`` in the place of a part, or add the part."""
        self._new[part] = content

    def tree(self, part: str) -> Element:
        """The root element of a part."""
        return tree(part, self.read(part))

    def free(self, usual: str, pattern: str) -> str:
        """``usual``, else the first name of ``pattern`` (``{}`` a number) that no part has."""
        taken = {name.lower() for name in (*self._names, *self._new)}
        number = 1
        if usual and usual.lower() not in taken:
            return usual
        while pattern.format(number).lower() in taken:
            number += 1
        return pattern.format(number)

    def relations(self) -> dict[str, tuple[str, str]]:
        """The relationships of the workbook: id -> type and target part."""
        return {
            relation.attributes["Id"]: (
                relation.attributes.get("Type", ""),
                self._target(relation.attributes.get("Target", "")),
            )
            for relation in self.tree(self._relations_part()).children
            if "Id" in relation.attributes
        }

    def relate(self, part: str, kind: str, content_type: str, content: bytes) -> str:
        """Add a part that the workbook refers to, and answer the id of the relationship."""
        self.write(part, content)
        relations = self._relations_part()
        known = {identity.lower() for identity in self.relations()}
        number = 1
        while f"rid{number}" in known:
            number += 1
        self._extend(
            relations,
            f"Relationship Id={quoteattr(f'rId{number}')} Type={quoteattr(f'{_SPACE}/{kind}')}"
            f" Target={quoteattr('/' + part)}",
        )
        self._extend(
            CONTENT_TYPES,
            f"Override PartName={quoteattr('/' + part)} ContentType={quoteattr(content_type)}",
        )
        return f"rId{number}"

    def _extend(self, part: str, child: str) -> None:
        root = self.tree(part)
        new = f"<{root.prefix}{child}/>".encode()
        self.write(part, edited(self.read(part), extended(self.read(part), root, [new])))

    def _main_part(self) -> str:
        for relation in self.tree(_ROOT_RELATIONS).children:
            if relation.attributes.get("Type", "").endswith("/officeDocument"):
                return relation.attributes.get("Target", "").lstrip("/")
        raise broken(_ROOT_RELATIONS)

    def _relations_part(self) -> str:
        folder, name = posixpath.split(self.workbook)
        return posixpath.join(folder, "_rels", f"{name}.rels")

    def _target(self, target: str) -> str:
        if target.startswith("/"):
            return target[1:]
        return posixpath.normpath(posixpath.join(posixpath.dirname(self.workbook), target))

    def data(self) -> bytes:
        """The package: parts in their order, those that were not changed byte for byte."""
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as out:
            out.comment = self._zip.comment
            for old in self._zip.infolist():
                info = zipfile.ZipInfo(old.filename, old.date_time)
                info.compress_type = old.compress_type
                info.external_attr = old.external_attr
                info.create_system = old.create_system
                out.writestr(info, self._new.get(old.filename) or self._zip.read(old))
            for name, content in self._new.items():
                if name not in self._names:
                    info = zipfile.ZipInfo(name, _LONG_AGO)
                    info.compress_type = zipfile.ZIP_DEFLATED
                    out.writestr(info, content)
        return stream.getvalue()


def _refuse(names: list[str]) -> None:
    """Say what an annotated copy could not keep."""
    if len(set(names)) != len(names):
        raise broken("zip")
    if any(name.lower().startswith("_xmlsignatures/") for name in names):
        raise lost("電子署名", "the digital signature")


def lost(ja: str, en: str) -> UsageError:
    """What would not survive an annotation."""
    return UsageError(
        f"注記付きの写しを作らない。写しでは{ja}が失われる。",
        f"no annotated copy: it would lose {en}",
    )


def attributes_of(element: Element, local: str) -> Mapping[str, str]:
    """The attributes whose local name is ``local``, by the name as written."""
    return {
        name: value
        for name, value in element.attributes.items()
        if name.rpartition(":")[2] == local and ":" in name
    }
