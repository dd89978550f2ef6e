"""Reports as files: all of them whole, or none."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from kitei.errors import UsageError


def write_all(texts: Iterable[tuple[Path, str]]) -> None:
    """Write each text beside its file and rename them all at the end (UTF-8, ``\\n``).

    Raises ``UsageError`` when one cannot be written, or two are the same; the files are then
    as they were.
    """
    staged: dict[Path, Path] = {}
    try:
        for path, text in texts:
            target = _target(path)
            if target in staged.values():
                raise UsageError(
                    f"二つの出力が同じファイルを指す: {path}", f"two outputs name {path}"
                )
            temporary = target.with_name(f".kitei-{os.getpid()}-{len(staged)}.tmp")
            with _told(path), temporary.open("xb") as stream:
                staged[temporary] = target
                stream.write(text.encode("utf-8", "backslashreplace"))
            if target.exists():
                with _told(path):
                    shutil.copymode(target, temporary)
        for temporary, target in staged.items():
            with _told(target):
                temporary.replace(target)
    finally:
        for temporary in staged:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)


def append(path: Path, text: str) -> None:
    """Add ``text`` to a file. Raises ``UsageError`` when that fails."""
    with _told(path), path.open("ab") as stream:
        stream.write(text.encode("utf-8", "backslashreplace"))


def _target(path: Path) -> Path:
    """The file itself where ``path`` is a link to it; nothing but a file is ever replaced."""
    with _told(path):
        target = path.resolve()
        if target.exists() and not target.is_file():
            raise UsageError(
                f"書けない: {path}: ファイルでない", f"cannot write {path}: not a file"
            )
        return target


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Says which file the system would not let us write."""
    try:
        yield
    except (OSError, ValueError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise UsageError(f"書けない: {path}: {reason}", f"cannot write {path}: {reason}") from error
