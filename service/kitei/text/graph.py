"""The text of a regulation as RDF (ELI and Kitei's own terms).

Subjects: the work, its versions, the amending acts, every node of the text,
references, definitions and cited texts. The graph alone reproduces the file:
join ``kitei:ownText`` of all nodes of a version by ``kitei:start``.
"""

from __future__ import annotations

from datetime import date

from rdflib import Graph, Literal, URIRef
from rdflib.namespace import XSD
from rdflib.term import Node as Term

from kitei import terms
from kitei.namespaces import KITEI, PREFIXES, expand
from kitei.text.citations import CitedText
from kitei.text.definitions import Definition, read_definitions
from kitei.text.naming import citation, egov_anchor
from kitei.text.references import Reference, ReferenceKind, Target, read_references
from kitei.text.tree import Act, Document, Kind, Node, Version
from kitei.text.turtle import serialize
from kitei.text.types import document_type

# The version of this layer's output; a change of its form raises it.
FORMAT = "0.1.0"
LICENCE = URIRef("https://opensource.org/license/mit")
JAPANESE = URIRef("http://publications.europa.eu/resource/authority/language/JPN")


def to_graph(document: Document, work_iri: str) -> Graph:
    """All that ``document`` tells, as the regulation ``work_iri`` (no slash at its end)."""
    return _Writer(document, work_iri).write()


def to_turtle(document: Document, work_iri: str) -> str:
    """``to_graph`` as Turtle that is the same, to the byte, for the same text."""
    writer = _Writer(document, work_iri)
    day = document.version.first.isoformat()
    header = (
        "The text of a regulation as RDF. Generated; do not edit. To regenerate:\n"
        f"python -m kitei.text {day}.txt --work {work_iri}"
    )
    prefixes = {**PREFIXES, "text": f"{writer.version}/"}
    return serialize(writer.write(), prefixes, header, writer.header)


def _kitei(name: str) -> URIRef:
    return URIRef(KITEI + name)


def _day(value: date) -> Literal:
    return Literal(value.isoformat(), datatype=XSD.date)


def _integer(value: int) -> Literal:
    return Literal(str(value), datatype=XSD.integer)


def _boolean(value: bool) -> Literal:
    return Literal("true" if value else "false", datatype=XSD.boolean)


def _ja(text: str) -> Literal:
    return Literal(text, lang="ja")


