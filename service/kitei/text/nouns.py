"""The noun phrase that ends at a given place.

Japanese marks no left edge of a noun. A run of kanji, katakana and Latin
letters is one phrase when a particle, a modifier or punctuation precedes it. Names may
begin in hiragana (さくら市…): then the phrase is taken whole if punctuation
bounds it, and not at all if nothing does. A wrong edge would be a wrong claim.
"""

from __future__ import annotations

import re

_NOUN = re.compile(r"[一-龯㐀-䶿々〇ヶァ-ヺー・A-Za-zＡ-Ｚａ-ｚ0-9０-９&＆]+$")
_HIRAGANA = re.compile(r"[ぁ-ん]+$")
_LEADING = re.compile(r"(?:その他の?|その|この|ただし|また|及び|又は|並びに|若しくは|かつ|から|と)")
# Particles, and the endings of verbs and adjectives that modify a noun.
_MODIFIER = re.compile(r"[はがをにのとでへもやるたなういくすび]$")
_PLACE_NAME = re.compile(r"[市町村郡](?![長立民議内外税役有営])")


def ends_in_noun(text: str) -> bool:
    """Whether ``text`` stops in the middle of, or right after, a noun."""
    return _NOUN.search(text) is not None


def noun_before(text: str, end: int) -> str:
    """The noun phrase of ``text`` that stops at ``end``; empty if its beginning is uncertain."""
    match = _NOUN.search(text, 0, end)
    if match is None:
        return ""
    noun = match[0]
    hiragana = _HIRAGANA.search(text, 0, match.start())
    if hiragana is None:
        return noun
    before = text[: hiragana.start()]
    bounded = _NOUN.search(before) is None
    stretch = hiragana[0]
    while bounded and (leading := _LEADING.match(stretch)):
        stretch = stretch[leading.end() :]
    if not stretch:
        return noun
    is_name = _PLACE_NAME.match(noun) is not None and len(stretch) > 1
    if _MODIFIER.search(stretch) and not is_name:
        return noun
    return stretch + noun if bounded else ""
