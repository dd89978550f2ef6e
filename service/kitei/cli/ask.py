"""ask a named question"""

from __future__ import annotations

import argparse

from kitei.ask import ask, find, names, questions
from kitei.cli.options import (
    READINGS,
    add_all_readings,
    add_city,
    add_day,
    add_language,
    add_store,
    add_store_graphs,
    day_of,
    language_of,
    open_city,
)
from kitei.cli.printing import put
from kitei.cli.progress import progress
from kitei.errors import UsageError
from kitei.report.answers import FORMATS
from kitei.report.table import table


def register(parser: argparse.ArgumentParser) -> None:
    """Declare the options of ``kitei ask``; parameters of a question are options of their own."""
    parser.add_argument("question", nargs="?", metavar="QUESTION", help="see --list")
    parser.add_argument("--list", action="store_true", help="list the questions")
    parser.add_argument("--from", dest="first", metavar="DATE", help="first day of a period")
    parser.add_argument("--to", dest="last", metavar="DATE", help="last day of a period")
    parser.add_argument("--format", choices=sorted(FORMATS), default="table")
    parser.add_argument(
        "--explain", action="store_true", help="the chain: roster fact, rule, provision text"
    )
    add_all_readings(parser)
    add_store(add_city(parser))
    add_store_graphs(parser)
    add_day(parser)
    add_language(parser)
    parser.set_defaults(takes_more=True)


def run(options: argparse.Namespace) -> int:
    """Ask and print. The exit code is 0 for every status."""
    language = language_of(options)
    if options.list:
        put(_list(language))
        return 0
    if options.question is None:
        raise UsageError(
            "問いの名が要る (一覧: kitei ask --list)", "name a question (see kitei ask --list)"
        )
    name, rest = question_first(options.question, options.rest)
    question = find(name)
    parameters = parameters_of(rest)
    if not question.of_period and (options.first or options.last):
        raise UsageError(
            f"「{question.name}」は一日について問う。--as-of を用いる。",
            f"{question.name} is asked of one day; use --as-of.",
        )
    day = day_of(options.last or options.as_of)
    first = day_of(options.first) if options.first else None
    city = open_city(options, parameters.get("post"), sparing=True)
    if options.all_readings:
        from kitei.ask.robust import ask_all_readings

        with progress(READINGS, language) as show:
            answers = ask_all_readings(city, question, parameters, day, first, progress=show)
    else:
        answers = ask(city, question, parameters, day, first)
    put(FORMATS[options.format](answers, language, options.explain))
    return 0


def _list(language: str) -> str:
    header = {
        "ja": ("問い", "内容", "項目", "名簿"),
        "en": ("question", "what", "parameters", "roster"),
    }
    rows = [
        (
            question.name,
            question.description.within(language),
            " ".join(f"--{p.name}" if p.required else f"[--{p.name}]" for p in question.parameters),
            question.options.get("roster", ""),
        )
        for question in questions().values()
    ]
    return table(header[language], rows)


def question_first(name: str, rest: list[str]) -> tuple[str, list[str]]:
    """The question and its parameters, also where a parameter was written before the question.

    ``--post X who-acts`` reaches us as the question ``X`` and the rest ``--post who-acts``.
    """
    known = names()
    for index, word in enumerate(rest):
        if name not in known and word in known:
            return word, [*rest[:index], name, *rest[index + 1 :]]
    return name, rest


def parameters_of(words: list[str]) -> dict[str, str]:
    """``--name value`` and ``--name=value`` as a mapping; each name once."""
    found: dict[str, str] = {}
    rest = iter(words)
    for word in rest:
        if not word.startswith("--"):
            raise UsageError(f"余分な語: {word}", f"unexpected argument: {word}")
        name, given, value = word[2:].partition("=")
        written = value if given else next(rest, None)
        if written is None:
            raise UsageError(f"--{name} に値が要る。", f"--{name} needs a value.")
        if name in found:
            raise UsageError(f"--{name} が二つある。", f"--{name} is given twice.")
        found[name] = written
    return found
