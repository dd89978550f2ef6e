"""What can go wrong, in the user's language, with the exit code that says so.

Errors are raised where they are known and translated once, at the edge
(command line or HTTP). Exit codes are those of the documented contract:
2 usage or an output that cannot be written, 3 input unreadable, 4 nothing could be checked,
5 internal error.
"""

from __future__ import annotations

from typing import ClassVar, NamedTuple


class Bilingual(NamedTuple):
    """One text in Japanese and in English."""

    ja: str
    en: str

    def within(self, language: str) -> str:
        """The text in ``language`` (``"ja"`` or ``"en"``)."""
        return self.ja if language == "ja" else self.en


class KiteiError(Exception):
    """A failure that a user can understand; never carries a traceback to them."""

    exit_code: ClassVar[int] = 5

    def __init__(self, ja: str, en: str) -> None:
        super().__init__(en)
        self.message = Bilingual(ja, en)


class UsageError(KiteiError):
    """The request itself is wrong: unknown question, ambiguous post, bad date, no room to write."""

    exit_code = 2


class InputUnreadableError(KiteiError):
    """A file that is needed cannot be read at all."""

    exit_code = 3


class NothingToCheckError(KiteiError):
    """No rule could be judged, so neither "conforms" nor "breach" would be true."""

    exit_code = 4


class TextNotHeldError(KiteiError):
    """The text of that day is not in the graph, or no version is in force."""

    exit_code = 4


class InternalError(KiteiError):
    """Kitei's own data or code is at fault."""

    exit_code = 5
