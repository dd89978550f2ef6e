"""The service's own roster is checked once a day, whichever pages show what was found."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from functools import cache

import pytest
from tests.web_support import AS_OF, city

from kitei import kb
from kitei.city import City
from kitei.confined import Archive, Document, Here, Job, Wrapped
from kitei.derive import derive
from kitei.web import create_app
from kitei.web.verdicts import FindingsJob

PAGES = ("/", "/findings", "/reg/dx-headquarters", "/reg/dx-headquarters/2024-04-01")
FILES = ("/findings.json", "/findings.sarif", "/findings.txt")


@cache
def example() -> City:
    made = City(kb.find())
    made.read_roster(made.base.example_roster(made.regulation.name))
    return made


class _Counting(Wrapped):
    """Counts the jobs done, by kind."""

    def __init__(self) -> None:
        super().__init__(Here(Archive.of(city())))
        self.done: Counter[str] = Counter()

    def run(self, job: Job) -> Document:
        self.done[type(job).__name__] += 1
        return super().run(job)


@pytest.mark.parametrize("first", PAGES)
def test_a_day_is_checked_once_for_every_page_and_language(first: str) -> None:
    counting = _Counting()
    visitor = create_app(city(), counting).test_client()
    for path in (first, *PAGES):
        for language in ("ja", "en"):
            assert visitor.get(f"{path}?as-of={AS_OF}&lang={language}").status_code == 200
    assert counting.done["FindingsJob"] == 1


def test_a_day_is_derived_for_checks_once_whoever_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    judged: list[str] = []

    def counting(*arguments: object, **options: object) -> None:
        if options["judging"]:
            judged.append(str(options["graph"]))
        derive(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr("kitei.city.derive", counting)
    visitor = create_app(city()).test_client()
    for path in ("/", *FILES, "/findings"):
        response = visitor.get(f"{path}?as-of={AS_OF}", headers={"Accept": "*/*"})
        assert response.status_code == 200, path
    assert len(judged) == 1
    assert judged[0].endswith(AS_OF)


def test_reader_and_findings_show_the_same_words() -> None:
    visitor = create_app(city()).test_client()
    report = visitor.get(f"/findings.json?as-of={AS_OF}").get_json()
    assert report["findings"]
    for language in ("ja", "en"):
        for path in ("/findings", "/reg/dx-headquarters"):
            text = visitor.get(f"{path}?as-of={AS_OF}&lang={language}").text
            for finding in report["findings"]:
                assert finding["rule"] in text
                assert finding["message"][language].replace("'", "&#39;") in text


def test_what_a_calendar_tells_of_a_day_is_what_is_told_of_it_alone() -> None:
    calendar = Archive.of(example()).public
    first = date(2024, 3, 25)
    for index in range(0, 480, 80):
        for day in (first + timedelta(days=index), first + timedelta(days=index + 1)):
            alone = FindingsJob(day).run(Archive.of(example()).public)
            assert FindingsJob(day).run(calendar) == alone, day


def test_a_day_between_the_same_dates_is_not_checked_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    calendar = Archive.of(example()).public
    first, second, other = date(2024, 6, 16), date(2024, 6, 20), date(2024, 7, 3)
    said = FindingsJob(first).run(calendar).body.decode()
    with monkeypatch.context() as patch:
        patch.delattr("kitei.check.check")
        told = FindingsJob(second).run(calendar).body.decode()
        with pytest.raises(ImportError):
            FindingsJob(other).run(calendar)
    assert told.replace("2024-06-20", "2024-06-16").replace("6月20日", "6月16日") == said
    assert "2024-06-20" in told
    assert "2024-06-16" not in told
