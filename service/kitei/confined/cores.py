"""No process that holds what somebody sent leaves it on a disk when it dies."""

from __future__ import annotations

import ctypes
import sys
from contextlib import suppress

_PR_SET_DUMPABLE = 4


def without_cores() -> None:
    """Let this process and its children leave no core dump.

    A limit of 0 keeps the kernel from writing a file, but not from handing the
    memory to a program that collects dumps (core(5)); where there is such a
    thing (Linux), the process says that it must not be dumped at all.
    """
    with suppress(ImportError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
