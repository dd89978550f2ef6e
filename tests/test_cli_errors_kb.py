"""A knowledge base that is wrong or ambiguous, through the command line."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from tests.cli_support import ROSTER, failed, kitei, refused
from tests.support import ROOT

from kitei import kb

DAY = ("--as-of", "2024-05-15")
SECOND_POST = """
@prefix kitei: <https://w3id.org/kitei/ns#> .
@prefix org: <http://www.w3.org/ns/org#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
<https://w3id.org/kitei/id/032158/post/second-mayor> a org:Post ;
  rdfs:label "市長"@ja, "Second Mayor"@en ;
  kitei:namedBy <https://w3id.org/kitei/id/032158/dx-headquarters> .
"""
SECOND_REGULATION = """
@prefix eli: <http://data.europa.eu/eli/ontology#> .
@prefix kitei: <https://w3id.org/kitei/ns#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
<https://w3id.org/kitei/id/999999/mihon/2020-01-01> a eli:LegalResource ;
  eli:is_member_of <https://w3id.org/kitei/id/999999/mihon> ;
  kitei:inForceFrom "2020-01-01"^^xsd:date .
<https://w3id.org/kitei/id/999999/mihon> eli:title "見本規程"@ja .
"""


def test_an_ambiguous_post_lists_the_candidates(tmp_path: Path) -> None:
    (tmp_path / "posts.ttl").write_text(SECOND_POST, encoding="utf-8")
    asked = ("ask", "who-acts", "--kb", tmp_path, "--post")
    error = refused(2, *asked, "市長").err
    assert "(mayor)" in error
    assert "(second-mayor)" in error
    assert kitei(*asked, "second-mayor").code == 0


def test_several_regulations_have_to_be_told_apart(tmp_path: Path) -> None:
    (tmp_path / "mihon.ttl").write_text(SECOND_REGULATION, encoding="utf-8")
    error = refused(2, "ask", "who-acts", "--kb", tmp_path).err
    assert "dx-headquarters" in error
    assert "見本規程" in error
    chosen = ("ask", "silences", "--kb", tmp_path, "--regulation")
    assert kitei(*chosen, "dx-headquarters").code == kitei(*chosen, "見本規程").code == 0


def test_a_knowledge_base_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert "nowhere" in refused(3, "ask", "who-acts", "--kb", tmp_path / "nowhere").err


def test_a_folder_without_turtle_is_no_knowledge_base(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("no rules here", encoding="utf-8")
    assert str(tmp_path) in refused(3, "check", "--example", "--kb", tmp_path).err


def test_broken_turtle_is_named_with_file_and_line(tmp_path: Path) -> None:
    (tmp_path / "norms.ttl").write_text("# rules\n\n<urn:a> <urn:b> ;;; .\n@", encoding="utf-8")
    error = refused(3, "ask", "who-acts", "--kb", tmp_path).err
    assert "norms.ttl" in error
    assert re.search(r"line [34]", error)


@pytest.fixture
def shapes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of shapes of a copied knowledge base, which is the one in use."""
    root = tmp_path / "_kb"
    for name in ("ontology", "shapes", "data"):
        shutil.copytree(ROOT / name, root / name)
    monkeypatch.setattr(kb, "_PACKAGE", tmp_path)
    return root / "shapes"


CHECK: tuple[str | Path, ...] = ("check", "--roster", ROSTER, *DAY)


def spoil(shapes: Path, name: str, old: str, new: str) -> None:
    """Replace text in a shapes file; fails when it is not there."""
    file = shapes / name
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_copied_knowledge_base_checks_like_the_original(shapes: Path) -> None:
    assert shapes.is_dir()
    assert kitei(*CHECK, "--format", "json") == kitei(*CHECK, "--format", "json")
    assert kitei(*CHECK).code == 0


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        pytest.param(
            "designation.ttl", "sh:minCount 1", "sh:mincount 1", "mincount", id="misspelt"
        ),
        pytest.param(
            "designation.ttl", "sh:targetClass", "sh:targetClas", "targetClas", id="target misspelt"
        ),
        pytest.param(
            "staffing.ttl",
            "sh:severity sh:Violation",
            "sh:severity sh:Grave",
            "Grave",
            id="severity",
        ),
        pytest.param(
            "staffing.ttl", "sh:severity sh:Violation", "sh:severity sh:IRI", "", id="no severity"
        ),
        pytest.param("staffing.ttl", "sh:severity sh:Violation ;", "", "", id="severity left out"),
        pytest.param("staffing.ttl", "kitei:hint", "rdfs:seeAlso", "hint", id="hint left out"),
        pytest.param("designation.ttl", "sh:minCount 1", 'sh:minCount "some"', "", id="no number"),
        pytest.param("staffing.ttl", "sh:maxCount 0", 'sh:pattern "["', "", id="bad pattern"),
        pytest.param("staffing.ttl", "@prefix sh:", "@prefix xsh:", "staffing.ttl", id="no prefix"),
        pytest.param("staffing.ttl", " .", " ..", "staffing.ttl", id="no Turtle"),
    ],
)
def test_shapes_that_are_wrong_never_let_a_roster_conform(
    shapes: Path, file: str, old: str, new: str, said: str
) -> None:
    spoil(shapes, file, old, new)
    assert said in failed(4, *CHECK).err


def test_words_with_an_unknown_place_are_no_finding(shapes: Path) -> None:
    for file in shapes.glob("*.ttl"):
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace("{because}", "{becuase}"), encoding="utf-8")
    assert "becuase" in refused(4, *CHECK[:3], "--as-of", "2024-06-11").err


def test_shapes_that_match_nothing_are_not_a_pass(shapes: Path) -> None:
    for file in shapes.glob("*.ttl"):
        file.unlink()
    failed(4, *CHECK)
