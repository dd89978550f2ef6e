"""A memo as Markdown or as one HTML page for people: the same sections in both."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

from kitei.ask.answer import Answer
from kitei.ask.memo import Memo, Read
from kitei.dates import in_era
from kitei.errors import Bilingual
from kitei.report import readings
from kitei.report.answers import DISCLAIMER
from kitei.report.inert import in_html, in_markdown, one_line, page

_MEMO = Bilingual("覚書", "Memo")
_ANSWER = Bilingual("答え", "Answer")
_GROUNDS = Bilingual("根拠", "Grounds")
_READINGS = Bilingual("解釈", "Readings")
_SILENCES = Bilingual("定めのない事項", "Silences of the text")
_AGAIN = Bilingual("再現", "To have it again")
_NONE = Bilingual("なし", "none")
_NO_ANSWER = Bilingual("(該当なし)", "(none)")
# What an answer rests on has sections of its own.
_ELSEWHERE = ("norms", "provisions")
_STYLE = """\
body { font: 1rem/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 46rem; padding: 0 1rem;
 color: #1a1a1a; background: #fff; overflow-wrap: anywhere }
h1 { font-size: 1.4rem; margin: 0 0 .5rem } h2 { font-size: 1rem; margin: .8rem 0 .2rem;
 border-bottom: 1px solid #767676; break-after: avoid }
ul { margin: 0; padding-inline-start: 1.2rem } footer { margin-top: .8rem; font-weight: bold }
blockquote { border: 2px solid; margin: .3rem 0; padding: .3rem 1rem; font-weight: bold }
pre { margin: .2rem 0; font-size: .75em; line-height: 1.35; white-space: pre-wrap }
@page { size: A4; margin: 13mm 15mm }
@media print { body { margin: 0; max-width: none; padding: 0; font-size: 9pt } }
"""


class _Item(NamedTuple):
    """A line, and what is listed below it."""

    said: str
    details: tuple[str, ...] = ()


class _Section(NamedTuple):
    title: str
    quotes: tuple[str, ...] = ()
    items: tuple[_Item, ...] = ()
    code: tuple[str, ...] = ()


def as_markdown(memo: Memo, language: str) -> str:
    """Markdown (GitHub's flavour)."""
    parts = [f"# {_prose(_title(memo, language))}\n\n"]
    parts.extend(_markdown_item(item) for item in _head(memo, language))
    for section in _sections(memo, language):
        parts.append(f"\n## {_prose(section.title)}\n\n")
        parts.extend(f"> {_prose(quote)}\n\n" for quote in section.quotes)
        parts.extend(map(_markdown_item, section.items))
        # Indented code: no line of it can end it.
        parts.extend(f"    {one_line(line)}\n" for line in section.code)
    parts.append(f"\n{_prose(DISCLAIMER.within(language))}\n")
    return "".join(parts)


def _prose(text: str) -> str:
    """One line of Markdown. Brackets need no escape where square ones have it, and the sentence
    is there to be copied."""
    return re.sub(r"\\([(){}])", r"\1", in_markdown(text))


def _markdown_item(item: _Item) -> str:
    below = "".join(f"  - {_prose(detail)}\n" for detail in item.details)
    return f"- {_prose(item.said)}\n{below}"


def as_html(memo: Memo, language: str) -> str:
    """A complete page: nothing is loaded, nothing runs, it prints on A4."""
    title = _title(memo, language)
    body = [
        f"<main>\n<h1>{in_html(title)}</h1>\n<ul>\n",
        *map(_html_item, _head(memo, language)),
        "</ul>\n",
        *map(_html_section, _sections(memo, language)),
        f"</main>\n<footer>{in_html(DISCLAIMER.within(language))}</footer>\n",
    ]
    return page(language, f"{title} ({memo.answers.as_of})", _STYLE, body)


def _html_section(section: _Section) -> str:
    quotes = "".join(f"<blockquote>{in_html(quote)}</blockquote>\n" for quote in section.quotes)
    items = "".join(map(_html_item, section.items))
    listed = f"<ul>\n{items}</ul>\n" if items else ""
    lines = "\n".join(map(in_html, section.code))
    code = f"<pre>{lines}\n</pre>\n" if lines else ""
    title = in_html(section.title)
    return f"<section>\n<h2>{title}</h2>\n{quotes}{listed}{code}</section>\n"


def _html_item(item: _Item) -> str:
    details = "".join(f"<li>{in_html(detail)}</li>\n" for detail in item.details)
    below = f"\n<ul>\n{details}</ul>\n" if details else ""
    return f"<li>{in_html(item.said)}{below}</li>\n"


def _title(memo: Memo, language: str) -> str:
    about = ", ".join(value for _, value in memo.parameters)
    title = memo.answers.question.title.within(language)
    return f"{_MEMO.within(language)}: {title}" + (f" ({about})" if about else "")


def _head(memo: Memo, language: str) -> list[_Item]:
    """What was asked, of which text, as of which day."""
    answers = memo.answers
    day, text = answers.as_of, answers.text
    version = Bilingual(f"({text.version}施行)", f"(in force from {text.version})")
    about = ", ".join(f"{label.within(language)}: {value}" for label, value in memo.parameters)
    asked = f" ({about})" if about else ""
    lines = (
        Bilingual("規程", "Regulation"),
        Bilingual("基準日", "As of"),
        Bilingual("問い", "Question"),
    )
    values = (
        f"{text.regulation.title} {version.within(language) if text.version else ''}".strip(),
        Bilingual(f"{in_era(day)} ({day})", f"{day} ({in_era(day)})").within(language),
        answers.question.description.within(language) + asked,
    )
    return [
        _Item(f"{label.within(language)}: {value}")
        for label, value in zip(lines, values, strict=True)
    ]


def _sections(memo: Memo, language: str) -> list[_Section]:
    answers = memo.answers
    told = dict.fromkeys(a.because.within(language) for a in answers.answers if a.because)
    rows = [_Item(_answer(memo, answer, language)) for answer in answers.answers]
    notices = [_Item(notice.within(language)) for notice in answers.notices]
    return [
        _Section(
            _ANSWER.within(language),
            tuple(told),
            (*(rows or [_Item(_NO_ANSWER.within(language))]), *notices),
        ),
        _Section(_GROUNDS.within(language), items=_grounds(memo, language)),
        _Section(_READINGS.within(language), items=_readings(memo, language)),
        _Section(
            _SILENCES.within(language),
            items=tuple(_Item(link.said.within(language)) for link in memo.silences)
            or (_Item(_NONE.within(language)),),
        ),
        _Section(_AGAIN.within(language), code=_again(memo)),
    ]


def _answer(memo: Memo, answer: Answer, language: str) -> str:
    columns = [c for c in memo.answers.question.columns if c.kind not in _ELSEWHERE]
    said = [
        f"{column.label.within(language)}: {text.replace(chr(10), ', ')}"
        for column in columns
        if (text := answer.cells[column.name].shown.within(language))
    ]
    return "; ".join(said)


def _grounds(memo: Memo, language: str) -> tuple[_Item, ...]:
    facts = [
        _Item(f"{link.kind.within(language)}: {link.said.within(language)}") for link in memo.facts
    ]
    provisions = [
        _Item(cited.citation.within(language), tuple(filter(None, cited.text.splitlines())))
        for cited in memo.provisions
    ]
    return (*facts, *provisions) or (_Item(_NONE.within(language)),)


def _readings(memo: Memo, language: str) -> tuple[_Item, ...]:
    """Each reading that matters, then whether any other does."""
    found = memo.robustness
    closing = [readings.summary(found), *([readings.COMBINATIONS] if found.tried else [])]
    return (
        *(_reading(read, language) for read in memo.readings),
        *(_Item(line.within(language)) for line in closing),
    )


def _reading(read: Read, language: str) -> _Item:
    said = f"{read.reading.label.within(language)}: {read.reading.reason.within(language)}"
    details = [
        line.within(language)
        for trial in read.tried
        for line in (
            Bilingual(
                f"「{trial.alternative.label.ja}」とすると: {'同じ' if trial.same else '変わる'}",
                f"{trial.alternative.label.en}: {'the same' if trial.same else 'another answer'}",
            ),
            *readings.details(trial),
        )
    ]
    details += [
        Bilingual(
            f"「{item.alternative.label.ja}」は試していない: {item.why.ja}",
            f"{item.alternative.label.en}: not tried. {item.why.en}",
        ).within(language)
        for item in read.untried
    ]
    return _Item(said, tuple(details))


def _again(memo: Memo) -> tuple[str, ...]:
    return (memo.command, memo.program, *(found.line for found in memo.inputs))


FORMATS: Mapping[str, Callable[[Memo, str], str]] = {"html": as_html, "markdown": as_markdown}
