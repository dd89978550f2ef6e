"""Waivers: findings that somebody answers for until a day, kept in a TOML file.

The file is the baseline of ``kitei check --baseline FILE``::

    [[waiver]]
    rule = "seat-missing"
    focus = "財務部税務課"
    provision = "art_5__para_3"   # optional: without it, any provision
    reason = "後任は5月1日付けで指名する"
    author = "総務課 D-12"
    expires = 2026-05-31          # the last day on which it counts, in Tokyo
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from kitei import files
from kitei.check.finding import Finding
from kitei.errors import UsageError

if TYPE_CHECKING:
    from kitei.check.checking import Report

_TABLE = "waiver"
_TEXTS = ("rule", "focus", "provision", "reason", "author")
_TO_FILL = ("reason", "author", "expires")
_KNOWN = (*_TEXTS, "expires")
_HEADER = """\
# 免除する検査結果。空の reason, author, expires を埋めるまで、検査はこの表を受け付けない。
# Waived findings. Fill every empty reason, author and expires: until then the check refuses this.
"""


class Waiver(NamedTuple):
    """An entry of the baseline."""

    rule: str
    focus: str
    provision: str | None
    """The eId of the provision; ``None`` covers the focus under any provision."""
    reason: str
    author: str
    expires: date | None
    """The last day on which it counts; ``None`` only while it waits to be filled in."""

    def covers(self, finding: Finding) -> bool:
        """Whether the entry speaks of ``finding``."""
        provisions = (None, finding.provision)
        return (self.rule, self.focus) == (finding.rule, finding.focus) and (
            self.provision in provisions
        )

    def expired(self, today: date) -> bool:
        """Whether its last day has passed."""
        return self.expires is None or self.expires < today


class Waived(NamedTuple):
    """A finding with the entry that speaks of it."""

    finding: Finding
    waiver: Waiver


class Waivers(NamedTuple):
    """What a baseline did to the findings of a check."""

    waived: Sequence[Waived]
    """Findings that the verdict leaves out."""
    expired: Sequence[Waived]
    """Findings that count again, each with the entry that has run out."""
    unused: Sequence[Waiver]
    """Entries that speak of no finding."""


def read(path: Path, rules: Collection[str], *, filled: bool = True) -> list[Waiver]:
    """The waivers of a file, in its order.

    ``rules`` are the names that exist. Raises ``InputUnreadableError`` when the file is no
    TOML, and ``UsageError`` naming file and entry when an entry does not say what it must
    (``filled=False`` lets reason, author and expiry wait, for a file about to be rewritten).
    """
    document = files.parse_toml(path, files.read(path))
    entries = document.pop(_TABLE, [])
    if document or not isinstance(entries, list):
        raise UsageError(
            f"{path}: [[{_TABLE}]] の並びだけを書く。",
            f"{path}: only [[{_TABLE}]] tables belong here",
        )
    return [
        _waiver(_Entry(path, number, entry), rules, filled)
        for number, entry in enumerate(entries, start=1)
    ]


class _Entry(NamedTuple):
    """A table of the file, with where it stands for whoever has to mend it."""

    path: Path
    number: int
    table: object

    def wrong(self, ja: str, en: str) -> UsageError:
        return UsageError(
            f"{self.path}: {self.number}番目の [[{_TABLE}]]: {ja}",
            f"{self.path}: [[{_TABLE}]] number {self.number}: {en}",
        )


def _waiver(entry: _Entry, rules: Collection[str], filled: bool) -> Waiver:
    table = entry.table
    if not isinstance(table, dict):
        raise entry.wrong("表ではない。", "not a table")
    if unknown := sorted(set(table) - set(_KNOWN)):
        names = ", ".join(unknown)
        raise entry.wrong(
            f"知らない項目: {names} (書けるもの: {', '.join(_KNOWN)})",
            f"unknown key: {names} (known: {', '.join(_KNOWN)})",
        )
    texts = {name: _text(entry, name, table.get(name, "")) for name in _TEXTS}
    expires = _day(entry, table.get("expires", ""))
    given = {**texts, "expires": expires}
    for name in ("rule", "focus", *(_TO_FILL if filled else ())):
        if not given[name]:
            raise entry.wrong(f"{name} がないか、空である。", f"{name} is missing or empty")
    if filled and texts["rule"] not in rules:
        raise entry.wrong(
            f"そのような規則はない: {texts['rule']}", f"there is no rule called {texts['rule']}"
        )
    return Waiver(
        texts["rule"],
        texts["focus"],
        texts["provision"] or None,
        texts["reason"],
        texts["author"],
        expires,
    )


def _text(entry: _Entry, name: str, value: object) -> str:
    if not isinstance(value, str):
        raise entry.wrong(f"{name} は文字列で書く。", f"{name} has to be a string")
    return value.strip()


def _day(entry: _Entry, value: object) -> date | None:
    if value == "":
        return None
    # A moment is a day too, as far as Python goes.
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    with suppress(ValueError):
        if isinstance(value, str):
            return date.fromisoformat(value.strip())
    raise entry.wrong(
        "expires は日付で書く (例: expires = 2026-12-31)。",
        "expires has to be a day (expires = 2026-12-31)",
    )


def apply(report: Report, waivers: Sequence[Waiver], today: date) -> Report:
    """``report`` without the findings that a waiver covers and whose last day has not passed.

    A finding that several entries cover is waived as long as one of them lasts.
    """
    waived: list[Waived] = []
    expired: list[Waived] = []
    kept: list[Finding] = []
    used: set[Waiver] = set()
    for finding in report.findings:
        covering = [waiver for waiver in waivers if waiver.covers(finding)]
        used.update(covering)
        lasting = [waiver for waiver in covering if not waiver.expired(today)]
        if lasting:
            waived.append(Waived(finding, lasting[0]))
            continue
        kept.append(finding)
        expired.extend(Waived(finding, waiver) for waiver in covering)
    unused = [waiver for waiver in waivers if waiver not in used]
    return report._replace(findings=kept, waivers=Waivers(waived, expired, unused))


def updated(
    findings: Iterable[Finding], failing: Iterable[Finding], known: Sequence[Waiver]
) -> list[Waiver]:
    """The entries that a new baseline has: one for each of ``failing``, sorted.

    An entry that covers one of ``findings`` stays as it is written; what is new waits to be
    filled in; what covers nothing any more is left out.
    """
    current = list(findings)
    kept = {waiver for waiver in known if any(map(waiver.covers, current))}
    new = {
        Waiver(finding.rule, finding.focus, finding.provision, "", "", None)
        for finding in failing
        if not any(waiver.covers(finding) for waiver in kept)
    }
    return sorted(kept | new, key=lambda w: (w.rule, w.focus, w.provision or "", w.reason))


def write(path: Path, waivers: Iterable[Waiver]) -> None:
    """Write a baseline, whole or not at all. Raises ``UsageError`` when it cannot be."""
    text = _HEADER + "".join(f"\n{_toml(waiver)}" for waiver in waivers)
    files.write_all([(path, text)])


def _toml(waiver: Waiver) -> str:
    lines = [f"[[{_TABLE}]]", f"rule = {_quoted(waiver.rule)}", f"focus = {_quoted(waiver.focus)}"]
    if waiver.provision:
        lines.append(f"provision = {_quoted(waiver.provision)}")
    lines += [
        f"reason = {_quoted(waiver.reason)}",
        f"author = {_quoted(waiver.author)}",
        f"expires = {waiver.expires.isoformat() if waiver.expires else _quoted('')}",
    ]
    return "".join(f"{line}\n" for line in lines)


def _quoted(text: str) -> str:
    # A JSON string is a basic string of TOML, but for DEL, which TOML wants escaped.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
