"""Files: how they are read, and how results are put on disk, whole or not at all."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, NamedTuple

from kitei.errors import InputUnreadableError, UsageError


def read(path: Path) -> bytes:
    """What a file holds. Raises ``InputUnreadableError``."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputUnreadableError(
            f"{path}: 読めない: {error.strerror}", f"{path}: cannot be read: {error.strerror}"
        ) from error


def parse_toml(path: Path, data: bytes) -> dict[str, object]:
    """The TOML that was read from ``path``. Raises ``InputUnreadableError``."""
    import tomllib

    try:
        return tomllib.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise InputUnreadableError(
            f"{path}: TOML として読めない: {error}", f"{path}: not readable as TOML: {error}"
        ) from error


class Staged(NamedTuple):
    """A file that is being written beside the one whose place it will take."""

    path: Path
    """As it was given."""
    target: Path
    temporary: Path
    stream: BinaryIO

    def write(self, data: bytes) -> None:
        """Add to it. Raises ``UsageError`` when that fails."""
        with _told(self.path):
            self.stream.write(data)


@contextmanager
def staged(paths: Iterable[Path]) -> Iterator[list[Staged]]:
    """Files to be written piece by piece, renamed at the end: all of them, or none.

    Raises ``UsageError`` when one cannot be written, or two are the same; the files are then
    as they were, as they are after any other exception.
    """
    files: list[Staged] = []
    try:
        for path in paths:
            files.append(_stage(path, files))
        yield files
        for file in files:
            with _told(file.path):
                file.stream.flush()
                os.fsync(file.stream.fileno())
                file.stream.close()
                if file.target.exists():
                    file.temporary.chmod(stat.S_IMODE(file.target.stat().st_mode))
        for file in files:
            with _told(file.target):
                file.temporary.replace(file.target)
    finally:
        for file in files:
            with suppress(OSError):
                file.stream.close()
            with suppress(OSError):
                file.temporary.unlink(missing_ok=True)


def _stage(path: Path, others: Sequence[Staged]) -> Staged:
    target = _target(path)
    if any(other.target == target for other in others):
        raise UsageError(f"二つの出力が同じファイルを指す: {path}", f"two outputs name {path}")
    temporary = target.with_name(f".kitei-{os.getpid()}-{len(others)}.tmp")
    with _told(path):
        return Staged(path, target, temporary, temporary.open("xb"))


def write_all(contents: Iterable[tuple[Path, str | bytes]]) -> None:
    """Write each content beside its file and rename them all at the end (text is UTF-8, ``\\n``).

    Raises ``UsageError`` as :func:`staged` does.
    """
    given = list(contents)
    with staged(path for path, _ in given) as files:
        for file, (_, content) in zip(files, given, strict=True):
            file.write(_bytes(content))


def append(path: Path, text: str) -> None:
    """Add ``text`` to a file. Raises ``UsageError`` when that fails."""
    with _told(path), path.open("ab") as stream:
        stream.write(_bytes(text))


def make_room(path: Path) -> None:
    """Make the folders that a file lies in. Raises ``UsageError`` when that fails."""
    with _told(path):
        path.parent.mkdir(parents=True, exist_ok=True)


@contextmanager
def folder(path: Path) -> Iterator[None]:
    """Make the folder ``path`` for what is written meanwhile, and take it away should that fail.

    Raises ``UsageError`` when it cannot be made.
    """
    with _told(path):
        made = not path.is_dir()
        if made:
            path.mkdir()
    try:
        yield
    except BaseException:
        if made:
            with suppress(OSError):
                path.rmdir()
        raise


def same(one: Path, other: Path) -> bool:
    """Whether two paths lead to one file, through links or otherwise."""
    try:
        return one.resolve() == other.resolve() or one.samefile(other)
    except (OSError, ValueError, RuntimeError):
        return False


def _bytes(content: str | bytes) -> bytes:
    return content if isinstance(content, bytes) else content.encode("utf-8", "backslashreplace")


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
