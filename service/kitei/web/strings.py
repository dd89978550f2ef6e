"""The words of the pages, Japanese and English: data in ``strings/*.toml``, one file a page.

``t("home.read")`` in a template is the entry ``read`` of ``strings/home.toml``;
``{field}`` in it is filled from the call.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from kitei.errors import Bilingual


@cache
def strings() -> dict[str, Bilingual]:
    """Every string by its key (``file.entry``)."""
    found: dict[str, Bilingual] = {}
    for file in files("kitei.web").joinpath("strings").iterdir():
        if file.name.endswith(".toml"):
            page = file.name.removesuffix(".toml")
            for name, entry in tomllib.loads(file.read_text(encoding="utf-8")).items():
                found[f"{page}.{name}"] = Bilingual(entry["ja"], entry["en"])
    return found


def text(key: str, language: str, **fields: object) -> str:
    """A string in a language. Raises ``KeyError`` for a key or a field that is not there."""
    said = strings()[key].within(language)
    return said.format(**fields) if fields else said
