"""Turn validation results into findings that a person can act on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date

from kitei.ask.because import because
from kitei.ask.labels import Labels
from kitei.ask.question import find
from kitei.ask.standing import Standing
from kitei.check.finding import Case, Finding, Origin, Source
from kitei.check.rules import Rule
from kitei.check.validation import Result
from kitei.city import City, DayView
from kitei.dates import in_era
from kitei.errors import Bilingual, NothingToCheckError
from kitei.namespaces import expand, is_iri, local_name
from kitei.store import Row

_CASE_OF_ANSWER = expand("kitei:about")
_BECAUSE = "{because}"
# So many posts are asked about one by one; for more it takes less to ask about all.
_FEW = 2
_NONE = Bilingual("-", "-")
_NOT_GIVEN = Bilingual("記載なし", "not given")
# From a case to the act that it judges; words for who did it, and for the posts that had to.
_ACTS = ("kitei:act", "kitei:designation")
_DONE_BY = {
    "convened_by": "kitei:convener",
    "chaired_by": "kitei:chair",
    "submitted_by": "kitei:submittedBy",
    "designated_by": "kitei:designator",
}
_UP_TO = {"convener": "kitei:convenerPost", "chair": "kitei:chairPost"}
# Numbers that the derivation gives to a case.
_COUNTS = {
    "members": "kitei:membersInOffice",
    "present": "kitei:membersPresent",
    "needed": "kitei:membersNeeded",
}


class Teller:
    """Tells the findings of one day, in both languages and without names of persons."""

    def __init__(
        self, city: City, view: DayView, day: date, rules: Mapping[str, Rule], text: Standing
    ) -> None:
        """``text`` is the standing of the text on that day."""
        self._city, self._view, self._day, self._rules = city, view, day, rules
        self._text = text
        self._labels = Labels(city.dataset)
        self._answers: dict[str, list[Row]] | None = None
        self._explained = 0
        """How many findings say why somebody acts."""

    def findings(self, results: Iterable[Result]) -> list[Finding]:
        """One finding for each rule and case (or value, where the rule is about values)."""
        found: dict[tuple[str, str], tuple[Rule, Result]] = {}
        for result in results:
            rule = self._rules[result.shape]
            case = result.value if rule.reports_value and result.value else result.focus
            found.setdefault((rule.name, case), (rule, result))
        self._explained = sum(_BECAUSE in rule.template.ja for rule, _ in found.values())
        return [self._finding(rule, case, result) for (_, case), (rule, result) in found.items()]

    def case(self, rule: Rule, case: str) -> Case:
        """A case under a rule, as reports name it."""
        provision = self._provision(rule, case)
        return Case(
            iri=case,
            focus=self._one(case, "kitei:focus") or local_name(case),
            provision=self._labels.eid(provision) if provision else None,
            citation=self._labels.citation(provision) if provision else None,
            unit=self._top_unit(case),
        )

    def _top_unit(self, case: str) -> Bilingual | None:
        units = self._many(case, expand("kitei:unit"))
        for seat in self._many(case, expand("kitei:seat")):
            units += self._many(seat, expand("kitei:unit"))
        if not units:
            return None
        # Of the units above, those that the path writes: 総務部 of 総務部総務課, not 市長部局.
        path, seen = self._labels.path(units[0]), [units[0]]
        while above := self._many(seen[-1], expand("org:unitOf")):
            if above[0] in seen or not path.startswith(self._labels.path(above[0])):
                break
            seen.append(above[0])
        return self._labels.label(seen[-1])

    def _finding(self, rule: Rule, case: str, result: Result) -> Finding:
        named = self.case(rule, case)
        words = self._words(rule, case, named.citation or _NONE)
        return Finding(
            rule=rule.name,
            severity=rule.severity,
            provision=named.provision,
            citation=named.citation,
            focus=named.focus,
            message=_fill(rule, rule.template, words),
            hint=_fill(rule, rule.hint, words),
            origin=Origin(
                case=named,
                shape=result.shape,
                path=str(rule.path),
                component=result.component,
                focus_node=result.focus,
                value=result.value,
                provision=self._provision(rule, case),
            ),
            readings=self._readings(case),
            source=self._source(rule, case),
        )

    def _words(self, rule: Rule, case: str, citation: Bilingual) -> dict[str, Bilingual]:
        """What the places of a message can be filled with, computed only where used."""
        makers: dict[str, Callable[[], Bilingual]] = {
            "day": lambda: Bilingual(in_era(self._day), self._day.isoformat()),
            "focus": lambda: self._focus(case),
            "provision": lambda: citation,
            "found": lambda: self._names(self._many(case, str(rule.path))),
            "holders": lambda: self._names(self._many(case, expand("kitei:heldBy"))),
            "office": lambda: self._office(case),
            "message": lambda: self._message(case),
            "date": lambda: self._date(case),
            "successor": lambda: self._successor(case),
            "unit": lambda: self._unit(case),
            "lacking": lambda: self._lacking(case),
            "cause": lambda: self._names(self._many(case, expand("kitei:shortfall"))),
        }
        said = "".join((*rule.template, *rule.hint))
        # A place may have a format after its name, or a part of it.
        words = {name: made() for name, made in makers.items() if f"{{{name}" in said}
        words |= self._actors(case, said) | self._counts(case, said)
        if _BECAUSE in rule.template.ja:
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
        offices += self._many(case, expand("kitei:submitterPost"))
        for other in self._many(case, expand("kitei:filledThrough")):
            offices += self._many(other, expand("kitei:post"))
        for unit in self._many(case, expand("kitei:unit")):
            offices += self._many(unit, expand("kitei:headPost"))
        return self._posts(offices)

    def _posts(self, posts: Iterable[str]) -> Bilingual:
        labels = [self._labels.label(post) for post in sorted(set(posts))]
        if not labels:
            return Bilingual("本文の定める職", "the post that the text names")
        return Bilingual("、".join(x.ja for x in labels), ", ".join(x.en for x in labels))

    def _actors(self, case: str, said: str) -> dict[str, Bilingual]:
        """Who did what a case judges (staff numbers), and the posts that had to."""
        if not any(f"{{{word}" in said for word in (*_DONE_BY, *_UP_TO)):
            return {}
        acts = [act for kind in _ACTS for act in self._many(case, expand(kind))]
        found = {
            word: self._names(p for act in acts for p in self._many(act, expand(predicate)))
            for word, predicate in _DONE_BY.items()
        }
        for word, predicate in _UP_TO.items():
            found[word] = self._posts(self._many(case, expand(predicate)))
        return found

    def _counts(self, case: str, said: str) -> dict[str, Bilingual]:
        if not any(f"{{{word}" in said for word in _COUNTS):
            return {}
        found = {word: self._one(case, predicate) or "-" for word, predicate in _COUNTS.items()}
        return {word: Bilingual(number, number) for word, number in found.items()}

    def _unit(self, case: str) -> Bilingual:
        """The organisation that a designation is for."""
        units = [
            unit
            for seat in self._many(case, expand("kitei:seat"))
            for unit in self._many(seat, expand("kitei:unit"))
        ]
        for act in self._many(case, expand("kitei:designation")):
            units += self._many(act, expand("kitei:organization"))
        return self._paths(units[:1])

    def _lacking(self, case: str) -> Bilingual:
        """The organisations concerned of which nobody consented."""
        concerned = set(self._many(case, expand("kitei:concerns")))
        return self._paths(concerned - set(self._many(case, expand("kitei:consentOf"))))

    def _paths(self, units: Iterable[str]) -> Bilingual:
        paths = sorted(self._labels.path(unit) for unit in units)
        return Bilingual("、".join(paths), ", ".join(paths)) if paths else _NONE

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
        if not ordered:
            return _NOT_GIVEN
        return Bilingual("、".join(x.ja for x in ordered), ", ".join(x.en for x in ordered))

    def _because(self, case: str) -> tuple[Bilingual, list[Row]]:
        """The sentence of who-acts for a post, so that answers and findings agree."""
        rows = self._answered(case)
        if not rows:
            return _NONE, []
        return because(rows[0], self._labels, self._day, self._text), rows

    def _answered(self, case: str) -> list[Row]:
        """What who-acts says of a case."""
        question = find("who-acts").sparql
        if self._explained <= _FEW:
            posts = self._many(case, expand("kitei:post"))
            rows = [row for post in posts for row in self._view.select(question, {"post": post})]
            return [row for row in rows if case in self._cases(row)]
        if self._answers is None:
            self._answers = defaultdict(list)
            for row in self._view.select(question):
                for other in self._cases(row):
                    self._answers[other].append(row)
        return self._answers.get(case, [])

    def _cases(self, row: Row) -> list[str]:
        return self._many(row["answer"] or "", _CASE_OF_ANSWER)

    def _date(self, case: str) -> Bilingual:
        """The day of the act that a case judges."""
        for kind in _ACTS:
            for act in self._many(case, expand(kind)):
                for day in self._many(act, expand("kitei:date")):
                    return Bilingual(in_era(date.fromisoformat(day)), day)
        return _NONE

    def _successor(self, case: str) -> Bilingual:
        """The unit that a recorded renaming puts in place of the one that is missing."""
        for unit in self._many(case, expand("kitei:renamedTo")):
            path = self._labels.path(unit)
            return Bilingual(
                f"{path}に改められている。規程の改正が必要。",
                f" It was renamed to {path}; the regulation has to be amended.",
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
        row = rows[0] if rows else None
        cell = self._one(case, "kitei:cell") or self._address(file, sheet, row, column)
        return Source(file, row, column, sheet, cell)

    def _address(
        self, file: str, sheet: str | None, row: int | None, column: str | None
    ) -> str | None:
        """The cell of a sheet in which a row and a column meet."""
        roster = self._city.roster
        for read in roster.tables if roster and sheet and row and column else ():
            if (read.file, read.sheet) == (file, sheet):
                for field, header in read.headers.items():
                    if header == column:
                        return f"{read.letters[field]}{row}"
        return None

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
