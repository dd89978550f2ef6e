"""What is wrong with a roster's rows and cells, in words that say what to write instead.

No message ever quotes a cell: columns may have slipped, and then any cell can
hold a personal name.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import NamedTuple

from kitei.errors import Bilingual

UNREADABLE = "roster-unreadable"
DATES = "roster-dates"
DUPLICATE = "roster-duplicate"
ASSIGNMENT = "roster-assignment"


class UnreadableTableError(Exception):
    """A file or sheet that cannot be read as a table; ``row`` where it is known."""

    def __init__(self, message: Bilingual, row: int | None = None) -> None:
        super().__init__(message.en)
        self.message = message
        self.row = row


class Place(NamedTuple):
    """Where in the roster something stands."""

    table: str
    file: str
    sheet: str | None = None
    row: int | None = None
    """1-based physical line or sheet row, header included."""
    column: str | None = None
    """The header as the file writes it."""
    position: int = 0
    """1-based column; 0 when the whole row or file is meant."""
    cell: str | None = None
    """The address in a workbook, such as F5."""


class Problem(NamedTuple):
    """One row, cell or file that cannot be taken as it stands."""

    code: str
    place: Place
    message: Bilingual
    staff_id: str | None = None

    @property
    def order(self) -> tuple[str, int, int, str]:
        """The sort key: table, row, column, code."""
        return (self.place.table, self.place.row or 0, self.place.position, self.code)


def listed(words: Mapping[str, Hashable], most: int = 12) -> str:
    """The words that a cell may hold, the shortest for each meaning (有 rather than あり)."""
    shortest: dict[Hashable, str] = {}
    for word in sorted(words, key=lambda word: (len(word), [-ord(char) for char in word])):
        shortest.setdefault(words[word], word)
    known = sorted(shortest.values())
    return "、".join(known[:most]) + (" …" if len(known) > most else "")


def empty_cell(header: str) -> Bilingual:
    """A required cell is empty."""
    return Bilingual(
        f"「{header}」が空です。値を書いてください。",
        f"{header} is empty. Write a value.",
    )


def bad_day(header: str) -> Bilingual:
    """A cell that is no date."""
    return Bilingual(
        f"「{header}」を日付として読めません。"
        "2026-04-01 又は 令和8年4月1日 のように書いてください。",
        f"{header} is not a date. Write it as 2026-04-01 or 令和8年4月1日.",
    )


def bad_number(header: str) -> Bilingual:
    """A cell that is no positive whole number."""
    return Bilingual(
        f"「{header}」を順位として読めません。1 から始まる整数を書いてください。",
        f"{header} is not an order. Write a whole number, counted from 1.",
    )


def unknown_word(header: str, known: Mapping[str, Hashable]) -> Bilingual:
    """A cell whose word the loaded rules and code lists do not have."""
    words = listed(known)
    return Bilingual(
        f"「{header}」の値は、読み込んだ規程や区分の一覧にありません。"
        f"次のいずれかを書いてください: {words}",
        f"{header} is not among the words of the loaded rules and code lists. "
        f"Write one of: {words}",
    )


def basis_became_date(header: str) -> Bilingual:
    """A spreadsheet turned 5-3 into a date."""
    return Bilingual(
        f"「{header}」が日付になっています。"
        "セルの書式を文字列にして、5-3 のように書き直してください。",
        f"{header} has become a date. Format the cell as text and write it again, as 5-3.",
    )


def organization_needed(header: str) -> Bilingual:
    """The rule that the row rests on asks for an organisation."""
    return Bilingual(
        f"この根拠による指名には「{header}」が要ります。どの組織の者として指名したかを書いてください。",
        f"A designation on this basis needs {header}: write the organisation whose seat it fills.",
    )


def unknown_post(header: str) -> Bilingual:
    """A post label that neither the rules nor the roster have."""
    return Bilingual(
        f"「{header}」の職が規程にも名簿にもありません。規程の書きぶりどおりに職の名を書いてください。",
        f"{header} names a post that neither the rules nor the roster have. "
        "Write it as the regulation does.",
    )


def ends_before_start(start: str, end: str) -> Bilingual:
    """The row's last day precedes its first."""
    return Bilingual(
        f"終了日({end})が開始日({start})より前です。どちらかを直してください。この行は使いません。",
        f"The end ({end}) precedes the start ({start}). Correct one of them. The row is not used.",
    )


def duplicate_of(row: int) -> Bilingual:
    """The row says what an earlier row said."""
    return Bilingual(
        f"{row}行目と同じ内容です。どちらかを消してください。この行は使いません。",
        f"Says the same as row {row}. Delete one of them. The row is not used.",
    )


def too_many_cells(count: int, headers: int) -> Bilingual:
    """A CSV record is longer than its header."""
    return Bilingual(
        f'見出しが{headers}列なのに値が{count}列あります。「,」を含む値は「"」で囲んでください。',
        f'{count} cells under {headers} headers. Put a value that holds "," in quotation marks.',
    )


def cell_too_long(most: int) -> Bilingual:
    """A cell is longer than any roster needs."""
    return Bilingual(
        f"セルが長すぎます({most}文字まで)。",
        f"The cell is too long ({most} characters at most).",
    )


def broken_record() -> Bilingual:
    """The quotation marks of a CSV line do not pair, or a cell is huge."""
    return Bilingual(
        'この行をCSVとして読めません。「"」の対応とセルの長さを確かめてください。',
        "The line cannot be read as CSV. Check its quotation marks and the length of its cells.",
    )


def no_cached_value() -> Bilingual:
    """A formula that no spreadsheet program has computed."""
    return Bilingual(
        "数式の計算結果が保存されていません。Excelで開いて保存し直すか、値を貼り付けてください。",
        "The formula has no stored result. "
        "Open and save the workbook in Excel, or paste the value.",
    )


def error_value() -> Bilingual:
    """A cell that shows #REF!, #N/A and the like."""
    return Bilingual(
        "セルがエラー値(#N/A など)です。値を書いてください。",
        "The cell holds an error value such as #N/A. Write a value.",
    )
