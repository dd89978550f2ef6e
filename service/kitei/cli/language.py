"""The language of the person at the terminal."""

from __future__ import annotations

import os
from collections.abc import Sequence

LANGUAGES = ("ja", "en")


def user_language(arguments: Sequence[str] = ()) -> str:
    """``ja`` or ``en``: from ``--lang`` if it is given, else from the locale (POSIX order)."""
    for index, word in enumerate(arguments):
        if word.startswith("--lang="):
            return _known(word.partition("=")[2])
        if word == "--lang" and index + 1 < len(arguments):
            return _known(arguments[index + 1])
    locale = next((v for k in ("LC_ALL", "LC_MESSAGES", "LANG") if (v := os.environ.get(k))), "")
    return "ja" if locale.startswith("ja") else "en"


def _known(language: str) -> str:
    return language if language in LANGUAGES else "en"
