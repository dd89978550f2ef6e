"""What every page shares: the day and the language in every link, the menu, the words.

A template gets ``lang``, ``day``, ``t`` (a string of ``strings/``), ``era`` (a day
in words), ``dated`` (also as ISO has it), ``eras`` (the same within a sentence), ``go``
(a link to another page that keeps day and language), ``same`` (this page with
other parameters) and ``query`` (the SPARQL that was asked by its address).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

from flask import Flask, Response, current_app, g, render_template, request, url_for

from kitei import dates
from kitei.dates import in_era
from kitei.errors import UsageError
from kitei.web import addresses
from kitei.web.access import access_of, granted, locked
from kitei.web.parameters import LANGUAGES, Parameters, day_of, language, parameters
from kitei.web.strings import text

_ISO_LENGTH = len("2024-06-05")
# A day that stands in a sentence: not one in brackets after its era, nor a piece of an address.
_BARE_DAY = re.compile(r"(?<![\d(/_.=-])\d{4}-\d{2}-\d{2}(?![\d)/_.-])")
HTML = "text/html; charset=utf-8"
# Endpoint -> the string that names it in the menu. Pages that are not there yet are left out.
_MENU = {
    "home.home": "shell.home",
    "reader.works": "shell.regulation",
    "picture.organisation": "shell.picture",
    "questions.catalogue": "shell.questions",
    "sparql.sparql": "shell.sparql",
    "check.form": "shell.check",
}


class Entry(NamedTuple):
    """An entry of the menu."""

    label: str
    address: str
    current: str
    """``aria-current``: ``page``, ``true`` for a page below the entry, else empty."""


def register(app: Flask) -> None:
    """Give every template what it shares with the others."""
    app.context_processor(_shared)


def page(template: str, status: int = 200, **values: object) -> Response:
    """A page. Its answer depends on the language that the request prefers."""
    response = Response(render_template(template, **values), status, content_type=HTML)
    response.vary.add("Accept-Language")
    return response


def link(endpoint: str, **values: Any) -> str:
    """The address of a page on the day and in the language of the present one."""
    return url_for(endpoint, **{**_kept(_asked()), **values})


def there(endpoint: str) -> bool:
    """Whether the service has this page."""
    return endpoint in current_app.view_functions


class _Pointer:
    """Where things are shown, for the many links of one page."""

    def __init__(self, day: date, lang: str) -> None:
        self._day, self._lang = day, lang
        self._editions: dict[tuple[str, str], str] = {}
        self._reads = there("reader.edition")

    def __call__(self, iri: str | None, place: Sequence[str] | None = None) -> str | None:
        """A provision where it stands in its text, anything else on its own page."""
        if place is None or not self._reads:
            return None if iri is None else addresses.link(iri, self._day, self._lang)
        work, version, eid = place
        if (work, version) not in self._editions:
            self._editions[work, version] = link("reader.edition", name=work, version=version)
        return self._editions[work, version] + (f"#{quote(eid)}" if eid else "")


def _shared() -> dict[str, object]:
    found = _asked()
    lang = _language(found)
    said: Callable[..., str] = partial(text, language=lang)
    day = _day(found)
    return {
        "lang": lang,
        "other": next(each for each in LANGUAGES if each != lang),
        "day": day.isoformat(),
        "t": said,
        "era": partial(in_words, lang),
        "dated": partial(_dated, lang),
        "eras": partial(_eras, lang),
        "go": link,
        "there": there,
        "point": _Pointer(day, lang),
        "same": _same,
        "asked": [(k, v) for k, values in found.items() if k != "as-of" for v in values],
        "menu": [
            Entry(said(key), link(endpoint), _current(endpoint))
            for endpoint, key in _MENU.items()
            if there(endpoint)
        ],
        "protects": access_of(current_app).protects,
        "granted": granted(),
        "locked": locked(),
        "query": found.get("query", [""])[0] if request.endpoint == "sparql.sparql" else "",
        "here": f"{request.path}?{request.query_string.decode('ascii', 'replace')}",
    }


def _current(endpoint: str) -> str:
    """Whether the request is for a page of the menu, or for one that belongs to it."""
    if request.endpoint == endpoint:
        return "page"
    return "true" if request.blueprint == endpoint.partition(".")[0] else ""


def _asked() -> Parameters:
    """The parameters, also where they are what is wrong with the request.

    Of a POST only what its view has put into ``g.asked``: its body is no part of any link.
    """
    if request.method not in ("GET", "HEAD"):
        return dict(g.get("asked", {}))
    if "parsed" not in g:  # once for all links of a page
        try:
            g.parsed = parameters()
        except UsageError:
            g.parsed = {}
    found: Parameters = g.parsed
    return found


def _language(found: Parameters) -> str:
    try:
        return language(found)
    except UsageError:
        return language({})


def _day(found: Parameters) -> date:
    try:
        return day_of(found) or dates.today()
    except UsageError:
        return dates.today()


def _kept(found: Parameters) -> dict[str, str]:
    return {name: found[name][0] for name in ("as-of", "lang") if found.get(name)}


def _same(**changes: str) -> str:
    changed = {name.replace("_", "-"): [value] for name, value in changes.items()}
    return f"{request.path}?{urlencode({**_asked(), **changed}, doseq=True)}"


def _dated(lang: str, text: object) -> str:
    """A day in words and as ISO writes it; any other text as it is."""
    written = str(text)
    try:
        day = date.fromisoformat(written) if len(written) == _ISO_LENGTH else None
        return f"{in_words(lang, day)} ({written})" if day else written
    except ValueError:
        return written


def _eras(lang: str, sentence: object) -> str:
    """A sentence in Japanese whose days, written as ISO writes them, are given in words too."""
    return (
        _BARE_DAY.sub(lambda day: _dated(lang, day[0]), str(sentence))
        if lang == "ja"
        else str(sentence)
    )


def in_words(lang: str, day: date | str) -> str:
    """A day in words: 令和6年6月5日, in English as it is written there."""
    value = date.fromisoformat(day) if isinstance(day, str) else day
    return in_era(value) if lang == "ja" else f"{value.day} {value:%B} {value.year}"
