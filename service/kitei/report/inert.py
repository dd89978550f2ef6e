"""Text in which nothing is an instruction to whatever shows it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape

_SPECIAL = re.compile(r"([\\`*_\[\](){}|~@$#!])")
# At the beginning of a line they would make it an item of a list.
_LIST = re.compile(r"^(\s*\d*)([-+.])")
_LINK = re.compile(r"(?=://)|(?<=www)(?=\.)", re.IGNORECASE)


def one_line(text: str) -> str:
    """The text without line breaks and without anything that a terminal would obey."""
    return "".join(char if char.isprintable() else " " for char in text)


def in_markdown(text: str) -> str:
    """One line in which nothing is markup, an entity, a link or a mention."""
    text = one_line(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _LIST.sub(r"\1\\\2", _LINK.sub(r"\\", _SPECIAL.sub(r"\\\1", text)))


def in_html(text: str) -> str:
    """One line of HTML text, or an attribute value."""
    return escape(one_line(text))


def page(language: str, title: str, style: str, body: Iterable[str]) -> str:
    """A whole page of HTML that loads nothing and runs nothing; ``body`` is HTML."""
    return "".join(
        [
            f'<!DOCTYPE html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n',
            '<meta http-equiv="Content-Security-Policy" '
            "content=\"default-src 'none'; style-src 'unsafe-inline'\">\n",
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n',
            '<meta name="robots" content="noindex">\n',
            f"<title>{in_html(title)}</title>\n<style>\n{style}</style>\n</head>\n<body>\n",
            *body,
            "</body>\n</html>\n",
        ]
    )
