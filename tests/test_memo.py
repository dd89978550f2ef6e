"""The memo: one page that says an answer, what it rests on, and how to get it again."""

from __future__ import annotations

import re
import shlex
from hashlib import sha256
from pathlib import Path

import pytest
from tests.cli_support import Outcome, kitei, refused
from tests.invented_support import KB, NAME
from tests.invented_support import ROSTER as INVENTED
from tests.support import ROOT

from kitei.report.inert import in_html, in_markdown

STAFF = (
    "職員番号,氏名,所属,職名,区分,開始日,終了日\n"
    "A1,見本 副,,副市長,本務,2024-04-01,\n"
    "B1,見本 部,総務部,部長,本務,2024-04-01,\n"
)
UNABLE = "職員番号,開始日,終了日,事故の有無\nA1,2024-06-01,2024-06-30,\n"
SENTENCE = (
    "令和6年6月5日現在、CDO(副市長)に事故があるため、第3条第2項の規定により、"
    "CDO補佐官(総務部長)がその職務を代理する。"
)
TEXT = ROOT / "data" / "oshu" / "dx-headquarters" / "2024-04-01.txt"


@pytest.fixture
def roster(tmp_path: Path) -> Path:
    """A vice-mayor whose absence is recorded without a mark, and who would act."""
    folder = tmp_path / "roster"
    folder.mkdir()
    (folder / "roster.csv").write_text(STAFF, encoding="utf-8")
    (folder / "incapacities.csv").write_text(UNABLE, encoding="utf-8")
    return folder


def memo(roster: Path, *more: str | Path, language: str = "ja") -> Outcome:
    """A memo about the CDO on a day of the leave."""
    return kitei(
        *("memo", "who-acts", "--post", "CDO", "--as-of", "2024-06-05"),
        *("--roster", roster, "--lang", language, *more),
    )


def listed(text: str) -> dict[str, str]:
    """The inputs that a memo lists: name -> SHA-256."""
    return {
        name: digest for digest, name in re.findall(r"^ *([0-9a-f]{64})  (.+)$", text, re.MULTILINE)
    }


def test_a_memo_says_the_answer_in_the_words_of_the_law_and_what_it_rests_on(
    roster: Path,
) -> None:
    out = memo(roster).out
    assert f"> {SENTENCE}\n" in out
    assert "- 基準日: 令和6年6月5日 (2024-06-05)" in out
    assert "区分: 回答; 資格: 職務代理; 者: 見本 部 (B1)" in out
    chain = [
        out.index(word)
        for word in ("名簿: incapacities.csv 2行目", "規則: CDOの職務代理", "第3条第2項\n")
    ]
    assert chain == sorted(chain)
    assert (
        "CDO補佐官は、CDOを補佐し、CDOに事故があるとき、又は欠けたときは、その職務を代理する。"
        in out
    )
    assert "事故があることを誰が認めるかの定めがない。" in out
    assert out.endswith("収録した本文と名簿から機械的に導いたもので、市の公式解釈ではない。\n")


def test_a_memo_says_whether_the_answer_is_the_same_under_other_readings(roster: Path) -> None:
    out = memo(roster, language="en").out
    assert "only where marked: another answer" in out
    assert "1 of 12 alternatives would change it" in out
    marked = UNABLE.replace("30,\n", "30,有\n")
    (roster / "incapacities.csv").write_text(marked, encoding="utf-8")
    out = memo(roster, language="en").out
    assert "another answer" not in out
    assert "The same under every reading (12 alternatives tried)." in out


def test_a_memo_under_a_switched_reading_says_so_and_repeats_the_switch(roster: Path) -> None:
    switch = "recorded-incapacity=record-is-not-incapacity"
    out = memo(roster, "--reading", switch).out
    assert "解釈を切り替えた: 「有無の記載のない記録は事故とみる」" in out
    assert f"--reading={switch}" in out
    assert "者: 見本 副 (A1)" in out


