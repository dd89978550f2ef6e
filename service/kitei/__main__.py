"""The ``kitei`` command."""

from __future__ import annotations

import gc
import os
import sys
from contextlib import suppress

# Objects that may be cyclic garbage before the interpreter looks for it. Importing and reading
# make many that all live on, and looking for garbage among them is a fifth of a check's time.
_YOUNG = 200_000


def main() -> None:
    """Run the command line and leave at once.

    Freeing a large store at exit takes longer than asking it a question, and
    the operating system takes the memory back anyway.
    """
    gc.set_threshold(_YOUNG)
    if sys.stderr is None:
        # It was closed: nobody is to be told, and no file may come to stand in its place.
        sys.stderr = os.fdopen(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8")
    from kitei.cli import run

    code = run(sys.argv[1:])
    for stream in (sys.stdout, sys.stderr):
        # A closed or full output is nothing that can still be reported.
        with suppress(OSError, ValueError, AttributeError):
            stream.flush()
    os._exit(code)


if __name__ == "__main__":
    main()
