"""What one roster changes over another, as text and as JSON. Persons are staff numbers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping

from kitei.check import Finding
from kitei.check.comparison import Acting, Comparison, Gap, PostChange
from kitei.errors import Bilingual
from kitei.readings import members
from kitei.report.answers import DISCLAIMER

SEVERITY = {
    "violation": Bilingual("不適合", "violation"),
    "warning": Bilingual("要確認", "warning"),
    "info": Bilingual("参考", "info"),
}
_CAPACITY = {
    "holder": Bilingual("本人", "holder"),
    "acting": Bilingual("職務代理", "acting"),
}
_NOBODY = Bilingual("定まらない", "nobody settled")
_NO_TEXT = Bilingual("(本文なし)", "(no text)")


def finding_lines(finding: Finding, mark: str, language: str, note: str = "") -> str:
    """A finding for people: a line that says which, and one that says what."""
    severity = SEVERITY[finding.severity].within(language)
    return (
        f"  {mark} {severity} {finding.rule} {finding.focus}{note}\n"
        f"      {finding.message.within(language)}\n"
    )


def as_json(comparison: Comparison, language: str) -> str:
    """The documented JSON, in both languages."""
    del language
    document = {
        "as_of": comparison.as_of.isoformat(),
        "until": comparison.until.isoformat(),
        "fail_on": comparison.fail_on,
        "passes": comparison.passes,
        "text": comparison.new.text.fields(),
        "not_judged": {
            "old": list(comparison.old.not_judged),
            "new": list(comparison.new.not_judged),
        },
        "findings": {
            "appeared": [
                f.fields() | {"judged_before": comparison.judged_before(f)}
                for f in comparison.appeared
            ],
            "vanished": [
                f.fields() | {"judged_now": comparison.judged_now(f)} for f in comparison.vanished
            ],
            "stayed": [f.fields() for f in comparison.stayed],
        },
        "posts": [_post(change) for change in comparison.posts],
        "gaps": {
            "new": [_gap(gap) for gap in comparison.gaps],
            "opened": [_period(gap) for gap in comparison.opened],
            "closed": [_period(gap) for gap in comparison.closed],
        },
        **members(comparison.new.switched),
        "notices": [notice._asdict() for notice in comparison.new.notices],
        "disclaimer": DISCLAIMER._asdict(),
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _post(change: PostChange) -> dict[str, object]:
    return {"post": change.post.ja, "old": _acting(change.old), "new": _acting(change.new)}


def _acting(acting: Acting | None) -> dict[str, object] | None:
    if acting is None:
        return None
    return {
        "status": acting.status,
        "persons": [{"capacity": capacity, "person": who} for capacity, who in acting.persons],
        "basis": list(acting.basis),
    }


def _period(gap: Gap) -> dict[str, object]:
    return {
        "post": gap.post.ja if gap.post else None,
        "from": gap.first.isoformat(),
        "through": gap.last.isoformat(),
    }


def _gap(gap: Gap) -> dict[str, object]:
    return _period(gap) | {"status": gap.status, "condition": gap.condition}


def as_text(comparison: Comparison, language: str) -> str:
    """What appears, what vanishes, who changes, and the days that nobody covers."""
    parts = [
        _section(
            Bilingual("新たに生じるもの", "Appears"), _appeared(comparison, language), language
        ),
        _section(Bilingual("なくなるもの", "Vanishes"), _vanished(comparison, language), language),
        _section(
            Bilingual("変わらないもの", "Stays"),
            [finding_lines(f, "=", language) for f in comparison.stayed],
            language,
        ),
        _section(
            Bilingual("職務を行う者の変わる職", "Posts whose holder or acting person changes"),
            [_post_line(change, language) for change in comparison.posts],
            language,
        ),
        _section(
            Bilingual("職務を行う者の定まらない期間", "Days in which nobody is settled to act"),
            _gap_lines(comparison, language),
            language,
        ),
        *(f"{line.within(language)}\n" for line in _closing(comparison)),
    ]
    return "".join(parts)


def _section(title: Bilingual, lines: Iterable[str], language: str) -> str:
    body = "".join(lines) or f"  {Bilingual('なし', 'none').within(language)}\n"
    return f"{title.within(language)}\n{body}\n"


def _appeared(comparison: Comparison, language: str) -> list[str]:
    note = Bilingual(" (旧名簿では表がなく判断していない)", " (not judged in the old roster)")
    return [
        finding_lines(
            finding,
            "+",
            language,
            "" if comparison.judged_before(finding) else note.within(language),
        )
        for finding in comparison.appeared
    ]


def _vanished(comparison: Comparison, language: str) -> list[str]:
    note = Bilingual(" (新名簿では表がなく判断していない)", " (not judged in the new roster)")
    return [
        finding_lines(
            finding, "-", language, "" if comparison.judged_now(finding) else note.within(language)
        )
        for finding in comparison.vanished
    ]


def _post_line(change: PostChange, language: str) -> str:
    old, new = (_who(acting).within(language) for acting in (change.old, change.new))
    return f"  {change.post.within(language)}: {old} -> {new}\n"


def _who(acting: Acting | None) -> Bilingual:
    if acting is None or not acting.persons:
        status = f" ({acting.status})" if acting else ""
        return Bilingual(_NOBODY.ja + status, _NOBODY.en + status)
    said = [
        Bilingual(f"{who} ({capacity.ja})", f"{who} ({capacity.en})")
        for code, who in acting.persons
        for capacity in [_CAPACITY.get(code or "", Bilingual(code or "-", code or "-"))]
    ]
    status = "" if acting.status == "ANSWER" else f" {acting.status}"
    return Bilingual(
        "、".join(words.ja for words in said) + status,
        ", ".join(words.en for words in said) + status,
    )


def _gap_lines(comparison: Comparison, language: str) -> list[str]:
    kinds = (
        (" ", Bilingual("", ""), comparison.gaps),
        ("+", Bilingual(" (新たに生じる)", " (opened by the change)"), comparison.opened),
        ("-", Bilingual(" (なくなる)", " (closed by the change)"), comparison.closed),
    )
    return [
        f"  {mark} {gap.first} - {gap.last} {(gap.post or _NO_TEXT).within(language)}"
        f"{f' {gap.status}' if gap.status else ''}{note.within(language)}\n"
        for mark, note, gaps in kinds
        for gap in gaps
    ]


def _closing(comparison: Comparison) -> list[Bilingual]:
    counts = [len(f) for f in (comparison.appeared, comparison.vanished, comparison.stayed)]
    severity = SEVERITY[comparison.fail_on]
    verdict = (
        Bilingual(
            f"「{severity.ja}」以上の新たなものはない", f"nothing new at or above {severity.en}"
        )
        if comparison.passes
        else Bilingual(f"「{severity.ja}」以上の新たなものがある", f"new at or above {severity.en}")
    )
    return [
        Bilingual(
            f"{comparison.as_of}現在: {verdict.ja} (生じる {counts[0]}, なくなる {counts[1]}, "
            f"変わらない {counts[2]})",
            f"As of {comparison.as_of}: {verdict.en} (appears {counts[0]}, vanishes {counts[1]}, "
            f"stays {counts[2]})",
        ),
        *comparison.new.notices,
        DISCLAIMER,
    ]


FORMATS: Mapping[str, Callable[[Comparison, str], str]] = {"json": as_json, "text": as_text}
