"""Reading the published text form of a regulation into its tree.

The form: ○ title, date, number, then articles with captions, paragraphs,
items and indented rows, then supplementary provisions (with or without 附則),
and a closing repetition of the title. Anything that fits no form becomes an
unnumbered row where it stands, so the reader drops nothing.
"""

from __future__ import annotations

from kitei.errors import InputUnreadableError
from kitei.text import forms
from kitei.text.builder import Builder, Draft
from kitei.text.forms import Label
from kitei.text.lines import Line, lines
from kitei.text.tree import Kind, Node

_HEADINGS = {
    Kind.PART: "part",
    Kind.CHAPTER: "chp",
    Kind.SECTION: "sec",
    Kind.SUBSECTION: "subsec",
}
_HEADING_ORDER = list(_HEADINGS)


def read_tree(source: str) -> tuple[str, tuple[Node, ...]]:
    """The title and the top nodes of ``source``, in document order.

    Raises ``InputUnreadableError`` when there is no text, no title line or no
    article.
    """
    found = lines(source)
    if not found:
        raise InputUnreadableError("本文が空である。", "the text is empty")
    title = forms.title(found[0].text)
    if not title:
        line = found[0].number
        raise InputUnreadableError(
            f"{line}行目: ○で始まる題名の行がない。",
            f"line {line}: there is no title line beginning with ○",
        )
    reader = _Reader(source, title, found)
    reader.read()
    return title, tuple(draft.freeze() for draft in reader.build.top)


def _step(name: str, number: str) -> str:
    return f"{name}_{number.replace('の', '-')}"


