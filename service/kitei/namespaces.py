"""The namespaces of the graph, written once."""

from __future__ import annotations

from types import MappingProxyType

KITEI = "https://w3id.org/kitei/ns#"
ID = "https://w3id.org/kitei/id/"

PREFIXES = MappingProxyType(
    {
        "kitei": KITEI,
        "id": ID,
        "dcterms": "http://purl.org/dc/terms/",
        "eli": "http://data.europa.eu/eli/ontology#",
        "foaf": "http://xmlns.com/foaf/0.1/",
        "org": "http://www.w3.org/ns/org#",
        "owl": "http://www.w3.org/2002/07/owl#",
        "prov": "http://www.w3.org/ns/prov#",
        "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
        "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
        "sd": "http://www.w3.org/ns/sparql-service-description#",
        "sh": "http://www.w3.org/ns/shacl#",
        "skos": "http://www.w3.org/2004/02/skos/core#",
        "void": "http://rdfs.org/ns/void#",
        "xsd": "http://www.w3.org/2001/XMLSchema#",
    }
)


def expand(name: str) -> str:
    """The full IRI of a prefixed name such as ``org:Post``.

    Raises ``KeyError`` on an unknown prefix.
    """
    prefix, _, local = name.partition(":")
    return PREFIXES[prefix] + local


def local_name(iri: str) -> str:
    """The last segment of an IRI, after ``#`` or ``/``."""
    return iri.rsplit("#", 1)[-1].rsplit("/", 1)[-1]


def is_iri(text: str) -> bool:
    """Whether ``text`` is an IRI of the web, and not a literal."""
    return text.startswith(("https://", "http://"))
