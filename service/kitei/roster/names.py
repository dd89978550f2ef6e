"""Units and posts of a roster, linked to those that the rules and the chart name.

Only the spelling rules of Japanese titles live here (課 + 長, a title that
repeats its unit); which units, posts and ranks exist comes from the lexicon.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator

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


class Unit:
    """A unit, by its path without separators; there is one object for each path."""

    __slots__ = ("_home", "_term", "ancestors", "known", "path")

    def __init__(self, path: str, known: str | None, home: str) -> None:
        self.path, self.known, self._home = path, known, home
        self.ancestors: set[str] = set()
        """The paths of units above it that the roster sets apart."""
        self._term = ""

    @property
    def key(self) -> str:
        """What sets it apart from other units: its IRI if it has a known one, else its path."""
        return self.known or self.path

    @property
    def term(self) -> str:
        """The N-Triples term, which most units of a large city are never asked for."""
        if not self._term:
            self._term = iri(self.known or f"{self._home}/unit/{segment(self.path)}")
        return self._term


class Post:
    """A post of a unit, known to the rules or the chart, or only to this roster."""

    __slots__ = ("_home", "_term", "known", "label", "title", "unit")

    def __init__(self, unit: Unit, label: str, title: str, known: str | None, home: str) -> None:
        self.unit, self.known, self._home = unit, known, home
        self.label = label
        """Unit and title as one text, which starts with the unit's path."""
        self.title = title
        """The title without the unit (課長)."""
        self._term = ""

    @property
    def key(self) -> str:
        """What sets it apart from other posts: its IRI if it has a known one, else its label."""
        return self.known or self.label

    @property
    def term(self) -> str:
        """The N-Triples term, which most posts of a large city are never asked for."""
        if not self._term:
            # Path and title are each encoded once, and there are many pairs of them.
            path = self.unit.path
            local = segment(path) + segment(self.label[len(path) :])
            self._term = iri(self.known or f"{self._home}/post/{local}")
        return self._term


def overlap(path: str, title: str) -> str:
    """``path`` and ``title`` joined where the title repeats the path's end.

    財務部税務課 + 税務課長 is 財務部税務課長. The longest repetition counts, unless
    it would leave nothing of the title.
    """
    return path + title[_shared(path, title) :]


def _shared(path: str, title: str) -> int:
    if title[:1] not in path:
        return 0
    for length in range(min(len(path), len(title)), 0, -1):
        if path.endswith(title[:length]):
            return 0 if length == len(title) else length
    return 0


