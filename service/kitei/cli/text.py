"""print the text, or one provision of it"""

from __future__ import annotations

import argparse
import json

from kitei.cli.options import add_city, add_day, add_language, day_of, language_of, open_city
from kitei.cli.printing import put


def register(parser: argparse.ArgumentParser) -> None:
    """Declare the options of ``kitei text``."""
    parser.add_argument("eid", nargs="?", metavar="EID", help="a provision, by eId or by citation")
    add_city(parser)
    add_day(parser)
    add_language(parser)
    parser.add_argument(
        "--format",
        choices=("json", "published", "tree"),
        default="tree",
        help="published: the file exactly as published",
    )


def run(options: argparse.Namespace) -> int:
    """Print the text in force on the day. Exit code 4 when that text is not held."""
    from kitei.ask.provisions import provisions, published

    day = day_of(options.as_of)
    city = open_city(options)
    if options.format == "published":
        put(published(city, day, options.eid).encode())
        return 0
    found = provisions(city, day, options.eid)
    if options.format == "json":
        document = [provision.fields() for provision in found]
        put(json.dumps(document, ensure_ascii=False, indent=1) + "\n")
        return 0
    language = language_of(options)
    for provision in found:
        indent = "  " * provision.depth
        name = f"{provision.eid}  {provision.heading.within(language)}".rstrip()
        words = [f"    {line}" for line in provision.words.splitlines()]
        put("".join(f"{indent}{line}\n" for line in (name, *words)))
    return 0
