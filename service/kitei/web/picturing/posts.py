"""The posts of a day and their links, in words: what the picture shows and its table says."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import NamedTuple

from kitei.ask.labels import Labels
from kitei.city import City
from kitei.errors import Bilingual
from kitei.namespaces import expand, local_name
from kitei.store import Row


class Person(NamedTuple):
    """Somebody, as the roster writes the name, which is never altered."""

    name: str
    unable: bool
    kana: str


class Post(NamedTuple):
    """A post on the day, or whoever else a rule names: a rank, a pool."""

    key: str
    label: str
    unit: str
    unit_label: str
    condition: str
    """``in-office``, ``vacancy``, ``incapacity``, ``partly-incapacitated``; empty if not known."""
    state: str
    """The condition in words, where it is not that somebody is in office."""
    holders: list[Person]
    acting: list[Person]
    candidates: list[Person]
    """Who may be meant to act, where the text does not choose."""
    status: str
    """Why nobody is settled to perform the duties; empty where somebody is, or none is asked."""
    place: int
    real: bool
    """Whether it is a post."""


class Link(NamedTuple):
    """A link between two posts, with the provision that makes it."""

    key: str
    kind: str
    """``ex-officio``, ``substitution``, ``designation``."""
    origin: str
    target: str
    basis: str
    triggers: str
    order: int | None
    applies: bool
    """Whether somebody is to act under it on the day."""


class Supplier(NamedTuple):
    """An organisation that supplies members to a post."""

    rule: str
    target: str
    basis: str
    unit: str
    head: str
    """The key of the post whose holder designates; empty where none is known."""


class Posts(NamedTuple):
    """What the rules and the roster say of the posts of a day."""

    posts: list[Post]
    links: list[Link]
    suppliers: list[Supplier]


_ANSWER = expand("kitei:status-answer")
_KINDS = {
    "ExOfficioRule": "ex-officio",
    "SubstitutionRule": "substitution",
    "DesignationRule": "designation",
}


def posts_of(city: City, language: str) -> Posts:
    """The posts of the day that ``city`` is on, and nothing that it does not hold."""
    words = Words(city, language)
    found = _posts(city.dataset.select(query("posts")), words)
    links = [_link(row, words) for row in city.dataset.select(query("links"))]
    for end in {end for link in links for end in (link.origin, link.target)} - found.keys():
        found[end] = Post(end, words.label(end), "", "", "", "", [], [], [], "", 0, real=False)
    suppliers = [
        Supplier(
            local_name(row["rule"] or ""),
            row["target"] or "",
            words.citations(row["basis"]),
            words.path(row["unit"] or ""),
            row["head"] or "",
        )
        for row in city.dataset.select(query("suppliers"))
    ]
    return Posts(sorted(found.values(), key=lambda p: (p.place, p.key)), links, suppliers)


def without_text(posts: Posts) -> Posts:
    """The same for a day whose text is not held.

    That no holder is known is no vacancy then: nothing says that the post was there to be filled.
    """
    return posts._replace(
        posts=[
            post._replace(condition="", state="", status="")
            if post.condition == "vacancy"
            else post
            for post in posts.posts
        ]
    )


@cache
def query(name: str) -> str:
    """A query of ``queries/picture``."""
    file = files("kitei").joinpath("queries", "picture", f"{name}.rq")
    return file.read_text(encoding="utf-8")


class Words:
    """Looks up what things are called in one language."""

    def __init__(self, city: City, language: str) -> None:
        self._labels = Labels(city.dataset)
        self._language = language

    def label(self, thing: str | None) -> str:
        """The label of a thing; nothing for nothing."""
        return self._labels.label(thing).within(self._language) if thing else ""

    def labels(self, things: str | None) -> str:
        """The labels of a blank-separated list."""
        return self._joined([self._labels.label(each) for each in sorted((things or "").split())])

    def citations(self, things: str | None) -> str:
        """A blank-separated list of provisions, as they are cited."""
        return self._joined(
            [self._labels.citation(each) for each in sorted((things or "").split())]
        )

    def path(self, unit: str) -> str:
        """A unit: in Japanese with those above it, as the text writes it."""
        return self._labels.path(unit) if self._language == "ja" else self.label(unit)

    def person(self, person: str, *, unable: bool = False) -> Person:
        """Somebody by name; by number where the roster gives none."""
        name = self._labels.person_name(person) or self._labels.staff_id(person)
        return Person(name, unable, self._labels.person_kana(person) or name)

    def _joined(self, said: list[Bilingual]) -> str:
        separator = Bilingual("、", ", ").within(self._language)
        return separator.join(each.within(self._language) for each in said)


def condition_of(concept: str | None) -> str:
    """The short name of a condition."""
    return local_name(concept).removeprefix("condition-") if concept else ""


def _posts(rows: list[Row], words: Words) -> dict[str, Post]:
    by_post: dict[str, list[Row]] = {}
    for row in rows:
        by_post.setdefault(row["post"] or "", []).append(row)
    return {key: _post(key, found, words) for key, found in by_post.items()}


def _post(key: str, rows: list[Row], words: Words) -> Post:
    row = rows[0]
    roles: dict[str, list[str]] = {}
    for each in rows:
        if each["person"]:
            people = roles.setdefault(local_name(each["role"] or ""), [])
            if each["person"] not in people:
                people.append(each["person"])
    unable = set(roles.get("incapacitatedHolder", ()))
    settled = roles.get("actedBy", [])
    candidates = [each for each in roles.get("actingCandidate", ()) if each not in settled]
    condition = condition_of(row["condition"])
    return Post(
        key,
        words.label(key),
        row["unit"] or "",
        words.label(row["unit"]),
        condition,
        words.label(row["condition"]) if condition not in ("", "in-office") else "",
        _sorted([words.person(each, unable=each in unable) for each in roles.get("heldBy", ())]),
        _sorted([words.person(each) for each in settled]),
        _sorted([words.person(each) for each in candidates]),
        words.label(row["status"]) if condition and row["status"] != _ANSWER else "",
        int(row["place"] or 0),
        real=True,
    )


def _sorted(people: list[Person]) -> list[Person]:
    return sorted(people, key=lambda person: (person.kana, person.name))


def _link(row: Row, words: Words) -> Link:
    origin, target = row["origin"] or "", row["target"] or ""
    return Link(
        "/".join(map(local_name, [row["rule"] or "", origin, target])),
        _KINDS[local_name(row["kind"] or "")],
        origin,
        target,
        words.citations(row["basis"]),
        words.labels(row["triggers"]),
        int(row["order"]) if row["order"] else None,
        row["applies"] is not None,
    )
