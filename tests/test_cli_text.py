"""``kitei text`` and ``kitei coverage``: the text from the graph, and what became of it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from tests.cli_support import kitei, refused
from tests.support import ROOT, run_python

PUBLISHED = ROOT / "data" / "oshu" / "dx-headquarters" / "2024-04-01.txt"


def test_the_graph_gives_the_published_file_byte_for_byte(tmp_path: Path) -> None:
    printed = run_python(["-m", "kitei", "text", "--format", "published"], cwd=tmp_path)
    assert printed.stdout.encode() == PUBLISHED.read_bytes()


@pytest.mark.parametrize("name", ["art_9", "第9条"])
def test_a_provision_is_found_by_eid_and_by_citation(name: str) -> None:
    shown = kitei("text", name, "--lang", "ja")
    assert shown.code == 0
    assert "第9条ただし書" in shown.out
    assert "第10条" not in shown.out


def test_the_tree_shows_every_article_with_its_caption() -> None:
    lines = kitei("text", "--lang", "ja").out.splitlines()
    articles = [line for line in lines if line.startswith("art_")]
    assert [line.split()[1] for line in articles] == [f"第{n}条" for n in range(1, 12)]
    assert articles[0].endswith("(趣旨)")


def test_a_sentence_that_stands_alone_is_shown_with_its_provision() -> None:
    document = json.loads(kitei("text", "art_2__para_2", "--format", "json").out)
    assert [node["eid"] for node in document] == [
        "art_2__para_2",
        *(f"art_2__para_2__point_{n}" for n in range(1, 5)),
    ]
    assert document[0]["text"] == "CDOは、次に掲げる事項についての権限及び責任を有する。"
    assert document[1]["citation"]["ja"] == "第2条第2項第1号"


@pytest.mark.parametrize("day", ["2023-10-01", "2021-06-30"])
def test_no_text_is_printed_for_a_day_whose_text_is_not_held(day: str) -> None:
    assert refused(4, "text", "--as-of", day).out == ""


def test_an_unknown_provision_is_a_usage_error() -> None:
    assert "art_99" in refused(2, "text", "art_99").err


def test_every_sentence_of_the_articles_is_cited_by_a_norm() -> None:
    shown = kitei("coverage", "--format", "json")
    assert shown.code == 0
    rows = shown.document["answers"]
    assert {row["sentence"].split("__")[0] for row in rows} == {f"art_{n}" for n in range(1, 12)}
    assert all(row["covered"] for row in rows)
    for row in rows:
        assert row["rules"] or row["definitions"] or row["readings"] or row["silences"]


def test_a_sentence_that_no_norm_cites_fails_the_coverage(tmp_path: Path) -> None:
    """The other city's text with its norms, but for one rule."""
    city = tmp_path / "city"
    shutil.copytree(ROOT / "tests" / "kb-invented", city)
    for file in city.rglob("2024-04-01.norms.ttl"):
        text = file.read_text(encoding="utf-8")
        assert "text:art_3__para_1 ;" in text
        file.write_text(text.replace("text:art_3__para_1 ;", "text:art_2__para_1 ;"), "utf-8")
    options = ("--kb", city, "--regulation", "vitality-headquarters", "--as-of", "2025-01-01")
    shown = kitei("coverage", *options, "--format", "json")
    assert shown.code == 1
    uncovered = [row["sentence"] for row in shown.document["answers"] if not row["covered"]]
    assert uncovered == ["art_3__para_1__sent_1"]
