"""A processor for each worker, where there are as many workers as processors.

The threads of a worker take turns at the interpreter's lock. On one processor they
do so one after the other; on several, each turn wakes another processor and takes
its caches along, which costs more than what is done in a turn. Evaluators are free
to run where there is room.
"""

from __future__ import annotations

import os
from contextlib import suppress

from kitei.web.numbering import Numbers


class Places:
    """The processors that workers may have."""

    def __init__(self, workers: int) -> None:
        """To be made before workers are forked."""
        self._numbers = Numbers()
        usable = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
        # Fewer workers than processors may go wherever nothing else is at work.
        self._processors = usable if 1 < len(usable) <= workers else []

    def take(self) -> None:
        """Let this process and the threads that it will start stay on one processor."""
        if self._processors:
            processor = self._processors[self._numbers.take() % len(self._processors)]
            with suppress(OSError):
                os.sched_setaffinity(0, {processor})
