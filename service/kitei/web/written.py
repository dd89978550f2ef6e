"""Answers to questions as files: their formats, by suffix, ``format`` and Accept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from flask import Response, request

from kitei.ask import Answers
from kitei.confined import Document
from kitei.errors import UsageError
from kitei.report.answers import FORMATS, as_csv_for_excel
from kitei.web.negotiation import accepted, chooser
from kitei.web.parameters import Parameters, one

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
EXCEL = "excel"
"""The format of CSV that spreadsheet programs open without harm, asked for by ``excel``."""
MEDIA_TYPES: Mapping[str, str] = {
    "json": "application/json",
    "csv": "text/csv",
    "xlsx": XLSX,
    "table": "text/plain",
    "turtle": "text/turtle",
    "html": "text/html",
}
"""Format -> media type, the default first."""
SUFFIXES: Mapping[str, str] = {
    "json": "json",
    "csv": "csv",
    "xlsx": "xlsx",
    "txt": "table",
    "ttl": "turtle",
    "html": "html",
}
"""Suffix of an address -> format."""
NAMES: Mapping[str, str] = {
    **MEDIA_TYPES,
    **{suffix: MEDIA_TYPES[name] for suffix, name in SUFFIXES.items()},
}
"""What ``format=`` may say beside a media type."""
_KEPT = {"xlsx": "xlsx", EXCEL: "csv"}
_TRUTHS = {"true": True, "1": True, "": True, "false": False, "0": False}


def format_of(suffix: str, found: Parameters) -> str:
    """The format of an answer: from the suffix, else ``format``, else Accept.

    Raises ``UsageError``, or ``NotAcceptableError`` when nothing fits.
    """
    if suffix:
        form = SUFFIXES[suffix]
    else:
        accept = accepted(request.headers.get("Accept", ""), one(found, "format"), NAMES)
        media_type = chooser(accept)(list(MEDIA_TYPES.values()))
        form = next(name for name, value in MEDIA_TYPES.items() if value == media_type)
    if not truth(found, "excel"):
        return form
    if form != "csv":
        raise UsageError(
            "excel は CSV にだけ付けられる。", "excel goes with CSV only (format=csv&excel=true)."
        )
    return EXCEL


def truth(found: Parameters, name: str) -> bool:
    """Whether a parameter is there and does not say no. Raises ``UsageError``."""
    text = one(found, name)
    if text is None:
        return False
    if text not in _TRUTHS:
        raise UsageError(f"{name} は true 又は false。", f"{name} must be true or false.")
    return _TRUTHS[text]


def written(answers: Answers, form: str, language: str, explained: bool) -> Document:
    """The answers in a format other than ``html``."""
    if form == "xlsx":
        # Late: most evaluators never write one.
        from kitei.report.workbook import as_xlsx

        return Document(as_xlsx(answers, language), XLSX)
    if form == EXCEL:
        return Document(as_csv_for_excel(answers, language, explained).encode(), "text/csv")
    return Document(FORMATS[form](answers, language, explained).encode(), MEDIA_TYPES[form])


def named(response: Response, form: str, question: str, day: date) -> Response:
    """The response; what spreadsheet programs open is saved under a name of its own."""
    if form in _KEPT:
        name = f"{question}-{day}.{_KEPT[form]}"
        response.headers.set("Content-Disposition", "attachment", filename=name)
    return response
