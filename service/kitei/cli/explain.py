"""explain a rule of the check: why, by which provisions, its shape, and examples"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING

from kitei.cli.options import add_city, add_day, add_language, day_of, language_of, open_city
from kitei.cli.printing import put
from kitei.errors import Bilingual

if TYPE_CHECKING:
    from kitei.check.explaining import Example, Explained

_SEVERITY = {
    "violation": Bilingual("不適合", "violation"),
    "warning": Bilingual("要確認", "warning"),
    "info": Bilingual("参考", "info"),
}


def register(parser: argparse.ArgumentParser) -> None:
    """Declare the options of ``kitei explain``."""
    parser.add_argument("rule", metavar="RULE", help="the name that a finding carries")
    add_city(parser)
    add_day(parser)
    add_language(parser)


def run(options: argparse.Namespace) -> int:
    """Print what is to be known about a rule."""
    from kitei.check.explaining import explain

    city = open_city(options)
    view = city.day(day_of(options.as_of), judging=False)
    explained = explain(city, view, options.rule)
    put("\n".join(_told(explained, city.regulation.title, language_of(options))))
    return 0


def _told(explained: Explained, regulation: str, language: str) -> Iterator[str]:
    def word(ja: str, en: str) -> str:
        return Bilingual(ja, en).within(language)

    rule = explained.rule
    severity = _SEVERITY[rule.severity].within(language)
    yield f"{rule.name}  {severity}"
    yield rule.title.within(language)
    yield ""
    yield f"{word('理由', 'Why')}: {rule.rationale.within(language)}"
    yield f"{word('是正', 'Cure')}: {rule.hint.within(language)}"
    yield f"{word('文言', 'Message')}: {rule.template.within(language)}"
    if rule.needs_table:
        yield f"{word('要る表', 'Needs table')}: {rule.needs_table}"
    yield f"{word('規定の型', 'Pattern of provision')}: {explained.pattern.within(language)}"
    yield ""
    if explained.provisions:
        yield word(f"{regulation}で照らす規定", f"Provisions of {regulation} that it applies to")
        for citation, text in explained.provisions:
            yield f"  {citation.within(language)}"
            yield from (f"    {line}" for line in text.splitlines())
    else:
        yield word(
            f"{regulation}の特定の規定によらないか、その日の本文にその規定がない。",
            f"It rests on no provision of {regulation} in particular, "
            "or the text of the day has none.",
        )
    yield ""
    yield explained.turtle
    for example in explained.examples:
        yield from _example(example, language)


def _example(example: Example, language: str) -> Iterator[str]:
    """An example as the rows that are added to a sound roster (or, with -, taken from it)."""
    kind = Bilingual("適合する例", "Met") if example.passing else Bilingual("該当する例", "Not met")
    as_of = Bilingual(f"({example.as_of}現在)", f" (as of {example.as_of})").within(language)
    yield f"{kind.within(language)}: {example.situation.within(language)}{as_of}"
    for name, text in example.files:
        yield f"  {name}"
        yield from (f"    {line}" for line in text.splitlines())
    for _, focus, provision in example.findings:
        yield f"  -> {focus}" + (f"  {provision}" if provision else "")
    yield ""
