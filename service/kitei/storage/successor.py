"""A folder that is written beside another one and then takes its place.

So nobody ever sees half of it: whoever reads the old one goes on reading it, and
whatever ends the writing (an error, Ctrl-C, a full disk) leaves the old one as it was.
What a process that was killed has left behind, the next one clears away.
"""

from __future__ import annotations

import glob
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from kitei.errors import UsageError
from kitei.store import in_use

_LOCK = "LOCK"
"""The file on which the engine holds a lock while it may write."""
_FILES = re.compile(
    r"CURRENT|IDENTITY|LOCK|LOG(\.old\.\d+)?|(MANIFEST|OPTIONS)-\d+(\.dbtmp)?|(bulk-)?\d+\.(sst|log|dbtmp)"
)
"""What the engine calls its files. A folder that holds any other is nobody's to replace."""
_NEW, _OLD = "loading", "before"


@contextmanager
def successor(folder: Path) -> Iterator[Path]:
    """An empty folder that takes the place of ``folder``, a store or nothing, after the block.

    Until then no other process can write to ``folder``. Raises ``UsageError`` when
    it is something else or the system forbids it, ``InputUnreadableError`` when
    another process is writing to it.
    """
    target = folder.resolve()
    with ExitStack() as stack:
        with _told(folder):
            _require_store(folder, target)
            if target.exists() and not stack.enter_context(_locked(target)):
                raise in_use(folder)
            mark = f"{os.getpid()}-{secrets.token_hex(4)}"
            new, old = (target.with_name(f".{target.name}.{mark}.{end}") for end in (_NEW, _OLD))
            new.mkdir(parents=True)
            stack.callback(shutil.rmtree, new, ignore_errors=True)
            if target.exists():
                shutil.copymode(target, new)
        yield new
        with _told(folder):
            _swap(new, target, old)


def _swap(new: Path, target: Path, old: Path) -> None:
    try:
        if target.exists():
            target.rename(old)
        new.rename(target)
    except BaseException:
        if old.exists() and not target.exists():
            old.rename(target)
        raise
    finally:
        if target.exists():
            shutil.rmtree(old, ignore_errors=True)


def _require_store(folder: Path, target: Path) -> None:
    """Raise ``UsageError`` unless the target is a store, an empty folder or nothing."""
    if not target.exists():
        return
    if not target.is_dir() or any(not _FILES.fullmatch(file.name) for file in target.iterdir()):
        raise UsageError(
            f"{folder}: 保管場所ではない。新しいフォルダーを指定する。",
            f"{folder}: not a store, and not empty; name a new folder",
        )
    if target.is_mount():
        raise UsageError(
            f"{folder}: マウントの起点は置き換えられない。その下のフォルダーを指定する。",
            f"{folder}: a mount point cannot be replaced; name a folder below it",
        )


def sweep(folder: Path) -> None:
    """Clear away what processes left that are gone; a store that one of them moved comes back.

    Raises ``UsageError`` when the system forbids it.
    """
    with _told(folder):
        _sweep(folder.resolve())


def _sweep(target: Path) -> None:
    for end in (_OLD, _NEW):
        for left in sorted(target.parent.glob(f".{glob.escape(target.name)}.*.{end}")):
            # One without a lock to hold is only just being made.
            if not (left / _LOCK).exists():
                continue
            with _locked(left) as gone:
                if gone and end == _OLD and not target.exists():
                    left.rename(target)
                elif gone:
                    shutil.rmtree(left, ignore_errors=True)


@contextmanager
def _locked(folder: Path) -> Iterator[bool]:
    """Hold the lock of a store as the engine does; false if another process has it."""
    if os.name == "nt" or not (folder / _LOCK).exists():
        # There a folder with open files cannot be renamed, which says the same.
        yield True
        return
    import fcntl

    with (folder / _LOCK).open("r+b") as lock:
        held = False
        with suppress(BlockingIOError, PermissionError):
            fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            held = True
        yield held


@contextmanager
def _told(folder: Path) -> Iterator[None]:
    """Says which folder the system would not let us write."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise UsageError(
            f"書けない: {folder}: {reason}", f"cannot write {folder}: {reason}"
        ) from error
