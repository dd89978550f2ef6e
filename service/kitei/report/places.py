"""Where the files of a roster lie, as a reader in the current folder would name them."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

from kitei.check import Finding


class Places:
    """Paths of the roster's files: relative to the current folder, with forward slashes.

    A roster that was named by an absolute path outside the current folder, like the built-in
    example, gives bare file names: where it lies on this machine is nobody else's business.
    """

    def __init__(self, roster: Path | None, main_file: str) -> None:
        folder = None if roster is None else roster if roster.is_dir() else roster.parent
        if folder is not None and folder.is_absolute():
            here = Path.cwd()
            folder = folder.relative_to(here) if folder.is_relative_to(here) else None
        self._folder = folder or Path()
        self._main_file = main_file

    def path(self, finding: Finding) -> str:
        """The file that a finding is about; that of the staff where it has no place."""
        file = finding.source.file if finding.source else self._main_file
        return (self._folder / file).as_posix()

    def uri(self, finding: Finding) -> str:
        """The same as a relative URI reference (RFC 3986)."""
        path = quote(self.path(finding), safe="/")
        # A colon in the first segment is quoted, but a leading slash pair would name a host.
        return f".{path}" if path.startswith("//") else path


def line(finding: Finding) -> int | None:
    """The line of a text file; a row of a workbook is none."""
    source = finding.source
    return source.row if source is not None and source.sheet is None else None


def fingerprints(findings: list[Finding]) -> list[str]:
    """The fingerprint of each finding, those that occur again with a number after them."""
    seen: dict[str, int] = {}
    found = []
    for finding in findings:
        print_ = finding.fingerprint
        seen[print_] = seen.get(print_, 0) + 1
        found.append(print_ if seen[print_] == 1 else f"{print_}-{seen[print_]}")
    return found
