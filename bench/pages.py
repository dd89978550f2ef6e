"""Measure what each page costs the service: CPU time of all its processes, and bytes.

Each page is asked for in a service of its own (evaluators forked as ``kitei serve`` has them,
the example city), in Japanese and English in turn, of a day

- ``new``: that nothing was asked about, nor any day since anything began or ended before it
  (the highest: a period is derived once for many days);
- ``near``: that nothing was asked about, but a day was between the same changes;
- ``asked``: about which a question was asked;
- ``seen``: that somebody saw at home (``/`` itself: as a picture);
- ``again``: on which the page was seen.

With ``--pause`` there are seconds between two requests, in which idle evaluators make copies of the
data for days to come; ``idle`` is what they spend on that, on average after a request.

Goals: ``asked``, ``seen`` and ``again`` within 50 ms, and 100 kB with scripts and styles. The exit
code is 1 if one is missed. CPU time is not elapsed time, but a loaded machine adds to it as well.

Results are Markdown on standard output. Run from the checkout: make bench-pages.
"""

from __future__ import annotations

import argparse
import gc
import os
import re
import statistics
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from time import sleep
from urllib.parse import urlencode

from bench.measuring import conditions
from flask.testing import FlaskClient

from kitei import kb
from kitei.city import City
from kitei.confined import Archive, Pool, Source
from kitei.web import create_app
from kitei.web.checkjob import warm
from kitei.web.settings import Settings

_QUERY = "SELECT ?post ?person WHERE { ?case kitei:post ?post ; kitei:heldBy ?person }"
_SPARQL = urlencode({"query": f"PREFIX kitei: <https://w3id.org/kitei/ns#> {_QUERY}"})
PATHS = (
    "/",
    "/findings",
    "/reg/dx-headquarters",
    "/reg/dx-headquarters/2024-04-01",
    "/picture",
    "/timeline/cdo",
    "/check",
    "/sparql",
    f"/sparql?{_SPARQL}",
    "/ns",
    "/ns/PostOnDay",
    "/id/032158/post/cdo",
    "/id/032158",
    "/id/032158/dx-headquarters/2024-04-01/art_3__para_2",
    "/id/graph/oshu/organization",
    "/.well-known/void",
    "/login",
    "/q/",
    "/q/history?post=cdo",
    "/q/members?person=nobody",
    "/q/provision?provision=art_5",
    "/q/who-acts?post=cdo",
    "/id/nothing",
    "/nothing",
)
# Between the changes of the example city; three days after each are as it is.
DAYS = (
    date(2024, 6, 16),
    date(2024, 7, 3),
    date(2024, 8, 3),
    date(2024, 10, 24),
    date(2024, 12, 6),
    date(2025, 1, 8),
)
WARM = date(2026, 5, 2)
KINDS = ("new", "near", "asked", "seen", "again")
MOST_MILLISECONDS, MOST_BYTES = 50, 100_000
_TOKEN = "a token of the benchmark"  # noqa: S105
_LINKED = re.compile(r'(?:src|href)="(/static/(?!yasgui)[^"]+)"')


@dataclass
class Costs:
    """What a page cost: CPU milliseconds by kind of day, and bytes."""

    milliseconds: dict[str, list[float]] = field(
        default_factory=lambda: {kind: [] for kind in KINDS}
    )
    size: int = 0
    idle: list[float] = field(default_factory=list)

    def missed(self) -> list[str]:
        """The goals that are missed."""
        found = [
            kind
            for kind in KINDS[2:]
            if statistics.median(self.milliseconds[kind]) > MOST_MILLISECONDS
        ]
        return [*found, *(["bytes"] if self.size > MOST_BYTES else [])]


