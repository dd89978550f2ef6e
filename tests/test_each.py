"""A folder of cities: each told as if alone, in every format, and always a valid report."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from xml.etree import ElementTree as ET

import jsonschema
import pytest
from tests.cli_support import Outcome, kitei, process
from tests.each_support import DAY, cities, each, mixed, told
from tests.invented_support import NAME
from tests.support import ROOT

from kitei.confined import can_fork
from kitei.many import children, run

pytestmark = pytest.mark.skipif(not can_fork(), reason="needs fork")
SARIF = ROOT / "tests" / "schemas" / "sarif-2.1.0-rtm.5.json"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One city of each kind."""
    return mixed(tmp_path_factory.mktemp("mixed"))


@pytest.fixture(scope="module")
def checked(folder: Path) -> Outcome:
    """All of them, as JSON."""
    return each(folder, "--format", "json")


# --- what is told of a city ----------------------------------------------------------------------

ALONE = {
    "1-conforming": ("--roster", "1-conforming"),
    "2-troubled": ("--roster", "2-troubled"),
    "3-workbook.xlsx": ("--roster", "3-workbook.xlsx"),
    "4-below": ("--roster", "4-below/roster"),
    "5-own-rules": (
        *("--roster", "5-own-rules/roster", "--kb", "5-own-rules", "--regulation", NAME),
    ),
    "6-beside": ("--roster", "6-beside/roster.xlsx"),
}


def test_the_cities_are_those_of_the_folder_by_name(checked: Outcome) -> None:
    assert list(told(checked)) == sorted(ALONE)


