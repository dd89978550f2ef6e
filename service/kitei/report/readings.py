"""What hangs on a reading, for the writers of answers and of findings."""

from __future__ import annotations

from typing import NamedTuple

from kitei.ask.trials import Difference, Robustness, Tried
from kitei.errors import Bilingual

_SEVERITY = {
    "violation": Bilingual("不適合 ", "violation "),
    "warning": Bilingual("要確認 ", "warning "),
    "info": Bilingual("参考 ", "info "),
}
_NOTHING = Bilingual("", "")
COMBINATIONS = Bilingual(
    "選択肢は一つずつ替えた。組合せは試していない。",
    "Alternatives were switched one at a time; combinations were not tried.",
)


class Told(NamedTuple):
    """A line, and what is listed below it."""

    said: Bilingual
    details: tuple[Bilingual, ...] = ()


def told(found: Robustness) -> list[Told]:
    """Whether the result is the same under every reading, or which readings decide."""
    lines = [Told(summary(found))]
    lines += [Told(_headline(trial), details(trial)) for trial in found.decisive]
    if found.tried:
        lines.append(Told(COMBINATIONS))
    lines += [
        Told(
            Bilingual(
                f"試していない: {item.reading.name}={item.alternative.name}: {item.why.ja}",
                f"Not tried: {item.reading.name}={item.alternative.name}: {item.why.en}",
            )
        )
        for item in found.untried
    ]
    return lines


def summary(found: Robustness) -> Bilingual:
    """Whether anything tried changes anything."""
    tried, decisive = len(found.tried), len(found.decisive)
    if not tried:
        return Bilingual(
            "試すことのできる他の解釈はない。", "There is no other reading that could be tried."
        )
    if found.same:
        return Bilingual(
            f"どの解釈によっても同じである(他の選択肢 {tried} を試した)。",
            f"The same under every reading ({tried} alternatives tried).",
        )
    return Bilingual(
        f"解釈による: 他の選択肢 {tried} のうち次の {decisive} によると変わり、ほかは同じである。",
        f"A reading decides: {decisive} of {tried} alternatives would change it; "
        "the same under the others.",
    )


def _headline(trial: Tried) -> Bilingual:
    name = f"{trial.reading.name}={trial.alternative.name}"
    verdict = _verdict(trial)
    reading, chosen = trial.reading.label, trial.alternative.label
    return Bilingual(
        f"{name} (「{reading.ja}」を「{chosen.ja}」とする){verdict.ja}",
        f"{name} ({reading.en}: {chosen.en}){verdict.en}",
    )


def _verdict(trial: Tried) -> Bilingual:
    if trial.unchecked is not None:
        return Bilingual(f": {trial.unchecked.ja}", f": {trial.unchecked.en}")
    if trial.conforms is None:
        return _NOTHING
    return (
        Bilingual(": 適合となる", ": would conform")
        if trial.conforms
        else Bilingual(": 不適合ありとなる", ": would not conform")
    )


def details(trial: Tried) -> tuple[Bilingual, ...]:
    """What vanishes (-) and what appears (+)."""
    return tuple(
        Bilingual(f"{mark} {_said(item).ja}", f"{mark} {_said(item).en}")
        for mark, items in (("-", trial.vanished), ("+", trial.appeared))
        for item in items
    )


def _said(item: Difference) -> Bilingual:
    severity = _SEVERITY.get(str(item.fields.get("severity")), _NOTHING)
    return Bilingual(severity.ja + item.said.ja, severity.en + item.said.en)


def as_lines(found: Robustness | None, language: str) -> list[str]:
    """The same as lines of text, details indented; none where no reading was tried out."""
    return [
        line
        for item in (told(found) if found else ())
        for line in (
            item.said.within(language),
            *(f"  {detail.within(language)}" for detail in item.details),
        )
    ]


def fields(found: Robustness | None) -> dict[str, object]:
    """The JSON member ``all_readings``; none where no reading was tried out."""
    if found is None:
        return {}
    return {
        "all_readings": {
            "same": found.same,
            "combinations_tried": False,
            "tried": [_tried(trial) for trial in found.tried],
            "not_tried": [
                {
                    "reading": item.reading.name,
                    "alternative": item.alternative.name,
                    "reason": item.why._asdict(),
                }
                for item in found.untried
            ],
        }
    }


def _tried(trial: Tried) -> dict[str, object]:
    verdict = {} if trial.conforms is None else {"conforms": trial.conforms}
    unchecked = {} if trial.unchecked is None else {"unchecked": trial.unchecked._asdict()}
    return {
        "reading": trial.reading.name,
        "alternative": trial.alternative.name,
        "same": trial.same,
        **verdict,
        **unchecked,
        "vanished": [dict(item.fields) for item in trial.vanished],
        "appeared": [dict(item.fields) for item in trial.appeared],
    }
