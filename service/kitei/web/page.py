"""Answers as the table of a page: JSON between the process that asks and the one that renders."""

from __future__ import annotations

import json

from kitei.ask import Answers
from kitei.ask.explain import explain
from kitei.report.answers import DISCLAIMER


def as_page(answers: Answers, language: str, explained: bool) -> str:
    """What a page shows of the answers, in one language, without empty columns."""
    rows = [
        [answer.cells[column.name].shown.within(language) for column in answers.question.columns]
        for answer in answers.answers
    ]
    kept = [i for i in range(len(answers.question.columns)) if any(row[i] for row in rows)]
    told = dict.fromkeys(a.because.within(language) for a in answers.answers if a.because)
    chain = [
        [link.kind.within(language), link.said.within(language)]
        for answer in (answers.answers if explained else ())
        for link in explain(answers, answer)
    ]
    document = {
        "title": answers.question.title.within(language),
        "description": answers.question.description.within(language),
        "regulation": answers.text.regulation.title,
        "day": answers.as_of.isoformat(),
        "until": answers.until and answers.until.isoformat(),
        "header": [answers.question.columns[i].label.within(language) for i in kept],
        "rows": [[row[i] for i in kept] for row in rows],
        "told": list(told),
        "chain": chain,
        "notices": [notice.within(language) for notice in answers.notices],
        "disclaimer": DISCLAIMER.within(language),
    }
    return json.dumps(document, ensure_ascii=False)
