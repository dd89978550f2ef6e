"""A store in a folder on disk, or in memory, kept by the engine that Kitei brings along."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from io import RawIOBase
from pathlib import Path
from typing import IO, cast

from kitei.errors import InputUnreadableError
from kitei.storage import Progress
from kitei.storage.successor import successor, sweep
from kitei.store import Choose, Dataset, GraphChoice

_EVERY = 20_000
"""Triples after which progress is told again."""


class Embedded:
    """The graphs of a folder. One process may write, and then no other; many may read."""

    def __init__(self, folder: Path | None, *, writable: bool = False) -> None:
        """What ``folder`` holds; it is made once it is written to. ``None``: a store in memory.

        Raises ``InputUnreadableError`` when it is no store or, unless it shall be
        written, not there.
        """
        self._folder = folder
        self._writes = folder is None
        self._dataset = self._read(writable)

    def _read(self, writable: bool) -> Dataset:
        folder = self._folder
        if folder is not None and writable:
            sweep(folder)
        there = folder is not None and folder.is_dir() and any(folder.iterdir())
        if folder is not None and not writable and not there:
            raise InputUnreadableError(
                f"{folder}: 保管場所がない。kitei load で作る。",
                f"{folder}: there is no store; make it with kitei load",
            )
        if there:
            return Dataset(folder, writable=False)
        nothing = Dataset()
        # As on disk, nobody means the union of all graphs.
        nothing.merge()
        return nothing

    def construct(self, sparql: str) -> bytes:
        """The triples of a CONSTRUCT query, as N-Triples."""
        return self._dataset.answer(sparql, _ntriples, None)[0]

    def answer(self, sparql: str, choose: Choose, graphs: GraphChoice | None) -> tuple[bytes, str]:
        """Evaluate any query; see ``Store``."""
        return self._dataset.answer(sparql, choose, graphs)

    @contextmanager
    def renewed(
        self, without: Collection[str], progress: Progress | None = None
    ) -> Iterator[Embedded]:
        """A store to be filled that takes the place of this one; see ``Store``.

        On disk it is another folder, whose place is taken only once it is whole.
        """
        if self._folder is None:
            yield self
            return
        with successor(self._folder) as beside:
            waiting = beside / "waiting.nq"
            with waiting.open("w+b") as file:
                filled = _Beside(beside, self._dataset, without, file, progress)
                try:
                    yield filled
                    filled.finish()
                finally:
                    filled.close()
            waiting.unlink()
            # Nobody may hold files of a folder that is about to go.
            self._dataset = Dataset()
        self._dataset = Dataset(self._folder, writable=False)
        self._writes = False

    def replace(self, graph: str, ntriples: bytes) -> None:
        """Let a graph hold these triples only."""
        self.remove(graph)
        self.append(graph, ntriples)

    def append(self, graph: str, ntriples: bytes) -> None:
        """Add triples to a graph."""
        self._written().load_ntriples(ntriples, graph)

    def remove(self, graph: str) -> None:
        """Remove a graph."""
        self._written().clear(graph)

    def _written(self) -> Dataset:
        """The dataset, from now on for writing."""
        if not self._writes:
            self._dataset = Dataset(self._folder, writable=True)
            self._writes = True
        return self._dataset


class _Beside(Embedded):
    """A store that nobody reads yet: what it is given waits in a file, and is loaded at once.

    So the engine's bulk loader gets all of it in one step, which tells how far it has come
    and can be interrupted.
    """

    def __init__(
        self,
        folder: Path,
        others: Dataset,
        without: Collection[str],
        waiting: IO[bytes],
        progress: Progress | None,
    ) -> None:
        super().__init__(folder)
        self._graphs = set(others.graphs()) - set(without)
        self._dataset.add_graphs(others, self._graphs)
        self._waiting = waiting
        self._lines = 0
        self._progress = progress

    def _read(self, writable: bool) -> Dataset:
        del writable
        self._writes = True
        return Dataset(self._folder, writable=True)

    def append(self, graph: str, ntriples: bytes) -> None:
        """Add triples to a graph, in the end."""
        self._graphs.add(graph)
        # Each line ends so, and nothing else does: a literal holds no end of a line.
        self._waiting.write(ntriples.replace(b" .\n", f" <{graph}> .\n".encode()))
        self._lines += ntriples.count(b"\n")

    def remove(self, graph: str) -> None:
        """Remove a graph."""
        if graph in self._graphs:
            self._load()
            super().remove(graph)

    def finish(self) -> None:
        """Write what is waiting."""
        self._load()
        self._dataset.flush()

    def close(self) -> None:
        """Let go of the folder."""
        self._dataset = Dataset()

    def _load(self) -> None:
        self._waiting.seek(0)
        read = _Lines(self._waiting, self._progress, self._lines)
        self._dataset.load_nquads(cast(IO[bytes], read))
        self._waiting.seek(0)
        self._waiting.truncate()
        self._lines = 0


class _Lines(RawIOBase):
    """A file of lines that tells how far it has been read."""

    def __init__(self, file: IO[bytes], progress: Progress | None, lines: int) -> None:
        super().__init__()
        self._file = file
        self._progress = progress
        self._lines = lines
        self._done = self._told = 0

    def read(self, size: int = -1) -> bytes:
        """Some more of the file."""
        data = self._file.read(size)
        self._done += data.count(b"\n")
        if self._progress and self._done >= self._told + _EVERY:
            self._told = self._done
            self._progress(self._done, self._lines)
        return data


def _ntriples(_offered: object) -> str:
    return "application/n-triples"
