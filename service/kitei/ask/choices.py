"""What a parameter of a question may be: the things that its query of choices lists."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from kitei.ask.answer import at_home, listed
from kitei.ask.labels import Labels
from kitei.ask.question import Parameter
from kitei.city import City, DayView
from kitei.errors import Bilingual
from kitei.namespaces import local_name


class Choice(NamedTuple):
    """One thing that may be chosen."""

    iri: str
    value: str
    """What to write as the parameter: no other choice is called so."""
    label: Bilingual
    names: tuple[str, ...]
    """All that it is called; each may be written where it is nobody else's name."""


def choices(city: City, view: DayView, parameter: Parameter) -> list[Choice]:
    """Everything that may be chosen on the day of ``view``, in the order of the query."""
    labels = Labels(city.dataset)
    named: dict[str, list[str]] = {}
    for row in at_home(city, listed(city, view, parameter.choices)):
        named.setdefault(row["choice"] or "", []).append(row["name"] or "")
    local = Counter(local_name(thing) for thing in named)
    taken = {name: thing for thing, names in named.items() for name in names}
    return [
        Choice(
            thing,
            short if local[short] == 1 and taken.get(short, thing) == thing else thing,
            _label(thing, labels),
            tuple(dict.fromkeys(names)),
        )
        for thing, names in named.items()
        if (short := local_name(thing))
    ]


def _label(thing: str, labels: Labels) -> Bilingual:
    label = labels.label(thing)
    return label if label.ja != local_name(thing) else labels.citation(thing)
