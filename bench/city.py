"""A made-up city of any size: the posts that the regulation names, and staff of invented sections.

The same number of staff always gives the same files. Nobody in them exists.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterator
from pathlib import Path

DAY = "2024-06-05"
"""A day on which the first deputy mayor is unable to perform the duties."""

STAFF = ("職員番号", "氏名", "所属", "職名", "区分", "開始日", "終了日")
DESIGNATIONS = ("職員番号", "役職", "根拠", "組織", "指名者", "指名日", "終了日")
INCAPACITIES = ("職員番号", "開始日", "終了日", "事故の有無")
Row = tuple[str, ...]

# The organisations of article 5, paragraph 3, each with a head and a member.
SECTIONS = (
    "政策企画部政策企画課",
    "総務部総務課",
    "財務部財政課",
    "財務部税務課",
    "協働まちづくり部地域づくり推進課",
    "市民環境部市民課",
    "市民環境部危機管理課",
    "商工観光部商業観光課",
    "農林部農政課",
    "福祉部福祉課",
    "福祉部長寿社会課",
    "健康こども部こども家庭課",
    "健康こども部保育こども園課",
    "健康こども部保険年金課",
    "都市整備部土木課",
    "教育委員会事務局学校教育課",
    "選挙管理委員会事務局",
)
FAMILY = ("架空", "例示", "模擬", "試行", "想定", "雛形", "仮名")
GIVEN = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十")
RANKS = ("課長補佐", "係長", "主査", "主任", "主事", "主事", "技師")
PER_SECTION = 20
START = "2024-04-01"


def named_staff() -> Iterator[Row]:
    """The posts that the regulation speaks of."""
    strategy = "総務部行革デジタル戦略課"
    yield "A001", "架空 市一", "", "市長", "本務", "2022-03-20", ""
    yield "A002", "架空 副一", "", "副市長", "本務", START, "2024-06-30"
    yield "A003", "架空 副二", "", "副市長", "本務", "2024-08-01", ""
    yield "A004", "架空 総務", "総務部", "部長", "本務", START, ""
    yield "A005", "架空 戦略", strategy, "課長", "本務", START, ""
    yield "A006", "架空 補佐", strategy, "課長補佐", "本務", START, ""
    for number, section in enumerate(SECTIONS, 1):
        head = "事務局長" if section.endswith("事務局") else "課長"
        yield f"H{number:03}", f"例示 長{number}", section, head, "本務", START, ""
        yield f"M{number:03}", f"例示 係{number}", section, "係長", "本務", START, ""


def other_staff(count: int, seed: int = 0) -> Iterator[Row]:
    """Staff of sections that no rule mentions; a fifth of them moved there from another."""
    for number in range(count):
        varied = number + seed
        section = f"架空{varied // PER_SECTION % 40 + 1}部架空{varied // PER_SECTION + 1}課"
        name = f"{FAMILY[varied % 7]} {GIVEN[varied % 10]}{GIVEN[varied // 10 % 10]}"
        rank = "課長" if varied % PER_SECTION == 0 else RANKS[varied % len(RANKS)]
        identity = f"S{number:06}"
        if number % 5 == 1:
            yield identity, name, f"{section} 見本係", rank, "本務", "2021-04-01", "2024-03-31"
        yield identity, name, section, rank, "本務", START, ""


def designations(faults: int = 0) -> Iterator[Row]:
    """A member from each organisation but the first ``faults``, designated by its head."""
    for number, section in list(enumerate(SECTIONS, 1))[faults:]:
        yield f"M{number:03}", "本部員", "5-3", section, f"H{number:03}", "2024-04-10", ""


def incapacities(staff: int) -> Iterator[Row]:
    """The deputy mayor's, and one for every fifty others."""
    yield "A002", "2024-06-01", "2024-06-20", "有"
    for number in range(0, staff, 50):
        yield f"S{number:06}", "2024-06-03", "2024-06-07", "有"


def write(folder: Path, staff: int, seed: int = 0, faults: int = 0) -> Path:
    """Write the roster of a city with ``staff`` persons into ``folder``; returns it.

    Another ``seed`` gives other names, ranks and sections; ``faults`` seats have no member.
    """
    folder.mkdir(parents=True, exist_ok=True)
    named = list(named_staff())
    others = max(0, staff - len(named))
    tables: dict[str, tuple[Row, Iterator[Row]]] = {
        "roster": (STAFF, iter([*named, *other_staff(others, seed)])),
        "designations": (DESIGNATIONS, designations(faults)),
        "incapacities": (INCAPACITIES, incapacities(others)),
    }
    for name, (header, rows) in tables.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(header)
            writer.writerows(rows)
    return folder


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--staff", type=int, default=1000)
    options = parser.parse_args()
    write(options.folder, options.staff)
