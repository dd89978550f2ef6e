"""serve questions and SPARQL over HTTP"""

from __future__ import annotations

import argparse
import gc
import sys

from kitei.cli.options import add_city, add_language, language_of, open_city
from kitei.errors import Bilingual, UsageError

_HIGHEST_PORT = 65535
_READY = Bilingual("(Ctrl-C で止める)", "(Ctrl-C stops)")


def register(parser: argparse.ArgumentParser) -> None:
    """Declare the options of ``kitei serve``."""
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on; %(default)s")
    parser.add_argument("--port", type=int, default=8000, help="0: any free one; %(default)s")
    add_city(parser)
    add_language(parser)


def run(options: argparse.Namespace) -> int:
    """Serve in the foreground until Ctrl-C, which is no failure."""
    if not 0 <= options.port <= _HIGHEST_PORT:
        raise UsageError(
            f"--port は0から{_HIGHEST_PORT}まで。", f"--port must be 0 to {_HIGHEST_PORT}"
        )
    language = language_of(options)
    city = open_city(options)
    from kitei.calendar import Calendar
    from kitei.confined import Here, Keeper, can_fork
    from kitei.web import create_app
    from kitei.web.server import serve

    calendar = Calendar(city)
    # What is loaded by now stays; the collector need not touch (and so copy) it in a child.
    gc.freeze()
    keeper = Keeper(calendar) if can_fork() else None

    def listening(url: str) -> None:
        sys.stdout.write(f"Kitei: {url} {_READY.within(language)}\n")
        sys.stdout.flush()

    try:
        serve(create_app(city, keeper or Here(calendar)), options.host, options.port, listening)
    except KeyboardInterrupt:
        pass
    finally:
        if keeper:
            keeper.close()
    return 0