class Names:
    """Links names, and remembers what it met so that each is declared once."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.notes: set[Bilingual] = set()
        self._lexicon, self._home = lexicon, lexicon.municipality
        self._city = Unit("", self._home, self._home)
        self._units: dict[tuple[str, ...], Unit] = {}
        self._by_path: dict[str, Unit] = {}
        self._posts: dict[tuple[Unit, str], Post] = {}
        self._titles: dict[str, str] = {}
        self._minted: dict[str, Post] = {}
        self._mentioned_units: set[str] = set()
        self._mentioned_posts: set[str] = set()

    def mention(self, place: Unit | Post) -> None:
        """Note that a fact is about a unit or post."""
        mentioned = self._mentioned_units if isinstance(place, Unit) else self._mentioned_posts
        mentioned.add(place.key)

    def forget_mentions(self) -> None:
        """Nothing is mentioned any more."""
        self._mentioned_units.clear()
        self._mentioned_posts.clear()

    def is_mentioned(self, post: Post) -> bool:
        """Whether a post was mentioned since."""
        return post.key in self._mentioned_posts

    def unit(self, *columns: str) -> Unit:
        """The unit that one column, or several from the largest unit down, write.

        White space, ``/``, ``＞`` and column borders set units apart; no text at
        all, or the municipality's own name, is the municipality.
        """
        unit = self._units.get(columns)
        if unit is None:
            unit = self._units[columns] = self._read_unit(columns)
        self._mentioned_units.add(unit.key)
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
        unit = self._known(path, inner | {len(parent.path)})
        self._mentioned_units.add(unit.key)
        return unit

    def _known(self, path: str, borders: set[int]) -> Unit:
        if not path:
            return self._city
        unit = self._by_path.get(path)
        if unit is None:
            known = self._lexicon.units.get(path)
            unit = self._by_path[path] = Unit(path, known, self._home)
        unit.ancestors.update(path[:border] for border in borders if 0 < border < len(path))
        return unit

    def _below_city(self, parts: list[str]) -> list[str]:
        """``parts`` without a leading name of the municipality itself."""
        units, city = self._lexicon.units, self._lexicon.municipality
        return parts[1:] if parts and units.get(parts[0]) == city else parts

    def post(self, unit: Unit, written: str) -> Post:
        """The post that ``written`` (with or without the unit) names in ``unit``."""
        post = self._posts.get((unit, written))
        if post is None:
            # Few titles are written over and over, in many units.
            title = self._titles.get(written)
            if title is None:
                title = self._titles[written] = normalise(written)
            post = self._posts[unit, written] = self._read_post(unit, title)
        self._mentioned_posts.add(post.key)
        return post

    def _read_post(self, unit: Unit, written: str) -> Post:
        path = unit.path
        shared = _shared(path, written)
        label, title = path + written[shared:], written
        known = self._lexicon.posts.get(label)
        if shared:
            title = self._title(written, shared)
            known = self._choice(path, written, title)
        post = Post(unit, label, title, known, self._home)
        if known is None:
            # Two rows may set the same post in a unit and in the unit below it; the lower one
            # says more, whichever row comes first.
            kept = self._minted.get(label)
            if kept is None or (len(kept.unit.path), kept.title) < (len(path), title):
                self._minted[label] = post
        return post

    def _choice(self, path: str, written: str, title: str) -> str | None:
        """The known post that a title means which repeats a part of its unit, if there is one."""
        posts = self._lexicon.posts
        keys = (path + written, overlap(path, written), path + title, overlap(path, title))
        known = list(dict.fromkeys(posts[key] for key in keys if key in posts))
        if len(known) > 1:
            self._note_choice(path, written, known)
        return known[0] if known else None

    def _title(self, written: str, shared: int) -> str:
        # One shared letter is the kind of unit and belongs to the title (課長, 部付主幹).
        if shared <= 1 or written in self._lexicon.ranks:
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
        if key not in self._minted:
            return None
        self._mentioned_posts.add(key)
        return self._minted[key].term

    def written(self, unit: Unit) -> Iterator[str]:
        """The path of a unit, and of the units above it that the roster sets apart."""
        yield unit.path
        yield from unit.ancestors

    def triples(self, *, mentioned: bool = False) -> Iterator[str]:
        """What the roster says of each unit and post that it names, or of those mentioned."""
        posts = list(self._minted.values())
        if mentioned:
            posts = [post for post in posts if self.is_mentioned(post)]
            self._mentioned_units.update(post.unit.key for post in posts)
        for unit in self._by_path.values():
            if mentioned and unit.key not in self._mentioned_units:
                continue
            path = literal(unit.path)
            yield f"{unit.term} {_UNIT} .\n"
            yield f"{unit.term} {_PATH} {path} .\n"
            # A unit that the chart knows has its label there (農政課, not 農林部農政課).
            if unit.known is None:
                yield f"{unit.term} {_LABEL} {path}@ja .\n"
            for ancestor in sorted(unit.ancestors):
                yield f"{unit.term} {_ANCESTOR} {literal(ancestor)} .\n"
        for post in posts:
            yield f"{post.term} {_POST} .\n"
            yield f"{post.term} {_POST_IN} {post.unit.term} .\n"
            yield f"{post.term} {_LABEL} {literal(post.label, 'ja')} .\n"
            yield f"{post.term} {_TITLE} {literal(post.title)} .\n"


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
