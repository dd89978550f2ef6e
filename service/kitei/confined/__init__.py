"""Work for strangers, done in processes that can be killed.

The SPARQL engine can neither be stopped nor given a deadline, and some queries
end its process. So jobs are done by evaluators: processes with a deadline, a
limit on memory and, where a stranger wrote the query, no right to open anything.

- ``steward``: forked before the server has threads; loads data, again when it changed
- ``keeper``: holds one state of the data and forks evaluators, which share its memory
- ``evaluator``: does one job after the other
- ``pool``: what the server's threads call; each job is lent an evaluator (``borrowed``) of those
  that there are for its kind (``stand``)

Where processes cannot be forked (Windows), ``Here`` does the same work without
these limits.
"""

from kitei.confined.archive import Archive
from kitei.confined.cores import without_cores
from kitei.confined.job import (
    AnswerTooLargeError,
    CutShortError,
    Document,
    Evaluator,
    Here,
    Job,
    Lane,
    Limits,
    NotAcceptableError,
    UnexpectedError,
    Wrapped,
)
from kitei.confined.pool import Pool, can_fork
from kitei.confined.steward import Source
from kitei.confined.wire import where

__all__ = [
    "AnswerTooLargeError",
    "Archive",
    "CutShortError",
    "Document",
    "Evaluator",
    "Here",
    "Job",
    "Lane",
    "Limits",
    "NotAcceptableError",
    "Pool",
    "Source",
    "UnexpectedError",
    "Wrapped",
    "can_fork",
    "where",
    "without_cores",
]
