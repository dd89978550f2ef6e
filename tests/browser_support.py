"""A real browser in tests: headless Chromium, a live service, the keyboard, axe.

A test module has three lines of its own::

    pytestmark = NEEDS_BROWSER

    @pytest.fixture(scope="module")
    def browsing() -> Iterator[Browsing]:
        with browse("--example") as made:
            yield made

and then visits a page in each ``View`` (language and width) with
``browsing.visit(path, view)``, which fails when it is left if anything was
wrong with the page (see
``Visit.verdict``).
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Download,
    Page,
    Request,
    expect,
    sync_playwright,
)
from tests.support import ROOT, SERVICE

# The same engine without windows takes half the time and opens every page alike.
CHROMIUM = (
    os.environ.get("KITEI_CHROMIUM")
    or shutil.which("chromium-headless-shell")
    or shutil.which("chromium")
)
NEEDS_BROWSER = pytest.mark.skipif(
    CHROMIUM is None,
    reason="needs Chromium (Debian: apt-get install chromium-headless-shell fonts-noto-cjk)",
)
AS_OF = "2024-06-05"
"""A day on which somebody acts in the example city."""
_MOST_TABS = 400
_PATIENCE = 120_000
"""Milliseconds that a condition may take to come true on a machine that has other work, too."""
_MOST_PRESSES = 80
expect.set_options(timeout=_PATIENCE)
_FOCUSED = """() => {
  const found = document.activeElement;
  if (!found || found === document.body) return "";
  const label = found.labels && found.labels.length ? found.labels[0].innerText : "";
  return found.getAttribute("aria-label") || label || found.innerText || found.value || "";
}"""
# What axe has to say of all that is in order is much more, and takes its time to be sent.
_BARRIERS = "() => axe.run({resultTypes: ['violations']}).then((results) => results.violations)"
_TOO_WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


class View(NamedTuple):
    """How a page is looked at."""

    language: str
    width: int

    def __str__(self) -> str:
        return f"{self.language}-{self.width}"


VIEWS = [View(language, width) for language in ("ja", "en") for width in (375, 1280)]


class Visit:
    """A page that somebody looks at, and what went wrong meanwhile."""

    def __init__(self, page: Page, origin: str) -> None:
        self.page = page
        self._origin = origin
        self._wrong: list[str] = []
        page.on("console", self._said)
        page.on("pageerror", lambda error: self._wrong.append(f"script: {error}"))
        page.on("request", self._requested)
        # Listened to from the start: a dialog that opens before the browser knows that somebody
        # listens is shown to nobody, and no event tells of it.
        page.on("filechooser", lambda _: None)

    def tab_to(self, name: str) -> None:
        """Press Tab until something called ``name`` (a regular expression) has the focus."""
        seen = []
        for _ in range(_MOST_TABS):
            self.page.keyboard.press("Tab")
            found = str(self.page.evaluate(_FOCUSED)).strip()
            if re.fullmatch(name, found, re.DOTALL):
                return
            seen.append(found)
        pytest.fail(f"the keyboard does not reach {name!r}, only {list(dict.fromkeys(seen))}")

    def press(self, key: str) -> None:
        """Press a key."""
        self.page.keyboard.press(key)

    def go(self, name: str) -> None:
        """Tab to a link or a button and press Enter; the next page has loaded afterwards."""
        self.tab_to(name)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def jump(self, name: str) -> str:
        """Tab to a link within the page and press Enter; what the address says after ``#``."""
        self.tab_to(name)
        target = self.page.evaluate("() => document.activeElement.hash")
        self.page.keyboard.press("Enter")
        self.page.wait_for_function("target => location.hash === target", arg=target)
        return str(target).removeprefix("#")

    def download(self, name: str) -> Download:
        """Tab to a link or a button and press Enter; what the browser downloads then."""
        self.tab_to(name)
        with self.page.expect_download() as download:
            self.page.keyboard.press("Enter")
        return download.value

    def choose(self, name: str, files: Sequence[Path]) -> None:
        """Tab to a field of files, press Enter, and choose these."""
        self.tab_to(name)
        with self.page.expect_file_chooser() as chooser:
            self.page.keyboard.press("Enter")
        chooser.value.set_files(files)

    def set_day(self, day: str) -> None:
        """Set the field of a day that has the focus, by arrow keys: locales order its parts.

        Each step must itself be a day, so that ``day`` should be one that every month has.
        """
        wanted = day.split("-")
        for _ in wanted:
            before = self._day()
            self.page.keyboard.press("ArrowUp")
            (part,) = (i for i, new in enumerate(self._day()) if new != before[i])
            key = "ArrowUp" if self._day()[part] < wanted[part] else "ArrowDown"
            for _ in range(_MOST_PRESSES):
                if self._day()[part] == wanted[part]:
                    break
                self.page.keyboard.press(key)
            self.page.keyboard.press("ArrowRight")
        assert self._day() == wanted

    def _day(self) -> list[str]:
        return str(self.page.evaluate("() => document.activeElement.value")).split("-")

    @property
    def text(self) -> str:
        """What the main part of the page says."""
        return self.page.locator("main").inner_text()

    def judge(self) -> None:
        """Fail with everything that is wrong."""
        if wrong := self.verdict():
            pytest.fail("\n".join([self.page.url, *wrong]))

    def verdict(self) -> list[str]:
        """What is wrong with the page as it is now, and what went wrong on the way to it."""
        self.page.evaluate(f"{AXE_SCRIPT}; null")
        found = self.page.evaluate(_BARRIERS)
        barriers = [f"axe: {item['id']}: {_places(item)}" for item in found]
        excess = self.page.evaluate(_TOO_WIDE)
        wide = [f"{excess} px wider than the window"] if excess else []
        return [*self._wrong, *barriers, *wide]

    def _said(self, message: ConsoleMessage) -> None:
        # The status of a problem page is what it should be; Chromium reports it all the same.
        if message.type in ("error", "warning") and "the server responded with" not in message.text:
            self._wrong.append(f"console: {message.text}")

    def _requested(self, request: Request) -> None:
        target = urlsplit(request.url)
        if target.scheme != "data" and f"{target.scheme}://{target.netloc}" != self._origin:
            self._wrong.append(f"left the origin: {request.url}")


