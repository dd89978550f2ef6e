"""The ``kitei`` command."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run the command line and leave at once.

    Freeing a large store at exit takes longer than asking it a question, and
    the operating system takes the memory back anyway.
    """
    from kitei.cli import run

    code = run(sys.argv[1:])
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except BrokenPipeError:
        code = code or 0
    os._exit(code)


if __name__ == "__main__":
    main()
