"""The ``kitei`` command."""

from __future__ import annotations

import os
import sys
from contextlib import suppress


def main() -> None:
    """Run the command line and leave at once.

    Freeing a large store at exit takes longer than asking it a question, and
    the operating system takes the memory back anyway.
    """
    from kitei.cli import run

    code = run(sys.argv[1:])
    for stream in (sys.stdout, sys.stderr):
        # A closed or full output is nothing that can still be reported.
        with suppress(OSError, ValueError, AttributeError):
            stream.flush()
    os._exit(code)


if __name__ == "__main__":
    main()
