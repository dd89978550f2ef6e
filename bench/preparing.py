"""What the bench of the check prepares and compares, in processes of its own.

A process that is measured inherits the highest memory of the one that starts it, as far as the
system's account goes; so the bench itself loads no graph.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from rdflib import RDF, SH, Graph

from kitei import kb
from kitei.city import City


def shapes(target: Path) -> int:
    """All shapes as one file, as one hands them to the ``pyshacl`` command."""
    graph = Graph()
    for file in kb.find().shapes():
        graph.parse(file.path, format="turtle")
    graph.serialize(target, format="turtle")
    return len(graph)


def facts(roster: Path, target: Path) -> int:
    """Every fact of a roster as N-Triples; how many there are."""
    data = City(kb.find()).read_roster(roster).ntriples
    target.write_bytes(data)
    return data.count(b"\n")


def results(report: Path) -> list[list[str]]:
    """Shape and focus node of each result in a validation report, sorted."""
    graph = Graph().parse(report, format="turtle")
    found = {
        (str(graph.value(node, SH.sourceShape)), str(graph.value(node, SH.focusNode)))
        for node in graph.subjects(RDF.type, SH.ValidationResult)
    }
    return sorted(map(list, found))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("work", choices=("shapes", "facts", "results"))
    parser.add_argument("files", type=Path, nargs="+")
    options = parser.parse_args()
    first = options.files[0]
    match options.work:
        case "shapes":
            made: object = shapes(first)
        case "facts":
            made = facts(*options.files)
        case _:
            made = results(first)
    json.dump(made, sys.stdout)