class _Reader:
    """Goes through the lines once; remembers only what the next line can hang on."""

    def __init__(self, source: str, title: str, found: list[Line]) -> None:
        self.build = Builder(source)
        self.title = title
        self.lines = found
        self.bare = not any(forms.article(line.text) for line in found)
        self.headings: list[Draft] = []
        # What stands outside the articles: preamble, supplement, annex, closing.
        self.matter: Draft | None = None
        self.article: Draft | None = None
        self.paragraph: Draft | None = None
        self.blocks: list[tuple[int, Draft]] = []  # open items, with their level
        self.caption = ""

    def read(self) -> None:
        """Read every line."""
        body = self._body_start()
        self._front(self.lines[:body])
        for position in range(body, len(self.lines)):
            line = self.lines[position]
            following = self.lines[position + 1] if position + 1 < len(self.lines) else None
            self._line(line, following)
        if self.build.cursor < len(self.build.source):
            self.build.open(Kind.ENDING, "end", len(self.build.source))

    # -- before the first article ------------------------------------------------------------

    def _body_start(self) -> int:
        first = next(
            (at for at, line in enumerate(self.lines) if forms.article(line.text, self.bare)), None
        )
        if first is None:
            line = self.lines[-1].number
            raise InputUnreadableError(
                f"{line}行目まで読んだが、条(「第1条」で始まる行)がない。",
                f"no article (a line beginning with 第1条) up to line {line}",
            )
        while first > 1 and (
            forms.caption(self.lines[first - 1].text) or forms.heading(self.lines[first - 1].text)
        ):
            if forms.DATE_AND_NUMBER.fullmatch(self.lines[first - 1].text):
                break
            first -= 1
        return first

    def _front(self, front: list[Line]) -> None:
        self.build.open(Kind.TITLE, "title", front[0].end)
        for line in front[1:]:
            if self._date_or_number(line):
                continue
            if self.matter is None:
                self.matter = self.build.open(Kind.PREAMBLE, "preamble", self.build.cursor)
            self.build.row(self.matter, line.start, line.end)
        self.matter = None

    def _date_or_number(self, line: Line) -> bool:
        if self.matter is not None:
            return False
        seen = {draft.kind for draft in self.build.top}
        if Kind.DATE not in seen and (match := forms.DATE_AND_NUMBER.fullmatch(line.text)):
            # Both on one line: the date keeps its bracket, the number gets the gap.
            end = line.start + match.end(1) if match[3] else line.end
            self.build.open(Kind.DATE, "date", end)
            if match[3]:
                self.build.open(Kind.NUMBER, "number", line.end)
            return True
        if Kind.NUMBER not in seen and forms.ONLY_NUMBER.fullmatch(line.text):
            self.build.open(Kind.NUMBER, "number", line.end)
            return True
        return False

    # -- one line ----------------------------------------------------------------------------

    def _line(self, line: Line, following: Line | None) -> None:
        opened = not self._in(Kind.CLOSING) and self._outside(line)
        if self._in(Kind.CLOSING, Kind.ANNEX):
            self._row(line)
        elif opened:
            return
        elif self._is_caption(line, following):
            self.caption = forms.caption(line.text)
        elif label := forms.heading(line.text):
            self._heading(line, label)
        elif label := forms.article(line.text, self.bare):
            self._article(line, label)
        else:
            self._inside(line)

    def _inside(self, line: Line) -> None:
        """A line below an article or a supplementary provision."""
        text = line.text
        label = forms.paragraph(text) if line.flush else None
        rest = text[label.width :] if label else text
        # A first paragraph bears no number in the body, so a 1 there begins something else.
        begins = line.flush and (label is None or label.number == "1")
        if begins and not self._in(Kind.SUPPLEMENT) and forms.is_entry_into_force(rest):
            self._supplement(self.build.cursor)
        if label and (self.article or self._in(Kind.SUPPLEMENT)):
            self._paragraph(line.start + label.width, line.end, label)
        elif self.paragraph and (label := forms.item(text)):
            self._item(line, label)
        elif self.paragraph is None and self._in(Kind.SUPPLEMENT):
            self._paragraph(line.start, line.end)
        else:
            self._row(line)

    def _outside(self, line: Line) -> bool:
        """Open what begins a matter of its own; say whether the line is dealt with or opens one."""
        text = line.text
        if line.flush and text == self.title:
            self._matter(Kind.CLOSING, "closing", self.build.cursor)
        elif forms.is_supplement_heading(text):
            self._supplement(line.end, label=text)
        elif forms.is_amending_act(text):
            self._amending_act(line)
        elif line.flush and forms.is_annex_heading(text):
            number = sum(1 for draft in self.build.top if draft.kind is Kind.ANNEX) + 1
            self._matter(Kind.ANNEX, f"annex_{number}", self.build.cursor, label=text)
        else:
            return False
        return True

    def _in(self, *kinds: Kind) -> bool:
        return self.matter is not None and self.matter.kind in kinds

    def _is_caption(self, line: Line, following: Line | None) -> bool:
        """A bracket line is a caption only above what can bear one."""
        if following is None or not forms.caption(line.text) or forms.item(line.text):
            return False
        if forms.article(following.text, self.bare):
            return True
        label = forms.paragraph(following.text) if following.flush else None
        rest = following.text[label.width if label else 0 :]
        return bool(label) or (following.flush and forms.is_entry_into_force(rest))

    # -- what a line opens -------------------------------------------------------------------

    def _matter(self, kind: Kind, eid: str, end: int, label: str = "") -> None:
        self.matter = self.build.open(kind, eid, end, label=label)
        self.article = self.paragraph = None
        self.headings, self.blocks = [], []

    def _supplement(self, end: int, label: str = "") -> None:
        number = sum(1 for draft in self.build.top if draft.kind is Kind.SUPPLEMENT) + 1
        self._matter(Kind.SUPPLEMENT, f"suppl_{number}", end, label)

    def _amending_act(self, line: Line) -> None:
        """The act's line opens a supplementary provision, or completes a 附則 just opened."""
        matter = self.matter
        fresh = matter is not None and self._in(Kind.SUPPLEMENT) and not matter.children
        if fresh and matter is not None and not forms.caption(matter.label):
            matter.label = f"{matter.label}{line.text}"
            self.build.extend(matter, line.end)
        else:
            self._supplement(line.end, label=line.text)

    def _heading(self, line: Line, label: Label) -> None:
        rank = _HEADING_ORDER.index(label.kind)
        while self.headings and _HEADING_ORDER.index(self.headings[-1].kind) >= rank:
            self.headings.pop()
        parent = self.headings[-1] if self.headings else self.matter
        eid = _step(_HEADINGS[label.kind], label.number)
        if parent is not None:
            eid = f"{parent.eid}__{eid}"
        caption = line.text[label.width :]
        self.headings.append(
            self.build.open(
                label.kind,
                eid,
                line.end,
                parent,
                label=label.written,
                number=label.number,
                caption=caption,
            )
        )
        self.article = self.paragraph = None
        self.blocks = []

    def _article(self, line: Line, label: Label) -> None:
        parent = self.headings[-1] if self.headings else self.matter
        # Articles are numbered through all chapters, so chapters are not in their eId.
        eid = _step("art", label.number)
        if self.matter is not None:
            eid = f"{self.matter.eid}__{eid}"
        self.article = self.build.open(
            Kind.ARTICLE,
            eid,
            line.start + label.width,
            parent,
            label=label.written,
            number=label.number,
            caption=self._take_caption(),
        )
        self._paragraph(self.build.cursor, line.end)

    def _paragraph(self, start: int, end: int, label: Label | None = None) -> None:
        parent = self._holder()
        number = label.number if label else str(parent.count(Kind.PARAGRAPH) + 1)
        self.paragraph = self.build.open(
            Kind.PARAGRAPH,
            f"{parent.eid}__para_{number}",
            start,
            parent,
            label=label.written if label else "",
            number=number,
            caption=self._take_caption(),
        )
        self.blocks = [(-1, self.paragraph)]
        self.build.sentences(self.paragraph, end)

    def _item(self, line: Line, label: Label) -> None:
        while self.blocks[-1][0] >= label.level:
            self.blocks.pop()
        parent = self.blocks[-1][1]
        draft = self.build.open(
            label.kind,
            f"{parent.eid}__{self._item_step(parent, label)}",
            line.start + label.width,
            parent,
            label=label.written,
            number=label.number,
        )
        self.blocks.append((label.level, draft))
        self.build.sentences(draft, line.end)

    @staticmethod
    def _item_step(parent: Draft, label: Label) -> str:
        if label.kind is Kind.ITEM:
            return _step("point", label.number)
        before = [draft for draft in parent.children if draft.kind is Kind.SUB_ITEM]
        first = before[0].number if before else label.number
        return _step("subpoint", str(forms.kana_position(label.number, first)))

    def _row(self, line: Line) -> None:
        """An unlabelled line: the innermost block's if indented, the paragraph's if flush."""
        if self.blocks:
            parent = self.blocks[0 if line.flush else -1][1]
            if line.flush:
                del self.blocks[1:]
        else:
            parent = self._holder()
        self.build.row(parent, line.start, line.end)

    def _holder(self) -> Draft:
        """What a paragraph, or a line outside every paragraph, hangs on."""
        found = self.article or (self.headings[-1] if self.headings else self.matter)
        return found or self.build.top[-1]

    def _take_caption(self) -> str:
        caption, self.caption = self.caption, ""
        return caption
