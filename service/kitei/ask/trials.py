"""Does it hang on a reading? What is tried instead, and what came of it.

Alternatives are tried one at a time: each is a derivation of its own, and all
combinations of a dozen would be thousands. So two that change nothing alone might still
change something together, and every report says that combinations were not tried.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import NamedTuple

from kitei.city import City, DayView
from kitei.errors import Bilingual
from kitei.readings import Alternative, Reading, Switch, readings

Progress = Callable[[int, int], None]
"""Told how many of how many alternatives are done."""

_FOLLOWED = """
PREFIX kitei: <https://w3id.org/kitei/ns#>
SELECT DISTINCT ?reading ?alternative
WHERE {
  ?reading kitei:follows ?alternative ; kitei:operativeIn ?version .
  ?day a kitei:Day ; kitei:version ?version .
}
ORDER BY ?reading ?alternative
"""


class Trial(NamedTuple):
    """An alternative to be tried: every version of the reading that has it is switched to it."""

    reading: Reading
    alternative: Alternative
    switches: tuple[Switch, ...]
    """Those of the whole run."""


class Difference(NamedTuple):
    """An answer or finding that appears or vanishes under an alternative."""

    said: Bilingual
    fields: Mapping[str, object]
    """The JSON members."""


class Outcome(NamedTuple):
    """What a run says, for comparison: each item under what makes two of them the same."""

    items: Sequence[tuple[Hashable, Difference]]
    conforms: bool | None = None
    """The verdict, where there is one."""
    unchecked: Bilingual | None = None
    """Why nothing could be said, where that is so."""


class Tried(NamedTuple):
    """An alternative that was tried, and what it changes."""

    reading: Reading
    alternative: Alternative
    vanished: Sequence[Difference]
    appeared: Sequence[Difference]
    conforms: bool | None = None
    unchecked: Bilingual | None = None

    @property
    def same(self) -> bool:
        """Nothing appears or vanishes."""
        return not (self.vanished or self.appeared or self.unchecked)


class Untried(NamedTuple):
    """An alternative that no facts can be derived under, and why."""

    reading: Reading
    alternative: Alternative
    why: Bilingual


class Robustness(NamedTuple):
    """What every alternative of every reading that applies comes to, one at a time."""

    tried: Sequence[Tried]
    untried: Sequence[Untried]

    @property
    def same(self) -> bool:
        """The same under every reading that was tried."""
        return all(trial.same for trial in self.tried)

    @property
    def decisive(self) -> list[Tried]:
        """The alternatives under which something changes."""
        return [trial for trial in self.tried if not trial.same]


def robustness(
    city: City,
    view: DayView,
    base: Outcome,
    outcome: Callable[[City], Outcome],
    progress: Progress | None = None,
) -> Robustness:
    """Try every alternative that applies in ``view``, the facts that ``base`` rests on.

    No day of ``city`` may have been derived: each alternative gets a copy of it.
    """
    trials, untried = _trials(city, view)
    tried = []
    for done, trial in enumerate(trials, start=1):
        tried.append(_compared(trial, base, outcome(city.under(trial.switches))))
        if progress:
            progress(done, len(trials))
    return Robustness(tried, untried)


def _trials(city: City, view: DayView) -> tuple[list[Trial], list[Untried]]:
    """What else could be read of the versions of the days in ``view``; others cannot matter."""
    followed = {row["reading"]: row["alternative"] for row in view.select(_FOLLOWED)}
    known = readings(city.dataset, city.regulation.iri)
    trials: dict[tuple[str, str], Trial] = {}
    untried: dict[tuple[str, str], Untried] = {}
    for reading in known:
        for alternative in reading.alternatives if reading.iri in followed else ():
            key = (reading.name, alternative.name)
            if alternative.iri == followed[reading.iri]:
                continue
            if alternative.underivable is not None:
                untried.setdefault(key, Untried(reading, alternative, alternative.underivable))
            elif key not in trials:
                switches = _switched(city.switches, known, reading.name, alternative.name)
                trials[key] = Trial(reading, alternative, switches)
    return [trials[key] for key in sorted(trials)], [untried[key] for key in sorted(untried)]


def _switched(
    switches: Iterable[Switch], known: Iterable[Reading], name: str, alternative: str
) -> tuple[Switch, ...]:
    """The switches of the run, with the reading of that name taken in another way."""
    other = [switch for switch in switches if switch.reading.name != name]
    mine = [
        Switch(reading, found)
        for reading in known
        for found in reading.alternatives
        if (reading.name, found.name) == (name, alternative) and found.iri != reading.adopted
    ]
    return (*other, *mine)


def _compared(trial: Trial, base: Outcome, other: Outcome) -> Tried:
    return Tried(
        trial.reading,
        trial.alternative,
        vanished=[] if other.unchecked else _beyond(base, other),
        appeared=_beyond(other, base),
        conforms=other.conforms,
        unchecked=other.unchecked,
    )


def _beyond(one: Outcome, other: Outcome) -> list[Difference]:
    """The items of ``one`` that ``other`` has not, or has fewer of."""
    left = Counter(key for key, _ in other.items)
    found = []
    for key, item in one.items:
        if left[key] > 0:
            left[key] -= 1
        else:
            found.append(item)
    return found
