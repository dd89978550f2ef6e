"""Make the pictures of the READMEs: ``docs/*.png``, of a real browser and the example city.

Run from the checkout: make screenshots. Another picture is another line of ``PICTURES``;
a page that the service does not have is left out.
"""

from __future__ import annotations

import sys
from http import HTTPStatus
from typing import NamedTuple

from bench.measuring import ROOT
from tests.browser_support import AS_OF, CHROMIUM, View, browse

FOLDER = ROOT / "docs"


class Picture(NamedTuple):
    """A page, and the part of its height that is shown."""

    name: str
    path: str
    view: View
    height: int


PICTURES = (
    Picture("home", "/", View("en", 1100), 700),
    Picture("home-ja", "/", View("ja", 1100), 700),
    Picture("regulation", "/reg/dx-headquarters/2024-04-01#art_3__para_2", View("en", 1100), 700),
    Picture(
        "regulation-ja", "/reg/dx-headquarters/2024-04-01#art_3__para_2", View("ja", 1100), 700
    ),
)


def main() -> int:
    """Write every picture; 1 when there is no browser."""
    if CHROMIUM is None:
        print(
            "needs Chromium (Debian: apt-get install chromium-headless-shell fonts-noto-cjk)",
            file=sys.stderr,
        )
        return 1
    FOLDER.mkdir(exist_ok=True)
    with browse("--example") as browsing:
        for picture in PICTURES:
            address, _, place = picture.path.partition("#")
            context = browsing.browser.new_context(
                locale="ja-JP" if picture.view.language == "ja" else "en-GB",
                viewport={"width": picture.view.width, "height": picture.height},
            )
            page = context.new_page()
            response = page.goto(f"{browsing.origin}{address}?as-of={AS_OF}#{place}")
            if response is not None and response.status == HTTPStatus.OK:
                page.screenshot(path=FOLDER / f"{picture.name}.png")
                print(f"docs/{picture.name}.png")
            context.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
