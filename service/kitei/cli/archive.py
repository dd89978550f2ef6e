"""What ``kitei serve`` serves: a city from files or from a store, in memory, for both audiences."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from kitei.cli.options import open_city
from kitei.errors import InputUnreadableError, UsageError

if TYPE_CHECKING:
    from kitei.city import City
    from kitei.confined import Archive
    from kitei.store import Dataset

_STAMP = "IDENTITY"
"""The file of a store in a folder that is another one once the store has been loaded anew."""


def open_archive(options: argparse.Namespace) -> Archive:
    """The city without its roster for everybody, and with it for those who may see it."""
    from kitei import foreign
    from kitei.confined import Archive

    if options.store is not None and options.data:
        raise UsageError(
            "--store を配信するときは、そこに読み込んだものだけが対象となる (kitei load)。",
            "with --store, only what was loaded there is served (kitei load)",
        )
    files = foreign.files(options.data or [])
    without = {"roster": None, "example": False, "store": None}
    bare = open_city(argparse.Namespace(**{**vars(options), **without}))
    city = bare.copy()
    path = bare.base.example_roster(bare.regulation.name) if options.example else options.roster
    if options.store is not None:
        others = _take_stored(city, options.store)
    else:
        others = foreign.dataset(files) if files else None
        if path is not None:
            city.read_roster(path)
    closed = holds_people(city, options) and not options.open_roster
    return Archive.of(city, bare, protecting=closed, foreign=others)


def holds_people(city: City, options: argparse.Namespace) -> bool:
    """Whether the roster of the city, if it has any, is to be taken for one of real people."""
    return city.roster is not None and not options.example


def _take_stored(city: City, where: Path | str) -> Dataset | None:
    """Let the city have the roster of a store; the data of others there.

    Nothing of the store stays open: the engine's threads would not outlive a fork.
    """
    from kitei.storage import open_store
    from kitei.storage.contents import RECORD, Contents
    from kitei.storage.reading import graphs_of, roster_of

    store = open_store(where)
    contents = Contents(store)
    contents.require(city.base)
    loaded = contents.complete()[RECORD]
    if contents.holds_roster():
        city.take_roster(roster_of(store))
    graphs = contents.of_others()
    others = graphs_of(store, graphs) if graphs else None
    if contents.complete()[RECORD] != loaded:
        raise InputUnreadableError(
            "読んでいる間に保管場所が読み込み直された。",
            "the store was loaded anew while it was being read",
        )
    return others


def fingerprint(options: argparse.Namespace, archive: Archive) -> object:
    """What differs once a file that was read has changed: names, sizes and times.

    A folder that is a store has changed once ``kitei load`` has filled it anew. An
    endpoint does not tell; nobody asks it until the service is told to load again.
    """
    base = archive.public.city.base
    roots = [*base.cities, base.root / "ontology", base.root / "shapes"]
    if options.roster is not None:
        roots.append(options.roster)
    if isinstance(options.store, Path):
        roots.append(options.store / _STAMP)
    roots += options.data or []
    return [seen for root in roots for seen in _seen(root)]


def _seen(root: Path) -> Iterator[tuple[str, int, int, int]]:
    files = [root] if root.is_file() else sorted(p for p in root.rglob("*") if p.is_file())
    for file in files:
        try:
            status = file.stat()
        except OSError:
            continue  # it vanished meanwhile, which will show
        yield str(file), status.st_size, status.st_mtime_ns, status.st_ino
