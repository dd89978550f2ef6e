"""Units and posts of a roster, linked to those that the rules and the chart name.

Only the spelling rules of Japanese titles live here (課 + 長, a title that
repeats its unit); which units, posts and ranks exist comes from the lexicon.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from kitei.errors import Bilingual
from kitei.roster.lexicon import Lexicon, normalise
from kitei.terms import iri, literal, name, segment

_SEPARATORS = str.maketrans(dict.fromkeys("/\\|>›»→", " "))
_UNIT = f"{name('rdf:type')} {name('org:OrganizationalUnit')}"
_POST = f"{name('rdf:type')} {name('org:Post')}"
_PATH = name("kitei:path")
_ANCESTOR = name("kitei:ancestorPath")
_LABEL = name("rdfs:label")
_POST_IN = name("org:postIn")
_TITLE = name("kitei:title")


class Unit(NamedTuple):
    """A unit: its path without separators, and its N-Triples term."""

    path: str
    term: str


class Post(NamedTuple):
    """A post: its N-Triples term, and the title without the unit (課長)."""

    term: str
    title: str


def overlap(path: str, title: str) -> str:
    """``path`` and ``title`` joined where the title repeats the path's end.

    財務部税務課 + 税務課長 is 財務部税務課長. The longest repetition counts, unless
    it would leave nothing of the title.
    """
    return path + title[_shared(path, title) :]


def _shared(path: str, title: str) -> int:
    for length in range(min(len(path), len(title)), 0, -1):
        if path.endswith(title[:length]):
            return 0 if length == len(title) else length
    return 0


class Names:
    """Links names, and remembers what it met so that each is declared once."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.notes: set[Bilingual] = set()
        self._lexicon = lexicon
        self._city = Unit("", iri(lexicon.municipality))
        self._units: dict[tuple[str, ...], Unit] = {}
        self._posts: dict[tuple[Unit, str], Post] = {}
        self._ancestors: dict[Unit, set[str]] = {}
        self._minted: dict[str, tuple[Unit, str, str]] = {}

    def unit(self, *columns: str) -> Unit:
        """The unit that one column, or several from the largest unit down, write.

        White space, ``/``, ``＞`` and column borders set units apart; no text at
        all, or the municipality's own name, is the municipality.
        """
        unit = self._units.get(columns)
        if unit is None:
            unit = self._units[columns] = self._read_unit(columns)
        return unit

    def _read_unit(self, columns: tuple[str, ...]) -> Unit:
        path, borders = "", set[int]()
        for column in columns:
            path, borders = _append(path, borders, self._below_city(_parts(column)))
        return self._known(path, borders)

    def below(self, parent: Unit, written: str) -> Unit:
        """The unit that a chart writes as a leaf below ``parent``, or as a full path."""
        parts = self._below_city(_parts(written))
        path, leaf = parent.path, "".join(parts)
        path = leaf if leaf.startswith(path) else path + leaf
        inner = {len(path) - len("".join(parts[index:])) for index in range(len(parts))}
        return self._known(path, inner | {len(parent.path)})

    def _known(self, path: str, borders: set[int]) -> Unit:
        if not path:
            return self._city
        known = self._lexicon.units.get(path)
        term = iri(known or f"{self._lexicon.municipality}/unit/{segment(path)}")
        unit = Unit(path, term)
        inner = (border for border in borders if 0 < border < len(path))
        self._ancestors.setdefault(unit, set()).update(path[:border] for border in inner)
        return unit

    def _below_city(self, parts: list[str]) -> list[str]:
        """``parts`` without a leading name of the municipality itself."""
        units, city = self._lexicon.units, self._lexicon.municipality
        return parts[1:] if parts and units.get(parts[0]) == city else parts

    def post(self, unit: Unit, written: str) -> Post:
        """The post that ``written`` (with or without the unit) names in ``unit``."""
        post = self._posts.get((unit, written))
        if post is None:
            post = self._posts[unit, written] = self._read_post(unit, normalise(written))
        return post

    def _read_post(self, unit: Unit, written: str) -> Post:
        title, path = self._title(unit.path, written), unit.path
        label = overlap(path, written)
        keys = (path + written, label, path + title, overlap(path, title))
        posts = self._lexicon.posts
        known = list(dict.fromkeys(posts[key] for key in keys if key in posts))
        if len(known) > 1:
            self._note_choice(path, written, known)
        if known:
            return Post(iri(known[0]), title)
        term = iri(f"{self._lexicon.municipality}/post/{segment(label)}")
        # Two rows may set the same post in a unit and in the unit below it; the lower one
        # says more, whichever row comes first.
        kept = self._minted.get(term)
        if kept is None or (len(kept[0].path), kept[2]) < (len(path), title):
            self._minted[term] = (unit, label, title)
        return Post(term, title)

    def _title(self, path: str, written: str) -> str:
        shared = _shared(path, written)
        # One shared letter is the kind of unit and belongs to the title (課長, 部付主幹).
        if written in self._lexicon.ranks or shared <= 1:
            return written
        rest = written[shared:]
        return written[shared - 1] + rest if rest.startswith("長") else rest

    def _note_choice(self, path: str, written: str, known: list[str]) -> None:
        self.notes.add(
            Bilingual(
                f"「{path}」の「{written}」は規程の複数の職に当たるため、所属と職名をそのままつないだ職としました。",
                f"{written} in {path} matches {len(known)} posts of the rules; "
                "the one that joins unit and title as written was taken.",
            )
        )

    def labelled(self, label: str) -> str | None:
        """The term of the post that the rules, the roster or the chart call ``label``."""
        key = normalise(label)
        known = self._lexicon.posts.get(key) or self._lexicon.roles.get(key)
        if known:
            return iri(known)
        minted = iri(f"{self._lexicon.municipality}/post/{segment(key)}")
        return minted if minted in self._minted else None

    def triples(self) -> Iterator[str]:
        """What the roster says of each unit and post that it names."""
        for unit, ancestors in self._ancestors.items():
            path = literal(unit.path)
            yield f"{unit.term} {_UNIT} .\n"
            yield f"{unit.term} {_PATH} {path} .\n"
            # A unit that the chart knows has its label there (農政課, not 農林部農政課).
            if unit.path not in self._lexicon.units:
                yield f"{unit.term} {_LABEL} {path}@ja .\n"
            for ancestor in sorted(ancestors):
                yield f"{unit.term} {_ANCESTOR} {literal(ancestor)} .\n"
        for term, (unit, label, title) in self._minted.items():
            yield f"{term} {_POST} .\n"
            yield f"{term} {_POST_IN} {unit.term} .\n"
            yield f"{term} {_LABEL} {literal(label, 'ja')} .\n"
            yield f"{term} {_TITLE} {literal(title)} .\n"


def _parts(column: str) -> list[str]:
    return unicodedata.normalize("NFKC", column).translate(_SEPARATORS).split()


def _append(path: str, borders: set[int], parts: Iterable[str]) -> tuple[str, set[int]]:
    """``path`` with a further column below it.

    A column that writes the whole path again replaces it; one that repeats a
    part of it only marks where that part ends (所属 総務部総務課, 課 総務課).
    """
    inner, below = set[int](), ""
    for part in parts:
        inner.add(len(below))
        below += part
    if not below:
        return path, borders
    if not path or below.startswith(path):
        return below, borders | inner | {len(path)}
    if below in path:
        return path, borders | {path.index(below) + len(below)}
    return path + below, borders | {len(path) + border for border in inner}
