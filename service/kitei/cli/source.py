"""Where a CI gets Kitei from: said by the user, or where this Kitei itself was installed from."""

from __future__ import annotations

import json
from typing import NamedTuple
from urllib.parse import urlsplit

from kitei import __version__
from kitei.errors import UsageError

EXPRESSION = "${{"
"""What GitHub would evaluate, even in the middle of a script."""

_GITHUB = "github.com"
_EXAMPLES = "git+https://HOST/OWNER/kitei@REVISION, https://HOST/kitei.whl, kitei==VERSION"


class Source(NamedTuple):
    """What pip installs, and the repository behind it if it is one."""

    requirement: str
    repository: str | None = None
    revision: str | None = None

    @property
    def action(self) -> str | None:
        """The repository as GitHub's ``uses:`` names it, if it lies there."""
        if self.repository is None:
            return None
        address = urlsplit(self.repository)
        name = address.path.strip("/").removesuffix(".git")
        if (address.scheme, address.netloc) != ("https", _GITHUB) or name.count("/") != 1:
            return None
        return f"{name}@{self.revision}"

    @property
    def is_path(self) -> bool:
        """Whether it is a file or folder of the repository that is checked."""
        text = self.requirement
        return "://" not in text and ("/" in text or text.endswith((".whl", ".tar.gz")))


def read(text: str | None) -> Source:
    """The source that ``--source`` writes, or without it that of this installation.

    Raises ``UsageError``: Kitei never guesses an address, and a repository without a revision
    is another program tomorrow.
    """
    if text is None:
        text = _installed()
    if text is None:
        raise UsageError(
            f"Kiteiの入手先が要る (--source)。書き方: {_EXAMPLES}",
            f"say where the CI installs Kitei from (--source): {_EXAMPLES}",
        )
    if not text.isprintable() or EXPRESSION in text or not text.strip() or text[0] == "-":
        raise _wrong(text, "入手先として読めない", "not a source")
    address = text.rpartition(" @ ")[2].strip()
    if not address.startswith("git+"):
        return Source(text)
    repository, revision = _divided(address.removeprefix("git+"))
    if not revision:
        raise _wrong(
            text,
            f"版 (タグ又はコミット) を @ の後に書く。このKiteiは {__version__}",
            f"add @ and a tag or commit; this is Kitei {__version__}",
        )
    return Source(text, repository, revision)


def _divided(address: str) -> tuple[str, str]:
    """A git address and the revision after the last ``@`` of its path."""
    parts = urlsplit(address)
    path, at, revision = parts.path.rpartition("@")
    if not at:
        path, revision = revision, ""
    return parts._replace(path=path, query="", fragment="").geturl(), revision


def _installed() -> str | None:
    """Where pip says that this Kitei came from (PEP 610); ``None`` from this machine's disk."""
    from importlib.metadata import PackageNotFoundError, distribution

    try:
        record = distribution("kitei").read_text("direct_url.json")
    except PackageNotFoundError:
        return None
    if record is None:
        return f"kitei=={__version__}"
    origin = json.loads(record)
    url = str(origin["url"])
    if url.startswith("file:"):
        return None
    if "vcs_info" in origin:
        return f"git+{url}@{origin['vcs_info']['commit_id']}"
    return f"kitei @ {url}"


def _wrong(text: str, ja: str, en: str) -> UsageError:
    return UsageError(f"--source: {text!r}: {ja}", f"--source: {text!r}: {en}")