class Browsing:
    """A browser and the service that it looks at."""

    def __init__(self, browser: Browser, origin: str) -> None:
        self.browser = browser
        self.origin = origin

    @contextmanager
    def visit(self, path: str, view: View, *, ready: str = "main") -> Iterator[Visit]:
        """Open a page; when it is left nothing may be wrong, neither there nor on the way.

        ``ready`` is what the page has when its scripts have made it.
        """
        context = self.browser.new_context(
            locale="ja-JP" if view.language == "ja" else "en-GB",
            viewport={"width": view.width, "height": 900},
        )
        context.set_default_timeout(_PATIENCE)
        try:
            visit = Visit(context.new_page(), self.origin)
            visit.page.goto(self.origin + path)
            visit.page.wait_for_selector(ready)
            yield visit
            visit.judge()
        finally:
            context.close()


@contextmanager
def browse(*options: str) -> Iterator[Browsing]:
    """A browser and a running ``kitei serve`` with these options."""
    with serving(*options) as origin, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        try:
            yield Browsing(browser, origin)
        finally:
            browser.close()


@contextmanager
def serving(*options: str, **environment: str) -> Iterator[str]:
    """The origin of a running ``kitei serve``."""
    command = [sys.executable, "-P", "-m", "kitei", "serve", "--port", "0", "--workers", "1"]
    process = subprocess.Popen(
        [*command, "--lang", "en", "--rate", "0", *options],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(SERVICE), "PYTHONUTF8": "1", **environment},
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        found = re.search(r"http://[0-9.]+:\d+", line)
        assert found, line
        yield found.group()
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=_PATIENCE / 1000)


def _places(violation: dict[str, Any]) -> str:
    return "; ".join(str(node["html"])[:200] for node in violation["nodes"][:3])
