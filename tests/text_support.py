"""Any text that has the form of a regulation."""

from __future__ import annotations

from hypothesis import strategies as st

WORK = "https://w3id.org/kitei/id/999999/invented"
NUMBERS = st.sampled_from(["1", "2", "10", "３", "一", "二十", "3の2"])
PIECES = [
    "本部長", "は、", "副市長", "をもって充てる。", "(以下「本部」という。)", "前項", "前2号",
    "第4条", "第2項", "及び", "から", "まで", "次に掲げる", "ただし、", "。", "「", "」",
    "(", ")", "規程(平成18年訓令第48号)", "同条", "この規則", "をいう。", "ア", "，", "𠮟",
    "各号", "ただし書", "法", "附則", "の",
]  # fmt: skip
# Characters that some libraries take for line ends, or that Turtle must escape.
ODD = [" ", "\u3000", "\u2028", "\x85", "\x1c", "\\", '"', "\t"]
WORDS = st.lists(st.sampled_from(PIECES + ODD), max_size=8).map("".join)
LABELS = st.one_of(
    NUMBERS.map(lambda number: f"第{number}条 "),
    NUMBERS.map(lambda number: f"{number} "),
    NUMBERS.map(lambda number: f"({number}) "),
    st.sampled_from(
        [
            "",
            " ",
            "\u3000",
            "ア ",
            "イ\u3000",
            "(ア) ",
            "第1章 ",
            "附 則",
            "(趣旨)",
            "別表 ",
            "○",
            "2",
        ]
    ),
    st.just("(令和2年4月1日規則第3号)"),
    st.just("この規則は、令和2年4月1日から施行する。"),
)
LINES = st.tuples(LABELS, WORDS).map("".join)
BREAKS = st.sampled_from(["\n", "\n\n", "\r\n", "\r\n\r\n", " \n", "\r"])


@st.composite
def regulations(draw: st.DrawFn) -> str:
    """A title, perhaps a date and a number, a first article, then any lines."""
    lines = ["○ある町規則", *draw(st.lists(LINES, max_size=2)), "第1条 " + draw(WORDS)]
    lines += draw(st.lists(LINES, max_size=12))
    parts = [part for line in lines for part in (line, draw(BREAKS))]
    return "".join(parts if draw(st.booleans()) else parts[:-1])
