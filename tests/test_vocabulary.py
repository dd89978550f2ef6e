"""The vocabulary is closed: every term that is used exists, and says what it means twice."""

from __future__ import annotations

import re
from pathlib import Path

import pyshacl
import pytest
from rdflib import DCTERMS, FOAF, ORG, OWL, PROV, RDF, RDFS, SH, SKOS, XSD, Graph, Literal, URIRef
from rdflib.namespace import DefinedNamespace

from kitei import kb
from kitei.namespaces import KITEI, local_name

BASE = kb.find()
CLOSED: tuple[type[DefinedNamespace], ...] = (
    DCTERMS, FOAF, ORG, OWL, PROV, RDF, RDFS, SH, SKOS, XSD,
)  # fmt: skip
# rdflib brings no ELI: these are the terms of the ELI ontology 1.4 that Kitei uses.
ELI = "http://data.europa.eu/eli/ontology#"
ELI_TERMS = {
    "LegalExpression", "LegalResource", "LegalResourceSubdivision", "amends", "cites",
    "consolidates", "date_document", "first_date_entry_in_force", "has_member", "has_part",
    "is_member_of", "is_part_of", "is_realized_by", "language", "number", "realizes", "title",
    "type_document", "version_date",
}  # fmt: skip


def load(files: list[Path]) -> Graph:
    graph = Graph()
    for file in files:
        graph.parse(file, format="turtle")
    return graph


ONTOLOGY = load([file.path for file in BASE.ontology()])
FILES = [file.path for file in (*BASE.ontology(), *BASE.data(), *BASE.shapes())]
DECLARED = {
    local_name(str(subject))
    for subject in ONTOLOGY.subjects()
    if isinstance(subject, URIRef) and str(subject).startswith(KITEI)
}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_term_of_a_turtle_file_exists(file: Path) -> None:
    graph = load([file])
    used = {term for triple in graph for term in triple if isinstance(term, URIRef)}
    unknown = {str(term) for term in used if not _exists(term)}
    assert not unknown


def _exists(term: URIRef) -> bool:
    text = str(term)
    if text.startswith(KITEI):
        return local_name(text) in DECLARED
    if text.startswith(ELI):
        return text.removeprefix(ELI) in ELI_TERMS
    for namespace in CLOSED:
        if text.startswith(str(namespace)):
            return term in namespace
    return True


@pytest.mark.parametrize(
    "query",
    [*BASE.derivation(), *sorted(Path(kb.__file__).parent.glob("queries/**/*.rq"))],
    ids=lambda path: path.stem,
)
def test_every_term_of_a_query_exists(query: Path) -> None:
    text = re.sub(r'"[^"]*"|^#.*$', "", query.read_text(encoding="utf-8"), flags=re.MULTILINE)
    used = set(re.findall(r"(?<![\w<])kitei:([A-Za-z][\w-]*)", text))
    assert used <= DECLARED


@pytest.mark.parametrize("term", sorted(DECLARED))
def test_a_term_is_labelled_in_japanese_and_english(term: str) -> None:
    labels = {
        label.language
        for predicate in (RDFS.label, SKOS.prefLabel)
        for label in ONTOLOGY.objects(URIRef(KITEI + term), predicate)
        if isinstance(label, Literal)
    }
    assert labels >= {"ja", "en"}


def test_every_norm_cites_a_provision_that_exists() -> None:
    graph = load([file.path for file in (*BASE.ontology(), *BASE.data())])
    eid = URIRef(KITEI + "eId")
    norms = {
        norm
        for kind in graph.transitive_subjects(RDFS.subClassOf, URIRef(KITEI + "Norm"))
        for norm in graph.subjects(RDF.type, kind)
    }
    assert norms
    for norm in norms:
        sources = set(graph.objects(norm, DCTERMS.source))
        assert sources, norm
        assert all((source, eid, None) in graph for source in sources), norm


def test_every_reading_gives_its_reason_and_adopts_one_of_its_alternatives() -> None:
    graph = load([file.path for file in BASE.data()])
    readings = set(graph.subjects(RDF.type, URIRef(KITEI + "Reading")))
    assert readings
    for reading in readings:
        alternatives = set(graph.objects(reading, URIRef(KITEI + "alternative")))
        adopted = set(graph.objects(reading, URIRef(KITEI + "adopts")))
        assert len(adopted) == 1
        assert adopted <= alternatives
        assert len(set(graph.objects(reading, URIRef(KITEI + "reason")))) == 2


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_prefixes_of_a_turtle_file_are_all_used(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    body = re.sub(r"^@prefix.*$", "", text, flags=re.MULTILINE)
    for prefix in re.findall(r"^@prefix (\S+): ", text, flags=re.MULTILINE):
        assert re.search(rf"(?<![\w]){re.escape(prefix)}:", body), prefix


def test_vocabulary_and_norms_keep_the_house_style() -> None:
    style = load([file.path for file in BASE.shapes() if file.path.stem == "vocabulary"])
    graph = load([file.path for file in (*BASE.ontology(), *BASE.data())])
    conforms, _, text = pyshacl.validate(graph, shacl_graph=style)
    assert conforms, text


def test_a_norm_without_source_or_english_label_breaks_the_house_style() -> None:
    style = load([file.path for file in BASE.shapes() if file.path.stem == "vocabulary"])
    graph = Graph()
    graph.parse(
        data="""@prefix kitei: <https://w3id.org/kitei/ns#> .
        @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
        kitei:Silence rdfs:subClassOf kitei:Norm .
        <urn:x> a kitei:Silence ; rdfs:label "無題"@ja .""",
        format="turtle",
    )
    conforms, report, _ = pyshacl.validate(graph, shacl_graph=style)
    assert not conforms
    broken = {local_name(str(shape)) for shape in report.objects(None, SH.sourceShape)}
    assert broken == {"norm-labels", "norm-source", "silence-statement"}
