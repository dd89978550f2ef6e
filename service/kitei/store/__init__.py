"""The dataset and its SPARQL: the only package that knows the engine (pyoxigraph)."""

from kitei.store.dataset import Dataset, GraphChoice, in_use
from kitei.store.files import Batch, BlankGraphError, batches, read_turtle
from kitei.store.results import (
    GRAPH_TYPES,
    RESULT_TYPES,
    Choose,
    Kind,
    UnwritableError,
    kind_of,
    rewritten,
    write_ntriples,
)
from kitei.store.terms import Row, Term, Triple, Value, is_absolute_iri

__all__ = [
    "GRAPH_TYPES",
    "RESULT_TYPES",
    "Batch",
    "BlankGraphError",
    "Choose",
    "Dataset",
    "GraphChoice",
    "Kind",
    "Row",
    "Term",
    "Triple",
    "UnwritableError",
    "Value",
    "batches",
    "in_use",
    "is_absolute_iri",
    "kind_of",
    "read_turtle",
    "rewritten",
    "write_ntriples",
]
