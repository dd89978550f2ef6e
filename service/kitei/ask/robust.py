"""Ask a question under every reading: which answers hang on how the text is read."""

from __future__ import annotations

import json
from collections.abc import Hashable, Mapping
from datetime import date

from kitei.ask.answer import Answer, Answers, ask
from kitei.ask.question import Question
from kitei.ask.trials import Difference, Outcome, Progress, robustness
from kitei.city import City
from kitei.errors import Bilingual, InternalError

# Columns that say what an answer rests on, not what it is.
_GROUNDS = ("norms",)


def ask_all_readings(
    city: City,
    question: Question,
    parameters: Mapping[str, str],
    day: date,
    first: date | None = None,
    *,
    progress: Progress | None = None,
) -> Answers:
    """The answers as ``ask`` gives them, with what every other reading would change.

    Raises what ``ask`` raises. No day of ``city`` may have been derived, and none is.
    """
    base = ask(city.copy(), question, parameters, day, first)
    if base.view is None:
        raise InternalError("答えの根拠となる日がない。", "the answers have no day")

    def outcome(other: City) -> Outcome:
        return _outcome(ask(other, question, parameters, day, first))

    found = robustness(city, base.view, _outcome(base), outcome, progress)
    return base._replace(robustness=found)


def _outcome(answers: Answers) -> Outcome:
    return Outcome([_item(answers, answer) for answer in answers.answers])


def _item(answers: Answers, answer: Answer) -> tuple[Hashable, Difference]:
    """An answer, the same as another when all that is not a ground of it is the same."""
    columns = [c.name for c in answers.question.columns if c.kind not in _GROUNDS]
    fields: dict[str, object] = {}
    for name in columns:
        fields |= answer.cells[name].fields
    if answer.because:
        fields["because"] = answer.because._asdict()
    said = Bilingual(*(_said(answer, columns, language) for language in ("ja", "en")))
    return json.dumps(fields, sort_keys=True), Difference(said, fields)


def _said(answer: Answer, columns: list[str], language: str) -> str:
    shown = (answer.cells[name].shown.within(language) for name in columns)
    return " | ".join(text.replace("\n", ", ") for text in shown if text)
