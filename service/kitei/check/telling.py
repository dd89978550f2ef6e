"""Turn validation results into findings that a person can act on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

from kitei.ask.because import because
from kitei.ask.labels import Labels
from kitei.ask.question import find
from kitei.ask.standing import standing
from kitei.check.finding import Finding, Source
from kitei.check.rules import Rule
from kitei.check.validation import Result
from kitei.city import City, DayView
from kitei.dates import in_era
from kitei.errors import Bilingual, NothingToCheckError
from kitei.namespaces import expand, is_iri, local_name
from kitei.store import Row

_CASE_OF_ANSWER = expand("kitei:about")
_NONE = Bilingual("-", "-")


class Teller:
    """Tells the findings of one day, in both languages and without names of persons."""

    def __init__(self, city: City, view: DayView, day: date, rules: Mapping[str, Rule]) -> None:
        self._city, self._view, self._day, self._rules = city, view, day, rules
        self._labels = Labels(city.dataset)
        self._told: dict[str, tuple[Bilingual, list[Row]]] | None = None

    def findings(self, results: Iterable[Result]) -> list[Finding]:
        """One finding for each rule and case (or value, where the rule is about values)."""
        found: dict[tuple[str, str], Rule] = {}
        for result in results:
            rule = self._rules[result.shape]
            case = result.value if rule.reports_value and result.value else result.focus
            found.setdefault((rule.name, case), rule)
        return [self._finding(rule, case) for (_, case), rule in found.items()]

    def _finding(self, rule: Rule, case: str) -> Finding:
        provision = self._provision(rule, case)
        citation = self._labels.citation(provision) if provision else None
        words = self._words(rule, case, citation or _NONE)
        return Finding(
            rule=rule.name,
            severity=rule.severity,
            provision=self._labels.eid(provision) if provision else None,
            citation=citation,
            focus=self._one(case, "kitei:focus") or local_name(case),
            message=_fill(rule, rule.template, words),
            hint=_fill(rule, rule.hint, words),
            readings=self._readings(case),
            source=self._source(rule, case),
        )

    def _words(self, rule: Rule, case: str, citation: Bilingual) -> dict[str, Bilingual]:
        """What the places of a message can be filled with, computed only where used."""
        focus = self._focus(case)
        words = {
            "day": Bilingual(in_era(self._day), self._day.isoformat()),
            "focus": focus,
            "provision": citation,
            "found": self._names(self._many(case, str(rule.path))),
            "holders": self._names(self._many(case, expand("kitei:heldBy"))),
            "office": self._office(case),
            "message": self._message(case),
            "date": self._date(case),
            "successor": self._successor(case),
        }
        if "{because}" in rule.template.ja:
            words["because"], rows = self._because(case)
            people = [row["person"] for row in rows if row["person"]]
            words["persons"] = self._names([person for person in people if person])
        return words

    def _focus(self, case: str) -> Bilingual:
        for post in self._many(case, expand("kitei:post")):
            return self._labels.label(post)
        text = self._one(case, "kitei:focus") or local_name(case)
        return Bilingual(text, text)

    def _office(self, case: str) -> Bilingual:
        """The post on which a case depends: the designating one, or the one that fills it."""
        offices = self._many(case, expand("kitei:designatorPost"))
        for other in self._many(case, expand("kitei:filledThrough")):
            offices += self._many(other, expand("kitei:post"))
        for unit in self._many(case, expand("kitei:unit")):
            offices += self._many(unit, expand("kitei:headPost"))
        labels = [self._labels.label(office) for office in sorted(set(offices))]
        if not labels:
            return Bilingual("指名権者", "the designating post")
        return Bilingual("、".join(x.ja for x in labels), ", ".join(x.en for x in labels))

    def _names(self, things: Iterable[str]) -> Bilingual:
        """Staff numbers for persons and rows, labels for the rest."""
        found = []
        for thing in filter(is_iri, things):
            persons = [thing, *self._many(thing, expand("org:member"))]
            ids = [
                i for p in persons for i, _ in self._city.dataset.values(p, expand("kitei:staffId"))
            ]
            label = self._labels.label(thing)
            found.append(Bilingual(ids[0], ids[0]) if ids else label)
        ordered = sorted(set(found))
        return Bilingual("、".join(x.ja for x in ordered), ", ".join(x.en for x in ordered))

    def _because(self, case: str) -> tuple[Bilingual, list[Row]]:
        if self._told is None:
            self._told = self._tell()
        return self._told.get(case, (_NONE, []))

    def _tell(self) -> dict[str, tuple[Bilingual, list[Row]]]:
        """The sentence of who-acts for each post, so that answers and findings agree."""
        text = standing(self._view, self._city.regulation)
        rows_of: dict[str, list[Row]] = defaultdict(list)
        for row in self._view.select(find("who-acts").sparql):
            for case in self._many(row["answer"] or "", _CASE_OF_ANSWER):
                rows_of[case].append(row)
        return {
            case: (because(rows[0], self._labels, self._day, text), rows)
            for case, rows in rows_of.items()
        }

    def _date(self, case: str) -> Bilingual:
        """The day of the act that a case judges."""
        for act in self._many(case, expand("kitei:act")):
            for day in self._many(act, expand("kitei:date")):
                return Bilingual(in_era(date.fromisoformat(day)), day)
        return _NONE

    def _successor(self, case: str) -> Bilingual:
        """The unit that a recorded renaming puts in place of the one that is missing."""
        for unit in self._many(case, expand("kitei:renamedTo")):
            path = self._labels.path(unit)
            return Bilingual(
                f"{path}に改められている。規程の改正が必要。",
                f"It was renamed to {path}; the regulation has to be amended.",
            )
        return Bilingual("", "")

    def _message(self, case: str) -> Bilingual:
        values = {
            language: text
            for text, language in self._city.dataset.values(case, expand("kitei:message"))
        }
        return Bilingual(values.get("ja", ""), values.get("en", ""))

    def _provision(self, rule: Rule, case: str) -> str | None:
        for predicate in (str(rule.cites), expand("kitei:provision")):
            for provision in self._many(case, predicate):
                return provision
        return None

    def _readings(self, case: str) -> tuple[str, ...]:
        found: set[str] = set(self._many(case, expand("kitei:reading")))
        for answer in self._city.dataset.subjects(_CASE_OF_ANSWER, case):
            found.update(self._many(answer, expand("kitei:reading")))
        for holder in ("kitei:underRule", "kitei:seat"):
            for thing in self._many(case, expand(holder)):
                rules = [thing, *self._many(thing, expand("kitei:inRule"))]
                for rule in rules:
                    found.update(self._many(rule, expand("kitei:reading")))
        return tuple(sorted(local_name(reading) for reading in found))

    def _source(self, rule: Rule, case: str) -> Source | None:
        if file := self._one(case, "kitei:file"):
            return self._place(file, case, self._one(case, "kitei:column"))
        # A rule that points at no field is about the case, not about the row that led to it.
        tables = self._many(case, expand("kitei:inTable")) if rule.source_field else []
        for table in tables[:1]:
            file = self._one(table, "kitei:file") or ""
            return self._place(file, case, self._header(table, rule.source_field), table)
        return None

    def _place(self, file: str, case: str, column: str | None, table: str | None = None) -> Source:
        rows = sorted(int(row) for row in self._many(case, expand("kitei:row")))
        sheet = self._one(table or case, "kitei:sheet")
        return Source(file, rows[0] if rows else None, column, sheet, self._one(case, "kitei:cell"))

    def _header(self, table: str, field: str | None) -> str | None:
        name = self._one(table, "kitei:tableName")
        roster = self._city.roster
        for read in roster.tables if roster else ():
            if read.name == name and field is not None:
                return read.headers.get(field)
        return None

    def _one(self, subject: str, predicate: str) -> str | None:
        values = self._many(subject, expand(predicate))
        return values[0] if values else None

    def _many(self, subject: str, predicate: str) -> list[str]:
        return [value for value, _ in self._city.dataset.values(subject, predicate)]


def _fill(rule: Rule, template: Bilingual, words: Mapping[str, Bilingual]) -> Bilingual:
    try:
        return Bilingual(
            template.ja.format_map({name: word.ja for name, word in words.items()}),
            template.en.format_map({name: word.en for name, word in words.items()}),
        )
    except (LookupError, ValueError, AttributeError) as error:
        raise NothingToCheckError(
            f"規則 {rule.name} の文言に不明な差込み箇所がある: {error}",
            f"the words of rule {rule.name} have an unknown place: {error}",
        ) from error
