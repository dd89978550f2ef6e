"""write the derived facts of a day as Turtle, for any other SHACL engine"""

from __future__ import annotations

import argparse

from kitei.cli.options import add_city, add_day, add_language, day_of, open_city, require_roster
from kitei.cli.printing import put
from kitei.errors import TextNotHeldError


def register(parser: argparse.ArgumentParser) -> None:
    """Declare the options of ``kitei export``."""
    add_city(parser)
    add_day(parser)
    add_language(parser)


def run(options: argparse.Namespace) -> int:
    """Print the snapshot. Exit code 4 where no text is held: any shape would "conform"."""
    require_roster(options, "書き出すには名簿", "export needs a roster")
    day = day_of(options.as_of)
    city = open_city(options)
    from kitei.ask.standing import standing
    from kitei.check.snapshot import snapshot
    from kitei.report.graph import as_turtle

    view = city.day(day)
    if standing(view, city.regulation).status is not None:
        raise TextNotHeldError(
            f"{day}に施行されていた本文がないか、収録していない。書き出していない。",
            f"no text in force on {day} is held; nothing was exported",
        )
    put(as_turtle(snapshot(city, view, day)))
    return 0