def main() -> int:
    """Print a table, a line for each page; 1 if one misses a goal."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=4, help="times a page is asked for anew")
    parser.add_argument("--pause", type=float, default=0.0, help="seconds between two requests")
    parser.add_argument("--token", action="store_true", help="as somebody who may see the roster")
    parser.add_argument("paths", nargs="*", default=PATHS, help="pages; default: all")
    options = parser.parse_args()
    os.setpgrp()
    paths = [*options.paths, *(_questions() if options.paths is PATHS else ())]
    print(conditions("flask", "jinja2", "pyoxigraph"))
    print(f"\n| page | {' | '.join(KINDS)} | highest seen | idle | bytes | missed |")
    print(f"|:--|{'--:|' * (len(KINDS) + 3)}:--|", flush=True)
    missed = False
    for path in paths:
        costs = measured(path, options.rounds, options.pause, token=options.token)
        new, *others = (costs.milliseconds[kind] for kind in KINDS)
        middle = [f"{each:.1f}" for each in (max(new), *map(statistics.median, others))]
        highest, idle = max(costs.milliseconds["seen"]), statistics.mean(costs.idle)
        rest = f"{highest:.1f} | {idle:.1f} | {costs.size}"
        said = ", ".join(costs.missed())
        shown = path if len(path) < 60 else f"{path[:50]}…"
        print(
            f"| {shown} | {' | '.join(middle)} | {rest} | {said} |",
            flush=True,
        )
        missed = missed or bool(said)
    return int(missed)


def _questions() -> list[str]:
    from kitei.ask import questions

    return [f"/q/{name}" for name in questions()]


def measured(path: str, rounds: int, pause: float, *, token: bool) -> Costs:
    """What a page costs in a service of its own."""
    costs = Costs()

    def asked(address: str, day: date, lang: str) -> tuple[float, int]:
        before = cpu()
        sleep(pause)
        costs.idle.append((cpu() - before) / 1_000_000)
        return ask(client, address, day, lang)

    before = "/picture" if path == "/" else "/"
    with service(token=token) as client:
        for lang in ("ja", "en"):  # imports and templates are of nobody's request
            for each in (path, before, "/q/silences"):
                ask(client, each, WARM, lang)
        for index, day in enumerate(DAYS[:rounds]):
            lang = ("ja", "en")[index % 2]
            days = [day + timedelta(days=number) for number in range(4)]
            found = {
                "new": asked(path, days[0], lang),
                "near": asked(path, days[1], lang),
            }
            asked("/q/silences", days[2], lang)
            found["asked"] = asked(path, days[2], lang)
            asked(before, days[3], lang)
            found["seen"] = asked(path, days[3], lang)
            found["again"] = asked(path, days[3], lang)
            for kind, (milliseconds, size) in found.items():
                costs.milliseconds[kind].append(milliseconds)
                costs.size = max(costs.size, size)
    return costs


@contextmanager
def service(*, token: bool) -> Iterator[FlaskClient]:
    """A client of the service, with its evaluators."""
    bare = City(kb.find())
    city = bare.copy()
    city.read_roster(city.base.example_roster(city.regulation.name))
    archive = Archive.of(city, bare, protecting=token)
    pool = Pool(Source(archive, prepare=warm))
    try:
        settings = Settings(token=_TOKEN if token else None, secret=b"bench")
        app = create_app(city, pool, settings)
        client = app.test_client()
        client.environ_base["HTTP_ACCEPT"] = "text/html"
        if token:
            client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {_TOKEN}"
        yield client
    finally:
        pool.close()


def ask(client: FlaskClient, path: str, day: date, lang: str) -> tuple[float, int]:
    """CPU milliseconds of all processes, and bytes with scripts and styles, of a page."""
    joint = "&" if "?" in path else "?"
    gc.collect()
    started = cpu()
    response = client.get(f"{path}{joint}as-of={day}&lang={lang}")
    body = response.get_data()
    took = (cpu() - started) / 1_000_000
    if response.status_code >= 500:
        sys.exit(f"{path}: {response.status_code}")
    linked = set(_LINKED.findall(body.decode()))
    return took, len(body) + sum(len(client.get(each).get_data()) for each in linked)


def cpu() -> int:
    """Nanoseconds that this process and all that were forked from it have used."""
    group, total = os.getpgrp(), 0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if os.getpgid(int(folder.name)) == group:
                for task in (folder / "task").iterdir():
                    total += int((task / "schedstat").read_text().split()[0])
        except (OSError, ValueError):
            continue  # it has ended meanwhile
    return total


if __name__ == "__main__":
    sys.exit(main())
