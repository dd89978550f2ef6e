"""What a service holds: the days of its city for everybody, and those with a protected roster."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from kitei.calendar import Calendar
from kitei.city import City
from kitei.store import Dataset


class Archive(NamedTuple):
    """The calendars of both audiences, which are one where nothing is protected.

    Whoever has no right to the roster gets a calendar of a city that never had
    it: no query, graph or path can reach what is not there.
    """

    public: Calendar
    protected: Calendar

    @classmethod
    def of(
        cls,
        city: City,
        bare: City | None = None,
        *,
        protecting: bool = False,
        foreign: Dataset | None = None,
    ) -> Archive:
        """The archive of a city, of which ``bare`` is the same without its roster.

        ``protecting`` shows that one to the public. Data of others (``foreign``) is
        for everybody.
        """
        whole = Calendar(city, bare, foreign=foreign)
        shown = Calendar(bare, foreign=foreign) if protecting and bare else whole
        return cls(shown, whole)

    def calendar(self, protected: bool) -> Calendar:
        """The days that an audience may see."""
        return self.protected if protected else self.public

    def derive(self, day: date) -> None:
        """Derive ``day`` for both audiences, so that nobody has to wait for it."""
        for calendar in self.calendars:
            calendar.on(day)
            calendar.dataset(day)

    def stock(self) -> None:
        """Make the copies that the next days will want, for who is forked from here."""
        for calendar in self.calendars:
            for opened in (True, False):  # the former are made of the latter
                while calendar.short(opened=opened):
                    calendar.stock(opened=opened)

    @property
    def calendars(self) -> list[Calendar]:
        """Each calendar once."""
        return list({id(each): each for each in self}.values())
