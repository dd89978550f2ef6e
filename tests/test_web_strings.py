"""The words of the pages: all of them in one place, in both languages, each used."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from string import Formatter

import pytest
from tests.support import PACKAGE
from tests.web_support import client

from kitei.web.strings import strings

TEMPLATES = sorted((PACKAGE / "web" / "templates").rglob("*.html"))
SOURCES = [*TEMPLATES, *sorted((PACKAGE / "web").rglob("*.py"))]
FILES = (".css", ".html", ".js")
# A template takes the entry of such a file by a name of the data: t("format." ~ suffix).
_COMPUTED = re.compile(r"""["']([a-z]+)\." ~ """)
_JINJA = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
_CODE = re.compile(r"\b[A-Z]+(?:_[A-Z]+)+\b")  # a status, which is shown as it is written
_ATTRIBUTES = ("alt", "aria-label", "placeholder", "title")
NAMES = {"API", "CSV", "JSON", "Kitei", "RDF", "SPARQL"}
"""What is written alike in both languages."""
_USED = re.compile(r"""["']([a-z]+\.[a-z_]+)["']""")


@pytest.mark.parametrize("key", sorted(strings()))
def test_a_string_says_the_same_in_both_languages(key: str) -> None:
    said = strings()[key]
    fields = [{name for _, name, _, _ in Formatter().parse(text) if name} for text in said]
    assert fields[0] == fields[1], "a field is filled in both languages or in none"
    assert all(text.strip() for text in said)


def test_every_string_is_used_and_every_use_has_a_string() -> None:
    pages = {key.partition(".")[0] for key in strings()}
    # What looks like a key and is the name of an endpoint or of a file.
    others = {*client().application.view_functions}
    used = {
        key
        for file in SOURCES
        for key in _USED.findall(file.read_text(encoding="utf-8"))
        if key.partition(".")[0] in pages and key not in others and not key.endswith(FILES)
    }
    whole = {
        page for file in TEMPLATES for page in _COMPUTED.findall(file.read_text(encoding="utf-8"))
    }
    taken = {key for key in strings() if key.partition(".")[0] in whole}
    assert used | taken == set(strings())


class _Words(HTMLParser):
    """What a template says by itself: text, and attributes that are read out."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.said: list[str] = []
        self.feed(_JINJA.sub(" ", source))

    def handle_data(self, data: str) -> None:
        self.said += re.findall(r"[^\W\d_]{2,}", _CODE.sub(" ", data))

    def handle_starttag(self, _tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in _ATTRIBUTES:
                self.handle_data(value or "")


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_a_template_holds_no_words_of_a_language(template: Path) -> None:
    source = template.read_text(encoding="utf-8")
    assert set(_Words(source).said) <= NAMES
    assert not re.search("[\\u3040-\\u30ff\\u4e00-\\u9fff]", source)
    assert "if ja" not in source, "words belong to strings/*.toml"
