"""Check a city's roster against its regulation on one day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from rdflib import URIRef

from kitei.ask.standing import Standing, standing
from kitei.check.baseline import Waivers
from kitei.check.finding import Case, Finding
from kitei.check.rules import Rule, load_shapes, rules_of
from kitei.check.snapshot import judged as judged_facts
from kitei.check.telling import Teller
from kitei.check.validation import matched, validate
from kitei.city import City
from kitei.errors import Bilingual, NothingToCheckError, UsageError
from kitei.namespaces import KITEI
from kitei.readings import Switch, told

if TYPE_CHECKING:
    from kitei.ask.trials import Robustness

SEVERITIES = ("info", "warning", "violation")
_ROSTER_TABLE = f"{KITEI}RosterTable"


class Report(NamedTuple):
    """The outcome of a check."""

    as_of: date
    text: Standing
    fail_on: str
    findings: Sequence[Finding]
    """In a fixed order, whatever the order of the rows."""
    rules: int
    shapes: int
    focus_nodes: int
    """How many different cases were judged."""
    unmatched_rules: Sequence[str]
    """Rules that met no case at all."""
    not_judged: Sequence[str]
    """Rules whose roster table was not given."""
    notices: Sequence[Bilingual]
    catalogue: Sequence[Rule]
    """One entry a rule that was judged, by name; of a rule of several shapes, the first."""
    passed: Sequence[tuple[str, Case]]
    """Rule and case of everything that was judged without a finding, if that was asked for."""
    roster_file: str
    """The file that holds the staff, for findings that have no place of their own."""
    waivers: Waivers | None = None
    """What the baseline did, if one was given; ``findings`` are without the waived ones."""
    switched: Sequence[Switch] = ()
    """Readings that were not taken by default; the notices say so too."""
    robustness: Robustness | None = None
    """What other readings would change, where that was asked."""

    @property
    def conforms(self) -> bool:
        """No finding at or above ``fail_on``."""
        limit = SEVERITIES.index(self.fail_on)
        return all(SEVERITIES.index(finding.severity) < limit for finding in self.findings)


def check(city: City, day: date, fail_on: str = "violation", *, name_passed: bool = True) -> Report:
    """Judge the roster on ``day``.

    Without ``name_passed`` nobody looks up what every passed case is called, which takes a
    tenth of the time and which only a report of test cases shows; ``passed`` is then empty.
    Raises ``UsageError`` without a roster and ``NothingToCheckError`` when no
    rule could be judged: text not held or not in force, shapes invalid, or no
    rule that met a case.
    """
    if city.roster is None:
        raise UsageError(
            "検査には名簿が要る (--roster PATH 又は --example)。",
            "check needs a roster (--roster PATH or --example)",
        )
    view = city.day(day)
    text = standing(view, city.regulation)
    if text.status is not None:
        raise _no_text(text, day)
    shapes = load_shapes([file.path for file in city.base.shapes()])
    rules = rules_of(shapes)
    facts = judged_facts(city, view, day, shapes)
    given = {table.name for table in city.roster.tables if table.readable}
    judged = [rule for rule in rules if rule.needs_table is None or rule.needs_table in given]
    cases = {rule.shape: matched(facts, rule) for rule in judged}
    if not any(_judges_duties(rule) and cases[rule.shape] for rule in judged):
        raise NothingToCheckError(
            "どの規則も当てはまる対象がなかった。", "no rule met anything that it could judge"
        )
    results = validate(facts, shapes, [rule for rule in judged if cases[rule.shape]])
    teller = Teller(city, view, day, {str(rule.shape): rule for rule in judged}, text)
    names = {rule.name for rule in judged}
    findings = sorted(teller.findings(results), key=lambda finding: finding.order)
    met = {rule.name for rule in judged if cases[rule.shape]}
    return Report(
        as_of=day,
        text=text,
        fail_on=fail_on,
        findings=findings,
        rules=len(names),
        shapes=len(judged),
        focus_nodes=len(set().union(*cases.values())),
        unmatched_rules=sorted(names - met),
        not_judged=sorted({rule.name for rule in rules} - names),
        notices=[*told(city.switches), *text.notices(day), *city.roster.notes],
        catalogue=list({rule.name: rule for rule in reversed(judged)}.values())[::-1],
        passed=_passed(teller, judged, cases, findings) if name_passed else (),
        roster_file=next((t.file for t in city.roster.tables if t.name == "roster"), "roster.csv"),
        switched=city.switches,
    )


def _passed(
    teller: Teller,
    judged: Sequence[Rule],
    cases: Mapping[URIRef, set[str]],
    findings: Sequence[Finding],
) -> list[tuple[str, Case]]:
    """What met its rule, each once. (A case whose values are at fault is the values' case.)"""
    failed = {(f.rule, iri) for f in findings for iri in (f.origin.case.iri, f.origin.focus_node)}
    found = {
        (rule.name, iri): rule
        for rule in judged
        for iri in cases[rule.shape]
        if (rule.name, iri) not in failed
    }
    named = [(name, teller.case(rule, iri)) for (name, iri), rule in found.items()]
    return sorted(named, key=lambda pair: (pair[0], pair[1].focus, pair[1].iri))


def _judges_duties(rule: Rule) -> bool:
    """Whether the rule is about the regulation, and not about the roster as a file."""
    return any(str(target) != _ROSTER_TABLE for target in rule.target_classes)


def _no_text(text: Standing, day: date) -> NothingToCheckError:
    if text.version is None:
        return NothingToCheckError(
            f"{day}に{text.regulation.title}は施行されていない。検査していない。",
            f"the regulation is not in force on {day}; nothing was checked",
        )
    return NothingToCheckError(
        f"{day}に施行されていた版({text.version}施行)の本文を収録していない。検査していない。",
        f"the text in force on {day} (version of {text.version}) is not held; nothing was checked",
    )
