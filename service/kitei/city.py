"""One municipality at work: its rules, its chart, its roster, and the facts of any day."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

from kitei import kb, linking, regulation, roster
from kitei.derive import Wanted, day_iri, derive
from kitei.namespaces import ID
from kitei.regulation import Regulation
from kitei.roster import Roster
from kitei.store import Dataset, Row

ROSTER_GRAPH = f"{ID}graph/roster"


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
        self._days: dict[tuple[date, bool], DayView] = {}

    def copy(self) -> City:
        """The same city over a dataset of its own: what one derives the other does not see."""
        twin = copy.copy(self)
        twin.dataset = self.dataset.copy()
        twin._days = {}
        return twin

    def _choose(self, wanted: str | None, naming: str | None) -> Regulation:
        loaded = regulation.loaded(self.dataset)
        if wanted is None and naming is not None and len(loaded) > 1:
            named = regulation.naming(self.dataset, loaded, naming)
            if len(named) == 1:
                return named[0]
        return regulation.choose(loaded, wanted)

    def read_roster(self, path: Path) -> Roster:
        """Read a roster folder or workbook into the dataset.

        Raises ``InputUnreadableError`` when it cannot be read at all.
        """
        return self._take(roster.read(path, self.lexicon))

    def read_roster_files(self, files: Mapping[str, bytes]) -> Roster:
        """Read a roster from memory (file name -> content)."""
        return self._take(roster.read_files(files, self.lexicon))

    def _take(self, read: Roster) -> Roster:
        self.dataset.load_ntriples(read.ntriples, ROSTER_GRAPH)
        self.roster = read
        self._days.clear()
        return read

    def day(self, day: date, *, judging: bool = True) -> DayView:
        """The city on one day. The facts of that day become a graph of the dataset, once.

        Without ``judging`` acts and the roster itself are not judged: enough for questions.
        """
        if (day, judging) not in self._days:
            self._days[day, judging] = self._view([Wanted(day)], day_iri(day), judging)
        return self._days[day, judging]

    def days(self, days: Iterable[date]) -> DayView:
        """The posts on several days at once, without acts and seats: for questions of a period."""
        wanted = [Wanted(day, only_posts=True) for day in days]
        return self._view(wanted, f"{ID}graph/period", judging=False)

    def _view(self, wanted: list[Wanted], graph: str, judging: bool) -> DayView:
        steps = self.base.derivation()
        derive(self.dataset, steps, self.regulation.iri, wanted, graph=graph, judging=judging)
        return DayView(self.dataset, graph)