@pytest.mark.parametrize("name", ALONE)
def test_a_city_is_told_as_if_it_were_alone(
    name: str, folder: Path, checked: Outcome, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    alone = kitei("check", *ALONE[name], "--as-of", DAY, "--format", "json")
    city = told(checked)[name]
    assert city["report"] == alone.document
    assert city["verdict"] == ("findings" if alone.code else "conforms")
    assert (city["reason"], city["finding"]) == (None, None)


def test_the_summary_counts_cities_and_findings(checked: Outcome) -> None:
    document = checked.document
    reports = [city["report"] for city in document["cities"]]
    verdicts = document["summary"]["verdicts"]
    assert checked.code == document["summary"]["exit_code"] == 1
    assert document["complete"] is True
    assert sum(verdicts.values()) == document["summary"]["cities"] == len(ALONE)
    assert verdicts["findings"] == sum(not report["conforms"] for report in reports)
    for severity, count in document["summary"]["findings"].items():
        found = [f for report in reports for f in report["findings"] if f["severity"] == severity]
        assert len(found) == count


def test_a_city_tells_nothing_of_those_before_it_in_its_process(tmp_path: Path) -> None:
    mixed(tmp_path / "mixed")
    inside = tmp_path / "cities"
    for number in range(4):
        shutil.copytree(tmp_path / "mixed", inside, dirs_exist_ok=True)
        for name in ("1-conforming", "2-troubled", "5-own-rules"):
            (inside / name).rename(inside / f"{number}-{name}")
    (inside / "1-broken").mkdir()
    alone = {
        name: city["report"]
        for name, city in told(each(tmp_path / "mixed", "--format", "json")).items()
    }
    found = told(each(inside, "--jobs", "1", "--format", "json"))
    assert len(found) == 16
    for name, city in found.items():
        assert city["report"] == alone.get(name.removeprefix(f"{name[0]}-"), alone.get(name)), name


def test_the_same_bytes_however_many_work_at_once(folder: Path, tmp_path: Path) -> None:
    def reports(jobs: str) -> list[bytes]:
        names = ("json", "jsonl", "sarif", "junit")
        files = {name: tmp_path / f"{jobs}.{name}" for name in names}
        outputs = [word for n, file in files.items() for word in ("--output", f"{n}={file}")]
        outcome = each(folder, "--jobs", jobs, *outputs)
        assert (outcome.code, outcome.err) == (1, "")
        return [outcome.out.encode(), *(file.read_bytes() for file in files.values())]

    assert reports("1") == reports("4")


def test_without_fork_the_report_is_the_same(
    folder: Path, checked: Outcome, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (run, children):
        monkeypatch.setattr(module, "can_fork", lambda: False)
    assert each(folder, "--format", "json") == checked


def test_the_least_severity_that_fails_is_honoured(tmp_path: Path) -> None:
    cities(tmp_path, "a", "b")
    assert each(tmp_path).code == 0
    outcome = each(tmp_path, "--fail-on", "info", "--format", "json")
    assert outcome.code == 1
    assert {city["verdict"] for city in told(outcome).values()} == {"findings"}


# --- the formats ---------------------------------------------------------------------------------


def test_text_is_one_table_with_totals(folder: Path) -> None:
    english = each(folder).out.splitlines()
    japanese = kitei("check", "--each", folder, "--as-of", DAY, "--lang", "ja").out.splitlines()
    assert english[0].split() == [
        "City",
        "Verdict",
        "violation",
        "warning",
        "info",
        "First",
        "finding",
    ]
    assert japanese[0].split() == ["市", "結果", "不適合", "要確認", "参考", "最初の指摘"]
    assert [line.split()[0] for line in english[2:8]] == sorted(ALONE)
    assert english[9].startswith("As of 2024-06-05: 6 of 6 cities: conforms ")
    assert japanese[9].startswith("2024-06-05現在: 6市のうち 6市: 適合 ")
    assert japanese[-1].endswith("市の公式解釈ではない。")


def test_lines_of_json_are_the_cities_and_then_the_summary(folder: Path, checked: Outcome) -> None:
    *lines, last = [json.loads(line) for line in each(folder, "--format", "jsonl").out.splitlines()]
    document = checked.document
    assert lines == document.pop("cities")
    assert last == document


def test_sarif_has_a_run_a_city_and_meets_its_schema(tmp_path: Path) -> None:
    cities(mixed(tmp_path), "7-broken")
    (tmp_path / "7-broken" / "roster.csv").unlink()
    log = each(tmp_path, "--format", "sarif").document
    schema = json.loads(SARIF.read_text(encoding="utf-8"))
    jsonschema.validators.validator_for(schema)(schema).validate(log)
    ids = [run["automationDetails"]["id"] for run in log["runs"]]
    assert ids == [f"kitei/{name}/" for name in [*sorted(ALONE), "7-broken"]]
    assert [run["invocations"][0]["executionSuccessful"] for run in log["runs"]] == [
        *[True] * len(ALONE),
        False,
    ]
    (result,) = log["runs"][-1]["results"]
    assert (result["ruleId"], result["level"]) == ("city-unreadable", "error")
    assert log["properties"]["complete"] is True


def test_junit_has_the_suites_of_each_city(tmp_path: Path) -> None:
    cities(mixed(tmp_path), "7-broken")
    (tmp_path / "7-broken" / "roster.csv").unlink()
    top = ET.fromstring(each(tmp_path, "--format", "junit").out)  # noqa: S314  (our own)
    by_city: dict[str, list[ET.Element]] = {}
    for suite in top:
        by_city.setdefault((suite.get("name") or "").partition(":")[0], []).append(suite)
    assert sorted(by_city) == sorted([*ALONE, "7-broken"])
    assert not [case for suite in by_city["1-conforming"] for case in suite.iter("failure")]
    assert [case for suite in by_city["2-troubled"] for case in suite.iter("failure")]
    (suite,) = by_city["7-broken"]
    assert suite.get("errors") == "1"
    assert [error.get("type") for error in suite.iter("error")] == ["input-unreadable"]


def test_a_city_with_a_hostile_name_breaks_no_format(tmp_path: Path) -> None:
    hostile = "a\n\x1b[31m\"]}<&>'\udcff"
    cities(tmp_path, hostile, "b")
    assert list(told(each(tmp_path, "--format", "json"))) == sorted([hostile, "b"])
    each(tmp_path, "--format", "sarif").document  # noqa: B018  (is JSON)
    ET.fromstring(each(tmp_path, "--format", "junit").out)  # noqa: S314  (our own)
    text = each(tmp_path).out
    assert "\x1b" not in text
    assert len(text.splitlines()) == 8


# --- memory --------------------------------------------------------------------------------------


def test_a_city_with_own_rules_in_a_process_of_its_own(folder: Path) -> None:
    done = process("check", "--each", folder, "--as-of", DAY, "--format", "jsonl")
    assert (done.returncode, done.stderr) == (1, "")
    assert len(done.stdout.splitlines()) == len(ALONE) + 1
