"""What the service says of itself: SPARQL 1.1 Service Description and VoID, as N-Triples."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import quote

from kitei import terms
from kitei.city import ROSTER_GRAPH, City
from kitei.errors import Bilingual
from kitei.namespaces import ID, PREFIXES, expand
from kitei.store import Dataset

SD, VOID = PREFIXES["sd"], PREFIXES["void"]
_FORMATS = "http://www.w3.org/ns/formats/"
_GRAPH_FORMATS = ("Turtle", "N-Triples", "RDF_XML", "JSON-LD", "TriG", "N-Quads")
_RESULT_FORMATS = (
    "SPARQL_Results_JSON",
    "SPARQL_Results_XML",
    "SPARQL_Results_CSV",
    "SPARQL_Results_TSV",
)
_SIMPLE = "http://www.w3.org/ns/entailment/Simple"
_TITLE = Bilingual(
    "規程、その規範、組織及び一日の事実",
    "A regulation, its norms, its organisation, facts of a day",
)
_ROSTER = Bilingual("名簿", "The roster")
_OF_A_DAY = Bilingual("その日の事実", "The facts of the day")
_SIZES = """
SELECT ?graph (COUNT(*) AS ?triples) WHERE { GRAPH ?graph { ?s ?p ?o } }
GROUP BY ?graph ORDER BY ?graph
"""
_TOTALS = """
SELECT (COUNT(DISTINCT *) AS ?triples) (COUNT(DISTINCT ?s) AS ?subjects) WHERE { ?s ?p ?o }
"""
# Grouped, because the engine sorts before it looks for duplicates (25 ms instead of 5).
_CLASSES = (
    "SELECT ?class WHERE { ?s a ?class FILTER(isIRI(?class)) } GROUP BY ?class ORDER BY ?class"
)
_PROPERTIES = "SELECT ?property WHERE { ?s ?property ?o } GROUP BY ?property ORDER BY ?property"
_TITLES = """
PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT ?graph ?label (LANG(?label) AS ?language)
WHERE { GRAPH ?graph { ?ontology a owl:Ontology ; rdfs:label ?label } }
ORDER BY ?graph DESC(?language)
"""


class Addresses(NamedTuple):
    """Where the service is asked, as its client sees it."""

    root: str

    @property
    def endpoint(self) -> str:
        """SPARQL 1.1 Protocol."""
        return f"{self.root}sparql"

    @property
    def void(self) -> str:
        """The description of the dataset."""
        return f"{self.root}.well-known/void"

    def graph(self, iri: str | None) -> str:
        """Where the triples of a graph are; those of the default graph if ``None``."""
        asked = "default" if iri is None else f"graph={quote(iri, safe='')}"
        return f"{self.root}graphs?{asked}"


class Statements:
    """A growing N-Triples document."""

    def __init__(self) -> None:
        self._about: dict[str, list[str]] = {}
        self._blanks = 0

    def add(self, subject: str, predicate: str, *objects: str) -> None:
        """Add statements; ``predicate`` is a full IRI, the others are written terms."""
        said = self._about.setdefault(subject, [])
        said += [f"{subject} <{predicate}> {value} .\n" for value in objects]

    def blank(self, *kinds: str) -> str:
        """A new blank node of these classes."""
        self._blanks += 1
        node = f"_:b{self._blanks}"
        self.add(node, expand("rdf:type"), *map(terms.iri, kinds))
        return node

    def name(self, subject: str, predicate: str, text: Bilingual) -> None:
        """A text in both languages."""
        self.add(subject, predicate, terms.literal(text.ja, "ja"), terms.literal(text.en, "en"))

    def ntriples(self) -> bytes:
        """The document, what is said of one subject together."""
        return "".join(line for said in self._about.values() for line in said).encode()


def service_description(city: City, day: str, at: Addresses) -> bytes:
    """The service: its endpoint, language, formats and default dataset; nothing that is off."""
    out, service = Statements(), terms.iri(at.endpoint)
    out.add(service, expand("rdf:type"), terms.iri(f"{SD}Service"))
    out.name(service, expand("rdfs:label"), Bilingual("Kitei SPARQL", "Kitei SPARQL"))
    out.add(service, f"{SD}endpoint", service)
    out.add(service, f"{SD}supportedLanguage", terms.iri(f"{SD}SPARQL11Query"))
    formats = (*_RESULT_FORMATS, *_GRAPH_FORMATS)
    out.add(service, f"{SD}resultFormat", *(terms.iri(_FORMATS + name) for name in formats))
    # No sd:inputFormat, DereferencesURIs or BasicFederatedQuery: nothing is ever fetched.
    out.add(service, f"{SD}feature", terms.iri(f"{SD}UnionDefaultGraph"))
    out.add(service, f"{SD}defaultEntailmentRegime", terms.iri(_SIMPLE))
    dataset = out.blank(f"{SD}Dataset", f"{VOID}Dataset")
    out.add(service, f"{SD}defaultDataset", dataset)
    out.add(dataset, expand("rdfs:seeAlso"), terms.iri(at.void))
    default = out.blank(f"{SD}Graph")
    out.add(dataset, f"{SD}defaultGraph", default)
    total = int(city.dataset.select(_TOTALS)[0]["triples"] or 0)
    out.add(default, f"{VOID}triples", terms.integer(total))
    for graph in graphs(city.dataset, day):
        named, inside = out.blank(f"{SD}NamedGraph"), out.blank(f"{SD}Graph")
        out.add(dataset, f"{SD}namedGraph", named)
        out.add(named, f"{SD}name", terms.iri(graph.iri))
        out.add(named, f"{SD}graph", inside)
        out.name(inside, expand("rdfs:label"), graph.title)
        out.add(inside, f"{VOID}triples", terms.integer(graph.triples))
    return out.ntriples()


def void(city: City, day: str, at: Addresses) -> bytes:
    """The dataset (VoID): size, vocabularies, where to ask, where to fetch, and its graphs."""
    out, whole = Statements(), terms.iri(f"{at.void}#dataset")
    document = terms.iri(at.void)
    out.add(document, expand("rdf:type"), terms.iri(f"{VOID}DatasetDescription"))
    out.add(document, expand("foaf:primaryTopic"), whole)
    out.add(whole, expand("rdf:type"), terms.iri(f"{VOID}Dataset"))
    out.name(whole, expand("dcterms:title"), _TITLE)
    out.add(whole, f"{VOID}sparqlEndpoint", terms.iri(at.endpoint))
    out.add(whole, f"{VOID}uriSpace", terms.literal(ID))
    out.add(whole, f"{VOID}dataDump", terms.iri(at.graph(None)))
    out.add(whole, f"{VOID}feature", *(terms.iri(_FORMATS + name) for name in _GRAPH_FORMATS))
    out.add(whole, f"{VOID}rootResource", terms.iri(city.regulation.iri))
    _count(out, whole, city.dataset)
    for graph in graphs(city.dataset, day):
        part = terms.iri(graph.iri)
        out.add(whole, f"{VOID}subset", part)
        out.add(part, expand("rdf:type"), terms.iri(f"{VOID}Dataset"))
        out.name(part, expand("dcterms:title"), graph.title)
        out.add(part, f"{VOID}triples", terms.integer(graph.triples))
        out.add(part, f"{VOID}dataDump", terms.iri(at.graph(graph.iri)))
    return out.ntriples()


class NamedGraph(NamedTuple):
    """A named graph as it is told of."""

    iri: str
    title: Bilingual
    triples: int


def graphs(dataset: Dataset, day: str) -> list[NamedGraph]:
    """The named graphs of a dataset that holds the facts of ``day`` (its IRI)."""
    titles: dict[str, dict[str, str]] = {}
    for row in dataset.select(_TITLES):
        titles.setdefault(row["graph"] or "", {}).setdefault(
            row["language"] or "", row["label"] or ""
        )
    known = {ROSTER_GRAPH: _ROSTER, day: _OF_A_DAY}
    sizes = {row["graph"]: int(row["triples"] or 0) for row in dataset.select(_SIZES)}
    return [
        NamedGraph(iri, known.get(iri) or _title(iri, titles.get(iri, {})), sizes.get(iri, 0))
        for iri in dataset.graphs()
    ]


def _title(iri: str, labels: dict[str, str]) -> Bilingual:
    fallback = next(iter(labels.values()), iri)
    return Bilingual(labels.get("ja", fallback), labels.get("en", fallback))


def _count(out: Statements, whole: str, dataset: Dataset) -> None:
    totals = dataset.select(_TOTALS)[0]
    classes = [row["class"] or "" for row in dataset.select(_CLASSES)]
    properties = [row["property"] or "" for row in dataset.select(_PROPERTIES)]
    for name, value in (
        ("triples", totals["triples"]),
        ("distinctSubjects", totals["subjects"]),
        ("properties", str(len(properties))),
        ("classes", str(len(classes))),
    ):
        out.add(whole, VOID + name, terms.integer(int(value or 0)))
    used = {space for term in (*classes, *properties) if (space := _namespace(term))}
    out.add(whole, f"{VOID}vocabulary", *map(terms.iri, sorted(used)))


def _namespace(term: str) -> str | None:
    """The vocabulary of a term: a known namespace, else everything up to its last ``#``."""
    for space in PREFIXES.values():
        if term.startswith(space) and space != ID:
            return space
    head, mark, _ = term.rpartition("#")
    return head + mark if mark else None
