"""A run says what it skipped; with ``KITEI_NO_SKIPS`` (set by ``.ci/run``) a skip fails it."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Generator

import pytest
from tests.support import NEEDS_SHARED, shared

NO_SKIPS = bool(os.environ.get("KITEI_NO_SKIPS"))


@pytest.hookimpl(wrapper=True, optionalhook=True)
def pytest_xdist_auto_num_workers() -> Generator[None, int, int]:
    """Half as many again as there are processors: tests wait for servers, browsers, deadlines."""
    processors = yield
    return processors + processors // 2


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Turn a green run with skips into a failure where skips are not allowed."""
    if NO_SKIPS and session.exitstatus == pytest.ExitCode.OK and _unexcused(session.config):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Name each reason once, with how many tests it kept from running."""
    reasons = _reasons(config)
    if not reasons:
        return
    terminalreporter.section("not run")
    for reason, count in sorted(reasons.items()):
        terminalreporter.write_line(f"{count} x {reason}")
    if NO_SKIPS and _unexcused(config):
        terminalreporter.write_line("KITEI_NO_SKIPS: a skipped test fails this run", red=True)


def _unexcused(config: pytest.Config) -> list[str]:
    """The reasons that count: where no acceptance cases exist, not having them is no fault."""
    excused = NEEDS_SHARED if shared() is None and "KITEI_SHARED" not in os.environ else None
    return [reason for reason in _reasons(config) if reason != excused]


def _reasons(config: pytest.Config) -> Counter[str]:
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    reports = reporter.stats.get("skipped", []) if reporter else []
    return Counter(_reason(report) for report in reports)


def _reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    # A skip's representation is (file, line, "Skipped: reason").
    where = report.longrepr
    text = where[2] if isinstance(where, tuple) else str(where)
    return text.removeprefix("Skipped: ")
