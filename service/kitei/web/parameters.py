"""What a request asks for: strict UTF-8 parameters, the day, the language, the media types."""

from __future__ import annotations

from datetime import date

from flask import request

from kitei import dates
from kitei.errors import UsageError
from kitei.web.negotiation import accepted
from kitei.web.unquoting import plain

FORM = "application/x-www-form-urlencoded"
LANGUAGES = ("ja", "en")
_MOST_FIELDS = 100

Parameters = dict[str, list[str]]


def parameters() -> Parameters:
    """The parameters of the request's URL, and of its body if that is a form.

    Raises ``UsageError`` when they are not UTF-8. (Flask would replace such bytes
    and ask something that nobody wrote.)
    """
    found = parsed(request.query_string)
    if request.method == "POST" and request.mimetype == FORM:
        for name, values in parsed(request.get_data()).items():
            found.setdefault(name, []).extend(values)
    return found


def utf8(data: bytes) -> str:
    """``data`` as text. Raises ``UsageError`` when it is not UTF-8."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UsageError("UTF-8 ではない。", "The request is not UTF-8.") from error


def one(found: Parameters, name: str) -> str | None:
    """The only value of a parameter, ``None`` if it is absent. Raises ``UsageError``."""
    values = found.get(name, [])
    if len(values) > 1:
        raise UsageError(f"{name} は一つだけ書く。", f"{name} must occur once only.")
    return values[0] if values else None


def day_of(found: Parameters, name: str = "as-of") -> date | None:
    """The day that a parameter writes, ISO or era. Raises ``UsageError``."""
    text = one(found, name)
    if text is None:
        return None
    try:
        day = dates.parse_day(text)
        dates.era_of(day)  # answers write the day in its era
    except ValueError as error:
        raise UsageError(
            f"{name}: 日付として読めない: {text} (例: 2024-06-05、令和6年6月5日)",
            f"{name}: not a date: {text} (write 2024-06-05 or 令和6年6月5日)",
        ) from error
    return day


def acceptable(found: Parameters) -> str:
    """What the answer may be, as an Accept header: from ``format``, else from Accept."""
    return accepted(request.headers.get("Accept", ""), one(found, "format"))


def language(found: Parameters) -> str:
    """``ja`` or ``en``: from ``lang``, else from Accept-Language (RFC 9110, 12.5.4), else ja."""
    wanted = one(found, "lang")
    if wanted is None:
        return request.accept_languages.best_match(LANGUAGES) or LANGUAGES[0]
    if wanted not in LANGUAGES:
        raise UsageError("lang は ja 又は en。", "lang must be ja or en.")
    return wanted


def parsed(encoded: bytes) -> Parameters:
    """Parameters as a URL or a form writes them. Raises ``UsageError``."""
    if encoded.count(b"&") >= _MOST_FIELDS:
        raise UsageError(
            f"項目が多すぎる (最大 {_MOST_FIELDS})。",
            f"Too many fields (at most {_MOST_FIELDS}).",
        )
    found: Parameters = {}
    try:
        for field in filter(None, encoded.decode("utf-8").split("&")):
            name, _, value = field.partition("=")
            found.setdefault(plain(name), []).append(plain(value))
    except UnicodeError as error:
        raise UsageError("UTF-8 ではない。", "The request is not UTF-8.") from error
    return found
