"""Days: ISO and Japanese era dates (元号), inclusive ends, and today in Tokyo.

Era limits follow the Era Name Act orders: 令和 from 2019-05-01, 平成 from
1989-01-08, 昭和 from 1926-12-25, 大正 from 1912-07-30, 明治 from 1868-10-23
(Gregorian dates in law from 1873-01-01).
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, timedelta, timezone
from typing import NamedTuple

from kitei.errors import UsageError

ONE_DAY = timedelta(days=1)
# Japan has no daylight saving, so no time zone database is needed.
TOKYO = timezone(timedelta(hours=9), "JST")


class Era(NamedTuple):
    """A Japanese era: its names and its first day."""

    kanji: str
    letter: str
    first: date


ERAS = (
    Era("令和", "R", date(2019, 5, 1)),
    Era("平成", "H", date(1989, 1, 8)),
    Era("昭和", "S", date(1926, 12, 25)),
    Era("大正", "T", date(1912, 7, 30)),
    Era("明治", "M", date(1868, 10, 23)),
)
_BY_NAME = {key: era for era in ERAS for key in (era.kanji, era.letter, era.kanji[0])}
_NAMES = "|".join(_BY_NAME)
_ERA_DATE = re.compile(
    rf"({_NAMES})\.?\s*(元|\d{{1,2}})\s*[年./-]\s*(\d{{1,2}})\s*[月./-]\s*(\d{{1,2}})\s*日?"
)
_WESTERN = re.compile(r"(\d{4})\s*[年./-]\s*(\d{1,2})\s*[月./-]\s*(\d{1,2})\s*日?(?:[ T]00:00:00)?")


def today() -> date:
    """Today in Japan (Asia/Tokyo), whatever the machine's own zone."""
    return datetime.now(TOKYO).date()


def parse_day(text: str) -> date:
    """The day that ``text`` writes: ISO, 2024/4/1, 令和6年4月1日, 令和元年5月1日, R6.4.1,
    令6.4.1.

    Full-width digits and signs are read as their narrow forms. Raises
    ``ValueError`` when the text is no date, the day does not exist, or an era
    date lies before the era's first day or after its last.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    if match := _ERA_DATE.fullmatch(plain.upper()):
        return _era_day(*match.groups())
    if match := _WESTERN.fullmatch(plain):
        year, month, day = (int(part) for part in match.groups())
        return date(year, month, day)
    raise ValueError(f"not a date: {text!r}")


def require_period(first: date, last: date) -> None:
    """Raise ``UsageError`` where a period ends before it begins."""
    if last < first:
        raise UsageError(
            f"期間の終わり ({last}) が始め ({first}) より前である。",
            f"The period ends ({last}) before it begins ({first}).",
        )


def _era_day(name: str, year: str, month: str, day: str) -> date:
    era = _BY_NAME[name]
    number = 1 if year == "元" else int(year)
    if number < 1:
        raise ValueError("an era has no year 0")
    value = date(era.first.year + number - 1, int(month), int(day))
    if era_of(value) is not era:
        raise ValueError(f"{value} is not in the era {era.kanji}")
    return value


def era_of(value: date) -> Era:
    """The era that ``value`` lies in. Raises ``ValueError`` before the first era known here."""
    for era in ERAS:
        if value >= era.first:
            return era
    raise ValueError(f"no era for {value}")


def in_era(value: date) -> str:
    """``value`` as official Japanese writes it: 令和6年6月5日, 令和元年5月1日.

    Days before the first era known here are written in the Western calendar.
    """
    if value < ERAS[-1].first:
        return f"{value.year}年{value.month}月{value.day}日"
    era = era_of(value)
    number = value.year - era.first.year + 1
    return f"{era.kanji}{'元' if number == 1 else number}年{value.month}月{value.day}日"
