"""Waivers: findings that somebody answers for, until a day."""

from __future__ import annotations

import os
import re
import stat
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.cli_support import ROSTER, Outcome, kitei, lines_of, refused, roster_with

from kitei import dates
from kitei.check import baseline
from kitei.check.baseline import Waiver
from kitei.errors import UsageError

DAY = ("--as-of", "2024-05-15")
# Without this row 財務部税務課 supplies nobody.
SEAT = "財務部税務課"
GOOD = {
    "rule": '"seat-missing"',
    "focus": f'"{SEAT}"',
    "provision": '"art_5__para_3__point_1__o_3"',
    "reason": '"後任は6月1日付けで指名する"',
    "author": '"総務課 A-1"',
    "expires": "2024-06-30",
}


@pytest.fixture(scope="module")
def roster(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The acceptance roster with two seats empty."""
    lines = [line for line in lines_of("designations.csv") if SEAT not in line]
    lines = [line for line in lines if "総務部総務課" not in line]
    return roster_with(
        tmp_path_factory.mktemp("seats"), {"designations.csv": "\n".join(lines) + "\n"}
    )


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is the last day of the waiver."""
    monkeypatch.setattr(dates, "today", lambda: date(2024, 6, 30))


def entry(**changed: str | None) -> str:
    """A good entry with these keys written otherwise, or left out."""
    given = {**GOOD, **changed}
    return "[[waiver]]\n" + "".join(f"{k} = {v}\n" for k, v in given.items() if v is not None)


def written(folder: Path, *entries: str) -> Path:
    file = folder / "waivers.toml"
    file.write_text("\n".join(entries), encoding="utf-8")
    return file


def checked(roster: Path, file: Path, *more: str) -> Outcome:
    return kitei("check", "--roster", roster, *DAY, "--baseline", file, *more)


def document(roster: Path, file: Path, *more: str) -> tuple[int, dict[str, Any]]:
    outcome = checked(roster, file, "--format", "json", *more)
    return outcome.code, outcome.document


def seats(findings: list[dict[str, Any]]) -> list[str]:
    return sorted(f["focus"] for f in findings if f["rule"] == "seat-missing")


def test_a_waived_finding_leaves_the_verdict_and_is_still_listed(
    roster: Path, tmp_path: Path
) -> None:
    code, found = document(roster, written(tmp_path, entry()))
    assert code == 1
    assert seats(found["findings"]) == ["総務部総務課"]
    assert seats(found["waivers"]["waived"]) == [SEAT]
    assert found["waivers"]["waived"][0]["waiver"] == {
        "reason": "後任は6月1日付けで指名する",
        "author": "総務課 A-1",
        "expires": "2024-06-30",
    }
    assert found["waivers"]["expired"] == found["waivers"]["unused"] == []


def test_with_every_finding_waived_the_roster_conforms(roster: Path, tmp_path: Path) -> None:
    other = entry(focus='"総務部総務課"', provision=None)
    code, found = document(roster, written(tmp_path, entry(), other))
    assert (code, found["conforms"]) == (0, True)


def test_text_lists_what_is_waived_with_reason_author_and_last_day(
    roster: Path, tmp_path: Path
) -> None:
    said = checked(roster, written(tmp_path, entry()), "--lang", "ja").out
    expected = "後任は6月1日付けで指名する (総務課 A-1、2024-06-30まで)"
    assert f"免除: seat-missing {SEAT}: {expected}" in said


def test_an_expired_waiver_fails_again_and_says_so(
    roster: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = written(tmp_path, entry(), entry(focus='"総務部総務課"', provision=None))
    assert checked(roster, file).code == 0
    monkeypatch.setattr(dates, "today", lambda: date(2024, 7, 1))
    code, found = document(roster, file)
    assert code == 1
    assert seats(found["findings"]) == seats(found["waivers"]["expired"])
    assert found["waivers"]["waived"] == []
    said = checked(roster, file, "--lang", "en").out
    assert f"waiver expired: seat-missing {SEAT}" in said


def test_an_entry_that_lasts_makes_up_for_an_expired_one(roster: Path, tmp_path: Path) -> None:
    code, found = document(roster, written(tmp_path, entry(expires="2024-01-01"), entry()))
    assert code == 1
    assert seats(found["waivers"]["waived"]) == [SEAT]
    assert found["waivers"]["unused"] == []


def test_an_unused_waiver_is_named(roster: Path, tmp_path: Path) -> None:
    wrong_place = entry(provision='"art_5__para_4"')
    file = written(tmp_path, entry(focus='"どこにもない課"'), wrong_place)
    _, found = document(roster, file)
    assert [unused["focus"] for unused in found["waivers"]["unused"]] == ["どこにもない課", SEAT]
    assert "unused waiver: seat-missing どこにもない課" in checked(roster, file, "--lang", "en").out


def test_without_a_baseline_the_document_is_as_it_was(roster: Path) -> None:
    outcome = kitei("check", "--roster", roster, *DAY, "--format", "json")
    assert "waivers" not in outcome.document


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"reason": None}, "reason"),
        ({"author": None}, "author"),
        ({"expires": None}, "expires"),
        ({"rule": None}, "rule"),
        ({"focus": None}, "focus"),
        ({"reason": '""'}, "reason"),
        ({"author": '"  "'}, "author"),
        ({"expires": '""'}, "expires"),
        ({"expires": '"someday"'}, "expires"),
        ({"expires": "2024-06-30T12:00:00"}, "expires"),
        ({"reason": "3"}, "reason"),
        ({"rule": '"seat-mising"'}, "seat-mising"),
        ({"until": "2024-06-30"}, "until"),
    ],
)
def test_an_entry_that_does_not_say_what_it_must_is_refused(
    changed: dict[str, str | None], said: str, tmp_path: Path
) -> None:
    file = written(tmp_path, entry(), entry(**changed))
    with pytest.raises(UsageError) as raised:
        baseline.read(file, {"seat-missing"})
    for message in raised.value.message:
        assert str(file) in message
        assert re.match(r": (2番目の|\[\[waiver\]\] number 2:)", message.removeprefix(str(file)))
        assert said in message


