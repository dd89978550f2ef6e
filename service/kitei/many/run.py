"""The run over all cities: children at work, pieces into reports, counts into the summary."""

from __future__ import annotations

import io
import signal
from collections.abc import Callable, Sequence
from contextlib import closing
from typing import BinaryIO, NamedTuple

from kitei.confined import can_fork
from kitei.errors import Bilingual
from kitei.many.checking import Checker, Told, read, write
from kitei.many.children import Done, Held, Limits, Stop, Yield, each_in_order
from kitei.many.cities import Entry
from kitei.many.formats import FORMATS
from kitei.many.outcome import Outcome, Summary, broken

# For fewer cities the warming up costs more than it saves.
_WORTH_WARMING = 4
_CHUNK = 1 << 16


class Sink(NamedTuple):
    """Where a report goes."""

    format: str
    write: Callable[[bytes], object]

    def text(self, text: str) -> None:
        """Write what is no city's piece."""
        self.write(text.encode("utf-8", "backslashreplace"))


class Plan(NamedTuple):
    """How the work is done."""

    jobs: int
    """Cities at a time."""
    limits: Limits
    """What each may use."""
    stop: Stop
    seen: Callable[[Outcome], object]
    """Told of each city before it is written."""


def check_each(
    checker: Checker,
    entries: Sequence[Entry],
    plan: Plan,
    sinks: Sequence[Sink],
) -> Summary:
    """Check every city and write each report to its sink, a city at a time, in their order.

    When it is to stop, the reports are closed where they stand. Raises what a sink raises.
    """
    forks, summary = can_fork(), Summary(len(entries))
    if len(entries) >= _WORTH_WARMING:
        checker.warm_up()
    for sink in sinks:
        sink.text(FORMATS[sink.format].opening(checker.frame))

    def work(entry: Entry, spool: BinaryIO) -> bool:
        return checker.tell(entry, spool, apart=not forks)

    for done in each_in_order(entries, work, plan.jobs, plan.limits, plan.stop):
        with closing(done.said):
            told, text = _told(checker, entries[done.number], done, plan.limits)
            plan.seen(told.outcome)
            for sink in sinks:
                if summary.done:
                    sink.text(FORMATS[sink.format].between)
                _copy(text, told.spans[sink.format], sink)
        summary.add(told.outcome)
    summary.stopped_by = plan.stop.signal
    for sink in sinks:
        sink.text(FORMATS[sink.format].closing(checker.frame, summary))
    return summary


def _told(checker: Checker, entry: Entry, done: Done, limits: Limits) -> tuple[Told, Yield]:
    """What the child has told, and where; told in its place where it did not get that far."""
    told = read(done.said) if done.status == 0 else None
    if told is not None:
        return told, done.said
    outcome, spool = _ended(entry.name, done.status, limits), io.BytesIO()
    write(spool, outcome, checker.pieces(outcome, entry, None))
    text = Held(spool.getvalue())
    told = read(text)
    assert told is not None  # noqa: S101  (it has just been written)
    return told, text


def _ended(city: str, status: int, limits: Limits) -> Outcome:
    """A city whose child ended before it had told anything."""
    if status == -signal.SIGALRM:
        return broken(
            city,
            "timeout",
            Bilingual(
                f"{limits.seconds:g}秒(--timeout)以内に終わらなかった。",
                f"It was not finished within {limits.seconds:g} seconds (--timeout).",
            ),
        )
    if status >= 0:
        return broken(
            city,
            f"exit-{status}",
            Bilingual("検査が途中で終わった。", "Its check ended early."),
        )
    name = _signal_name(-status)
    most = limits.memory // (1024 * 1024)
    return broken(
        city,
        f"signal-{name}",
        Bilingual(
            f"検査が {name} で終わった。メモリの不足(--memory は {most} MiB)のことが多い。",
            f"Its check was ended by {name}, often for want of memory (--memory is {most} MiB).",
        ),
    )


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return str(number)


def _copy(text: Yield, span: tuple[int, int], sink: Sink) -> None:
    at, end = span
    while at < end:
        chunk = text.read(at, min(_CHUNK, end - at))
        sink.write(chunk)
        at += len(chunk)
