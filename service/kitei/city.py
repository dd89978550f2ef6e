"""One municipality at work: its rules, its chart, its roster, and the facts of any day."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from kitei import kb, linking, regulation, roster
from kitei.derive import Wanted, day_iri, derive, known
from kitei.namespaces import ID
from kitei.readings import Switch
from kitei.regulation import Regulation
from kitei.roster import Roster
from kitei.store import Dataset, Row

if TYPE_CHECKING:
    from kitei.image import Image

ROSTER_GRAPH = f"{ID}graph/roster"
_PERIOD = f"{ID}graph/period"
_DAYS = f"{ID}day/"
Period = tuple[tuple[date, ...], tuple[str, ...] | None]
"""Days, and the posts that are asked about on them; ``None``: all that are named."""


class DayView:
    """The dataset as it stands on one day, or on several: rules, roster and derived facts."""

    def __init__(self, dataset: Dataset, graph: str) -> None:
        self.dataset = dataset
        self.graph = graph
        """The named graph that holds the derived facts."""

    def select(self, sparql: str, bindings: Mapping[str, str] | None = None) -> list[Row]:
        """The solutions of one of Kitei's own queries."""
        return self.dataset.select(sparql, bindings)


class City:
    """Rules and roster of one municipality, and one regulation to judge by."""

    def __init__(
        self, base: kb.KnowledgeBase, wanted: str | None = None, naming: str | None = None
    ) -> None:
        """Load the knowledge base and choose the regulation.

        ``wanted`` names the regulation; ``naming`` is a label that decides
        between several of them. Raises ``UsageError`` when neither does.
        """
        self.base = base
        self.dataset = Dataset()
        self.dataset.load(base.ontology())
        self.dataset.load(base.data())
        self.regulation = self._choose(wanted, naming)
        self.lexicon = linking.lexicon(self.dataset, self.regulation)
        self.roster: Roster | None = None
        # Listed now: who derives later may have no right to look into folders any more.
        self._steps = base.derivation()
        self.switches: tuple[Switch, ...] = ()
        """Readings that are not taken as the norms take them; see ``under``."""
        self._days: dict[tuple[date, bool], DayView] = {}
        self._image: Image | None = None
        self._periods: Callable[[Period], DayView] | None = None

    def copy(self, image: Image | None = None) -> City:
        """The same city over a dataset of its own: what one derives the other does not see.

        ``image`` is one of the city's dataset as it is, for who wants many copies.
        """
        twin = copy.copy(self)
        twin.dataset = self.dataset.copy() if image is None else image.copy()
        twin._days = {}
        twin._image = image
        twin._periods = None
        return twin

    def with_periods(self, derived: Callable[[Period], DayView]) -> City:
        """The same city over the same dataset, for who asks of periods that ``derived`` has."""
        twin = copy.copy(self)
        twin._periods = derived
        return twin

    def under(self, switches: Iterable[Switch]) -> City:
        """The same city with these readings switched, and no others.

        The facts of days that are derived already stay as they are: ask this of a city
        of which no day was derived.
        """
        twin = self.copy()
        twin.switches = tuple(switches)
        return twin

    def governed_by(self, other: Regulation) -> City:
        """The same city under another of its regulations, over a dataset of its own."""
        twin = self.copy()
        twin.regulation = other
        twin.lexicon = linking.lexicon(twin.dataset, other)
        return twin

    def _choose(self, wanted: str | None, naming: str | None) -> Regulation:
        loaded = regulation.loaded(self.dataset)
        if wanted is None and naming is not None and len(loaded) > 1:
            named = regulation.naming(self.dataset, loaded, naming)
            if len(named) == 1:
                return named[0]
        return regulation.choose(loaded, wanted)

    def read_roster(self, path: Path, *, sparing: bool = False) -> Roster:
        """Read a roster folder or workbook into the dataset.

        A ``sparing`` one is without the persons whom no rule can touch: enough for a check
        and for the named questions, and without most of a large city's staff. Raises
        ``InputUnreadableError`` when it cannot be read at all.
        """
        return self._take(roster.read(path, self.lexicon, sparing=sparing))

    def read_roster_files(self, files: Mapping[str, bytes], *, sparing: bool = False) -> Roster:
        """Read a roster from memory (file name -> content)."""
        return self._take(roster.read_files(files, self.lexicon, sparing=sparing))

    def take_roster(self, read: Roster) -> None:
        """Take a roster, or the part of one, that has been read elsewhere."""
        self._take(read)

    def _take(self, read: Roster) -> Roster:
        self.dataset.load_ntriples(read.ntriples, ROSTER_GRAPH)
        self.roster = read
        self._days.clear()
        self._image = None
        return read

    def forget(self) -> None:
        """Remove the roster and all that was derived, also where that did not come to its end.

        The engine keeps what is removed, so a city can forget some rosters, not thousands.
        """
        for graph in self.dataset.graphs():
            if graph in {ROSTER_GRAPH, _PERIOD} or graph.startswith(_DAYS):
                self.dataset.clear(graph)
        self._days.clear()
        self._image = None
        self.roster = None

    def day(self, day: date, *, judging: bool = True) -> DayView:
        """The city on one day. The facts of that day become a graph of the dataset, once.

        Without ``judging`` acts and the roster itself are not judged: enough for questions.
        """
        if (day, judging) not in self._days:
            self._days[day, judging] = self._view([Wanted(day)], day_iri(day), judging)
        return self._days[day, judging]

    def facts(self, day: date, image: Image) -> bytes | None:
        """What ``day`` adds without judging, as N-Triples, if it need not be derived any more.

        ``image`` is one of the city's dataset as it is.
        """
        return known(image, self.regulation.iri, day, judging=False, switched=self._switched)

    def days(self, days: Iterable[date], posts: Iterable[str] | None = None) -> DayView:
        """The posts on several days at once, without acts and seats: for questions of a period.

        Of ``posts`` only, and those that they depend on, where these are given (IRIs).
        """
        period = tuple(days), None if posts is None else tuple(sorted(posts))
        if self._periods is not None:
            return self._periods(period)
        wanted = [Wanted(day, only_posts=True, posts=period[1]) for day in period[0]]
        return self._view(wanted, _PERIOD, judging=False)

    @property
    def _switched(self) -> list[tuple[str, str]]:
        return [(switch.reading.iri, switch.alternative.iri) for switch in self.switches]

    def _view(self, wanted: list[Wanted], graph: str, judging: bool) -> DayView:
        # Facts of another day in the same dataset would have a part in what is derived now.
        image, self._image = self._image, None
        derive(
            self.dataset,
            self._steps,
            self.regulation.iri,
            wanted,
            graph=graph,
            judging=judging,
            switched=self._switched,
            image=image,
        )
        return DayView(self.dataset, graph)
