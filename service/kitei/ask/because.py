"""The sentence that explains who acts, in the words of Japanese legal drafting.

事故 is inability to perform the duties and 欠けた a vacant post. Sentences name
posts and provisions, never persons, so that they may be quoted anywhere.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from kitei.ask.labels import Labels
from kitei.ask.standing import Standing
from kitei.dates import in_era
from kitei.errors import Bilingual
from kitei.namespaces import local_name
from kitei.store import Row


class _Case(NamedTuple):
    """What a sentence can speak of, already in words."""

    day: Bilingual
    name: Bilingual
    post: Bilingual
    """The name of the post, followed by the office that fills it in brackets."""
    basis: Bilingual
    by: Bilingual
    status: str
    capacity: str
    condition: str
    triggers: Bilingual
    has_basis: bool
    text: Standing


def because(row: Row, labels: Labels, day: date, text: Standing) -> Bilingual:
    """Why the answer in ``row`` (a solution of who-acts) is what it is."""
    case = _case(row, labels, day, text)
    if case.status in ("text-not-held", "not-in-force"):
        return _without_text(case)
    if not case.condition:
        return _by_rule_alone(case)
    return _SENTENCES.get((case.status, case.capacity), _nobody)(case)


def _case(row: Row, labels: Labels, day: date, text: Standing) -> _Case:
    post = labels.label(row["post"] or "") if row.get("post") else Bilingual("", "")
    by = labels.label(row["by"] or "") if row.get("by") else Bilingual("", "")
    provisions = [labels.citation(thing) for thing in (row.get("basis") or "").split()]
    triggers = [_TRIGGERS[_code(thing, "condition-")] for thing in _sorted(row.get("triggers"))]
    return _Case(
        day=Bilingual(in_era(day), day.isoformat()),
        name=post,
        post=_with_office(post, row.get("office"), labels),
        basis=Bilingual(
            "、".join(p.ja for p in provisions), " and ".join(p.en for p in provisions)
        ),
        by=_with_office(by, row.get("byOffice"), labels) if row.get("condition") else by,
        status=_code(row.get("status"), "status-"),
        capacity=_code(row.get("capacity"), "capacity-"),
        condition=_code(row.get("condition"), "condition-"),
        triggers=Bilingual(_joined([t.ja for t in triggers]), " or ".join(t.en for t in triggers)),
        has_basis=bool(provisions),
        text=text,
    )


def _sorted(things: str | None) -> list[str]:
    return sorted((things or "").split())


def _joined(clauses: list[str]) -> str:
    """に事故があるとき、又は欠けたとき: the particle is said once."""
    return "、又は".join(c if i == 0 else c.lstrip("がに") for i, c in enumerate(clauses))


def _code(concept: str | None, prefix: str) -> str:
    return local_name(concept).removeprefix(prefix) if concept else ""


def _with_office(post: Bilingual, offices: str | None, labels: Labels) -> Bilingual:
    names = [labels.label(office) for office in (offices or "").split()]
    if not names:
        return post
    return Bilingual(
        f"{post.ja}({'、'.join(name.ja for name in names)})",
        f"{post.en} ({', '.join(name.en for name in names)})",
    )


def _cause(case: _Case) -> Bilingual:
    """The condition of the post, as a clause that goes on."""
    return {
        "incapacity": Bilingual("に事故がある", "is unable to perform the duties"),
        "vacancy": Bilingual("が欠けている", "is vacant"),
        "partly-incapacitated": Bilingual(
            "の職にある者の一部に事故がある", "has several holders of whom some are unable"
        ),
    }.get(case.condition, Bilingual("がある", "is held"))


def _holder(case: _Case) -> Bilingual:
    if not case.has_basis:
        return Bilingual(
            f"{case.day.ja}現在、{case.post.ja}の職にある者が自ら職務を行う。",
            f"As of {case.day.en}, the holder of {case.post.en} performs the duties.",
        )
    if not case.by.ja:
        return Bilingual(
            f"{case.day.ja}現在、{case.basis.ja}の規定により指名又は任命された者が{case.post.ja}である。",
            f"As of {case.day.en}, {case.post.en} is whoever was designated under {case.basis.en}.",
        )
    return Bilingual(
        f"{case.day.ja}現在、{case.basis.ja}の規定により、{case.by.ja}の職にある者が{case.name.ja}である。",
        f"As of {case.day.en}, under {case.basis.en} the holder of {case.by.en} is {case.name.en}.",
    )


def _several_holders(case: _Case) -> Bilingual:
    by = case.by if case.by.ja else case.name
    rule = Bilingual(
        f"{case.basis.ja}は" if case.has_basis else "本文は",
        case.basis.en if case.has_basis else "the text",
    )
    return Bilingual(
        f"{case.day.ja}現在、{by.ja}の職にある者が複数あり、"
        f"{rule.ja}いずれの者を{case.name.ja}とするかを定めていない。",
        f"As of {case.day.en}, {by.en} has several holders, and {rule.en} does not say "
        f"which of them is {case.name.en}.",
    )


def _acting(case: _Case) -> Bilingual:
    cause = _cause(case)
    return Bilingual(
        f"{case.day.ja}現在、{case.post.ja}{cause.ja}ため、{case.basis.ja}の規定により、"
        f"{case.by.ja}がその職務を代理する。",
        f"As of {case.day.en}, {case.post.en} {cause.en}; under {case.basis.en} {case.by.en} acts.",
    )


def _several_substitutes(case: _Case) -> Bilingual:
    cause = _cause(case)
    return Bilingual(
        f"{case.day.ja}現在、{case.post.ja}{cause.ja}ため、{case.basis.ja}の規定により職務を代理すべき"
        f"{case.by.ja}が複数あり、その順序の定めがない。",
        f"As of {case.day.en}, {case.post.en} {cause.en}; under {case.basis.en} several could act "
        f"({case.by.en}), and no order is laid down.",
    )


def _nobody(case: _Case) -> Bilingual:
    cause = _cause(case)
    head_ja = f"{case.day.ja}現在、{case.post.ja}{cause.ja}が、"
    head_en = f"As of {case.day.en}, {case.post.en} {cause.en}, "
    if case.status == "none-provided":
        return Bilingual(
            f"{head_ja}{case.basis.ja}の規定により職務を代理する者にも事故があり、又は欠けているため、"
            "職務を代理する者がいない。",
            f"{head_en}and whoever would act under {case.basis.en} is unable, "
            "or that post is vacant: nobody is provided.",
        )
    if case.has_basis:
        return Bilingual(
            f"{head_ja}{case.basis.ja}の規定からは、このとき職務を行う者が定まらない。",
            f"{head_en}and {case.basis.en} does not settle who acts in this case.",
        )
    return Bilingual(
        f"{head_ja}このとき職務を行う者の定めがない。",
        f"{head_en}and the text does not say who acts in this case.",
    )


def _without_text(case: _Case) -> Bilingual:
    if case.status == "not-in-force":
        return Bilingual(
            f"{case.day.ja}現在、{case.text.regulation.title}は施行されていない。",
            f"As of {case.day.en}, the regulation is not in force.",
        )
    return Bilingual(
        f"{case.day.ja}現在施行されている版({case.text.version}施行)の本文を収録していないため、答えない。",
        f"The text in force on {case.day.en} (version of {case.text.version}) is not held, "
        "so no answer is given.",
    )


def _by_rule_alone(case: _Case) -> Bilingual:
    if case.capacity == "acting":
        by = case.by if case.by.ja else _DESIGNATED
        return Bilingual(
            f"{case.basis.ja}の規定により、{case.name.ja}{case.triggers.ja}は、"
            f"{by.ja}がその職務を代理する。",
            f"Under {case.basis.en}, {by.en} acts for {case.name.en} when "
            f"{case.name.en} {case.triggers.en}.",
        )
    if case.capacity == "holder" and not case.by.ja:
        return Bilingual(
            f"{case.basis.ja}の規定により、{case.name.ja}は、同項の定めるところにより指名され、又は任命された者である。",
            f"Under {case.basis.en}, {case.name.en} is whoever was designated or appointed "
            "as it says.",
        )
    if case.capacity == "holder":
        return Bilingual(
            f"{case.basis.ja}の規定により、{case.name.ja}は{case.by.ja}をもって充てる。",
            f"Under {case.basis.en}, the holder of {case.by.en} shall serve as {case.name.en}.",
        )
    return Bilingual(
        f"{case.name.ja}に充てる者及び職務を代理する者の定めがない。",
        f"The text says neither who fills {case.name.en} nor who acts.",
    )


_DESIGNATED = Bilingual("あらかじめ指名された者", "whoever was designated in advance")
_TRIGGERS = {
    "incapacity": Bilingual("に事故があるとき", "is unable to perform the duties"),
    "vacancy": Bilingual("が欠けたとき", "is vacant"),
}
_SENTENCES: dict[tuple[str, str], Callable[[_Case], Bilingual]] = {
    ("answer", "holder"): _holder,
    ("ambiguous", "holder"): _several_holders,
    ("answer", "acting"): _acting,
    ("ambiguous", "acting"): _several_substitutes,
}
