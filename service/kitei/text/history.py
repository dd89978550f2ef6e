"""Entry into force: the amending acts and the versions that a text tells of.

All of it is read from the supplementary provisions and the closing lines. What
an amending act changed is not in the text and is never guessed.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import NamedTuple

from kitei.dates import parse_day
from kitei.errors import InputUnreadableError
from kitei.text.forms import ACT_NUMBER, DAY
from kitei.text.lines import GAP, line_number
from kitei.text.numerals import NUMBER, arabic
from kitei.text.tree import Act, Kind, Node, Version

_ACT = re.compile(rf"({DAY}){GAP}*({ACT_NUMBER})")
_DAY = re.compile(DAY)
# 「令和5年4月1日(以下「施行日」という。)から施行する」; 適用 alone is no entry into force.
_ENTRY = re.compile(
    rf"(?:({DAY})[)）]?|(?:公布|公表|告示|制定|令達|公示)の日)(?:[(（][^()（）]*[)）])?から施行"
)
_CLOSING = re.compile(rf"({DAY})施行")
_SERIAL = re.compile(rf"第({NUMBER})号")


class History(NamedTuple):
    """When the regulation was made and numbered, what amended it, which texts were in force."""

    day: date | None
    number: str
    acts: tuple[Act, ...]
    versions: tuple[Version, ...]


def read_history(source: str, nodes: tuple[Node, ...], expected: date | None) -> History:
    """The history that the text tells.

    ``expected`` is the version date as the caller knows it. Raises
    ``InputUnreadableError`` when a date does not exist, when the text and
    ``expected`` (or the text and its own closing lines) disagree, and when
    neither gives a version date.
    """
    reader = _HistoryReader(source, nodes)
    made = reader.made()
    acts, own = reader.acts(made)
    first_days = reader.first_days(acts, own, expected)
    return History(made, reader.number(), tuple(acts), _versions(acts, first_days))


def _versions(acts: list[Act], days: list[date]) -> tuple[Version, ...]:
    found = []
    for position, first in enumerate(days):
        newest = position == len(days) - 1
        # The held text contains every act it names, dated or not.
        inside = [act.key for act in acts if newest or (act.entries and act.entries[0] <= first)]
        last = None if newest else days[position + 1] - timedelta(days=1)
        found.append(Version(first, last, tuple(inside), newest))
    return tuple(found)


class _HistoryReader:
    def __init__(self, source: str, nodes: tuple[Node, ...]) -> None:
        self.source = source
        self.nodes = nodes

    def made(self) -> date | None:
        """The date of the regulation itself."""
        node = self._first(Kind.DATE)
        if node is None:
            return None
        match = _DAY.search(self._own(node))
        return self._day(match[0], node.start + match.start()) if match else None

    def number(self) -> str:
        """The number of the regulation, 訓令第2号; empty if the text has none."""
        node = self._first(Kind.NUMBER)
        return self._own(node).strip(" \t\r\n\u3000()（）") if node else ""

    def acts(self, made: date | None) -> tuple[list[Act], list[date]]:
        """The amending acts in order, and the days on which the regulation itself took effect."""
        acts: list[Act] = []
        own: list[date] = []
        for node in self.nodes:
            if node.kind is not Kind.SUPPLEMENT:
                continue
            match = _ACT.search(self._own(node))
            if match is None:
                own += self._entries(node, made)
                continue
            day = self._day(match[1], node.start + match.start())
            entries = tuple(sorted(set(self._entries(node, day))))
            key = self._key(day, match[2], acts)
            acts.append(Act(key, day, match[2], node.eid, entries))
        return acts, own

    def first_days(self, acts: list[Act], own: list[date], expected: date | None) -> list[date]:
        """The first day of each version, oldest first; never empty."""
        days = {*own, *(day for act in acts for day in act.entries)}
        closing = self._closing()
        # An act that leaves its day to another text lets the closing lines be later.
        dated = all(act.entries for act in acts) and bool(days)
        if closing is not None:
            day, line = closing
            if dated and day != max(days):
                self._disagree(day, max(days), f"{line}行目", f"line {line}")
            days.add(day)
        if expected is not None:
            settled = dated or closing is not None
            if days and (expected < max(days) or (settled and expected != max(days))):
                self._disagree(expected, max(days), "指定された版", "the version asked for")
            days.add(expected)
        if not days:
            raise InputUnreadableError(
                "施行日が本文から読み取れない。版の日付を指定すること。",
                "the text does not say when it entered into force; give the version date",
            )
        return sorted(days)

    def _disagree(self, given: date, last: date, ja: str, en: str) -> None:
        raise InputUnreadableError(
            f"{ja}: 施行日 {given} が、附則の最後の施行日 {last} と一致しない。",
            f"{en}: {given} is not the last entry into force in the text, {last}",
        )

    def _entries(self, node: Node, made: date | None) -> list[date]:
        found = []
        for match in _ENTRY.finditer(self.source, node.end, node.last):
            if match[1]:
                found.append(self._day(match[1], match.start()))
            elif made is not None:
                found.append(made)
        return found

    def _closing(self) -> tuple[date, int] | None:
        node = self._first(Kind.CLOSING)
        match = _CLOSING.search(self.source, node.start, node.last) if node else None
        if match is None:
            return None
        return self._day(match[1], match.start()), line_number(self.source, match.start())

    def _key(self, day: date, number: str, acts: list[Act]) -> str:
        match = _SERIAL.search(number)
        key = f"{day.year}-{arabic(match[1]) if match else 'unnumbered'}"
        alike = sum(1 for act in acts if act.key == key or act.key.startswith(f"{key}-"))
        return f"{key}-{alike + 1}" if alike else key

    def _day(self, text: str, offset: int) -> date:
        try:
            return parse_day(arabic(text))
        except ValueError as error:
            line = line_number(self.source, offset)
            raise InputUnreadableError(
                f"{line}行目: 存在しない日付: {text}", f"line {line}: no such day: {text}"
            ) from error

    def _own(self, node: Node) -> str:
        return self.source[node.start : node.end]

    def _first(self, kind: Kind) -> Node | None:
        return next((node for node in self.nodes if node.kind is kind), None)
