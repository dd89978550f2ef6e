"""What a baseline did to the findings of a check, for the writers of its formats."""

from __future__ import annotations

from kitei.check import Finding, Report
from kitei.check.baseline import Waived, Waiver
from kitei.errors import Bilingual


def fields(report: Report) -> dict[str, object]:
    """The JSON members ``waivers`` that a report has when a baseline was given, else none."""
    found = report.waivers
    if found is None:
        return {}
    return {
        "waivers": {
            "waived": [_waived(item) for item in found.waived],
            "expired": [_waived(item) for item in found.expired],
            "unused": [_waiver(waiver) for waiver in found.unused],
        }
    }


def _waived(item: Waived) -> dict[str, object]:
    source = item.finding.source
    return item.finding.fields(
        source=source.fields() if source else None, waiver=_answerable(item.waiver)
    )


def _answerable(waiver: Waiver) -> dict[str, object]:
    return {
        "reason": waiver.reason,
        "author": waiver.author,
        "expires": waiver.expires.isoformat() if waiver.expires else None,
    }


def _waiver(waiver: Waiver) -> dict[str, object]:
    identity = {"rule": waiver.rule, "provision": waiver.provision, "focus": waiver.focus}
    return identity | _answerable(waiver)


def told(report: Report) -> list[Bilingual]:
    """The same for people, a line each."""
    found = report.waivers
    if found is None:
        return []
    return [
        *(_line(Bilingual("免除", "waived"), i.finding, i.waiver) for i in found.waived),
        *(
            _line(Bilingual("免除の期限切れ", "waiver expired"), i.finding, i.waiver)
            for i in found.expired
        ),
        *(_line(Bilingual("当てはまらない免除", "unused waiver"), w, w) for w in found.unused),
    ]


def _line(kind: Bilingual, about: Finding | Waiver, waiver: Waiver) -> Bilingual:
    reason, author, focus = map(_plain, (waiver.reason, waiver.author, about.focus))
    return Bilingual(
        f"{kind.ja}: {about.rule} {focus}: {reason} ({author}、{waiver.expires}まで)",
        f"{kind.en}: {about.rule} {focus}: {reason} ({author}, through {waiver.expires})",
    )


def _plain(text: str) -> str:
    """One line, and nothing that a terminal would obey."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
