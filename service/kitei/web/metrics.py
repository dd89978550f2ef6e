"""``/metrics`` for Prometheus: counts of requests over all workers, and the state of the data.

No label comes from a request's text, so that no name and no query gets in.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import lru_cache
from time import perf_counter

from flask import Blueprint, Flask, Response, current_app, g, request
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import REGISTRY, Collector

from kitei.confined import Evaluator
from kitei.web.labels import endpoint, method
from kitei.web.responses import evaluator_of
from kitei.web.tally import Tally

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""The environment variable that says where workers share their counts; set it before importing."""
STARTED = "kitei.started"
"""The key of the WSGI environment that says when a request began, if others saw it before."""
_GIVEN_AGAIN = "kitei-given-again"
_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

REQUESTS = Counter(
    "kitei_requests", "Requests that were answered", ["endpoint", "method", "status"]
)
SECONDS = Histogram(
    "kitei_request_seconds", "Time until an answer was ready", ["endpoint"], buckets=_BUCKETS
)

blueprint = Blueprint("metrics", __name__)


@blueprint.get("/metrics")
def metrics() -> Response:
    """All counts, in Prometheus' text format."""
    registry = REGISTRY
    if FOLDER in os.environ:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    counts = generate_latest(registry)
    state = CollectorRegistry()
    given_again: Tally = current_app.extensions[_GIVEN_AGAIN]
    state.register(_State(evaluator_of(current_app), given_again))
    return Response(counts + generate_latest(state), content_type=CONTENT_TYPE_PLAIN_0_0_4)


class _State(Collector):
    """What is known at any time, of all processes."""

    def __init__(self, evaluator: Evaluator, given_again: Tally) -> None:
        self._evaluator = evaluator
        self._given_again = given_again

    def collect(self) -> Iterator[Metric]:
        """The metrics."""
        yield GaugeMetricFamily(
            "kitei_data_generation", "How often the data was loaded", self._evaluator.generation
        )
        yield CounterMetricFamily(
            "kitei_data_failures",
            "How often changed data could not be loaded",
            self._evaluator.failures,
        )
        yield CounterMetricFamily(
            "kitei_answers_given_again",
            "Answers given again without asking the application",
            self._given_again.total,
        )
        yield GaugeMetricFamily("kitei_ready", "Whether jobs can be done", self._evaluator.alive())


def register(app: Flask, given_again: Tally) -> None:
    """Count every request of the application; others count the answers given again."""
    app.extensions[_GIVEN_AGAIN] = given_again
    app.before_request(_start)
    app.after_request(_count)


def count(endpoint: str, method: str, status: str, seconds: float | None) -> None:
    """Count a request and, where it is known, how long it took."""
    _answered(endpoint, method, status).inc()
    if seconds is not None:
        _taken(endpoint).observe(seconds)


# Looking a label up costs as much as counting; there are only so many.
@lru_cache(1024)
def _answered(endpoint: str, method: str, status: str) -> Counter:
    return REQUESTS.labels(endpoint, method, status)


@lru_cache(1024)
def _taken(endpoint: str) -> Histogram:
    return SECONDS.labels(endpoint)


def _start() -> None:
    g.started = request.environ.get(STARTED) or perf_counter()


def _count(response: Response) -> Response:
    seconds = perf_counter() - g.started if "started" in g else None
    count(endpoint(), method(), str(response.status_code), seconds)
    return response
