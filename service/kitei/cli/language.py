"""The language of the person at the terminal."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence

from kitei.errors import Bilingual

LANGUAGES = ("ja", "en")
# What argparse says (in English only), by its own wording.
_ARGPARSE = (
    (r"argument (.+?): expected .*argument.*", "{0} に値が要る。"),
    (
        r"argument (.+?): invalid choice: (.+?) \((?:choose from )?(.+)\)",
        "{0} に {1} はない。次から選ぶ: {2}",
    ),
    (r"argument (.+?): not allowed with argument (.+)", "{0} は {1} と併せて指定できない。"),
    (r"argument (.+?): ignored explicit argument (.+)", "{0} は値をとらない: {1}"),
    (r"argument (.+?): invalid .*value: (.+)", "{0} の値として読めない: {1}"),
    (r"the following arguments are required: (.+)", "次が要る: {0}"),
    (r"unrecognized arguments: (.+)", "余分な語: {0}"),
    (r"ambiguous option: (.+) could match (.+)", "{0} は一つに定まらない: {1}"),
)


def user_language(arguments: Sequence[str] = ()) -> str:
    """``ja`` or ``en``: from ``--lang`` if it is given, else from the locale (POSIX order)."""
    for index, word in enumerate(arguments):
        if word.startswith("--lang="):
            return _known(word.partition("=")[2])
        if word == "--lang" and index + 1 < len(arguments):
            return _known(arguments[index + 1])
    locale = next((v for k in ("LC_ALL", "LC_MESSAGES", "LANG") if (v := os.environ.get(k))), "")
    return "ja" if locale.startswith("ja") else "en"


def usage(message: str, program: str) -> Bilingual:
    """What argparse finds wrong with a command line, in both languages, with where to look."""
    japanese = f"引数が正しくない: {message}"
    for pattern, said in _ARGPARSE:
        if match := re.fullmatch(pattern, message, re.DOTALL):
            japanese = said.format(*match.groups())
            break
    return Bilingual(f"{japanese} ({program} --help)", f"{message} (see {program} --help)")


def _known(language: str) -> str:
    return language if language in LANGUAGES else "en"
