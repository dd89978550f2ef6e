"""The formats of ``kitei check`` by name; a writer is imported only when it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from kitei.check import Report
from kitei.errors import InternalError
from kitei.report.findings import as_json, as_text
from kitei.report.places import Places

Writer = Callable[[Report, str, Places], str]


class Setting(NamedTuple):
    """For whom a report is written."""

    language: str
    """``ja`` or ``en``; formats for machines carry both all the same."""
    roster: Path | None = None
    """The roster as the command line names it; ``None`` for the built-in example."""
    coloured: bool = False
    most: int | None = None
    """Bytes that the tables of Markdown may take."""


def written(name: str, report: Report, setting: Setting) -> str:
    """The report in the format ``name``, one of ``kitei.report.FORMATS``."""
    if name == "text":
        return as_text(report, setting.language, setting.coloured)
    if name == "json":
        return as_json(report, setting.language, setting.coloured)
    places = Places(setting.roster, report.roster_file)
    if name == "markdown":
        from kitei.report.markdown import as_markdown

        return as_markdown(report, setting.language, places, setting.most)
    return _writer(name)(report, setting.language, places)


def _writer(name: str) -> Writer:
    match name:
        case "turtle":
            from kitei.report.validation_report import as_turtle as writer
        case "jsonld":
            from kitei.report.validation_report import as_jsonld as writer
        case "sarif":
            from kitei.report.sarif import as_sarif as writer
        case "junit":
            from kitei.report.junit import as_junit as writer
        case "github":
            from kitei.report.github import as_github as writer
        case "gitlab":
            from kitei.report.gitlab import as_gitlab as writer
        case "html":
            from kitei.report.html import as_html as writer
        case _:
            raise InternalError(f"形式がない: {name}", f"no such format: {name}")
    return writer