def test_a_refused_file_is_a_usage_error(roster: Path, tmp_path: Path) -> None:
    arguments = ("check", "--roster", roster, *DAY, "--baseline")
    said = refused(2, *arguments, written(tmp_path, entry(), entry(reason=None)))
    assert "waivers.toml: 2番目の [[waiver]]: reason" in said.err
    refused(2, *arguments, written(tmp_path, entry(rule='"no-such-rule"')))
    refused(2, *arguments, written(tmp_path, "[waiver]\nrule = 'x'\n"))
    refused(2, *arguments, written(tmp_path, "title = 'x'\n"))
    refused(2, *arguments, written(tmp_path, "waiver = [3]\n"))


def test_an_unreadable_file_is_said_to_be_so(roster: Path, tmp_path: Path) -> None:
    arguments = ("check", "--roster", roster, *DAY, "--baseline")
    refused(3, *arguments, tmp_path / "none.toml")
    refused(3, *arguments, tmp_path)
    refused(3, *arguments, written(tmp_path, "[[waiver\n"))
    (tmp_path / "waivers.toml").write_bytes(b"\xff\xfe[[waiver]]")
    refused(3, *arguments, tmp_path / "waivers.toml")


def test_an_update_writes_what_fails_and_leaves_the_rest_to_be_filled(
    roster: Path, tmp_path: Path
) -> None:
    file = tmp_path / "waivers.toml"
    outcome = checked(roster, file, "--update-baseline", "--lang", "en")
    assert (outcome.code, outcome.out) == (0, "")
    assert "2 waivers written, 2 of them to be filled in" in outcome.err
    entries = tomllib.loads(file.read_text(encoding="utf-8"))["waiver"]
    assert sorted(e["focus"] for e in entries) == sorted([SEAT, "総務部総務課"])
    assert {(e["reason"], e["author"], e["expires"]) for e in entries} == {("", "", "")}
    # Whoever does not fill it in has waived nothing.
    assert "reason" in refused(2, "check", "--roster", roster, *DAY, "--baseline", file).err


def test_an_update_keeps_what_is_written_and_drops_what_is_cured(
    roster: Path, tmp_path: Path
) -> None:
    file = written(tmp_path, entry(), entry(focus='"治った課"'), entry(rule='"old-rule"'))
    assert checked(roster, file, "--update-baseline").code == 0
    entries = tomllib.loads(file.read_text(encoding="utf-8"))["waiver"]
    kept = {e["focus"]: (e["reason"], e["expires"]) for e in entries}
    assert kept == {
        SEAT: ("後任は6月1日付けで指名する", date(2024, 6, 30)),
        "総務部総務課": ("", ""),
    }
    first = file.read_bytes()
    assert checked(roster, file, "--update-baseline").code == 0
    assert file.read_bytes() == first


def test_an_update_waives_as_much_as_fails(tmp_path: Path) -> None:
    file, absent = tmp_path / "waivers.toml", ("--as-of", "2024-06-11", "--baseline")
    rules = {}
    for severity in ("info", "violation"):
        file.unlink(missing_ok=True)
        kitei(
            "check", "--roster", ROSTER, *absent, file, "--update-baseline", "--fail-on", severity
        )
        text = file.read_text(encoding="utf-8")
        rules[severity] = {e["rule"] for e in tomllib.loads(text).get("waiver", [])}
    assert "post-no-substitute" in rules["info"]
    assert "post-no-substitute" not in rules["violation"]


def test_an_update_needs_a_file_to_write(roster: Path, tmp_path: Path) -> None:
    refused(2, "check", "--roster", roster, *DAY, "--update-baseline")
    missing = tmp_path / "no" / "folder.toml"
    refused(2, "check", "--roster", roster, *DAY, "--baseline", missing, "--update-baseline")


def test_what_is_written_reads_back(tmp_path: Path) -> None:
    odd = 'a "quoted" \\ name\n\x01\x7f\u2028[[waiver]]'
    waivers = [
        Waiver("seat-missing", odd, None, odd, "A", date(2024, 6, 30)),
        Waiver("seat-missing", "b", "art_1", "r", "A", date(9999, 12, 31)),
    ]
    file = tmp_path / "waivers.toml"
    baseline.write(file, waivers)
    assert baseline.read(file, {"seat-missing"}) == waivers


def test_a_file_is_replaced_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = written(tmp_path, "# as it was\n")
    file.chmod(0o640)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(UsageError):
            baseline.write(file, [])
    assert file.read_text(encoding="utf-8") == "# as it was\n"
    assert [path.name for path in tmp_path.iterdir()] == ["waivers.toml"]
    baseline.write(file, [])
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert [path.name for path in tmp_path.iterdir()] == ["waivers.toml"]
