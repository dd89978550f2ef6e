"""How a provision is cited: in Japanese, in English, and by e-Gov's anchors.

Japanese drafting leaves the paragraph out where an article has only one
(第9条, not 第9条第1項), and tells sentences apart as 本文 and ただし書, or
前段 and 後段; English follows the same cut.
"""

from __future__ import annotations

from typing import NamedTuple

from kitei.dates import in_era
from kitei.text.tree import Act, Document, Kind, Node

_HEADINGS = {
    Kind.PART: ("編", "Part", "Pa"),
    Kind.CHAPTER: ("章", "Chapter", "Ch"),
    Kind.SECTION: ("節", "Section", "Se"),
    Kind.SUBSECTION: ("款", "Subsection", "Ss"),
}
_MATTER = {
    Kind.TITLE: ("題名", "Title"),
    Kind.DATE: ("制定年月日", "Date"),
    Kind.NUMBER: ("番号", "Number"),
    Kind.PREAMBLE: ("前文", "Preamble"),
    Kind.CLOSING: ("末尾", "Closing"),
    Kind.ENDING: ("文書末", "End of file"),
}
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")


class Citation(NamedTuple):
    """One provision's name in both languages."""

    ja: str
    en: str


def citation(document: Document, node: Node) -> Citation:
    """How ``node`` is cited."""
    lineage = [each for each in document.lineage(node) if each.kind not in _HEADINGS]
    if not lineage or node.kind in _HEADINGS:
        return _heading(document, node)
    ja, en = "", []
    for position, each in enumerate(lineage):
        above = lineage[position - 1] if position else None
        step = _step(document, each, above)
        ja += step.ja
        en += [step.en] if step.en else []
    return Citation(ja, ", ".join(en))


def _heading(document: Document, node: Node) -> Citation:
    found = [
        (each.number, *_HEADINGS[each.kind])
        for each in document.lineage(node)
        if each.kind in _HEADINGS
    ]
    ja = "".join(f"第{_branched(number, unit)}" for number, unit, _, _ in found)
    return Citation(ja, ", ".join(f"{name} {_dashed(number)}" for number, _, name, _ in found))


def _branched(number: str, unit: str) -> str:
    """3の2 and 条: 3条の2."""
    head, mark, branch = number.partition("の")
    return f"{head}{unit}{mark}{branch}"


def _dashed(number: str) -> str:
    return number.replace("の", "-")


def _step(document: Document, node: Node, above: Node | None) -> Citation:
    """What ``node`` adds to the citation of what it stands in; often nothing."""
    dashed = _dashed(node.number)
    match node.kind:
        case Kind.ARTICLE:
            unit = "条" if "条" in node.label else ""
            step = Citation(f"第{_branched(node.number, unit)}", f"Article {dashed}")
        case Kind.PARAGRAPH if above is not None and len(above.of_kind(Kind.PARAGRAPH)) == 1:
            step = Citation("", "")
        case Kind.PARAGRAPH:
            step = Citation(f"第{node.number}項", f"paragraph {node.number}")
        case Kind.ITEM:
            step = Citation(f"第{_branched(node.number, '号')}", f"item {dashed}")
        case Kind.SUB_ITEM:
            step = Citation(node.label, f"sub-item {node.number}")
        case Kind.ROW:
            number = _position(node, above, Kind.ROW)
            step = Citation(f"の{number}行目", f"row {number}")
        case Kind.SENTENCE:
            step = _sentence(node, above)
        case _:
            step = _matter(document, node)
    return step


def _position(node: Node, above: Node | None, kind: Kind) -> int:
    return above.of_kind(kind).index(node) + 1 if above is not None else 1


def _sentence(node: Node, above: Node | None) -> Citation:
    others = above.of_kind(Kind.SENTENCE) if above is not None else [node]
    if len(others) == 1:
        return Citation("", "")
    if node.proviso:
        return Citation("ただし書", "proviso")
    main = [each for each in others if not each.proviso]
    if len(main) == 1:
        return Citation("本文", "main clause")
    at = main.index(node)
    names = {2: ("前段", "後段"), 3: ("前段", "中段", "後段")}
    ja = names[len(main)][at] if len(main) in names else f"第{at + 1}文"
    en = _ORDINALS[at] if at < len(_ORDINALS) else f"{at + 1}th"
    return Citation(ja, f"{en} sentence")


def _matter(document: Document, node: Node) -> Citation:
    if node.kind is Kind.ANNEX:
        name = node.label.split("(")[0].split("（")[0].strip()
        return Citation(name, f"Annex {node.eid.rpartition('_')[2]}")
    if node.kind is Kind.SUPPLEMENT:
        return _supplement(next((a for a in document.acts if a.supplement == node.eid), None))
    return Citation(*_MATTER[node.kind])


def _supplement(act: Act | None) -> Citation:
    if act is None:
        return Citation("附則", "Supplementary provisions")
    number = act.key.partition("-")[2]
    return Citation(
        f"附則({in_era(act.day)}{act.number})",
        f"Supplementary provisions of {act.day} (No. {number})",
    )


def egov_anchor(document: Document, node: Node) -> str:
    """The fragment that e-Gov law search gives such a provision; empty where none is certain.

    e-Gov puts the chapters before the article (``Mp-Ch_1-At_3-Pr_1-It_2``). Its
    forms for sub-items and supplementary provisions are not claimed here.
    """
    names = {kind: name for kind, (_, _, name) in _HEADINGS.items()}
    names |= {Kind.ARTICLE: "At", Kind.PARAGRAPH: "Pr", Kind.ITEM: "It"}
    steps = ["Mp"]
    for each in document.lineage(node):
        if each.kind not in names or (each.kind is Kind.ARTICLE and "条" not in each.label):
            return ""
        steps.append(f"{names[each.kind]}_{each.number.replace('の', '_')}")
    return "-".join(steps)
