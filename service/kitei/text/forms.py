"""The forms that a line of a published regulation can begin with.

A form is recognised by its shape alone. Whether it can stand where it stands
is the reader's business.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from kitei.dates import ERAS
from kitei.text.lines import GAP
from kitei.text.numerals import BRANCH, NUMBER, arabic
from kitei.text.tree import Kind

ERA = "(?:" + "|".join(era.kanji for era in ERAS) + ")"
DAY = rf"{ERA}(?:元|{NUMBER})年{NUMBER}月{NUMBER}日"
ACT_NUMBER = rf"[^\s。、()（）]+?第{NUMBER}号(?:[^\s。()（）]*第{NUMBER}号)?"

_END = rf"(?={GAP}|$)"
_ARTICLE = re.compile(rf"第({NUMBER})条({BRANCH}){_END}{GAP}*")
# Some cities number the main divisions 第1, 第2 without 条.
_BARE_ARTICLE = re.compile(rf"第({NUMBER})({BRANCH}){_END}{GAP}*")
_PARAGRAPH = re.compile(rf"([0-9０-９]{{1,3}})(){_END}{GAP}*")
_HEADING = re.compile(rf"第({NUMBER})([編章節款])({BRANCH}){_END}{GAP}*")
_CONTENTS_ENTRY = re.compile(rf"[(（]第{NUMBER}条.*[)）]$")
_KANA = "ア-ワヲン"
_IROHA = (
    "イロハニホヘトチリヌルヲワカヨタレソツネナラムウヰノオクヤマケフコエテアサキユメミシヱヒモセス"
)
_GOJUON = (
    "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲン"
)
_ITEM_FORMS = (
    (Kind.ITEM, 0, re.compile(rf"[(（]({NUMBER})[)）]({BRANCH}){GAP}*")),
    (Kind.ITEM, 0, re.compile(rf"([一二三四五六七八九十]{{1,3}})({BRANCH}){_END}{GAP}*")),
    (Kind.SUB_ITEM, 1, re.compile(rf"([{_KANA}])(){_END}{GAP}*")),
    (Kind.SUB_ITEM, 2, re.compile(rf"[(（]([{_KANA}])[)）](){GAP}*")),
)
_HEADING_KINDS = {
    "編": Kind.PART,
    "章": Kind.CHAPTER,
    "節": Kind.SECTION,
    "款": Kind.SUBSECTION,
}
_TITLE = re.compile(rf"[○◯〇]{GAP}*(.+)")
_CAPTION = re.compile(r"[(（]([^()（）]+(?:[(（][^()（）]*[)）][^()（）]*)*)[)）]")
# (令4訓令甲6・一部改正) below an article records a change and is nobody's caption.
_AMENDMENT_NOTE = re.compile(r"[令平昭].*(?:改正|追加|繰[上下])")
_ENTRY = re.compile(r"この[^はの、,。]{1,12}は[、,，]?.*(?:施行|適用)")
_SUPPLEMENT = re.compile(
    rf"附{GAP}*則{GAP}*抄?{GAP}*(?:[(（]{GAP}*{DAY}.*[)）])?{GAP}*抄?|附{GAP}*則.{{0,3}}[(（].*[)）]"
)
_AMENDING = re.compile(rf"[(（]{GAP}*{DAY}{GAP}*{ACT_NUMBER}.*[)）]")
_ANNEX = re.compile(r"(?:別表|別記|別図|様式|別紙)[^。]{0,40}")
DATE_AND_NUMBER = re.compile(rf"[(（]?({DAY})({GAP}*)({ACT_NUMBER})?[)）]?")
ONLY_NUMBER = re.compile(rf"[(（]?[^。、,，()（）]*第{NUMBER}号[)）]?")


class Label(NamedTuple):
    """The label of a line: what it opens, its number, and how many characters it takes."""

    kind: Kind
    number: str
    width: int
    written: str
    level: int = 0


def _label(kind: Kind, match: re.Match[str] | None, level: int = 0) -> Label | None:
    if match is None:
        return None
    number = arabic(match[1] + match[match.re.groups])
    return Label(kind, number, match.end(), match.group().rstrip(), level)


def title(text: str) -> str:
    """The title after ○; empty when ``text`` is no title line."""
    match = _TITLE.fullmatch(text)
    return match[1] if match else ""


def article(text: str, bare: bool = False) -> Label | None:
    """第5条, 第3条の2, 第五条; with ``bare`` 第5."""
    return _label(Kind.ARTICLE, (_BARE_ARTICLE if bare else _ARTICLE).match(text))


def paragraph(text: str) -> Label | None:
    """2, ２ and a space."""
    return _label(Kind.PARAGRAPH, _PARAGRAPH.match(text))


def item(text: str) -> Label | None:
    """(1), (一), 一, ア, (ア): level 0 for items, deeper for what stands below them."""
    for kind, level, form in _ITEM_FORMS:
        if found := _label(kind, form.match(text), level):
            return found
    return None


def heading(text: str) -> Label | None:
    """第1章 総則 and its like, but not an entry of a table of contents."""
    match = _HEADING.match(text)
    if match is None or _CONTENTS_ENTRY.search(text):
        return None
    return _label(_HEADING_KINDS[match[2]], match)


def caption(text: str) -> str:
    """The words of a line that is one bracket; empty when it is not."""
    match = _CAPTION.fullmatch(text)
    return match[1] if match and not _AMENDMENT_NOTE.match(match[1]) else ""


def is_entry_into_force(text: str) -> bool:
    """この…は、…施行する: how an unlabelled supplementary provision begins."""
    return _ENTRY.match(text) is not None


def is_supplement_heading(text: str) -> bool:
    """附則, 附 則(令和5年…規則第3号)."""
    return _SUPPLEMENT.fullmatch(text) is not None


def is_amending_act(text: str) -> bool:
    """(令和5年3月27日訓令第2号) as a line of its own."""
    return _AMENDING.fullmatch(text) is not None


def is_annex_heading(text: str) -> bool:
    """別表, 別表第1(第5条関係), 様式第1号."""
    return _ANNEX.fullmatch(text) is not None


def kana_position(kana: str, first: str) -> int:
    """The place of a sub-item in its series, アイウ or, if the series begins with イ, イロハ."""
    series = _IROHA if first == "イ" else _GOJUON
    return series.find(kana) + 1
