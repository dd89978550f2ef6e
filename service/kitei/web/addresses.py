"""Where things are: the addresses of this service, and of what an IRI names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from urllib.parse import quote, urlencode

from flask import request

from kitei.errors import UsageError
from kitei.namespaces import ID, KITEI, is_iri
from kitei.store import is_absolute_iri

NS = KITEI.removesuffix("#")
# RFC 3986, section 3.2.2, without what no server is called.
_HOST = re.compile(r"(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?")
# What RFC 3987 lets stand in a path, and what ``terms.segment`` leaves as it is.
_PATH, _SEGMENTS = "/:@!$&'()*+,;=", "/"


def root() -> str:
    """The URL below which this service was asked, with a slash at its end.

    Raises ``UsageError`` when the Host header is none (RFC 9112, section 3.2).
    """
    if not _HOST.fullmatch(request.host):
        raise UsageError("Host ヘッダーが不正。", "The Host header is not valid.")
    return f"{request.scheme}://{request.host}{quote(request.script_root)}/"


def below(path: str) -> str:
    """The URL of a decoded path of this service. Raises ``UsageError`` as ``root`` does."""
    return root() + quote(path, safe=_PATH)


def candidates(base: str, path: str) -> Iterator[str]:
    """The IRIs that a decoded path below ``base`` may have been.

    A server hands on the path percent-decoded, and an IRI may have been encoded
    more or less: what is below ``base`` decides which of them is meant.
    """
    written = dict.fromkeys((quote(path, safe=_PATH), quote(path, safe=_SEGMENTS), path))
    yield from (iri for part in written if is_absolute_iri(iri := base + part))


def link(iri: str, day: date, language: str) -> str | None:
    """Where a page points for an IRI: into this service, to the web, or nowhere."""
    asked = _asked(day, language)
    if iri.startswith(ID):
        return f"{request.script_root}/id/{iri.removeprefix(ID)}?{asked}"
    if iri.startswith(KITEI):
        return f"{request.script_root}/ns/{iri.removeprefix(KITEI)}?{asked}"
    return iri if is_iri(iri) else None


@lru_cache
def _asked(day: date, language: str) -> str:
    return urlencode({"as-of": day.isoformat(), "lang": language})
