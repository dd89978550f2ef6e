"""RDF files of others (``--data``): served beside Kitei's own graphs, and never reasoned with.

N-Quads and TriG keep their graphs; the triples of every other file, and those
that N-Quads and TriG put into no graph, go into a graph that is named by the
file: ``…/id/data/<file name>``, which is also the base of relative IRIs.

Whatever such a file says, nobody acts for anybody because of it: it is added
to what SPARQL is asked of, after the facts of the day have been derived, and
the named questions do not see it. So that nobody takes it for Kitei's own, it
cannot write into a graph below Kitei's own IRIs. Nothing is fetched: a context
that JSON-LD names by its address is refused, and ``owl:imports`` is a triple
like any other.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, NamedTuple, cast
from urllib.parse import quote

from kitei.errors import InputUnreadableError, UsageError
from kitei.namespaces import ID
from kitei.store import BlankGraphError, Dataset, batches

DATA = f"{ID}data/"
"""What the IRIs of the graphs of files begin with."""
_COMPRESSED = ".gz"
_XML = frozenset({"rdf", "xml"})
_ENTITY = b"<!ENTITY"
_FORMATS = ".ttl .nt .nq .trig .rdf .xml .jsonld .json"


class DataFile(NamedTuple):
    """A file and the graph that holds what it puts into no other."""

    path: Path
    graph: str

    @property
    def suffix(self) -> str:
        """The end of the file name that says its format, without the dot."""
        name = self.path.name.lower().removesuffix(_COMPRESSED)
        return name.rpartition(".")[2]


def files(paths: Iterable[Path]) -> list[DataFile]:
    """The files with their graphs. Raises ``UsageError`` if two would be named alike."""
    found: dict[str, DataFile] = {}
    for path in paths:
        file = DataFile(path, DATA + quote(path.name, safe=""))
        if file.graph in found:
            raise UsageError(
                f"--data に同じ名のファイルが二つある: {path.name}",
                f"two files of --data have the same name: {path.name}",
            )
        found[file.graph] = file
    return list(found.values())


def dataset(found: Iterable[DataFile]) -> Dataset:
    """What the files say, in a dataset of its own. Raises what ``read`` raises."""
    made = Dataset()
    for file in found:
        for graph, ntriples in read(file):
            made.load_ntriples(ntriples, graph)
    return made


def read(file: DataFile) -> Iterator[tuple[str, bytes]]:
    """The triples of a file, some at a time: their graph, and they as N-Triples.

    Raises ``InputUnreadableError`` with line and column when it cannot be read,
    and ``UsageError`` when it writes into one of Kitei's own graphs.
    """
    try:
        if file.suffix in _XML:
            _refuse_entities(file)
        with _opened(file.path) as data:
            for batch in batches(data, file.suffix, file.graph):
                if batch.graph is not None and batch.graph.startswith(ID):
                    raise _reserved(file, batch.graph)
                yield batch.graph or file.graph, batch.ntriples
    except KeyError as error:
        raise InputUnreadableError(
            f"{file.path}: 形式が分からない。読めるもの: {_FORMATS} (.gz も可)",
            f"{file.path}: unknown format; readable: {_FORMATS} (also with .gz)",
        ) from error
    except BlankGraphError as error:
        raise InputUnreadableError(
            f"{file.path}: グラフの名が空白節点なので、名指すことができない。",
            f"{file.path}: a graph is named by a blank node, so nobody could ask for it",
        ) from error
    except (SyntaxError, OSError, EOFError, zlib.error) as error:
        why = " ".join(str(error).split())
        raise InputUnreadableError(
            f"{file.path}: RDF として読めない: {why}", f"{file.path}: not readable as RDF: {why}"
        ) from error


def _refuse_entities(file: DataFile) -> None:
    """Raise ``InputUnreadableError`` where XML declares entities.

    The engine reads no other file for them, but expands those that hold others
    without a limit: ten lines would fill any memory.
    """
    with _opened(file.path) as data:
        before = b""
        while part := data.read(1 << 20):
            if _ENTITY in before + part:
                raise InputUnreadableError(
                    f"{file.path}: 実体宣言 (<!ENTITY) のある XML は読まない。",
                    f"{file.path}: XML that declares entities (<!ENTITY) is not read",
                )
            before = part[-len(_ENTITY) :]


def _opened(path: Path) -> IO[bytes]:
    if path.name.lower().endswith(_COMPRESSED):
        return cast(IO[bytes], gzip.open(path, "rb"))
    return path.open("rb")


def _reserved(file: DataFile, graph: str) -> UsageError:
    return UsageError(
        f"{file.path}: グラフ <{graph}> は Kitei のものなので書き込めない。",
        f"{file.path}: the graph <{graph}> is Kitei's own; a data file cannot write into it",
    )