class _Writer:
    def __init__(self, document: Document, work_iri: str) -> None:
        self.document = document
        self.work = URIRef(work_iri)
        self.version = self._version_iri(document.version)
        self.header = URIRef(f"{self.version}/text")
        self.place = work_iri.rpartition("/")[0]
        self.graph = Graph(bind_namespaces="none")

    def write(self) -> Graph:
        """The whole graph."""
        references = read_references(self.document)
        self._header()
        self._work()
        for version in self.document.versions:
            self._version(version)
        for act in self.document.acts:
            self._act(act)
        for order, node in enumerate(self.document.nodes, start=1):
            self._node(node, self.version, order)
        for text in references.cited:
            self._cited(text)
        counts: dict[str, int] = {}
        for reference in references.found:
            counts[reference.sentence] = counts.get(reference.sentence, 0) + 1
            self._reference(reference, counts[reference.sentence])
        definitions = read_definitions(self.document, references.found)
        for number, definition in enumerate(definitions, start=1):
            self._definition(definition, number)
        return self.graph

    def _add(self, subject: Term, predicate: str, *objects: Term) -> None:
        for each in objects:
            self.graph.add((subject, URIRef(expand(predicate)), each))

    def _type(self, subject: Term, *names: str) -> None:
        self._add(subject, "rdf:type", *(URIRef(expand(name)) for name in names))

    def _document_type(self, subject: Term, *names: str) -> None:
        if local := document_type(*names):
            self._add(subject, "eli:type_document", _kitei(f"document-type-{local}"))

    def _header(self) -> None:
        title = self.document.title
        self._type(self.header, "owl:Ontology")
        self._add(self.header, "owl:versionIRI", URIRef(f"{self.header}/{FORMAT}"))
        # The licence is the mark-up's; the words of a regulation bear no copyright
        # (Copyright Act of Japan, article 13).
        self._add(self.header, "dcterms:license", LICENCE)
        names = _ja(f"{title}の本文"), Literal(f"The text of {title}", lang="en")
        self._add(self.header, "rdfs:label", *names)

    # -- the work, its versions, its amendments ------------------------------------------------

    def _work(self) -> None:
        document = self.document
        self._type(self.work, "eli:LegalResource")
        self._add(self.work, "eli:title", _ja(document.title))
        self._document_type(self.work, document.number, document.title)
        if document.number:
            self._add(self.work, "eli:number", Literal(document.number))
        if document.day:
            self._add(self.work, "eli:date_document", _day(document.day))

    def _version_iri(self, version: Version) -> URIRef:
        return URIRef(f"{self.work}/{version.first.isoformat()}")

    def _act_iri(self, key: str) -> URIRef:
        return URIRef(f"{self.work}/amendment/{key}")

    def _version(self, version: Version) -> None:
        iri = self._version_iri(version)
        self._type(iri, "eli:LegalResource")
        self._add(self.work, "eli:has_member", iri)
        self._add(iri, "eli:is_member_of", self.work)
        for name in ("eli:version_date", "eli:first_date_entry_in_force", "kitei:inForceFrom"):
            self._add(iri, name, _day(version.first))
        if version.last:
            self._add(iri, "kitei:inForceThrough", _day(version.last))
        self._add(iri, "eli:consolidates", *(self._act_iri(key) for key in version.acts))
        self._add(iri, "kitei:textHeld", _boolean(version.held))
        if version.held:
            expression = URIRef(f"{iri}/ja")
            self._add(iri, "eli:is_realized_by", expression)
            self._type(expression, "eli:LegalExpression")
            self._add(expression, "eli:realizes", iri)
            self._add(expression, "eli:language", JAPANESE)
            self._add(expression, "eli:title", _ja(self.document.title))

    def _act(self, act: Act) -> None:
        iri = self._act_iri(act.key)
        self._type(iri, "eli:LegalResource")
        self._add(iri, "eli:amends", self.work)
        self._add(iri, "eli:date_document", _day(act.day))
        self._add(iri, "eli:number", Literal(act.number))
        self._document_type(iri, act.number)
        self._add(iri, "kitei:changesUnknown", _boolean(True))
        if act.entries:
            self._add(iri, "eli:first_date_entry_in_force", _day(act.entries[0]))

    # -- the tree ------------------------------------------------------------------------------

    def _iri(self, eid: str) -> URIRef:
        return URIRef(f"{self.version}/{eid}")

    def _node(self, node: Node, above: URIRef, order: int) -> None:
        iri = self._iri(node.eid)
        self._type(iri, "eli:LegalResourceSubdivision", f"kitei:{node.kind.value}")
        self._add(iri, "eli:is_part_of", above)
        self._add(iri, "kitei:inVersion", self.version)
        self._add(iri, "kitei:eId", Literal(node.eid))
        self._add(iri, "kitei:order", _integer(order))
        self._add(iri, "kitei:start", _integer(node.start))
        name = citation(self.document, node)
        self._add(iri, "kitei:citation", _ja(name.ja), Literal(name.en, lang="en"))
        optional = {
            "kitei:ownText": self.document.own_text(node),
            "kitei:text": self.document.text(node),
            "eli:number": node.number,
            "kitei:caption": node.caption,
            "kitei:egovAnchor": egov_anchor(self.document, node),
        }
        for predicate, text in optional.items():
            if text:
                self._add(iri, predicate, Literal(text))
        if node.kind is Kind.SUPPLEMENT:
            self._supplement(node, iri)
        before: Node | None = None
        for position, child in enumerate(node.children, start=1):
            self._node(child, iri, position)
            self._proviso(child, before)
            before = child

    def _supplement(self, node: Node, iri: URIRef) -> None:
        act = next((each for each in self.document.acts if each.supplement == node.eid), None)
        if act:
            self._add(iri, "kitei:of", self._act_iri(act.key))
        elif node.eid == "suppl_1":
            # Only the first one can be the enactment's; a later one that names no act is unclear.
            self._add(iri, "kitei:of", self.work)

    def _proviso(self, node: Node, before: Node | None) -> None:
        if not node.proviso:
            return
        self._type(self._iri(node.eid), "kitei:Proviso")
        if before is not None and before.kind is Kind.SENTENCE:
            self._add(self._iri(node.eid), "kitei:provisoTo", self._iri(before.eid))

    # -- what the text points to ---------------------------------------------------------------

    def _cited_iri(self, title: str) -> URIRef:
        return URIRef(f"{self.place}/cited/{terms.segment(title)}")

    def _cited(self, text: CitedText) -> None:
        iri = self._cited_iri(text.title)
        self._type(iri, "eli:LegalResource")
        self._add(iri, "eli:title", _ja(text.title))
        self._add(iri, "kitei:textHeld", _boolean(False))
        self._add(self.version, "eli:cites", iri)
        self._document_type(iri, text.decision, text.number, text.title)
        if text.number:
            self._add(iri, "eli:number", Literal(text.number))
        if text.day:
            self._add(iri, "eli:date_document", _day(text.day))
        elif text.year:
            self._add(iri, "kitei:year", Literal(f"{text.year:04}", datatype=XSD.gYear))

    def _cited_provision(self, title: str, eid: str) -> URIRef:
        """The provision of a cited text; what contains it exists as well."""
        text = self._cited_iri(title)
        if not eid:
            return text
        above, _, last = eid.rpartition("__")
        iri = URIRef(f"{text}/{eid}")
        self._type(iri, "eli:LegalResourceSubdivision")
        self._add(iri, "eli:is_part_of", self._cited_provision(title, above))
        self._add(iri, "eli:number", Literal(last.partition("_")[2].replace("-", "の")))
        self._add(iri, "kitei:textHeld", _boolean(False))
        return iri

    def _target(self, target: Target) -> URIRef:
        if target.cited:
            return self._cited_provision(target.cited, target.eid)
        if target.act:
            return self._act_iri(target.act)
        return self._iri(target.eid) if target.eid else self.work

    def _reference(self, reference: Reference, number: int) -> None:
        sentence = self._iri(reference.sentence)
        iri = URIRef(f"{sentence}__ref_{number}")
        self._type(iri, "kitei:Reference")
        self._add(iri, "kitei:inProvision", sentence)
        self._add(iri, "kitei:start", _integer(reference.start))
        self._add(iri, "kitei:end", _integer(reference.end))
        self._add(iri, "kitei:referenceText", Literal(reference.text))
        self._add(iri, "kitei:referenceKind", _kitei(f"reference-{reference.kind.value}"))
        targets = [self._target(each) for each in reference.targets]
        self._add(iri, "kitei:refersTo", *targets)
        if not targets:
            self._add(iri, "kitei:unresolved", _boolean(True))
        # A text that says 「この訓令」 does not cite anything by that.
        if reference.kind is not ReferenceKind.SELF:
            self._add(sentence, "eli:cites", *targets)

    def _definition(self, definition: Definition, number: int) -> None:
        iri = URIRef(f"{self.version}/definition/{number}")
        sentence = self.document.index[definition.sentence]
        source = self.document.parent(sentence) or sentence
        self._type(iri, "kitei:Definition")
        self._add(iri, "kitei:term", _ja(definition.term))
        self._add(iri, "kitei:definedBy", self._iri(sentence.eid))
        self._add(iri, "dcterms:source", self._iri(source.eid))
        self._add(iri, "kitei:scope", _kitei(f"scope-{definition.scope.value}"))
        if definition.expression:
            self._add(iri, "kitei:expression", _ja(definition.expression))
        if definition.meaning:
            self._add(iri, "kitei:meaning", _ja(definition.meaning))
        self._add(iri, "kitei:refersTo", *(self._target(each) for each in definition.targets))