@pytest.mark.parametrize("name", ["markdown", "html"])
def test_the_command_in_a_memo_writes_the_same_bytes(
    roster: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(roster.parent)
    first = memo(roster, "--format", name).out
    (command,) = re.findall(r"kitei (memo who-acts .+?)(?:</pre>)?$", first, re.MULTILINE)
    assert str(roster.parent) not in first
    assert kitei(*shlex.split(command)).out == first


def test_the_digests_are_those_of_sha256sum(roster: Path) -> None:
    found = listed(memo(roster).out)
    assert found["oshu/dx-headquarters/2024-04-01.txt"] == sha256(TEXT.read_bytes()).hexdigest()
    assert found["roster.csv"] == sha256(STAFF.encode()).hexdigest()
    assert found["incapacities.csv"] == sha256(UNABLE.encode()).hexdigest()
    steps = sorted((ROOT / "ontology" / "derive").glob("*.rq"))
    listing = "".join(f"{sha256(p.read_bytes()).hexdigest()}  {p.name}\n" for p in steps)
    name = f"ontology/derive/*.rq ({len(steps)})"
    assert found[name] == sha256(listing.encode()).hexdigest()


def test_a_file_that_is_no_table_of_the_roster_is_no_input(roster: Path) -> None:
    before = memo(roster).out
    (roster / "notes.csv").write_text("控え\n", encoding="utf-8")
    assert listed(memo(roster).out) == listed(before)


@pytest.mark.parametrize("name", ["markdown", "html"])
def test_a_memo_is_verified_until_an_input_changes(roster: Path, tmp_path: Path, name: str) -> None:
    file = tmp_path / "memo"
    words = ("--format", name)
    assert memo(roster, *words, "--output", file) == Outcome(0, "", "")
    assert memo(roster, *words, "--verify", file).code == 0
    with (roster / "roster.csv").open("a", encoding="utf-8") as rows:
        rows.write("C1,見本 追,総務部,主事,本務,2024-04-01,\n")
    differing = memo(roster, *words, "--verify", file)
    assert (differing.code, differing.out) == (1, f"{file}: 異なる入力: roster.csv\n")


def test_a_memo_whose_words_were_changed_is_not_verified(roster: Path, tmp_path: Path) -> None:
    file = tmp_path / "memo.md"
    memo(roster, "--output", file)
    file.write_text(
        file.read_text(encoding="utf-8").replace("職務代理;", "本人;"), encoding="utf-8"
    )
    assert memo(roster, "--verify", file).code == 1


def test_html_is_one_page_that_loads_nothing(roster: Path) -> None:
    out = memo(roster, "--format", "html").out
    assert out.startswith("<!DOCTYPE html>\n")
    assert "default-src 'none'" in out
    assert "@page { size: A4;" in out
    assert f"<blockquote>{SENTENCE}</blockquote>" in out
    assert not re.search(r"<(script|link|img|iframe)\b", out)


def test_a_name_in_the_roster_cannot_write_into_a_memo(roster: Path) -> None:
    hostile = STAFF.replace("見本 部", "<b>[x](y)</b>")
    (roster / "roster.csv").write_text(hostile, encoding="utf-8")
    assert in_markdown("[x]") in memo(roster).out
    assert "<b>" not in memo(roster).out
    assert in_html("<b>[x](y)</b>") in memo(roster, "--format", "html").out


@pytest.mark.parametrize("text", ["- item", "+ item", "1. item", "  - item"])
def test_a_line_does_not_begin_a_list_of_its_own(text: str) -> None:
    assert re.match(r"\s*\d*\\", in_markdown(text))


def test_a_memo_of_the_rules_alone_needs_no_roster() -> None:
    out = kitei("memo", "who-acts", "--post", "CDO", "--as-of", "2024-06-05", "--lang", "en").out
    assert "shall serve as CDO" in out
    assert "roster.csv" not in listed(out)


def test_a_memo_of_a_day_whose_text_is_not_held_says_so() -> None:
    words = ("memo", "who-acts", "--post", "CDO", "--as-of", "2022-05-01", "--example")
    outcome = kitei(*words, "--lang", "en")
    assert outcome.code == 0
    assert "is not held, so no answer is given" in outcome.out
    assert "There is no other reading that could be tried." in outcome.out


def test_a_memo_of_the_invented_city_cites_its_own_text() -> None:
    out = kitei(
        *("memo", "who-acts", "--post", "本部長", "--as-of", "2025-06-02", "--lang", "ja"),
        *("--kb", KB, "--regulation", NAME, "--roster", INVENTED),
    ).out
    found = listed(out)
    text = KB / NAME / "2024-04-01.txt"
    assert found[f"{KB.name}/{NAME}/{text.name}"] == sha256(text.read_bytes()).hexdigest()
    assert not any(name.startswith("oshu/dx") for name in found)


def test_what_cannot_be_a_memo_is_refused(tmp_path: Path) -> None:
    refused(2, "memo", "history", "--post", "CDO", "--example")
    refused(2, "memo", "no-such-question")
    refused(2, "memo", "who-acts", "--output", tmp_path)
    refused(3, "memo", "who-acts", "--verify", tmp_path / "none.md")
